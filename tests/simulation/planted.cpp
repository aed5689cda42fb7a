// Planted faults: see the header.
#include "tests/simulation/planted.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "messages/type_ids.hpp"

namespace planguild::simulation {
namespace {

template <class Interface>
class relay : public compat::state<Interface> {
 public:
  using typename compat::state<Interface>::self_pointer;
  relay(self_pointer self, Interface inner) : self_(self), inner_(std::move(inner)) {}
  ~relay() { compat::end(inner_); }
  relay(const relay&) = delete;
  relay& operator=(const relay&) = delete;

 protected:
  template <class Reply, class Request>
  void pass_on(const Request& request, std::function<void(Reply&)> seen = {}) {
    auto owed = std::make_shared<compat::promise<Reply>>(self_);
    compat::ask(
        self_, inner_, request,
        [owed, seen](Reply& reply) {
          if (seen) {
            seen(reply);
          }
          owed->deliver(std::move(reply));
        },
        [owed](const caf::error&) { *owed = compat::promise<Reply>{}; });
  }
  /// A handler that hands on and back.
  template <class Request, class Reply>
  auto hand_on() {
    return [this](const Request& request) -> caf::result<Reply> {
      pass_on<Reply>(request);
      return caf::delegated<Reply>{};
    };
  }

  self_pointer self_;
  Interface inner_;
};

class spoilt_instance final : public relay<instantiation_actor> {
 public:
  static constexpr const char* name = "spoilt_instance";
  spoilt_instance(self_pointer self, instantiation_actor inner, plant what)
      : relay(self, std::move(inner)), what_(what) {}

  behavior_type make_behavior() {
    return {
        hand_on<admit, admission_verdict>(),
        [this](const acquire_instance& request) -> caf::result<outcome<instance_info>> { return acquire(request); },
        [this](const run_plan& request) -> caf::result<outcome<plan_result>> {
          auto changed = request;
          if (what_ == plant::stale_handle_used) {
            changed.generation = std::max(changed.generation, generation_);
          }
          pass_on<outcome<plan_result>>(changed);
          return caf::delegated<outcome<plan_result>>{};
        },
        hand_on<cancel_work, ack>(),
        hand_on<replace_planner, ack>(),
        hand_on<reload_instance, ack>(),
        [this](const quarantine_instance& request) -> caf::result<ack> {
          if (what_ != plant::quarantine_missed) {
            pass_on<ack>(request);
            return caf::delegated<ack>{};
          }
          return ack{};
        },
        hand_on<reinstate_instance, ack>(),
        hand_on<stop_instance, instance_stopped>(),
        hand_on<process_news, ack>(),
        hand_on<instance_timer, ack>(),
    };
  }

 private:
  caf::result<outcome<instance_info>> acquire(const acquire_instance& request) {
    auto changed = request;
    if (what_ == plant::late_waiter) {
      changed.timeout_ms += 500;
    }
    ++waiting_;
    if (what_ == plant::lost_waiter && waiting_ == 2) {
      lost_.emplace_back(self_);
      return caf::delegated<outcome<instance_info>>{};
    }
    pass_on<outcome<instance_info>>(changed, [this](outcome<instance_info>& answer) {
      --waiting_;
      if (answer) {
        generation_ = std::max(generation_, answer->generation);
      }
    });
    return caf::delegated<outcome<instance_info>>{};
  }

  plant what_;
  std::uint64_t generation_ = 0;
  int waiting_ = 0;
  std::vector<compat::promise<outcome<instance_info>>> lost_;
};

class forgetful final : public relay<profiler_actor> {
 public:
  static constexpr const char* name = "forgetful_profiler";
  forgetful(self_pointer self, profiler_actor inner) : relay(self, std::move(inner)) {}

  behavior_type make_behavior() {
    return {
        [this](const samples& batch) -> caf::result<ack> {
          auto changed = batch;
          changed.dropped = 0;
          pass_on<ack>(changed);
          return caf::delegated<ack>{};
        },
        [this](const selection_batch& batch) -> caf::result<ack> {
          auto changed = batch;
          changed.dropped = 0;
          pass_on<ack>(changed);
          return caf::delegated<ack>{};
        },
        hand_on<profiles_request, profile_report>(),
        hand_on<all_profiles_request, profile_reports>(),
        hand_on<profile_limits, ack>(),
        hand_on<recalled_samples, ack>(),
        hand_on<save_samples, ack>(),
    };
  }
};

}  // namespace

std::optional<plant> plant_named(std::string_view name) {
  plant found = plant::none;
  return from_string(name, found) ? std::optional{found} : std::nullopt;
}

instantiation_actor spoil_instance(caf::actor_system& system, const instantiation_actor& inner, plant what) {
  return compat::spawn<spoilt_instance>(system, inner, what);
}

profiler_actor forgetful_profiler(caf::actor_system& system, const profiler_actor& inner) {
  return compat::spawn<forgetful>(system, inner);
}

}  // namespace planguild::simulation
