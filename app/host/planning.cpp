// One planning conversation: see the header.
#include "app/host/planning.hpp"

#include <algorithm>
#include <utility>

#include "messages/limits.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

constexpr std::int64_t timer_slice_ms = 10'000;
constexpr int renewals_max = 3;  // of one attempt: who reloads more often than that is not waited for

/// Why the request's repository can serve no planner, so that none is blamed for it.
std::optional<failure> repository_problem(const std::string& path, file_source& files) {
  if (path.empty()) {
    return std::nullopt;
  }
  if (path.front() != '/') {
    return make_failure(failure_code::invalid_request, "The repository must be an absolute path.", {}, "repository");
  }
  const auto facts = files.stat(path);
  if (facts && facts->kind == file_kind::directory) {
    return std::nullopt;
  }
  const auto* const what = facts ? "The repository is no folder: give one." : "There is no such repository folder.";
  return make_failure(failure_code::invalid_request, what, {}, "repository");
}

}  // namespace

planning_state::planning_state(self_pointer self, registry_actor registry, environment outside,
                               std::int64_t default_timeout_ms)
    : self_(self),
      registry_(std::move(registry)),
      outside_(std::move(outside)),
      default_timeout_ms_(default_timeout_ms) {}

planning_state::behavior_type planning_state::make_behavior() {
  return {
      [this](const plan_request& request) -> caf::result<outcome<plan_reply>> {
        if (promise_.pending()) {
          return outcome<plan_reply>{
              make_failure(failure_code::invalid_request, "A planning conversation takes one request; start another.")};
        }
        promise_ = compat::promise<outcome<plan_reply>>{self_};
        begin(request);
        return caf::delegated<outcome<plan_reply>>{};
      },
      [this](const cancel_work&) -> caf::result<ack> {
        give_up(make_failure(failure_code::cancelled, "The request was cancelled.", planner_));
        return ack{};
      },
      [this](const planning_timer&) -> caf::result<ack> {
        if (promise_.pending() && remaining_ms() > 0) {
          arm();
          return ack{};
        }
        give_up(make_failure(failure_code::deadline_exceeded, "The plan was not ready within the request's timeout.",
                             planner_));
        return ack{};
      },
  };
}

/// In slices: a delayed message may keep this actor's memory until it arrives, also when the answer came long before.
void planning_state::arm() {
  compat::delay(self_, self_->handle(), std::min(remaining_ms(), timer_slice_ms), planning_timer{});
}

std::int64_t planning_state::remaining_ms() const {
  return deadline_ms_ - outside_.clock->monotonic_ms();
}

void planning_state::begin(const plan_request& request) {
  request_ = request;
  const auto timeout_ms =
      std::min(request.timeout_ms != 0 ? request.timeout_ms : default_timeout_ms_, limits::timeout_ms_max);
  if (timeout_ms < 0) {
    fail(make_failure(failure_code::deadline_exceeded, "The request's timeout was below 0 ms."));
    return;
  }
  if (request.fallback > limits::fallback_planners_max) {
    fail(make_failure(failure_code::limit_exceeded,
                      "fallback is at most " + std::to_string(limits::fallback_planners_max) + ".", {}, "fallback"));
    return;
  }
  if (auto problem = repository_problem(request.repository, *outside_.files)) {
    fail(*problem);
    return;
  }
  deadline_ms_ = outside_.clock->monotonic_ms() + timeout_ms;
  arm();
  if (request.planner.empty()) {
    choose({});
  } else {
    bring_to_life(text::normalised(request.planner));
  }
}

/// `after` is why the planner that was named has failed: then the ranking, without it, is what to fall back on.
void planning_state::choose(std::optional<failure> after) {
  instance_ = instantiation_actor{};
  ticket_ = 0;
  auto request = request_.request;
  request.timeout_ms = std::min(request.timeout_ms, remaining_ms());
  // The rows beyond the winner are those to fall back on; the reply shows as many as were asked for.
  request.top = std::max<std::uint64_t>(request.top, request_.fallback + 1);
  compat::ask(
      self_, registry_, std::move(request),
      [this, after = std::move(after)](const outcome<selection>& answer) {
        if (!answer) {
          fail(after ? *after : *answer.error);
          return;
        }
        const auto tried = text::normalised(request_.planner);
        const auto wanted = after ? request_.fallback : request_.fallback + 1;
        for (const auto& row : answer->breakdown) {
          if (row.name != tried && next_.size() < wanted) {
            next_.push_back(row.name);
          }
        }
        if (next_.empty()) {
          fail(after ? *after : make_failure(failure_code::internal, "The ranking has no rows."));
          return;
        }
        reply_.selection = *answer;
        auto& rows = reply_.selection->breakdown;
        rows.resize(std::min<std::size_t>(rows.size(), request_.request.top));
        try_next();
      },
      [this](const caf::error&) { fail(make_failure(failure_code::stopping, "The runtime is stopping.")); });
}

