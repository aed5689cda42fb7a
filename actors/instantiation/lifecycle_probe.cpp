// Admission probes: a process of their own, ended after the verdict; no construction. Part of lifecycle
// (lifecycle.hpp).
#include <utility>

#include "actors/instantiation/lifecycle.hpp"
#include "messages/limits.hpp"
#include "messages/timeout.hpp"

namespace planguild {

void lifecycle::admit(std::uint64_t request) {
  if (phase_ == instance_phase::stopped) {
    admission_verdict verdict;
    verdict.name = planner_.manifest.name;
    verdict.digest = planner_.digest;
    verdict.reason = "The runtime is stopping.";
    effects_.answer_admit(request, std::move(verdict));
    return;
  }
  probe_requests_.push_back(request);
  if (probe_) {
    return;  // one probe answers all who ask meanwhile
  }
  probe_ = make_session({});
  probed_ = planner_;
  arm(timer_kind::probe_deadline, probe_.number, timeout_ms_of(configuration_.import_timeout_s));
  if (phase_ == instance_phase::idle || phase_ == instance_phase::quarantined) {
    enter(instance_phase::probing);
  }
}

void lifecycle::on_probe(const session_news& news) {
  switch (news.kind) {
    case session_news::kind::handshake_done:
      if (!probed_.manifest.self_test) {
        probe_passed();
        return;
      }
      probe_.session->send_self_test();
      arm(timer_kind::self_test_deadline, probe_.number, timeout_ms_of(configuration_.self_test_timeout_s));
      return;
    case session_news::kind::self_test_passed:
      probe_passed();
      return;
    case session_news::kind::output_closed:
      arm(timer_kind::closed_output, probe_.number, limits::closed_output_ms);
      return;
    default:
      break;
  }
  if (!news.ended) {
    return;  // a failure is judged when the process has ended and the evidence is complete
  }
  ++workers_ended_;
  processes_left_ += probe_.session->processes_left();
  admission_verdict verdict;
  verdict.posture = probe_.session->posture();
  probe_ = {};
  verdict.name = probed_.manifest.name;
  verdict.digest = probed_.digest;
  verdict.state = admission_state::quarantined;
  verdict.evidence = news.evidence;
  verdict.reason = news.evidence.message;
  if (news.evidence.code == failure_code::self_test_failed) {
    verdict.self_test_passed = false;
  }
  finish_probe(verdict);
}

void lifecycle::probe_passed() {
  admission_verdict verdict;
  verdict.name = probed_.manifest.name;
  verdict.digest = probed_.digest;
  verdict.state = admission_state::admitted;
  verdict.reason = probed_.manifest.self_test ? "The handshake agrees with the manifest and the self-test passed."
                                              : "The handshake agrees with the manifest; there is no self-test.";
  if (probed_.manifest.self_test) {
    verdict.self_test_passed = true;
  }
  verdict.posture = probe_.session->posture();
  let_go(probe_, true);
  finish_probe(verdict);
}

void lifecycle::finish_probe(const admission_verdict& verdict) {
  const auto requests = std::exchange(probe_requests_, {});
  if (phase_ == instance_phase::probing) {
    if (!operator_reason_ && verdict.state == admission_state::quarantined && !configuration_.disable_quarantine) {
      enter(instance_phase::quarantined);
      fail_all_waiting(problem(failure_code::quarantined, "The planner is quarantined: " + verdict.reason));
    } else {
      rest();
    }
  }
  for (const auto request : requests) {
    effects_.answer_admit(request, verdict);
  }
}

}  // namespace planguild
