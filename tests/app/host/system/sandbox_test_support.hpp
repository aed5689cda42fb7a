// Support for tests of planners in their sandbox: runners that lack layers, and questions to an obeying child.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/host/system/worker_arguments.hpp"
#include "tests/app/host/system/process_test_support.hpp"

namespace planguild::test {

/// A runner on a machine that lacks layers.
inline std::shared_ptr<local_process_runner> lacking_runner(std::vector<std::string> left_out,
                                                            std::optional<int> landlock_abi_max = std::nullopt) {
  process_runner_options options;
  options.launcher_path = binary("planguild-worker");
  options.lacking = {landlock_abi_max, std::move(left_out)};
  return make_process_runner(options);
}

inline process_command with_mode(process_command command, sandbox_mode mode) {
  command.policy.mode = mode;
  return command;
}

/// The posture of the `secured` event; fails the test when it does not come.
inline sandbox_posture posture_of(event_collector& events) {
  const auto all = events.wait([](const auto& seen) {
    return std::any_of(seen.begin(), seen.end(),
                       [](const auto& event) { return event.kind == process_event_kind::secured; });
  });
  return std::find_if(all.begin(), all.end(),
                      [](const auto& event) { return event.kind == process_event_kind::secured; })
      ->posture;
}

inline sandbox_layer layer_of(const sandbox_posture& posture, std::string_view name) {
  for (const sandbox_layer& layer : posture.layers) {
    if (layer.name == name) return layer;
  }
  return {};
}

/// Whether this machine has Landlock; says so where it has not.
inline bool has_landlock() {
  if (ask_machine().landlock_abi > 0) return true;
  WARN("SKIPPED: this machine has no Landlock");
  return false;
}

/// One child that obeys; asks it things.
class obeying_child {
 public:
  obeying_child(process_runner& runner, process_command command) : runner_(runner) {
    id_ = runner_.start(std::move(command), events_.sink());
  }
  std::string ask(const std::string& what) {
    runner_.send_line(id_, what);
    return events_.wait_line(what + ": ");
  }
  std::uint64_t id() const { return id_; }
  event_collector& events() { return events_; }

 private:
  process_runner& runner_;
  event_collector events_;
  std::uint64_t id_ = 0;
};

/// Living processes of this machine among whose arguments is `marker`.
inline std::size_t processes_with(const std::string& marker) {
  std::size_t count = 0;
  std::error_code ignored;
  for (std::filesystem::directory_iterator at("/proc", ignored), end; at != end; at.increment(ignored)) {
    std::ifstream file(at->path() / "cmdline", std::ios::binary);
    const std::string arguments{std::istreambuf_iterator<char>(file), {}};
    if (arguments.find(marker) != std::string::npos) ++count;
  }
  return count;
}

}  // namespace planguild::test
