// The one thread behind a process runner. See the header.
#include "app/host/system/process_loop.hpp"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <iterator>
#include <utility>

#include "app/host/system/sessions.hpp"
#include "app/host/system/system_reason.hpp"

namespace planguild {
namespace {

constexpr std::size_t read_bytes = 64UL * 1'024;  // of one stream in one turn, so that a flood starves nobody
constexpr int events_per_turn = 64;
constexpr std::int64_t unkillable_ms = 2'000;  // from the kill until the process is given up
// From a kill to the next look at the session, once its leader has exited; SIGKILL takes effect within microseconds
// unless memory must be given back or the process waits for a device.
constexpr std::array<std::int64_t, 5> round_delays_ms{2, 10, 50, 100, 200};

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// Whether the process behind a pidfd has exited.
bool has_exited(int process) {
  pollfd entry{process, POLLIN, 0};
  return ::poll(&entry, 1, 0) == 1;
}

void report_start_failure(const process_sink& sink, std::string reason) {
  process_event event;
  event.kind = process_event_kind::exited;
  event.start_error = std::move(reason);
  deliver(sink, std::move(event));
}

/// As for a process: its caller ended it.
void report_killed_start(const process_sink& sink) {
  process_event event;
  event.kind = process_event_kind::exited;
  event.signal = SIGKILL;
  deliver(sink, std::move(event));
}

}  // namespace

process_loop::process_loop(spawn_terms terms, std::vector<std::string> places_of_copies)
    : terms_(std::move(terms)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      buffer_(read_bytes) {
  const auto sealed = [this](std::string key, sealing made) {
    post({process_request::kind_of::sealed, 0, {}, {}, std::move(key), std::move(made)});
  };
  sealer_ = std::make_unique<file_sealer>(std::move(places_of_copies), terms_.machine.root, sealed);
  if (!epoll_ || !wake_ || !watch(EPOLL_CTL_ADD, wake_.get(), EPOLLIN, source::wake, 0)) {
    error_ = "processes cannot be watched: " + system_reason();
  }
}

void process_loop::post(process_request request) {
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    was_empty = requests_.empty();
    requests_.push_back(std::move(request));
  }
  if (!was_empty) return;  // the loop is awake or about to be
  const std::uint64_t one = 1;
  (void)!::write(wake_.get(), &one, sizeof one);
}

void process_loop::run() {
  std::array<epoll_event, events_per_turn> events{};
  while (!stopping_ || !children_.empty()) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), events_per_turn, wait_ms());
    for (int index = 0; index < count; ++index) {
      const epoll_event& event = events[static_cast<std::size_t>(index)];
      serve_event(static_cast<source>(event.data.u64 & 3U), event.data.u64 >> 2U, event.events);
    }
    serve_requests();
    advance_endings();
  }
  serve_requests();  // starts that came after the stop: each gets its `exited`
  copies_ = kept_copies(0);
  sealer_.reset();
}

bool process_loop::watch(int operation, int number, std::uint32_t events, source from, std::uint64_t id) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = id << 2U | static_cast<std::uint64_t>(from);
  return ::epoll_ctl(epoll_.get(), operation, number, &event) == 0;
}

int process_loop::wait_ms() const {
  std::int64_t next = -1;  // nothing ends: wait for an event without end
  for (const auto& [id, child] : children_) {
    if (child->ending && !child->reported && (next < 0 || child->next_round_ms < next)) next = child->next_round_ms;
  }
  if (next < 0) return -1;
  return static_cast<int>(std::clamp<std::int64_t>(next - now_ms(), 0, unkillable_ms));
}

void process_loop::serve_requests() {
  std::vector<process_request> requests;
  {
    const std::lock_guard lock(mutex_);
    requests.swap(requests_);
  }
  for (process_request& request : requests) serve(std::move(request));
}

void process_loop::serve(process_request request) {
  using kind_of = process_request::kind_of;
  if (request.kind == kind_of::start) return start(std::move(request));
  if (request.kind == kind_of::stop) return stop();
  if (request.kind == kind_of::sealed) return take_copies(std::move(request));
  if (serve_waiting(request)) return;
  const auto found = children_.find(request.id);
  if (found == children_.end()) return;
  process_child& child = *found->second;
  if (request.kind == kind_of::send && !child.ending && child.send_line(std::move(request.line))) {
    update_socket(child);
    return;
  }
  begin_end(child);
}

