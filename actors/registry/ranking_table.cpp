// Columns made for ranking, and the one scan over them. Any thread.
#include "actors/registry/ranking_table.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

#include "actors/registry/score.hpp"

namespace planguild {
namespace {

constexpr std::size_t bits_per_word = 64;

/// Above what rounding can make of a sum of a few terms below 2; where a bound is not exact, it is raised by this.
constexpr double rounding_slack = 1e-9;

/// Keeps the best candidate.
struct keep_one {
  static constexpr bool only_one = true;
  ranked_row best{-std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
                  std::numeric_limits<std::uint32_t>::max(), 0, 0};

  bool is_full() const noexcept { return true; }
  double least_total() const noexcept { return best.total; }
  bool offer(const ranked_row& candidate) noexcept {
    const bool better = row_precedes(candidate, best);
    if (better) {
      best = candidate;
    }
    return better;
  }
};

/// Keeps the best `count` candidates in a heap with the worst of them on top.
struct keep_many {
  static constexpr bool only_one = false;
  std::size_t count;
  std::vector<ranked_row> rows;

  bool is_full() const noexcept { return rows.size() == count; }
  double least_total() const noexcept { return rows.front().total; }
  bool offer(const ranked_row& candidate) {
    if (is_full()) {
      if (!row_precedes(candidate, rows.front())) {
        return false;
      }
      std::pop_heap(rows.begin(), rows.end(), row_precedes);
      rows.pop_back();
    }
    rows.push_back(candidate);
    std::push_heap(rows.begin(), rows.end(), row_precedes);
    return true;
  }
};

}  // namespace

bool ties_before(const snapshot_row& first, const snapshot_row& second, tie_break rule) noexcept {
  if (rule == tie_break::newest && first.entry_time_ns != second.entry_time_ns) {
    return first.entry_time_ns > second.entry_time_ns;
  }
  if (rule == tie_break::least_recent && first.selections != second.selections) {
    return first.selections < second.selections;
  }
  return first.name < second.name;
}

/// One line of the columns on its way there.
struct ranking_table::entry {
  std::uint8_t list;  // see list_number
  double bound;
  double own_reliability;
  double reliability_term;
  double tier_term;
  std::uint32_t tie;
  std::uint32_t row;
};

namespace {

constexpr std::uint8_t list_number(bool discount, bool production_ready, bool deep_index, bool hotspots) {
  return static_cast<std::uint8_t>((discount ? 8 : 0) | (production_ready ? 4 : 0) | (deep_index ? 2 : 0) |
                                   (hotspots ? 1 : 0));
}

}  // namespace

std::vector<std::uint32_t> ranking_table::tie_places() const {
  const auto& rows = view_->rows;
  std::vector<std::uint32_t> by_place(rows.size());
  std::iota(by_place.begin(), by_place.end(), 0U);
  const auto rule = view_->config.tie_break;
  const auto before = [&rows, rule](std::uint32_t a, std::uint32_t b) { return ties_before(rows[a], rows[b], rule); };
  if (std::is_sorted(by_place.begin(), by_place.end(), before)) {
    return by_place;
  }
  std::sort(by_place.begin(), by_place.end(), before);
  std::vector<std::uint32_t> places(rows.size());
  for (std::uint32_t place = 0; place < by_place.size(); ++place) {
    places[by_place[place]] = place;
  }
  return places;
}

std::vector<ranking_table::entry> ranking_table::entries(order wanted) const {
  const auto& rows = view_->rows;
  const auto& config = view_->config;
  const auto places = tie_places();
  std::vector<entry> result;
  result.reserve(rows.size() * 2);
  for (std::uint32_t index = 0; index < rows.size(); ++index) {
    const auto& row = rows[index];
    if (!is_candidate(row, config)) {
      continue;
    }
    const double own = own_reliability(row, config);
    const bool deep_index = scoring::offers_deep_index(row);
    const bool hotspots = scoring::helps_with_hotspots(row);
    const double tier = scoring::tier_term(row.tier);
    for (const bool discount : {false, true}) {
      if (discount && row.production_ready) {
        continue;
      }
      const double reliability = scoring::reliability_term(scoring::discounted(own, discount));
      result.push_back({list_number(discount, row.production_ready, deep_index, hotspots),
                        scoring::base(scoring::capability_term(1), reliability, row.production_ready, tier), own,
                        reliability, tier, places[index], index});
    }
  }
  const auto key = [](const entry& e) { return std::tuple{e.list, -e.bound, -e.own_reliability, e.tie}; };
  if (wanted == order::by_rank) {
    std::sort(result.begin(), result.end(), [&key](const entry& a, const entry& b) { return key(a) < key(b); });
  } else {
    std::stable_sort(result.begin(), result.end(), [](const entry& a, const entry& b) { return a.list < b.list; });
  }
  return result;
}

ranking_table::ranking_table(const snapshot& view, order wanted) : view_(&view), sorted_(wanted == order::by_rank) {
  const auto from = entries(wanted);
  fill_columns(from);
  fill_offered();
  // The list with the highest bound first, so that the others are soon over.
  if (sorted_) {
    std::sort(lists_.begin(), lists_.end(),
              [this](const list& a, const list& b) { return bound_[a.begin] > bound_[b.begin]; });
  }
}

void ranking_table::fill_columns(const std::vector<entry>& from) {
  const auto size = from.size();
  bound_.resize(size);
  own_reliability_.resize(size);
  reliability_term_.resize(size);
  tier_term_.resize(size);
  tie_.resize(size);
  row_.resize(size);
  run_end_.resize(size);
  for (std::size_t at = 0; at < size; ++at) {
    const auto& each = from[at];
    bound_[at] = each.bound;
    own_reliability_[at] = each.own_reliability;
    reliability_term_[at] = each.reliability_term;
    tier_term_[at] = each.tier_term;
    tie_[at] = each.tie;
    row_[at] = each.row;
    if (at == 0 || from[at - 1].list != each.list) {
      const bool production_ready = (each.list & 4U) != 0;
      const bool discount = (each.list & 8U) != 0;
      lists_.push_back({production_ready ? listing::always
                        : discount       ? listing::with_discount
                                         : listing::without_discount,
                        production_ready, (each.list & 2U) != 0, (each.list & 1U) != 0, at, at});
    }
    lists_.back().end = at + 1;
    candidates_ += (each.list & 8U) == 0 ? 1 : 0;
  }
  for (std::size_t at = size; at-- > 0;) {
    const bool same_run =
        at + 1 < size && sorted_ && from[at].list == from[at + 1].list && from[at].bound == from[at + 1].bound &&
        from[at].own_reliability == from[at + 1].own_reliability && from[at].tier_term == from[at + 1].tier_term;
    run_end_[at] = same_run ? run_end_[at + 1] : static_cast<std::uint32_t>(at + 1);
  }
}

void ranking_table::fill_offered() {
  for (const auto row : row_) {
    for (const auto& capability : view_->rows[row].capabilities) {
      capabilities_.try_emplace(capability, static_cast<std::uint32_t>(capabilities_.size()));
    }
  }
  const auto size = row_.size();
  offered_.assign((capabilities_.size() + bits_per_word - 1) / bits_per_word * size, 0);
  for (std::size_t at = 0; at < size; ++at) {
    for (const auto& capability : view_->rows[row_[at]].capabilities) {
      const auto bit = capabilities_.find(capability)->second;
      offered_[bit / bits_per_word * size + at] |= std::uint64_t{1} << (bit % bits_per_word);
    }
  }
}

compiled_request ranking_table::compile(const ranking_request& request) const {
  compiled_request compiled;
  compiled.required = request.required.size();
  for (const auto& capability : request.required) {
    const auto known = capabilities_.find(capability);
    if (known != capabilities_.end()) {
      compiled.bits.push_back({static_cast<std::uint32_t>(known->second / bits_per_word),
                               static_cast<std::uint32_t>(known->second % bits_per_word)});
    }
  }
  compiled.capability_terms.reserve(compiled.bits.size() + 1);
  for (std::size_t offered = 0; offered <= compiled.bits.size(); ++offered) {
    compiled.capability_terms.push_back(
        scoring::capability_term(scoring::capability_ratio(offered, compiled.required)));
  }
  compiled.discount = request.prefer_production && compiled.required > 0;
  compiled.deep_boost = scoring::deep_boost(request.context, view_->config);
  compiled.hotspot_boost = scoring::hotspot_boost(request.context, view_->config);
  return compiled;
}

std::size_t ranking_table::offered_count(const compiled_request& request, std::size_t at) const noexcept {
  const auto size = row_.size();
  std::size_t count = 0;
  for (const auto& bit : request.bits) {
    count += (offered_[bit.word * size + at] >> bit.shift) & 1U;
  }
  return count;
}

template <class Kept>
void ranking_table::scan(const list& candidates, const compiled_request& request, Kept& kept) const {
  const double deep_boost = candidates.deep_index ? request.deep_boost : 0;
  const double hotspot_boost = candidates.hotspots ? request.hotspot_boost : 0;
  const double boosts = deep_boost + hotspot_boost;
  const auto known = request.bits.size();
  // Where somebody may offer all that is required the bound is the very total; else it is only near.
  const bool exact = known == request.required;
  const double missing = exact ? 0 : scoring::capability_term(1) - request.capability_terms[known] - rounding_slack;
  for (std::size_t at = candidates.begin; at < candidates.end;) {
    if (sorted_ && kept.is_full() && kept.least_total() > bound_[at] - missing + boosts) {
      return;
    }
    const auto offered = offered_count(request, at);
    const double base = scoring::base(request.capability_terms[offered], reliability_term_[at],
                                      candidates.production_ready, tier_term_[at]);
    const bool taken =
        kept.offer({scoring::total(base, deep_boost, hotspot_boost), own_reliability_[at], tie_[at], row_[at], at});
    // Nobody in the rest of a run ranks before one of it that offers all that can be offered.
    const bool rest_loses = offered == known && (Kept::only_one || !taken);
    at = rest_loses ? run_end_[at] : at + 1;
  }
}

template <class Kept>
void ranking_table::scan_all(const compiled_request& request, Kept& kept) const {
  const auto left_out = request.discount ? listing::without_discount : listing::with_discount;
  for (const auto& candidates : lists_) {
    if (candidates.when != left_out) {
      scan(candidates, request, kept);
    }
  }
}

ranked_row ranking_table::best(const compiled_request& request) const noexcept {
  keep_one kept;
  scan_all(request, kept);
  return kept.best;
}

std::vector<ranked_row> ranking_table::best(const compiled_request& request, std::size_t count) const {
  keep_many kept{std::min<std::size_t>(count, candidates_), {}};
  if (kept.count > 0) {
    kept.rows.reserve(kept.count);
    scan_all(request, kept);
    std::sort_heap(kept.rows.begin(), kept.rows.end(), row_precedes);
  }
  return std::move(kept.rows);
}

score_terms ranking_table::terms(const compiled_request& request, const ranked_row& row) const {
  const auto& shown = view_->rows[row.row];
  const auto& in_list = *std::find_if(lists_.begin(), lists_.end(),
                                      [&row](const list& each) { return each.begin <= row.at && row.at < each.end; });
  score_terms terms;
  terms.name = shown.name;
  terms.capability_ratio = scoring::capability_ratio(offered_count(request, row.at), request.required);
  terms.capability_term = scoring::capability_term(terms.capability_ratio);
  terms.own_reliability = row.own_reliability;
  terms.reliability = scoring::discounted(row.own_reliability, request.discount && !in_list.production_ready);
  terms.reliability_term = reliability_term_[row.at];
  terms.production_term = in_list.production_ready ? scoring::production_bonus : 0;
  terms.tier_term = tier_term_[row.at];
  terms.deep_boost = in_list.deep_index ? request.deep_boost : 0;
  terms.hotspot_boost = in_list.hotspots ? request.hotspot_boost : 0;
  terms.total = row.total;
  terms.tier = shown.tier;
  terms.production_ready = shown.production_ready;
  return terms;
}

}  // namespace planguild
