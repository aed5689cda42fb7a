// One running child. See the header.
#include "app/host/system/process_child.hpp"

#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

namespace planguild {

void deliver(const process_sink& sink, process_event event) noexcept {
  try {
    if (sink) sink(std::move(event));
  } catch (...) {  // NOLINT(bugprone-empty-catch): see the declaration
  }
}

void byte_tail::append(std::string_view bytes) {
  constexpr std::size_t kept = limits::stderr_tail_bytes;
  if (bytes.size() >= kept) {
    bytes_.assign(bytes.substr(bytes.size() - kept));
    return;
  }
  bytes_.append(bytes);
  if (bytes_.size() > 2 * kept) bytes_.erase(0, bytes_.size() - kept);
}

std::string byte_tail::text() const {
  return bytes_.size() > limits::stderr_tail_bytes ? bytes_.substr(bytes_.size() - limits::stderr_tail_bytes) : bytes_;
}

process_child::process_child(std::uint64_t id, process_sink sink, spawned_process process)
    : id_(id), sink_(std::move(sink)), process_(std::move(process)) {}

void process_child::read_output(std::span<char> buffer) {
  if (output_ended_) return;
  const ssize_t size = ::read(socket(), buffer.data(), buffer.size());
  if (size > 0) {
    take_output({buffer.data(), static_cast<std::size_t>(size)});
  } else if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
    // ECONNRESET, too, is an end: the child exited with unread input. What it had written was read before.
    close_output();
  }
}

void process_child::take_output(std::string_view bytes) {
  std::vector<std::string> lines;
  const bool within_bound = reader_.feed(bytes, lines);
  bytes_since_send_ += bytes.size();
  lines_since_send_ += lines.size();
  if (!silent_) {
    for (std::string& line : lines) {
      process_event event;
      event.kind = process_event_kind::line;
      event.process = pid();
      event.text = std::move(line);
      deliver(sink_, std::move(event));
    }
  }
  if (within_bound) return;
  output_ended_ = true;
  if (silent_) return;
  process_event event;
  event.kind = process_event_kind::line_too_long;
  event.process = pid();
  deliver(sink_, std::move(event));
}

void process_child::close_output() {
  if (std::exchange(output_ended_, true) || silent_) return;
  process_event event;
  event.kind = process_event_kind::output_closed;
  event.process = pid();
  event.text = reader_.partial();
  deliver(sink_, std::move(event));
}

bool process_child::read_errors(std::span<char> buffer) {
  if (errors() < 0) return false;
  const ssize_t size = ::read(errors(), buffer.data(), buffer.size());
  if (size > 0) {
    stderr_tail_.append({buffer.data(), static_cast<std::size_t>(size)});
    return true;
  }
  return size < 0 && (errno == EAGAIN || errno == EINTR);
}

bool process_child::send_line(std::string line) {
  lines_since_send_ = 0;
  bytes_since_send_ = 0;
  if (input_ended_) return true;
  if (outgoing_bytes_ + line.size() + 1 > 2 * limits::protocol_line_bytes_max) return false;
  line.push_back('\n');
  outgoing_bytes_ += line.size();
  outgoing_.push_back(std::move(line));
  write_queued();
  return true;
}

void process_child::write_queued() {
  while (!outgoing_.empty()) {
    const std::string_view rest = std::string_view(outgoing_.front()).substr(front_offset_);
    const ssize_t size = ::send(socket(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size < 0) {
      if (errno == EAGAIN || errno == EINTR || errno == ENOBUFS || errno == ENOMEM) return;
      input_ended_ = true;  // it does not read any more; that it ended is told by its pidfd
      outgoing_.clear();
      outgoing_bytes_ = 0;
      return;
    }
    const auto written = static_cast<std::size_t>(size);
    outgoing_bytes_ -= written;
    front_offset_ += written;
    if (front_offset_ < outgoing_.front().size()) return;
    outgoing_.pop_front();
    front_offset_ = 0;
  }
}

std::uint32_t process_child::wanted_events() const noexcept {
  const bool reading = !output_ended_ && !paused();
  const std::uint32_t in = reading ? static_cast<std::uint32_t>(EPOLLIN) : 0U;
  const std::uint32_t out = outgoing_.empty() ? 0U : static_cast<std::uint32_t>(EPOLLOUT);
  return in | out;
}

void process_child::drain(std::span<char> buffer) {
  int waiting = 0;
  if (errors() >= 0 && ::ioctl(errors(), FIONREAD, &waiting) == 0) {
    while (waiting > 0) {
      const std::size_t part = std::min(static_cast<std::size_t>(waiting), buffer.size());
      if (!read_errors(buffer.first(part))) break;
      waiting -= static_cast<int>(part);
    }
  }
  waiting = 0;
  if (!output_ended_ && ::ioctl(socket(), FIONREAD, &waiting) == 0) {
    while (waiting > 0 && !output_ended_) {
      const std::size_t part = std::min(static_cast<std::size_t>(waiting), buffer.size());
      read_output(buffer.first(part));
      waiting -= static_cast<int>(part);
    }
  }
  close_output();
}

process_event process_child::last_event(std::uint64_t processes_left) {
  process_event event;
  event.kind = process_event_kind::exited;
  event.process = pid();
  event.processes_left = processes_left;
  event.stderr_tail = stderr_tail_.text();
  if (!leader_exited) return event;
  siginfo_t info{};
  int result = 0;
  do {
    result = ::waitid(P_PIDFD, static_cast<id_t>(process()), &info, WEXITED | WNOHANG);
  } while (result != 0 && errno == EINTR);
  // A host that waits for all children itself, or ignores SIGCHLD, has taken the status: then nobody knows it.
  if (result != 0 || info.si_pid == 0) return event;
  if (info.si_code == CLD_EXITED) {
    event.exit_code = info.si_status;
  } else {
    event.signal = info.si_status;
  }
  return event;
}

}  // namespace planguild
