// One live builtin planner on its thread. See the header.
#include "app/host/system/builtin_instance.hpp"

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>
#include <utility>

#include "app/host/system/builtin_protocol.hpp"
#include "app/host/system/process_child.hpp"
#include "messages/json.hpp"
#include "messages/limits.hpp"

namespace planguild {
namespace {

constexpr std::size_t cancel_line_bytes_max =
    1'024;                                     // longer lines are requests; they are not parsed by the sender's thread
constexpr std::size_t cancelled_ids_max = 16;  // one request is in flight, so one would do

process_event event_of(process_event_kind kind, std::string text = {}) {
  process_event event;
  event.kind = kind;
  event.text = std::move(text);
  return event;
}

}  // namespace

builtin_instance::builtin_instance(std::shared_ptr<const builtin_registration> registration, process_sink sink,
                                   std::shared_ptr<std::atomic<std::uint64_t>> abandoned)
    : registration_(std::move(registration)),
      abandoned_(std::move(abandoned)),
      sink_(std::make_shared<const process_sink>(std::move(sink))) {}

void builtin_instance::run() {
  send(event_of(process_event_kind::started));
  {
    // The planner is made, used and destroyed on this thread and within this block.
    builtin_protocol protocol(
        *registration_, [this](std::string line) { send(event_of(process_event_kind::line, std::move(line))); },
        [this](const std::string& id) { return begin_request(id); });
    std::string line;
    bool going_on = true;
    while (going_on && next_line(line)) {
      builtin_answer answer = protocol.answer(line);
      if (answer.line.size() > limits::protocol_line_bytes_max) {
        send(event_of(process_event_kind::line_too_long));
      } else if (!answer.line.empty()) {
        send(event_of(process_event_kind::line, std::move(answer.line)));
      }
      going_on = !answer.exit;
      end_line();
    }
  }
  process_event last = event_of(process_event_kind::exited);
  last.exit_code = 0;
  exit(std::move(last));
  const std::lock_guard lock(mutex_);
  finished_ = true;
  changed_.notify_all();
}

bool builtin_instance::next_line(std::string& line) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return killed_ || !lines_.empty(); });
  if (killed_) return false;
  line = std::move(lines_.front());
  lines_.pop_front();
  line_bytes_ -= line.size();
  busy_ = true;
  return true;
}

void builtin_instance::end_line() {
  const std::lock_guard lock(mutex_);
  busy_ = false;
  current_id_.clear();
  current_cancelled_.reset();
  if (std::exchange(counted_, false)) abandoned_->fetch_sub(1);
}

std::shared_ptr<std::atomic<bool>> builtin_instance::begin_request(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const bool already = std::find(cancelled_ids_.begin(), cancelled_ids_.end(), id) != cancelled_ids_.end();
  current_id_ = id;
  current_cancelled_ = std::make_shared<std::atomic<bool>>(already || killed_);
  return current_cancelled_;
}

void builtin_instance::send_line(std::string line) {
  if (line.size() <= cancel_line_bytes_max && line.find("$/cancel") != std::string::npos) note_cancel(line);
  bool over_bound = false;
  {
    const std::lock_guard lock(mutex_);
    if (killed_ || finished_) return;
    over_bound = line_bytes_ + line.size() > 2 * limits::protocol_line_bytes_max;
    if (!over_bound) {
      line_bytes_ += line.size();
      lines_.push_back(std::move(line));
      changed_.notify_all();
    }
  }
  if (over_bound) kill();
}

/// A busy planner does not read its queue, so the sender's thread notes the wish where `cancelled` looks.
void builtin_instance::note_cancel(const std::string& line) {
  const auto parsed =
      parse_json(line, {cancel_line_bytes_max, limits::protocol_depth_max}, failure_code::protocol_error);
  if (!parsed || !parsed->is_object() || parsed->contains("id") ||
      parsed->value("method", nlohmann::json{}) != "$/cancel") {
    return;
  }
  const nlohmann::json params = parsed->value("params", nlohmann::json{});
  if (!params.is_object() || !params.contains("id") || !params["id"].is_string()) return;
  const std::string id = params["id"].get<std::string>();
  const std::lock_guard lock(mutex_);
  if (current_cancelled_ && current_id_ == id) current_cancelled_->store(true);
  if (cancelled_ids_.size() >= cancelled_ids_max) cancelled_ids_.erase(cancelled_ids_.begin());
  cancelled_ids_.push_back(id);
}

void builtin_instance::kill() {
  {
    const std::lock_guard lock(mutex_);
    if (killed_ || finished_) return;
    killed_ = true;
    lines_.clear();
    if (current_cancelled_) current_cancelled_->store(true);
    if (busy_) {
      counted_ = true;
      abandoned_->fetch_add(1);
    }
    changed_.notify_all();
  }
  process_event last = event_of(process_event_kind::exited);
  last.signal = SIGKILL;  // what a planner's process would show
  exit(std::move(last));
}

void builtin_instance::send(process_event event) {
  const std::lock_guard lock(delivery_mutex_);
  if (const auto sink = sink_) deliver(*sink, std::move(event));
}

void builtin_instance::exit(process_event event) {
  const std::lock_guard lock(delivery_mutex_);
  if (const auto sink = std::exchange(sink_, nullptr)) deliver(*sink, std::move(event));
}

bool builtin_instance::finished() {
  const std::lock_guard lock(mutex_);
  return finished_;
}

bool builtin_instance::wait_finished(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, deadline, [this] { return finished_; });
}

}  // namespace planguild
