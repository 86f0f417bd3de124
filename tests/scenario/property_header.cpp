// A Config in a trace's header, and back.
#include "tests/scenario/walk.hpp"
#include "tests/support/property.hpp"

using namespace qpcheck;
using namespace qpcheck::scenario;
using qpair::Teardown;

namespace {

rc::Gen<Config> any_config() {
  const auto teardown = rc::gen::element(Teardown::always_wait, Teardown::connected_flag, Teardown::settled);
  return rc::gen::mapcat(rc::gen::tuple(rc::gen::inRange<std::size_t>(0, scenarios.size()), teardown), [](const auto& drawn) {
    return gen_config(scenarios[std::get<0>(drawn)], std::get<1>(drawn));
  });
}

}  // namespace

TEST_CASE("a setting and its header") {
  property("what a header says is the setting that was put into it", [] {
    Config config = *any_config();
    config.faults = {*rc::gen::inRange<std::uint8_t>(0, 10), *rc::gen::inRange<std::uint8_t>(0, 10)};
    const auto back = config_of(header_of(config));
    RC_ASSERT(back.ok());
    RC_ASSERT(back->scenario == config.scenario);
    RC_ASSERT(back->teardown == config.teardown);
    RC_ASSERT(back->qpairs == config.qpairs);
    RC_ASSERT(back->from_connecting == config.from_connecting);
    RC_ASSERT(back->faults == config.faults);
    RC_ASSERT(back->properties.bits == config.applicable().bits);
    RC_ASSERT(header_of(*back) == header_of(config));
  });

  property("a header of random words gives a setting or one line, never a crash", [] {
    trace::Header header = header_of(*any_config());
    const auto text = *rc::gen::string<std::string>();
    std::string* const fields[] = {&header.program, &header.scenario, &header.teardown, &header.transport, &header.from};
    *fields[*rc::gen::inRange<std::size_t>(0, 5)] = text;
    header.qpairs = *rc::gen::arbitrary<std::uint32_t>();
    header.faults[text] = *rc::gen::arbitrary<std::uint32_t>();
    const auto config = config_of(header);
    RC_ASSERT(config.ok() || (!config.error().line().empty() && config.error().line().find('\n') == std::string::npos));
  });
}
