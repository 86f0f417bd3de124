#include "scenario/check.hpp"

#include <cassert>
#include <memory>

#include "scenario/player.hpp"
#include "scenario/world_model.hpp"
#include "search/engine.hpp"
#include "search/replay.hpp"

namespace qpcheck::scenario {
namespace {

using properties::Property;

WantedStep wanted_of(const WorldModel& model) {
  WantedStep step{{"", model.choice()}, {}};
  if (model.choice().actor == Actor::host)
    for (const InnerTaken& inner : model.inner()) step.inner.push_back({inner.call, {"", inner.choice}});
  return step;
}

// The choices of a path or a lasso, by walking it again; nullopt: it cannot be walked.
using Steps = std::optional<std::vector<WantedStep>>;
template <class Way, class Walk>
Steps steps_of(WorldModel& model, const Way& way, Walk walk, Watch* watch) {
  std::vector<WantedStep> steps;
  const bool whole = walk(model, way, [&](auto&, search::Edge, auto&) {
    steps.push_back(wanted_of(model));
    if (watch != nullptr) watch->path.push_back(model.move());
  });
  if (!whole) return std::nullopt;
  return steps;
}

// What the search claims, before the counterexample is played.
struct Claim {
  bool violated = false;
  std::optional<Property> property;  // the one by whose code it was found
  std::string why;                   // of a lasso: the played run itself violates nothing
  Steps steps;
};

Claim claim_of(WorldModel& model, const search::Result& result, const Config& config, Watch* watch) {
  const auto along_path = [](WorldModel& walked, const search::Path& path, auto visit) {
    return search::replay_path(walked, path, visit);
  };
  const auto along_lasso = [](WorldModel& walked, const search::Lasso& lasso, auto visit) {
    return search::replay_lasso(walked, lasso, visit);
  };
  if (const search::Violation* violation = result.violation())
    return {true, static_cast<Property>(violation->code - 1), "", steps_of(model, violation->path, along_path, watch)};
  if (result.lasso && config.properties.has(Property::finishes)) {
    return {true, Property::finishes, properties::Finishes::why(result.lasso->cycle.size()),
            steps_of(model, *result.lasso, along_lasso, watch)};
  }
  return {};
}

// Played twice from the start, byte for byte the same, and violating what the search said.
void confirm(CheckResult& result, const Claim& claim, const std::vector<WantedStep>& before) {
  std::vector<WantedStep> steps = before;
  if (claim.steps) steps.insert(steps.end(), claim.steps->begin(), claim.steps->end());
  Played first = play(result.config, steps);
  const Played second = play(result.config, steps);
  const bool same = first.trace == second.trace && !first.departure && claim.steps;
  if (!claim.why.empty()) {
    first.violated.add(Property::finishes);
    first.trace.header.violated = {{std::string(properties::name(Property::finishes)), "", claim.why}};
  }
  result.verdict = Verdict::violated;
  if (!same || !first.violated.has(*claim.property)) {
    result.verdict = Verdict::nondeterministic;
    result.note = "the counterexample did not come about again in the same way";
    if (first.departure)
      result.note += ": step " + std::to_string(first.departure->step) + ": " + first.departure->line;
  }
  result.violated = first.violated;
  result.counterexample = std::move(first.trace);
}

// A property that never had anything to judge says nothing.
std::string antecedents_missing(const Config& config, properties::PropertySet antecedents) {
  std::string names;
  for (const auto& property : properties::property_infos)
    if (config.properties.has(property.id) && !antecedents.has(property.id))
      names += (names.empty() ? "" : ", ") + std::string(property.name) +
               " (never: " + std::string(property.antecedent) + ")";
  return names;
}

// A fault of the budget that no run can spend says nothing either: `holds` would be that
// of a smaller budget.
std::string never_spent(const model::Budget& budget, const model::Budget& least_left) {
  std::string names;
  const auto look_at = [&](std::string_view name, std::uint8_t allowed, std::uint8_t left) {
    if (allowed > 0 && left == allowed) names += (names.empty() ? "" : ", ") + std::string(name);
  };
  for (const model::FaultInfo& fault : model::fault_infos) {
    const auto i = static_cast<std::size_t>(fault.fault);
    look_at(fault.name, budget.of[i], least_left.of[i]);
  }
  look_at(any_fault, budget.any, least_left.any);
  return names.empty() ? "" : "no run can spend " + names + " here";
}

std::string why_incomplete(search::Ended ended, const Host& host) {
  if (ended == search::Ended::endless)
    return "the program never comes back to a state, so the search would never end: " + host.grows() +
           ", only grows; a count that nothing depends on may be left out, or made to stop";
  if (ended == search::Ended::interrupted) return "it was interrupted";
  if (ended == search::Ended::no_memory)
    return "the system has no more memory; --limit memory=MIB ends a search before that";
  return "the limit of " + std::string(search::name(ended)) + " was reached";
}

std::string joined(const std::string& first, const std::string& second) {
  return first + (first.empty() || second.empty() ? "" : "; ") + second;
}

void judge(CheckResult& result, const WorldModel& model, const Host& host, const model::Budget& least_left) {
  if (!model.beyond().empty()) {
    result.verdict = Verdict::inconclusive;
    result.note = model.beyond();
  } else if (!result.search.complete()) {
    result.verdict = Verdict::inconclusive;
    result.note = why_incomplete(result.search.ended, host);
  } else {
    const std::string missing = antecedents_missing(result.config, model.antecedents());
    const std::string unspent = never_spent(result.config.faults, least_left);
    result.within_less = missing.empty() && !unspent.empty();
    if (!missing.empty() || !unspent.empty()) result.verdict = Verdict::vacuous;
    result.note = joined(missing, unspent);
  }
}

// Already reaching the start breaks a property: the search begins earlier.
CheckResult check_earlier(Config config, const search::Limits& limits, const search::Options& options, Watch* watch) {
  config.from_connecting = true;
  CheckResult result = check(config, limits, options, watch);
  result.note = "already connecting breaks a property, or does not succeed, so the search began there" +
                (result.note.empty() ? "" : "; " + result.note);
  return result;
}

// The state to which the steps lead, as the search keeps it.
std::vector<std::byte> state_after(World& world, const std::vector<WantedStep>& steps) {
  const Played played = play(world, steps);
  assert(!played.departure && played.violated.empty());
  const sim::Image& image = sim::Arena::get().image();
  const auto* const bytes = reinterpret_cast<const std::byte*>(&image);
  return {bytes, bytes + image.used};
}

// What inner choices cost: nothing, which finds the length of the shortest story; or each
// one, which finds the story of that length with the fewest of them, two or three times as slowly.
enum class Costs : std::uint8_t { lengths, exact };

// One world searched, and once more where that found something.
class Searched {
 public:
  Searched(World& world, const sim::Image& start, Watch* watch) : world_(world), start_(start), watch_(watch) {}

