#include "report/contract.hpp"

#include <fmt/format.h>

#include <string_view>

#include "model/cm_ib.hpp"
#include "model/cm_iw.hpp"
#include "model/cma.hpp"
#include "model/event_rules.hpp"
#include "model/fault.hpp"
#include "report/markdown.hpp"

namespace qpcheck::report {
namespace {

using namespace model;

constexpr std::string_view introduction = R"(# The contract

<!-- Made by `qpcheck contract` from the tables of model/; edit those, not this page. -->

What Linux does with one `rdma_cm_id` of connected service (RC queue pairs), as an
application sees it through librdmacm. The simulator knows no other rules: it looks up
these rows, and this page is printed from them by `qpcheck contract`. A test holds that
the page is what the command prints; `qpcheck contract --check docs/contract.md` asks
the same by hand.

Two state machines lie on top of each other. **cma** is the state of the id: resolving,
connecting, over. Below it is the connection manager of the transport: **ib_cm** on
InfiniBand and RoCE, **iw_cm** on iWARP. The same tables as pictures: [cma](diagrams/cma.dot),
[ib_cm](diagrams/cm-ib.dot), [iw_cm](diagrams/cm-iw.dot); `qpcheck diagram` draws them.

How to read a table: an id in **state** gets an **input** (a call of the application, a
message, or the kernel's own doing), and, if the **guard** holds, goes to the state
under **to**, **sends** a message to its peer and **tells** the layer above. `=` means
that it stays where it is. States that behave alike share a row. A row with a guard that
holds goes before the one without. A message without a row is ignored; a call without a
row fails with EINVAL and changes nothing. **why** names the function of the kernel that the row
was read from (Linux 6.12 and 6.17-rc3, `drivers/infiniband/core` and, for iWARP, the
providers siw and cxgb4).

Every call but rdma_destroy_id fails with ENXIO once the device is gone.

)";

std::string in_words(int error) {
  switch (error) {
    case 0: return "";
    case EINVAL: return "EINVAL";
    case EISCONN: return "EISCONN";
    case ECONNREFUSED: return "ECONNREFUSED";
    case ECONNRESET: return "ECONNRESET";
    case ETIMEDOUT: return "ETIMEDOUT";
    case EHOSTUNREACH: return "EHOSTUNREACH";
    default: return std::to_string(error);
  }
}

std::string next(std::string_view from, std::string_view to) { return from == to ? "=" : std::string(to); }
std::string or_nothing(std::string_view name) { return name == "-" ? "" : std::string(name); }

// "UNREACHABLE (-ETIMEDOUT)"
std::string told(Event event, int status) {
  if (event == Event::none) return "";
  return fmt::format("{} ({})", name(event), status == 0 ? "0" : "-" + in_words(-status));
}

std::string sent(const IbRow& row) {
  if (row.send != Datagram::rej) return or_nothing(name(row.send));
  return fmt::format("REJ ({})", row.reason);
}

// What every table of moves has, around what only this one has.
template <class Row>
std::vector<std::string> cells(const Row& row, std::initializer_list<std::string> more) {
  std::vector<std::string> all = {std::string(name(row.from)), std::string(name(row.event)),
                                  std::string(name(row.guard)), next(name(row.from), name(row.to))};
  all.insert(all.end(), more);
  all.emplace_back(row.why);
  return all;
}

std::string cma_part() {
  MarkdownTable table({"state", "input", "guard", "to", "tells", "why"});
  for (const CmaRow& row : cma_table) table.row(cells(row, {told(row.raise, row.status)}));
  return "## cma: resolution, and news of device and network\n\nThe same on every transport.\n\n" + table.text();
}

std::string status_of(Status status) {
  return status == Status::zero ? "0" : status == Status::timed_out ? "-ETIMEDOUT" : "the reason";
}

std::string filter_part() {
  MarkdownTable table({"told by ib_cm", "needs", "leaves", "tells", "why"});
  for (const FilterRow& row : cma_filter)
    table.row({std::string(name(row.event)), std::string(name(row.from)), next(name(row.from), name(row.to)),
               fmt::format("{} ({})", name(row.raise), status_of(row.status)), std::string(row.why)});
  return "## cma: the filter above ib_cm\n\n"
         "What ib_cm tells passes only if the id is in the state that it needs; else it is dropped. Three\n"
         "things become DISCONNECTED, each needs CONNECT and leaves DISCONNECT, and nothing leads back:\n"
         "that is why an id gets one DISCONNECTED at most. An active id's CONNECT_RESPONSE becomes\n"
         "ESTABLISHED or CONNECT_ERROR when it is *fetched* (librdmacm: `ucma_process_conn_resp`).\n\n" +
         table.text();
}

std::string ib_part() {
  MarkdownTable table({"state", "input", "guard", "to", "sends", "tells cma", "errno", "why"});
  for (const IbRow& row : ib_table)
    table.row(cells(row, {sent(row), or_nothing(name(row.raise)), in_words(row.error)}));
  return fmt::format(
             "## ib_cm: InfiniBand and RoCE\n\n"
             "REQ, REP and DREQ of a live id are repeated until they are answered; everything else is sent once\n"
             "and may be lost. ENDED is IDLE after use, GONE an id that its kernel no longer knows. Reasons of a\n"
             "REJ: {} timeout, {} no such service, {} stale connection, {} the application's.\n\n",
             reason_timeout, reason_invalid_service, reason_stale, reason_consumer) +
         table.text();
}

std::string iw_part() {
  MarkdownTable table({"state", "input", "guard", "to", "sends", "tells", "errno", "blocks", "why"});
  for (const IwRow& row : iw_table)
    table.row(cells(row, {or_nothing(name(row.send)), told(row.raise, row.status), in_words(row.error),
                          row.blocks == Blocks::yes ? "yes" : ""}));
  return "## iw_cm: iWARP\n\n"
         "Messages are parts of a TCP stream: none is lost while both hosts live. What is told reaches the\n"
         "user while cma's state is CONNECT, which it stays after the end. A call that *blocks* cannot return\n"
         "in that state and has changed nothing. There is no timewait.\n\n" +
         table.text();
}

std::string events_part() {
  MarkdownTable table({"event", "meaning", "status", "who", "when", "how often", "on IB and RoCE", "on iWARP"});
  for (const EventRule& rule : event_rules)
    table.row({std::string(name(rule.event)), std::string(rule.meaning), std::string(rule.status),
               std::string(rule.who), std::string(rule.when), std::string(rule.how_often),
               std::string(name(rule.of_id[0])), std::string(name(rule.of_id[1]))});
  return "## The sixteen events\n\n"
         "The last two columns say how often one id may be told the event. Events of one id are fetched in the\n"
         "order in which they were queued; between ids there is no order. `model/event_rules.hpp` holds the "
         "rules.\n\n" +
         table.text();
}

std::string faults_part() {
  MarkdownTable table({"fault", "what happens", "contract", "excuses", "transports"});
  for (const FaultInfo& info : fault_infos)
    table.row({fmt::format("`{}`", info.name), std::string(info.sentence),
               info.within_contract ? "within" : "**beyond**", std::string(name(info.excuses)),
               info.on == On::ib ? "IB and RoCE" : "all"});
  return "## The faults\n\n"
         "What a run may spend from its budget. A fault *within* the contract is something that Linux, a network\n"
         "or a peer may really do; one *beyond* it is insurance against other stacks.\n\n" +
         table.text();
}

}  // namespace

std::string contract_page() {
  std::string page(introduction);
  for (const auto part : {cma_part, filter_part, ib_part, iw_part, events_part, faults_part}) page += part();
  page.pop_back();  // the empty line behind the last table
  return page;
}

}  // namespace qpcheck::report
