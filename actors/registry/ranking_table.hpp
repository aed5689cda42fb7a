// The candidates of one snapshot as columns, made for ranking: capabilities are bits, and candidates are ordered so
// that a ranking stops as soon as nobody further down can win, with the answer of a full sort, ties included. Immutable
// once made, so any thread may read it; refers to its snapshot, which must outlive it.
//
// Candidates that score alike are in one list: whether they are production-ready, offer the deep index, and help with
// hotspots. Within a list every boost and the discount are the same for all, so the order by score with everything
// required on offer (`bound`), then reliability, then the tie-break, is the order of the ranking among those that offer
// all. Those that are not production-ready are listed twice, with the discount and without.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "messages/selection.hpp"
#include "messages/snapshot.hpp"

namespace planguild {

/// Whether `first` comes before `second` by `rule` alone: what decides among those of equal total and reliability.
bool ties_before(const snapshot_row& first, const snapshot_row& second, tie_break rule) noexcept;

/// A request as ranking wants it: checked once, then ranked any number of times.
struct ranking_request {
  std::vector<std::string> required;  // a normalised set, sorted
  bool prefer_production = true;
  context_facts context;
};

/// A request resolved against one table; worthless for another.
struct compiled_request {
  struct capability_bit {
    std::uint32_t word;
    std::uint32_t shift;
  };
  std::vector<capability_bit> bits;      // of those required capabilities that somebody offers
  std::vector<double> capability_terms;  // by how many of them are offered
  std::size_t required = 0;              // those that nobody offers included
  bool discount = false;                 // of planners that are not production-ready
  double deep_boost = 0;                 // for those that offer it; 0 where the context does not say so
  double hotspot_boost = 0;
};

/// One candidate's place in a ranking.
struct ranked_row {
  double total = 0;
  double own_reliability = 0;
  std::uint32_t tie = 0;  // its place by the tie-break alone
  std::uint32_t row = 0;  // index into the snapshot's rows
  std::size_t at = 0;     // index into the table's columns
};

/// Whether `first` ranks before `second`.
constexpr bool row_precedes(const ranked_row& first, const ranked_row& second) noexcept {
  if (first.total != second.total) {
    return first.total > second.total;
  }
  if (first.own_reliability != second.own_reliability) {
    return first.own_reliability > second.own_reliability;
  }
  return first.tie < second.tie;
}

class ranking_table {
 public:
  enum class order : std::uint8_t {
    by_rank,  // sorts: for many rankings of one snapshot
    as_is,    // does not sort: every ranking looks at every candidate; for few rankings of a large snapshot
  };

  /// Costs a look at every row, a look-up for each capability, and with `by_rank` a sort.
  explicit ranking_table(const snapshot& view, order wanted = order::by_rank);

  const snapshot& view() const noexcept { return *view_; }
  std::uint64_t candidates() const noexcept { return candidates_; }

  compiled_request compile(const ranking_request& request) const;

  /// The best candidate; `row` is meaningless if there is none (`candidates() == 0`). Allocates nothing.
  ranked_row best(const compiled_request& request) const noexcept;

  /// The best `count` candidates, best first.
  std::vector<ranked_row> best(const compiled_request& request, std::size_t count) const;

  /// Every term of the score of one of this table's best rows for the same request.
  score_terms terms(const compiled_request& request, const ranked_row& row) const;

 private:
  enum class listing : std::uint8_t { always, without_discount, with_discount };
  struct list {
    listing when = listing::always;
    bool production_ready = false;
    bool deep_index = false;
    bool hotspots = false;
    std::size_t begin = 0;  // of the columns
    std::size_t end = 0;
  };
  struct entry;

  std::vector<entry> entries(order wanted) const;
  std::vector<std::uint32_t> tie_places() const;
  void fill_columns(const std::vector<entry>& from);
  void fill_offered();
  std::size_t offered_count(const compiled_request& request, std::size_t at) const noexcept;
  template <class Kept>
  void scan(const list& candidates, const compiled_request& request, Kept& kept) const;
  template <class Kept>
  void scan_all(const compiled_request& request, Kept& kept) const;

  const snapshot* view_;
  bool sorted_;
  std::uint64_t candidates_ = 0;
  std::vector<list> lists_;
  // columns
  std::vector<double> bound_;             // the base score with all that is required on offer
  std::vector<double> own_reliability_;   //
  std::vector<double> reliability_term_;  // after the discount, where the list has it
  std::vector<double> tier_term_;         //
  std::vector<std::uint32_t> tie_;        //
  std::vector<std::uint32_t> row_;        //
  std::vector<std::uint32_t> run_end_;    // after the last of those that differ in the tie-break and capabilities alone
  std::vector<std::uint64_t> offered_;    // capability bits: all candidates' first words, then all second ones, …
  std::unordered_map<std::string_view, std::uint32_t> capabilities_;  // name to bit; names live in the snapshot
};

/// A snapshot with its table. Shared between threads once made.
struct ranked_snapshot {
  explicit ranked_snapshot(snapshot_ptr of, ranking_table::order wanted = ranking_table::order::by_rank)
      : view(std::move(of)), table(*view, wanted) {}
  ranked_snapshot(const ranked_snapshot&) = delete;  // the table refers to the view
  ranked_snapshot& operator=(const ranked_snapshot&) = delete;

  const snapshot_ptr view;
  const ranking_table table;
};

}  // namespace planguild
