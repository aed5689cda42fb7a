// Discovery: looks at the planner roots when it is asked to, and says when something there changes. A thin shell around
// scanner. Spawned detached, on a thread of its own, so that its file reading holds up nobody; owned by the runtime.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actors/discovery/scan.hpp"
#include "actors/discovery/signature.hpp"
#include "messages/type_ids.hpp"

namespace planguild {

class discovery_state : public compat::state<discovery_actor> {
 public:
  static constexpr const char* name = "planguild.discovery";

  /// `files` is shared with nobody else while a scan runs. `watcher`: null where changes are not noticed.
  discovery_state(self_pointer self, const config& configuration, std::shared_ptr<file_source> files,
                  std::vector<found_planner> builtins, std::string program_version,
                  std::shared_ptr<directory_watcher> watcher = nullptr);
  discovery_state(const discovery_state&) = delete;
  discovery_state& operator=(const discovery_state&) = delete;
  /// On the actor's own thread, which the system does not wait for.
  ~discovery_state() { release_digests_of_thread(); }
  behavior_type make_behavior();

 private:
  discovery_result scan_roots(bool force);
  std::size_t watch_directories();

  self_pointer self_;
  std::shared_ptr<file_source> files_;
  std::shared_ptr<directory_watcher> watcher_;
  scanner scanner_;
  compat::weak<roots_listener> listener_;
  bool listening_ = false;
  std::vector<std::string> watched_;
};

}  // namespace planguild
