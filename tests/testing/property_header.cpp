// A Config in a trace's header, and back.
#include "testing/random_runs.hpp"

using namespace qpcheck;
using namespace qpcheck::scenario;
using qpair::Teardown;

namespace {

rc::Gen<Config> any_config() {
  return testing::gen_config(
      {.teardowns = {Teardown::always_wait, Teardown::connected_flag, Teardown::settled}, .beyond_contract = true});
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
    RC_ASSERT(back->devices == config.devices);
    RC_ASSERT(back->own_cqs == config.own_cqs);
    RC_ASSERT(back->queue_depth == config.queue_depth);
    RC_ASSERT(back->requests == config.requests);
    RC_ASSERT(back->sends == config.sends);
    RC_ASSERT(back->faults == config.faults);
    RC_ASSERT(back->properties.bits == config.applicable().bits);
    RC_ASSERT(header_of(*back) == header_of(config));
  });

  property("a header of random words gives a setting or one line, never a crash", [] {
    trace::Header header = header_of(*any_config());
    const auto text = *rc::gen::string<std::string>();
    std::string* const fields[] = {&header.program, &header.scenario, &header.teardown, &header.transport,
                                   &header.from};
    *fields[*rc::gen::inRange<std::size_t>(0, 5)] = text;
    header.qpairs = *rc::gen::arbitrary<std::uint32_t>();
    header.queue_depth = *rc::gen::arbitrary<std::uint32_t>();
    header.requests = *rc::gen::arbitrary<std::vector<std::string>>();
    if (*rc::gen::arbitrary<bool>()) header.sends = *rc::gen::arbitrary<std::uint32_t>();
    header.faults[text] = *rc::gen::arbitrary<std::uint32_t>();
    const auto config = config_of(header);
    RC_ASSERT(config.ok() || (!config.error().line().empty() && config.error().line().find('\n') == std::string::npos));
  });
}
