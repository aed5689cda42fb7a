// Clients of a stress that are threads of the host: with a selector and blocking calls, or with a completion queue.
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>
#include <utility>

#include "app/host/completion_queue.hpp"
#include "benchmarks/stress.hpp"

namespace planguild::bench {

// -- what clients share
// ----------------------------------------------------------------------------------------------------------

void stress_scene::add(const request_ledger& of) {
  const std::lock_guard guard{lock_};
  for (std::size_t what = 0; what < operation_count; ++what) {
    totals_.answers[what] += of.answers()[what];
    totals_.successes[what] += of.successes()[what];
  }
}

client_totals stress_scene::totals() const {
  const std::lock_guard guard{lock_};
  return totals_;
}

client_kit::client_kit(stress_scene& of, const std::string& client, std::uint64_t number)
    : scene(of), random(of.seed * 1'000'003 + number), ledger(client + " " + std::to_string(number), of.breaches) {}

plan_request client_kit::any_plan() {
  plan_request request;
  request.request = scene.requests[any_request()];
  if (!scene.plans_choose || one_in(2)) {
    request.planner = any_planner();
  } else {
    request.fallback = below(3);
  }
  request.timeout_ms = std::max<std::int64_t>(hurried_ms(), 1);
  return request;
}

void client_kit::judge(std::size_t request, const outcome<selection>& answer, const planner_board::moment& sent) {
  if (!answer) {
    return;
  }
  scene.book.check(answer_path::message, answer->snapshot_version, request, answer->best, answer->score,
                   answer->candidates_considered);
  scene.board.check_used(answer->best, sent, "chosen");
  auto newest = scene.newest_version.load(std::memory_order_relaxed);
  while (newest < answer->snapshot_version &&
         !scene.newest_version.compare_exchange_weak(newest, answer->snapshot_version, std::memory_order_relaxed)) {
  }
}

void client_kit::judge(const planner_board::moment& sent, const std::string& planner, std::uint64_t generation) {
  scene.board.check_used(planner, sent, "acquired");
  scene.board.check_generation(planner, sent, generation);
}

void client_kit::judge(const outcome<plan_reply>& answer, const planner_board::moment& sent) {
  if (answer) {
    scene.board.check_used(answer->instance.name, sent, "made to plan");
  }
}

namespace {

class thread_client : public stress_client {
 public:
  bool is_done() const override { return done_; }
  void end() override { thread_.join(); }

 protected:
  void start(std::function<void()> run) {
    thread_ = std::thread{[this, run = std::move(run)] {
      run();
      done_ = true;
    }};
  }

 private:
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

// -- a selector and blocking calls
// ----------------------------------------------------------------------------------------------------------

class host_thread final : public thread_client {
 public:
  host_thread(stress_scene& scene, std::uint64_t number) : kit_(scene, "host thread", number) {
    start([this] { run(); });
  }

 private:
  struct known_answer {
    std::uint64_t version = 0;
    std::string best;
    double score = 0;
    std::uint64_t candidates = 0;
  };

  void run() {
    {
      auto made = kit_.scene.guild->make_selector();
      kit_.ledger.called(operation::look, made.error, kit_.now());
      std::vector<selector::prepared> prepared;
      for (const auto& request : kit_.scene.requests) {
        if (made) {
          prepared.push_back(std::move(*made->prepare(request).value));
        }
      }
      known_.resize(prepared.size());
      while (made && !kit_.scene.quit) {
        turn(*made, prepared);
      }
    }
    kit_.ledger.close();
    kit_.scene.add(kit_.ledger);
  }

  void turn(selector& selecting, std::vector<selector::prepared>& prepared) {
    for (int left = 2'000; left > 0; --left) {
      const auto request = kit_.any_request();
      const auto answer =
          kit_.one_in(8) ? selecting.select(kit_.scene.requests[request]) : selecting.select(prepared[request]);
      kit_.ledger.called(operation::select_here, answer.error, kit_.now());
      if (answer) {
        compare(request, *answer);
      }
    }
    explain(selecting);
    const auto batch = selecting.batch_select(kit_.scene.requests[kit_.any_request()], 3);
    kit_.ledger.called(operation::batch_select, batch.error, kit_.now());
    call();
  }

  void compare(std::size_t request, const choice& answer) {
    auto& known = known_[request];
    const bool is_known = known.version == answer.snapshot_version;
    if (is_known && (known.best != answer.best || known.score != answer.score ||
                     known.candidates != answer.candidates_considered)) {
      kit_.scene.breaches.add("A selector answered request " + std::to_string(request) + " on snapshot " +
                              std::to_string(answer.snapshot_version) + " with " + known.best + " and with " +
                              std::string{answer.best});
    }
    if (!is_known) {
      if (answer.snapshot_version < known.version) {
        kit_.scene.breaches.add("A selector went back from snapshot " + std::to_string(known.version) + " to " +
                                std::to_string(answer.snapshot_version));
      }
      known = {answer.snapshot_version, std::string{answer.best}, answer.score, answer.candidates_considered};
    }
    if (!is_known || kit_.one_in(64)) {
      kit_.scene.book.check(answer_path::selector, answer.snapshot_version, request, answer.best, answer.score,
                            answer.candidates_considered);
    }
  }

