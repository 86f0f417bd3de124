// What is wrong with a call is said in one line: what, where, and how to mend it;
// the exit code is 2, and nothing else was written anywhere.
#include <catch2/catch.hpp>

#include "tests/cli/command.hpp"

namespace qpcheck::tests {
namespace {

struct Bad {
  std::string name;
  std::vector<std::string> arguments;  // DIR: the test's own folder
  std::vector<std::string> says;       // in the line
};

// DIR/file is a regular file, DIR/full and DIR/kept/negative hold a folder where a trace would go.
const std::vector<Bad> bad_calls = {
    {"no verb", {}, {"which verb", "qpcheck --help"}},
    {"an unknown verb", {"chekc", "reset"}, {"'chekc'", "verb", "qpcheck --help"}},
    {"an unknown option",
     {"check", "reset", "--teardwon", "settled"},
     {"'--teardwon' is not an option of check; see: qpcheck check --help; did you mean '--teardown'?"}},
    {"two letters of a verb swapped", {"chekc", "reset"}, {"'chekc' is neither", "did you mean 'check'?"}},
    {"an option of another verb",
     {"story", "parked", "--qpairs", "3"},
     {"'--qpairs' is not an option of story; see: qpcheck story --help"}},
    {"an option without its value", {"check", "reset", "--teardown"}, {"--teardown", "qpcheck check --help"}},
    {"no scenario", {"check"}, {"scenario", "qpcheck check --help"}},
    {"an unknown scenario", {"check", "reset", "reste", "--out", "DIR/new"}, {"'reste'", "qpcheck list scenarios"}},
    {"an unknown teardown",
     {"check", "reset", "--teardown", "setled", "--out", "DIR/new"},
     {"--teardown", "'setled'", "qpcheck list teardowns"}},
    {"one unknown teardown of two",
     {"check", "reset", "--teardown", "settled,setled"},
     {"--teardown", "'setled'", "qpcheck list teardowns"}},
    {"all teardowns and one more",
     {"check", "reset", "--teardown", "settled,all"},
     {"--teardown", "'all' stands alone"}},
    {"a teardown twice", {"check", "reset", "--teardown", "settled,settled"}, {"--teardown", "'settled'", "twice"}},
    {"a scenario twice", {"check", "reset", "reset"}, {"'reset'", "twice"}},
    {"a fault twice", {"check", "reset", "--faults", "kill=1,kill=2"}, {"--faults", "'kill'", "twice"}},
    {"no budget", {"check", "reset", "--faults", ""}, {"--faults", "a budget is needed", "kill=1", "none"}},
    {"a limit twice", {"check", "reset", "--limit", "states=5,states=6"}, {"--limit", "'states'", "twice"}},
    {"an unknown fault",
     {"check", "reset", "--faults", "kil=1", "--out", "DIR/new"},
     {"--faults", "'kil'", "qpcheck list faults", "did you mean 'kill'?"}},
    {"a fault without a number", {"check", "reset", "--faults", "kill"}, {"--faults", "'kill'", "as in kill=1"}},
    {"a fault with a word for a number",
     {"check", "reset", "--faults", "kill=one"},
     {"--faults", "'kill=one'", "as in kill=1"}},
    {"a fault that iWARP has no use for",
     {"check", "reset", "--transport", "iwarp", "--faults", "drop=1"},
     {"--faults", "drop", "cannot be spent on iWARP"}},
    {"a fault too many times", {"check", "reset", "--faults", "kill=10"}, {"--faults", "kill=10", "9"}},
    {"an unknown property",
     {"check", "reset", "--property", "finish", "--out", "DIR/new"},
     {"--property", "'finish'", "qpcheck list properties", "did you mean 'finishes'?"}},
    {"an unknown transport", {"check", "reset", "--transport", "tcp"}, {"--transport", "'tcp'", "list transports"}},
    {"an unknown start", {"check", "reset", "--from", "resolved"}, {"--from", "'resolved'", "'connecting'"}},
    {"a start that a scenario has not",
     {"check", "connect-only", "--from", "established"},
     {"--from", "'connect-only'", "connecting"}},
    {"no qpair", {"check", "reset", "--qpairs", "0"}, {"--qpairs", "0", "1 to 3"}},
    {"a qpair too many", {"check", "reset", "--qpairs", "4"}, {"--qpairs", "4", "1 to 3"}},
    {"no queue", {"check", "reset", "--queue-depth", "0"}, {"--queue-depth", "0", "1 to 4"}},
    {"a queue too deep", {"check", "reset", "--queue-depth", "5"}, {"--queue-depth", "5", "1 to 4"}},
    {"a word for the qpairs", {"check", "reset", "--qpairs", "abc"}, {"--qpairs", "abc", "qpcheck check --help"}},
    {"less than no qpair",
     {"check", "reset", "--qpairs", "-1"},
     {"--qpairs: '-1' is not a number that it takes", "qpcheck check --help"}},
    {"a limit that is none", {"check", "reset", "--limit", "nonsense"}, {"--limit", "'nonsense'", "as in states="}},
    {"a limit that is not whole", {"check", "reset", "--limit", "time=0.5"}, {"--limit", "'time=0.5'", "whole number"}},
    {"a word that is near nothing", {"check", "zzzz"}, {"'zzzz' is not known; see: qpcheck list scenarios\n"}},
    {"an unknown limit", {"check", "reset", "--limit", "depth=3"}, {"--limit", "'depth'", "states"}},
    {"a limit without its number", {"check", "reset", "--limit", "states="}, {"--limit", "'states='", "as in states="}},
    {"a limit of nothing", {"check", "reset", "--limit", "states=0"}, {"--limit", "states=0", "1 to"}},
    {"a limit beyond all numbers",
     {"check", "reset", "--limit", "memory=99999999999999999999"},
     {"--limit", "memory=", "as in states="}},
    {"a limit beyond all memory",
     {"check", "reset", "--limit", "memory=18446744073709551615"},
     {"--limit", "memory=", "1 to"}},
    {"two limits, one damaged", {"check", "reset", "--limit", "states=5,,time=1"}, {"--limit", "''", "as in states="}},
    {"check: a file where the folder goes",
     {"check", "reset", "--out", "DIR/file"},
     {"--out", "DIR/file", "choose another place"}},
    {"check: a folder below a file",
     {"check", "reset", "--out", "DIR/file/deeper"},
     {"--out", "DIR/file/deeper", "choose another place"}},
    {"check: a folder that nobody can make",
     {"check", "reset", "--out", "/proc/qpcheck/out"},
     {"--out", "/proc/qpcheck/out", "choose another place"}},
    {"check: a folder that takes no file",
     {"check", "reset", "--out", "/proc/self"},
     {"--out", "/proc/self", "choose another place"}},
    {"check: half of the way can be made",
     {"check", "reset", "--out", "DIR/new/" + std::string(300, 'x')},
     {"--out", "DIR/new", "choose another place"}},
    {"check: a folder where a trace goes",
     {"check", "connect-only", "reset", "--teardown", "always-wait", "--out", "DIR/full"},
     {"--out", "DIR/full/reset-always-wait.json", "choose another place"}},
    {"check: no name", {"check", "reset", "--out", ""}, {"--out", "a name is needed"}},
    {"survey: a file where the folder goes",
     {"survey", "--out", "DIR/file"},
     {"--out", "DIR/file", "choose another place"}},
    {"survey: half of the way can be made",
     {"survey", "--out", "DIR/half"},
     {"--out", "DIR/half/diagrams", "choose another place"}},
    {"survey: more words",
     {"survey", "reset"},
     {"'reset' is one word too many for survey; see: qpcheck survey --help"}},
    {"replay: no such file", {"replay", "DIR/none.json"}, {"DIR/none.json", "give the path of a file"}},
    {"replay: a folder without a trace", {"replay", "DIR/full"}, {"DIR/full", "no trace"}},
    {"replay: no file named", {"replay"}, {"traces", "qpcheck replay --help"}},
    {"replay: two runs for one file",
     {"replay", "DIR/good.json", "DIR/good.json", "--out", "DIR/new.json"},
     {"--out", "one trace", "2"}},
    {"replay: an unknown property",
     {"replay", "DIR/good.json", "--property", "finish"},
     {"--property", "'finish'", "qpcheck list properties"}},
    {"replay: a limit of no search",
     {"replay", "DIR/good.json", "--limit", "states=5"},
     {"--limit", "add --search-on"}},
    {"replay: a limit that is none",
     {"replay", "DIR/good.json", "--search-on", "--limit", "nonsense"},
     {"--limit", "'nonsense'", "as in states="}},
    {"replay: an unknown teardown",
     {"replay", "DIR/good.json", "--teardown", "setled"},
     {"DIR/good.json", "'setled'", "qpcheck list teardowns"}},
    {"replay: a place that cannot be written",
     {"replay", "DIR/good.json", "--out", "DIR/file/x.json"},
     {"DIR/file/x.json", "choose another place"}},
    {"explain: no such file", {"explain", "DIR/none.json"}, {"DIR/none.json", "give the path of a file"}},
    {"keep: no such file",
     {"keep", "DIR/none.json", "--name", "one", "--traces", "DIR"},
     {"DIR/none.json", "give the path of a file"}},
    {"keep: no trace named", {"keep", "--name", "one", "--traces", "DIR"}, {"trace", "qpcheck keep --help"}},
    {"keep: no name", {"keep", "DIR/good.json", "--traces", "DIR"}, {"--name", "qpcheck keep --help"}},
    {"keep: an empty name",
     {"keep", "DIR/good.json", "--traces", "DIR", "--name", ""},
     {"--name", "''", "a-z, 0-9 and -"}},
    {"keep: a name with a place in it",
     {"keep", "DIR/good.json", "--traces", "DIR", "--name", "../one"},
     {"--name", "'../one'", "a-z, 0-9 and -"}},
    {"keep: a name too long",
     {"keep", "DIR/good.json", "--traces", "DIR", "--name", std::string(101, 'x')},
     {"--name", "1 to 100"}},
    {"keep: an unknown folder",
     {"keep", "DIR/good.json", "--traces", "DIR", "--name", "one", "--into", "kernel"},
     {"--into", "'kernel'", "'negative'"}},
    {"keep: no corpus here", {"keep", "DIR/good.json", "--name", "one"}, {"--traces", "'traces'", "checkout"}},
    {"keep: a corpus that is not there",
     {"keep", "DIR/good.json", "--name", "one", "--traces", "DIR/none"},
     {"--traces", "'DIR/none'"}},
    {"keep: a file for a corpus",
     {"keep", "DIR/good.json", "--name", "one", "--traces", "DIR/file"},
     {"--traces", "'DIR/file'"}},
    {"keep: a file where the folder goes",
     {"keep", "DIR/good.json", "--name", "one", "--traces", "DIR/kept"},
     {"DIR/kept/found", "choose another place"}},
    {"keep: a corpus that takes no file",
     {"keep", "DIR/good.json", "--name", "one", "--traces", "/proc/self"},
     {"/proc/self/found", "choose another place"}},
    {"keep: a folder where the trace goes",
     {"keep", "DIR/good.json", "--name", "one", "--into", "negative", "--traces", "DIR/kept"},
     {"--name", "one.json", "choose another name"}},
    {"story: an unknown story", {"story", "parkd"}, {"'parkd'", "qpcheck list stories"}},
    {"story: an unknown teardown",
     {"story", "parked", "--teardown", "setled"},
     {"--teardown", "'setled'", "qpcheck list teardowns"}},
    {"story: an unknown property",
     {"story", "parked", "--property", "finish"},
     {"--property", "'finish'", "qpcheck list properties"}},
    {"story: a place that cannot be written",
     {"story", "parked", "--out", "DIR/file/x.json"},
     {"DIR/file/x.json", "choose another place"}},
    {"list: an unknown list", {"list", "properteis"}, {"'properteis'", "properties"}},
    {"list: no list named", {"list"}, {"what", "qpcheck list --help"}},
    {"diagram: an unknown picture", {"diagram", "cm"}, {"'cm'", "cm-ib"}},
    {"diagram: a kept file that is not there",
     {"diagram", "cma", "--check", "DIR/none.dot"},
     {"--check", "DIR/none.dot", "give the path of a file"}},
    {"diagram: checks or writes", {"diagram", "cma", "--check", "x", "--out", "y"}, {"--check", "leave out --out"}},
    {"contract: a kept page that is not there",
     {"contract", "--check", "DIR/none.md"},
     {"--check", "DIR/none.md", "give the path of a file"}},
    {"diagram: an unknown format", {"diagram", "qpair", "--format", "bmp"}, {"--format", "'bmp'", "dot, svg or png"}},
    {"diagram: a name that ends in an unknown format",
     {"diagram", "qpair", "--out", "DIR/new/x.pdf"},
     {"--format", "'pdf'", "dot, svg or png"}},
    {"diagram: a table has no scenario", {"diagram", "qpair", "reset"}, {"diagram qpair", "scenario"}},
    {"diagram: a table has no teardown", {"diagram", "cm-ib", "--teardown", "setled"}, {"diagram cm-ib", "settings"}},
    {"diagram: a place that cannot be written",
     {"diagram", "qpair", "--out", "DIR/file/x.dot"},
     {"DIR/file/x.dot", "choose another place"}},
    {"diagram: a folder where the picture goes",
     {"diagram", "qpair", "--out", "DIR/full"},
     {"DIR/full", "choose another place"}},
    {"check: a program that is not in the zoo",
     {"check", "--program", "nobody"},
     {"--program", "nobody", "qpcheck list zoo"}},
    {"check: a program and a scenario",
     {"check", "reset", "--program", "awaits-twice"},
     {"--program", "leave the scenarios out"}},
    {"check: a program has no teardown to select",
     {"check", "--program", "awaits-twice", "--qpairs", "2"},
     {"--program", "leave them out"}},
    {"check: a program has no qpairs to give queues",
     {"check", "--program", "awaits-twice", "--own-cqs"},
     {"--program", "--own-cqs", "leave them out"}},
    {"check: the fixed twin of nothing", {"check", "reset", "--fixed"}, {"--fixed", "--program"}},
    {"check: too many messages", {"check", "reset", "--sends", "9"}, {"--sends", "0 to 8"}},
    {"diagram explored: no scenario", {"diagram", "explored"}, {"which scenario", "as in"}},
    {"diagram explored: an unknown scenario", {"diagram", "explored", "reste"}, {"'reste'", "qpcheck list scenarios"}},
    {"diagram explored: several teardowns", {"diagram", "explored", "reset", "--teardown", "all"}, {"one teardown"}},
    {"diagram explored: no such qpair",
     {"diagram", "explored", "reset", "--watch", "1"},
     {"--watch", "qp1", "--qpairs"}},
    {"words with line ends in them", {"check", "a\nb"}, {"'a\\x0ab'", "qpcheck list scenarios"}},
    {"options with line ends in them", {"check", "reset", "--a\nb"}, {"--a\\x0ab", "qpcheck check --help"}},
};

void prepare(const Folder& folder) {
  write(folder / "file", "in the way\n");
  std::filesystem::create_directories(folder / "full/reset-always-wait.json");
  std::filesystem::create_directories(folder / "half");
  write(folder / "half/diagrams", "in the way\n");
  std::filesystem::create_directories(folder / "kept/negative/one.json");
  write(folder / "kept/found", "in the way\n");
  write(folder / "good.json", read(source("traces/found/parked-connected-flag.json")));
}

void is_refused(const Ended& ended, const std::vector<std::string>& says) {
  INFO("standard error: " << ended.err);
  CHECK(ended.code == 2);
  CHECK(ended.out.empty());
  CHECK(ended.err.starts_with("qpcheck: "));
  CHECK(ended.err.ends_with("\n"));
  CHECK(occurrences(ended.err, "\n") == 1);
  for (const std::string& words : says) {
    INFO("should say: " << words);
    CHECK(ended.err.find(words) != std::string::npos);
  }
}

TEST_CASE("a bad call gets one line on standard error, exit code 2, and leaves nothing behind") {
  for (const Bad& bad : bad_calls) {
    INFO(bad.name);
    const Folder folder;
    prepare(folder);
    const auto before = folder.content();
    std::vector<std::string> arguments, says;
    for (const std::string& word : bad.arguments) arguments.push_back(replaced(word, "DIR", folder.path().string()));
    for (const std::string& word : bad.says) says.push_back(replaced(word, "DIR", folder.path().string()));
    is_refused(qpcheck(arguments, {.folder = folder.path()}), says);
    CHECK(folder.content() == before);
  }
}

struct Damage {
  std::string name, from, to;  // in a good trace; an empty `from`: the whole file
  std::vector<std::string> says;
};

const std::vector<Damage> damages = {
    {"nothing", "", "", {"not a qpcheck trace"}},
    {"half a document", "\"steps\"", "\"ste", {"not a qpcheck trace"}},
    {"another tool's JSON", "", "{\"runs\": [], \"version\": \"2.1.0\"}\n", {"not a qpcheck trace", "\"format\""}},
    {"a list", "", "[1, 2]\n", {"not a qpcheck trace"}},
    {"another format", "\"format\": 2", "\"format\": 1", {"format 1"}},
    {"a number for a word", "\"choice\": \"kill target\"", "\"choice\": 7", {"/steps/0/choice"}},
    {"an unknown key", "\"qpairs\": 2", "\"qpairs\": 2, \"qpears\": 1", {"qpears"}},
    {"an unknown program", "\"program\": \"qpair\"", "\"program\": \"rpair\"", {"'rpair'", "'qpair'"}},
    {"an unknown scenario",
     "\"scenario\": \"target-killed\"",
     "\"scenario\": \"target-kiled\"",
     {"'target-kiled'", "qpcheck list scenarios"}},
    {"an unknown teardown",
     "\"teardown\": \"connected-flag\"",
     "\"teardown\": \"flag\"",
     {"'flag'", "qpcheck list teardowns"}},
    {"an unknown transport", "\"transport\": \"ib\"", "\"transport\": \"tcp\"", {"'tcp'", "list transports"}},
    {"an unknown fault", "\"kill\": 1", "\"kil\": 1", {"'kil'", "qpcheck list faults"}},
    {"too large a budget", "\"kill\": 1", "\"kill\": 300", {"300", "9"}},
    {"too many qpairs", "\"qpairs\": 2", "\"qpairs\": 4", {"qpairs 4", "1 to 3"}},
    {"too deep a queue", "\"qpairs\": 2", "\"queue_depth\": 5, \"qpairs\": 2", {"queue_depth 5", "1 to 4"}},
    {"a word for own CQs",
     "\"qpairs\": 2",
     "\"own_cqs\": \"yes\", \"qpairs\": 2",
     {"/header/own_cqs", "true or false"}},
    {"an unknown request", "\"qpairs\": 2", "\"requests\": [\"reboot\"], \"qpairs\": 2", {"'reboot'", "shutdown"}},
    {"too many sends", "\"qpairs\": 2", "\"sends\": 10, \"qpairs\": 2", {"sends 10", "0 to 8"}},
    {"an unknown start", "\"from\": \"established\"", "\"from\": \"nowhere\"", {"'nowhere'", "'connecting'"}},
    {"an unknown property",
     "\"property\": \"possible-wait\"",
     "\"property\": \"posible-wait\"",
     {"'posible-wait'", "qpcheck list properties"}},
};

TEST_CASE("a damaged or foreign trace is refused in one line that begins with its name") {
  const std::string good = read(source("traces/found/parked-connected-flag.json"));
  for (const Damage& damage : damages) {
    INFO(damage.name);
    const Folder folder;
    const std::string bad = damage.from.empty() ? damage.to : replaced(good, damage.from, damage.to);
    REQUIRE(bad != good);
    write(folder / "bad.json", bad);
    const auto before = folder.content();
    std::vector<std::string> says = damage.says;
    says.emplace_back("qpcheck: bad.json:");
    if (damage.name == "nothing") says = {"not a qpcheck trace", "bad.json"};
    is_refused(qpcheck({"replay", "bad.json", "--out", "again.json"}, {.folder = folder.path()}), says);
    CHECK(folder.content() == before);
  }
}

TEST_CASE("standard output that cannot be written is an error and no silence") {
  const Ended ended = qpcheck({"list", "properties"}, {.in_front = {"sh", "-c", "exec \"$0\" \"$@\" >/dev/full"}});
  is_refused(ended, {"standard output"});
}

}  // namespace
}  // namespace qpcheck::tests
