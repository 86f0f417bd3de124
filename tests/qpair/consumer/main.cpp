// Makes and destroys a controller on whatever machine this is.
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "qpair/controller.hpp"

int main() {
  try {
    const qpair::Controller controller(qpair::Options{});
    std::printf("%u qpairs, all idle\n", controller.size());
  } catch (const std::system_error& error) {
    std::printf("%s\n", error.what());  // without an RDMA device
    return error.code().value() == ENODEV || error.code().value() == ENOENT ? 0 : 1;
  }
}
