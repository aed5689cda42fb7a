// lint, schema, config: what needs no runtime of its own. Owned by the command; main thread.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "app/cli/attached_session.hpp"
#include "app/cli/commands.hpp"
#include "app/cli/config_text.hpp"
#include "app/cli/lint.hpp"
#include "app/cli/output.hpp"
#include "app/cli/schema.hpp"
#include "app/host/system/files.hpp"

namespace planguild::cli {
namespace {

nlohmann::ordered_json lint_json(const lint_report& report) {
  auto findings = nlohmann::ordered_json::array();
  for (const auto& finding : report.findings) {
    findings.push_back(
        {{"severity", to_string(finding.severity)}, {"where", finding.where}, {"message", finding.message}});
  }
  nlohmann::ordered_json result;
  result["path"] = report.path;
  result["good"] = report.good();
  result["name"] = report.name;
  result["version"] = report.version;
  result["digest"] = report.digest;
  result["files_sha256"] = report.files_sha256;
  result["files"] = report.files;
  result["findings"] = std::move(findings);
  return result;
}

struct shown_configuration {
  std::optional<config_load> load;
  int exit_code = exit_code::yes;  // of the command, where there is nothing to show
};

/// What a command would work with, or with --attach what the running runtime works with.
shown_configuration configuration_to_show(const command_context& context) {
  if (context.line.attach_path.empty()) return {load_command_configuration(context.line)};
  const auto started = start_session(context);
  if (!started.guild) return {std::nullopt, started.exit_code};
  const interrupt_watch::scope scope{context.interrupts, [&started] { started.guild->cancel(); }};
  auto load = running_configuration(*started.guild);
  if (!load) return {std::nullopt, report_failure(*load.error, context)};
  return {std::move(*load)};
}

}  // namespace

int run_lint(const command_context& context) {
  const auto files = make_file_source();
  const auto base = working_directory();
  auto all = nlohmann::ordered_json::array();
  std::string text;
  bool good = true;
  for (const auto& path : context.line.files) {
    const auto report = lint_manifest(path, *files, base);
    good = good && report.good();
    if (context.line.format == output_format::json) {
      all.push_back(lint_json(report));
    } else {
      text += printable_lines(lint_text(report));
    }
  }
  const int code = good ? exit_code::yes : exit_code::negative;
  if (context.line.format == output_format::json) return print_json(all, code, context);
  return print_answer(text, code, context);
}

int run_schema(const command_context& context) {
  const auto& name = context.line.name;
  const auto schema = name == "manifest" ? manifest_schema()
                      : name == "plan"   ? plan_schema()
                      : name == "rpc"    ? rpc_schema()
                                         : config_schema();
  return print_json(schema, exit_code::yes, context);
}

int run_config(const command_context& context) {
  const auto loaded = configuration_to_show(context);
  if (!loaded.load) return loaded.exit_code;
  const auto& load = *loaded.load;
  const int code = load.problems.empty() ? exit_code::yes : exit_code::usage;
  if (!load.problems.empty()) complain("planguild: " + problems_text(load.problems));
  if (context.line.format == output_format::json) return print_json(config_json(load), code, context);
  return print_answer(config_text(load, context.style), code, context);
}

}  // namespace planguild::cli
