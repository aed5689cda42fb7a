// One planner process: see the header. Plain class, no CAF.
#include "actors/instantiation/worker_session.hpp"

#include <csignal>
#include <utility>

#include "actors/instantiation/plan_scrub.hpp"
#include "messages/limits.hpp"
#include "messages/sandbox_text.hpp"
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
  command.file_sizes_bytes = planner.file_sizes_bytes;
  if (!command.argv.empty() && command.argv[0].find('/') != std::string::npos && command.argv[0][0] != '/') {
    command.argv[0] = planner.directory + "/" + command.argv[0];
  }
  command.environment = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8"};
  return command;
}

worker_session::worker_session(const found_planner& planner, confinement around, environment& outside,
                               process_sink sink)
    : manifest_(planner.manifest),
      around_(std::move(around)),
      outside_(outside),
      protocol_(*outside.random, planner.manifest.name) {
  started_at_ns_ = outside_.clock->monotonic_ns();
  auto command = command_of(planner);
  command.policy = around_.policy;
  command.grants = around_.grants;
  command.repository = around_.repository;
  id_ = outside_.processes->start(std::move(command), std::move(sink));
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
  return fail(make_failure(code, message, manifest_.name), process_ending::timed_out, to_string(stage_)).evidence;
}

failure_evidence worker_session::outlived_output() {
  return fail(make_failure(failure_code::protocol_error, "The planner closed its output and went on running.",
                           manifest_.name),
              process_ending::protocol_broken, "output closed")
      .evidence;
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
  evidence.wall_ms = outside_.clock->wall_ms();
  return evidence;
}

session_news worker_session::fail(const failure& problem, process_ending ending, std::string_view detail) {
  session_news news;
  news.kind = session_news::kind::session_failed;
  news.evidence = evidence_of(problem);
  news.evidence.ending = ending;
  news.evidence.ending_detail = detail;
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
    case process_event_kind::secured:
      posture_ = event.posture;
      return {};
    case process_event_kind::line:
      return doomed_ || shutting_down_ ? session_news{} : on_line(event.text);
    case process_event_kind::line_too_long:
      if (doomed_) {
        return {};
      }
      return fail(make_failure(failure_code::limit_exceeded,
                               "The planner sent a line longer than " +
                                   std::to_string(limits::protocol_line_bytes_max) + " bytes.",
                               manifest_.name),
                  process_ending::over_limit, "line length");
    case process_event_kind::output_closed:
      return on_output_closed(event);
    case process_event_kind::exited:
      return on_exit(event);
  }
  return {};
}

/// Exiting closes the output as well, so its end is waited for a little: it tells more.
session_news worker_session::on_output_closed(const process_event& event) {
  output_closed_ = true;
  if (doomed_ || shutting_down_) {
    return {};
  }
  if (!event.text.empty()) {
    return fail(make_failure(failure_code::protocol_error, "The planner's output ended in the middle of a line.",
                             manifest_.name),
                process_ending::protocol_broken, "half a line");
  }
  session_news news;
  news.kind = session_news::kind::output_closed;
  return news;
}

session_news worker_session::on_line(const std::string& line) {
  auto reading = protocol_.read(line);
  switch (reading.kind) {
    case protocol_reading::kind::notification:
      return {};
    case protocol_reading::kind::violation:
      return fail(reading.problem, reading.ending, reading.breach);
    case protocol_reading::kind::result:
      return on_result(reading.method, std::move(reading.result));
    case protocol_reading::kind::error:
      break;
  }
  if (reading.method != protocol_method::generate_plan) {
    return fail(reading.problem, process_ending::none, {});  // it ended because it was told no: nothing broke
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
        const bool is_malformed = problem->code == failure_code::protocol_error;
        return fail(*problem, process_ending::protocol_broken,
                    is_malformed ? "malformed handshake" : "handshake mismatch");
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
            make_failure(failure_code::self_test_failed, "The self-test did not pass: " + detail, manifest_.name),
            process_ending::none, {});
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

bool was_filtered(const process_event& event) {
  return !event.filtered_call.empty() || event.signal == SIGSYS;
}

std::string how_it_ended(const process_event& event) {
  if (event.insecure) {
    return event.start_error.empty() ? "The sandbox does not give what is required." : event.start_error;
  }
  if (!event.start_error.empty()) {
    return "The planner could not be started: " + event.start_error;
  }
  if (was_filtered(event)) {
    const auto call = event.filtered_call.empty() ? std::string{} : " (" + event.filtered_call + ")";
    return "The planner was ended for a system call that its sandbox forbids" + call + ".";
  }
  if (!event.exceeded_limit.empty()) {
    return "The planner was ended because it went over its limit: " + event.exceeded_limit + ".";
  }
  if (event.signal) {
    return "The planner was ended by signal " + std::to_string(*event.signal) + ".";
  }
  return "The planner exited with code " + std::to_string(event.exit_code.value_or(-1)) + ".";
}

/// What ended the process by itself, whatever else it did.
void set_ending(failure_evidence& evidence, const process_event& event) {
  if (was_filtered(event)) {
    evidence.ending = process_ending::filtered;
    evidence.ending_detail = event.filtered_call;
  } else if (!event.exceeded_limit.empty()) {
    evidence.ending = process_ending::over_limit;
    evidence.ending_detail = event.exceeded_limit;
  } else if (event.signal) {
    evidence.ending = process_ending::signalled;
  } else {
    evidence.ending = process_ending::exited;
  }
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

failure_evidence worker_session::evidence_of_exit(const process_event& event) const {
  const auto code = event.insecure ? failure_code::sandbox_insufficient : exit_code_meaning(stage_);
  auto evidence = evidence_of(make_failure(code, how_it_ended(event), manifest_.name));
  if (event.insecure) {
    evidence.stage = planner_stage::load;
    evidence.ending = process_ending::insecure;
    evidence.ending_detail = text::join(missing_guarantees(around_.policy, event.posture), ", ");
  } else if (!event.start_error.empty()) {
    evidence.ending = process_ending::not_started;
  } else {
    set_ending(evidence, event);
  }
  return evidence;
}

session_news worker_session::on_exit(const process_event& event) {
  session_news news;
  ended_ = true;
  news.ended = true;
  processes_left_ = event.processes_left;
  if (event.insecure) {
    posture_ = event.posture;
  }
  if (!blame_ && !doomed_ && !shutting_down_) {
    blame_ = evidence_of_exit(event);
  } else if (blame_ && (was_filtered(event) || !event.exceeded_limit.empty())) {
    set_ending(*blame_, event);  // what was blamed was its consequence: half a line, a request without an answer
  }
  if (blame_) {
    blame_->resources = event.resources;
    news.kind = session_news::kind::session_failed;
    if (!event.insecure) {  // what ends a refused worker is the host, and says nothing
      blame_->exit_code = event.exit_code;
      blame_->signal = event.signal;
    }
    blame_->stderr_tail = scrub_stderr_tail(event.stderr_tail);
    news.evidence = *blame_;
  }
  return news;
}

}  // namespace planguild
