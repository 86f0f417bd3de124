#include "conform/judge.hpp"

#include "conform/explain.hpp"
#include "conform/search.hpp"
#include "conform/work.hpp"

namespace qpcheck::conform {
namespace {

// The first line of the log that departs, of all connections and both judgements.
class First {
 public:
  void take(const Line* line, Departure departure) {
    if (line_ != nullptr && line_ <= line) return;
    line_ = line;
    departure_ = std::move(departure);
  }
  std::optional<Departure> departure() && { return std::move(departure_); }

 private:
  const Line* line_ = nullptr;
  std::optional<Departure> departure_;
};

}  // namespace

Judgement judge(const Log& log) {
  Judgement judgement;
  First first;
  const Evidence evidence = evidence_of(log);
  for (const Line& line : log.lines) judgement.judged += line.kind != Kind::other && line.kind != Kind::trouble;
  for (const Script& script : scripts_of(log)) {
    if (auto departs = judge_work(log, script)) first.take(departs->line, std::move(departs->departure));
    const Search search(log, script, evidence);
    const Reached reached = search.run();
    judgement.states += reached.states;
    if (reached.too_many) judgement.undecided = true;
    else if (!reached.end) first.take(reached.first_open, explain(log, search, reached));
  }
  judgement.departure = std::move(first).departure();
  return judgement;
}

}  // namespace qpcheck::conform
