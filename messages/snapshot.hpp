// The immutable view that ranking works on: what selection sees of every record, and the part of the configuration that
// it uses. Made by the registry, never changed afterwards, so any thread may read it. Local: it never crosses a process
// boundary, and is the one thing that actors share by pointer.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "messages/enums.hpp"
#include "messages/planner.hpp"

namespace planguild {

/// What decides among planners of equal total and equal reliability.
enum class tie_break : std::uint8_t {
  name,          // ascending, bytewise
  newest,        // modification time of the entry file, later first, then name
  least_recent,  // fewer of the last selections, then name
};
PLANGUILD_ENUM(tie_break, name, newest, least_recent);

struct ranking_config {
  double min_reliability = 0.25;
  double default_reliability = 0.1;
  double deep_index_cap_boost = 0.05;
  double hotspot_cap_boost = 0.03;
  std::int64_t hotspot_threshold = 8;
  enum tie_break tie_break = tie_break::name;
  bool operator==(const ranking_config&) const = default;
};

struct snapshot_row {
  std::string name;
  std::vector<std::string> capabilities;  // a normalised set, sorted
  std::string tier;                       // as given
  bool production_ready = false;
  admission_state admission = admission_state::pending;
  std::string error;                  // not empty: no candidate
  std::optional<double> reliability;  // none: ranking_config::default_reliability
  std::int64_t entry_time_ns = 0;
  std::int64_t selections = 0;  // among the last limits::selections_remembered

  /// Whether it may be a candidate at all: admitted and without error.
  bool is_active() const noexcept { return admission == admission_state::admitted && error.empty(); }
  bool operator==(const snapshot_row&) const = default;
};

/// Rows by name, each shared between the snapshots in which it is the same: a new snapshot costs a pointer for every
/// row that has not changed. Reads like a vector of rows.
class snapshot_rows {
 public:
  using shared_row = std::shared_ptr<const snapshot_row>;

  /// Walks the rows, not the pointers.
  class const_iterator {
   public:
    using iterator_category = std::random_access_iterator_tag;
    using value_type = snapshot_row;
    using difference_type = std::ptrdiff_t;
    using pointer = const snapshot_row*;
    using reference = const snapshot_row&;
    const_iterator() = default;
    explicit const_iterator(const shared_row* at) : at_(at) {}
    reference operator*() const { return **at_; }
    pointer operator->() const { return at_->get(); }
    reference operator[](difference_type steps) const { return *at_[steps]; }
    const_iterator& operator+=(difference_type steps) { return at_ += steps, *this; }
    const_iterator& operator-=(difference_type steps) { return at_ -= steps, *this; }
    const_iterator& operator++() { return *this += 1; }
    const_iterator& operator--() { return *this -= 1; }
    const_iterator operator++(int) { return const_iterator{at_++}; }
    const_iterator operator--(int) { return const_iterator{at_--}; }
    friend const_iterator operator+(const_iterator at, difference_type steps) { return at += steps; }
    friend const_iterator operator+(difference_type steps, const_iterator at) { return at += steps; }
    friend const_iterator operator-(const_iterator at, difference_type steps) { return at -= steps; }
    friend difference_type operator-(const_iterator last, const_iterator first) { return last.at_ - first.at_; }
    auto operator<=>(const const_iterator&) const = default;

   private:
    const shared_row* at_ = nullptr;
  };

  snapshot_rows() = default;
  snapshot_rows(std::vector<snapshot_row> rows) {  // NOLINT(*-explicit-constructor)
    rows_.reserve(rows.size());
    for (auto& row : rows) {
      push_back(std::move(row));
    }
  }

  std::size_t size() const noexcept { return rows_.size(); }
  bool empty() const noexcept { return rows_.empty(); }
  const snapshot_row& operator[](std::size_t index) const { return *rows_[index]; }
  const shared_row& shared(std::size_t index) const { return rows_[index]; }
  const_iterator begin() const { return const_iterator{rows_.data()}; }
  const_iterator end() const { return const_iterator{rows_.data() + rows_.size()}; }

  void reserve(std::size_t count) { rows_.reserve(count); }
  void push_back(snapshot_row row) { rows_.push_back(std::make_shared<const snapshot_row>(std::move(row))); }
  void push_back(shared_row row) { rows_.push_back(std::move(row)); }  // never null
  /// The row, copied for this snapshot alone, to be changed before the snapshot is shared.
  snapshot_row& edit(std::size_t index) {
    auto own = std::make_shared<snapshot_row>(*rows_[index]);
    rows_[index] = own;
    return *own;
  }
  /// Whether every row is the very same, not only equal; costs no look at the rows.
  bool shares_all_with(const snapshot_rows& other) const { return rows_ == other.rows_; }

 private:
  std::vector<shared_row> rows_;
};

struct snapshot {
  std::uint64_t version = 0;
  std::int64_t made_at_ms = 0;  // monotonic; how old the reliabilities are
  ranking_config config;
  bool profile_selections = true;   // whether readers record samples
  bool admissions_pending = false;  // the first discovery's; then "nobody" may only mean "not yet"
  snapshot_rows rows;               // by name, names differ
};

using snapshot_ptr = std::shared_ptr<const snapshot>;

}  // namespace planguild
