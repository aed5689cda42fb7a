// See the header.
#include "benchmarks/baselines.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>

namespace planguild::bench {
namespace {

constexpr std::size_t samples_max = 1'000;
constexpr double reliability_floor = 0.25;

double tier_bonus(const std::string& tier) {
  static const std::map<std::string, double> bonuses{
      {"alpha", -0.05}, {"beta", 0.0}, {"stable", 0.05}, {"gold", 0.07}, {"vip", 0.08}};
  const auto at = bonuses.find(tier);
  return at == bonuses.end() ? 0 : at->second;
}

struct scored {
  double total;
  double reliability;
  const std::string* name;
};

}  // namespace

one_mutex::one_mutex(const std::vector<snapshot_row>& rows) {
  for (const auto& row : rows) {
    live_.push_back({row.name,
                     {row.capabilities.begin(), row.capabilities.end()},
                     row.tier,
                     row.production_ready,
                     row.reliability.value_or(0.1)});
  }
}

void one_mutex::merge_live_planners() {
  for (const auto& each : live_) {
    auto& record = records_[each.name];
    record.name = each.name;
    record.capabilities = each.capabilities;
    record.tier = each.tier;
    record.production_ready = each.production_ready;
    record.reliability = each.reliability;
  }
}

std::string one_mutex::select(const select_request& request) {
  const auto begun = std::chrono::steady_clock::now();
  const std::lock_guard lock{mutex_};
  merge_live_planners();
  std::set<std::string> required;
  for (auto capability : request.required_capabilities) {
    std::transform(capability.begin(), capability.end(), capability.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    required.insert(std::move(capability));
  }
  std::vector<scored> all;
  for (const auto& [name, record] : records_) {
    if (record.reliability < reliability_floor) continue;
    std::vector<std::string> matched;
    std::set_intersection(required.begin(), required.end(), record.capabilities.begin(), record.capabilities.end(),
                          std::back_inserter(matched));
    const double ratio =
        required.empty() ? 1 : static_cast<double>(matched.size()) / static_cast<double>(required.size());
    double reliability = record.reliability;
    if (request.prefer_production && !record.production_ready && !required.empty()) reliability *= 0.97;
    const double total =
        ratio * 0.6 + reliability * 0.35 + (record.production_ready ? 0.04 : 0) + tier_bonus(record.tier);
    all.push_back({total, record.reliability, &name});
  }
  std::sort(all.begin(), all.end(), [](const scored& a, const scored& b) {
    if (a.total != b.total) return a.total > b.total;
    return a.reliability != b.reliability ? a.reliability > b.reliability : *a.name < *b.name;
  });
  std::string best = all.empty() ? std::string{} : *all.front().name;
  samples_.push_back({request.objective.size(), required, best, all.empty() ? 0 : all.front().total, all.size(),
                      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count()});
  while (samples_.size() > samples_max) samples_.pop_front();
  return best;
}

}  // namespace planguild::bench