  Claim claim(CheckResult& result, const search::Limits& limits, search::Options options, Costs costs) {
    options.exact_costs = costs == Costs::exact || watch_ != nullptr;
    const Reduction reduction = options.reduce && watch_ == nullptr ? Reduction::symmetry : Reduction::none;
    model_ =
        std::make_unique<WorldModel>(world_, &start_, watch_ != nullptr ? Memory::step : Memory::search, reduction);
    if (watch_ != nullptr) {
      model_->watch(watch_->qpair);
      result.search = search::explore(
          *model_, limits, options,
          [&](const auto&, const search::Edge&, const auto&, bool) { watch_->explored.see(model_->move()); });
    } else {
      result.search = search::explore(*model_, limits, options);
    }
    if (result.search.undecided) {
      options.reduce = false;
      const double before = result.search.seconds;
      search::Limits left = limits;
      left.seconds -= before;
      Claim decided = claim(result, left, options, costs);
      result.search.seconds += before;
      return decided;
    }
    result.steps = model_->steps();
    result.inner_runs = model_->inner_runs();
    result.snapshot_bytes = model_->largest_snapshot();
    result.description_bytes = model_->largest_description();
    return claim_of(*model_, result.search, result.config, watch_);
  }

  // `found`: by lengths. Kept where a limit ends the second search.
  Claim shortest(Claim found, CheckResult& result, search::Limits limits, const search::Options& options) {
    const CheckResult first = result;
    limits.seconds -= first.search.seconds;
    Claim exact = claim(result, limits, options, Costs::exact);
    const double seconds = first.search.seconds + result.search.seconds;
    if (!exact.violated) result = first;
    result.search.seconds = seconds;
    return exact.violated ? exact : found;
  }

  const WorldModel& model() const { return *model_; }
  void forget() { model_.reset(); }

 private:
  World& world_;
  const sim::Image& start_;
  Watch* watch_;
  std::unique_ptr<WorldModel> model_;
};

}  // namespace

CheckResult check(const Config& config, const search::Limits& limits, const search::Options& options, Watch* watch) {
  return check_after(config, {}, limits, options, watch);
}

CheckResult check_after(const Config& config, const std::vector<WantedStep>& before, const search::Limits& limits,
                        const search::Options& options, Watch* watch) {
  CheckResult result;
  result.config = config;
  auto world = std::make_unique<World>(config);
  if (world->prefix_broken() && !config.from_connecting) {
    world.reset();
    return check_earlier(config, limits, options, watch);
  }
  const std::vector<std::byte> start = state_after(*world, before);
  Searched searched(*world, *reinterpret_cast<const sim::Image*>(start.data()), watch);
  Claim claim = searched.claim(result, limits, options, Costs::lengths);
  if (claim.violated && watch == nullptr) claim = searched.shortest(std::move(claim), result, limits, options);
  if (!claim.violated) {
    judge(result, searched.model(), world->host(), world->least_left());
    return result;
  }
  searched.forget();
  world.reset();  // the player makes its own
  confirm(result, claim, before);
  return result;
}

}  // namespace qpcheck::scenario
