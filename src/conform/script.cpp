#include "conform/script.hpp"

#include <set>

namespace qpcheck::conform {
namespace {

Script script_of(const Log& log, int connection) {
  Script script;
  script.connection = connection;
  for (const Line& line : log.lines) {
    const bool signal = line.kind == Kind::signal;
    if (line.connection != connection && !signal) continue;
    const bool step = line.kind == Kind::call || line.kind == Kind::event || signal;
    if (step) script.sides[static_cast<std::size_t>(line.side)].push_back(&line);
    if (!signal && line.kind != Kind::other && line.kind != Kind::trouble) script.work.push_back(&line);
    if (line.kind == Kind::posted && line.name == "send") script.sends_posted_us.push_back(line.begin_us);
  }
  return script;
}

}  // namespace

std::vector<Script> scripts_of(const Log& log) {
  std::set<int> connections;
  for (const Line& line : log.lines)
    if (line.connection >= 0 && line.kind != Kind::other) connections.insert(line.connection);
  // An event of an id that nobody knows belongs to no connection, and is judged as one.
  for (const Line& line : log.lines)
    if (line.connection < 0 && (line.kind == Kind::call || line.kind == Kind::event))
      connections.insert(line.connection);
  std::vector<Script> scripts;
  for (const int connection : connections) scripts.push_back(script_of(log, connection));
  return scripts;
}

}  // namespace qpcheck::conform
