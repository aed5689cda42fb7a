// Question: what does a select message to the registry cost over a bare request and response of the same payload?
// One client actor keeps a window of requests under way, with 40 planners and profiling on, (a) to an actor that
// answers with a copy of a selection it holds and (b) to the registry; then (c) the same selections, 64 in one message.
// In turn, medians and ratios.
#include <chrono>
#include <future>
#include <string>
#include <utility>

#include "benchmarks/benchmark.hpp"
#include "benchmarks/catalogue.hpp"
#include "benchmarks/known_guild.hpp"

namespace planguild::bench {
namespace {

constexpr std::size_t in_one_message = 64;

using selecting_actor = compat::actor_of<outcome<selection>(select_request)>;
using selecting_many_actor = compat::actor_of<outcome<many_selections>(struct select_many)>;

class bare_state : public compat::state<selecting_actor> {
 public:
  static constexpr const char* name = "benchmark.bare";
  bare_state(self_pointer, selection held) : held_(std::move(held)) {}
  behavior_type make_behavior() {
    return {[this](const select_request&) -> caf::result<outcome<selection>> { return outcome<selection>{held_}; }};
  }

 private:
  selection held_;
};

using client_actor = compat::actor_of<ack(registry_timer)>;

/// Sends `request` to `to` as often as the message it gets says, `window` at a time, then fulfils the promise.
template <class Receiver, class Request, class Reply>
class client_state : public compat::state<client_actor> {
 public:
  static constexpr const char* name = "benchmark.client";
  client_state(typename compat::state<client_actor>::self_pointer self, Receiver to, Request request,
               std::size_t window, std::promise<bool>* done)
      : self_(self), to_(std::move(to)), request_(std::move(request)), window_(window), done_(done) {}
  client_actor::behavior_type make_behavior() {
    return {[this](const registry_timer& times) -> caf::result<ack> {
      left_ = open_ = times.number;
      for (std::size_t sent = 0; sent < window_; ++sent) send();
      return ack{};
    }};
  }

 private:
  void send() {
    if (left_ == 0) return;
    --left_;
    compat::ask(
        self_, to_, request_,
        [this](const Reply& reply) {
          right_ = right_ && static_cast<bool>(reply);
          if (--open_ == 0) done_->set_value(right_);
          send();
        },
        [this](const caf::error&) { done_->set_value(false); });
  }

  typename compat::state<client_actor>::self_pointer self_;
  Receiver to_;
  Request request_;
  std::size_t window_;
  std::promise<bool>* done_;
  std::uint64_t left_ = 0;
  std::uint64_t open_ = 0;
  bool right_ = true;
};

template <class Reply, class Receiver, class Request>
double per_second(known_guild& guild, const Receiver& to, const Request& request, std::size_t window,
                  std::uint64_t times, report& into) {
  std::promise<bool> done;
  auto client = compat::spawn<client_state<Receiver, Request, Reply>>(guild.system(), to, request, window, &done);
  const auto begun = std::chrono::steady_clock::now();
  compat::tell(client, registry_timer{times});
  const bool right = done.get_future().get();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  compat::end(client);
  if (!right) into.breaches.emplace_back("actor: a selection failed");
  return static_cast<double>(times) / seconds;
}

}  // namespace

void run_actor_path(const options& wanted, report& into) {
  const auto rows = make_rows(40, 64, wanted.seed);
  known_guild guild{rows};
  auto request = make_requests(rows, 1, wanted.seed + 1).front();
  request.top = select_request{}.top;
  const auto held = guild.runtime().select(request);
  if (!held) {
    into.breaches.emplace_back("actor: " + held.error->message);
    return;
  }
  auto bare = compat::spawn<bare_state>(guild.system(), *held);
  const selecting_actor registry = guild.runtime().registry();
  const selecting_many_actor registry_many = guild.runtime().registry();
  struct select_many many;
  many.requests.assign(in_one_message, request);

  table shown{"Select messages, 40 planners, profiling on",
              {"window", "bare per second", "select per second", "ratio", "64 in a message, per second"},
              {},
              {}};
  const std::uint64_t times = wanted.smoke ? 500 : 40'000;
  for (const std::size_t window : {std::size_t{1}, std::size_t{16}, std::size_t{256}}) {
    say(wanted, "actor: window " + std::to_string(window));
    std::vector<double> bare_rates;
    std::vector<double> select_rates;
    std::vector<double> many_rates;
    std::vector<double> ratios;
    for (int round = 0; round < (wanted.smoke ? 1 : wanted.repeats); ++round) {
      bare_rates.push_back(per_second<outcome<selection>>(guild, bare, request, window, times, into));
      select_rates.push_back(per_second<outcome<selection>>(guild, registry, request, window, times, into));
      ratios.push_back(select_rates.back() / bare_rates.back());
      many_rates.push_back(in_one_message * per_second<outcome<many_selections>>(guild, registry_many, many,
                                                                                 std::min<std::size_t>(window, 16),
                                                                                 times / in_one_message + 1, into));
    }
    shown.rows.push_back({count_cell(static_cast<double>(window)), count_cell(median(bare_rates)),
                          count_cell(median(select_rates)), ratio_cell(median(ratios)),
                          count_cell(median(many_rates))});
    into.findings.push_back("A select message, " + std::to_string(window) +
                            " under way: " + ratio_cell(median(ratios)).text + " of a bare request and response.");
  }
  compat::end(bare);
  into.tables.push_back(std::move(shown));
}

}  // namespace planguild::bench
