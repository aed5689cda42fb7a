// Looks for the smallest change by trying them in the contract's order. A trial replaces one row or the request and
// asks whether anybody ranks before the planner; what is found is then verified by ranking a changed copy. Any thread.
#include "actors/registry/flip.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "actors/registry/explanation.hpp"
#include "actors/registry/score.hpp"
#include "messages/limits.hpp"

namespace planguild {
namespace {

bool contains(const std::vector<std::string>& set, std::string_view capability) {
  return std::binary_search(set.begin(), set.end(), capability, std::less<>{});
}

std::vector<std::string> with(std::vector<std::string> set, std::string_view capability) {
  const auto at = std::lower_bound(set.begin(), set.end(), capability);
  set.insert(at, std::string{capability});
  return set;
}

std::vector<std::string> without(std::vector<std::string> set, std::string_view capability) {
  set.erase(std::remove(set.begin(), set.end(), capability), set.end());
  return set;
}

std::string quoted(std::string_view text) {
  return '"' + std::string{text} + '"';
}

class flip_search {
 public:
  /// `index` says which row of `view` is to win; `winner` is another row, or nullptr where there is no candidate at
  /// all.
  flip_search(const snapshot& view, const ranking_request& request, std::size_t index, const snapshot_row* winner)
      : view_(view), request_(request), index_(index), row_(view.rows[index]), winner_(winner), blocker_(winner) {}

  std::optional<flip_suggestion> run() {
    // Changes of the request never lift a planner over the floor.
    if (is_candidate(row_, view_.config)) {
      for (auto step : {&flip_search::require_more, &flip_search::require_fewer, &flip_search::turn_preference}) {
        if (auto found = (this->*step)()) {
          return found;
        }
      }
    }
    for (auto step : {&flip_search::raise_reliability, &flip_search::raise_tier, &flip_search::make_production_ready,
                      &flip_search::offer_more}) {
      if (auto found = (this->*step)()) {
        return found;
      }
    }
    return std::nullopt;
  }

 private:
  using maybe_flip = std::optional<flip_suggestion>;

  /// Whether `changed`, in the place of the planner's row, would win `request`. Asks first the row that won the last
  /// trial.
  bool wins(const ranking_request& request, const snapshot_row& changed) {
    if (!is_candidate(changed, view_.config)) {
      return false;
    }
    const auto loses_to = [&](const snapshot_row& other) {
      return &other != &row_ && is_candidate(other, view_.config) &&
             ranks_before(other, changed, view_.config, request);
    };
    if (blocker_ != nullptr && loses_to(*blocker_)) {
      return false;
    }
    const auto blocking = std::find_if(view_.rows.begin(), view_.rows.end(), loses_to);
    if (blocking != view_.rows.end()) {
      blocker_ = &*blocking;
      return false;
    }
    return true;
  }

  /// The suggestion, if ranking a changed copy of the whole view says the same.
  maybe_flip verified(const ranking_request& request, const snapshot_row& changed, flip_kind kind, std::string value,
                      std::string command, std::string reason) const {
    snapshot copy = view_;
    copy.rows.edit(index_) = changed;
    const auto result = rank(copy, request, 1);
    if (result.ranked.empty() || result.ranked.front().name != row_.name) {
      return std::nullopt;
    }
    return flip_suggestion{row_.name, kind, std::move(value), std::move(command), std::move(reason)};
  }

  maybe_flip try_requiring(std::string_view capability) {
    ranking_request changed = request_;
    changed.required = with(std::move(changed.required), capability);
    if (!wins(changed, row_)) {
      return std::nullopt;
    }
    const std::string reason = !contains(winner_->capabilities, capability)
                                   ? winner_->name + " does not offer " + quoted(capability)
                                   : "then each requirement weighs less: " + totals_text(changed);
    return verified(changed, row_, flip_kind::require_more, std::string{capability},
                    "--require " + std::string{capability}, reason);
  }

  maybe_flip require_more() {
    if (request_.required.size() >= limits::required_capabilities_max || winner_ == nullptr) {
      return std::nullopt;
    }
    for (const auto& capability : row_.capabilities) {
      if (contains(request_.required, capability) || contains(winner_->capabilities, capability)) {
        continue;
      }
      if (auto found = try_requiring(capability)) {
        return found;
      }
    }
    for (const auto& capability : other_capabilities()) {
      if (auto found = try_requiring(capability)) {
        return found;
      }
    }
    return std::nullopt;
  }

  /// Capabilities, by name, whose requirement would put the planner before the present winner at least, other than
  /// those that only the planner offers. At most limits::required_capabilities_max: a change beyond that helps nobody.
  std::set<std::string_view> other_capabilities() const {
    std::set<std::string_view> names;
    std::optional<bool> both_help;     // offered by both
    std::optional<bool> winner_helps;  // offered by the winner alone
    std::optional<bool> none_helps;    // offered by neither
    for (const auto& row : view_.rows) {
      for (const auto& capability : row.capabilities) {
        const bool full = names.size() >= limits::required_capabilities_max;
        if ((full && capability >= *names.rbegin()) || contains(request_.required, capability)) {
          continue;
        }
        const bool by_planner = contains(row_.capabilities, capability);
        const bool by_winner = contains(winner_->capabilities, capability);
        if (by_planner && !by_winner) {
          continue;
        }
        auto& helps = by_winner ? (by_planner ? both_help : winner_helps) : none_helps;
        if (!helps) {
          ranking_request changed = request_;
          changed.required = with(std::move(changed.required), capability);
          helps = ranks_before(row_, *winner_, view_.config, changed);
        }
        if (*helps) {
          names.insert(capability);
          if (names.size() > limits::required_capabilities_max) {
            names.erase(std::prev(names.end()));
          }
        }
      }
    }
    return names;
  }

