// The shell around scanner: see the header.
#include "actors/discovery/discovery_actor.hpp"

#include <utility>

namespace planguild {

discovery_state::discovery_state(self_pointer, const config& configuration, std::shared_ptr<file_source> files,
                                 std::vector<found_planner> builtins, std::string program_version)
    : files_(std::move(files)), scanner_(configuration, *files_, std::move(builtins), std::move(program_version)) {}

discovery_state::behavior_type discovery_state::make_behavior() {
  return {
      [this](const scan& request) -> caf::result<discovery_result> { return scanner_.run(request.force); },
      [this](const check_planner& request) -> caf::result<outcome<found_planner>> {
        return scanner_.check(request.known);
      },
  };
}

}  // namespace planguild
