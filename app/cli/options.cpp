// The command line as a value: with known_commands.cpp the only file that knows CLI11. Owned by the command; pure
// functions, any thread.
#include "app/cli/options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include "app/cli/command_names.hpp"
#include "app/cli/known_commands.hpp"
#include "app/cli/text_layout.hpp"
#include "app/cli/unknown_words.hpp"
#include "messages/limits.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild::cli {
namespace {

constexpr const char* exit_codes_text =
    "Exit codes: 0 yes; 1 a failure or a negative answer; 2 usage or configuration; 3 a defect of planguild.";

constexpr std::string_view timeout_range = "--timeout takes seconds from 0.001 to 86400";
constexpr std::string_view interval_range = "--interval takes seconds from 0.1 to 3600";

/// What CLI11 fills in besides the command line itself.
struct raw_values {
  command_line line;
  bool json = false;
  bool no_prefer_production = false;
  std::string format = "text";
  std::string colour = "auto";
  std::optional<double> timeout_s;
  std::vector<std::string> required;
  std::string file;
  std::vector<std::string> settings;
  std::string profile;
  std::string language;
  bool force = false;
  bool no_force = false;
  double interval_s = 1;
  bool is_help = false;
  std::string help_of;
};

void add_shared(CLI::App& app, raw_values& raw, std::vector<std::string> formats) {
  const auto group = "Shared options";
  app.add_option("--planner-path", raw.line.planner_path, "Folders to look for planners in, separated by colons")
      ->type_name("DIR")
      ->expected(1)
      ->take_all()
      ->group(group);
  app.add_option("--config", raw.line.config_file, "JSON file with configuration values")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--state", raw.line.state_directory,
                 "Folder for what is remembered (default: $XDG_STATE_HOME/planguild or ~/.local/state/planguild)")
      ->type_name("DIR")
      ->group(group);
  app.add_option("--attach", raw.line.attach_path, "Ask the runtime that `planguild rpc --listen SOCKET` runs")
      ->type_name("SOCKET")
      ->group(group);
  const auto accepted = text::join(formats, "|");
  app.add_option("--format", raw.format, "How the answer is printed: " + accepted)
      ->type_name("FORMAT")
      ->check(CLI::IsMember(std::move(formats)).description(""))
      ->group(group);
  app.add_flag("--json", raw.json, "The same as --format json")->group(group);
  app.add_flag("--quiet", raw.line.quiet, "No progress, remarks and warnings on standard error")->group(group);
  app.add_option(
         "--log-level", raw.line.log_level,
         "DEBUG, INFO, WARNING, ERROR or CRITICAL; log lines are JSON on standard error (default here: WARNING)")
      ->type_name("LEVEL")
      ->group(group);
  app.add_option("--color", raw.colour, "auto|always|never; auto: on a terminal, and NO_COLOR is honoured")
      ->type_name("WHEN")
      ->check(CLI::IsMember({"auto", "always", "never"}).description(""))
      ->group(group);
}

void add_selection(CLI::App& app, raw_values& raw, const char* planner_meaning) {
  app.add_option("OBJECTIVE", raw.line.objective, "What is to be achieved, in a sentence")->required();
  app.add_option("--repo", raw.line.repository, "Repository that the plan is about; it is indexed")
      ->type_name("DIR")
      ->check(CLI::Validator{
          [](const std::string& given) { return given.empty() ? "it takes a folder, not an empty text" : ""; }, ""});
  app.add_option("--require", raw.required, "Capabilities that are asked for; may be repeated, or a list with commas")
      ->type_name("CAP")
      ->expected(1)
      ->take_all();
  app.add_option("--context", raw.line.context_file, "Deep context as JSON instead of indexing; -: standard input")
      ->type_name("FILE");
  app.add_option("--planner", raw.line.planner, planner_meaning)->type_name("NAME");
  app.add_flag("--no-prefer-production", raw.no_prefer_production,
               "Do not rank planners lower that are not production-ready");
  app.add_option("--timeout", raw.timeout_s, "Seconds for everything")->type_name("SECONDS");
  app.add_flag("--explain", raw.line.explain,
               "Also say what became of every planner; with a plan, show each task's evidence");
  app.add_option("--record", raw.line.record_file, "Append the decision as a line that `planguild replay` takes again")
      ->type_name("FILE");
  app.add_option("--out", raw.line.out_file, "Write the answer to a file (whole or not at all)")->type_name("FILE");
}

