// A selector on the test clock, with a port that only remembers and snapshots that the test makes. Owned by one test.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/host/selector.hpp"
#include "tests/support/test_environment.hpp"

namespace planguild::test {

struct port_record {
  std::vector<selection_batch> batches;
  int refreshes = 0;
};

class recording_port : public compat::state<snapshot_port_actor> {
 public:
  static constexpr const char* name = "recording_port";
  recording_port(self_pointer, port_record* record) : record_(record) {}
  behavior_type make_behavior() {
    return {[](const snapshot_published&) -> caf::result<ack> { return ack{}; },
            [this](const refresh_snapshot&) -> caf::result<ack> {
              ++record_->refreshes;
              return ack{};
            },
            [this](const selection_batch& batch) -> caf::result<ack> {
              record_->batches.push_back(batch);
              return ack{};
            }};
  }

 private:
  port_record* record_;
};

/// A selector on the test clock, with snapshots that the test puts.
struct selector_bench {
  selector_bench() { actor = compat::spawn<recording_port>(world.system(), &record); }
  ~selector_bench() { compat::end(actor); }

  void put(snapshot view) {
    view.made_at_ms = env.outside.clock->monotonic_ms();
    port->put(std::make_shared<const ranked_snapshot>(std::make_shared<const snapshot>(std::move(view))));
  }
  selector make() { return {port, actor, env.outside.clock}; }

  port_record record;  // outlives the actors, which may get their last messages when the system ends
  test_system world;
  test_environment env{world};
  std::shared_ptr<snapshot_port> port = std::make_shared<snapshot_port>();
  snapshot_port_actor actor;
};

inline snapshot view_of(std::uint64_t version, const std::vector<std::string>& names) {
  std::vector<snapshot_row> rows;
  for (const auto& name : names) {
    snapshot_row row;
    row.name = name;
    row.capabilities = {"x"};
    row.admission = admission_state::admitted;
    row.reliability = 0.5;
    rows.push_back(row);
  }
  snapshot view;
  view.version = version;
  view.rows = std::move(rows);
  return view;
}

inline snapshot unprofiled(snapshot view) {
  view.profile_selections = false;
  return view;
}

/// As many selections as fill so many batches.
inline void fill_batches(selector& own, selector::prepared& prepared, std::size_t batches) {
  for (std::size_t count = 0; count < batches * limits::samples_per_message_max; ++count) {
    REQUIRE(own.select(prepared));
  }
}

inline select_request asking(std::string objective = "improve it") {
  select_request request;
  request.objective = std::move(objective);
  request.required_capabilities = {"x", " Y"};
  return request;
}

}  // namespace planguild::test
