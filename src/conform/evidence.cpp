#include "conform/evidence.hpp"

#include <algorithm>
#include <cerrno>

#include "model/cm_ib.hpp"

namespace qpcheck::conform {
namespace {

bool tells_removal(const Line& line) {
  if (line.kind == Kind::event) return line.name == name(model::Event::device_removal);
  return line.kind == Kind::call && line.status != 0 &&
         (line.error == ENXIO || line.error == EIO || line.error == ENODEV);
}

bool tells(const Line& line, Trouble trouble) {
  return line.kind == Kind::trouble && line.status == static_cast<std::int64_t>(trouble);
}

}  // namespace

Evidence evidence_of(const Log& log) {
  Evidence evidence;
  for (const Line& line : log.lines) {
    if (tells_removal(line)) evidence.removed[static_cast<std::size_t>(line.side)] = true;
    if (line.kind == Kind::event && line.name == name(model::Event::rejected) && line.status == model::reason_stale)
      evidence.stale = true;
    if (line.kind == Kind::trouble) evidence.trouble_us = std::min(evidence.trouble_us, line.begin_us);
    if (tells(line, Trouble::link_down)) evidence.link_down_us = std::min(evidence.link_down_us, line.begin_us);
    if (tells(line, Trouble::device_removed) && !log.timed)
      evidence.removed[static_cast<std::size_t>(line.side)] = true;
    if (tells(line, Trouble::device_removed) && evidence.removed_us == -Evidence::never)
      evidence.removed_us = line.begin_us;
    evidence.end_us = std::max(evidence.end_us, line.end_us);
  }
  return evidence;
}

}  // namespace qpcheck::conform
