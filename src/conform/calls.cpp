#include <array>
#include <cerrno>

#include "conform/observed.hpp"

namespace qpcheck::conform {
namespace {

using model::CmaInput;
using model::Input;
using model::Side;
using model::Transport;

// After device removal the kernel says ENXIO, verbs say EIO, and what needs a device EINVAL.
constexpr std::array removed_errors = {ENXIO, EIO, EINVAL};
// rdma_resolve_addr and rdma_resolve_route can fail at once, with nothing changed.
constexpr std::array resolve_errors = {ENODEV, EADDRNOTAVAIL, EHOSTUNREACH, ENETUNREACH, ENOMEM};

// What librdmacm, verbs and providers say when they make no queue pair.
constexpr std::array qp_errors = {EINVAL, ENOMEM, ENODEV, ENXIO, EIO, ENOSYS, EOPNOTSUPP, EPERM, ENOSPC, EAGAIN};

// One call on one id: collects the ways in which it can end.
class Call {
 public:
  Call(const State& state, std::size_t at, Side side, const Moment& moment, std::vector<Returned>& out)
      : state_(state), at_(at), side_(side), moment_(moment), out_(out) {}

  void make(const std::string& name) {
    if (moment_.log->calls_fail) fails(std::array{ENOMEM, EIO});
    if (name == "rdma_destroy_id") return destroy_id();
    if (name == "rdma_create_qp") return create_qp();
    if (name == "rdma_destroy_qp") return ends_well([](Pair& pair, Side side) {
      pair.id(side).qp_gone = true;
      pair.id(side).has_qp = false;
    });
    if (name == "ibv_modify_qp(ERR)") return modify_qp();
    if (here().connection.end(side_).cma == model::Cma::device_removal) return fails(removed_errors);
    if (name == "rdma_resolve_addr") return resolve(CmaInput::resolve_addr, true);
    if (name == "rdma_resolve_route") return resolve(CmaInput::resolve_route, here().id(side_).address_known);
    if (name == "rdma_connect") return connect();
    if (name == "rdma_disconnect") return disconnect();
    if (name == "rdma_accept") return accept();
    if (name == "rdma_reject") return input(Input::reject);
    if (name == "rdma_notify") return input(Input::notify);
    if (name == "rdma_establish") return input(Input::accept_rtu);
  }

 private:
  const Pair& here() const { return state_.pairs[at_]; }
  Pair& pair_of(State& state) const { return state.pairs[at_]; }

  void ends(int error, State state) {
    state.forget_dead();
    out_.push_back({error, std::move(state)});
  }

  template <class Change>
  void ends_well(Change change) {
    State next = state_;
    change(pair_of(next), side_);
    ends(0, std::move(next));
  }

  template <class Errors>
  void fails(const Errors& errors) {
    for (const int error : errors) ends(error, state_);
  }

  // `after` is what librdmacm does when the kernel said yes.
  template <class After>
  void input(Input input, After after) {
    State next = state_;
    int error = 0;
    if (!step(pair_of(next), side_, input, 0, moment_, &error)) return;
    if (error == 0) after(pair_of(next).id(side_));
    ends(error, std::move(next));
  }
  void input(Input input_now) {
    input(input_now, [](Id&) {});
  }

  void destroy_id() {
    State next = state_;
    if (destroy(pair_of(next), side_, moment_)) ends(0, std::move(next));
  }

  // An id has one queue pair at a time, and none before it has a device. The provider may
  // refuse for reasons that no log tells.
  void create_qp() {
    fails(qp_errors);
    if (here().id(side_).has_qp || (side_ == Side::host && !here().id(side_).address_known)) return;
    ends_well([](Pair& pair, Side side) {
      Id& id = pair.id(side);
      id.has_qp = true;
      id.qp_error = id.qp_gone = false;
    });
  }

  void modify_qp() {
    ends_well([](Pair& pair, Side side) { pair.id(side).qp_error = true; });
    if (state_.removed[static_cast<std::size_t>(side_)]) fails(removed_errors);
  }

