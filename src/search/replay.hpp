// Walking a path again.
//
// A path is marks of states only, so a model need not keep its choices: it is asked for
// all successors of each state again, and the visitor is called while the right one is
// being emitted, when the model still knows how it came about. Of several transitions to
// it the cheapest is taken, and of these the first.
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
#include "search/places.hpp"
#include "search/result.hpp"

namespace qpcheck::search {

/// All successors of one state, whatever was seen elsewhere: each(edge, next, fingerprint).
template <Model M, class Each>
void expand_alone(M& model, const typename M::State& state, std::uint64_t fingerprint, Each&& each) {
  using State = typename M::State;
  using Memory = std::conditional_t<M::liveness, Places, NoPlaces>;
  struct Emitter {
    void operator()(const Edge& edge, const State& next) {
      const std::uint64_t reached = model.fingerprint(next);
      if constexpr (M::liveness) memory.record(edge, edge.violation != 0 ? no_state : reached == fingerprint ? 0 : 1);
      each(edge, next, reached);
    }
    Memory& places() { return memory; }
    M& model;
    std::uint64_t fingerprint;
    Each& each;
    Memory memory{true};
  };
  Emitter emit{model, fingerprint, each};
  if constexpr (M::liveness) {
    emit.memory.add_state(true);    // 0: the state; 1: any other
    emit.memory.add_state(false);
    emit.memory.begin(0, {});
  }
  model.successors(state, emit);
}

/// A state of its own, and how to move it along marks. Borrows the model.
template <Model M>
class Walker {
public:
  using State = typename M::State;

  explicit Walker(M& model)
      : model_(model), here_(std::make_unique<Buffer>()), next_(std::make_unique<Buffer>()) {}

  [[nodiscard]] const State& state() const { return view(*here_); }

  [[nodiscard]] bool start(std::uint32_t initial) {
    bool found = false;
    model_.initial([&](const State& state) {
      const std::uint64_t fingerprint = model_.fingerprint(state);
      if (found || mark(fingerprint) != initial) return;
      copy(*here_, state, fingerprint);
      found = true;
    });
    return found;
  }

  /// To the state with this mark; `fair`: by a step that begins with it, if one does.
  template <class Visitor>
  [[nodiscard]] bool step(std::uint32_t to, std::uint8_t violation, std::optional<std::uint8_t> fair,
                          Visitor&& visit) {
    const std::optional<std::uint32_t> wanted = emission_to(to, violation, fair);
    std::uint32_t emission = 0;
    if (!wanted) return false;
    const auto take = [&](const Edge& edge, const State& next, std::uint64_t fingerprint) {
      if (emission++ != *wanted) return;
      visit(state(), edge, next);
      copy(*next_, next, fingerprint);
    };
    expand_alone(model_, state(), here_->fingerprint, take);
    std::swap(here_, next_);
    return true;
  }

private:
  struct Buffer {
    alignas(State) std::byte bytes[sizeof(State)];
    std::uint64_t fingerprint;
  };
  static const State& view(const Buffer& buffer) { return *reinterpret_cast<const State*>(buffer.bytes); }
  void copy(Buffer& to, const State& state, std::uint64_t fingerprint) {
    detail::copy_state(model_, to.bytes, state);
    to.fingerprint = fingerprint;
  }

  [[nodiscard]] std::optional<std::uint32_t> emission_to(std::uint32_t to, std::uint8_t violation,
                                                         std::optional<std::uint8_t> fair) {
    struct Price {
      bool other_fair;
      Cost cost;
      auto operator<=>(const Price&) const = default;
    };
    std::uint32_t emission = 0;
    std::optional<std::uint32_t> found;
    Price least{};
    expand_alone(model_, state(), here_->fingerprint, [&](const Edge& edge, const State&, std::uint64_t fingerprint) {
      const std::uint32_t at = emission++;
      if (mark(fingerprint) != to || edge.violation != violation) return;
      const Price price{fair && edge.fair != *fair, Cost{} + edge};
      if (found && least <= price) return;
      found = at;
      least = price;
    });
    return found;
  }

  M& model_;
  std::unique_ptr<Buffer> here_;
  std::unique_ptr<Buffer> next_;
};

namespace detail {
template <Model M, class Visitor>
[[nodiscard]] bool walk(Walker<M>& walker, const Path& path, Visitor& visit) {
  if (!walker.start(path.initial)) return false;
  for (std::size_t i = 0; i < path.steps.size(); ++i) {
    const std::uint8_t violation = i + 1 == path.steps.size() ? path.violation : std::uint8_t{0};
    if (!walker.step(path.steps[i], violation, {}, visit)) return false;
  }
  return true;
}
}  // namespace detail

template <Model M, class Visitor>
[[nodiscard]] bool replay_path(M& model, const Path& path, Visitor&& visit) {
  Walker<M> walker(model);
  return detail::walk(walker, path, visit);
}

/// Walks the stem and once round the cycle.
template <Model M, class Visitor>
[[nodiscard]] bool replay_lasso(M& model, const Lasso& lasso, Visitor&& visit) {
  Walker<M> walker(model);
  if (!detail::walk(walker, lasso.stem, visit)) return false;
  for (const Lasso::Step& step : lasso.cycle) {
    if (!walker.step(step.to, 0, step.fair, visit)) return false;
  }
  return true;
}

}  // namespace qpcheck::search
