#include "report/diagrams.hpp"

#include "model/cm_ib.hpp"
#include "model/cm_iw.hpp"
#include "model/cma.hpp"
#include "model/qpair_life.hpp"

namespace qpcheck::report {
namespace {

using model::Cma;
using model::Ib;
using model::Iw;

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

NodeKind kind_of(Ib state) {
  if (state == Ib::idle) return NodeKind::initial;
  if (state == Ib::gone || state == Ib::ended) return NodeKind::terminal;
  return state == Ib::established ? NodeKind::good : NodeKind::normal;
}

NodeKind kind_of(Iw state) {
  if (state == Iw::idle) return NodeKind::initial;
  if (state == Iw::gone || state == Iw::ended) return NodeKind::terminal;
  return state == Iw::established ? NodeKind::good : NodeKind::normal;
}

NodeKind kind_of(Cma state) {
  if (state == Cma::idle) return NodeKind::initial;
  if (state == Cma::destroying) return NodeKind::terminal;
  return state == Cma::device_removal ? NodeKind::bad : state == Cma::connect ? NodeKind::good : NodeKind::normal;
}

void add(std::string& text, std::string_view more) {
  if (!more.empty() && more != "-") text += (text.find(" / ") == std::string::npos ? " / " : ", ") + std::string(more);
}

// "DREQ [guard] / DREP": what a row does besides moving.
std::string action(const model::IbRow& row) {
  std::string text = guarded(name(row.event), name(row.guard));
  add(text, name(row.send));
  return text;
}

std::string action(const model::IwRow& row) {
  std::string text = guarded(name(row.event), name(row.guard));
  add(text, name(row.send));
  if (row.raise != model::Event::none) add(text, name(row.raise));
  if (row.blocks == model::Blocks::yes) add(text, "blocks");
  return text;
}

std::string action(const model::CmaRow& row) {
  std::string text = guarded(name(row.event), name(row.guard));
  if (row.raise != model::Event::none) add(text, name(row.raise));
  return text;
}

std::string action(const model::FilterRow& row) {
  std::string text(name(row.event));
  add(text, name(row.raise));
  return text;
}

// A row that neither moves, sends nor tells says little in a picture of moves.
bool speaks(const model::IbRow& row) { return row.send != model::Datagram::none; }
bool speaks(const model::IwRow& row) { return row.blocks == model::Blocks::yes; }
bool speaks(const model::CmaRow& row) { return row.raise != model::Event::none; }
bool speaks(const model::FilterRow&) { return true; }

// Leads from everywhere to one state.
bool from_everywhere(const model::IbRow& row) { return row.event == model::Input::destroy; }
bool from_everywhere(const model::IwRow& row) { return row.event == model::Input::destroy && row.from != row.to; }
bool from_everywhere(const model::CmaRow& row) {
  return row.event == model::CmaInput::destroy || row.event == model::CmaInput::device_removed ||
         row.event == model::CmaInput::bond_changed;
}
bool from_everywhere(const model::FilterRow&) { return false; }

// What a state does without leaving it stands in its box.
template <class State, class Rows>
std::string kept(State state, const Rows& rows) {
  std::string text;
  for (const auto& row : rows)
    if (row.from == state && row.to == state && speaks(row) && !from_everywhere(row)) text += "\n" + action(row);
  return text;
}

template <class State, class... Tables>
Graph drawn(std::string title, std::size_t states, const Tables&... tables) {
  Graph graph{.title = std::move(title)};
  for (std::size_t i = 0; i < states; ++i) {
    const auto state = static_cast<State>(i);
    graph.node(std::string(name(state)), std::string(name(state)) + (kept(state, tables) + ...), kind_of(state));
  }
  const auto draw = [&graph](const auto& rows) {
    for (const auto& row : rows)
      if (row.from != row.to && !from_everywhere(row))
        graph.edge(std::string(name(row.from)), std::string(name(row.to)), action(row), EdgeKind::normal,
                   std::string(row.why));
  };
  (draw(tables), ...);
  return graph;
}

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

Graph cma_diagram() {
  Graph graph = drawn<Cma>("rdma_cm_id: cma, and its filter above ib_cm (\"input / event told\")",
                           model::cma_names.size(), model::cma_table, model::cma_filter);
  const std::string bound = "any state with a device", any = "any state";
  graph.node(bound, bound + "\nbond failed over / ADDR_CHANGE", NodeKind::dim).node(any, any, NodeKind::dim);
  for (const model::CmaRow& row : model::cma_table)
    if (from_everywhere(row) && row.from != row.to)
      graph.edge(row.event == model::CmaInput::destroy ? any : bound, std::string(name(row.to)), action(row),
                 EdgeKind::dim, std::string(row.why));
  return merge_parallel_edges(graph);
}

Graph cm_ib_diagram() {
  return merge_parallel_edges(
      drawn<Ib>("IB/RoCE connection manager: ib_cm (\"input / datagram sent\"; destroy leads from every state to GONE)",
                model::ib_names.size(), model::ib_table));
}

Graph cm_iw_diagram() {
  return merge_parallel_edges(drawn<Iw>(
      "iWARP connection manager: iw_cm (\"input / sent, told\"; where destroy does not block, it leads to GONE)",
      model::iw_names.size(), model::iw_table));
}

}  // namespace qpcheck::report
