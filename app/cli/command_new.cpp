// new: writes the project of a planner. Owned by the command; main thread.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "app/cli/commands.hpp"
#include "app/cli/doctor_checks.hpp"
#include "app/cli/output.hpp"
#include "app/cli/scaffold.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild::cli {
namespace {

std::string reason(int error) {
  return std::generic_category().message(error);
}

/// With its paths: they are those that were typed.
failure refused(const std::string& sentence) {
  return {failure_code::invalid_request, scrub(sentence, {.hide_paths = false}), {}, {}};
}

/// The first of the files that is there already, whatever it is.
std::optional<std::string> existing(const std::string& folder, const std::vector<scaffold_file>& files) {
  for (const auto& file : files) {
    std::error_code error;
    const auto path = folder + "/" + file.path;
    if (std::filesystem::symlink_status(path, error).type() != std::filesystem::file_type::not_found && !error) {
      return path;
    }
  }
  return std::nullopt;
}

/// Makes a file that is not there, with the folders above it.
std::optional<failure> create(const std::string& path, const scaffold_file& file) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  if (error) return refused("the folder of \"" + path + "\" cannot be made: " + error.message());
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file.mode);
  if (descriptor < 0) return refused("\"" + path + "\" cannot be written: " + reason(errno));
  std::string_view rest = file.text;
  int problem = 0;
  while (!rest.empty() && problem == 0) {
    const auto written = ::write(descriptor, rest.data(), rest.size());
    if (written > 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (written == 0 || errno != EINTR) {
      problem = written == 0 ? ENOSPC : errno;
    }
  }
  if (::close(descriptor) != 0 && problem == 0) problem = errno;
  if (problem != 0) return refused("\"" + path + "\" cannot be written: " + reason(problem));
  return std::nullopt;
}

std::optional<failure> create_all(const std::string& folder, const std::vector<scaffold_file>& files) {
  if (const auto there = existing(folder, files)) {
    return refused("\"" + *there + "\" is there already, and nothing is overwritten; nothing was written. Choose " +
                   "another folder with --directory, or move that file away.");
  }
  for (const auto& file : files) {
    if (auto problem = create(folder + "/" + file.path, file)) return problem;
  }
  return std::nullopt;
}

std::string new_text(const std::string& folder, const std::vector<scaffold_file>& files,
                     const std::vector<std::string>& commands) {
  std::string text;
  for (const auto& file : files) text += "written     " + printable(folder + "/" + file.path) + "\n";
  text += "next        cd " + printable(shell_word(folder)) + "\n";
  for (const auto& line : commands) text += "            " + line + "\n";
  return text;
}

nlohmann::ordered_json new_json(const std::string& name, const command_line& line, const std::string& folder,
                                const std::vector<scaffold_file>& files, const std::vector<std::string>& commands) {
  nlohmann::ordered_json result;
  result["name"] = name;
  result["language"] = to_string(line.language);
  result["directory"] = folder;
  result["files"] = nlohmann::ordered_json::array();
  for (const auto& file : files) result["files"].push_back(file.path);
  result["next"] = commands;
  return result;
}

}  // namespace

int run_new(const command_context& context) {
  const auto name = text::normalised(context.line.name);
  if (!text::is_planner_name(name)) {
    return report_failure(refused("\"" + text::cut_code_points(context.line.name, 80) +
                                  "\" is no planner name: 3 to 64 of a-z, 0-9, _ and -, not beginning with -"),
                          context);
  }
  const auto folder = context.line.directory.empty() ? name : context.line.directory;
  const auto files = scaffold_files(name, context.line.language);
  if (const auto problem = create_all(folder, files)) return report_failure(*problem, context);
  const auto program = printable(program_word(context.program, working_directory()));
  const auto commands = scaffold_commands(name, context.line.language, program);
  if (context.line.format == output_format::json) {
    return print_json(new_json(name, context.line, folder, files, commands), exit_code::yes, context);
  }
  return print_answer(new_text(folder, files, commands), exit_code::yes, context);
}

}  // namespace planguild::cli
