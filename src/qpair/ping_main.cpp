// qpair-ping: which side to run.
#include <cstdio>

#include "qpair/ping.hpp"

namespace qpair::ping {
namespace {

int run(const Arguments& arguments) {
  if (const auto* server = std::get_if<ServerArguments>(&arguments)) return serve(*server);
  if (const auto* client = std::get_if<ClientArguments>(&arguments)) return run_client(*client);
  if (const auto* bad = std::get_if<BadUsage>(&arguments)) {
    std::fprintf(stderr, "qpair-ping: %s; qpair-ping --help shows what there is\n", bad->why.c_str());
    return exit_usage;
  }
  std::fputs(usage, stdout);
  return exit_ok;
}

}  // namespace
}  // namespace qpair::ping

int main(int count, char** words) { return qpair::ping::run(qpair::ping::parse(count, words)); }
