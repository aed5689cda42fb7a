// A small host whose planners are in the folders that FACTORY_PLANNER_PATH names, for tests that kill it or take layers
// away from it:
//
//   hostile_host acquire NAME…       acquires each planner, and prints one JSON object for each
//   hostile_host hold NAME…          has each planner plan, prints "busy" once all have begun, and stays
//
// The configuration is the environment's; ZOO_LANDLOCK_ABI_MAX is the latest Landlock that planners are held by. Main
// thread, and one thread for each plan.
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "app/host/config_source.hpp"
#include "messages/json.hpp"
#include "tests/hostile_planners/lacking_runtime.hpp"

namespace {

using namespace planguild;
using test::lacking_runtime;

constexpr std::int64_t patience_ms = 60'000;

void acquire_each(runtime& guild, const std::vector<std::string>& names) {
  for (const auto& name : names) {
    const auto acquired = guild.acquire({name, patience_ms, 0, {}});
    const auto described = guild.describe({name, true, patience_ms});
    nlohmann::ordered_json shown{{"planner", name}, {"acquired", static_cast<bool>(acquired)}};
    if (!acquired) shown["failure"] = to_json(*acquired.error);
    if (described) shown["record"] = to_json(*described);
    std::cout << shown.dump() << std::endl;
  }
}

[[noreturn]] void hold(runtime& guild, const std::vector<std::string>& names) {
  std::vector<std::thread> plans;
  for (const auto& name : names) {
    plans.emplace_back([&guild, name] {
      plan_request asked;
      asked.request.objective = "never comes to an end";
      asked.planner = name;
      asked.timeout_ms = patience_ms;
      (void)guild.plan(asked);
    });
  }
  for (const auto& name : names) {
    while (true) {
      const auto described = guild.describe({name, true, patience_ms});
      if (described && described->instance == instance_phase::running) break;
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
  }
  std::cout << "busy" << std::endl;
  while (true) ::pause();
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 2 || (arguments[0] != "acquire" && arguments[0] != "hold")) {
    std::cerr << "usage: hostile_host acquire|hold NAME…\n";
    return 2;
  }
  auto loaded = load_configuration({});
  for (const auto& problem : loaded.problems) {
    std::cerr << problem.variable << "=" << problem.text << " is refused; accepted: " << problem.accepted << "\n";
    return 2;
  }
  missing_layers lacking;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread is there
  if (const char* abi = std::getenv("ZOO_LANDLOCK_ABI_MAX"); abi != nullptr) lacking.landlock_abi_max = std::atoi(abi);
  lacking_runtime host{std::move(loaded.value), lacking};
  const std::vector<std::string> names(arguments.begin() + 1, arguments.end());
  if (arguments[0] == "hold") hold(host.guild(), names);
  acquire_each(host.guild(), names);
  return host.stop().processes_left == 0 ? 0 : 1;
}