/// The arguments of what operators ask.
void add_operation_arguments(CLI::App& app, raw_values& raw, enum command which) {
  switch (which) {
    case command::heal:
      app.add_flag("--force", raw.force, "Read everything again in every attempt (the default)");
      app.add_flag("--no-force", raw.no_force, "Let the first attempt trust the signature")->excludes("--force");
      app.add_option("--max-attempts", raw.line.max_attempts, "Attempts, with growing pauses between them (default: 3)")
          ->type_name("N")
          ->check(CLI::Range(std::int64_t{1}, limits::heal_attempts_max).description(""));
      break;
    case command::quarantine:
    case command::reinstate:
      app.add_option("NAME", raw.line.name, "Name of the planner")->required();
      app.add_option("--reason", raw.line.reason, "Why, in a sentence; it is kept and shown")
          ->type_name("TEXT")
          ->required(which == command::quarantine);
      break;
    case command::configure:
      app.add_option("VARIABLE=VALUE", raw.settings, "Live variables (`planguild config` marks them) and their values")
          ->required();
      break;
    case command::profiles:
      app.add_option("KIND", raw.profile, "selection, instantiation or invocation")
          ->required()
          ->check(CLI::IsMember({"selection", "instantiation", "invocation"}).description(""));
      app.add_option("--limit", raw.line.limit, "At most so many samples, the newest (default: 100; 0: none)")
          ->type_name("N")
          ->check(CLI::Range(std::int64_t{0}, limits::max_profiles_cap).description(""));
      break;
    case command::diagnostics:
      app.add_flag("--verbose", raw.line.verbose, "With evidence, archived failures, samples and every variable");
      app.add_option("--out", raw.line.out_file, "Write the report to a file (whole or not at all)")->type_name("FILE");
      break;
    case command::top:
      app.add_flag("--once", raw.line.once, "Print one frame and end; without --attach, of a runtime of its own");
      app.add_option("--interval", raw.interval_s, "Seconds from one frame to the next (default: 1)")
          ->type_name("SECONDS");
      app.footer(std::string{"On a terminal: q ends it. Elsewhere: frames one below the other, with --json one object "
                             "per line.\n"} +
                 exit_codes_text);
      break;
    default:  // no arguments of their own
      break;
  }
}

