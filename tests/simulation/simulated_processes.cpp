// Planner processes by chance: see the header.
#include "tests/simulation/simulated_processes.hpp"

#include <algorithm>
#include <utility>

#include "messages/limits.hpp"

namespace planguild::simulation {
namespace {

class owned_runner final : public process_runner {
 public:
  owned_runner(simulated_processes& all, std::size_t owner) : all_(all), owner_(owner) {}
  std::uint64_t start(process_command command, process_sink sink) override {
    return all_.start(owner_, std::move(command), std::move(sink));
  }
  void send_line(std::uint64_t id, std::string line) override { all_.send_line(id, line); }
  void kill(std::uint64_t id) override { all_.kill(id); }

 private:
  simulated_processes& all_;
  std::size_t owner_;
};

/// The text of a member of a request. Requests are the runtime's own, so their form is known.
std::string member(const std::string& line, const std::string& key) {
  const auto start = line.find("\"" + key + "\":\"");
  if (start == std::string::npos) {
    return {};
  }
  const auto begin = start + key.size() + 4;
  return line.substr(begin, line.find('"', begin) - begin);
}

std::string result_line(const std::string& id, const std::string& result) {
  return R"({"jsonrpc":"2.0","id":")" + id + R"(","result":)" + result + "}";
}

constexpr const char* good_plan =
    R"({"objective":"o","tasks":[{"id":"a","title":"A","description":"","kind":"edit","target":"a.cpp","depends_on":[],)"
    R"("risk":"low","effort":"S","evidence":[]}],"evidence":[],"meta":{}})";
constexpr const char* cyclic_plan =
    R"({"objective":"o","tasks":[{"id":"a","title":"A","description":"","kind":"edit","target":"a.cpp",)"
    R"("depends_on":["a"],"risk":"low","effort":"S","evidence":[]}],"evidence":[],"meta":{}})";

process_event event_of(process_event_kind kind, std::string text = {}) {
  process_event event;
  event.kind = kind;
  event.text = std::move(text);
  return event;
}

}  // namespace

simulated_processes::simulated_processes(event_queue& events, ledger& book, chance& dice,
                                         std::function<std::int64_t()> now_ms)
    : events_(events), book_(book), dice_(dice), now_ms_(std::move(now_ms)) {}

std::shared_ptr<process_runner> simulated_processes::runner_for(std::size_t owner) {
  return std::make_shared<owned_runner>(*this, owner);
}

std::int64_t simulated_processes::latency(const simulated_process& process) {
  return dice_.between(0, tempers_[process.planner].latency_ms_max);
}

void simulated_processes::later(simulated_process& process, std::int64_t delay_ms,
                                std::function<void(simulated_process&)> what) {
  events_.add(lane(process), now_ms_() + delay_ms, [this, id = process.id, what = std::move(what)] {
    auto& target = processes_.at(id);
    if (!target.ended) {
      what(target);
    }
  });
}

void simulated_processes::emit(simulated_process& process, process_event event) {
  if (book_.tells_story()) {
    book_.tell("process " + std::to_string(process.id) + " of " + process.planner + ": " +
               std::string{to_string(event.kind)} + (event.text.empty() ? "" : " " + event.text.substr(0, 90)));
  }
  process.sink(std::move(event));
}

void simulated_processes::say(simulated_process& process, const std::string& line) {
  emit(process, event_of(process_event_kind::line, line));
}

void simulated_processes::end(simulated_process& process, process_event event) {
  event.process = static_cast<std::int64_t>(process.id);
  process.ended = true;
  emit(process, std::move(event));
  events_.drop(lane(process));
}

void simulated_processes::exit(simulated_process& process, int code) {
  emit(process, event_of(process_event_kind::output_closed));
  auto event = event_of(process_event_kind::exited);
  event.exit_code = code;
  end(process, std::move(event));
}

std::uint64_t simulated_processes::start(std::size_t owner, process_command command, process_sink sink) {
  const auto id = next_id_++;
  auto& process = processes_[id];
  process.id = id;
  process.owner = owner;
  process.planner = std::move(command.planner);
  process.revision = command.argv.back();
  process.sink = std::move(sink);
  const bool fails = dice_.percent(tempers_[process.planner].start_fault);
  later(process, latency(process) / 2, [this, fails](simulated_process& started) {
    if (fails) {
      auto event = event_of(process_event_kind::exited);
      event.start_error = "no such file";
      end(started, std::move(event));
      return;
    }
    auto event = event_of(process_event_kind::started);
    event.process = static_cast<std::int64_t>(started.id);
    emit(started, std::move(event));
    auto secured = event_of(process_event_kind::secured);
    secured.posture.holds = {"no-host-reads", "no-host-writes", "no-network", "no-secrets"};
    emit(started, std::move(secured));
  });
  return id;
}

void simulated_processes::send_line(std::uint64_t id, const std::string& line) {
  auto& process = processes_.at(id);
  if (process.ended) {
    return;
  }
  const auto method = member(line, "method");
  process.tested = process.tested || method == "self_test";
  process.working = process.working || method == "generate_plan";
  process.asked_to_end = process.asked_to_end || method == "shutdown";
  later(process, latency(process),
        [this, request = member(line, "id"), method](simulated_process& target) { answer(target, request, method); });
}

void simulated_processes::answer(simulated_process& process, const std::string& id, const std::string& method) {
  const auto& mood = tempers_[process.planner];
  if (method == "initialize") {
    if (dice_.percent(mood.handshake_fault)) {
      misbehave(process, id);
      return;
    }
    process.shaken_hands = true;
    say(process, result_line(id, R"({"protocol":1,"name":")" + process.planner + R"(","version":")" + mood.version +
                                     R"(","capabilities":["structural"]})"));
  } else if (method == "self_test") {
    if (dice_.percent(mood.self_test_fault)) {
      misbehave(process, id);
      return;
    }
    proved_.emplace(process.planner, process.revision);
    say(process, result_line(id, R"({"passed":true})"));
  } else if (method == "generate_plan") {
    if (dice_.percent(mood.plan_fault)) {
      misbehave(process, id);
      return;
    }
    proved_.emplace(process.planner, process.revision);
    say(process, result_line(id, good_plan));
  } else if (method == "shutdown" && !dice_.percent(mood.stubborn)) {
    say(process, result_line(id, "{}"));
    exit(process, 0);
  } else if (method == "$/cancel" && !dice_.percent(mood.stubborn)) {
    exit(process, 0);
  }
}

