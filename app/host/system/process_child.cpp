// One running child. See the header.
#include "app/host/system/process_child.hpp"

#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>
#include <vector>

#include "app/host/system/ending.hpp"
#include "app/host/system/guarantees.hpp"
#include "app/host/system/sessions.hpp"
#include "app/host/system/worker_statement.hpp"
#include "app/worker/layers.hpp"

namespace planguild {
namespace {

std::int64_t wall_ms_since(std::int64_t started_ns) {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return (std::chrono::duration_cast<std::chrono::nanoseconds>(now).count() - started_ns) / 1'000'000;
}

}  // namespace

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

process_child::process_child(std::uint64_t id, process_sink sink, spawned_process process, sandbox_terms terms)
    : id_(id), sink_(std::move(sink)), process_(std::move(process)), terms_(std::move(terms)) {}

void process_child::read_output(std::span<char> buffer) {
  if (output_ended_) return;
  const ssize_t size = ::read(socket(), buffer.data(), buffer.size());
  if (size > 0) {
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(size));
    if (stated_) {
      take_output(bytes);
    } else {
      take_statement(bytes);
    }
  } else if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
    // ECONNRESET, too, is an end: the child exited with unread input. What it had written was read before.
    close_output();
  }
}

/// Nothing follows the statement before the worker is told to go on: more than one line is no statement.
void process_child::take_statement(std::string_view bytes) {
  if (refused_ || silent_ || ending) return;
  statement_.append(bytes);
  const std::size_t end = statement_.find('\n');
  if (end == std::string::npos && statement_.size() < worker_layers::statement_bytes_max) return;
  if (end == std::string::npos || end + 1 != statement_.size()) {
    return refuse("planguild-worker did not state its layers in one line");
  }
  judge(std::string_view(statement_).substr(0, end));
  statement_ = {};
}

void process_child::judge(std::string_view line) {
  auto layers = parse_statement(line);
  if (!layers) return refuse("planguild-worker cannot be understood: " + layers.error->message);
  const bool contained = std::any_of(layers->begin(), layers->end(), [](const sandbox_layer& layer) {
    return layer.name == worker_layers::pid_namespace && layer.state == layer_state::active;
  });
  add_notes(*layers, process_.notes);
  posture_ = judge_layers(std::move(*layers), terms_.grants);
  if (std::string missing = why_insufficient(terms_.policy, posture_, terms_.grants, terms_.planner);
      !missing.empty()) {
    insecure_ = true;
    return refuse(std::move(missing));
  }
  // The planner has not begun, so the worker's one child is the first process of the namespace, and that one's the
  // process that becomes the planner. Both wait for go, so neither id can have become another's.
  const pid_t first = contained ? only_child(pid()) : 0;
  first_ = open_process(first);
  if (first_) planner_ = open_process(only_child(first));
  go_on();
}

void process_child::refuse(std::string reason) {
  refused_ = true;
  refusal_ = std::move(reason);
  outgoing_.clear();
  outgoing_bytes_ = 0;
}

void process_child::go_on() {
  stated_ = true;
  outgoing_.emplace_front(worker_layers::go_line);
  outgoing_bytes_ += worker_layers::go_line.size();
  write_queued();  // first: while the event is on its way, the program starts
  process_event event;
  event.kind = process_event_kind::secured;
  event.process = pid();
  event.posture = posture_;
  deliver(sink_, std::move(event));
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
  if (std::exchange(output_ended_, true) || silent_ || !stated_) return;
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
    if (!ending) errors_since_send_ += static_cast<std::size_t>(size);
    return true;
  }
  return size < 0 && (errno == EAGAIN || errno == EINTR);
}

bool process_child::send_line(std::string line) {
  lines_since_send_ = 0;
  bytes_since_send_ = 0;
  if (!ending) errors_since_send_ = 0;
  if (input_ended_ || refused_) return true;
  if (outgoing_bytes_ + line.size() + 1 > 2 * limits::protocol_line_bytes_max) return false;
  line.push_back('\n');
  outgoing_bytes_ += line.size();
  outgoing_.push_back(std::move(line));
  if (stated_) write_queued();
  return true;
}

void process_child::write_queued() {
  if (!stated_) return;
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
  const std::uint32_t out = outgoing_.empty() || !stated_ ? 0U : static_cast<std::uint32_t>(EPOLLOUT);
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
  event.resources.wall_ms = wall_ms_since(process_.started_ns);
  event.start_error = refusal_;
  event.insecure = insecure_;
  if (insecure_) event.posture = posture_;
  if (!leader_exited) return event;
  siginfo_t info{};
  rusage used{};
  long result = 0;
  do {  // the C library's function leaves out what was used
    result = ::syscall(SYS_waitid, P_PIDFD, process(), &info, WEXITED | WNOHANG, &used);
  } while (result != 0 && errno == EINTR);
  // A host that waits for all children itself, or ignores SIGCHLD, has taken the status: then nobody knows it.
  if (result != 0 || info.si_pid == 0) return event;
  event.resources.cpu_ms =
      (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1'000 + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1'000;
  event.resources.peak_memory_bytes = static_cast<std::uint64_t>(used.ru_maxrss) * 1'024;
  add_status(event, info.si_code, info.si_status);
  return event;
}

void process_child::add_status(process_event& event, int code, int status) const {
  if (code == CLD_EXITED) {
    event.exit_code = status;
  } else {
    event.signal = status;
  }
  if (is_over_limit()) {
    event.exceeded_limit = "standard error";
    return;
  }
  if (killed) return;
  if (!stated_) {
    if (event.start_error.empty()) event.start_error = why_worker_ended(event);
    return;
  }
  const bool limited = std::any_of(posture_.layers.begin(), posture_.layers.end(), [](const sandbox_layer& layer) {
    return layer.name == worker_layers::limits && layer.state == layer_state::active;
  });
  event.filtered_call = filtered_call(event, terms_.kind);
  event.exceeded_limit = exceeded_limit(event, limited);
}

}  // namespace planguild