  void resolve(CmaInput what, bool has_device) {
    if (!has_device) return;  // rdma_resolve_route needs the device that ADDR_RESOLVED brings
    State next = state_;
    const int error = apply(pair_of(next).connection, what).error;
    ends(error, std::move(next));
    if (error == 0) fails(resolve_errors);
  }

  void connect() {
    State next = state_;
    Pair& pair = pair_of(next);
    const Pair before = pair;
    if (!has_room(pair.connection)) return;
    pair.connection.target_listens = true;
    const int error = apply(pair.connection, CmaInput::connect).error;
    pair.connection.target_listens = false;
    note_times(before, pair, moment_);
    ends(error, std::move(next));
    if (error == 0 && before.connection.transport == Transport::iw) connect_fails();
  }

  // On iWARP the call itself opens the TCP connection, and says what became of that.
  void connect_fails() {
    for (const model::IwRow& row : model::iw_table)
      if (row.from == here().connection.host().iw && row.event == Input::connect && row.error != 0)
        ends(row.error, state_);
  }

  // The library moves the queue pair first, and tells the kernel then.
  void disconnect() {
    const bool ib = here().connection.transport == Transport::ib;
    const auto moved = [&](Id& id) {
      id.qp_error = id.qp_error || (ib && (side_ == Side::target || id.address_known));
    };
    for (const bool cannot_post : {false, true}) {
      if (cannot_post && !(ib && up(here().connection, side_))) continue;
      State next = state_;
      Pair& pair = pair_of(next);
      int error = 0;
      pair.connection.cannot_post = cannot_post;
      const bool done = step(pair, side_, Input::disconnect, 0, moment_, &error);
      pair.connection.cannot_post = false;
      if (!done) continue;
      moved(pair.id(side_));
      ends(error, std::move(next));
    }
    if (!ib && closed_by_now()) fails(std::array{EINVAL});
  }

  // Some iWARP providers cannot move a queue pair that is closed (cxgb4); the kernel is not told then.
  bool closed_by_now() const {
    const model::Iw iw = here().connection.end(side_).iw;
    return iw == model::Iw::closing || iw == model::Iw::aborted || iw == model::Iw::ended;
  }

  void accept() {
    if (here().id(side_).qp_error) return fails(std::array{EINVAL});  // the queue pair cannot leave ERR
    input(Input::accept_rep, [](Id& id) { id.known = true; });
  }

  const State& state_;
  std::size_t at_;
  Side side_;
  const Moment& moment_;
  std::vector<Returned>& out_;
};

void create_id(const State& state, const Moment& moment, std::vector<Returned>& out) {
  State next = state;
  if (next.of_host() != nullptr) return;
  Pair& pair = next.pairs.emplace_back();
  pair.connection.transport = moment.log->transport;
  pair.ids[0] = {.alive = true, .known = true};
  out.push_back({0, std::move(next)});
  for (const int error : {ENODEV, ENOMEM}) out.push_back({error, state});
}

// The host has one id at a time; which of the target's is meant, the line does not say.
bool may_be_called(const Pair& pair, Side side) {
  return pair.id(side).alive && (side == Side::host || pair.id(side).requested);
}

}  // namespace

std::vector<Returned> calls(const State& state, const Line& call, const Moment& moment) {
  std::vector<Returned> out;
  if (call.name == "rdma_create_id") {
    create_id(state, moment, out);
    return out;
  }
  for (std::size_t at = 0; at < state.pairs.size(); ++at)
    if (may_be_called(state.pairs[at], call.side)) Call(state, at, call.side, moment, out).make(call.name);
  return out;
}

bool kill(State& state, Side side, const Moment& moment) {
  for (Pair& pair : state.pairs)
    if (pair.id(side).alive && !destroy(pair, side, moment)) return false;
  state.forget_dead();
  return true;
}

}  // namespace qpcheck::conform