void add_arguments(CLI::App& app, raw_values& raw, enum command which) {
  switch (which) {
    case command::plan:
      add_selection(app, raw, "Use this planner; nothing is ranked, unless it fails and --fallback is given");
      app.add_option("--fallback", raw.line.fallback,
                     "Try the next N planners of the ranking when one fails; with --planner, its first N")
          ->type_name("N")
          ->check(CLI::Range(0, static_cast<int>(limits::fallback_planners_max)));
      break;
    case command::select:
      add_selection(app, raw, "Say what would make this planner win (default: the runner-up)");
      app.add_option("--top", raw.line.top, "Rows of the ranking")->type_name("N")->check(CLI::Range(1, 100'000));
      break;
    case command::describe:
    case command::crash:
    case command::probe:
      app.add_option("NAME", raw.line.name, "Name of the planner")->required();
      break;
    case command::index:
      app.add_option("DIR", raw.line.directory, "Folder of the repository")->required();
      break;
    case command::lint:
      app.add_option("MANIFEST", raw.line.files, "Files NAME.planner.json")->required();
      break;
    case command::schema:
      app.add_option("WHAT", raw.line.name, "manifest, plan, config or rpc")
          ->required()
          ->check(CLI::IsMember({"manifest", "plan", "config", "rpc"}).description(""));
      break;
    case command::replay:
      app.add_option("FILE", raw.file, "File of JSON lines; -: standard input")->required();
      break;
    case command::new_planner:
      app.add_option("NAME", raw.line.name, "Name of the planner: 3 to 64 of a-z, 0-9, _ and -")->required();
      app.add_option("--lang", raw.language, "cpp: a shared object, python: a script")
          ->required()
          ->check(CLI::IsMember({"cpp", "python"}).description(""));
      app.add_option("--directory", raw.line.directory, "Folder of the project (default: ./NAME)")->type_name("DIR");
      break;
    case command::rpc:
      app.add_option("--listen", raw.line.listen_path,
                     "Listen for clients of this user at a socket of this path, instead of serving standard input and "
                     "output. Sockets that systemd passes (LISTEN_FDS) are served without this option.")
          ->type_name("SOCKET");
      break;
    default:
      add_operation_arguments(app, raw, which);
      break;
  }
}

/// Why --attach cannot be followed; empty: it can.
std::string attach_problem(const command_line& line) {
  switch (line.command) {
    case command::index:
    case command::lint:
    case command::schema:
    case command::replay:
    case command::new_planner:
      return "--attach has no meaning here: this command asks no runtime";
    case command::rpc:
      return "--attach has no meaning here: rpc is the runtime that other commands attach to";
    case command::doctor:
      return "--attach has no meaning here: doctor examines the set-up of this machine and this user";
    default:
      break;
  }
  const auto flag = !line.planner_path.empty()      ? "--planner-path"
                    : !line.config_file.empty()     ? "--config"
                    : !line.state_directory.empty() ? "--state"
                    : !line.log_level.empty()       ? "--log-level"
                                                    : "";
  if (*flag == '\0') return {};
  return std::string{flag} + " is for a runtime of its own; the one of --attach has its settings already";
}

/// The words that were typed are repeated without secrets; paths stay.
parsed_command_line refused(const std::string& message, const std::string& help_of) {
  const auto help = help_of.empty() ? std::string{"planguild --help"} : "planguild " + help_of + " --help";
  const auto problem = scrub(message, {.hide_paths = false});
  return {std::nullopt, exit_code::usage, "planguild: " + printable(problem) + "\nSee `" + help + "`.\n", problem};
}

/// As `finish`, of what operators ask.
std::string finish_operation(raw_values& raw) {
  auto& line = raw.line;
  line.force = !raw.no_force;
  if (!raw.profile.empty()) (void)from_string(raw.profile, line.profile);
  if (!raw.language.empty()) (void)from_string(raw.language, line.language);
  for (const auto& setting : raw.settings) {
    const auto equals = setting.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return "\"" + scrubbed_label(setting, limits::label_code_points) + "\" is no VARIABLE=VALUE";
    }
    line.settings.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
  }
  if (line.settings.size() > limits::configure_values_max) {
    return "configure takes at most " + std::to_string(limits::configure_values_max) + " values";
  }
  if (line.command == command::top && !line.once && line.attach_path.empty()) {
    return "top watches a running runtime: name its socket with --attach (a fresh runtime has nothing to show), or "
           "give --once for one frame of a runtime of its own";
  }
  if (line.command == command::quarantine && text::trim(line.reason).empty()) return "the reason is empty";
  if (!(raw.interval_s >= 0.1 && raw.interval_s <= 3'600)) return std::string{interval_range};
  line.interval_ms = std::llround(raw.interval_s * 1'000);
  return {};
}

/// What CLI11 cannot check; empty: nothing is wrong.
std::string finish(raw_values& raw) {
  auto& line = raw.line;
  static const std::map<std::string, output_format, std::less<>> formats = {{"text", output_format::text},
                                                                            {"json", output_format::json},
                                                                            {"md", output_format::markdown},
                                                                            {"mermaid", output_format::mermaid}};
  static const std::map<std::string, colour_choice, std::less<>> colours = {
      {"auto", colour_choice::automatic}, {"always", colour_choice::always}, {"never", colour_choice::never}};
  line.format = raw.json ? output_format::json : formats.at(raw.format);
  line.colour = colours.at(raw.colour);
  line.prefer_production = !raw.no_prefer_production;
  if (!raw.file.empty()) line.files = {raw.file};
  for (const auto& list : raw.required) {
    for (auto& name : text::split_list(list)) line.required.push_back(std::move(name));
  }
  const bool is_objective_needed = line.command == command::plan || line.command == command::select;
  if (is_objective_needed && text::trim(line.objective).empty()) return "the objective is empty";
  if (line.objective.size() > limits::objective_bytes_max) {
    return "the objective has " + std::to_string(line.objective.size()) + " bytes; it may have " +
           std::to_string(limits::objective_bytes_max);
  }
  if ((line.format == output_format::markdown || line.format == output_format::mermaid) &&
      line.command != command::plan) {
    return "--format " + raw.format + " is for plans; this command prints text or json";
  }
  if (!line.attach_path.empty()) {
    if (auto problem = attach_problem(line); !problem.empty()) return problem;
  }
  if (auto problem = finish_operation(raw); !problem.empty()) return problem;
  if (!raw.timeout_s) return {};
  const auto timeout_s_max = static_cast<double>(limits::timeout_ms_max) / 1'000;
  if (!(*raw.timeout_s >= 0.001 && *raw.timeout_s <= timeout_s_max)) {
    return std::string{timeout_range};
  }
  line.timeout_ms = std::llround(*raw.timeout_s * 1'000);
  return {};
}

/// The command in the arguments, for a hint at the right help; empty if there is none.
std::string command_in(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? std::string{} : chosen.front()->get_name();
}

/// As CLI11 says it; a missing argument comes with what it takes, and an unknown word of `typed` with what was meant.
std::string argument_problem(const CLI::App& app, const std::vector<std::string>& typed, const std::string& sentence) {
  const auto chosen = app.get_subcommands();
  const auto command = command_in(app);
  const auto before = first_option(app.remaining(), typed);
  if (chosen.empty()) {
    const bool begins_with_option = before && app.remaining().front() == *before;
    return begins_with_option ? unknown_option(*before, command, all_known(app))
                              : unknown_command(app.remaining(), all_known(app));
  }
  if (before) return option_before_command(*before, command, all_known(app));
  if (const auto option = first_option(chosen.front()->remaining(), typed)) {
    return unknown_option(*option, command, all_known(app));
  }
  for (const auto range : {timeout_range, interval_range}) {
    if (sentence.starts_with("Could not convert: " + std::string{range.substr(0, range.find(' '))}))
      return std::string{range};
  }
  const auto* missing = chosen.front()->get_option_no_throw(sentence.substr(0, sentence.find(" is required")));
  return missing == nullptr ? sentence : sentence + ": " + missing->get_description();
}

void set_up(CLI::App& app, raw_values& raw) {
  app.footer(std::string{"See `planguild COMMAND --help`.\n"} + exit_codes_text);
  app.set_help_flag("-h,--help", "Print this help");
  app.require_subcommand(1);
  add_shared(app, raw, {"text", "json", "md", "mermaid"});
  for (const auto& each : commands) {
    auto* sub = app.add_subcommand(each.name, each.description);
    sub->footer(exit_codes_text);
    add_arguments(*sub, raw, each.command);
    add_shared(*sub, raw,
               each.command == command::plan ? std::vector<std::string>{"text", "json", "md", "mermaid"}
                                             : std::vector<std::string>{"text", "json"});
    sub->callback([&raw, which = each.command] { raw.line.command = which; });
  }
  auto* help = app.add_subcommand("help", "Print this help, or that of a command");
  help->add_option("COMMAND", raw.help_of, "Name of the command");
  help->callback([&raw] { raw.is_help = true; });
}

/// The answer to `planguild help`.
parsed_command_line help_answer(const CLI::App& app, const std::string& command) {
  if (command.empty()) {
    // Not app.help(), which prints the help of the command that was given: help's own.
    const auto text = app.get_formatter()->make_help(&app, app.get_name(), CLI::AppFormatMode::Normal);
    return {std::nullopt, exit_code::yes, text};
  }
  const auto subs = app.get_subcommands([&](const CLI::App* each) { return each->get_name() == command; });
  if (subs.empty()) return refused(unknown_command({command}, all_known(app)), {});
  return {std::nullopt, exit_code::yes, subs.front()->help(app.get_name())};
}

}  // namespace

parsed_command_line parse_command_line(const std::vector<std::string>& arguments, const std::string& program_version) {
  raw_values raw;
  CLI::App app{
      "planguild chooses among planners: it finds them, tests them, ranks them for an objective, runs the best.",
      "planguild"};
  try {
    set_up(app, raw);
    app.set_version_flag("--version", "planguild " + program_version);
    app.parse(std::vector<std::string>{arguments.rbegin(), arguments.rend()});
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app.get_subcommands();
    return {std::nullopt, exit_code::yes, chosen.empty() ? app.help() : chosen.front()->help("planguild")};
  } catch (const CLI::CallForVersion& version) {
    return {std::nullopt, exit_code::yes, std::string{version.what()} + "\n"};
  } catch (const CLI::ParseError& problem) {
    return refused(argument_problem(app, arguments, problem.what()), command_in(app));
  }
  if (raw.is_help) return help_answer(app, raw.help_of);
  if (const auto problem = finish(raw); !problem.empty()) return refused(problem, command_in(app));
  return {std::move(raw.line), exit_code::yes, {}};
}

}  // namespace planguild::cli
