// Support for tests with real processes: an event collector that waits with a bound, and the paths of the programs.
// The collector is shared between the runner's thread and the test's.
#pragma once

#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/host/system/processes.hpp"

namespace planguild::test {

/// Far more than anything here takes on a loaded machine; a wait that reaches it has failed.
inline constexpr std::chrono::seconds patience{60};

inline std::string binary(const std::string& name) {
  const char* directory = std::getenv("PLANGUILD_BINARY_DIR");
  if (directory != nullptr) return std::string(directory) + "/" + name;
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / name).string();
}

class event_collector {
 public:
  process_sink sink() {
    return [shared = shared_](process_event event) {
      const std::lock_guard lock(shared->mutex);
      shared->events.push_back(std::move(event));
      shared->changed.notify_all();
    };
  }

  using event_list = std::vector<process_event>;

  /// What has come so far, once `enough` holds for it; fails the test when it never does.
  event_list wait(const std::function<bool(const event_list&)>& enough) {
    std::unique_lock lock(shared_->mutex);
    const bool held = shared_->changed.wait_for(lock, patience, [&] { return enough(shared_->events); });
    if (!held) FAIL("the expected events did not come; there are " << shared_->events.size());
    return shared_->events;
  }

  event_list now() {
    const std::lock_guard lock(shared_->mutex);
    return shared_->events;
  }

  /// Waits until the newest event is of this kind; returns it.
  process_event wait_kind(process_event_kind kind) {
    return wait([kind](const event_list& seen) { return !seen.empty() && seen.back().kind == kind; }).back();
  }
  process_event wait_exited() { return wait_kind(process_event_kind::exited); }

  /// Waits until a line starts with `prefix`; returns the rest of it.
  std::string wait_line(const std::string& prefix) {
    const event_list all = wait([&](const event_list& seen) { return find(seen, prefix).has_value(); });
    return *find(all, prefix);
  }

  std::vector<std::string> lines() {
    std::vector<std::string> result;
    for (const process_event& event : now()) {
      if (event.kind == process_event_kind::line) result.push_back(event.text);
    }
    return result;
  }

  std::size_t count(process_event_kind kind) {
    std::size_t result = 0;
    for (const process_event& event : now()) result += event.kind == kind ? 1U : 0U;
    return result;
  }

 private:
  static std::optional<std::string> find(const event_list& seen, const std::string& prefix) {
    for (const process_event& event : seen) {
      if (event.kind == process_event_kind::line && event.text.rfind(prefix, 0) == 0) {
        return event.text.substr(prefix.size());
      }
    }
    return std::nullopt;
  }

  struct shared_state {
    std::mutex mutex;
    std::condition_variable changed;
    event_list events;
  };
  std::shared_ptr<shared_state> shared_ = std::make_shared<shared_state>();
};

/// A folder that is there, that all users reach, and that is removed with all that is in it.
class test_folder {
 public:
  test_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "planguild-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) FAIL("no folder for the test");
    path_ = name;
    std::filesystem::permissions(path_, std::filesystem::perms(0755));
  }
  test_folder(const test_folder&) = delete;
  test_folder& operator=(const test_folder&) = delete;
  ~test_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

  /// Makes a file below it, with the folders on the way; returns its path.
  std::string write(const std::string& name, const std::string& bytes, unsigned mode = 0644) const {
    const auto path = std::filesystem::path(path_) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
    std::filesystem::permissions(path, std::filesystem::perms(mode));
    return path.string();
  }

 private:
  std::string path_;
};

/// A planner whose one file is the scripted child, under the default policy.
inline process_command scripted(std::vector<std::string> arguments) {
  process_command command;
  command.planner = "scripted";
  command.directory = std::filesystem::path(binary("scripted_child")).parent_path().string();
  command.files = {"scripted_child"};
  command.argv = {command.directory + "/./scripted_child"};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  return command;
}

/// What the sandbox would not let the child do.
inline process_command unsandboxed(process_command command) {
  command.policy.mode = sandbox_mode::off;
  return command;
}

inline std::shared_ptr<local_process_runner> real_runner() {
  return make_process_runner({binary("planguild-worker")});
}

}  // namespace planguild::test