void planning_state::try_next() {
  const auto planner = next_.front();
  next_.erase(next_.begin());
  bring_to_life(planner);
}

void planning_state::bring_to_life(const std::string& planner) {
  if (planner != planner_) {
    planner_ = planner;
    renewals_ = 0;
    attempt_began_ns_ = outside_.clock->monotonic_ns();
  }
  instance_ = instantiation_actor{};
  ticket_ = outside_.random->next() | 1;
  compat::ask(
      self_, registry_, acquire{planner, remaining_ms(), ticket_, request_.repository},
      [this](const outcome<planner_handle>& answer) {
        if (answer) {
          invoke(*answer);
        } else {
          attempt_failed(*answer.error);
        }
      },
      [this](const caf::error&) { fail(make_failure(failure_code::stopping, "The runtime is stopping.", planner_)); });
}

void planning_state::invoke(const planner_handle& handle) {
  instance_ = handle.address;
  ticket_ = outside_.random->next() | 1;
  run_plan work;
  work.generation = handle.generation;
  work.objective = request_.request.objective;
  work.context = request_.context;
  work.repository = request_.repository;
  work.ticket = ticket_;
  if (request_.timeout_ms > 0) {
    work.timeout_ms = remaining_ms();
  }
  compat::ask(
      self_, handle.address, std::move(work),
      [this](const outcome<plan_result>& answer) {
        if (!answer) {
          attempt_failed(*answer.error);
          return;
        }
        reply_.plan = answer->plan;
        reply_.instance = answer->instance;
        end_attempt(nullptr);
        finish(reply_);
      },
      [this](const caf::error&) {
        attempt_failed(make_failure(failure_code::stale_handle, "The planner went away while it worked.", planner_));
      });
}

/// A handle that went stale under way (reload, changed bytes) is renewed; else the next planner is tried, if there is
/// one.
void planning_state::attempt_failed(const failure& reason) {
  if (!promise_.pending()) {
    return;  // given up on before
  }
  if (reason.code == failure_code::stale_handle && renewals_ < renewals_max) {
    ++renewals_;
    bring_to_life(planner_);
    return;
  }
  end_attempt(&reason);
  // What is wrong with the request is wrong for every planner.
  const bool is_over = reason.code == failure_code::stopping || reason.code == failure_code::cancelled ||
                       reason.code == failure_code::invalid_request || remaining_ms() <= 0;
  const bool may_rank = !request_.planner.empty() && request_.fallback > 0 && !reply_.selection;
  if (is_over || (next_.empty() && !may_rank)) {
    fail(reason);
  } else if (next_.empty()) {
    choose(reason);
  } else {
    try_next();
  }
}

void planning_state::end_attempt(const failure* problem) {
  plan_attempt attempt;
  attempt.planner = std::exchange(planner_, {});
  if (problem != nullptr) {
    attempt.problem = *problem;
  }
  attempt.duration_ms = static_cast<double>(outside_.clock->monotonic_ns() - attempt_began_ns_) / 1e6;
  reply_.attempts.push_back(std::move(attempt));
}

void planning_state::finish(outcome<plan_reply> answer) {
  if (!promise_.pending()) {
    return;  // given up on before
  }
  promise_.deliver(std::move(answer));
  self_->quit();
}

/// A failure after several attempts tells of all of them.
void planning_state::fail(const failure& reason) {
  if (reply_.attempts.size() < 2) {
    finish(reason);
    return;
  }
  auto story = reason;
  for (const auto& attempt : reply_.attempts) {
    if (attempt.problem) {
      story.message += " [" + attempt.planner + ": " + std::string{to_string(attempt.problem->code)} + "]";
    }
  }
  finish(make_failure(story.code, story.message, story.planner, story.where));
}

void planning_state::give_up(const failure& reason) {
  if (!promise_.pending()) {
    if (request_.request.objective.empty() && deadline_ms_ == 0) {
      self_->quit();  // cancelled before it was asked anything
    }
    return;
  }
  // In the lane of the request that it ends: it must not overtake it.
  if (instance_) {
    compat::tell(instance_, cancel_work{ticket_});
  } else if (ticket_ != 0) {
    compat::tell(registry_, cancel_work{ticket_});
  }
  fail(reason);
}

}  // namespace planguild
