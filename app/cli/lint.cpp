// The findings of `planguild lint`. Called from one thread at a time.
#include "app/cli/lint.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "actors/discovery/load.hpp"
#include "actors/discovery/manifest.hpp"
#include "app/worker/elf_object.hpp"
#include "app/worker/planner_abi.h"
#include "messages/grants.hpp"
#include "messages/limits.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

void add(lint_report& report, lint_severity severity, std::string_view where, std::string_view message) {
  report.findings.push_back(
      {severity, std::string(where), make_failure(failure_code::invalid_manifest, message).message});
}

/// Whether the program can be started: the first candidate that is a file decides.
void check_program(lint_report& report, const planner_entry& entry, const std::string& folder, file_source& files) {
  const auto candidates = program_candidates(entry, folder);
  for (const auto& candidate : candidates) {
    const auto facts = files.stat(candidate);
    if (!facts) continue;
    report.program = candidate;
    report.program_mode = facts->mode;
    if (facts->kind != file_kind::regular) {
      add(report, lint_severity::error, "entry.argv[0]", "the program is no regular file");
    } else if ((facts->mode & 0111U) == 0) {
      add(report, lint_severity::error, "entry.argv[0]", "the program is not executable (chmod +x)");
    }
    return;
  }
  const std::string& program = entry.argv.front();
  const bool bare = program.find('/') == std::string::npos;
  add(report, lint_severity::error, "entry.argv[0]",
      "\"" + program + "\" is not there; looked " +
          (bare ? "in the system's bin folders" : "in the manifest's folder"));
}

/// Whether an argument may be the path of a file below the manifest's folder, and is no address or line of a shell.
bool may_be_path(std::string_view argument) {
  return argument.find_first_of(" \t\n=:;|&<>$*") == std::string_view::npos && !relative_path_problem(argument);
}

bool is_called_like_script(std::string_view argument) {
  static constexpr std::string_view suffixes[] = {".py", ".sh", ".js", ".mjs", ".ts", ".rb", ".pl", ".php", ".lua"};
  return std::any_of(std::begin(suffixes), std::end(suffixes),
                     [argument](std::string_view suffix) { return argument.ends_with(suffix); });
}

/// Where in argv the scripts are that the program is given to run, by their looks. What follows an option may be its
/// value (a model, a media type, a file to write, a secret) and is never taken for one; else a path that is no script
/// by its name counts only where a program of the system gets it first.
std::vector<std::size_t> script_places(const planner_entry& entry) {
  const auto& argv = entry.argv;
  std::vector<std::size_t> places;
  bool may_be_first = argv.front().find('/') == std::string::npos;
  for (std::size_t index = 1; index < argv.size(); ++index) {
    if (argv[index].starts_with('-')) continue;
    const bool is_first = std::exchange(may_be_first, false);
    const bool may_be_value = index > 1 && (argv[index - 1].starts_with('-') || is_secret_name(argv[index - 1]));
    const bool is_path = is_first && argv[index].find('/') != std::string::npos;
    if (may_be_value || !may_be_path(argv[index])) continue;
    if (is_path || is_called_like_script(argv[index])) places.push_back(index);
  }
  return places;
}

/// Whether the scripts are there that a program is given to run. An error only of what the manifest itself calls a
/// file.
void check_scripts(lint_report& report, const planner_entry& entry, const std::string& folder, file_source& files) {
  for (const auto index : script_places(entry)) {
    const auto path = normal_relative_path(entry.argv[index]);
    if (files.stat_below(folder, path)) continue;
    const bool is_listed = std::find(entry.files.begin(), entry.files.end(), path) != entry.files.end();
    // A word that only its slash makes a path is not repeated: it may be anything, a key too.
    const bool is_repeated = is_listed || is_called_like_script(path);
    add(report, is_listed ? lint_severity::error : lint_severity::warning, "entry.argv[" + std::to_string(index) + "]",
        (is_repeated ? "\"" + entry.argv[index] + "\"" : "the file that it seems to name") +
            " is not there; looked in the manifest's folder");
  }
}

