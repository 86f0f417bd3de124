#include "conform/read_log.hpp"

#include <fmt/format.h>

#include "trace/file.hpp"
#include "trace/write_file.hpp"

namespace qpcheck::conform {
namespace {

// A trace file opens its object on a line of its own; a kernel log has a whole object a line.
bool is_document(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || text[first] != '{') return false;
  const std::size_t next = text.find_first_not_of(" \t\r", first + 1);
  return next != std::string_view::npos && text[next] == '\n';
}

std::optional<model::Transport> transport_named(std::string_view name) {
  for (std::size_t i = 0; i < model::transport_names.size(); ++i)
    if (model::transport_names[i] == name) return static_cast<model::Transport>(i);
  return std::nullopt;
}

Result<Log> read_trace(std::string_view text, std::string_view where, std::optional<model::Transport> transport) {
  const auto trace = trace::from_text(text, where);
  if (!trace) return trace.error();
  if (!transport) transport = transport_named(trace->header.transport);
  if (!transport) {
    return Error(fmt::format("{}: /header/transport: '{}' is no transport; 'ib' and 'iwarp' are", where,
                             trace->header.transport));
  }
  Log log = log_of(*trace, *transport);
  log.name = where;
  return log;
}

}  // namespace

Result<Log> read_log(std::string_view text, std::string_view where, std::optional<model::Transport> transport) {
  if (text.size() > max_bytes)
    return Error(
        fmt::format("{}: more than {} MiB, which no log has; is this the right file?", where, max_bytes >> 20));
  return is_document(text) ? read_trace(text, where, transport) : read_kernel_log(text, where, transport);
}

Result<Log> load_log(const std::filesystem::path& path, std::optional<model::Transport> transport) {
  const auto text = read_file(path, max_bytes);
  if (!text) return text.error();
  return read_log(*text, path.native(), transport);
}

}  // namespace qpcheck::conform