  void explain(selector& selecting) {
    const auto request = kit_.any_request();
    auto explained = kit_.scene.requests[request];
    explained.explain = true;
    const auto answer = selecting.explain(explained);
    kit_.ledger.called(operation::explain, answer.error, kit_.now());
    if (answer) {
      kit_.scene.book.check(answer_path::selector, answer->snapshot_version, request, answer->best, answer->score,
                            answer->candidates_considered);
    }
  }

  void call() {
    auto& guild = *kit_.scene.guild;
    const auto sent = kit_.scene.board.now();
    switch (kit_.below(4)) {
      case 0: {
        const auto request = kit_.any_request();
        const auto answer = guild.select(kit_.scene.requests[request]);
        kit_.ledger.called(operation::select, answer.error, kit_.now());
        kit_.judge(request, answer, sent);
        break;
      }
      case 1: {
        const auto answer = guild.acquire({kit_.any_planner(), kit_.hurried_ms(), 0, {}});
        kit_.ledger.called(operation::acquire, answer.error, kit_.now(true));
        if (answer) {
          kit_.judge(sent, answer->name, answer->generation);
        }
        break;
      }
      case 2: {
        const auto answer = guild.plan(kit_.any_plan());
        kit_.ledger.called(operation::plan, answer.error, kit_.now(true));
        kit_.judge(answer, sent);
        break;
      }
      default:
        break;
    }
  }

  client_kit kit_;
  std::vector<known_answer> known_;
};

// -- a completion queue
// ----------------------------------------------------------------------------------------------------------

class queue_thread final : public thread_client {
 public:
  queue_thread(stress_scene& scene, std::uint64_t number) : kit_(scene, "completion queue", number) {
    start([this] { run(); });
  }

 private:
  static constexpr std::size_t window = 32;

  void run() {
    {
      completion_queue queue{*kit_.scene.guild};
      while (!kit_.scene.quit || queue.in_flight() > 0) {
        while (!kit_.scene.quit && queue.in_flight() < window) {
          ask(queue);
        }
        pollfd watched{queue.fd(), POLLIN, 0};
        (void)::poll(&watched, 1, 10);
        queue.drain(256, std::chrono::seconds{1});
      }
    }
    kit_.ledger.close();
    kit_.scene.add(kit_.ledger);
  }

  template <class Request, class Judge>
  void submit(completion_queue& queue, operation what, Request request, std::int64_t timeout_ms, bool may_cancel,
              Judge judge) {
    const auto number = kit_.ledger.sent(what);
    const bool hurried = timeout_ms < patient_ms;
    const bool cancel = may_cancel && kit_.one_in(4);
    const auto ticket =
        queue.submit(std::move(request), std::chrono::milliseconds{timeout_ms},
                     completion_queue::callback<Request>{[this, number, hurried, cancel, judge](const auto& answer) {
                       kit_.ledger.answered(number, answer.error, kit_.now(hurried, cancel));
                       judge(answer);
                     }});
    if (!ticket) {
      kit_.scene.breaches.add("A completion queue with room refused a request: " + ticket.error->message);
      kit_.ledger.refused(number);
      return;
    }
    if (cancel) {
      (void)queue.cancel(*ticket);
    }
  }

  void ask(completion_queue& queue) {
    const auto sent = kit_.scene.board.now();
    switch (kit_.below(8)) {
      case 0:
      case 1:
      case 2: {
        const auto request = kit_.any_request();
        submit(queue, operation::select, kit_.scene.requests[request], patient_ms, false,
               [this, request, sent](const auto& answer) { kit_.judge(request, answer, sent); });
        break;
      }
      case 3:
        submit(queue, operation::batch_select, batch_select_request{kit_.scene.requests[kit_.any_request()], 3},
               patient_ms, false, [](const auto&) {});
        break;
      case 4: {
        const auto timeout_ms = kit_.hurried_ms();
        submit(queue, operation::acquire, acquire_request{kit_.any_planner(), timeout_ms, 0, {}}, timeout_ms, true,
               [this, sent](const auto& answer) {
                 if (answer) {
                   kit_.judge(sent, answer->name, answer->generation);
                 }
               });
        break;
      }
      case 5:
      case 6: {
        auto request = kit_.any_plan();
        const auto timeout_ms = request.timeout_ms;
        submit(queue, operation::plan, std::move(request), timeout_ms, true,
               [this, sent](const auto& answer) { kit_.judge(answer, sent); });
        break;
      }
      default:
        submit(queue, operation::look, stats_request{}, patient_ms, false, [](const auto&) {});
        break;
    }
  }

  client_kit kit_;
};

}  // namespace

std::unique_ptr<stress_client> start_host_thread(stress_scene& scene, std::uint64_t number) {
  return std::make_unique<host_thread>(scene, number);
}

std::unique_ptr<stress_client> start_queue_thread(stress_scene& scene, std::uint64_t number) {
  return std::make_unique<queue_thread>(scene, number);
}

}  // namespace planguild::bench
