// Builtin planners as if they were processes. See the header.
#include "app/host/system/builtin_runner.hpp"

#include <atomic>
#include <chrono>
#include <iterator>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "app/host/system/builtin_instance.hpp"
#include "app/host/system/process_child.hpp"
#include "messages/limits.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

// Ids of builtins have this bit; the next runner's counts up from 1 and never reaches it.
constexpr std::uint64_t builtin_bit = std::uint64_t{1} << 63U;

void report_start_failure(const process_sink& sink, std::string reason) {
  process_event event;
  event.kind = process_event_kind::exited;
  event.start_error = std::move(reason);
  deliver(sink, std::move(event));
}

class threaded_builtin_runner final : public builtin_process_runner {
 public:
  threaded_builtin_runner(const std::vector<builtin_registration>& registrations, std::shared_ptr<process_runner> next)
      : next_(std::move(next)) {
    for (const builtin_registration& registration : registrations) {
      // The first of a name counts, as everywhere.
      registrations_.try_emplace(text::normalised(registration.manifest.name),
                                 std::make_shared<const builtin_registration>(registration));
    }
  }
  threaded_builtin_runner(const threaded_builtin_runner&) = delete;
  threaded_builtin_runner& operator=(const threaded_builtin_runner&) = delete;

  ~threaded_builtin_runner() override {
    for (auto& [id, live] : live_) live.instance->kill();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(limits::cancel_grace_ms);
    for (auto& [id, live] : live_) {
      const bool own_thread = live.thread.get_id() == std::this_thread::get_id();
      if (!own_thread && live.instance->wait_finished(deadline)) {
        live.thread.join();
      } else {
        live.thread.detach();
      }
    }
  }

  std::uint64_t start(process_command command, process_sink sink) override {
    if (command.kind != entry_kind::builtin && next_) return next_->start(std::move(command), std::move(sink));
    const auto found = registrations_.find(text::normalised(command.planner));
    if (command.kind != entry_kind::builtin || found == registrations_.end()) {
      report_start_failure(sink, command.kind == entry_kind::builtin
                                     ? "no builtin planner is registered under the name " + command.planner
                                     : "this runtime starts no command planners");
      return next_id();
    }
    auto instance = std::make_shared<builtin_instance>(found->second, sink, abandoned_);
    std::thread thread;
    try {
      thread = std::thread([instance] { instance->run(); });
    } catch (const std::system_error& problem) {
      report_start_failure(sink, std::string("no thread for a builtin planner: ") + problem.what());
      return next_id();
    }
    const std::uint64_t id = next_id();
    const std::lock_guard lock(mutex_);
    join_finished();
    live_.emplace(id, live_instance{std::move(instance), std::move(thread)});
    return id;
  }

  void send_line(std::uint64_t id, std::string line) override {
    if (const auto instance = find(id)) return instance->send_line(std::move(line));
    if ((id & builtin_bit) == 0 && next_) next_->send_line(id, std::move(line));
  }

  void kill(std::uint64_t id) override {
    if (const auto instance = find(id)) return instance->kill();
    if ((id & builtin_bit) == 0 && next_) next_->kill(id);
  }

  std::uint64_t abandoned() const override { return abandoned_->load(); }

 private:
  struct live_instance {
    std::shared_ptr<builtin_instance> instance;
    std::thread thread;
  };

  std::uint64_t next_id() { return builtin_bit | last_id_.fetch_add(1); }

  std::shared_ptr<builtin_instance> find(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    const auto found = live_.find(id);
    return found == live_.end() ? nullptr : found->second.instance;
  }

  /// Forgets the threads that are over, so that their number is bounded by the live and the abandoned ones. With the
  /// lock held.
  void join_finished() {
    for (auto entry = live_.begin(); entry != live_.end();) {
      live_instance& live = entry->second;
      const bool over = live.thread.get_id() != std::this_thread::get_id() && live.instance->finished();
      if (over) live.thread.join();
      entry = over ? live_.erase(entry) : std::next(entry);
    }
  }

  const std::shared_ptr<process_runner> next_;
  std::map<std::string, std::shared_ptr<const builtin_registration>> registrations_;
  const std::shared_ptr<std::atomic<std::uint64_t>> abandoned_ = std::make_shared<std::atomic<std::uint64_t>>(0);
  std::atomic<std::uint64_t> last_id_{1};
  std::mutex
      mutex_;  // guards the table of live instances, which actors on different threads look into; held for moments
  std::map<std::uint64_t, live_instance> live_;
};

}  // namespace

std::shared_ptr<builtin_process_runner> make_builtin_runner(const std::vector<builtin_registration>& registrations,
                                                            std::shared_ptr<process_runner> next) {
  return std::make_shared<threaded_builtin_runner>(registrations, std::move(next));
}

}  // namespace planguild
