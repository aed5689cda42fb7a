// The protocol loop: one request after another. Owned by app/planners; runs on the thread that calls it.
#include "app/planners/planner_program.hpp"

#include <csignal>
#include <exception>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "app/planners/protocol_channel.hpp"
#include "messages/json.hpp"
#include "messages/limits.hpp"

namespace planguild {

namespace {

using nlohmann::json;

// The plan as planners send it: without what only the host adds, and without empty lines in evidence.
json wire_plan(const plan& made) {
  json wire = to_json(made);
  wire.erase("order");
  wire.erase("critical_path");
  auto drop_empty_lines = [](json& evidence) {
    for (auto& item : evidence) {
      if (item.contains("line") && item["line"].is_null()) {
        item.erase("line");
      }
    }
  };
  drop_empty_lines(wire["evidence"]);
  for (auto& task : wire["tasks"]) {
    drop_empty_lines(task["evidence"]);
  }
  return wire;
}

class planner_session {
 public:
  planner_session(planner_program& program, int input_fd, int output_fd)
      : program_(program), channel_(input_fd, output_fd) {}

  int run() {
    while (auto request = channel_.next()) {
      try {
        answer(*request);
      } catch (const std::exception& problem) {
        channel_.reply_error(request->id, rpc_internal_error, problem.what());
      } catch (...) {
        channel_.reply_error(request->id, rpc_internal_error, "an unknown exception");
      }
      channel_.finish();
      if (request->method == "shutdown") {
        break;
      }
    }
    return channel_.broken() ? 1 : 0;
  }

 private:
  void answer(const rpc_request& request) {
    if (request.method == "initialize") {
      initialize(request);
    } else if (request.method == "self_test") {
      std::string detail;
      bool passed = program_.self_test(detail);
      channel_.reply(request.id, {{"passed", passed}, {"detail", detail}});
    } else if (request.method == "generate_plan") {
      generate(request);
    } else if (request.method == "shutdown") {
      channel_.reply(request.id, json::object());
    } else {
      channel_.reply_error(request.id, rpc_unknown_method,
                           "unknown method; known are initialize, self_test, generate_plan and shutdown");
    }
  }

  void initialize(const rpc_request& request) {
    if (request.params.value("protocol", json()) != 1) {
      channel_.reply_error(request.id, rpc_invalid_params, "only protocol 1 is spoken here");
      return;
    }
    auto facts = program_.facts();
    channel_.reply(
        request.id,
        {{"protocol", 1}, {"name", facts.name}, {"version", facts.version}, {"capabilities", facts.capabilities}});
  }

  // The request's parameters; an error text if they are wrong. Unknown ones are left to later protocols.
  static std::optional<std::string> read_params(const json& params, plan_request& request, json& context) {
    auto objective = params.value("objective", json());
    auto repository = params.value("repository", json());
    auto timeout = params.value("timeout_ms", json());
    context = params.value("context", json());
    if (!objective.is_string() || objective.get_ref<const std::string&>().size() > limits::objective_bytes_max) {
      return "objective must be text of at most objective_bytes_max";
    }
    if (!repository.is_null() && !repository.is_string()) {
      return "repository must be text or null";
    }
    if (!context.is_null() && !context.is_object()) {
      return "context must be an object or null";
    }
    if (!timeout.is_null() && !timeout.is_number()) {
      return "timeout_ms must be a number";
    }
    request.objective = objective.get<std::string>();
    request.repository = repository.is_string() ? repository.get<std::string>() : std::string();
    request.timeout_ms = timeout.is_number_integer() ? timeout.get<std::int64_t>() : 0;
    return std::nullopt;
  }

  void generate(const rpc_request& request) {
    plan_request asked;
    json context;
    if (auto wrong = read_params(request.params, asked, context)) {
      channel_.reply_error(request.id, rpc_invalid_params, *wrong);
      return;
    }
    int last_percent = -1;
    auto progress = [&](double fraction, const std::string& message) {
      auto percent = static_cast<int>(fraction * 100);
      if (percent != last_percent) {
        last_percent = percent;
        channel_.notify("progress", {{"fraction", percent / 100.0}, {"message", message}});
      }
    };
    auto made = program_.generate(asked, context, progress, channel_.cancelled());
    if (made) {
      made->objective = asked.objective;
      channel_.reply(request.id, wire_plan(*made));
    } else {
      bool cancelled = made.error->code == failure_code::cancelled;
      channel_.reply_error(request.id, cancelled ? rpc_cancelled : rpc_planner_failed, made.error->message);
    }
  }

  planner_program& program_;
  protocol_channel channel_;
};

}  // namespace

int serve_planner(planner_program& program, int input_fd, int output_fd) {
  return planner_session(program, input_fd, output_fd).run();
}

int planner_main(planner_program& program) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return serve_planner(program, 0, 1);
  } catch (const std::exception&) {
    return 1;
  }
}

}  // namespace planguild
