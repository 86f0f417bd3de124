#include "scenario/host.hpp"

#include "scenario/program_host.hpp"
#include "scenario/qpair_host.hpp"

namespace qpcheck::scenario {

std::unique_ptr<Host> make_host(const Config& config) {
  if (config.program != nullptr) return std::make_unique<ProgramHost>(config);
  return std::make_unique<QpairHost>(config);
}

model::Verb verb_of(HostKind kind) {
  using model::Verb;
  switch (kind) {
    case HostKind::poll_controller:
    case HostKind::program_poll: return Verb::poll_controller;
    case HostKind::poll_qpair: return Verb::poll;
    case HostKind::request_connect: return Verb::request_connect;
    case HostKind::request_disconnect:
    case HostKind::program_request: return Verb::request_disconnect;
    case HostKind::request_failover: return Verb::request_failover;
    case HostKind::request_reset: return Verb::request_reset;
    case HostKind::request_shutdown: return Verb::request_shutdown;
    case HostKind::send: return Verb::send;
    case HostKind::program_start: return Verb::start;
  }
  return Verb::send;
}

std::string name(HostChoice choice, sim::NameOf name_of) {
  if (choice.entry != nullptr) return choice.entry;
  const std::string words(model::words(verb_of(choice.kind)));
  const bool of_qpair = choice.kind == HostKind::poll_qpair || choice.kind == HostKind::request_disconnect ||
                        choice.kind == HostKind::send;
  return of_qpair ? words + " " + name_of(static_cast<std::uint8_t>(2 * choice.qpair), choice.qpair) : words;
}

}  // namespace qpcheck::scenario
