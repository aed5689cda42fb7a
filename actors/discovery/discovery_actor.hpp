// Discovery: looks at the planner roots when it is asked to. A thin shell around scanner. Spawned detached, on a thread
// of its own, so that its file reading holds up nobody; owned by the runtime.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actors/discovery/scan.hpp"
#include "messages/type_ids.hpp"

namespace planguild {

class discovery_state : public compat::state<discovery_actor> {
 public:
  static constexpr const char* name = "planguild.discovery";

  /// `files` is shared with nobody else while a scan runs.
  discovery_state(self_pointer self, const config& configuration, std::shared_ptr<file_source> files,
                  std::vector<found_planner> builtins, std::string program_version);
  behavior_type make_behavior();

 private:
  std::shared_ptr<file_source> files_;
  scanner scanner_;
};

}  // namespace planguild
