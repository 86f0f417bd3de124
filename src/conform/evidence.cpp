#include "conform/evidence.hpp"

#include <algorithm>
#include <cerrno>

#include "model/cm_ib.hpp"

namespace qpcheck::conform {
namespace {

bool tells_removal(const Line& line) {
  if (line.kind == Kind::event) return line.name == name(model::Event::device_removal);
  return line.kind == Kind::call && line.status != 0 && (line.error == ENXIO || line.error == EIO || line.error == ENODEV);
}

}  // namespace

Evidence evidence_of(const Log& log) {
  Evidence evidence;
  for (const Line& line : log.lines) {
    if (tells_removal(line)) evidence.removed[static_cast<std::size_t>(line.side)] = true;
    if (line.kind == Kind::event && line.name == name(model::Event::rejected) && line.status == model::reason_stale)
      evidence.stale = true;
    if (line.kind == Kind::trouble) evidence.trouble_us = std::min(evidence.trouble_us, line.begin_us);
    if (line.kind == Kind::trouble && line.status == 1) evidence.link_down_us = std::min(evidence.link_down_us, line.begin_us);
    evidence.end_us = std::max(evidence.end_us, line.end_us);
  }
  return evidence;
}

}  // namespace qpcheck::conform
