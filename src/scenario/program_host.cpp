#include "scenario/program_host.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cassert>
#include <cstring>

#include "sim/arena.hpp"

namespace qpcheck::scenario {
namespace {

const sim::Program* named_by = nullptr;  // the program of the one world of the process

std::uint8_t connection_of(const void* context) { return named_by->connection_of(context); }

HostChoice choice_of(const sim::Entry& entry, std::size_t number) {
  const bool poll = entry.kind == sim::EntryKind::poll;
  return {poll ? HostKind::program_poll : HostKind::program_request, static_cast<std::uint8_t>(number), entry.name};
}

std::uint64_t word_at(std::span<const std::byte> bytes, std::size_t at) {
  std::uint64_t word;
  std::memcpy(&word, bytes.data() + at, sizeof(word));
  return word;
}

struct Timeless {
  std::uint64_t word;    // as it would be if the clock had just begun: a time stays a time
  std::uint64_t growth;  // what would show that it only grows; of a moment that has passed: how long ago
};

// A word that looks like a moment of the world's clock, in ms, µs or ns, counts by its distance from now.
Timeless timeless(std::uint64_t word, std::uint64_t now_ms) {
  constexpr std::uint64_t years_ms = 100'000'000'000;
  for (const std::uint64_t in_a_ms : {1u, 1'000u, 1'000'000u}) {
    const std::uint64_t origin = clock_origin_ms * in_a_ms, now = now_ms * in_a_ms;
    if (word - origin < years_ms * in_a_ms) return {word - now + origin, word < now ? now - word : 0};
  }
  return {word, word};
}

}  // namespace

sim::QpairOfContext ProgramHost::namer() const { return &connection_of; }

void ProgramHost::start() {
  state_ = sim::Arena::get().make<State>(State{});
  begin_ = sim::Arena::get().image().used;
  sim::kernel().handles.now_ms = clock_origin_ms;
}

void ProgramHost::enter(void* self) {
  auto& host = *static_cast<ProgramHost*>(self);
  host.call();
  host.read();
}

void ProgramHost::call() {
  const std::uint64_t now_ms = sim::kernel().handles.now_ms;
  if (entering_.kind != HostKind::program_start) return program()->enter(entering_.qpair, now_ms);
  state_->program = info_.make(fixed_);
  named_by = program();
  program()->start(now_ms);
}

void ProgramHost::read() const {
  HostChoices choices;
  list(choices);
  [[maybe_unused]] volatile const std::size_t read = choices.count + next_deadline_ms() + all_connected() + pending();
}

void ProgramHost::list(HostChoices& choices) const {
  if (program() == nullptr) return choices.add(start_choice);
  const auto entries = program()->entries();
  assert(entries.size() <= sim::max_entries);
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (program()->offers(i)) choices.add(choice_of(entries[i], i));
}

// Where one poll is for all, it is that of each connection.
std::uint8_t ProgramHost::polls(HostChoice choice) const {
  if (choice.kind != HostKind::program_poll || program() == nullptr) return 0;
  const auto entries = program()->entries();
  const auto polls = std::count_if(entries.begin(), entries.end(),
                                   [](const sim::Entry& entry) { return entry.kind == sim::EntryKind::poll; });
  return polls == 1 ? 0xff : 0;
}

bool ProgramHost::offers(HostChoice choice) const {
  HostChoices choices;
  list(choices);
  return std::find(choices.begin(), choices.end(), choice) != choices.end();
}

sim::StepEnd ProgramHost::run(HostChoice choice, sim::CallHook* hook) {
  entering_ = choice;
  named_by = program();
  return sim::StepRunner::get().run(&ProgramHost::enter, this, hook);
}

std::uint32_t ProgramHost::next_deadline_ms() const {
  const std::uint64_t deadline = program() == nullptr ? 0 : program()->deadline_ms();
  const std::uint64_t now_ms = sim::kernel().handles.now_ms;
  if (deadline == 0) return sim::no_timer;
  return static_cast<std::uint32_t>(deadline > now_ms ? deadline - now_ms : 0);
}

std::size_t ProgramHost::describe_rest(std::span<std::uint8_t> out, const model::Order& /*order*/) const {
  XXH3_state_t hash;
  XXH3_128bits_reset(&hash);
  const auto add = [&hash](const auto& value) { XXH3_128bits_update(&hash, &value, sizeof(value)); };
  const sim::Handles& handles = sim::kernel().handles;
  std::size_t block = 0;
  sim::Arena::get().each_block(begin_, [&](std::size_t offset, std::span<const std::byte> bytes) {
    add(offset);
    ++block;
    std::size_t at = 0;
    for (; at + sizeof(std::uint64_t) <= bytes.size(); at += sizeof(std::uint64_t)) {
      const auto [word, growth] = timeless(word_at(bytes, at), handles.now_ms);
      add(word);
      growth_.see((offset - begin_ + at) / sizeof(word), growth, block, at, bytes.size());
    }
    XXH3_128bits_update(&hash, bytes.data() + at, bytes.size() - at);
  });
  add(handles.ids);
  add(handles.qps);
  add(handles.cqs);
  add(handles.sends);
  add(handles.receives);
  add(handles.channel);
  for (const sim::HeldEvent& held : handles.held) add(held.event);
  const sim::Shared& shared = sim::kernel().shared;
  for (std::size_t i = 0; i < shared.completed; ++i) add(shared.completions[i].wr_id);
  const XXH128_hash_t digest = XXH3_128bits_digest(&hash);
  assert(out.size() >= sizeof(digest));
  std::memcpy(out.data(), &digest, sizeof(digest));
  return sizeof(digest);
}

}  // namespace qpcheck::scenario
