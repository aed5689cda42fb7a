// Question: what does the completion queue cost over the bare minimum, a locked queue and an eventfd between two
// threads, and does an idle runtime with a queue sleep?
// Sends requests in turn through (a) two locked queues with an eventfd each and one thread that answers, and (b) a
// completion queue with `stats` requests: one at a time, then several in flight. Medians and their ratios. Then does
// nothing for some seconds and counts how often any thread woke: that must be never. Main thread.
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/host/completion_queue.hpp"
#include "app/host/runtime.hpp"
#include "app/host/system/system.hpp"
#include "benchmarks/measure.hpp"

namespace planguild::bench {
namespace {

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

  /// Sends `requests`, at most `window` at a time, and takes their answers.
  void exchange(int requests, int window) {
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
  }

 private:
  bare_queue requests_;
  bare_queue answers_;
  std::thread answering_;
};

/// The same through a completion queue.
void exchange(completion_queue& queue, int requests, int window) {
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
}

/// One row for each way; returns how many times the completion queue's time is that of the bare pair.
double compare(bare_pair& bare, completion_queue& queue, int window, const options& wanted, table& into) {
  const int requests = wanted.smoke ? 200 : 5'000;
  std::vector<double> bare_s;
  std::vector<double> queue_s;
  for (int round = 0; round < rounds_of(wanted, 15); ++round) {
    bare_s.push_back(seconds_of([&] { bare.exchange(requests, window); }) / requests);
    queue_s.push_back(seconds_of([&] { exchange(queue, requests, window); }) / requests);
  }
  const double ratio = median(queue_s) / median(bare_s);
  into.rows.push_back({"locked queues and eventfds", count_cell(window), duration_cell(median(bare_s)),
                       count_cell(1 / median(bare_s)), ""});
  into.rows.push_back({"completion queue", count_cell(window), duration_cell(median(queue_s)),
                       count_cell(1 / median(queue_s)), ratio_cell(ratio)});
  return ratio;
}

/// Waits on the queue's descriptor alone.
void look_whether_it_sleeps(const completion_queue& queue, const options& wanted, report& into) {
  const double seconds = wanted.seconds > 0 ? wanted.seconds : (wanted.smoke ? 0.5 : 5.0);
  pollfd watched{queue.fd(), POLLIN, 0};
  ::poll(&watched, 1, 500);  // what the work before has left behind settles
  const auto before = threads_of_this_process();
  const bool woken = ::poll(&watched, 1, static_cast<int>(seconds * 1'000)) != 0;
  const auto count = wake_ups_between(before, threads_of_this_process()) + (woken ? 1 : 0);
  table shown;
  shown.title = "An idle host with a completion queue";
  shown.columns = {"for", "threads", "wake-ups"};
  shown.rows = {
      {duration_cell(seconds), count_cell(static_cast<double>(before.size())), count_cell(static_cast<double>(count))}};
  into.tables.push_back(std::move(shown));
  if (count != 0) {
    into.breaches.push_back("queue: an idle runtime with a completion queue woke " + std::to_string(count) + " times");
  }
}

}  // namespace

void run_queue(const options& wanted, report& into) {
  caf::actor_system_config configuration;
  prepare(configuration);
  caf::actor_system system{configuration};
  system_options outside;
  outside.least_level = log_level::error;  // that there is no planner is known here
  runtime_options settings;
  settings.outside = make_system_environment(outside).outside;
  runtime guild{system, settings};
  completion_queue queue{guild};
  table shown;
  shown.title = "Requests and answers between two threads (`stats`; " + medians_of(rounds_of(wanted, 15)) + ")";
  shown.columns = {"way", "in flight", "time each", "per second", "over the locked queues"};
  shown.charts = {{"Throughput by requests in flight", 0, 1, 3, "requests in flight", "answers per second"}};
  {
    bare_pair bare;
    double first = 0;
    double last = 0;
    for (const int window : wanted.smoke ? std::vector<int>{1, 64} : std::vector<int>{1, 8, 64}) {
      say(wanted, "queue: " + std::to_string(window) + " in flight");
      last = compare(bare, queue, window, wanted, shown);
      if (window == 1) first = last;
    }
    into.findings.push_back(
        "A round trip through the completion queue takes " + ratio_cell(first).text +
        " the time of one through locked queues and eventfds; with 64 in flight each answer takes " +
        ratio_cell(last).text + ", because the registry makes every report.");
  }
  into.tables.push_back(std::move(shown));
  look_whether_it_sleeps(queue, wanted, into);
}

}  // namespace planguild::bench
