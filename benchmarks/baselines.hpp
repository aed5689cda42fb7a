// What selections are compared with. Thread-safe as each class says.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <vector>

#include "actors/registry/ranking_table.hpp"
#include "messages/selection.hpp"
#include "messages/snapshot.hpp"

namespace planguild::bench {

/// The predecessor's way, in C++: one mutex for everything, held while live planners are merged into records, sets of
/// texts are matched, everybody is scored, all are sorted, and the sample is pushed and trimmed.
class one_mutex {
 public:
  explicit one_mutex(const std::vector<snapshot_row>& rows);
  /// Any thread.
  std::string select(const select_request& request);

 private:
  struct planner {
    std::string name;
    std::set<std::string> capabilities;
    std::string tier;
    bool production_ready;
    double reliability;
  };
  struct sample {
    std::size_t objective_len;
    std::set<std::string> required;
    std::string best;
    double score;
    std::size_t candidates;
    double duration_s;
  };
  void merge_live_planners();

  std::mutex mutex_;
  std::vector<planner> live_;
  std::map<std::string, planner> records_;
  std::deque<sample> samples_;
};

/// Our ranking code on a snapshot behind a shared lock, which a writer would take to replace it.
class shared_lock_table {
 public:
  explicit shared_lock_table(const snapshot& view) : table_(view) {}
  /// Any thread.
  const std::string& select(const ranking_request& request) {
    const std::shared_lock lock{mutex_};
    return table_.view().rows[table_.best(table_.compile(request)).row].name;
  }

 private:
  std::shared_mutex mutex_;
  ranking_table table_;
};

}  // namespace planguild::bench
