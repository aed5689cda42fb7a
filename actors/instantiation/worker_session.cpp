// One planner process: see the header. Plain class, no CAF.
#include "actors/instantiation/worker_session.hpp"

#include <utility>

#include "actors/instantiation/plan_scrub.hpp"
#include "messages/limits.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild {

process_command command_of(const found_planner& planner) {
  process_command command;
  command.planner = planner.manifest.name;
  command.kind = planner.manifest.entry.kind;
  command.argv = planner.manifest.entry.argv;
  command.library = planner.manifest.entry.path;
  command.directory = planner.directory;
  command.files = planner.manifest.entry.files;
  command.files_sha256 = planner.files_sha256;
  if (!command.argv.empty() && command.argv[0].find('/') != std::string::npos && command.argv[0][0] != '/') {
    command.argv[0] = planner.directory + "/" + command.argv[0];
  }
  command.environment = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8"};
  return command;
}

worker_session::worker_session(const found_planner& planner, environment& outside, process_sink sink)
    : manifest_(planner.manifest), outside_(outside), protocol_(*outside.random, planner.manifest.name) {
  started_at_ns_ = outside_.clock->monotonic_ns();
  id_ = outside_.processes->start(command_of(planner), std::move(sink));
  outside_.processes->send_line(id_, protocol_.initialize());
}

void worker_session::send_self_test() {
  stage_ = planner_stage::self_test;
  outside_.processes->send_line(id_, protocol_.self_test());
}

void worker_session::send_plan(std::string_view objective, std::string_view context, std::string_view repository,
                               std::int64_t timeout_ms) {
  stage_ = planner_stage::plan;
  outside_.processes->send_line(id_, protocol_.generate_plan(objective, context, repository, timeout_ms));
}

void worker_session::send_shutdown() {
  shutting_down_ = true;
  if (!protocol_.pending()) {
    outside_.processes->send_line(id_, protocol_.shutdown());
  }
}

void worker_session::send_cancel() {
  if (protocol_.pending()) {
    outside_.processes->send_line(id_, protocol_.cancel());
  }
}

failure_evidence worker_session::expire(std::string_view message) {
  auto code = failure_code::deadline_exceeded;
  if (stage_ == planner_stage::load || stage_ == planner_stage::handshake) {
    code = failure_code::load_timeout;
  } else if (stage_ == planner_stage::self_test) {
    code = failure_code::self_test_failed;
  }
  return fail(make_failure(code, message, manifest_.name)).evidence;
}

void worker_session::abandon() {
  kill();
}

void worker_session::kill() {
  if (!ended_) {
    doomed_ = true;
    outside_.processes->kill(id_);
  }
}

failure_evidence worker_session::evidence_of(const failure& problem) const {
  failure_evidence evidence;
  evidence.stage = stage_;
  evidence.code = problem.code;
  evidence.message = problem.message;
  return evidence;
}

session_news worker_session::fail(const failure& problem) {
  session_news news;
  news.kind = session_news::kind::session_failed;
  news.evidence = evidence_of(problem);
  blame_ = news.evidence;
  kill();
  return news;
}

session_news worker_session::on_event(const process_event& event) {
  switch (event.kind) {
    case process_event_kind::started:
      process_ = event.process;
      stage_ = planner_stage::handshake;
      return {};
    case process_event_kind::line:
      return doomed_ || shutting_down_ ? session_news{} : on_line(event.text);
    case process_event_kind::line_too_long:
      if (doomed_) {
        return {};
      }
      return fail(make_failure(
          failure_code::limit_exceeded,
          "The planner sent a line longer than " + std::to_string(limits::protocol_line_bytes_max) + " bytes.",
          manifest_.name));
    case process_event_kind::output_closed:
      if (doomed_ || shutting_down_) {
        return {};
      }
      if (!event.text.empty()) {
        return fail(make_failure(failure_code::protocol_error, "The planner's output ended in the middle of a line.",
                                 manifest_.name));
      }
      // Exiting closes the output as well. Should it live on, it is of no use: the kill changes nothing about the exit
      // code of a process that is already exiting, so `exited` still tells which it was.
      outside_.processes->kill(id_);
      return {};
    case process_event_kind::exited:
      return on_exit(event);
  }
  return {};
}

session_news worker_session::on_line(const std::string& line) {
  auto reading = protocol_.read(line);
  switch (reading.kind) {
    case protocol_reading::kind::notification:
      return {};
    case protocol_reading::kind::violation:
      return fail(reading.problem);
    case protocol_reading::kind::result:
      return on_result(reading.method, std::move(reading.result));
    case protocol_reading::kind::error:
      break;
  }
  if (reading.method != protocol_method::generate_plan) {
    return fail(reading.problem);
  }
  session_news news;
  news.kind = session_news::kind::request_failed;
  news.evidence = evidence_of(reading.problem);
  stage_ = planner_stage::idle;
  return news;
}

session_news worker_session::on_result(protocol_method method, nlohmann::json result) {
  session_news news;
  switch (method) {
    case protocol_method::initialize:
      if (auto problem = check_handshake(result, manifest_)) {
        return fail(*problem);
      }
      ready_ = true;
      stage_ = planner_stage::idle;
      news.kind = session_news::kind::handshake_done;
      return news;
    case protocol_method::self_test: {
      const bool passed = result.is_object() && result.contains("passed") && result["passed"] == true;
      if (!passed) {
        std::string detail = "it gave no detail";
        if (result.is_object() && result.contains("detail") && result["detail"].is_string()) {
          // Masked before it is cut: half a token no longer looks like one.
          detail = text::cut_code_points(scrub(result["detail"].get<std::string>()), 500);
        }
        return fail(
            make_failure(failure_code::self_test_failed, "The self-test did not pass: " + detail, manifest_.name));
      }
      stage_ = planner_stage::idle;
      news.kind = session_news::kind::self_test_passed;
      return news;
    }
    case protocol_method::generate_plan:
      stage_ = planner_stage::idle;
      news.kind = session_news::kind::plan_received;
      news.plan = std::move(result);
      return news;
    case protocol_method::shutdown:
      break;
  }
  return news;
}

namespace {

std::string how_it_ended(const process_event& event) {
  if (!event.start_error.empty()) {
    return "The planner could not be started: " + event.start_error;
  }
  if (event.signal) {
    return "The planner was ended by signal " + std::to_string(*event.signal) + ".";
  }
  return "The planner exited with code " + std::to_string(event.exit_code.value_or(-1)) + ".";
}

failure_code exit_code_meaning(planner_stage stage) {
  switch (stage) {
    case planner_stage::load:
    case planner_stage::handshake:
      return failure_code::load_failed;
    case planner_stage::self_test:
      return failure_code::self_test_failed;
    default:
      return failure_code::planner_crashed;
  }
}

}  // namespace

session_news worker_session::on_exit(const process_event& event) {
  session_news news;
  ended_ = true;
  news.ended = true;
  processes_left_ = event.processes_left;
  if (!blame_ && !doomed_ && !shutting_down_) {
    blame_ = evidence_of(make_failure(exit_code_meaning(stage_), how_it_ended(event), manifest_.name));
  }
  if (blame_) {
    news.kind = session_news::kind::session_failed;
    blame_->exit_code = event.exit_code;
    blame_->signal = event.signal;
    blame_->stderr_tail = scrub_stderr_tail(event.stderr_tail);
    news.evidence = *blame_;
  }
  return news;
}

}  // namespace planguild
