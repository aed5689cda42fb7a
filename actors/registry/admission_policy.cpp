// The admission rules. Pure; any thread.
#include "actors/registry/admission_policy.hpp"

namespace planguild {
namespace {

std::string reason_of_failure(const admission_verdict& verdict) {
  if (!verdict.reason.empty()) {
    return verdict.reason;
  }
  if (verdict.evidence) {
    return std::string{to_string(verdict.evidence->stage)} + " failed: " + verdict.evidence->message;
  }
  return verdict.self_test_passed == false ? "the self-test failed" : "the probe failed";
}

/// Handshake and everything before it: such a planner cannot be brought to life at all.
bool could_not_start(const admission_verdict& verdict) {
  return verdict.evidence &&
         (verdict.evidence->stage == planner_stage::load || verdict.evidence->stage == planner_stage::handshake);
}

/// A quarantine that a success has lifted. What a probe admits has no evidence of a failure.
bool is_lifted(const admission_verdict& verdict) {
  return verdict.state == admission_state::admitted && verdict.evidence && !verdict.self_test_passed;
}

/// Of what has not failed.
admission_decision decide_by_self_test(const admission_verdict& verdict, const planner_manifest& manifest,
                                       const config& settings) {
  const bool lifted = is_lifted(verdict);
  const std::string passed = lifted ? verdict.reason : "passed its self-test";
  if (manifest.self_test && !verdict.self_test_passed && !lifted) {
    return {admission_state::quarantined, "its verdict does not say that its self-test passed", {}};
  }
  if (manifest.production_ready) {
    const bool tested = verdict.self_test_passed || lifted;
    return {admission_state::admitted, tested ? passed : "no self-test, but production-ready", {}};
  }
  if (!verdict.self_test_passed && !lifted) {
    return {admission_state::quarantined, "no self-test and not production-ready", {}};
  }
  if (settings.is_production()) {
    return {admission_state::quarantined, passed + ", but is not production-ready in the environment prod", {}};
  }
  return {admission_state::admitted, passed, {}};
}

}  // namespace

bool is_insecure(const admission_verdict& verdict) {
  return verdict.evidence && verdict.evidence->ending == process_ending::insecure;
}

admission_decision decide(const admission_verdict& verdict, const planner_manifest& manifest, const config& settings) {
  if (verdict.state == admission_state::pending) {
    return {admission_state::pending, "its admission is not decided yet", {}};
  }
  if (verdict.by_operator) {
    const bool admitted = verdict.state == admission_state::admitted;
    const std::string word = admitted ? "reinstated by an operator" : "quarantined by an operator";
    return {verdict.state, verdict.reason.empty() ? word : word + ": " + verdict.reason, {}};
  }
  const bool failed = verdict.state == admission_state::quarantined || verdict.self_test_passed == false;
  if (settings.disable_quarantine) {
    const std::string found = failed ? reason_of_failure(verdict) : "the probe passed";
    return {admission_state::admitted, "quarantine is disabled; " + found,
            failed && could_not_start(verdict) ? found : std::string{}};
  }
  if (failed) {
    // What stands in its way is told by the record's error, too: a selection that finds nobody says it.
    const auto reason = reason_of_failure(verdict);
    return {admission_state::quarantined, reason, is_insecure(verdict) ? reason : std::string{}};
  }
  return decide_by_self_test(verdict, manifest, settings);
}

}  // namespace planguild
