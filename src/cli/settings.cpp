#include "cli/settings.hpp"

#include "scenario/did_you_mean.hpp"
#include "zoo/zoo.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <optional>

namespace qpcheck::cli {
namespace {

constexpr std::uint64_t largest_limit = 1'000'000'000'000;

struct Assignment {
  std::string name;
  std::uint64_t value = 0;
};

// "kill=1,drop=2"
Result<std::vector<Assignment>> assignments(const std::string& text, const std::string& option,
                                            const std::string& example) {
  std::vector<Assignment> list;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string item = text.substr(at, end - at);
    const std::size_t equals = item.find('=');
    Assignment one{item.substr(0, equals), 0};
    const char* const first = item.data() + (equals == std::string::npos ? item.size() : equals + 1);
    const auto [rest, error] = std::from_chars(first, item.data() + item.size(), one.value);
    if (equals == std::string::npos || error != std::errc() || rest != item.data() + item.size())
      return Error(
          fmt::format("{}: '{}' is not of the form name=number with a whole number, as in {}", option, item, example));
    if (std::any_of(list.begin(), list.end(), [&one](const Assignment& other) { return other.name == one.name; }))
      return Error(fmt::format("{}: '{}' stands twice; say once how many", option, one.name));
    list.push_back(std::move(one));
    at = end + 1;
  }
  return list;
}

// The first word that stands twice; nothing: none does.
std::optional<std::string> repeated(const std::vector<std::string>& words) {
  for (auto word = words.begin(); word != words.end(); ++word)
    if (std::find(words.begin(), word, *word) != word) return *word;
  return std::nullopt;
}

Result<void> set_faults(scenario::Config& config, const std::string& text) {
  if (text.empty()) return {};
  config.faults = {};
  if (text == "none") return {};
  const auto list = assignments(text, "--faults", "kill=1");
  if (!list) return list.error();
  for (const Assignment& one : *list) {
    std::uint8_t* const left = scenario::budget_of(config.faults, one.name);
    if (left == nullptr)
      return Error(fmt::format("--faults: fault '{}' is not known; see: qpcheck list faults{}", one.name,
                               scenario::did_you_mean_one_of(one.name, model::fault_infos)));
    if (one.value > 9)
      return Error(fmt::format("--faults: {}={} is more than 9, the most that a run may spend", one.name, one.value));
    const auto fault = model::fault_named(one.name);
    if (fault && one.value > 0 && model::info(*fault).on == model::On::ib && config.transport != model::Transport::ib)
      return Error(
          fmt::format("--faults: {} cannot be spent on iWARP, whose connections run over TCP; leave it out", one.name));
    *left = static_cast<std::uint8_t>(one.value);
  }
  return {};
}

Result<scenario::Config> config_of(const Settings& settings, const std::string& scenario_name,
                                   const std::string& teardown_name) {
  const scenario::Scenario* const scenario = scenario::scenario_named(scenario_name);
  if (scenario == nullptr)
    return Error(fmt::format("scenario '{}' is not known; see: qpcheck list scenarios{}", scenario_name,
                             scenario::did_you_mean_one_of(scenario_name, scenario::scenarios)));
  const auto teardown = scenario::teardown_named(teardown_name);
  if (!teardown)
    return Error(fmt::format("--teardown: teardown '{}' is not known; see: qpcheck list teardowns{}", teardown_name,
                             scenario::did_you_mean_one_of(teardown_name, scenario::teardown_infos)));
  scenario::Config config = scenario::Config::of(*scenario, *teardown);
  config.qpairs = settings.qpairs.value_or(config.qpairs);
  if (!settings.transport.empty()) config.transport = *scenario::transport_named(settings.transport);
  config.devices = static_cast<std::uint8_t>(settings.devices);
  config.own_cqs = settings.own_cqs;
  config.queue_depth = settings.queue_depth;
  config.disconnect_timeout_ms = settings.disconnect_timeout_ms;
  if (settings.from == "established" && scenario->from_connecting)
    return Error(fmt::format("--from: scenario '{}' starts from connecting only", scenario_name));
  if (settings.from == "connecting") config.from_connecting = true;
  if (settings.sends) config.sends = static_cast<std::uint8_t>(*settings.sends);
  if (auto done = set_faults(config, settings.faults); !done) return done.error();
  config.properties = config.required();
  if (auto done = set_properties(config, settings.properties); !done) return done.error();
  return config;
}

// A program has the configuration that shows its bug; what its entry points are not
// about cannot be set.
Result<std::vector<scenario::Config>> program_config_of(const Settings& settings) {
  if (!settings.scenarios.empty())
    return Error("--program: a program has entry points of its own; leave the scenarios out");
  if (!settings.teardowns.empty() || settings.qpairs || settings.sends || settings.own_cqs || settings.devices != 1 ||
      settings.queue_depth != 1)
    return Error(
        "--program: --teardown, --qpairs, --sends, --devices, --own-cqs and --queue-depth are about src/qpair; leave "
        "them out");
  for (const sim::ProgramInfo& program : zoo::programs()) {
    if (program.name != settings.program) continue;
    scenario::Config config = scenario::Config::of(program, settings.fixed);
    if (!settings.from.empty()) config.from_connecting = settings.from == "connecting";
    if (!settings.transport.empty()) config.transport = *scenario::transport_named(settings.transport);
    if (auto done = set_faults(config, settings.faults); !done) return done.error();
    config.properties = config.required();
    if (auto done = set_properties(config, settings.properties); !done) return done.error();
    return std::vector{config};
  }
  return Error(fmt::format("--program: '{}' is not known; see: qpcheck list zoo{}", settings.program,
                           scenario::did_you_mean_one_of(settings.program, zoo::programs())));
}

// The first directory on the way to `path` that is not there.
std::filesystem::path first_missing(const std::filesystem::path& path) {
  std::filesystem::path so_far;
  std::error_code ignored;
  for (const std::filesystem::path& part : path)
    if (!std::filesystem::exists(so_far /= part, ignored)) return so_far;
  return {};
}

std::error_code make_and_try(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return error;
  std::string probe = (path / "qpcheck-XXXXXX").string();
  const int file = mkstemp(probe.data());
  if (file < 0) return {errno, std::generic_category()};
  close(file);
  unlink(probe.c_str());
  return {};
}

}  // namespace

