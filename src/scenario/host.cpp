#include "scenario/host.hpp"

#include "scenario/program_host.hpp"
#include "scenario/qpair_host.hpp"

namespace qpcheck::scenario {

std::unique_ptr<Host> make_host(const Config& config) {
  if (config.program != nullptr) return std::make_unique<ProgramHost>(config);
  return std::make_unique<QpairHost>(config);
}

std::string name(HostChoice choice) {
  const std::string qpair = "qp" + std::to_string(choice.qpair);
  switch (choice.kind) {
    case HostKind::poll_controller: return "poll controller";
    case HostKind::poll_qpair: return "poll " + qpair;
    case HostKind::request_connect: return "request connect";
    case HostKind::request_disconnect: return "request disconnect " + qpair;
    case HostKind::request_failover: return "request failover";
    case HostKind::request_reset: return "request reset";
    case HostKind::request_shutdown: return "request shutdown";
    case HostKind::send: return "send " + qpair;
    case HostKind::program_poll:
    case HostKind::program_request:
    case HostKind::program_start: return choice.entry;
  }
  return "?";
}

}  // namespace qpcheck::scenario