/// One of the things that a planner must not do instead of answering `id`.
void simulated_processes::misbehave(simulated_process& process, const std::string& id) {
  switch (dice_.below(11)) {
    case 0:  // never answers
      break;
    case 1:
      exit(process, 3);
      break;
    case 2: {
      auto event = event_of(process_event_kind::exited);
      event.signal = 11;
      event.stderr_tail = "Segmentation fault";
      end(process, std::move(event));
      break;
    }
    case 3:
      say(process, R"({"jsonrpc":"2.0","id":")" + id + R"(","error":{"code":-32000,"message":"I refuse"}})");
      break;
    case 4:
      say(process, result_line(id, cyclic_plan));
      break;
    case 5:
      say(process, "not json at all");
      break;
    case 6:
      emit(process, event_of(process_event_kind::line_too_long));
      break;
    case 7:
      emit(process, event_of(process_event_kind::output_closed, R"({"jsonrpc")"));
      break;
    case 8:  // answers twice
      say(process, result_line(id, good_plan));
      say(process, result_line(id, good_plan));
      break;
    case 9:
      say(process, result_line("another", good_plan));
      break;
    default:  // answers and dies at once
      say(process, result_line(id, good_plan));
      exit(process, 1);
      break;
  }
}

void simulated_processes::kill(std::uint64_t id) {
  auto& process = processes_.at(id);
  if (process.ended || outlive_kills_) {
    return;
  }
  process.asked_to_end = true;
  events_.drop(lane(process));
  later(process, dice_.between(0, tempers_[process.planner].dying_ms_max), [this](simulated_process& killed) {
    auto event = event_of(process_event_kind::exited);
    event.signal = 9;
    end(killed, std::move(event));
  });
}

bool simulated_processes::crash_one() {
  std::vector<simulated_process*> alive;
  for (auto& [id, process] : processes_) {
    if (!process.ended) {
      alive.push_back(&process);
    }
  }
  if (alive.empty()) {
    return false;
  }
  auto event = event_of(process_event_kind::exited);
  event.signal = 6;
  end(*alive[dice_.below(alive.size())], std::move(event));
  return true;
}

void simulated_processes::check_one_instance() {
  struct counts {
    std::size_t live = 0;
    std::size_t probes = 0;
    std::size_t all = 0;
  };
  std::map<std::size_t, counts> of_owner;
  for (const auto& [id, process] : processes_) {
    if (process.ended || process.asked_to_end) {
      continue;
    }
    auto& count = of_owner[process.owner];
    ++count.all;
    count.probes += process.tested ? 1 : 0;
    count.live += !process.tested && (process.shaken_hands || process.working) ? 1 : 0;
  }
  for (auto& [owner, state] : owners_) {
    if (!of_owner.contains(owner)) {
      state.crowded_since_ms.reset();
    }
  }
  for (const auto& [owner, count] : of_owner) {
    auto& state = owners_[owner];
    if (count.live <= 1 && count.probes <= 1 && count.all <= 2) {
      state.crowded_since_ms.reset();
      continue;
    }
    // One that is busy when it is let go cannot be told to end; it is killed after the grace.
    state.crowded_since_ms = state.crowded_since_ms.value_or(now_ms_());
    if (now_ms_() - *state.crowded_since_ms > limits::cancel_grace_ms) {
      book_.breach("instance " + std::to_string(owner) + " has " + std::to_string(count.live) + " live processes, " +
                   std::to_string(count.probes) + " probes, " + std::to_string(count.all) + " processes in all");
    }
  }
}

std::size_t simulated_processes::running() const {
  return static_cast<std::size_t>(
      std::count_if(processes_.begin(), processes_.end(), [](const auto& each) { return !each.second.ended; }));
}

std::uint64_t simulated_processes::constructions_at_most() const {
  return static_cast<std::uint64_t>(std::count_if(processes_.begin(), processes_.end(), [](const auto& each) {
    return each.second.shaken_hands && !each.second.tested;
  }));
}

std::uint64_t simulated_processes::constructions_at_least() const {
  return static_cast<std::uint64_t>(
      std::count_if(processes_.begin(), processes_.end(), [](const auto& each) { return each.second.working; }));
}

}  // namespace planguild::simulation
