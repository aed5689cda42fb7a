// Whether a planner may be selected, decided from what its probe found (or an operator said), its manifest and the
// configuration. A pure function; any thread.
#pragma once

#include <string>

#include "messages/config.hpp"
#include "messages/planner.hpp"

namespace planguild {

struct admission_decision {
  admission_state state = admission_state::quarantined;
  std::string reason;  // one sentence
  std::string error;   // not empty: it could not be brought to life, so it is no candidate even if it is admitted
  bool operator==(const admission_decision&) const = default;
};

/// Whether the verdict is that what the sandbox must guarantee does not hold: of the machine and the setting, not of
/// the planner.
bool is_insecure(const admission_verdict& verdict);

/// `verdict.state` says whether the probe passed (admitted) or failed (quarantined); pending stays pending. The
/// operator's word stands. With `settings.disable_quarantine` everything is admitted, what could not start with an
/// `error`. Else a failure quarantines; a passed self-test admits what is production-ready or runs outside the
/// environment `prod`; without a self-test only what is production-ready is admitted. A verdict that says nothing of a
/// self-test that the manifest promises admits only as a quarantine that was lifted: it has evidence of a failure, too.
admission_decision decide(const admission_verdict& verdict, const planner_manifest& manifest, const config& settings);

}  // namespace planguild
