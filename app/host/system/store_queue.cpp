// What the store's callers and its thread share. See the header.
#include "app/host/system/store_queue.hpp"

#include <iterator>
#include <utility>

#include "messages/limits.hpp"

namespace planguild {
namespace {

constexpr std::chrono::seconds retry_pause{1};
/// Appends `newer`, then forgets all but the newest limits::stored_samples_max.
template <class Sample>
void keep_newest(std::vector<Sample>& kept, std::vector<Sample>&& newer) {
  kept.insert(kept.end(), std::make_move_iterator(newer.begin()), std::make_move_iterator(newer.end()));
  if (kept.size() > limits::stored_samples_max) {
    kept.erase(kept.begin(), kept.end() - static_cast<std::ptrdiff_t>(limits::stored_samples_max));
  }
}

void keep_newest(samples& kept, samples&& newer) {
  keep_newest(kept.selections, std::move(newer.selections));
  keep_newest(kept.instantiations, std::move(newer.instantiations));
  keep_newest(kept.invocations, std::move(newer.invocations));
}

// A repair may find that another process has begun a new file, and that one may be corrupt, too.
constexpr int repairs_max = 3;

}  // namespace

void recall::answer(outcome<store_contents> contents) {
  callback done;
  {
    const std::lock_guard lock(mutex_);
    done = std::exchange(done_, nullptr);
    changed_.notify_all();
  }
  if (done) done(std::move(contents));
}

void recall::expire(std::chrono::steady_clock::time_point deadline) {
  {
    std::unique_lock lock(mutex_);
    if (changed_.wait_until(lock, deadline, [this] { return !done_; })) return;
  }
  answer(make_failure(failure_code::deadline_exceeded, "The store could not be recalled within " +
                                                           std::to_string(limits::store_recall_ms) +
                                                           " ms; planguild goes on without it."));
}

bool recall::answered() {
  const std::lock_guard lock(mutex_);
  return !done_;
}

store_queue::store_queue(std::string directory, open_database database, std::shared_ptr<log_sink> log)
    : directory_(std::move(directory)), log_(std::move(log)), database_(std::move(database)) {}

void store_queue::load(std::shared_ptr<recall> waiting) {
  const std::lock_guard lock(mutex_);
  recalls_.push_back(std::move(waiting));
  changed_.notify_all();
}

void store_queue::save(store_update update) {
  bool first_drop = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || !memory_only_.empty()) return;
    keep_newest(samples_, std::exchange(update.samples, {}));
    if (update == store_update{}) {
      changed_.notify_all();
      return;
    }
    if (updates_.size() >= limits::store_queue_max) {
      updates_.pop_front();
      first_drop = dropped_++ == 0;
    }
    updates_.push_back(std::move(update));
    changed_.notify_all();
  }
  if (first_drop) {
    say(log_level::warning, "The store does not keep up: the oldest updates are dropped.",
        "more than " + std::to_string(limits::store_queue_max) + " updates wait");
  }
}

std::string store_queue::memory_only() const {
  const std::lock_guard lock(mutex_);
  return memory_only_;
}

bool store_queue::flush(time_point deadline) {
  std::unique_lock lock(mutex_);
  if (is_idle() && !writing_) return true;
  failing_ = false;  // tried again now
  urgent_ = true;
  changed_.notify_all();
  changed_.wait_until(lock, deadline, [this] { return finished_ || failing_ || (is_idle() && !writing_); });
  return is_idle() && !writing_ && memory_only_.empty();
}

void store_queue::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  changed_.notify_all();
}

bool store_queue::wait_finished(time_point deadline) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, deadline, [this] { return finished_; });
}

void store_queue::run() {
  for (bool last = false; !last;) {
    work now = next_work();
    for (const auto& waiting : now.recalls) answer(*waiting);
    if (!now.updates.empty()) commit(std::move(now.updates));
    last = now.last;
  }
  database_.database.reset();
  std::uint64_t lost = 0;
  {
    const std::lock_guard lock(mutex_);
    lost = dropped_ + updates_.size();
  }
  if (lost > 0) say(log_level::error, "Updates were lost.", std::to_string(lost) + " updates never reached the disk");
  const std::lock_guard lock(mutex_);
  finished_ = true;
  changed_.notify_all();
}

bool store_queue::is_idle() const {
  return updates_.empty() && samples_ == samples{};
}