  maybe_flip require_fewer() {
    for (const auto& capability : request_.required) {
      ranking_request changed = request_;
      changed.required = without(std::move(changed.required), capability);
      if (!wins(changed, row_)) {
        continue;
      }
      const std::string reason = !contains(row_.capabilities, capability)
                                     ? row_.name + " does not offer " + quoted(capability)
                                     : "then the other requirements weigh more: " + totals_text(changed);
      if (auto found = verified(changed, row_, flip_kind::require_fewer, capability, "without --require " + capability,
                                reason)) {
        return found;
      }
    }
    return std::nullopt;
  }

  maybe_flip turn_preference() {
    ranking_request changed = request_;
    changed.prefer_production = !changed.prefer_production;
    if (!wins(changed, row_)) {
      return std::nullopt;
    }
    if (changed.prefer_production) {
      return verified(changed, row_, flip_kind::prefer_production, "true", "without --no-prefer-production",
                      winner_->name + " is not production-ready: " + totals_text(changed));
    }
    return verified(changed, row_, flip_kind::prefer_production, "false", "--no-prefer-production",
                    row_.name + " is not production-ready: " + totals_text(changed));
  }

  maybe_flip raise_reliability() {
    // Winning never ends as reliability grows, so the smallest value is found by halving. Steps are 1/10000.
    const double present = own_reliability(row_, view_.config);
    const auto with_steps = [this](std::int64_t steps) {
      snapshot_row changed = row_;
      changed.reliability = static_cast<double>(steps) / 10'000.0;
      return changed;
    };
    std::int64_t loses = present < 0 ? -1 : 0;
    std::int64_t wins_at = 10'000;
    if (present >= 1 || !wins(request_, with_steps(wins_at))) {
      return std::nullopt;
    }
    if (wins(request_, with_steps(0))) {
      wins_at = 0;
    }
    while (wins_at - loses > 1) {
      const auto middle = loses + (wins_at - loses) / 2;
      (wins(request_, with_steps(middle)) ? wins_at : loses) = middle;
    }
    const auto changed = with_steps(wins_at);
    const auto value = decimals(*changed.reliability, 4);
    return verified(request_, changed, flip_kind::reliability, value, "",
                    "its reliability is " + decimals(present, 4) + "; it wins from " + value + " on");
  }

  maybe_flip raise_tier() {
    // In ascending order of what they add, so the first that wins differs least.
    for (const std::string_view tier : {"alpha", "beta", "stable", "gold", "vip"}) {
      snapshot_row changed = row_;
      changed.tier = tier;
      const double present = scoring::tier_term(row_.tier);
      if (scoring::tier_term(tier) <= present || !wins(request_, changed)) {
        continue;
      }
      const std::string now =
          row_.tier.empty() ? std::string{"without a tier it gets "} : "its tier " + row_.tier + " adds ";
      if (auto found = verified(request_, changed, flip_kind::tier, std::string{tier}, "",
                                now + decimals(present, 3) + ", " + std::string{tier} + " adds " +
                                    decimals(scoring::tier_term(tier), 3))) {
        return found;
      }
    }
    return std::nullopt;
  }

  maybe_flip make_production_ready() {
    snapshot_row changed = row_;
    changed.production_ready = true;
    if (row_.production_ready || !wins(request_, changed)) {
      return std::nullopt;
    }
    return verified(request_, changed, flip_kind::production_ready, "true", "",
                    "it is not production-ready, which would bring it from " +
                        decimals(score(row_, view_.config, request_).total, 3) + " to " +
                        decimals(score(changed, view_.config, request_).total, 3));
  }

  maybe_flip offer_more() {
    // Nothing else that a planner offers has a weight.
    std::set<std::string_view> useful{"deep_index", "refactor", "risk", "structural"};
    useful.insert(request_.required.begin(), request_.required.end());
    for (const auto capability : useful) {
      if (contains(row_.capabilities, capability)) {
        continue;
      }
      snapshot_row changed = row_;
      changed.capabilities = with(std::move(changed.capabilities), capability);
      if (!wins(request_, changed)) {
        continue;
      }
      if (auto found = verified(request_, changed, flip_kind::offer_capability, std::string{capability}, "",
                                "it does not offer " + quoted(capability))) {
        return found;
      }
    }
    return std::nullopt;
  }

  /// "0.845 against 0.790 of NAME", under another request.
  std::string totals_text(const ranking_request& request) const {
    return against(score(row_, view_.config, request).total, score(*winner_, view_.config, request).total) + " of " +
           winner_->name;
  }

  const snapshot& view_;
  const ranking_request& request_;
  std::size_t index_;
  const snapshot_row& row_;
  const snapshot_row* winner_;
  const snapshot_row* blocker_;  // who won the last trial; most likely wins the next one too
};

}  // namespace

std::optional<flip_suggestion> smallest_flip(const snapshot& view, const ranking_request& request,
                                             std::string_view name) {
  const auto find = [&view](std::string_view wanted) {
    const auto at =
        std::find_if(view.rows.begin(), view.rows.end(), [wanted](const auto& row) { return row.name == wanted; });
    return static_cast<std::size_t>(at - view.rows.begin());
  };
  const auto index = find(name);
  if (index == view.rows.size() || !view.rows[index].is_active()) {
    return std::nullopt;
  }
  const auto result = rank(view, request, 1);
  if (result.ranked.empty()) {
    return flip_search{view, request, index, nullptr}.run();
  }
  const auto winner = find(result.ranked.front().name);
  return winner == index ? std::nullopt : flip_search{view, request, index, &view.rows[winner]}.run();
}

}  // namespace planguild
