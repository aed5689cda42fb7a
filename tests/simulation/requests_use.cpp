// What hosts ask in a simulated run: selections, acquires, invocations, plans. Part of run (run.hpp).
#include "messages/planning.hpp"
#include "tests/simulation/run.hpp"

namespace planguild::simulation {

void run::ask_something() {
  const auto kind = dice_.below(100);
  if (kind < 18) {
    ask_select();
  } else if (kind < 38) {
    for (auto times = dice_.one_of({1, 1, 2, 4}); times > 0; --times) {
      ask_acquire();
    }
  } else if (kind < 56) {
    for (auto times = dice_.one_of({1, 1, 3}); times > 0; --times) {
      ask_run_plan();
    }
  } else if (kind < 64) {
    ask_plan();
  } else if (kind < 68) {
    ask_cancel();
  } else if (kind < 71) {
    ask_batch();
  } else if (kind < 76) {
    ask_look();
  } else if (kind < 80) {
    ask_report();
  } else if (kind < 82) {
    ask_probe();
  } else if (kind < 88) {
    ask_operator();
  } else if (kind < 91) {
    ask_reload();
  } else if (kind < 93) {
    ask_heal();
  } else if (kind < 96) {
    ask_configure();
  } else if (kind < 98) {
    send_samples();
  } else {
    ask_profiles();
  }
}

std::int64_t run::draw_timeout() {
  return dice_.one_of<std::int64_t>(
      {-1, 0, 15, 15, 90, 90, 400, 400, 400, 3'000, 3'000, 30'000, 30'000, 30'000, 30'000});
}

/// After stop is done nobody is served any more.
void run::check_stopping(std::size_t request, std::string_view kind, std::string_view answer) {
  if (!stopped_at_ || kind == "stats" || kind == "health" || kind == "profiles" || kind == "stop") {
    return;
  }
  const bool asked_afterwards = book_.asked_at(request) > *stopped_at_;
  // A plan has an actor of its own, whose timer may be faster than the registry's word.
  const bool is_over = answer == "cancelled" || (answer == "deadline_exceeded" && book_.is_due(request));
  const bool is_told = answer == "stopping" || answer == "stale_handle" || (kind == "plan" && is_over);
  if (asked_afterwards && !is_told) {
    book_.breach("request " + std::to_string(request) + " (" + std::string{kind} + ") was answered with " +
                 std::string{answer} + " after stop");
  }
}

select_request run::draw_select(std::uint64_t& shape) {
  shape = dice_.below(4);
  select_request request;
  request.objective = "improve it";
  request.prefer_production = shape != 1;
  if (shape >= 2) {
    request.required_capabilities = {"structural", shape == 3 ? "refactor" : " "};
  }
  request.timeout_ms = draw_timeout();
  return request;
}

void run::ask_select_many() {
  std::vector<std::uint64_t> shapes(dice_.below(4));
  select_many request;
  for (auto& shape : shapes) {
    request.requests.push_back(draw_select(shape));
  }
  request.timeout_ms = draw_timeout();
  ask<outcome<many_selections>>(guild_->registry(), {"select_many", {}, request.timeout_ms}, request,
                                [this, shapes](std::size_t number, outcome<many_selections>& answer) {
                                  if (answer && answer->answers.size() != shapes.size()) {
                                    book_.breach("many selections were answered with another number of them");
                                  }
                                  for (std::size_t index = 0; answer && index < shapes.size(); ++index) {
                                    if (const auto& one = answer->answers[index]) {
                                      book_.check_selection(number, shapes[index], *one);
                                    }
                                  }
                                });
}

void run::ask_select() {
  if (dice_.percent(15)) {
    ask_select_many();
    return;
  }
  std::uint64_t shape = 0;
  const auto request = draw_select(shape);
  const bool plants = options_.planted == plant::stale_answer || options_.planted == plant::old_answer;
  ask<outcome<selection>>(guild_->registry(), {"select", {}, request.timeout_ms}, request,
                          [this, shape, plants](std::size_t number, outcome<selection>& answer) {
                            if (!answer) {
                              return;
                            }
                            if (plants) {
                              auto cached = cache_.emplace(shape, *answer).first->second;
                              if (options_.planted == plant::stale_answer) {
                                if (++cache_uses_ % 3 == 0) {
                                  cached = *answer;  // it looks by itself now and then
                                }
                                cached.snapshot_version = answer->snapshot_version;
                              }
                              *answer = std::move(cached);
                            }
                            book_.check_selection(number, shape, *answer);
                          });
}

void run::ask_batch() {
  std::uint64_t shape = 0;
  batch_select request;
  request.request = draw_select(shape);
  request.count = dice_.between(0, 3);
  ask<outcome<batch_selection>>(guild_->registry(), {"batch_select", {}, request.request.timeout_ms}, request,
                                [this](std::size_t number, outcome<batch_selection>& answer) {
                                  for (std::size_t row = 0; answer && row < answer->names.size(); ++row) {
                                    book_.check_use(number, answer->names[row]);
                                  }
                                });
}

void run::ask_acquire() {
  const auto planner = any_planner();
  acquire request{planner, draw_timeout(), dice_.percent(40) ? next_ticket_++ : 0, {}};
  if (request.ticket != 0) {
    tickets_.emplace_back(request.ticket, planner);
  }
  ask<outcome<planner_handle>>(guild_->registry(), {"acquire", planner, request.timeout_ms}, request,
                               [this, planner](std::size_t number, outcome<planner_handle>& answer) {
                                 if (!answer) {
                                   return;
                                 }
                                 book_.check_use(number, planner);
                                 const auto key = std::pair{answer->address.id(), answer->instance.starts};
                                 const auto process = static_cast<std::uint64_t>(answer->instance.process);
                                 if (constructions_.emplace(key, process).first->second != process) {
                                   book_.breach("one construction of " + planner + " is said to be two processes");
                                 }
                                 const auto known = addresses_.emplace(planner, answer->address).first;
                                 if (!planners_went_ && known->second != answer->address) {
                                   book_.breach(planner + " has another address although it was always known");
                                 }
                                 handles_.push_back({*answer, book_.asked_at(number), false});
                               });
}

void run::ask_run_plan() {
  if (handles_.empty()) {
    ask_acquire();
    return;
  }
  const auto index = dice_.percent(60) ? handles_.size() - 1 : dice_.below(handles_.size());
  const auto known = handles_[index];
  run_plan request;
  request.generation = known.handle.generation;
  request.objective = "improve it";
  if (dice_.percent(60)) {
    request.timeout_ms = draw_timeout();
  }
  if (dice_.percent(40)) {
    request.ticket = next_ticket_++;
    tickets_.emplace_back(request.ticket, known.handle.name);
  }
  ask<outcome<plan_result>>(
      known.handle.address, {"run_plan", known.handle.name, request.timeout_ms}, request,
      [this, known](std::size_t number, outcome<plan_result>& answer) {
        if (!answer) {
          return;
        }
        book_.check_use(number, known.handle.name);
        if (known.stale) {
          book_.breach("a plan was made for a handle of " + known.handle.name + " that a reload had made stale");
        }
        if (answer->instance.name != known.handle.name) {
          book_.breach("a plan of " + known.handle.name + " came from another planner");
        }
      });
}

void run::ask_plan() {
  std::uint64_t shape = 0;
  plan_request request;
  request.request = draw_select(shape);
  request.fallback = dice_.below(3);
  if (dice_.percent(30)) {
    request.planner = any_planner();
  }
  std::optional<std::int64_t> bound;
  if (dice_.percent(70)) {
    request.timeout_ms = dice_.one_of<std::int64_t>({1, 30, 700, 60'000});
    bound = request.timeout_ms;
  }
  auto conversation = guild_->start_planning();
  conversations_.push_back(conversation);
  ask<outcome<plan_reply>>(conversation, {"plan", {}, bound}, request,
                           [this](std::size_t number, outcome<plan_reply>& answer) {
                             if (answer) {
                               book_.check_use(number, answer->instance.name);
                             }
                           });
}

void run::ask_cancel() {
  if (!conversations_.empty() && dice_.percent(40)) {
    book_.tell("step: some planning conversation is cancelled");
    conversation_cancelled_ = true;  // it may be over before its request arrives
    compat::tell(conversations_[dice_.below(conversations_.size())], cancel_work{});
    return;
  }
  if (tickets_.empty()) {
    return;
  }
  const auto& [ticket, planner] = tickets_[dice_.below(tickets_.size())];
  if (book_.tells_story()) {
    book_.tell("step: ticket " + std::to_string(ticket) + " of " + planner + " is cancelled");
  }
  compat::tell(guild_->registry(), cancel_work{ticket});
  for (const auto& known : handles_) {
    if (known.handle.name == planner) {
      compat::tell(known.handle.address, cancel_work{ticket});
      break;
    }
  }
}

}  // namespace planguild::simulation
