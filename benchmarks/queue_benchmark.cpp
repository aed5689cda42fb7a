// Question: what does the completion queue cost over the bare minimum, a locked queue and an eventfd between two
// threads, and does an idle runtime with a queue sleep?
// Sends requests in turn through (a) two locked queues with an eventfd each and one thread that answers, and (b) a
// completion queue with `stats` requests: one at a time, then 64 in flight. Prints medians and their ratios. Then does
// nothing for some seconds and counts how often any thread woke; fails unless that is never. `--smoke`: a few rounds.
#include <dirent.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "app/host/completion_queue.hpp"
#include "app/host/runtime.hpp"
#include "app/host/system/system.hpp"

namespace {

using namespace planguild;  // NOLINT(google-build-using-namespace)
using clock_type = std::chrono::steady_clock;

void wait_for(int descriptor) {
  pollfd watched{descriptor, POLLIN, 0};
  ::poll(&watched, 1, -1);
}

/// A locked queue whose descriptor is readable while something is in it; one thread puts, one takes.
class bare_queue {
 public:
  ~bare_queue() { ::close(descriptor_); }
  void put(std::uint64_t value) {
    const std::lock_guard lock{mutex_};
    values_.push_back(value);
    if (values_.size() == 1) {
      const std::uint64_t one = 1;
      if (::write(descriptor_, &one, sizeof one) != sizeof one) std::abort();
    }
  }
  /// Waits until there is something, and takes all of it.
  std::deque<std::uint64_t> take() {
    wait_for(descriptor_);
    const std::lock_guard lock{mutex_};
    std::uint64_t count = 0;
    if (::read(descriptor_, &count, sizeof count) != sizeof count) std::abort();
    return std::exchange(values_, {});
  }

 private:
  const int descriptor_ = ::eventfd(0, EFD_CLOEXEC);
  std::mutex mutex_;
  std::deque<std::uint64_t> values_;
};

/// Answers every number with itself, on a thread of its own; 0 ends it.
class bare_pair {
 public:
  bare_pair() {
    answering_ = std::thread{[this] {
      for (bool running = true; running;) {
        for (const auto value : requests_.take()) {
          running = running && value != 0;
          answers_.put(value);
        }
      }
    }};
  }
  ~bare_pair() {
    requests_.put(0);
    answering_.join();
  }

  double microseconds_each(int requests, int window) {
    const auto begun = clock_type::now();
    int sent = 0;
    for (; sent < window; ++sent) requests_.put(1);
    for (int done = 0; done < requests;) {
      for (const auto value : answers_.take()) {
        if (++done; sent < requests) {
          requests_.put(value);
          ++sent;
        }
      }
    }
    return std::chrono::duration<double, std::micro>(clock_type::now() - begun).count() / requests;
  }

 private:
  bare_queue requests_;
  bare_queue answers_;
  std::thread answering_;
};

/// The same through a completion queue.
double microseconds_each(completion_queue& queue, int requests, int window) {
  const auto begun = clock_type::now();
  int sent = 0;
  int done = 0;
  std::function<void(const outcome<stats_report>&)> answered;
  const auto send = [&] {
    ++sent;
    if (!queue.submit(stats_request{}, std::chrono::seconds{60}, answered)) std::abort();
  };
  answered = [&](const outcome<stats_report>& answer) {
    if (!answer) std::abort();
    if (++done; sent < requests) send();
  };
  while (sent < window) send();
  while (done < requests) {
    wait_for(queue.fd());
    queue.drain(static_cast<std::size_t>(window), std::chrono::seconds{1});
  }
  return std::chrono::duration<double, std::micro>(clock_type::now() - begun).count() / requests;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void compare(bare_pair& bare, completion_queue& queue, int window, bool smoke) {
  const int requests = smoke ? 200 : 5'000;
  std::vector<double> bare_us;
  std::vector<double> queue_us;
  for (int round = 0; round < (smoke ? 3 : 15); ++round) {
    bare_us.push_back(bare.microseconds_each(requests, window));
    queue_us.push_back(microseconds_each(queue, requests, window));
  }
  const auto bare_each = median(bare_us);
  const auto queue_each = median(queue_us);
  if (window == 1) {
    std::printf("round trip:            bare %8.1f us, completion queue %8.1f us: ratio %.2f\n", bare_each, queue_each,
                queue_each / bare_each);
  } else {
    std::printf("%d in flight, per s:   bare %8.0f,    completion queue %8.0f:    ratio %.2f\n", window,
                1e6 / bare_each, 1e6 / queue_each, bare_each / queue_each);
  }
}

/// How often each thread of this process, save the calling one, has gone to sleep or was put aside so far.
std::map<std::string, std::uint64_t> switches() {
  std::map<std::string, std::uint64_t> found;
  DIR* directory = ::opendir("/proc/self/task");
  if (directory == nullptr) return found;
  while (const dirent* entry = ::readdir(directory)) {
    const std::string task = entry->d_name;
    if (task.starts_with(".") || task == std::to_string(::gettid())) continue;
    std::ifstream status("/proc/self/task/" + task + "/status");
    for (std::string line; std::getline(status, line);) {
      const auto at = line.find("ctxt_switches:");
      if (at != std::string::npos) found[task] += std::stoull(line.substr(at + 14));
    }
  }
  ::closedir(directory);
  return found;
}

/// Waits on the queue's descriptor alone. True if nobody woke.
bool sleeps_when_idle(const completion_queue& queue, int idle_ms) {
  pollfd watched{queue.fd(), POLLIN, 0};
  ::poll(&watched, 1, 500);  // what the work before has left behind settles
  const auto before = switches();
  const bool woken = ::poll(&watched, 1, idle_ms) != 0;
  std::uint64_t count = woken ? 1 : 0;
  for (const auto& [task, now] : switches()) {
    const auto known = before.find(task);
    count += now - (known != before.end() ? known->second : 0);
  }
  std::printf("idle for %.1f s:        %llu wake-ups of %zu threads\n", idle_ms / 1e3,
              static_cast<unsigned long long>(count), before.size() + 1);
  return count == 0;
}

}  // namespace

int main(int argument_count, char** arguments) {
  const bool smoke = argument_count > 1 && std::string{arguments[1]} == "--smoke";
  caf::actor_system_config configuration;
  prepare(configuration);
  caf::actor_system system{configuration};
  runtime_options options;
  options.outside = make_system_environment({}).outside;
  runtime guild{system, options};
  completion_queue queue{guild};
  {
    bare_pair bare;
    for (const int window : {1, 64}) compare(bare, queue, window, smoke);
  }
  return sleeps_when_idle(queue, smoke ? 1'000 : 5'000) ? 0 : 1;
}
