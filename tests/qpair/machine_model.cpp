#include "tests/qpair/machine_model.hpp"

#include <algorithm>

namespace qpcheck::test {

bool MachineModel::all_finished() const {
  return std::ranges::all_of(qpairs, [](const QpairModel& qpair) { return qpair.finished(); });
}

std::uint64_t MachineModel::next_deadline_ms() const {
  std::uint64_t first = 0;
  for (const QpairModel& qpair : qpairs)
    if (qpair.deadline_ms > now_ms && (first == 0 || qpair.deadline_ms < first)) first = qpair.deadline_ms;
  return first;
}

void MachineModel::become_connected() {
  for (std::uint32_t number = 0; number < qpairs.size(); ++number) {
    QpairModel& qpair = qpairs[number];
    connect(number);
    qpair.life = Life::connected;
    qpair.link = Link::up;
    qpair.deadline_ms = 0;
    qpair.connected = qpair.was_established = qpair.has_qp = true;
    qpair.receives.posted = options.queue_depth;
  }
  succeeded = true;
}

void MachineModel::set_deadline(QpairModel& qpair, std::uint64_t timeout_ms) {
  qpair.deadline_ms = now_ms + timeout_ms;
}

void MachineModel::connect(std::uint32_t number) {
  QpairModel& qpair = qpairs[number];
  const std::uint32_t left = qpair.connects_left - 1;
  qpair = {};
  qpair.connects_left = left;
  qpair.life = Life::resolving_address;
  qpair.link = Link::address;
  set_deadline(qpair, options.resolve_timeout_ms + qpair::kernel_answers_within_ms);
}

// Settled: what is here is handled first, then the connection's state decides.
void MachineModel::disconnect(std::uint32_t number) {
  QpairModel& qpair = qpairs[number];
  handle_all(qpair);
  if (!qpair.was_established) return linger(qpair);
  qpair.asked_to_disconnect = qpair.in_error = true;
  if (qpair.gone) return linger(qpair);
  qpair.life = Life::disconnecting;
  set_deadline(qpair, options.disconnect_timeout_ms);
}

int MachineModel::send(std::uint32_t number, std::size_t bytes) {
  QpairModel& qpair = qpairs[number];
  if (qpair.life != Life::connected) return -ENOTCONN;
  if (bytes > options.message_bytes) return -EMSGSIZE;
  if (qpair.sends.all() == options.queue_depth) return -EBUSY;
  ++qpair.sends.posted;
  return 0;
}

void MachineModel::poll(std::uint32_t number) {
  QpairModel& polled = qpairs[number];
  const bool shared = options.completion_queues == qpair::CompletionQueues::shared;
  for (QpairModel& qpair : qpairs)
    if (shared || &qpair == &polled) take_completions(qpair);
  handle_slot(polled);
  const auto due = [&] { return polled.deadline_ms != 0 && now_ms >= polled.deadline_ms; };
  if (due()) fetch(), handle_all(polled);
  if (polled.life == Life::lingering && polled.quiet()) return close(polled);
  if (!due()) return;
  polled.deadline_ms = 0;
  if (polled.life == Life::lingering) close(polled);
  else if (polled.life == Life::disconnecting) linger(polled);
  else polled.life = Life::failed;
}

void MachineModel::take_completions(QpairModel& qpair) {
  qpair.sends.completed = 0;
  if (qpair.life == Life::connected) qpair.receives.posted += qpair.receives.succeeded;  // posted again
  qpair.receives.completed = qpair.receives.succeeded = 0;
}

void MachineModel::poll_controller() {
  fetch();
  carry_on();
}

void MachineModel::fetch() {
  for (QpairModel& qpair : qpairs) {
    for (; !qpair.queued.empty(); qpair.queued.pop_front()) qpair.held.push_back(fetched(qpair, qpair.queued.front()));
    if (qpair.slot || qpair.held.empty()) continue;
    qpair.slot = qpair.held.front();
    qpair.held.pop_front();
  }
}

// What librdmacm does as it hands an event out: it answers the target, which may be gone
// by then, and moves the QP of an id that is rejected.
News MachineModel::fetched(QpairModel& qpair, News news) {
  if (news == News::established && qpair.link == Link::over) news = News::rejected;
  if (news == News::established) qpair.link = Link::confirmed;
  if (news == News::rejected) qpair.in_error = qpair.has_qp;
  return news;
}

void MachineModel::handle_slot(QpairModel& qpair) {
  if (!qpair.slot) return;
  const News news = *qpair.slot;
  qpair.slot.reset();
  handle(qpair, news);
}

void MachineModel::handle_all(QpairModel& qpair) {
  handle_slot(qpair);
  for (; !qpair.held.empty(); qpair.held.pop_front()) handle(qpair, qpair.held.front());
}

void MachineModel::handle(QpairModel& qpair, News news) {
  switch (news) {
    case News::address:
      if (qpair.life != Life::resolving_address) return;
      qpair.life = Life::resolving_route;
      qpair.link = Link::route;
      set_deadline(qpair, options.resolve_timeout_ms + qpair::kernel_answers_within_ms);
      return;
    case News::route:
      if (qpair.life != Life::resolving_route) return;
      qpair.life = Life::connecting;
      qpair.link = Link::requested;
      qpair.has_qp = true;
      qpair.receives.posted = options.queue_depth;
      set_deadline(qpair, options.connect_timeout_ms);
      return;
    case News::established:
      qpair.was_established = true;
      qpair.connected = !qpair.gone;
      if (qpair.life != Life::connecting) return;
      qpair.life = Life::connected;
      qpair.deadline_ms = 0;
      return;
    case News::rejected:
      if (qpair.attempting()) {
        qpair.life = Life::failed;
        qpair.deadline_ms = 0;
        return;
      }
      [[fallthrough]];  // the target died before the RTU reached it
    case News::disconnected:
      qpair.gone = true;
      qpair.connected = false;
      qpair.in_error = true;
      if (qpair.life == Life::connected) qpair.life = Life::lost;
      if (qpair.life == Life::disconnecting) linger(qpair);
      return;
  }
}

void MachineModel::linger(QpairModel& qpair) {
  qpair.life = Life::lingering;
  qpair.in_error = qpair.has_qp;
  set_deadline(qpair, options.linger_timeout_ms);
}

void MachineModel::close(QpairModel& qpair) {
  const std::uint32_t left = qpair.connects_left;
  qpair = {};
  qpair.connects_left = left;
  qpair.life = Life::closed;
}

// Kernels, fabric, target and device, until nothing of theirs is left to do.
void MachineModel::let_run(std::uint32_t number) {
  QpairModel& qpair = qpairs[number];
  const auto tell = [&](News news, Link then) { qpair.queued.push_back(news), qpair.link = then; };
  if (qpair.link == Link::address) tell(News::address, Link::none);
  if (qpair.link == Link::route) tell(News::route, Link::none);
  if (qpair.link == Link::requested)
    killed ? tell(News::rejected, Link::over) : tell(News::established, Link::answered);
  else if (qpair.link == Link::answered && killed) qpair.link = Link::over;
  else if (qpair.link == Link::confirmed && killed) tell(News::rejected, Link::over);
  else if (qpair.link == Link::confirmed) qpair.link = Link::up;
  if (qpair.link == Link::up && !killed && !qpair.in_error)
    for (; qpair.sends.posted > 0; --qpair.sends.posted, ++qpair.sends.completed)  // and its answer
      if (qpair.receives.posted > 0) --qpair.receives.posted, ++qpair.receives.completed, ++qpair.receives.succeeded;
  if (qpair.link == Link::up && (killed || qpair.asked_to_disconnect)) tell(News::disconnected, Link::over);
  if (qpair.sends.posted > 0) qpair.in_error = true;  // nobody acknowledges them
  if (!qpair.in_error) return;
  for (Requests* const requests : {&qpair.sends, &qpair.receives}) {
    requests->completed += requests->posted;
    requests->posted = 0;
  }
}

void MachineModel::start(Procedure wanted) {
  procedure = wanted;
  going_up = wanted == Procedure::connect;
  failing = false;
  next = going_up ? 0 : static_cast<std::uint32_t>(qpairs.size());
  carry_on();
}

void MachineModel::carry_on() {
  if (busy() && !going_up) carry_on_down();
  if (busy() && going_up) carry_on_up();
}

void MachineModel::carry_on_down() {
  for (; next > 0; --next) {
    const QpairModel& qpair = qpairs[next - 1];
    if (qpair.finished()) continue;
    if (qpair.can_go_down()) disconnect(next - 1);
    return;
  }
  if (procedure == Procedure::shutdown || failing) return finish(!failing);
  going_up = true;
}

void MachineModel::carry_on_up() {
  for (; next < qpairs.size(); ++next) {
    if (!attempted) connect(next);
    attempted = qpairs[next].attempting();
    if (attempted) return;
    if (qpairs[next].life != Life::connected) break;
  }
  const bool all = std::ranges::all_of(qpairs, [](const QpairModel& qpair) { return qpair.life == Life::connected; });
  if (all) return finish(true);
  if (procedure == Procedure::connect) return finish(false);
  failing = true;
  going_up = false;
  next = static_cast<std::uint32_t>(qpairs.size());
  carry_on_down();
}

}  // namespace qpcheck::test
