// qpair-ping server: librdmacm directly, as a target would use it. Every message
// goes back from the buffer that it came into.
#include <fcntl.h>
#include <infiniband/verbs.h>
#include <poll.h>
#include <rdma/rdma_cma.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <memory>
#include <vector>

#include "qpair/ping.hpp"
#include "qpair/ping_words.hpp"

namespace qpair::ping {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint32_t depth = 4;
constexpr std::uint64_t send_bit = std::uint64_t{1} << 63;
constexpr int poll_ms = 100;  // how soon a signal is seen
constexpr auto farewell = std::chrono::seconds(1);

// One accepted connection with all that it holds. Destroying it is the teardown's
// last step; by then no event of its id may be held unacknowledged.
class Connection {
 public:
  explicit Connection(rdma_cm_id* id) : id_(id) {
    id->context = this;
    if (const auto* address = reinterpret_cast<const sockaddr_in*>(rdma_get_peer_addr(id))) peer_ = text(*address);
  }
  ~Connection() {
    if (id_->qp != nullptr) rdma_destroy_qp(id_);
    if (cq_ != nullptr) ibv_destroy_cq(cq_);
    if (completions_ != nullptr) ibv_destroy_comp_channel(completions_);
    if (mr_ != nullptr) ibv_dereg_mr(mr_);
    if (pd_ != nullptr) ibv_dealloc_pd(pd_);
    rdma_destroy_id(id_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  const std::string& peer() const { return peer_; }
  int fd() const { return completions_->fd; }
  // What failed; null: nothing. Its error is in errno.
  const char* open();
  // Sends back what has come; false: the QP is in error, why_broken() says by what.
  bool echo();
  const std::string& why_broken() const { return why_broken_; }
  // Answers the peer's DREQ, or sends one; moves the QP to the error state.
  void disconnect() { rdma_disconnect(id_); }

 private:
  std::byte* buffer(std::uint64_t slot) { return buffers_.data() + slot * largest_message; }
  int post_receive(std::uint64_t slot);
  int post_send(std::uint64_t slot, std::uint32_t bytes);
  bool completed(const ibv_wc& completion);

  rdma_cm_id* id_;
  ibv_pd* pd_ = nullptr;
  ibv_mr* mr_ = nullptr;
  ibv_comp_channel* completions_ = nullptr;
  ibv_cq* cq_ = nullptr;
  std::vector<std::byte> buffers_ = std::vector<std::byte>(std::size_t{depth} * largest_message);
  bool broken(const char* call, int error);
  std::string peer_ = "?", why_broken_;
};

const char* Connection::open() {
  if ((pd_ = ibv_alloc_pd(id_->verbs)) == nullptr) return "ibv_alloc_pd";
  mr_ = ibv_reg_mr(pd_, buffers_.data(), buffers_.size(), IBV_ACCESS_LOCAL_WRITE);
  if (mr_ == nullptr) return "ibv_reg_mr";
  if ((completions_ = ibv_create_comp_channel(id_->verbs)) == nullptr) return "ibv_create_comp_channel";
  cq_ = ibv_create_cq(id_->verbs, 2 * depth, nullptr, completions_, 0);
  if (cq_ == nullptr) return "ibv_create_cq";
  if ((errno = ibv_req_notify_cq(cq_, 0)) != 0) return "ibv_req_notify_cq";
  ibv_qp_init_attr attributes{};
  attributes.send_cq = attributes.recv_cq = cq_;
  attributes.qp_type = IBV_QPT_RC;
  attributes.cap.max_send_wr = attributes.cap.max_recv_wr = depth;
  attributes.cap.max_send_sge = attributes.cap.max_recv_sge = 1;
  if (rdma_create_qp(id_, pd_, &attributes) != 0) return "rdma_create_qp";
  for (std::uint64_t slot = 0; slot < depth; ++slot)
    if ((errno = post_receive(slot)) != 0) return "ibv_post_recv";
  rdma_conn_param parameters{};
  parameters.responder_resources = parameters.initiator_depth = 1;
  parameters.rnr_retry_count = 7;
  return rdma_accept(id_, &parameters) != 0 ? "rdma_accept" : nullptr;
}

int Connection::post_receive(std::uint64_t slot) {
  ibv_sge piece{reinterpret_cast<std::uint64_t>(buffer(slot)), largest_message, mr_->lkey};
  ibv_recv_wr request{};
  request.wr_id = slot;
  request.sg_list = &piece;
  request.num_sge = 1;
  ibv_recv_wr* rejected = nullptr;
  return ibv_post_recv(id_->qp, &request, &rejected);
}

int Connection::post_send(std::uint64_t slot, std::uint32_t bytes) {
  ibv_sge piece{reinterpret_cast<std::uint64_t>(buffer(slot)), bytes, mr_->lkey};
  ibv_send_wr request{};
  request.wr_id = send_bit | slot;
  request.sg_list = &piece;
  request.num_sge = bytes == 0 ? 0 : 1;
  request.opcode = IBV_WR_SEND;
  request.send_flags = IBV_SEND_SIGNALED;
  ibv_send_wr* rejected = nullptr;
  return ibv_post_send(id_->qp, &request, &rejected);
}

bool Connection::completed(const ibv_wc& completion) {
  if (completion.status != IBV_WC_SUCCESS) {
    why_broken_ = std::string("a work request failed: ") + ibv_wc_status_str(completion.status);
    return false;
  }
  const std::uint64_t slot = completion.wr_id & ~send_bit;
  if ((completion.wr_id & send_bit) != 0) return !broken("ibv_post_recv", post_receive(slot));
  return !broken("ibv_post_send", post_send(slot, completion.byte_len));
}

// True if the call failed.
bool Connection::broken(const char* call, int error) {
  if (error != 0) why_broken_ = call_words(call, error);
  return error != 0;
}

bool Connection::echo() {
  ibv_cq* cq = nullptr;
  void* context = nullptr;
  if (ibv_get_cq_event(completions_, &cq, &context) != 0) return !broken("ibv_get_cq_event", errno);
  ibv_ack_cq_events(cq, 1);
  if (broken("ibv_req_notify_cq", ibv_req_notify_cq(cq_, 0))) return false;
  ibv_wc completion;
  int polled = 0;
  while ((polled = ibv_poll_cq(cq_, 1, &completion)) == 1)
    if (!completed(completion)) return false;
  return !broken("ibv_poll_cq", -polled);
}

class Server {
 public:
  ~Server() {
    connections_.clear();
    if (listener_ != nullptr) rdma_destroy_id(listener_);
    if (channel_ != nullptr) rdma_destroy_event_channel(channel_);
  }
  int run(const ServerArguments& arguments);

 private:
  int listen(const ServerArguments& arguments);
  void step();
  void fetch_events();
  void handle(rdma_cm_id* id, rdma_cm_event_type type, int status);
  void accept(rdma_cm_id* id);
  void remove(Connection* connection, const std::string& why);
  void say_farewell();

  rdma_event_channel* channel_ = nullptr;
  rdma_cm_id* listener_ = nullptr;
  std::vector<std::unique_ptr<Connection>> connections_;
  bool closing_ = false;
  bool device_removed_ = false;  // that of the address where it listens
};

int Server::listen(const ServerArguments& arguments) {
  sockaddr_in address{};
  if (!resolve(arguments.address, arguments.port, address))
    return fail("no IPv4 address is known for '" + arguments.address + "'");
  if ((channel_ = rdma_create_event_channel()) == nullptr) return fail(no_channel("rdma_create_event_channel", errno));
  const int flags = fcntl(channel_->fd, F_GETFL);
  if (flags < 0 || fcntl(channel_->fd, F_SETFL, flags | O_NONBLOCK) < 0)
    return fail(call_words("fcntl of the event channel", errno));
  if (rdma_create_id(channel_, &listener_, nullptr, RDMA_PS_TCP) != 0) {
    listener_ = nullptr;
    return fail(call_words("rdma_create_id", errno));
  }
  const bool bound = rdma_bind_addr(listener_, reinterpret_cast<sockaddr*>(&address)) == 0;
  if (!bound || rdma_listen(listener_, 0) != 0)
    return fail("cannot listen at " + text(address) + ": " +
                call_words(bound ? "rdma_listen" : "rdma_bind_addr", errno) +
                "; is the address one of an RDMA device (rdma link), and the port free?");
  std::printf("listening at %s\n", text(address).c_str());
  std::fflush(stdout);
  return exit_ok;
}

void Server::accept(rdma_cm_id* id) {
  if (closing_) {
    rdma_reject(id, nullptr, 0);
    rdma_destroy_id(id);
    return;
  }
  connections_.push_back(std::make_unique<Connection>(id));
  Connection& connection = *connections_.back();
  const char* const failed = connection.open();
  if (failed == nullptr) return;
  remove(&connection, call_words(failed, errno));  // the peer gets a reject
}

void Server::remove(Connection* connection, const std::string& why) {
  std::printf("%s: %s\n", connection->peer().c_str(), why.c_str());
  std::fflush(stdout);
  std::erase_if(connections_, [&](const auto& one) { return one.get() == connection; });
}

// The event is acknowledged by now: destroying an id waits for that.
void Server::handle(rdma_cm_id* id, rdma_cm_event_type type, int status) {
  if (type == RDMA_CM_EVENT_CONNECT_REQUEST) return accept(id);
  auto* const connection = static_cast<Connection*>(id->context);
  if (connection == nullptr) {  // the listener's
    device_removed_ = device_removed_ || type == RDMA_CM_EVENT_DEVICE_REMOVAL;
    return;
  }
  switch (type) {
    case RDMA_CM_EVENT_ESTABLISHED:
      std::printf("%s: connected\n", connection->peer().c_str());
      std::fflush(stdout);
      return;
    case RDMA_CM_EVENT_DISCONNECTED:
      connection->disconnect();
      return remove(connection, "disconnected");
    case RDMA_CM_EVENT_REJECTED:
    case RDMA_CM_EVENT_UNREACHABLE:
    case RDMA_CM_EVENT_CONNECT_ERROR:
    case RDMA_CM_EVENT_DEVICE_REMOVAL:
      return remove(connection, event_words(type, status));
    default:
      return;  // TIMEWAIT_EXIT, ADDR_CHANGE, and what is newer than this code
  }
}

void Server::fetch_events() {
  rdma_cm_event* event = nullptr;
  while (rdma_get_cm_event(channel_, &event) == 0) {
    rdma_cm_id* const id = event->id;
    const rdma_cm_event_type type = event->event;
    const int status = event->status;
    rdma_ack_cm_event(event);
    handle(id, type, status);
  }
}

// Completions first: fetching events may remove connections.
void Server::step() {
  std::vector<pollfd> ready = {{channel_->fd, POLLIN, 0}};
  for (const auto& connection : connections_) ready.push_back({connection->fd(), POLLIN, 0});
  if (::poll(ready.data(), ready.size(), poll_ms) <= 0) return;
  std::vector<Connection*> broken;
  for (std::size_t i = 1; i < ready.size(); ++i)
    if (ready[i].revents != 0 && !connections_[i - 1]->echo()) broken.push_back(connections_[i - 1].get());
  for (Connection* const connection : broken) {
    if (closing_) continue;  // flushed by our own disconnect
    connection->disconnect();
    const std::string why = connection->why_broken();
    remove(connection, why);
  }
  if (ready[0].revents != 0) fetch_events();
}

void Server::say_farewell() {
  closing_ = true;
  for (const auto& connection : connections_) connection->disconnect();
  const auto until = Clock::now() + farewell;
  while (!connections_.empty() && Clock::now() < until) step();
}

int Server::run(const ServerArguments& arguments) {
  if (const int failed = listen(arguments); failed != exit_ok) return failed;
  while (!interrupted() && !device_removed_) step();
  say_farewell();
  return device_removed_ ? fail("the RDMA device of the address where it listens was removed") : exit_ok;
}

}  // namespace

int serve(const ServerArguments& arguments) {
  catch_signals();
  return Server().run(arguments);
}

}  // namespace qpair::ping
