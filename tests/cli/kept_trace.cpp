// One kept trace does what its folder demands of it (traces/README.md). Prints what is
// wrong and exits 1 if it does not.
//
//   kept_trace found/NAME.json | negative/NAME.json
#include <cstdio>
#include <string>
#include <vector>

#include "tests/cli/command.hpp"
#include "story/words.hpp"
#include "trace/file.hpp"

namespace {

using namespace qpcheck;
using Words = std::vector<std::string>;

const Words search_on = {"--quiet", "--search-on", "--limit", "states=20000"};

bool demand(bool good, const std::string& sentence, const tests::Ended& ended) {
  if (!good)
    std::printf("%s; it ended with %d:\n%s%s", sentence.c_str(), ended.code, ended.out.c_str(), ended.err.c_str());
  return good;
}

#ifdef QPCHECK_SANITIZED
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

// A sanitizer says more of a crash than the signal that the ordinary build recorded.
bool crash_retold(const std::string& file, const trace::Header& header, const tests::Ended& ended) {
  return sanitized && story::names(header.violated) == "no-crash" && ended.code == 5 &&
         ended.out.starts_with(file + ": differs: the reason is \"the program ");
}

bool violates_what_it_says(const std::string& file, const trace::Header& header) {
  const tests::Ended ended = tests::qpcheck({"replay", file, "--quiet"});
  const bool same = ended.code == 1 && ended.out == file + ": replayed with the same observations\n";
  return demand(same || crash_retold(file, header, ended), "as it was recorded it must violate what its header says",
                ended);
}

// Neither in its steps nor, as far as a short search sees, after the last that can be played.
bool violates_nothing(const std::string& file, Words arguments) {
  arguments.insert(arguments.begin(), {"replay", file});
  arguments.insert(arguments.end(), search_on.begin(), search_on.end());
  const tests::Ended ended = tests::qpcheck(arguments);
  return demand(ended.code == 0 || ended.code == 3 || ended.code == 4, "it must violate nothing", ended);
}

// The teardowns that are kept with their bugs, to be compared with.
bool wrong_on_purpose(const trace::Header& header) { return header.program == "qpair" && header.teardown != "settled"; }

int judge(const std::string& name) {
  const std::string file = tests::source("traces/" + name).string();
  const auto trace = trace::load(file);
  if (!trace) {
    std::printf("%s\n", trace.error().line().c_str());
    return 1;
  }
  if (name.starts_with("negative/")) return violates_what_it_says(file, trace->header) ? 0 : 1;
  if (!wrong_on_purpose(trace->header)) return violates_nothing(file, {}) ? 0 : 1;
  return violates_what_it_says(file, trace->header) && violates_nothing(file, {"--teardown", "settled"}) ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  if (count == 2) return judge(words[1]);
  std::puts("kept_trace: which trace? As in: kept_trace found/origin-always-wait.json");
  return 1;
}
