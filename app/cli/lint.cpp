// The findings of `planguild lint`. Called from one thread at a time.
#include "app/cli/lint.hpp"

#include <algorithm>
#include <string_view>

#include "actors/discovery/load.hpp"
#include "actors/discovery/manifest.hpp"
#include "app/worker/elf_object.hpp"
#include "app/worker/planner_abi.h"
#include "messages/limits.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

void add(lint_report& report, lint_severity severity, std::string_view where, std::string_view message) {
  report.findings.push_back(
      {severity, std::string(where), make_failure(failure_code::invalid_manifest, message).message});
}

/// Whether the program can be started: the first candidate that is a file decides.
void check_program(lint_report& report, const found_planner& planner, file_source& files) {
  const auto candidates = program_candidates(planner.manifest.entry, planner.directory);
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
  const std::string& program = planner.manifest.entry.argv.front();
  const bool bare = program.find('/') == std::string::npos;
  add(report, lint_severity::error, "entry.argv[0]",
      "\"" + program + "\" is not there; looked " +
          (bare ? "in the system's bin folders" : "in the manifest's folder"));
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
    add(report, lint_severity::error, path, loaded.planner.error->message);
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
      check_program(report, *loaded.planner, files);
    }
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
