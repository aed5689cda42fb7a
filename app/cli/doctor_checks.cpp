// The findings of `planguild doctor`. Owned by the command; pure functions, any thread.
#include "app/cli/doctor_checks.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "app/cli/doctor_report.hpp"
#include "app/cli/text_layout.hpp"
#include "messages/text.hpp"

namespace planguild::cli {
namespace {

constexpr std::uint32_t others_may_write = 0002;

std::string octal(std::uint32_t mode) {
  std::array<char, 16> text{};
  (void)std::snprintf(text.data(), text.size(), "%04o", mode);
  return text.data();
}

std::string first_word(std::string_view text) {
  return std::string{text.substr(0, text.find(' '))};
}

/// How a refused or ignored value is taken back, by where it came from.
std::string mend_of_setting(const std::string& variable, const std::string& source, const std::string& accepted) {
  if (source == "environment") return "unset " + variable;
  if (source.starts_with("flag ")) return "leave out " + source.substr(5) + ", or give " + accepted;
  if (source.starts_with("file ")) return "correct it in " + shell_word(source.substr(5));
  return "accepted is " + accepted;
}

void examine_configuration(const doctor_facts& facts, report_maker& report) {
  const auto& load = facts.configuration;
  const auto set = std::count_if(load.sources.begin(), load.sources.end(),
                                 [](const auto& each) { return each.second != "default"; });
  report.area("configuration",
              counted(static_cast<std::uint64_t>(set), "variable") + " set, the others at their " + "defaults");
  for (const auto& problem : load.problems) {
    report.add(doctor_severity::error,
               problem.variable + " = \"" + problem.text + "\" (" + problem.source + ") is refused: accepted is " +
                   problem.accepted,
               mend_of_setting(problem.variable, problem.source, problem.accepted));
  }
  for (const auto& note : load.notes) {
    const auto variable = first_word(note);
    const bool is_in_environment = note.find("(environment)") != std::string::npos;
    const bool is_capped = note.find(" was capped at ") != std::string::npos;
    report.add(is_capped ? doctor_severity::note : doctor_severity::warning, note,
               is_in_environment && !is_capped ? "unset " + variable : std::string{});
  }
}

void examine_root(const root_facts& root, report_maker& report) {
  const auto path = shell_word(root.path);
  if (!root.found) {
    report.add(doctor_severity::error, root.path + " is not there", "mkdir -p " + path);
  } else if (!root.is_folder && root.unreadable.empty()) {
    report.add(doctor_severity::error, root.path + " is no folder",
               "take it out of FACTORY_PLANNER_PATH, or name its folder: --planner-path " +
                   shell_word(root.path.substr(0, std::max<std::size_t>(root.path.rfind('/'), 1))));
  } else if (!root.unreadable.empty()) {
    report.add(doctor_severity::error, root.path + " cannot be read: " + root.unreadable, "chmod u+rx " + path);
  }
  if (root.is_folder && (root.mode & others_may_write) != 0) {
    report.add(doctor_severity::error,
               root.path + " can be written by everybody (mode " + octal(root.mode) +
                   "): whoever puts a planner there has it run as you",
               "chmod o-w " + path);
  }
}

void examine_roots(const doctor_facts& facts, report_maker& report) {
  report.area("roots", counted(facts.roots.size(), "folder") + " for planners");
  if (facts.roots.empty()) {
    report.add(doctor_severity::error, "no folder is searched for planners",
               "export FACTORY_PLANNER_PATH=/path/to/your/planners");
  }
  for (const auto& root : facts.roots) examine_root(root, report);
  for (const auto& failure : facts.search_failures) {
    report.add(doctor_severity::error, failure.where + ": " + failure.message,
               failure.code == failure_code::load_failed ? "chmod u+rx " + shell_word(failure.where) : std::string{});
  }
}

void examine_lint(const manifest_facts& manifest, report_maker& report) {
  for (const auto& finding : manifest.lint->findings) {
    if (finding.severity != lint_severity::error) continue;
    const bool is_program = finding.where == "entry.argv[0]" && !manifest.lint->program.empty();
    const bool is_not_executable = is_program && (manifest.lint->program_mode & 0111U) == 0;
    const auto place =
        finding.where.empty() || finding.where == manifest.path ? manifest.path : manifest.path + ": " + finding.where;
    report.add(doctor_severity::error,
               place + ": " + (is_not_executable ? manifest.lint->program + " is not executable" : finding.message),
               is_not_executable ? "chmod +x " + shell_word(manifest.lint->program)
                                 : "correct it, then: planguild lint " + shell_word(manifest.path));
  }
}

void examine_manifests(const doctor_facts& facts, report_maker& report) {
  const auto left_out = static_cast<std::uint64_t>(std::count_if(
      facts.manifests.begin(), facts.manifests.end(), [](const auto& each) { return each.left_out.has_value(); }));
  report.area("manifests", counted(facts.manifests.size() - left_out, "manifest") + " examined, " +
                               with_separators(left_out) + " left out by the configuration");
  for (const auto& manifest : facts.manifests) {
    if ((manifest.mode & others_may_write) != 0) {
      report.add(doctor_severity::error,
                 manifest.path + " can be written by everybody (mode " + octal(manifest.mode) + ")",
                 "chmod o-w " + shell_word(manifest.path));
    }
    if (manifest.lint && (manifest.lint->program_mode & others_may_write) != 0) {
      report.add(doctor_severity::error,
                 manifest.lint->program + " can be written by everybody (mode " + octal(manifest.lint->program_mode) +
                     ") and runs as you",
                 "chmod o-w " + shell_word(manifest.lint->program));
    }
    if (manifest.lint) examine_lint(manifest, report);
    if (manifest.left_out) {
      std::string reason{to_string(manifest.left_out->reason)};
      std::replace(reason.begin(), reason.end(), '_', ' ');
      report.add(doctor_severity::note, manifest.left_out->name + " is left out: " + reason, manifest.left_out->hint);
    }
  }
  if (facts.manifests_left > 0) {
    report.add(doctor_severity::note, with_separators(facts.manifests_left) + " more manifests were not examined",
               "planguild lint MANIFEST…");
  }
}

void examine_launcher(const doctor_facts& facts, report_maker& report) {
  report.area("launcher", facts.launcher.empty() ? "planguild-worker" : facts.launcher);
  if (facts.launcher.empty()) {
    report.add(doctor_severity::error,
               "planguild-worker is neither beside planguild nor where it was built: no "
               "planner that is a program can be started",
               "install -m 755 planguild-worker " + shell_word(facts.program_folder));
  }
}

std::string mend_of_unusable(const store_facts& store) {
  const auto folder = shell_word(store.directory);
  switch (store.where) {
    case store_facts::fault::no_folder:
      return "sudo install -d -m 700 -o \"$(id -un)\" " + folder;
    case store_facts::fault::folder_not_writable:
      return "sudo chown \"$(id -un)\" " + folder + " && chmod u+rwx " + folder;
    case store_facts::fault::file:
      return "mv " + shell_word(store.file) + " " + shell_word(store.file + ".old");
    case store_facts::fault::not_a_folder:
    case store_facts::fault::none:
      break;
  }
  return "name a folder with --state";
}

void examine_store(const doctor_facts& facts, report_maker& report) {
  using condition = store_facts::condition;
  const auto& store = facts.store;
  const auto folder = shell_word(store.directory);
  report.area("store", store.state == condition::unnamed  ? std::string{"no folder"}
                       : store.state == condition::absent ? store.directory + " (nothing is there yet)"
                                                          : store.directory);
  switch (store.state) {
    case condition::good:
    case condition::absent:
      break;
    case condition::unnamed:
      report.add(doctor_severity::warning, "nothing is remembered: " + store.reason,
                 "export XDG_STATE_HOME=\"$HOME/.local/state\"");
      break;
    case condition::unusable:
      report.add(doctor_severity::error, "nothing is remembered, the store cannot be used: " + store.reason,
                 mend_of_unusable(store));
      break;
    case condition::corrupt:
      report.add(doctor_severity::error,
                 "the store is damaged (" + store.reason + "); the next command sets it aside and begins anew",
                 "mv " + shell_word(store.file) + " " + shell_word(store.file + ".damaged"));
      break;
    case condition::busy:
      report.add(doctor_severity::warning, "another process holds the store: " + store.reason,
                 "end that process, then: planguild doctor");
      break;
  }
  if ((store.directory_mode & others_may_write) != 0) {
    report.add(doctor_severity::error,
               store.directory + " can be written by everybody (mode " + octal(store.directory_mode) +
                   "): anybody can forge verdicts",
               "chmod 700 " + folder);
  }
  for (const auto& file : store.set_aside) {
    report.add(doctor_severity::note, "an earlier store was damaged and is kept as " + file, "rm " + shell_word(file));
  }
}

/// The last line that says something; empty where there is none.
std::string_view last_line(std::string_view text) {
  const auto end = text.find_last_not_of("\r\n");
  if (end == std::string_view::npos) return {};
  const auto before = text.rfind('\n', end);
  const auto begin = before == std::string_view::npos ? 0 : before + 1;
  return text.substr(begin, end - begin + 1);
}

void examine_record(const planner_record& record, report_maker& report) {
  if (record.admission == admission_state::quarantined) {
    const bool by_operator = record.admission_reason.starts_with("quarantined by an operator");
    auto what = record.name + " is quarantined: " + record.admission_reason;
    const auto last_words = record.evidence ? last_line(record.evidence->stderr_tail) : std::string_view{};
    if (!last_words.empty()) {
      what += " (standard error ends with \"" + text::cut_code_points(last_words, 120) + "\")";
    }
    report.add(by_operator ? doctor_severity::note : doctor_severity::error, what,
               (by_operator ? "planguild reinstate " : "planguild probe ") + record.name);
  } else if (!record.error.empty()) {
    report.add(doctor_severity::error, record.name + " could not be started: " + record.error,
               "planguild probe " + record.name);
  }
}

/// Whether another area has spoken of this place.
bool is_known(const doctor_facts& facts, const import_failure& failure) {
  const auto same = [&](const auto& each) { return each.path == failure.where; };
  return std::any_of(facts.roots.begin(), facts.roots.end(), same) ||
         std::any_of(facts.manifests.begin(), facts.manifests.end(),
                     [&](const auto& each) { return same(each) && each.lint && !each.lint->good(); });
}

void examine_planners(const doctor_facts& facts, report_maker& report) {
  if (!facts.planners || !facts.health) {
    report.area("planners", "not asked");
    report.add(doctor_severity::note, "the planners' verdicts are unknown: " + facts.not_asked, {});
    return;
  }
  const auto& health = *facts.health;
  report.area("planners", with_separators(health.active) + " active, " + with_separators(health.pending) +
                              " pending, " + with_separators(health.quarantined) + " quarantined");
  if (!health.ready) {
    report.add(doctor_severity::error, "no planner is active: nothing can be planned",
               health.suggestions.empty() ? std::string{"planguild discover"} : health.suggestions.front());
  }
  for (const auto& record : facts.planners->planners) examine_record(record, report);
  examine_settings(facts, report);
  for (const auto& failure : facts.planners->import_failures) {
    if (is_known(facts, failure)) continue;
    report.add(doctor_severity::error, failure.where + ": " + failure.message, "correct it, then: planguild discover");
  }
  for (const auto& alert : health.alerts) {
    report.add(
        doctor_severity::warning, alert.message,
        alert.kind == alert_kind::slow_instantiation ? "planguild profiles instantiation" : "planguild discover");
  }
}

}  // namespace

bool doctor_report::good() const {
  return count(doctor_severity::error) + count(doctor_severity::warning) == 0;
}

std::uint64_t doctor_report::count(doctor_severity severity) const {
  return static_cast<std::uint64_t>(std::count_if(findings.begin(), findings.end(),
                                                  [severity](const auto& each) { return each.severity == severity; }));
}

doctor_report examine(const doctor_facts& facts) {
  report_maker report{facts.version};
  examine_configuration(facts, report);
  examine_roots(facts, report);
  examine_manifests(facts, report);
  examine_launcher(facts, report);
  examine_store(facts, report);
  examine_planners(facts, report);
  examine_kernel(facts.kernel, facts.configuration.value.sandbox, report);
  return report.take();
}

std::string shell_word(std::string_view text) {
  static constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.,/:+@%=";
  if (!text.empty() && text.find_first_not_of(plain) == std::string_view::npos) return std::string{text};
  std::string word = "'";
  for (const char letter : text) {
    if (letter == '\'') {
      word += R"('\'')";
    } else {
      word += letter;
    }
  }
  return word + "'";
}

}  // namespace planguild::cli
