// The rpc server: see the header.
#include "app/rpc/rpc_server.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>

#include "app/rpc/rpc_limits.hpp"

namespace planguild {
namespace {

/// Room for all that the clients' own bounds let run, so that the queue never refuses.
completion_queue_options queue_options(std::size_t clients_max) {
  completion_queue_options options;
  // One client more: that of serve_pipe.
  options.in_flight_max = (clients_max + 1) * rpc_limits::in_flight_per_client_max;
  return options;
}

/// One thread raises it; others read it.
void raise(std::atomic<std::size_t>& peak, std::size_t value) noexcept {
  if (value > peak.load(std::memory_order_relaxed)) peak.store(value, std::memory_order_relaxed);
}

constexpr short gone_events = POLLHUP | POLLERR | POLLNVAL;

/// Milliseconds from `now` to `then`, rounded up so that poll does not return just before it.
int milliseconds_until(rpc_connection::clock::time_point now, rpc_connection::clock::time_point then) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(then - now).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
}

}  // namespace

/// What one round of poll looks at. The first entries are the queue, the stop and the listening sockets; then two for
/// each client, input and output.
struct rpc_server::polled {
  std::vector<pollfd> entries;
  std::size_t first_client = 0;
};

rpc_server::rpc_server(runtime& guild, rpc_server_bounds bounds)
    : bounds_(bounds),
      queue_(guild, queue_options(bounds.clients_max)),
      stopped_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

rpc_server::~rpc_server() {
  // Their conversations give up what runs, so the queue closes empty.
  clients_.clear();
  queue_.close();
}

void rpc_server::serve(listening_socket socket) {
  listening_.push_back(std::move(socket));
}

void rpc_server::serve_pipe(descriptor input, descriptor output) {
  clients_.push_back(std::make_unique<rpc_connection>(
      queue_, [this] { return want_events(); }, std::move(input), std::move(output), true));
}

void rpc_server::stop() noexcept {
  const std::uint64_t one = 1;
  (void)!::write(stopped_.get(), &one, sizeof one);
}

outcome<ack> rpc_server::want_events() {
  if (events_ != 0) return ack{};
  // One subscription for all clients: the runtime tells each event once, however many listen.
  const auto made =
      queue_.subscribe(event_filter{true, true, true, true}, [this](const runtime_event& event, std::uint64_t dropped) {
        for (const auto& client : clients_) client->conversation().tell(event, dropped);
      });
  if (!made) return *made.error;
  events_ = *made;
  return ack{};
}

bool rpc_server::run() {
  if (queue_.fd() < 0 || !stopped_) return false;
  polled watched;
  while (!is_finished()) {
    collect(watched);
    const int count = ::poll(watched.entries.data(), watched.entries.size(), wait_ms(clock::now()));
    if (count < 0 && errno != EINTR) return false;
    if (count < 0) continue;
    if ((watched.entries[1].revents & POLLIN) != 0) begin_stop();
    (void)queue_.drain(rpc_limits::drained_per_turn, std::chrono::milliseconds{rpc_limits::drain_ms_per_turn});
    note_held();
    serve_clients(watched);
    for (std::size_t each = 2; each < watched.first_client; ++each) {
      if (watched.entries[each].revents != 0 && !stop_deadline_) accept_clients(watched.entries[each].fd);
    }
    drop_excess(clock::now());
    if (stop_deadline_ && clock::now() >= *stop_deadline_) end_stop();
    tidy();
    note_turn();
  }
  return !pipe_broke_;
}

bool rpc_server::is_finished() const {
  return clients_.empty() && (listening_.empty() || stop_deadline_);
}

void rpc_server::begin_stop() {
  if (stop_deadline_) return;
  stop_deadline_ = clock::now() + bounds_.stop_drain;
  listening_.clear();
  for (const auto& client : clients_) client->stop_reading();
}

int rpc_server::wait_ms(clock::time_point now) const {
  int wait = -1;
  const auto until = [&](clock::time_point then) {
    const int left = milliseconds_until(now, then);
    wait = wait < 0 ? left : std::min(wait, left);
  };
  if (const auto deadline = queue_.next_deadline()) until(*deadline);
  if (stop_deadline_) until(*stop_deadline_);
  if (!listening_.empty() && accepts_from_ > now) until(accepts_from_);
  for (const auto& client : clients_) {
    if (const auto since = client->unread_since()) until(*since + bounds_.write_stall);
  }
  return wait;
}

void rpc_server::collect(polled& watched) const {
  auto& entries = watched.entries;
  entries.clear();
  entries.push_back({queue_.fd(), POLLIN, 0});
  // Poll would tell a stop again and again.
  entries.push_back({stop_deadline_ ? -1 : stopped_.get(), POLLIN, 0});
  const bool accepts = clock::now() >= accepts_from_;
  for (const auto& socket : listening_) entries.push_back({accepts ? socket.fd() : -1, POLLIN, 0});
  watched.first_client = entries.size();
  for (const auto& client : clients_) {
    const short input = client->wants_input() ? POLLIN : 0;
    const short output = client->wants_output() ? POLLOUT : 0;
    if (client->is_one_socket()) {
      // Always looked at: the end of a client is noticed even while nothing is wanted from it.
      entries.push_back({client->input(), static_cast<short>(input | output), 0});
      entries.push_back({-1, 0, 0});
    } else {
      // The end of the input is no reason to look before its bytes are wanted; that of the output always is.
      entries.push_back({input != 0 ? client->input() : -1, input, 0});
      entries.push_back({client->output(), output, 0});
    }
  }
}

