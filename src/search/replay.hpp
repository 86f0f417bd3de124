// Walking a path again.
//
// A path is emission numbers only, so a model need not keep its choices: it is asked
// for all successors of each state again, and the visitor is called while the chosen
// one is being emitted, when the model still knows how it came about.
//
//   bool ok = replay_path(model, path, [&](const State& from, Edge edge, const State& next) { ... });
//
// Returns false if the model does not emit what the path says, after visiting what
// it could. The visitor sees states that are valid only during its call.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "search/orders.hpp"
#include "search/result.hpp"
#include "search/visited.hpp"

namespace qpcheck::search {

/// A state of its own, and how to move it along emissions. Borrows the model.
template <Model M>
class Walker {
public:
  using State = typename M::State;

  explicit Walker(M& model)
      : model_(model), here_(std::make_unique<Buffer>()), next_(std::make_unique<Buffer>()) {}

  [[nodiscard]] const State& state() const { return view(*here_); }

  [[nodiscard]] bool start(std::uint32_t initial) {
    std::uint32_t count = 0;
    bool found = false;
    model_.initial([&](const State& state) {
      (void)model_.fingerprint(state);
      if (count++ != initial) return;
      detail::copy_state(model_, here_->bytes, state);
      found = true;
    });
    return found;
  }

  template <class Visitor>
  [[nodiscard]] bool step(std::uint32_t emission, Visitor&& visit) {
    std::uint32_t count = 0;
    bool found = false;
    model_.successors(state(), [&](Edge edge, const State& next) {
      (void)model_.fingerprint(next);
      if (count++ != emission) return;
      visit(state(), edge, next);
      detail::copy_state(model_, next_->bytes, next);
      found = true;
    });
    if (found) std::swap(here_, next_);
    return found;
  }

  /// The emission that leads to this fingerprint, as stored: the expected one if it does.
  [[nodiscard]] std::optional<std::uint32_t> emission_to(std::uint64_t fingerprint, std::uint32_t expected) {
    std::uint32_t count = 0;
    std::optional<std::uint32_t> found;
    model_.successors(state(), [&](Edge, const State& next) {
      const std::uint32_t emission = count++;
      const bool same = stored(model_.fingerprint(next)) == fingerprint;
      if (same && (!found || emission == expected)) found = emission;
    });
    return found;
  }

private:
  struct Buffer {
    alignas(State) std::byte bytes[sizeof(State)];
  };
  static const State& view(const Buffer& buffer) { return *reinterpret_cast<const State*>(buffer.bytes); }

  M& model_;
  std::unique_ptr<Buffer> here_;
  std::unique_ptr<Buffer> next_;
};

template <Model M, class Visitor>
[[nodiscard]] bool replay_path(M& model, const Path& path, Visitor&& visit) {
  Walker<M> walker(model);
  if (!walker.start(path.initial)) return false;
  for (const std::uint32_t emission : path.emissions) {
    if (!walker.step(emission, visit)) return false;
  }
  return true;
}

/// Walks the stem and once round the cycle.
template <Model M, class Visitor>
[[nodiscard]] bool replay_lasso(M& model, const Lasso& lasso, Visitor&& visit) {
  Walker<M> walker(model);
  if (!walker.start(lasso.stem.initial)) return false;
  for (const std::uint32_t emission : lasso.stem.emissions) {
    if (!walker.step(emission, visit)) return false;
  }
  for (const Lasso::Step& step : lasso.cycle) {
    const auto emission = walker.emission_to(step.fingerprint, step.emission);
    if (!emission || !walker.step(*emission, visit)) return false;
  }
  return true;
}

}  // namespace qpcheck::search