Result<void> set_properties(scenario::Config& config, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  config.properties = {};
  for (const std::string& name : names) {
    const auto property = properties::property_named(name);
    if (!property)
      return Error(fmt::format("--property: property '{}' is not known; see: qpcheck list properties{}", name,
                               scenario::did_you_mean_one_of(name, properties::property_infos)));
    config.properties.add(*property);
  }
  return {};
}

void Settings::add_to(Verb& verb) {
  verb.option("scenario", scenarios, "scenarios (see: qpcheck list scenarios)");
  verb.option("--program", program,
              "a program of the zoo instead, in the configuration that shows its bug (see: qpcheck list zoo)");
  verb.flag("--fixed", fixed, "of the program, its fixed twin");
  add_options_to(verb);
}

void Settings::add_options_to(Verb& verb) {
  verb.option("--teardown", teardowns, "always-wait, connected-flag, settled (the default), or all").comma_separated();
  verb.option("--qpairs", qpairs, "how many qpairs, the admin qpair included (1 to 3, default 2)");
  verb.option("--devices", devices,
              "how many RDMA devices the host has, 1 or 2: with 2, the second target is reached by the second")
      .shows_default();
  verb.flag("--own-cqs", own_cqs, "a completion queue for each qpair, instead of one for all");
  verb.option("--queue-depth", queue_depth, "receives kept posted, and sends allowed, for each qpair (1 to 4)")
      .shows_default();
  verb.option("--transport", transport, "ib (InfiniBand and RoCE, the default) or iwarp");
  verb.option("--deadline", disconnect_timeout_ms, "ms that a teardown waits; above 102000 it sees a DREQ given up")
      .shows_default();
  verb.option("--sends", sends, "messages that each qpair may send (0 to 8); none: the scenario's own");
  verb.option("--from", from, "established, or connecting: search that phase too");
  verb.option("--faults", faults,
              "the budget, as in kill=1,drop=1, or contract=1 (one of any), or none (see: qpcheck list faults)")
      .checked_by([](const std::string& text) -> std::string {
        return text.empty() ? "a budget is needed, as in kill=1, or none" : "";
      });
  verb.option("--property", properties, "look at these only (see: qpcheck list properties)").comma_separated();
}

std::string not_empty(const std::string& name) { return name.empty() ? "a name is needed, not ''" : ""; }

