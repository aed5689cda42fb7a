// See the header.
#include "benchmarks/catalogue.hpp"

#include <random>
#include <set>

namespace planguild::bench {
namespace {

std::string numbered(const char* what, std::size_t index) {
  auto digits = std::to_string(index);
  return what + std::string(digits.size() < 6 ? 6 - digits.size() : 0, '0') + digits;
}

}  // namespace

std::vector<snapshot_row> make_rows(std::size_t planners, std::size_t capabilities, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  const auto below = [&random](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>{0, bound - 1}(random);
  };
  static const std::vector<std::string> tiers{"", "alpha", "beta", "stable", "gold", "vip"};
  std::vector<snapshot_row> rows(planners);
  for (std::size_t index = 0; index < planners; ++index) {
    auto& row = rows[index];
    row.name = numbered("planner_", index);
    std::set<std::string> offered;
    for (std::size_t left = 4 + below(5); left > 0; --left) {
      offered.insert(numbered("capability_", below(capabilities)));
    }
    row.capabilities.assign(offered.begin(), offered.end());
    row.tier = tiers[below(tiers.size())];
    row.production_ready = below(10) < 4;
    row.admission = admission_state::admitted;
    row.reliability = static_cast<double>(3'000 + below(7'000)) / 10'000.0;
  }
  return rows;
}

std::vector<select_request> make_requests(const std::vector<snapshot_row>& rows, std::size_t count,
                                          std::uint64_t seed) {
  std::mt19937_64 random{seed};
  std::vector<select_request> requests(count);
  for (auto& request : requests) {
    const auto& offered = rows[random() % rows.size()].capabilities;
    request.objective = "Make the registry easier to change";
    request.required_capabilities = {offered[random() % offered.size()], offered[random() % offered.size()]};
    request.top = 1;
  }
  return requests;
}

}  // namespace planguild::bench
