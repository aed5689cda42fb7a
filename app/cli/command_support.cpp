// What the commands share. Owned by the command; main thread.
#include "app/cli/command_support.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "app/cli/attached_session.hpp"
#include "app/cli/config_text.hpp"
#include "app/cli/doctor_checks.hpp"
#include "app/cli/output.hpp"
#include "app/host/config_source.hpp"
#include "messages/json.hpp"
#include "messages/limits.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild::cli {
namespace {

std::string environment_value(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody changes the environment
  return value == nullptr ? std::string{} : std::string{value};
}

bool is_directory(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode);
}

std::string folder_of_this_program() {
  std::string self(PATH_MAX, '\0');
  const auto size = ::readlink("/proc/self/exe", self.data(), self.size());
  if (size <= 0) return {};
  self.resize(static_cast<std::size_t>(size));
  return self.substr(0, self.rfind('/') + 1);
}

/// `path` without "..", as it is shown and kept; empty if there is nothing.
std::string resolved(const std::string& path) {
  std::error_code problem;
  auto result = std::filesystem::canonical(path, problem);
  return problem ? std::string{} : result.string();
}

int exit_code_of(failure_code code) {
  switch (code) {
    case failure_code::invalid_request:
    case failure_code::invalid_configuration:
      return exit_code::usage;
    case failure_code::internal:
      return exit_code::internal;
    default:
      return exit_code::negative;
  }
}

/// The sentence of `problem`, with the planner that it is about where it does not name it.
std::string told_of_planner(const failure& problem) {
  const auto planner = scrubbed_label(problem.planner, limits::label_code_points);
  const bool is_named = problem.message.find(planner) != std::string::npos;
  return printable(is_named ? problem.message : planner + ": " + problem.message);
}

/// Where more of a crash is told; empty: nowhere.
std::string next_step(const failure& problem, const command_line& line) {
  if (problem.code != failure_code::planner_crashed || problem.planner.empty()) return {};
  const bool is_remembered = !line.attach_path.empty() || !state_directory_of(line).empty();
  if (!is_remembered) return {};
  const auto planner = scrubbed_label(problem.planner, limits::label_code_points);
  auto asked = "planguild crash " + planner;
  const auto add = [&asked](const char* option, const std::string& given) {
    if (!given.empty()) asked += std::string{" "} + option + " " + shell_word(given);
  };
  // Whatever said where this planner and its crashes are.
  add("--attach", line.attach_path);
  add("--state", line.state_directory);
  add("--config", line.config_file);
  for (const auto& folder : line.planner_path) add("--planner-path", folder);
  return " (`" + printable(asked) + "` shows how it ended)";
}

}  // namespace

std::string working_directory() {
  std::string path(PATH_MAX, '\0');
  if (::getcwd(path.data(), path.size()) == nullptr) return "/";
  path.resize(path.find('\0'));
  return path;
}

std::string shipped_planners_directory() {
  if (auto beside = folder_of_this_program() + "planners"; is_directory(beside)) return beside;
#ifdef PLANGUILD_INSTALLED_PLANNERS
  if (auto installed = resolved(folder_of_this_program() + PLANGUILD_INSTALLED_PLANNERS); is_directory(installed)) {
    return installed;
  }
#endif
#ifdef PLANGUILD_PLANNERS_DIRECTORY
  if (is_directory(PLANGUILD_PLANNERS_DIRECTORY)) return PLANGUILD_PLANNERS_DIRECTORY;
#endif
  return {};
}

std::string state_directory_of(const command_line& line) {
  if (!line.state_directory.empty()) return line.state_directory;
  // A relative XDG_STATE_HOME is to be ignored, says the XDG specification.
  if (const auto base = environment_value("XDG_STATE_HOME"); base.starts_with('/')) return base + "/planguild";
  if (const auto home = environment_value("HOME"); home.starts_with('/')) return home + "/.local/state/planguild";
  return {};
}

config_load load_command_configuration(const command_line& line) {
  configuration_sources sources;
  sources.file_path = line.config_file;
  if (!line.planner_path.empty()) {
    sources.overrides.push_back({"FACTORY_PLANNER_PATH", text::join(line.planner_path, ":"), "flag --planner-path"});
  }
  if (!line.log_level.empty()) {
    sources.overrides.push_back({"FACTORY_LOG_LEVEL", line.log_level, "flag --log-level"});
  }
  auto load = load_configuration(sources);
  if (load.value.planner_path.empty()) {
    if (auto shipped = shipped_planners_directory(); !shipped.empty()) load.value.planner_path = {std::move(shipped)};
  }
  return load;
}