void process_loop::start(process_request request) {
  if (stopping_) return report_start_failure(request.sink, "the process runner is stopping");
  if (std::string reason = why_refused(terms_, request.command); !reason.empty()) {
    return report_start_failure(request.sink, std::move(reason));
  }
  files_request files = files_for(terms_, request.command);
  std::string key = files.key();
  if (key.empty()) key = "start " + std::to_string(request.id);  // nobody else's
  waiting_start start{request.id, std::move(request.command), std::move(request.sink), key, {}, 0};
  std::shared_ptr<const sealed_files> forgotten;
  std::shared_ptr<const sealed_files> kept = copies_.find(key, forgotten);
  sealer_->retire(std::move(forgotten));
  if (kept) return launch(std::move(start), std::move(kept));
  const bool under_way = waiting_.wants(key);
  if (!under_way && !sealer_->seal(key, std::move(files))) {
    return report_start_failure(start.sink, "no thread could be started to copy the planner's files");
  }
  waiting_.add(std::move(start));
}

bool process_loop::serve_waiting(process_request& request) {
  waiting_start* start = waiting_.find(request.id);
  if (start == nullptr) return false;
  if (request.kind == process_request::kind_of::send && waiting_.keep_line(*start, std::move(request.line))) {
    return true;
  }
  const std::optional<waiting_start> killed = waiting_.take(request.id);
  if (!waiting_.wants(killed->copies_key)) sealer_->cancel(killed->copies_key);
  report_killed_start(killed->sink);
  return true;
}

void process_loop::take_copies(process_request request) {
  if (request.made.cancelled) return;  // whoever waits for the same now has asked anew
  const bool once = request.line.starts_with("start ");
  if (request.made.files && !once) sealer_->retire(copies_.keep(request.line, request.made.files));
  for (waiting_start& start : waiting_.take_all(request.line)) {
    if (request.made.files) {
      launch(std::move(start), request.made.files);
    } else {
      report_start_failure(start.sink, request.made.error);
    }
  }
  if (once) sealer_->retire(std::move(request.made.files));
}

void process_loop::launch(waiting_start start, std::shared_ptr<const sealed_files> files) {
  spawn_result result = spawn_process(terms_, start.command, std::move(files));
  if (!result.error.empty()) return report_start_failure(start.sink, std::move(result.error));
  started_.fetch_add(1, std::memory_order_relaxed);
  alive_.fetch_add(1, std::memory_order_relaxed);
  auto child = std::make_unique<process_child>(
      start.id, std::move(start.sink), std::move(result.process),
      sandbox_terms{start.command.planner, start.command.kind, start.command.policy, start.command.grants});
  process_event event;
  event.kind = process_event_kind::started;
  event.process = child->pid();
  deliver(child->sink(), std::move(event));
  bool good = add_to_set(*child);
  for (std::string& line : start.lines) good = child->send_line(std::move(line)) && good;
  process_child& kept = *children_.emplace(start.id, std::move(child)).first->second;
  if (!good) begin_end(kept);  // no memory for the epoll set; ends by its deadline
}

bool process_loop::add_to_set(process_child& child) {
  child.registered_events = child.wanted_events();
  return watch(EPOLL_CTL_ADD, child.process(), EPOLLIN, source::process, child.id()) &&
         watch(EPOLL_CTL_ADD, child.socket(), child.registered_events, source::socket, child.id()) &&
         watch(EPOLL_CTL_ADD, child.errors(), EPOLLIN, source::errors, child.id());
}

