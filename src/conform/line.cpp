#include "conform/line.hpp"

#include <fmt/format.h>

#include <cstring>

namespace qpcheck::conform {
namespace {

std::string errno_words(int error) {
  const char* const name = strerrorname_np(error);
  return name != nullptr ? name : std::to_string(error);
}

std::string what(const Line& line) {
  switch (line.kind) {
    case Kind::call:
      return line.status == 0 ? fmt::format("{} returns 0", line.name)
                              : fmt::format("{} fails: {}", line.name, errno_words(line.error));
    case Kind::event: return fmt::format("{} (status {})", line.name, line.status);
    case Kind::completion: {
      const std::string which = line.request < 0 ? "" : fmt::format(" {}", line.request);
      return fmt::format("completion of {}{} (status {})", line.name, which, line.status);
    }
    case Kind::posted: return fmt::format("{} {} posted", line.status, line.name);
    case Kind::qp_state: return fmt::format("queue pair in {}", line.qp);
    case Kind::signal: return fmt::format("signal {} to the process", line.status);
    case Kind::trouble:
    case Kind::other: return line.name;
  }
  return "";
}

}  // namespace

std::string words(const Line& line) {
  const std::string who = line.side == model::Side::host ? "host" : "target";
  if (line.connection < 0) return fmt::format("{}: {}", who, what(line));
  return fmt::format("conn {}, {}: {}", line.connection, who, what(line));
}

}  // namespace qpcheck::conform
