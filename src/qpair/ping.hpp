// qpair-ping: a small command over the library, for a machine with an RDMA device.
//
// Purpose: shows that the library works against the real librdmacm and
// libibverbs, and how long a teardown takes there. Not part of the library.
// Ownership: none. Threads: one. Reads the clock, which the library never does.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <string>
#include <variant>

#include "qpair/options.hpp"

namespace qpair::ping {

// Exit codes of the command.
inline constexpr int exit_ok = 0, exit_failed = 1, exit_usage = 2;

inline constexpr std::uint16_t default_port = 18515;
inline constexpr std::uint32_t largest_message = 65536;  // what the server's receives take

// In what order the client polls.
enum class Polls : std::uint8_t {
  controller_first,  // the controller, then each qpair: what was fetched is handled at once
  qpairs_first,      // each qpair, then the controller: it is handled a round later
  held_back,         // after its messages, a qpair only once its disconnect was asked for
};

struct ServerArguments {
  std::string address = "0.0.0.0";
  std::uint16_t port = default_port;
};

struct ClientArguments {
  std::string address;
  std::uint16_t port = default_port;
  std::string failover;             // the second server's address; empty: there is none
  std::uint16_t failover_port = 0;  // 0: the same as port
  std::uint32_t count = 10;
  std::uint32_t interval_ms = 100;
  std::uint32_t resets = 0;
  bool stay = false;     // after the messages, until the server goes
  bool each = false;     // print a line for each message
  bool verbose = false;  // print a line for each qpair of a teardown
  Polls polls = Polls::controller_first;
  Options options;  // of the library; its paths are filled in once the addresses are resolved
};

struct Help {};

struct BadUsage {
  std::string why;
};

using Arguments = std::variant<ServerArguments, ClientArguments, Help, BadUsage>;

Arguments parse(int count, const char* const* words);
extern const char* const usage;
const char* name(Teardown teardown);

int serve(const ServerArguments& arguments);
int run_client(const ClientArguments& arguments);

// "qpair-ping: why" on standard error; returns exit_failed.
int fail(const std::string& why);
// Why there is no event channel (the call and its errno), and what to do about it.
std::string no_channel(const std::string& call, int error);
// An IPv4 address or a host's name; false: there is none.
bool resolve(const std::string& host, std::uint16_t port, sockaddr_in& address);
std::string text(const sockaddr_in& address);  // 192.0.2.1:18515

// SIGINT and SIGTERM ask for an orderly end; the second one ends at once.
void catch_signals();
bool interrupted();

}  // namespace qpair::ping