std::optional<session_options> session_options_of(const command_line& line) {
  auto load = load_command_configuration(line);
  if (!load.problems.empty()) {
    const auto problems = problems_text(load.problems);
    complain("planguild: " + problems);
    if (line.format == output_format::json) {
      (void)print(failure_json({failure_code::invalid_configuration, problems, {}, {}}));
    }
    return std::nullopt;
  }
  // What is ignored, `planguild config` says; a value of ours that does not do what it says, every command does.
  for (const auto& note : load.notes) {
    if (find_config_field(note.substr(0, note.find(' '))) != nullptr) remark(note, line);
  }
  session_options options;
  // A command shows warnings only, with --quiet errors only, unless somebody asks for another level.
  const auto level = std::find_if(load.sources.begin(), load.sources.end(),
                                  [](const auto& each) { return each.first == "FACTORY_LOG_LEVEL"; });
  const bool is_asked_for = level != load.sources.end() && level->second != "default";
  const auto level_of_command = line.quiet ? log_level::error : log_level::warning;
  options.least_level = is_asked_for ? load.value.log_level : level_of_command;
  options.config = std::move(load.value);
  options.config.log_level = options.least_level;  // a running runtime tells and changes the level that it works with
  options.state_directory = state_directory_of(line);
  options.is_log_for_people = is_error_terminal();
  if (options.state_directory.empty()) {
    remark("nothing is remembered: neither --state, XDG_STATE_HOME nor HOME names a folder", line);
  }
  return options;
}

started_session start_session(const command_context& context) {
  if (const auto& path = context.line.attach_path; !path.empty()) {
    auto attached = attach_session(path);
    if (!attached) return {nullptr, report_failure(*attached.error, context)};
    return {std::move(*attached), exit_code::yes};
  }
  auto options = session_options_of(context.line);
  if (!options) return {nullptr, exit_code::usage};
  return {start_own_session(std::move(*options)), exit_code::yes};
}

std::string failure_json(const failure& problem) {
  nlohmann::ordered_json answer;
  answer["failure"] = {{"code", to_string(problem.code)},
                       {"message", problem.message},
                       {"planner", problem.planner},
                       {"where", problem.where}};
  return dump_json(answer, 2) + "\n";
}

int report_failure(const failure& problem, const command_context& context) {
  auto text = std::string{"planguild: "} + std::string{to_string(problem.code)} + ": " + told_of_planner(problem);
  const bool says_where = problem.where.empty() || problem.message.find(problem.where) != std::string::npos;
  text += says_where ? "" : " (at " + printable(problem.where) + ")";
  text += next_step(problem, context.line) + "\n";
  if (context.interrupts.requested()) text = "planguild: interrupted\n";
  complain(text);
  if (context.line.format == output_format::json) (void)print(failure_json(problem));
  return context.interrupts.requested() ? exit_code::negative : exit_code_of(problem.code);
}

int print_answer(std::string_view text, int code, const command_context& context) {
  const auto& out = context.line.out_file;
  if (out.empty()) return print(text) ? code : exit_code::negative;
  if (const auto problem = write_file(out, text)) {
    complain("planguild: " + printable(problem->message) + "\n");
    return exit_code::usage;
  }
  remark("written to " + out, context.line);
  return code;
}

int print_json(const nlohmann::ordered_json& value, int code, const command_context& context) {
  return print_answer(dump_json(value, 2) + "\n", code, context);
}

std::function<std::string()> probes_left(session& guild) {
  if (guild.is_attached()) return {};  // its one connection is waiting for the answer
  return [&guild]() -> std::string {
    const auto report = guild.health({});
    return report && report->pending > 0 ? ", " + with_separators(report->pending) + " left to test" : "";
  };
}

bool is_progress_shown(const command_line& line) {
  return !line.quiet && is_error_terminal();
}

void remark(std::string_view text, const command_line& line) {
  if (!line.quiet) complain("planguild: " + printable(text) + "\n");
}

}  // namespace planguild::cli
