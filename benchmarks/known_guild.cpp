// See the header.
#include "benchmarks/known_guild.hpp"

#include <utility>

#include "app/host/system/system.hpp"

namespace planguild::bench {
namespace {

class no_planner final : public builtin_planner {
 public:
  outcome<plan> generate_plan(const builtin_request& request) override {
    plan made;
    made.objective = request.objective;
    return made;
  }
};

/// Remembers the verdicts it was given and nothing else.
class verdict_store final : public planner_store {
 public:
  explicit verdict_store(store_contents contents) : contents_(std::move(contents)) {}
  void load(std::function<void(outcome<store_contents>)> done) override { done(contents_); }
  void save(store_update) override {}
  bool flush(std::int64_t) override { return true; }

 private:
  store_contents contents_;
};

}  // namespace

known_guild::known_guild(const std::vector<snapshot_row>& rows, config settings) {
  prepare(configuration_);
  system_ = std::make_unique<caf::actor_system>(configuration_);
  system_options outside;
  outside.least_level = log_level::critical;
  store_contents known;
  for (const auto& row : rows) {
    builtin_registration builtin;
    builtin.manifest.name = row.name;
    builtin.manifest.version = "1.0.0";
    builtin.manifest.capabilities = row.capabilities;
    builtin.manifest.tier = row.tier;
    builtin.manifest.production_ready = row.production_ready;
    builtin.make = [] { return std::make_unique<no_planner>(); };
    outside.builtins.push_back(std::move(builtin));
    admission_verdict verdict;
    verdict.name = row.name;
    verdict.state = admission_state::admitted;
    verdict.by_operator = true;  // the word that holds for any bytes
    known.verdicts.push_back(std::move(verdict));
  }
  runtime_options options;
  options.config = std::move(settings);
  options.outside = make_system_environment(outside).outside;
  options.outside.store = std::make_shared<verdict_store>(std::move(known));
  options.builtins = outside.builtins;
  runtime_ = std::make_unique<planguild::runtime>(*system_, std::move(options));
  (void)runtime_->health({1, true, 600'000});
}

}  // namespace planguild::bench