/// Whether the library can be loaded here and is a planner, as far as its bytes tell.
void check_library(lint_report& report, const found_planner& planner, file_source& files) {
  const auto& path = planner.manifest.entry.path;
  report.program = program_candidates(planner.manifest.entry, planner.directory).front();
  if (const auto facts = files.stat(report.program)) report.program_mode = facts->mode;
  const auto bytes = files.read_below(planner.directory, path, limits::entry_file_bytes_max);
  if (!bytes) {
    add(report, lint_severity::error, "entry.path", bytes.error->message);
    return;
  }
  const auto read = read_elf(*bytes, PLANGUILD_PLANNER_SYMBOL);
  if (!read.problem.empty()) {
    add(report, lint_severity::error, "entry.path", "\"" + path + "\" " + read.problem);
    return;
  }
  if (!read.object.exports) {
    add(report, lint_severity::error, "entry.path",
        "\"" + path +
            "\" does not export \"" PLANGUILD_PLANNER_SYMBOL
            "\": write PLANGUILD_PLANNER(your_class) into one of its files (planner.hpp)");
  }
  if (!read.object.library_path.empty()) {
    add(report, lint_severity::warning, "entry.path",
        "\"" + path + "\" looks for libraries in \"" + text::cut_bytes(read.object.library_path, 200) +
            "\" (RPATH or RUNPATH), which the sandbox does not show it; link it without");
  }
}

/// The files that `loaded` names and that keep it from being taken, but for the first: that one its refusal tells.
void check_files(lint_report& report, const loaded_planner& loaded) {
  bool is_told = true;
  for (const auto& file : loaded.files) {
    if (file.stamp.present && file.stamp.kind == file_kind::regular) continue;
    if (std::exchange(is_told, false)) continue;
    const auto why = !file.stamp.present ? "is not there or cannot be reached"
                     : file.stamp.kind == file_kind::symlink
                         ? "is a symbolic link that leads out of the manifest's folder"
                         : "is no regular file";
    add(report, lint_severity::error, "entry.files", "\"" + file.relative + "\" " + why);
  }
}

/// Why the manifest at `path` is refused: everything in its text, else in the files that it names.
void check_refusal(lint_report& report, const std::string& path, const loaded_planner& loaded, file_source& files) {
  const auto text = files.read(path, limits::manifest_bytes_max);
  const auto remarks = text ? examine_manifest(*text, path) : manifest_remarks{};
  for (const auto& problem : remarks.problems) add(report, lint_severity::error, report.path, problem);
  if (!remarks.problems.empty()) {
    for (const auto& warning : remarks.warnings) add(report, lint_severity::warning, {}, warning);
    return;
  }
  add(report, lint_severity::error, report.path, loaded.planner.error->message);
  const auto parsed = text ? parse_manifest(*text, path) : outcome<parsed_manifest>{};
  if (!parsed) return;
  if (parsed->files_given) check_files(report, loaded);
  const auto& entry = parsed->manifest.entry;
  if (entry.kind != entry_kind::command) return;
  const std::string folder{manifest_folder(path)};
  check_program(report, entry, folder, files);
  check_scripts(report, entry, folder, files);
}

/// The paths that are requested for nothing, and those that ask for everything. They are shown: who wrote them reads
/// it.
void check_paths(lint_report& report, const std::string& list, const std::vector<std::string>& requested,
                 const std::vector<std::string>& never) {
  for (std::size_t index = 0; index < requested.size(); ++index) {
    const auto& path = requested[index];
    const bool is_vain = std::find(never.begin(), never.end(), path) != never.end();
    if (!is_vain && path.find_first_not_of('/') != std::string::npos) continue;
    const auto why = is_vain ? "can never be granted: write an absolute path of at most " +
                                   std::to_string(limits::grant_path_bytes_max) + " bytes without .."
                             : std::string{"asks for the whole file system: name the folders that the planner needs"};
    report.findings.push_back({lint_severity::warning, list + "[" + std::to_string(index) + "]",
                               '"' + scrub(path, {.hide_paths = false, .bytes_max = 200}) + "\" " + why});
  }
}

