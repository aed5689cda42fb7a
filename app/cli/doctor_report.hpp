// How doctor's checks put their report together: areas in order, each with its findings. Owned by the command; a plain
// value, any thread.
#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "app/cli/doctor_checks.hpp"

namespace planguild::cli {

class report_maker {
 public:
  explicit report_maker(std::string version) { report_.version = std::move(version); }

  /// What is added from now on belongs to this area.
  void area(std::string name, std::string summary) {
    report_.areas.push_back({std::move(name), std::move(summary), doctor_severity::good});
  }
  void add(doctor_severity severity, std::string what, std::string mend) {
    auto& current = report_.areas.back();
    current.severity = std::max(current.severity, severity);
    report_.findings.push_back({severity, current.name, std::move(what), std::move(mend)});
  }
  doctor_report take() { return std::move(report_); }

 private:
  doctor_report report_;
};

/// What the sandbox misses on this machine: each layer that is not there is a note; each guarantee that cannot hold
/// without it is an error where `policy` requires it, a warning where it takes what there is, else a note.
void examine_kernel(const kernel_facts& kernel, const sandbox_policy& policy, report_maker& report);

/// Settings against the planners of `facts`, which has them: a grant that its planner does not request is a warning,
/// one to a planner that is not known a note; a floor that no active planner reaches is an error.
void examine_settings(const doctor_facts& facts, report_maker& report);

}  // namespace planguild::cli