void rpc_server::serve_clients(const polled& watched) {
  // Clients are only added and removed between the rounds, so the entries fit.
  for (std::size_t index = 0; index < clients_.size(); ++index) {
    auto& client = *clients_[index];
    const auto input = watched.entries[watched.first_client + 2 * index].revents;
    const auto output = watched.entries[watched.first_client + 2 * index + 1].revents;
    if (client.is_one_socket()) {
      if ((input & POLLNVAL) != 0) client.drop();
      if ((input & (POLLHUP | POLLERR)) != 0) client.hung_up();
    } else if ((output & gone_events) != 0) {
      client.drop();
    }
    if ((input & (POLLIN | gone_events)) != 0 && client.wants_input()) client.read();
    // Also what was said just now: it can usually be written at once. A pipe is written when poll says so.
    if (client.wants_output() && (client.is_one_socket() || (output & POLLOUT) != 0)) client.write();
  }
}

void rpc_server::accept_clients(int socket) {
  while (true) {
    descriptor client{::accept4(socket, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    if (client) {
      greet(std::move(client));
      continue;
    }
    if (errno == EINTR || errno == ECONNABORTED) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) {
      // No descriptor or memory left: the socket stays readable, so it is not looked at for a while.
      accepts_from_ = clock::now() + std::chrono::milliseconds{rpc_limits::accept_pause_ms};
    }
    return;
  }
}

void rpc_server::greet(descriptor client) {
  const auto refuse = [&](failure_code code, const std::string& message) {
    const auto line = rpc_error_line("null", rpc_code::failed, make_failure(code, message));
    (void)::send(client.get(), line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  };
  if (peer_user(client.get()) != ::geteuid()) {
    refuse(failure_code::not_allowed, "This runtime serves its own user only.");
  } else if (clients_.size() >= bounds_.clients_max) {
    refuse(failure_code::overloaded,
           "This runtime serves at most " + std::to_string(bounds_.clients_max) + " clients at once; try again later.");
  } else {
    clients_.push_back(std::make_unique<rpc_connection>(
        queue_, [this] { return want_events(); }, std::move(client), descriptor{}, false));
  }
}

/// The most that is held: after the answers of a turn were taken, and after what clients sent was.
void rpc_server::note_held() noexcept {
  std::size_t held = 0;
  std::size_t requests = 0;
  for (const auto& client : clients_) {
    held += client->held_bytes();
    requests = std::max(requests, std::as_const(*client).conversation().held_requests());
  }
  raise(counted_.held_bytes_peak_in_turn, held);
  raise(counted_.requests_peak, requests);
}

void rpc_server::note_turn() noexcept {
  std::size_t held = 0;
  for (const auto& client : clients_) held += client->held_bytes();
  counted_.clients.store(clients_.size(), std::memory_order_relaxed);
  counted_.held_bytes.store(held, std::memory_order_relaxed);
  raise(counted_.clients_peak, clients_.size());
  raise(counted_.held_bytes_peak, held);
}

rpc_server_load rpc_server::load() const noexcept {
  const auto now = [](const std::atomic<std::size_t>& counter) { return counter.load(std::memory_order_relaxed); };
  rpc_server_load result;
  result.clients = now(counted_.clients);
  result.held_bytes = now(counted_.held_bytes);
  result.clients_peak = now(counted_.clients_peak);
  result.held_bytes_peak = now(counted_.held_bytes_peak);
  result.held_bytes_peak_in_turn = now(counted_.held_bytes_peak_in_turn);
  result.requests_peak = now(counted_.requests_peak);
  result.dropped = now(counted_.dropped);
  return result;
}

/// Drops who does not read, and who holds most where all together hold too much.
void rpc_server::drop_excess(clock::time_point now) {
  note_held();
  std::size_t held = 0;
  for (const auto& client : clients_) {
    const auto since = client->unread_since();
    if (since && *since + bounds_.write_stall <= now) client->drop_for_holding();
    held += client->held_bytes();
  }
  while (held > bounds_.held_bytes_max) {
    auto& most = **std::max_element(clients_.begin(), clients_.end(), [](const auto& left, const auto& right) {
      return left->held_bytes() < right->held_bytes();
    });
    if (most.is_gone()) return;
    held -= most.held_bytes();
    most.drop_for_holding();
  }
}

/// The time for what ran when the stop came is over.
void rpc_server::end_stop() {
  const auto reason = make_failure(failure_code::stopping, "The runtime is stopping.");
  for (const auto& client : clients_) {
    client->conversation().end_all(reason);
    if (client->can_write()) client->write();  // once; who does not read now is not waited for
    client->drop();
  }
}

void rpc_server::tidy() {
  for (const auto& client : clients_) pipe_broke_ = pipe_broke_ || (!client->is_one_socket() && client->is_gone());
  const auto dropped = std::count_if(clients_.begin(), clients_.end(),
                                     [](const auto& client) { return client->was_dropped_for_holding(); });
  counted_.dropped.fetch_add(static_cast<std::size_t>(dropped), std::memory_order_relaxed);
  std::erase_if(clients_, [](const auto& client) { return client->is_over(); });
}

}  // namespace planguild
