// The shell around scanner: see the header.
#include "actors/discovery/discovery_actor.hpp"

#include <utility>

namespace planguild {

discovery_state::discovery_state(self_pointer self, const config& configuration, std::shared_ptr<file_source> files,
                                 std::vector<found_planner> builtins, std::string program_version,
                                 std::shared_ptr<directory_watcher> watcher)
    : self_(self),
      files_(std::move(files)),
      watcher_(std::move(watcher)),
      scanner_(configuration, *files_, std::move(builtins), std::move(program_version)) {}

discovery_state::behavior_type discovery_state::make_behavior() {
  return {
      [this](const scan& request) -> caf::result<discovery_result> { return scan_roots(request.force); },
      [this](const check_planner& request) -> caf::result<outcome<found_planner>> {
        return scanner_.check(request.known);
      },
      [this](const allow_planners& request) -> caf::result<ack> {
        scanner_.allow(request.names);
        return ack{};
      },
      [this](const watch_roots& request) -> caf::result<ack> {
        listener_ = compat::weak<roots_listener>{request.listener};
        listening_ = watcher_ != nullptr;
        return ack{};
      },
      [this](const directories_changed&) -> caf::result<ack> {
        if (auto listener = listener_.lock()) {
          compat::tell(listener, roots_changed{});
        }
        return ack{};
      },
  };
}

discovery_result discovery_state::scan_roots(bool force) {
  auto result = scanner_.run(force);
  if (const auto unwatched = listening_ ? watch_directories() : 0; unwatched > 0) {
    result.warnings.push_back(std::to_string(unwatched) +
                              " directories of the planner roots cannot be watched (is fs.inotify.max_user_watches "
                              "reached?); changes there are seen by the next discover only");
  }
  return result;
}

/// Directories that were not watched while the scan looked at them may have changed since: they are looked at again,
/// now that a change cannot be missed.
std::size_t discovery_state::watch_directories() {
  auto directories = scanner_.directories();
  const auto unwatched = watcher_->watch(directories, [self = compat::weak<discovery_actor>{self_->handle()}] {
    if (auto discovery = self.lock()) {
      compat::tell(discovery, directories_changed{});
    }
  });
  const bool are_new = directories != watched_;
  watched_ = std::move(directories);
  if (are_new && !scanner_.is_unchanged()) {
    compat::tell(self_->handle(), directories_changed{});
  }
  return unwatched;
}

}  // namespace planguild
