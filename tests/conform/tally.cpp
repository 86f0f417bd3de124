#include "tests/conform/tally.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "conform/judge.hpp"
#include "conform/read_log.hpp"

namespace qpcheck::tests {
namespace {

constexpr std::size_t accepted_kept = 5;

// A mutant that cannot even be read is rejected as well.
bool is_legal(const Recorded& log, Tally& tally) {
  const auto read = conform::read_log(log.text(), "mutant");
  if (!read) return false;
  const conform::Judgement judgement = conform::judge(*read);
  tally.most_states = std::max(tally.most_states, judgement.states);
  return !judgement.departure;
}

void count(const Mutant& mutant, const std::string& file, Tally& tally) {
  ++tally.made;
  const bool legal = is_legal(mutant.log, tally);
  if (!mutant.legal.empty()) {
    ++tally.legal;
    tally.rule_too_kind += !legal;
  } else if (!legal) {
    ++tally.rejected;
  } else if (tally.accepted.size() < accepted_kept) {
    tally.accepted.push_back(fmt::format("{}: line {}", file, mutant.at + 1));
  }
}

bool in_quick_set(const std::filesystem::path& log) {
  constexpr std::array few = {"rxe/a1-q1-1", "rxe/a3-q1-1", "rxe-6.12/d1-q3-1", "rxe/e1-q1-1",     "rxe/i5-q1-1",
                              "rxe/j1-q1-1", "rxe/j8-q1-1", "rxe/k1-q1-1",      "rxe/l2-q1-1",     "rxe/m1-q1-1",
                              "rxe/n1-q1-1", "rxe/q1-q1-1", "siw/a1-q1-1",      "siw-6.12/b-q1-1", "siw/k1-q1-1",
                              "siw/k3-q1-1", "siw/k4-q1-1", "siw/l2-q1-1",      "siw/n1-q1-1",     "siw/q1-q1-1"};
  const std::string name = log.parent_path().filename() / log.stem();
  return std::find(few.begin(), few.end(), name) != few.end();
}

}  // namespace

Tallies tally(const std::vector<std::filesystem::path>& logs) {
  std::vector<Mutation> mutations = event_mutations();
  mutations.insert(mutations.end(), call_mutations().begin(), call_mutations().end());
  Tallies tallies;
  for (const Mutation& mutation : mutations) tallies.kinds.emplace_back().name = mutation.name;
  for (const auto& path : logs) {
    const Recorded log(path);
    const std::string file = path.parent_path().filename() / path.filename();
    for (std::size_t i = 0; i < mutations.size(); ++i)
      for (const Mutant& mutant : mutations[i].of(log)) count(mutant, file, tallies.kinds[i]);
  }
  return tallies;
}

Tally Tallies::all() const {
  Tally all;
  all.name = "all";
  for (const Tally& kind : kinds) {
    all.made += kind.made;
    all.most_states = std::max(all.most_states, kind.most_states);
    all.legal += kind.legal;
    all.rejected += kind.rejected;
    all.rule_too_kind += kind.rule_too_kind;
  }
  return all;
}

std::string Tallies::table() const {
  std::string text =
      fmt::format("{:<50}{:>8}{:>8}{:>10}{:>9}{:>10}\n", "mutation", "made", "legal", "rejected", "share", "states");
  const auto row = [&](const Tally& tally) {
    text += fmt::format("{:<50}{:>8}{:>8}{:>10}{:>8.1f}%{:>10}\n", tally.name, tally.made, tally.legal, tally.rejected,
                        100 * tally.share(), tally.most_states);
  };
  for (const Tally& kind : kinds) row(kind);
  row(all());
  for (const Tally& kind : kinds)
    for (const std::string& accepted : kind.accepted)
      text += fmt::format("accepted, and by no rule: {}: {}\n", kind.name, accepted);
  return text;
}

std::vector<std::filesystem::path> kernel_logs(bool quick) {
  std::vector<std::filesystem::path> logs;
  const std::filesystem::path root = std::filesystem::path(QPCHECK_SOURCE_DIR) / "traces/kernel";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
    if (entry.path().extension() == ".jsonl" && (!quick || in_quick_set(entry.path()))) logs.push_back(entry.path());
  std::sort(logs.begin(), logs.end());
  return logs;
}

}  // namespace qpcheck::tests
