// The rpc server: one poll loop over the completion queue, the listening sockets and the clients. It waits for none of
// them. Owned by whoever runs it; one thread, except `stop` and `load`.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "app/rpc/rpc_connection.hpp"
#include "app/rpc/rpc_limits.hpp"
#include "app/rpc/unix_socket.hpp"

namespace planguild {

/// The bounds of a whole server; see rpc_limits.hpp.
struct rpc_server_bounds {
  std::size_t clients_max = rpc_limits::clients_max;
  std::size_t held_bytes_max = rpc_limits::held_bytes_max;
  std::chrono::milliseconds write_stall{rpc_limits::write_stall_ms};
  std::chrono::milliseconds stop_drain{rpc_limits::stop_drain_ms};
};

/// What a server holds for its clients, as of the end of its last turn, and the most it ever held. Bytes are those of
/// unfinished lines, requests that run or wait, and answers that wait to be read.
struct rpc_server_load {
  std::size_t clients = 0;
  std::size_t held_bytes = 0;
  std::size_t clients_peak = 0;
  std::size_t held_bytes_peak = 0;          // at the end of a turn: at most rpc_server_bounds::held_bytes_max
  std::size_t held_bytes_peak_in_turn = 0;  // before those who held too much were dropped
  std::size_t requests_peak = 0;            // that ran or waited, of one client
  std::size_t dropped = 0;                  // clients that did not read, or held most when all held too much
};

class rpc_server {
 public:
  /// `guild` must outlive the server. The process must ignore SIGPIPE if it serves a pipe.
  explicit rpc_server(runtime& guild, rpc_server_bounds bounds = {});
  ~rpc_server();
  rpc_server(const rpc_server&) = delete;
  rpc_server& operator=(const rpc_server&) = delete;

  // Before `run`.
  /// Accepts clients of this process's own effective user there, at most `clients_max` at once.
  void serve(listening_socket socket);
  /// Serves one client on a pair of descriptors that is waited for however slowly it reads. Without a listening socket
  /// its end of input is the server's end, once everything is answered.
  void serve_pipe(descriptor input, descriptor output);

  /// Runs until there is nobody left to serve or `stop`. False: the client of serve_pipe went away before it was told
  /// everything, or the process has no descriptor left for the loop itself.
  bool run();

  /// No new clients and requests; what runs may end within `stop_drain`, the rest is answered `stopping`.
  /// Any thread, also a signal's.
  void stop() noexcept;

  /// Any thread; the numbers are each right, but may be of two turns.
  rpc_server_load load() const noexcept;

 private:
  using clock = rpc_connection::clock;
  struct polled;

  outcome<ack> want_events();
  bool is_finished() const;
  void begin_stop();
  int wait_ms(clock::time_point now) const;
  void collect(polled& watched) const;
  void accept_clients(int socket);
  void greet(descriptor client);
  void serve_clients(const polled& watched);
  void drop_excess(clock::time_point now);
  void note_held() noexcept;
  void note_turn() noexcept;
  void end_stop();
  void tidy();

  const rpc_server_bounds bounds_;
  completion_queue queue_;
  descriptor stopped_;  // eventfd
  std::vector<listening_socket> listening_;
  std::vector<std::unique_ptr<rpc_connection>> clients_;
  completion_queue::ticket events_ = 0;  // the one subscription; 0: nobody has asked yet
  clock::time_point accepts_from_;       // the process had no descriptor left before
  std::optional<clock::time_point> stop_deadline_;
  bool pipe_broke_ = false;
  // Written by the loop's thread alone, for `load`; they order nothing else.
  struct counters {
    std::atomic<std::size_t> clients = 0;
    std::atomic<std::size_t> held_bytes = 0;
    std::atomic<std::size_t> clients_peak = 0;
    std::atomic<std::size_t> held_bytes_peak = 0;
    std::atomic<std::size_t> held_bytes_peak_in_turn = 0;
    std::atomic<std::size_t> requests_peak = 0;
    std::atomic<std::size_t> dropped = 0;
  };
  counters counted_;
};

}  // namespace planguild