void process_loop::serve_event(source from, std::uint64_t id, std::uint32_t events) {
  if (from == source::wake) {
    std::uint64_t count = 0;
    (void)!::read(wake_.get(), &count, sizeof count);
    return;
  }
  const auto found = children_.find(id);
  if (found == children_.end()) return;
  process_child& child = *found->second;
  if (from == source::socket) {
    if ((events & static_cast<std::uint32_t>(EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0) child.write_queued();
    if ((child.wanted_events() & static_cast<std::uint32_t>(EPOLLIN)) != 0) child.read_output(buffer_);
    update_socket(child);
    if (child.is_refused()) begin_end(child);
  } else if (from == source::errors) {
    if (!child.read_errors(buffer_)) watch(EPOLL_CTL_DEL, child.errors(), 0, source::errors, id);
    if (child.is_over_limit()) begin_end(child);
  } else {
    watch(EPOLL_CTL_DEL, child.process(), 0, source::process, id);
    child.leader_exited = true;
    if (child.reported) {
      (void)child.last_event(0);  // reaps
      children_.erase(found);
      return;
    }
    begin_end(child);
    child.rounds = 0;
    child.next_round_ms = now_ms();
  }
}

void process_loop::update_socket(process_child& child) {
  const std::uint32_t wanted = child.wanted_events();
  if (wanted == child.registered_events) return;
  int operation = EPOLL_CTL_MOD;
  if (wanted == 0) operation = EPOLL_CTL_DEL;
  if (child.registered_events == 0) operation = EPOLL_CTL_ADD;
  if (watch(operation, child.socket(), wanted, source::socket, child.id())) child.registered_events = wanted;
}

void process_loop::begin_end(process_child& child) {
  if (child.ending) return;
  child.ending = true;
  child.killed = !child.leader_exited;
  const std::int64_t now = now_ms();
  child.next_round_ms = now;
  child.give_up_ms = now + unkillable_ms;
}

void process_loop::stop() {
  stopping_ = true;
  for (const waiting_start& start : waiting_.take_all()) {
    sealer_->cancel(start.copies_key);
    report_start_failure(start.sink, "the process runner is stopping");
  }
  for (auto& [id, child] : children_) {
    child->silence();
    begin_end(*child);
  }
  std::erase_if(children_, [](const auto& entry) { return entry.second->reported; });
}

void process_loop::advance_endings() {
  const std::int64_t now = now_ms();
  std::vector<process_child*> due;
  std::vector<pid_t> sessions;
  for (auto& [id, child] : children_) {
    if (!child->ending || child->reported || child->next_round_ms > now) continue;
    due.push_back(child.get());
    if (!child->is_contained()) sessions.push_back(child->pid());
  }
  if (due.empty()) return;
  const auto members = sessions.empty() ? std::vector<session_member>{} : session_members(sessions);
  for (process_child* child : due) {
    if (!advance(*child, members, now)) continue;
    sealer_->retire(child->take_files());
    children_.erase(child->id());
  }
}

/// One round for one child; true when nothing is left to do for it.
bool process_loop::advance(process_child& child, const std::vector<session_member>& members, std::int64_t now) {
  const std::vector<session_member> alive = living(child, members);
  if (!child.leader_exited) child.leader_exited = has_exited(child.process());
  const auto round = static_cast<std::size_t>(child.rounds);
  if (child.leader_exited && (alive.empty() || round >= round_delays_ms.size())) {
    report_end(child, alive.size());
    return true;
  }
  if (now >= child.give_up_ms) {
    report_end(child, std::max<std::uint64_t>(alive.size(), 1));
    child.reported = true;
    return stopping_;  // else its pidfd stays watched, and it is reaped when it ends
  }
  kill_round(child, alive);
  child.next_round_ms = std::min(now + round_delays_ms[std::min(round, round_delays_ms.size() - 1)],
                                 child.leader_exited ? now + unkillable_ms : child.give_up_ms);
  ++child.rounds;
  return false;
}

std::vector<session_member> process_loop::living(const process_child& child,
                                                 const std::vector<session_member>& members) {
  std::vector<session_member> alive;
  if (child.is_contained()) {
    if (!has_exited(child.first())) alive.push_back({0, 0, child.pid()});
    return alive;
  }
  std::copy_if(members.begin(), members.end(), std::back_inserter(alive),
               [&child](const session_member& member) { return member.session == child.pid(); });
  return alive;
}

/// The kernel ends a namespace with its first process, but then counts nothing of what was used in it. So the planner
/// is killed, at which the first process reaps it and ends, and then the worker outside: each counts what it reaps. Who
/// does not end so within some rounds is killed as well.
void process_loop::kill_contained(const process_child& child) {
  constexpr int rounds_for_first = 3;   // 62 ms
  constexpr int rounds_for_worker = 4;  // 162 ms
  const auto kill_by = [](int process) { ::syscall(SYS_pidfd_send_signal, process, SIGKILL, nullptr, 0U); };
  if (child.planner() >= 0) kill_by(child.planner());
  if (child.planner() < 0 || child.leader_exited || child.rounds >= rounds_for_first) kill_by(child.first());
  if (!child.leader_exited && child.rounds >= rounds_for_worker) ::kill(-child.pid(), SIGKILL);
}

void process_loop::kill_round(const process_child& child, const std::vector<session_member>& alive) {
  if (child.is_contained()) return kill_contained(child);
  // The leader is not reaped yet, so its id, which names session and group, cannot have become another process's.
  if (!child.leader_exited) ::kill(-child.pid(), SIGKILL);
  for (const session_member& member : alive) kill_member(member);
}

void process_loop::report_end(process_child& child, std::uint64_t processes_left) {
  child.drain(buffer_);
  process_event event = child.last_event(processes_left);
  alive_.fetch_sub(1, std::memory_order_relaxed);
  if (child.registered_events != 0) {
    watch(EPOLL_CTL_DEL, child.socket(), 0, source::socket, child.id());
    child.registered_events = 0;
  }
  watch(EPOLL_CTL_DEL, child.errors(), 0, source::errors, child.id());
  deliver(child.sink(), std::move(event));
}

}  // namespace planguild