void check_permissions(lint_report& report, const planner_permissions& requested) {
  // What is left once everything is granted.
  const auto never = ungranted(requested, {requested.network, {"/"}, {"/"}});
  check_paths(report, "permissions.read", requested.read, never.read);
  check_paths(report, "permissions.write", requested.write, never.write);
}

void check_meaning(lint_report& report, const planner_manifest& manifest) {
  if (manifest.entry.files.empty()) {
    add(report, lint_severity::warning, "entry.files",
        "nothing beside the manifest is covered by the digest: changes of the program will not be noticed");
  } else if (manifest.sha256.empty()) {
    add(report, lint_severity::note, "sha256", "not given; it would be \"" + report.files_sha256 + "\"");
  }
  if (manifest.capabilities.empty()) {
    add(report, lint_severity::warning, "capabilities", "none: the planner is never matched by a required capability");
  }
  static constexpr std::string_view tiers[] = {"", "alpha", "beta", "stable", "gold", "vip"};
  if (std::find(std::begin(tiers), std::end(tiers), text::lower(manifest.tier)) == std::end(tiers)) {
    add(report, lint_severity::note, "tier", "has no weight in ranking (alpha, beta, stable, gold and vip have)");
  }
  if (!manifest.self_test && !manifest.production_ready) {
    add(report, lint_severity::warning, "self_test",
        "neither self_test nor production_ready is set: without a self-test only the production-ready are admitted");
  }
}

}  // namespace

bool lint_report::good() const {
  return std::none_of(findings.begin(), findings.end(),
                      [](const lint_finding& finding) { return finding.severity == lint_severity::error; });
}

lint_report lint_manifest(const std::string& path, file_source& files, const std::string& base_directory) {
  lint_report report;
  report.path = path;
  const std::string absolute = absolute_path(path, base_directory);
  const auto facts = files.stat(absolute);
  if (!facts) {
    add(report, lint_severity::error, path, facts.error->message);
    return report;
  }
  const auto loaded = load_planner(absolute, planner_source::manual, *facts, files);
  for (std::string_view warning : loaded.warnings) {
    warning.remove_prefix(std::min(warning.size(), absolute.size() + 2));  // "PATH: "
    add(report, lint_severity::warning, {}, warning);
  }
  if (!loaded.planner) {
    check_refusal(report, absolute, loaded, files);
  } else {
    const auto& manifest = loaded.planner->manifest;
    report.name = manifest.name;
    report.version = manifest.version;
    report.digest = loaded.planner->digest;
    report.files = manifest.entry.files;
    if (!report.files.empty()) report.files_sha256 = loaded.planner->files_sha256;
    if (manifest.entry.kind == entry_kind::library) {
      check_library(report, *loaded.planner, files);
    } else {
      check_program(report, manifest.entry, loaded.planner->directory, files);
      check_scripts(report, manifest.entry, loaded.planner->directory, files);
    }
    check_permissions(report, manifest.permissions);
    check_meaning(report, manifest);
  }
  std::stable_sort(report.findings.begin(), report.findings.end(),
                   [](const auto& a, const auto& b) { return a.severity < b.severity; });
  return report;
}

std::string lint_text(const lint_report& report) {
  std::string result;
  for (const auto& finding : report.findings) {
    result += report.path + ": " + std::string(to_string(finding.severity)) + ": ";
    if (!finding.where.empty() && finding.where != report.path) result += finding.where + ": ";
    result += finding.message + "\n";
  }
  result += report.path + ": ";
  if (report.good()) {
    result += "good: " + report.name + " " + report.version + ", digest " + report.digest + "\n";
  } else {
    result += "not good\n";
  }
  return result;
}

}  // namespace planguild
