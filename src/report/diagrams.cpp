#include "report/diagrams.hpp"

#include "model/cm_ib.hpp"
#include "model/qpair_life.hpp"

namespace qpcheck::report {
namespace {

std::string guarded(std::string_view event, std::string_view guard) {
  return std::string(event) + (guard.empty() ? "" : " [" + std::string(guard) + "]");
}

NodeKind kind_of(model::Life life) {
  switch (life) {
    case model::Life::idle: return NodeKind::initial;
    case model::Life::closed: return NodeKind::terminal;
    case model::Life::connected: return NodeKind::good;
    case model::Life::lost:
    case model::Life::failed: return NodeKind::bad;
    default: return NodeKind::normal;
  }
}

// "DREQ / send DREP, raise …": what a row of ib_cm does besides moving.
std::string action(const model::IbRow& row) {
  std::string text = guarded(name(row.event), name(row.guard));
  if (row.send != model::Datagram::none) text += " / " + std::string(name(row.send));
  return text;
}

// A destroy from anywhere and a move to the same state say little in a picture of moves.
bool drawn(const model::IbRow& row) { return row.event != model::Input::destroy && row.from != row.to; }

}  // namespace

Graph qpair_life_diagram() {
  Graph graph{.title = "qpair: life cycle"};
  for (std::size_t i = 0; i < model::life_names.size(); ++i) {
    const auto life = static_cast<model::Life>(i);
    graph.node(std::string(name(life)), std::string(name(life)), kind_of(life));
  }
  for (const model::LifeRow& row : model::life_table)
    graph.edge(std::string(name(row.from)), std::string(name(row.to)), guarded(name(row.event), name(row.guard)),
               EdgeKind::normal, std::string(row.why));
  return merge_parallel_edges(graph);
}

Graph cm_ib_diagram() {
  Graph graph{.title = "IB/RoCE connection manager: ib_cm (\"input / datagram sent\"; destroy leads from every state to GONE)"};
  for (std::size_t i = 0; i < model::ib_names.size(); ++i) {
    const auto state = static_cast<model::Ib>(i);
    const NodeKind kind = state == model::Ib::idle ? NodeKind::initial
                          : state == model::Ib::gone || state == model::Ib::ended ? NodeKind::terminal
                          : state == model::Ib::established ? NodeKind::good : NodeKind::normal;
    std::string kept;  // inputs that do not move it
    for (const model::IbRow& row : model::ib_table)
      if (row.from == state && row.to == state && row.send != model::Datagram::none) kept += action(row) + "\n";
    graph.node(std::string(name(state)), std::string(name(state)) + (kept.empty() ? "" : "\n" + kept.substr(0, kept.size() - 1)), kind);
  }
  for (const model::IbRow& row : model::ib_table)
    if (drawn(row))
      graph.edge(std::string(name(row.from)), std::string(name(row.to)), action(row), EdgeKind::normal, std::string(row.why));
  return merge_parallel_edges(graph);
}

}  // namespace qpcheck::report
