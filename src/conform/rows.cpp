#include <fmt/format.h>

#include <set>

#include "conform/explain.hpp"

namespace qpcheck::conform {
namespace {

using model::Event;
using model::Input;
using model::Transport;

std::optional<Event> event_named(std::string_view text) {
  for (std::size_t i = 0; i < model::event_count; ++i)
    if (model::event_names[i] == text) return static_cast<Event>(i);
  return std::nullopt;
}

std::vector<Input> inputs_of(std::string_view call) {
  if (call == "rdma_connect") return {Input::connect};
  if (call == "rdma_accept") return {Input::accept_rep};
  if (call == "rdma_establish") return {Input::accept_rtu};
  if (call == "rdma_disconnect") return {Input::disconnect};
  if (call == "rdma_reject") return {Input::reject};
  if (call == "rdma_notify") return {Input::notify};
  if (call == "rdma_destroy_id") return {Input::destroy};
  return {};
}

// Rows that differ in nothing but their reason's place read as one: "cm.c: cm_dreq_handler".
class Rows {
 public:
  void of_event(Event event, Transport transport) {
    for (const model::CmaRow& row : model::cma_table)
      if (row.raise == event) add(row);
    if (transport == Transport::iw) {
      for (const model::IwRow& row : model::iw_table)
        if (row.raise == event) add("iw_cm", row);
      return;
    }
    // Fetching CONNECT_RESPONSE is what gives ESTABLISHED or CONNECT_ERROR on the active side.
    const bool from_response = event == Event::established || event == Event::connect_error;
    if (from_response) of_filter(Event::connect_response);
    of_filter(event);
  }

  void of_call(Input input, int error, Transport transport) {
    if (transport == Transport::ib)
      for (const model::IbRow& row : model::ib_table)
        if (row.event == input && row.error == error) add("ib_cm", row);
    if (transport == Transport::iw)
      for (const model::IwRow& row : model::iw_table)
        if (row.event == input && row.error == error) add("iw_cm", row);
  }

  std::vector<std::string> take() const { return {lines_.begin(), lines_.end()}; }

 private:
  void of_filter(Event event) {
    for (const model::FilterRow& filter : model::cma_filter) {
      if (filter.raise != event) continue;
      lines_.insert(fmt::format("cma, in {}: {} is told as {} ({})", name(filter.from), name(filter.event), name(event),
                                filter.why));
      for (const model::IbRow& row : model::ib_table)
        if (row.raise == filter.event) add("ib_cm", row);
    }
  }

  template <class Row>
  void add(const char* machine, const Row& row) {
    lines_.insert(fmt::format("{}, in {}: {}{}{} ({})", machine, name(row.from), name(row.event),
                              row.guard == model::Guard::always ? "" : ", ", name(row.guard), row.why));
  }
  void add(const model::CmaRow& row) {
    lines_.insert(fmt::format("cma, in {}: {} ({})", name(row.from), name(row.event), row.why));
  }

  std::set<std::string> lines_;
};

}  // namespace

std::vector<std::string> rows_for(const Line& line, Transport transport) {
  Rows rows;
  if (line.kind == Kind::event)
    if (const auto event = event_named(line.name)) rows.of_event(*event, transport);
  if (line.kind == Kind::call)
    for (const Input input : inputs_of(line.name)) rows.of_call(input, line.status == 0 ? 0 : line.error, transport);
  return rows.take();
}

}  // namespace qpcheck::conform
