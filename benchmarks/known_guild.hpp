// A runtime whose planners are admitted without a probe, because its store remembers their verdicts: for catalogues of
// any size. Owned by one benchmark.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/host/runtime.hpp"
#include "messages/snapshot.hpp"

namespace planguild::bench {

class known_guild {
 public:
  /// One builtin planner for each row, of its name, capabilities, tier and readiness. Waits until all are admitted.
  explicit known_guild(const std::vector<snapshot_row>& rows, config settings = {});

  planguild::runtime& runtime() noexcept { return *runtime_; }
  caf::actor_system& system() noexcept { return *system_; }

 private:
  caf::actor_system_config configuration_;
  std::unique_ptr<caf::actor_system> system_;
  std::unique_ptr<planguild::runtime> runtime_;
};

}  // namespace planguild::bench
