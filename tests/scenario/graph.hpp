// The whole graph of a small configuration, kept for tests that look at all of it.
//
// Purpose: every state that WorldModel emits, with its image, and every edge, with
// what the step's observations said of waits. It is explored here, by a plain
// queue, so it also says what the engine should find.
// Ownership: a Graph makes its own World; so none may be alive besides.
// Invariants: nodes and edges in the order of discovery; a violating edge leads
// nowhere, as in the engine.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "scenario/world_model.hpp"
#include "search/replay.hpp"

namespace qpcheck::scenario {

inline constexpr std::uint32_t no_node = 0xffffffff;

struct GraphEdge {
  std::uint32_t to = no_node;
  Choice choice;
  std::uint8_t inner = 0;      // inner choices
  std::uint8_t violation = 0;
  std::uint8_t satisfied = 0;  // a bit per qpair: its wait ended satisfied
  std::uint8_t ended = 0;      // … or in any other way
  bool timed_out = false;      // some deadline was given up on
};

struct GraphNode {
  std::uint64_t fingerprint = 0;
  std::vector<std::byte> image;
  std::array<properties::Wait, model::max_qpairs> waits{};
  std::uint8_t impossible = 0;  // a bit per qpair: the monitor calls its wait impossible
  std::uint32_t next_time_ms = 0;
  bool pending = false;
  std::vector<GraphEdge> edges;
  bool waits_for(std::uint8_t qpair) const { return waits[qpair].slot != model::nobody; }
};

inline const sim::Image& as_image(const std::vector<std::byte>& bytes) {
  return *reinterpret_cast<const sim::Image*>(bytes.data());
}
inline std::vector<std::byte> bytes_of(const sim::Image& image) {
  const auto* const first = reinterpret_cast<const std::byte*>(&image);
  return {first, first + image.used};
}

// What the observations of the step under way said. A host step is run many times;
// only the last run counts.
struct StepNotes {
  std::uint32_t serial = 0;
  std::uint8_t satisfied = 0, ended = 0;
  bool timed_out = false;

  void see(const model::Observation& seen) {
    if (const std::uint32_t now = sim::StepRunner::get().serial(); now != serial) *this = {now, 0, 0, false};
    if (seen.kind == model::Seen::linger_timed_out) timed_out = true;
    if (seen.kind != model::Seen::wait_ends) return;
    const std::string_view how = seen.text;
    const auto bit = static_cast<std::uint8_t>(1u << seen.qpair);
    ended |= bit;
    if (how == "satisfied") satisfied |= bit;
    if (how == "timed out") timed_out = true;
  }
};

class Graph {
 public:
  explicit Graph(const Config& config) : world_(std::make_unique<World>(config)), model_(*world_) {
    world_->record_to([this](const model::Observation& seen) { notes_.see(seen); });
    model_.initial([this](const sim::Image& image) { node_of(model_.fingerprint(image), image); });
    for (std::uint32_t next = 0; next < nodes_.size(); ++next) expand(next);
  }

  const std::vector<GraphNode>& nodes() const { return nodes_; }
  std::size_t transitions() const { return transitions_; }
  properties::PropertySet violated() const { return violated_; }
  World& world() { return *world_; }
  WorldModel& model() { return model_; }

  // Called with every emission that leads to a known state: (node, image).
  template <class Visit>
  void each_repetition(Visit&& visit) {
    for (std::uint32_t at = 0; at < nodes_.size(); ++at)
      search::expand_alone(model_, as_image(nodes_[at].image), nodes_[at].fingerprint,
                           [&](const search::Edge& edge, const sim::Image& image, std::uint64_t fingerprint) {
                             if (edge.violation == 0) visit(numbers_.at(fingerprint), image);
                           });
  }

 private:
  void expand(std::uint32_t at) {
    const std::vector<std::byte> image = nodes_[at].image;
    search::expand_alone(model_, as_image(image), nodes_[at].fingerprint,
                         [&](const search::Edge& edge, const sim::Image& next, std::uint64_t fingerprint) {
                           const GraphEdge made = edge_of(edge, next, fingerprint);
                           nodes_[at].edges.push_back(made);
                           ++transitions_;
                         });
  }

  GraphEdge edge_of(const search::Edge& edge, const sim::Image& next, std::uint64_t fingerprint) {
    GraphEdge made{no_node, model_.choice(), static_cast<std::uint8_t>(edge.inner), edge.violation, 0, 0, false};
    if (made.choice.actor == Actor::host) {
      made.satisfied = notes_.satisfied;
      made.ended = notes_.ended;
      made.timed_out = notes_.timed_out;
    }
    violated_.bits |= world_->violated().bits;
    if (edge.violation == 0) made.to = node_of(fingerprint, next);
    return made;
  }

  std::uint32_t node_of(std::uint64_t fingerprint, const sim::Image& image) {
    const auto [at, is_new] = numbers_.try_emplace(fingerprint, static_cast<std::uint32_t>(nodes_.size()));
    if (!is_new) return at->second;
    GraphNode node;
    node.fingerprint = fingerprint;
    node.image = bytes_of(image);
    node.pending = model_.pending(image);
    node.next_time_ms = world_->next_time_ms();
    node.waits = world_->monitors().ledger().waits;
    for (std::uint8_t qpair = 0; qpair < model::max_qpairs; ++qpair)
      if (node.waits_for(qpair) &&
          !properties::can_come(world_->kernel().view(), node.waits[qpair].slot, node.waits[qpair].events))
        node.impossible |= static_cast<std::uint8_t>(1u << qpair);
    nodes_.push_back(std::move(node));
    return at->second;
  }

  std::unique_ptr<World> world_;
  WorldModel model_;
  StepNotes notes_;
  std::vector<GraphNode> nodes_;
  std::map<std::uint64_t, std::uint32_t> numbers_;
  std::size_t transitions_ = 0;
  properties::PropertySet violated_;
};

}  // namespace qpcheck::scenario
