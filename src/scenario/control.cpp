#include "scenario/control.hpp"

#include "model/qpair_life.hpp"

namespace qpcheck::scenario {
namespace {

constexpr bool is_timeout(model::LifeEvent event) {
  using enum model::LifeEvent;
  return event == connect_times_out || event == wait_times_out || event == linger_times_out;
}

std::string row_words(model::Life from, model::Life to, bool time_was_up) {
  std::string text;
  for (const model::LifeRow& row : model::life_table) {
    if (row.from != from || row.to != to || (is_timeout(row.event) && !time_was_up)) continue;
    if (!text.empty()) text += " or ";
    text += std::string(name(row.event));
    if (row.guard != model::LifeGuard::always) text += ", " + std::string(name(row.guard));
  }
  return text;
}

}  // namespace

ControlState control_state(const World& world, std::uint8_t qpair) {
  ControlState state;
  state.life = world.host().life_of(qpair);
  state.flag = world.host().flag_of(qpair) ? 1 : 0;
  for (std::uint8_t slot = 0; slot < sim::max_slots; ++slot) {
    const sim::Slot& here = world.kernel().shared.slots[slot];
    if (here.in_use == 0 || here.id_alive == 0 || here.qpair != qpair) continue;
    const model::End& host = here.connection.host();
    const bool iw = here.connection.transport == model::Transport::iw;
    state.cm = static_cast<std::uint8_t>(iw ? ControlState::iwarp + static_cast<unsigned>(host.iw)
                                            : static_cast<unsigned>(host.ib));
    state.held = world.kernel().held_for(slot).bits;
  }
  return state;
}

std::string words(const ControlState& state) {
  std::string text(name(static_cast<model::Life>(state.life)));
  if (state.flag != 0) text += "\nconnected = true";
  for (std::size_t i = 0; i < model::event_count; ++i)
    if (model::EventSet(state.held).has(static_cast<model::Event>(i)))
      text += "\nparked: " + std::string(model::event_names[i]);
  if (state.cm != 255)
    text += "\nCM: " + std::string(state.cm < ControlState::iwarp
                                       ? name(static_cast<model::Ib>(state.cm))
                                       : name(static_cast<model::Iw>(state.cm - ControlState::iwarp)));
  return text;
}

std::string move_label(const std::string& choice, bool time_was_up, const ControlState& from, const ControlState& to) {
  if (from.life == to.life) return choice;
  const std::string row =
      row_words(static_cast<model::Life>(from.life), static_cast<model::Life>(to.life), time_was_up);
  return row.empty() ? choice : choice + " [" + row + "]";
}

}  // namespace qpcheck::scenario
