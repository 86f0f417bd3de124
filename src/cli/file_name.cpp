#include "cli/file_name.hpp"

#include <fmt/format.h>

namespace qpcheck::cli {
namespace {

using scenario::Config;

std::string subject(const Config& config) {
  if (config.program != nullptr) return std::string(config.program->name) + (config.fixed ? "-fixed" : "");
  return fmt::format("{}-{}", config.scenario->name, scenario::name(config.teardown));
}

Config defaults(const Config& config) {
  if (config.program != nullptr) return Config::of(*config.program, config.fixed);
  return Config::of(*config.scenario, config.teardown);
}

// "-kill=1-drop=2"
std::string faults(const model::Budget& budget) {
  std::string text;
  for (const model::FaultInfo& fault : model::fault_infos) {
    const unsigned count = budget.of[static_cast<std::size_t>(fault.fault)];
    if (count > 0) text += fmt::format("-{}={}", fault.name, count);
  }
  if (budget.any > 0) text += fmt::format("-{}={}", scenario::any_fault, unsigned{budget.any});
  return text.empty() ? "-no-fault" : text;
}

// "-only-finishes+no-crash"
std::string properties_of(properties::PropertySet set) {
  std::string text;
  for (const auto& property : properties::property_infos)
    if (set.has(property.id)) text += fmt::format("{}{}", text.empty() ? "-only-" : "+", property.name);
  return text;
}

}  // namespace

std::string file_name(const Config& config) {
  const Config usual = defaults(config);
  std::string name = subject(config);
  if (config.qpairs != usual.qpairs) name += fmt::format("-qpairs={}", config.qpairs);
  if (config.transport != usual.transport) name += fmt::format("-{}", model::name(config.transport));
  if (config.from_connecting != usual.from_connecting) name += config.from_connecting ? "-connecting" : "-established";
  if (config.devices != usual.devices) name += fmt::format("-devices={}", unsigned{config.devices});
  if (config.own_cqs) name += "-own-cqs";
  if (config.queue_depth != usual.queue_depth) name += fmt::format("-depth={}", config.queue_depth);
  if (config.disconnect_timeout_ms != usual.disconnect_timeout_ms)
    name += fmt::format("-deadline={}", config.disconnect_timeout_ms);
  if (config.sends != usual.sends) name += fmt::format("-sends={}", unsigned{config.sends});
  if (!(config.faults == usual.faults)) name += faults(config.faults);
  if (config.properties.bits != config.required().bits) name += properties_of(config.properties);
  return name + ".json";
}

}  // namespace qpcheck::cli
