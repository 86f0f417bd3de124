#include "sim/program.hpp"

#include "sim/machine.hpp"

namespace qpcheck::sim {

sockaddr_in target_socket(std::uint8_t target) {
  sockaddr_in socket{};
  socket.sin_family = AF_INET;
  socket.sin_addr.s_addr = target_address(target);
  return socket;
}

}  // namespace qpcheck::sim
