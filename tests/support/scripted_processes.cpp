// Scripted planner processes: see the header.
#include "tests/support/scripted_processes.hpp"

#include <algorithm>
#include <utility>

namespace planguild::test {

scripted_process::scripted_process(scripted_processes& owner, std::uint64_t id, process_command command,
                                   process_sink sink)
    : owner_(owner), id_(id), command_(std::move(command)), sink_(std::move(sink)) {}

void scripted_process::emit(process_event event) {
  if (!ended_) {
    sink_(std::move(event));
  }
}

void scripted_process::say(const std::string& line) {
  process_event event;
  event.kind = process_event_kind::line;
  event.text = line;
  emit(std::move(event));
}

void scripted_process::reply(const nlohmann::json& request, nlohmann::json result) {
  say(nlohmann::json{{"jsonrpc", "2.0"}, {"id", request["id"]}, {"result", std::move(result)}}.dump());
}

void scripted_process::reply_error(const nlohmann::json& request, const std::string& message) {
  say(nlohmann::json{{"jsonrpc", "2.0"}, {"id", request["id"]}, {"error", {{"code", -32000}, {"message", message}}}}
          .dump());
}

void scripted_process::say_too_long() {
  process_event event;
  event.kind = process_event_kind::line_too_long;
  emit(std::move(event));
}

void scripted_process::close_output(const std::string& partial) {
  process_event event;
  event.kind = process_event_kind::output_closed;
  event.text = partial;
  emit(std::move(event));
}

void scripted_process::end(process_event event) {
  event.kind = process_event_kind::exited;
  event.process = static_cast<std::int64_t>(id_);
  emit(std::move(event));
  ended_ = true;
}

void scripted_process::exit(int code, const std::string& stderr_tail) {
  close_output();
  process_event event;
  event.exit_code = code;
  event.stderr_tail = stderr_tail;
  end(std::move(event));
}

void scripted_process::die(int signal, const std::string& stderr_tail) {
  process_event event;
  event.signal = signal;
  event.stderr_tail = stderr_tail;
  end(std::move(event));
}

void scripted_process::fail_to_start(const std::string& why) {
  process_event event;
  event.start_error = why;
  end(std::move(event));
}

void scripted_process::refuse(const sandbox_posture& posture, const std::string& why) {
  process_event event;
  event.insecure = true;
  event.posture = posture;
  event.start_error = why;
  event.signal = 9;
  end(std::move(event));
}

sandbox_posture full_posture() {
  return {{{"no_new_privileges", layer_state::active, ""},
           {"landlock", layer_state::active, "abi 7"},
           {"seccomp", layer_state::active, ""},
           {"uid", layer_state::off, ""}},
          {"no-host-reads", "no-host-writes", "no-network", "no-secrets"},
          {}};
}

sandbox_posture posture_without_landlock() {
  auto posture = full_posture();
  posture.layers[1] = {"landlock", layer_state::unavailable, "ENOSYS"};
  posture.holds = {"no-host-writes", "no-network"};
  posture.missing = {"no-host-reads", "no-secrets"};
  return posture;
}

std::size_t scripted_processes::starts(const std::string& name) const {
  return static_cast<std::size_t>(std::count_if(processes_.begin(), processes_.end(), [&](const auto& entry) {
    return entry.second->command().planner == name;
  }));
}

std::size_t scripted_processes::running() const {
  return static_cast<std::size_t>(std::count_if(processes_.begin(), processes_.end(),
                                                [](const auto& entry) { return !entry.second->has_ended(); }));
}

scripted_process& scripted_processes::newest(const std::string& name) {
  scripted_process* found = nullptr;
  for (auto& [id, process] : processes_) {
    if (process->command().planner == name) {
      found = process.get();
    }
  }
  return *found;
}

std::shared_ptr<scripted_process> scripted_processes::alive(std::uint64_t id) const {
  const auto found = processes_.find(id);
  return found == processes_.end() || found->second->has_ended() ? nullptr : found->second;
}

std::uint64_t scripted_processes::start(process_command command, process_sink sink) {
  const auto id = next_id_++;
  auto process = std::make_shared<scripted_process>(*this, id, std::move(command), std::move(sink));
  processes_.emplace(id, process);
  const auto& script = scripts_[process->command().planner];
  world_.after(0, [process, on_start = script.on_start, posture = script.posture] {
    process_event event;
    event.kind = process_event_kind::started;
    event.process = static_cast<std::int64_t>(process->id());
    process->emit(event);
    if (posture && process->command().kind != entry_kind::builtin) {
      event.kind = process_event_kind::secured;
      event.posture = *posture;
      process->emit(std::move(event));
    }
    if (on_start) {
      on_start(*process);
    }
  });
  return id;
}

void scripted_processes::send_line(std::uint64_t id, std::string line) {
  world_.after(0, [this, id, request = nlohmann::json::parse(line)] {
    auto process = alive(id);
    if (!process) {
      return;
    }
    const auto& script = scripts_[process->command().planner];
    if (script.on_request && script.on_request(*process, request)) {
      return;
    }
    world_.after(script.answer_delay_ms, [this, process, request] { answer(process, request); });
  });
}

void scripted_processes::answer(const std::shared_ptr<scripted_process>& process, const nlohmann::json& request) {
  const auto& script = scripts_[process->command().planner];
  const auto method = request["method"].get<std::string>();
  if (method == "initialize") {
    process->reply(request, {{"protocol", 1},
                             {"name", process->command().planner},
                             {"version", script.version},
                             {"capabilities", script.capabilities}});
  } else if (method == "self_test") {
    process->reply(request, {{"passed", true}});
  } else if (method == "generate_plan") {
    process->reply(request, script.plan);
  } else if (method == "shutdown") {
    process->reply(request, nlohmann::json::object());
    process->exit(0);
  }
}

void scripted_processes::kill(std::uint64_t id) {
  auto process = alive(id);
  if (!process) {
    return;
  }
  const auto& script = scripts_[process->command().planner];
  world_.after(0, [process, on_kill = script.on_kill] {
    if (process->has_ended()) {
      return;
    }
    if (on_kill) {
      on_kill(*process);
    } else {
      process->die(9);
    }
  });
}

}  // namespace planguild::test