/// Waits for something to do: recalls first, then everything that is queued as one batch; idle, it sleeps without end.
store_queue::work store_queue::next_work() {
  std::unique_lock lock(mutex_);
  const auto something = [this] { return stopping_ || urgent_ || !recalls_.empty() || (!is_idle() && !failing_); };
  if (failing_) {
    changed_.wait_until(lock, retry_, something);
  } else {
    changed_.wait(lock, something);
  }
  work now;
  now.recalls.swap(recalls_);
  now.last = stopping_;
  const bool due = !failing_ || urgent_ || stopping_ || std::chrono::steady_clock::now() >= retry_;
  if (!due) return now;
  urgent_ = false;
  now.updates.assign(std::make_move_iterator(updates_.begin()), std::make_move_iterator(updates_.end()));
  updates_.clear();
  if (samples_ != samples{}) {
    now.updates.emplace_back();
    now.updates.back().samples = std::exchange(samples_, {});
  }
  writing_ = !now.updates.empty();
  return now;
}

void store_queue::answer(recall& waiting) {
  if (waiting.answered()) return;
  for (int attempt = 0; attempt < repairs_max && database_.database; ++attempt) {
    store_contents contents;
    const auto failed = database_.database->read(contents, limits::store_recall_ms);
    if (!failed) return waiting.answer(std::move(contents));
    if (failed->kind != database_problem::kind_of::corrupt) {
      return waiting.answer(make_failure(failure_code::internal, "The store could not be read: " + failed->reason));
    }
    repair(failed->reason);
  }
  waiting.answer(store_contents{});
}

void store_queue::commit(std::vector<store_update> updates) {
  using kind_of = database_problem::kind_of;
  for (int attempt = 0; attempt < repairs_max; ++attempt) {
    if (!database_.database) return finish(false);
    const auto failed = database_.database->write(updates);
    if (!failed) return finish(true);
    if (failed->kind == kind_of::corrupt && repair(failed->reason)) continue;
    if (failed->kind == kind_of::refused) {
      say(log_level::error, "Updates were refused by the database and are lost.", failed->reason);
      return finish(true);
    }
    if (!database_.database) return finish(false);
    return keep_for_later(std::move(updates), failed->reason);
  }
  give_up("the store is corrupt again after it was begun anew");
  finish(false);
}

void store_queue::finish(bool committed) {
  if (committed) said_ = false;
  const std::lock_guard lock(mutex_);
  writing_ = false;
  if (committed) failing_ = false;
  changed_.notify_all();
}

/// Puts the batch back in front of what came meanwhile. Tried again later: a disk may have room again, a lock be
/// released.
void store_queue::keep_for_later(std::vector<store_update> updates, const std::string& reason) {
  // Said before anybody who waits is told, so that a host which asks finds the reason in the log.
  if (!std::exchange(said_, true)) {
    say(log_level::warning, "The store cannot be written; what is new is kept in memory meanwhile.", reason);
  }
  const std::lock_guard lock(mutex_);
  failing_ = true;
  retry_ = std::chrono::steady_clock::now() + retry_pause;
  writing_ = false;
  if (updates.back().samples != samples{}) {
    auto newer = std::exchange(samples_, std::move(updates.back().samples));
    keep_newest(samples_, std::move(newer));
    updates.pop_back();
  }
  updates_.insert(updates_.begin(), std::make_move_iterator(updates.begin()), std::make_move_iterator(updates.end()));
  while (updates_.size() > limits::store_queue_max) {
    updates_.pop_front();
    ++dropped_;
  }
  changed_.notify_all();
}

/// Begins a new file in the place of a corrupt one; false if that cannot be done (then memory only).
bool store_queue::repair(const std::string& reason) {
  database_.reason = reason;
  database_ = replace_damaged(directory_, std::move(database_), log_.get());
  if (database_.database) return true;
  give_up(database_.reason);
  return false;
}

void store_queue::give_up(const std::string& reason) {
  database_.database.reset();
  {
    const std::lock_guard lock(mutex_);
    memory_only_ = reason;
    dropped_ += updates_.size();
    updates_.clear();
    samples_ = {};
  }
  say(log_level::error, "Nothing is kept on disk any more: the store cannot be used.", reason);
}

void store_queue::say(log_level level, std::string_view message, const std::string& reason) {
  if (log_) log_->log(level, "store", message, {{"directory", directory_}, {"reason", reason}});
}

}  // namespace planguild
