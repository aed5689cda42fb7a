// The outside of a simulated runtime: see the header.
#include "tests/simulation/simulated_outside.hpp"

#include "actors/registry/ranking.hpp"

namespace planguild::simulation {

void silent_log::log(log_level level, std::string_view component, std::string_view message,
                     const std::vector<std::pair<std::string, std::string>>&) {
  if (book_.tells_story() && level >= log_level::warning) {
    book_.tell("log: " + std::string{component} + ": " + std::string{message});
  }
}

void slow_store::load(std::function<void(outcome<store_contents>)> done) {
  if (early_) {
    done(*early_);
  } else {
    done_ = std::move(done);
  }
}

void slow_store::save(store_update update) {
  for (const auto& verdict : update.verdicts) {
    judged_(verdict);
  }
}

void slow_store::recall(outcome<store_contents> contents) {
  if (done_) {
    done_(std::move(contents));
  } else {
    early_ = std::move(contents);
  }
}

void decision_witness::decided(const snapshot_ptr& view, const select_request& request,
                               const outcome<selection>& chosen) {
  if (last_ && (view->version < last_->version || (view->version == last_->version && view != last_))) {
    book_.breach("snapshot " + std::to_string(view->version) + " was used after another one with version " +
                 std::to_string(last_->version));
  }
  last_ = view;
  if (!(planguild::select(*view, request) == chosen)) {
    book_.breach("a decision taken again from the same snapshot " + std::to_string(view->version) + " is another");
  }
}

}  // namespace planguild::simulation
