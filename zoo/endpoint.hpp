// An endpoint: one connection with requests on it, and an application that is told of
// its beginning and its end.
//
// Purpose: the data path from which a shutdown can lose something. The application hands
// over a receive and a send; each comes back by a completion, or is cancelled when none
// can come any more. After the shutdown was reported the application hears nothing more
// of the endpoint. When it is reported is the program's.
// Reports: waits, handling, teardowns, telling and requests. Threads: one.
#pragma once

#include "zoo/one_connection.hpp"

namespace qpcheck::zoo {

inline constexpr sim::Reports endpoint_reports{
    .waits = true, .handling = true, .teardowns = true, .telling = true, .requests = true};

class Endpoint : public OneConnection {
 public:
  using OneConnection::OneConnection;

 protected:
  virtual void ended() = 0;  // the connection: DISCONNECTED, or what else proves it, is being handled

  void handle(const rdma_cm_event& event, std::uint64_t now_ms) override;
  void report_shutdown();    // at most once

 private:
  void established() override;
  void disconnect(std::uint64_t now_ms) override;
  void poll_work(std::uint64_t now_ms) override;
  void give_up(std::uint64_t now_ms) override;

  void stop();            // its QP goes to error: all that is posted comes back
  void poll_cq();
  void cancel_requests();
  void complete(std::uint64_t request);

  unsigned under_way_ = 0;  // a bit for each request
  bool flushes_ = true;     // the device works, and the QP could be moved
  bool shut_down_ = false;
};

}  // namespace qpcheck::zoo
