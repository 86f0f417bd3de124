// qpcheck keep: a counterexample becomes a regression test.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/exit_code.hpp"
#include "cli/replayed.hpp"
#include "cli/settings.hpp"
#include "cli/verbs.hpp"
#include "story/words.hpp"
#include "trace/file.hpp"
#include "trace/write_file.hpp"

namespace qpcheck::cli {
namespace {

namespace fs = std::filesystem;

struct KeepOptions {
  std::string trace, name, into = "found", traces = "traces";
};

constexpr std::size_t longest_name = 100;

std::string name_or_none(const std::string& name) {
  const bool good = std::all_of(name.begin(), name.end(),
                                [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  if (good && !name.empty() && name.size() <= longest_name) return "";
  return fmt::format("'{}' is no name for a kept trace; it is 1 to {} of a-z, 0-9 and -", name, longest_name);
}

std::string folder_or_none(const std::string& name) {
  return name == "found" || name == "negative"
             ? ""
             : fmt::format("'{}' is no place for a kept trace; 'found' and 'negative' are", name);
}

// Today's words for the run, which must be worth keeping.
Result<trace::Trace> run_of(const std::string& file) {
  const auto run = replayed(file);
  if (!run) return run.error();
  const auto& [trace, violated, departure] = run->played;
  if (departure)
    return Error(fmt::format("{}: departs at step {}: {}; only a run that replays can be kept", file, departure->step,
                             departure->line));
  if (violated.empty())
    return Error(fmt::format("{}: violates nothing when it is replayed; only a counterexample can be kept", file));
  return trace;
}

// False: this very run is there already.
Result<bool> write(const trace::Trace& run, const fs::path& place) {
  std::error_code error;
  if (fs::exists(place, error)) {
    const auto there = read_file(place, trace::max_bytes);
    if (there && *there == trace::to_text(run)) return false;
    return Error(fmt::format("--name: {} is there already and holds another run; choose another name", place.string()));
  }
  const bool made = fs::create_directory(place.parent_path(), error);
  auto saved = trace::save(run, place);
  if (saved) return true;
  if (made) fs::remove(place.parent_path(), error);
  return saved.error();
}

// What CTest will make of it (tests/cli/kept_trace.cpp).
std::string demanded(const trace::Header& header, const std::string& into) {
  const bool broken_on_purpose = header.program == trace::Header{}.program && header.teardown != "settled";
  if (into == "negative") return "it must go on violating exactly this";
  if (broken_on_purpose)
    return fmt::format("it must go on violating this under {}, and nothing under settled", header.teardown);
  return "it must violate nothing, so it fails until the program is fixed";
}

int keep(const KeepOptions& options) {
  std::error_code ignored;
  const fs::path corpus = options.traces;
  if (!fs::is_directory(corpus, ignored))
    return refuse(fmt::format(
        "--traces: there is no folder '{}'; run this at the top of a checkout, or name the folder of the corpus",
        options.traces));
  const auto run = run_of(options.trace);
  if (!run) return refuse(run.error().line());
  const fs::path place = corpus / options.into / (options.name + ".json");
  const auto written = write(*run, place);
  if (!written) return refuse(written.error().line());
  fmt::print("{} {}: violates {}\n", *written ? "kept as" : "was kept before as", place.string(),
             story::names(run->header.violated));
  fmt::print("replay it: qpcheck replay {}\n", place.string());
  if (fs::exists(corpus / "../tests/cli/kept_trace.cpp", ignored)) {
    const std::string test = fmt::format("kept: {}/{}", options.into, options.name);
    fmt::print("its test is \"{}\": {}\nrun it: ./run test -R '{}$'\n", test, demanded(run->header, options.into),
               test);
  }
  return holds;
}

}  // namespace

void add_keep(CommandLine& line) {
  auto options = std::make_shared<KeepOptions>();
  Verb verb = line.verb("keep", "replay a counterexample and keep it as a regression test; exit 0 kept, 2 refused");
  verb.option("trace", options->trace, "the trace file").required();
  verb.option("--name", options->name, "what it is to be called: a-z, 0-9 and -").required().checked_by(name_or_none);
  verb.option("--into", options->into, "found, or negative: a program that is wrong on purpose")
      .shows_default()
      .checked_by(folder_or_none);
  verb.option("--traces", options->traces, "the folder of the corpus").shows_default();
  verb.runs([options] { return keep(*options); });
}

}  // namespace qpcheck::cli
