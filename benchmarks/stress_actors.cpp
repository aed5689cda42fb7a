// Clients of a stress that are actors: they talk to the registry and to planners by message, many at once, keep handles
// until these are stale, and cancel. Each runs on the scheduler; what the main thread sees of it are two flags.
#include <chrono>
#include <map>
#include <thread>
#include <utility>

#include "benchmarks/stress.hpp"
#include "messages/type_ids.hpp"

namespace planguild::bench {
namespace {

/// What the main thread sees. Any thread.
struct actor_flags {
  std::atomic<bool> done = false;
  std::atomic<bool> gone = false;
};

/// The one message, taken for want of one of its own: begin.
using stress_actor = compat::actor_of<ack(planning_timer)>;

class stress_actor_state : public compat::state<stress_actor> {
 public:
  static constexpr const char* name = "planguild.bench.stress";

  stress_actor_state(self_pointer self, stress_scene* scene, std::uint64_t number, std::shared_ptr<actor_flags> flags)
      : self_(self), kit_(*scene, "actor", number), flags_(std::move(flags)) {}
  ~stress_actor_state() {
    kit_.ledger.close();
    kit_.scene.add(kit_.ledger);
    flags_->gone = true;
  }

  behavior_type make_behavior() {
    return {[this](const planning_timer&) -> caf::result<ack> {
      go_on();
      return ack{};
    }};
  }

 private:
  static constexpr std::size_t window = 16;

  void go_on() {
    while (!kit_.scene.quit && kit_.ledger.open() < window) {
      ask_something();
    }
    if (kit_.scene.quit && kit_.ledger.open() == 0) {
      flags_->done = true;
    }
  }

  /// Sends; the answer, or that the receiver is gone, is judged and followed by the next request.
  template <class Reply, class Handle, class Request, class Judge>
  void send(operation what, const Handle& to, Request request, bool hurried, bool cancelled, Judge judge) {
    const auto number = kit_.ledger.sent(what);
    compat::ask(
        self_, to, std::move(request),
        [this, number, hurried, cancelled, judge](const outcome<Reply>& answer) {
          kit_.ledger.answered(number, answer.error, kit_.now(hurried, cancelled));
          judge(answer);
          go_on();
        },
        [this, number](const caf::error&) {
          const failure gone{failure_code::stopping, "the receiver is gone", {}, {}};
          kit_.ledger.answered(number, gone, kit_.now());
          go_on();
        });
  }

  void ask_something() {
    const auto what = kit_.below(16);
    if (what < 8) {
      select();
    } else if (what < 9) {
      select_many();
    } else if (what < 12) {
      acquire();
    } else {
      run();
    }
  }

  void select() {
    const auto request = kit_.any_request();
    send<selection>(
        operation::select, kit_.scene.guild->registry(), kit_.scene.requests[request], false, false,
        [this, request, sent = kit_.scene.board.now()](const auto& answer) { kit_.judge(request, answer, sent); });
  }

  void select_many() {
    struct select_many many;
    std::vector<std::size_t> requests;
    for (auto left = kit_.below(20); left > 0; --left) {
      requests.push_back(kit_.any_request());
      many.requests.push_back(kit_.scene.requests[requests.back()]);
    }
    send<many_selections>(operation::select_many, kit_.scene.guild->registry(), std::move(many), false, false,
                          [this, requests, sent = kit_.scene.board.now()](const auto& answer) {
                            if (answer) {
                              judge_many(requests, *answer, sent);
                            }
                          });
  }

  void judge_many(const std::vector<std::size_t>& requests, const many_selections& many,
                  const planner_board::moment& sent) {
    if (many.answers.size() != requests.size()) {
      kit_.scene.breaches.add("A message of " + std::to_string(requests.size()) + " selections was answered with " +
                              std::to_string(many.answers.size()));
      return;
    }
    for (std::size_t at = 0; at < requests.size(); ++at) {
      kit_.ledger.called(operation::select, many.answers[at].error, kit_.now());
      kit_.judge(requests[at], many.answers[at], sent);
    }
  }

  void acquire() {
    const auto planner = kit_.any_planner();
    const auto ticket = kit_.random() | 1;
    const bool cancelled = kit_.one_in(6);
    struct acquire request {
      planner, kit_.hurried_ms(), ticket, {}
    };
    send<planner_handle>(operation::acquire, kit_.scene.guild->registry(), std::move(request), true, cancelled,
                         [this, sent = kit_.scene.board.now()](const auto& answer) {
                           if (answer) {
                             kit_.judge(sent, answer->name, answer->generation);
                             // An older handle stays sometimes, so that stale ones are tried as well.
                             if (kit_.one_in(2) || !handles_.contains(answer->name)) {
                               handles_[answer->name] = *answer;
                             }
                           }
                         });
    if (cancelled) {
      compat::tell(kit_.scene.guild->registry(), cancel_work{ticket});
    }
  }

  void run() {
    const auto known = handles_.find(kit_.any_planner());
    if (known == handles_.end()) {
      acquire();
      return;
    }
    const auto& handle = known->second;
    const bool cancelled = kit_.one_in(6);
    run_plan work;
    work.generation = handle.generation;
    work.objective = "Make it better";
    work.timeout_ms = kit_.hurried_ms();
    work.ticket = kit_.random() | 1;
    send<plan_result>(operation::run_plan, handle.address, work, true, cancelled,
                      [this, planner = handle.name, generation = handle.generation,
                       sent = kit_.scene.board.now()](const auto& answer) {
                        if (answer) {
                          kit_.scene.board.check_used(planner, sent, "made to plan");
                          kit_.scene.board.check_plan(planner, sent, generation, answer->instance.generation);
                        } else if (answer.error->code == failure_code::stale_handle) {
                          handles_.erase(planner);
                        }
                      });
    if (cancelled) {
      compat::tell(handle.address, cancel_work{work.ticket});
    }
  }

  self_pointer self_;
  client_kit kit_;
  std::shared_ptr<actor_flags> flags_;
  std::map<std::string, planner_handle> handles_;
};

class actor_client final : public stress_client {
 public:
  actor_client(stress_scene& scene, std::uint64_t number)
      : scene_(scene), actor_(compat::spawn<stress_actor_state>(scene.guild->system(), &scene, number, flags_)) {
    compat::tell(actor_, planning_timer{});
  }

  bool is_done() const override { return flags_->done; }

  void end() override {
    compat::end(actor_);
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (!flags_->gone && std::chrono::steady_clock::now() < give_up) {
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    if (!flags_->gone) {
      scene_.breaches.add("A client actor did not end");
    }
    actor_ = stress_actor{};
  }

 private:
  stress_scene& scene_;
  const std::shared_ptr<actor_flags> flags_ = std::make_shared<actor_flags>();
  stress_actor actor_;
};

}  // namespace

std::unique_ptr<stress_client> start_actor(stress_scene& scene, std::uint64_t number) {
  return std::make_unique<actor_client>(scene, number);
}

}  // namespace planguild::bench
