// One client's descriptors: see the header.
#include "app/rpc/rpc_connection.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <utility>

#include "app/rpc/rpc_limits.hpp"

namespace planguild {
namespace {

bool is_socket(int number) noexcept {
  struct stat facts {};
  return ::fstat(number, &facts) == 0 && S_ISSOCK(facts.st_mode);
}

bool is_passing(int problem) noexcept {
  return problem == EAGAIN || problem == EWOULDBLOCK || problem == EINTR;
}

}  // namespace

rpc_connection::rpc_connection(completion_queue& queue, std::function<outcome<ack>()> want_events, descriptor input,
                               descriptor output, bool is_pipe)
    : input_(std::move(input)),
      output_(std::move(output)),
      is_pipe_(is_pipe),
      is_input_socket_(is_socket(input_.get())),
      is_output_socket_(is_socket(this->output())),
      lines_(rpc_limits::line_bytes_max),
      conversation_(std::make_shared<rpc_conversation>(
          rpc_surroundings{queue, std::move(want_events), [this](std::string line) { send(std::move(line)); }})),
      progress_(clock::now()) {}

rpc_connection::~rpc_connection() {
  conversation_->abandon();
}

bool rpc_connection::wants_input() const noexcept {
  if (is_gone_ || !reading_ || conversation_->is_full()) return false;
  return !is_pipe_ || backlog_bytes_ < rpc_limits::backlog_bytes_max;
}

void rpc_connection::read() {
  std::array<char, rpc_limits::read_bytes_per_turn> chunk{};
  const auto count = is_input_socket_ ? ::recv(input_.get(), chunk.data(), chunk.size(), MSG_DONTWAIT)
                                      : ::read(input_.get(), chunk.data(), chunk.size());
  if (count > 0) {
    take_chunk({chunk.data(), static_cast<std::size_t>(count)});
  } else if (count == 0 || !is_passing(errno)) {
    end_of_input();
  }
}

void rpc_connection::take_chunk(std::string_view chunk) {
  lines_.feed(chunk, [this](std::optional<std::string_view> line) { conversation_->take(line); });
}

void rpc_connection::end_of_input() {
  reading_ = false;
  lines_.finish([this](std::optional<std::string_view> line) { conversation_->take(line); });
  if (hung_up_) drop();
}

void rpc_connection::hung_up() {
  hung_up_ = true;
  // Poll says so again and again; a client that cannot be read to its end now has nobody to answer to anyway.
  if (!wants_input()) drop();
}

void rpc_connection::write() {
  while (!is_gone_ && !backlog_.empty()) {
    const auto& first = backlog_.front();
    const auto left = first.size() - written_of_first_;
    // A pipe may block in the middle of more than PIPE_BUF bytes although poll said that it can be written.
    const auto count = is_output_socket_
                           ? ::send(output(), first.data() + written_of_first_, left, MSG_DONTWAIT | MSG_NOSIGNAL)
                           : ::write(output(), first.data() + written_of_first_, std::min<std::size_t>(left, PIPE_BUF));
    if (count < 0) {
      if (!is_passing(errno)) drop();
      return;
    }
    progress_ = clock::now();
    written_of_first_ += static_cast<std::size_t>(count);
    backlog_bytes_ -= static_cast<std::size_t>(count);
    if (written_of_first_ == first.size()) {
      backlog_.pop_front();
      written_of_first_ = 0;
    }
    if (!is_output_socket_) return;  // ask poll again first
  }
}

bool rpc_connection::can_write() const {
  pollfd entry{output(), POLLOUT, 0};
  return !is_gone_ && ::poll(&entry, 1, 0) == 1 && (entry.revents & POLLOUT) != 0;
}

void rpc_connection::send(std::string line) {
  if (is_gone_) return;
  if (!is_pipe_ && backlog_bytes_ > rpc_limits::backlog_bytes_max) {
    write();  // many answers may have come at once, before the client had a chance to read any
    const auto since = clock::now() - progress_;
    if (backlog_bytes_ > rpc_limits::backlog_bytes_max &&
        since > std::chrono::milliseconds{rpc_limits::read_pause_ms}) {
      drop_for_holding();
    }
    if (is_gone_) return;
  }
  if (backlog_.empty()) progress_ = clock::now();
  backlog_bytes_ += line.size();
  backlog_.push_back(std::move(line));
}

bool rpc_connection::is_over() const noexcept {
  return is_gone_ || (!reading_ && conversation_->is_idle() && backlog_.empty());
}

void rpc_connection::drop() {
  if (std::exchange(is_gone_, true)) return;
  conversation_->abandon();
  backlog_.clear();
  backlog_bytes_ = 0;
}

void rpc_connection::drop_for_holding() {
  dropped_for_holding_ = dropped_for_holding_ || !is_gone_;
  drop();
}

std::optional<rpc_connection::clock::time_point> rpc_connection::unread_since() const {
  if (is_pipe_ || !wants_output()) return std::nullopt;
  return progress_;
}

std::size_t rpc_connection::held_bytes() const noexcept {
  return lines_.held_bytes() + conversation_->held_bytes() + backlog_bytes_;
}

}  // namespace planguild
