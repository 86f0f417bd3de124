// What both sides of qpair-ping share.
#include "qpair/ping.hpp"

#include <arpa/inet.h>
#include <netdb.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "qpair/ping_words.hpp"

namespace qpair::ping {
namespace {

volatile std::sig_atomic_t signalled = 0;

void on_signal(int) { signalled = 1; }

}  // namespace

int fail(const std::string& why) {
  std::fflush(stdout);
  std::fprintf(stderr, "qpair-ping: %s\n", why.c_str());
  return exit_failed;
}

std::string no_channel(const std::string& call, int error) {
  if (error == ENODEV || error == ENOENT)
    return "this machine has no RDMA device; one over an Ethernet interface, as root: "
           "modprobe rdma_rxe && rdma link add rxe0 type rxe netdev INTERFACE";
  return "no event channel to the RDMA connection manager; " + call_words(call.c_str(), error) +
         "; is the module rdma_ucm loaded, and may this user open its device?";
}

bool resolve(const std::string& host, std::uint16_t port, sockaddr_in& address) {
  addrinfo wanted{};
  wanted.ai_family = AF_INET;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &wanted, &found) != 0) return false;
  std::memcpy(&address, found->ai_addr, sizeof(address));
  freeaddrinfo(found);
  address.sin_port = htons(port);
  return true;
}

std::string text(const sockaddr_in& address) {
  char host[INET_ADDRSTRLEN] = "?";
  inet_ntop(AF_INET, &address.sin_addr, host, sizeof(host));
  return std::string(host) + ':' + std::to_string(ntohs(address.sin_port));
}

void catch_signals() {
  struct sigaction action{};
  sigemptyset(&action.sa_mask);
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() { return signalled != 0; }

}  // namespace qpair::ping
