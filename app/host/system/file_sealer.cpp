// Copies on a thread of their own. See the header.
#include "app/host/system/file_sealer.hpp"

#include <algorithm>
#include <csignal>
#include <system_error>
#include <utility>

namespace planguild {

file_sealer::file_sealer(std::vector<std::string> places, bool for_other_users, on_sealed done)
    : places_(std::move(places)), for_other_users_(for_other_users), done_(std::move(done)) {}

file_sealer::~file_sealer() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    current_stop_.request_stop();
  }
  changed_.notify_one();
  thread_.join();
}

bool file_sealer::seal(std::string key, files_request request) {
  if (!thread_.joinable()) {
    try {
      thread_ = std::thread([this] { run(); });  // signals are blocked: the caller's thread has them blocked
    } catch (const std::system_error&) {
      return false;
    }
  }
  push({std::move(key), std::move(request), nullptr});
  return true;
}

void file_sealer::cancel(const std::string& key) {
  const std::lock_guard lock(mutex_);
  std::erase_if(jobs_, [&key](const job& waiting) { return !waiting.retired && waiting.key == key; });
  if (current_ == key) current_stop_.request_stop();
}

void file_sealer::retire(std::shared_ptr<const sealed_files> files) {
  if (!files) return;
  if (!thread_.joinable()) return;  // never: copies came from there. They go here and now
  push({{}, {}, std::move(files)});
}

void file_sealer::push(job next) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(next));
  }
  changed_.notify_one();
}

void file_sealer::run() {
  std::shared_ptr<copy_folder> folder;
  while (true) {
    job next;
    std::stop_token stop;
    {
      std::unique_lock lock(mutex_);
      current_.clear();
      changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      next = std::move(jobs_.front());
      jobs_.pop_front();
      if (next.retired || stopping_) continue;  // what is retired goes at the end of this turn, without the lock
      current_ = next.key;
      current_stop_ = std::stop_source();
      stop = current_stop_.get_token();
    }
    if (!folder || !folder->is_there()) folder = std::make_shared<copy_folder>(places_, for_other_users_);
    done_(std::move(next.key), seal_files(next.request, folder, stop));
  }
}

}  // namespace planguild
