// Changes in directories, by inotify. Owned by the environment; see directory_watcher for the thread rules.
#pragma once

#include <memory>

#include "messages/environment.hpp"

namespace planguild {

/// One thread, which sleeps until the kernel tells of a change and starts with the first `watch`. Changes that come
/// within 20 ms are told as one. Where the kernel has no room for a watch (`fs.inotify.max_user_watches`), the
/// directory is counted as not watched.
std::shared_ptr<directory_watcher> make_directory_watcher();

}  // namespace planguild
