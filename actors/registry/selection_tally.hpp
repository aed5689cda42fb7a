// Counts selections for the registry where no samples are taken: each planner's name is told once, with how often it
// was chosen. Owned by a selector; one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/limits.hpp"
#include "messages/profiling.hpp"

namespace planguild {

class selection_tally {
 public:
  /// Where a winner is among the counts that are being filled. Kept beside the winner by its owner; a new winner begins
  /// with a new one.
  struct place {
    std::uint64_t batch = 0;  // 0: in none yet
    std::size_t index = 0;
  };

  /// `best` was chosen once more, at `now_ns` (monotonic). Allocates nothing for a winner that is among the counts
  /// already.
  void add(std::string_view best, place& at, std::int64_t now_ns) {
    if (at.batch != batch_) {
      if (counts_.empty()) {
        first_ns_ = now_ns;
      }
      at = {batch_, counts_.size()};
      counts_.push_back({std::string{best}, 0});
    }
    ++counts_[at.index].times;
  }

  bool is_empty() const noexcept { return counts_.empty(); }
  /// Whether the first of them is limits::sample_batch_age_ms_max old, or a message takes no more.
  bool is_due(std::int64_t now_ns) const noexcept {
    return now_ns - first_ns_ >= limits::sample_batch_age_ms_max * 1'000'000 ||
           counts_.size() >= limits::samples_per_message_max;
  }

  /// The counts; the next ones begin.
  std::vector<selection_count> take() {
    ++batch_;
    return std::exchange(counts_, {});
  }

 private:
  std::vector<selection_count> counts_;
  std::uint64_t batch_ = 1;    // number of the counts that are being filled
  std::int64_t first_ns_ = 0;  // of the first selection that is counted
};

}  // namespace planguild
