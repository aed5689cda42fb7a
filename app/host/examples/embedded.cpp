// A host with actors of its own that selects, plans and stops: what embedding planguild takes. Run it with an
// objective:
//   example_embedded "Make the registry easier to change"
#include <cstdio>
#include <string>

#include "app/host/runtime.hpp"
#include "app/host/system/system.hpp"

namespace {

/// A planner of the host's own, in its own process: one task for the objective.
class greeting_planner final : public planguild::builtin_planner {
 public:
  planguild::outcome<planguild::plan> generate_plan(const planguild::builtin_request& request) override {
    planguild::plan plan;
    plan.objective = request.objective;
    planguild::plan_task task;
    task.id = "first";
    task.title = "Write down what done means";
    task.kind = "document";
    plan.tasks.push_back(task);
    return plan;
  }
};

planguild::builtin_registration greeting() {
  planguild::builtin_registration builtin;
  builtin.manifest.name = "greeting_planner";
  builtin.manifest.version = "1.0.0";
  builtin.manifest.capabilities = {"greeting"};
  builtin.manifest.production_ready = true;
  builtin.make = [] { return std::make_unique<greeting_planner>(); };
  return builtin;
}

using tally_actor = planguild::compat::actor_of<planguild::ack(planguild::selection)>;

/// An actor of the host: counts the selections it is told of.
struct tally : planguild::compat::state<tally_actor> {
  static constexpr const char* name = "example.tally";
  explicit tally(self_pointer) {}
  behavior_type make_behavior() {
    return {[this](const planguild::selection& chosen) -> caf::result<planguild::ack> {
      std::printf("tally      %d selection(s), the last one for %s\n", ++count, chosen.best.c_str());
      return planguild::ack{};
    }};
  }
  int count = 0;
};

}  // namespace

int main(int argument_count, char** arguments) {
  const std::string objective = argument_count > 1 ? arguments[1] : "Make the registry easier to change";

  caf::actor_system_config configuration;
  planguild::prepare(configuration);  // message types and scheduler, before the actor system exists
  caf::actor_system system{configuration};
  auto counter = planguild::compat::spawn<tally>(system);

  planguild::system_options outside;
  outside.builtins = {greeting()};
  planguild::runtime_options options;
  options.outside = planguild::make_system_environment(outside).outside;
  options.builtins = outside.builtins;
  planguild::runtime runtime{system, options};

  planguild::plan_request request;
  request.request.objective = objective;
  request.request.required_capabilities = {"greeting"};
  if (auto selected = runtime.select(request.request)) {
    std::printf("selected   %s, %.3f, of %llu\n", selected->best.c_str(), selected->score,
                static_cast<unsigned long long>(selected->candidates_considered));
    planguild::compat::tell(counter, *selected);
  }
  auto planned = runtime.plan(request);
  if (planned) {
    std::printf("planned    %zu task(s): %s\n", planned->plan.tasks.size(), planned->plan.tasks[0].title.c_str());
  } else {
    std::fprintf(stderr, "no plan    %s\n", planned.error->message.c_str());
  }
  const auto report = runtime.stop(2'000);
  std::printf("stopped    %llu worker(s) ended, %llu processes left\n",
              static_cast<unsigned long long>(report.workers_ended),
              static_cast<unsigned long long>(report.processes_left));
  planguild::compat::end(counter);
  return planned ? 0 : 1;
}