Result<std::vector<scenario::Config>> configs_of(const Settings& settings) {
  if (const std::uint32_t qpairs = settings.qpairs.value_or(1); qpairs < 1 || qpairs > model::max_qpairs)
    return Error(fmt::format("--qpairs: {} is out of range; it is 1 to {}", qpairs, model::max_qpairs));
  if (settings.sends.value_or(0) > scenario::most_sends)
    return Error(fmt::format("--sends: {} is out of range; it is 0 to {}", *settings.sends, scenario::most_sends));
  if (settings.devices < 1 || settings.devices > sim::max_devices)
    return Error(fmt::format("--devices: {} is out of range; it is 1 to {}", settings.devices, sim::max_devices));
  if (settings.queue_depth < 1 || settings.queue_depth > sim::max_posted)
    return Error(
        fmt::format("--queue-depth: {} is out of range; it is 1 to {}", settings.queue_depth, sim::max_posted));
  if (!settings.transport.empty() && !scenario::transport_named(settings.transport))
    return Error(fmt::format("--transport: '{}' is not known; see: qpcheck list transports{}", settings.transport,
                             scenario::did_you_mean(settings.transport, model::transport_names)));
  if (settings.disconnect_timeout_ms < 1 || settings.disconnect_timeout_ms > 10'000'000)
    return Error(fmt::format("--deadline: {} is out of range; it is 1 to 10000000 ms", settings.disconnect_timeout_ms));
  if (!settings.from.empty() && settings.from != "connecting" && settings.from != "established")
    return Error(fmt::format("--from: '{}' is not known; it is 'established' or 'connecting'", settings.from));
  if (!settings.program.empty()) return program_config_of(settings);
  if (settings.fixed) return Error("--fixed: it is the twin of a program of the zoo; name one with --program");
  if (settings.scenarios.empty())
    return Error(
        "which scenario? Name one, or several, or a program of the zoo with --program; see: qpcheck check --help");
  std::vector<std::string> teardowns = settings.teardowns;
  if (teardowns.empty()) teardowns = {"settled"};
  if (teardowns == std::vector<std::string>{"all"}) {
    teardowns.clear();
    for (const scenario::TeardownInfo& info : scenario::teardown_infos) teardowns.emplace_back(info.name);
  }
  if (const auto twice = repeated(settings.scenarios))
    return Error(fmt::format("scenario '{}' is named twice; name it once", *twice));
  if (const auto twice = repeated(teardowns))
    return Error(fmt::format("--teardown: '{}' is named twice; name it once", *twice));
  if (teardowns.size() > 1 && std::find(teardowns.begin(), teardowns.end(), "all") != teardowns.end())
    return Error("--teardown: 'all' stands alone; leave the others out");
  std::vector<scenario::Config> configs;
  for (const std::string& scenario : settings.scenarios)
    for (const std::string& teardown : teardowns) {
      auto config = config_of(settings, scenario, teardown);
      if (!config) return config.error();
      configs.push_back(*config);
    }
  return configs;
}

Result<search::Limits> limits_of(const std::string& text) {
  search::Limits limits;
  if (text.empty()) return limits;
  const auto list = assignments(text, "--limit", "states=1000000");
  if (!list) return list.error();
  for (const Assignment& one : *list) {
    if (one.value < 1 || one.value > largest_limit)
      return Error(fmt::format("--limit: {}={} is out of range; it is 1 to {}", one.name, one.value, largest_limit));
    if (one.name == "states") limits.states = one.value;
    else if (one.name == "time") limits.seconds = static_cast<double>(one.value);
    else if (one.name == "memory") limits.bytes = one.value << 20;
    else
      return Error(fmt::format("--limit: '{}' is not known; it is states, time (seconds) or memory (MiB)", one.name));
  }
  return limits;
}

std::map<std::string, std::uint64_t> named(const search::Limits& limits) {
  const search::Limits none;
  std::map<std::string, std::uint64_t> set;
  if (limits.states != none.states) set["states"] = limits.states;
  if (limits.seconds != none.seconds) set["time"] = static_cast<std::uint64_t>(limits.seconds);
  if (limits.bytes != none.bytes) set["memory"] = limits.bytes >> 20;
  return set;
}

Result<void> prepare_directories(const std::vector<std::filesystem::path>& directories,
                                 const std::vector<std::filesystem::path>& files) {
  std::vector<std::filesystem::path> made;
  std::filesystem::path place;
  std::error_code error, ignored;
  for (std::size_t i = 0; i < directories.size() && !error; ++i) {
    place = directories[i];
    made.push_back(first_missing(place));
    error = make_and_try(place);
  }
  for (std::size_t i = 0; i < files.size() && !error; ++i)
    if (std::filesystem::is_directory(place = files[i], ignored))
      error = std::make_error_code(std::errc::is_a_directory);
  if (!error) return {};
  for (const std::filesystem::path& path : made)
    if (!path.empty()) std::filesystem::remove_all(path, ignored);
  return Error(fmt::format("--out: cannot write to '{}': {}; choose another place", place.native(), error.message()));
}

}  // namespace qpcheck::cli
