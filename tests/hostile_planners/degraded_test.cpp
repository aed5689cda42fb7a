// What is said and done where the kernel or a container lacks layers: an outer filter takes them away before the host
// begins. By default a planner is not started unless every guarantee holds, and the failure names what is missing and
// the setting that goes on without it; with `best` it runs, and its posture says what it lacks.
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "messages/sandbox.hpp"
#include "tests/hostile_planners/hostile_world.hpp"
#include "tests/hostile_planners/spawned_host.hpp"

using namespace planguild::test;

namespace {

using texts = std::vector<std::string>;

const bool is_root = ::geteuid() == 0;
const texts guarantees = {"no-host-reads", "no-host-writes", "no-network", "no-secrets"};

struct degraded_case {
  std::string name;
  texts without;       // NAME=ERROR of without_calls
  texts missing_root;  // guarantees that do not hold then
  texts missing_user;
  texts unavailable;  // layers that the posture says so of, with the reason
  texts settings{};   // of the environment, besides
};

const std::vector<degraded_case>& degraded_cases() {
  static const std::vector<degraded_case> all = {
      {"nothing", {}, {}, {}, {}},
      {"no Landlock", {"landlock=ENOSYS"}, {}, {}, {"landlock ENOSYS"}},
      {"Landlock switched off at boot", {"landlock=EOPNOTSUPP"}, {}, {}, {"landlock EOPNOTSUPP"}},
      {"no namespaces", {"namespaces=EPERM"}, {}, {}, {"pid_namespace EPERM", "network_namespace EPERM"}},
      {"no filter", {"seccomp=EINVAL"}, {"no-network"}, {"no-host-writes", "no-network"}, {"seccomp EINVAL"}},
      {"no filter and no namespaces",
       {"seccomp=EINVAL", "namespaces=EPERM"},
       {"no-network"},
       {"no-host-writes", "no-network"},
       {"seccomp EINVAL", "network_namespace EPERM"}},
      {"neither Landlock nor namespaces",
       {"landlock=ENOSYS", "namespaces=EPERM"},
       {"no-host-reads"},
       {"no-host-reads", "no-secrets"},
       {"landlock ENOSYS", "mount_namespace EPERM"}},
      {"nothing of these three",
       {"landlock=ENOSYS", "namespaces=EPERM", "seccomp=EINVAL"},
       {"no-host-reads", "no-host-writes", "no-network"},
       guarantees,
       {"landlock ENOSYS", "seccomp EINVAL", "pid_namespace EPERM"}},
      {"no mounts", {"mounts=EPERM"}, {}, {}, {}},
      {"no other user", {"users=EPERM"}, {}, {}, {}},
      {"neither another user nor Landlock nor namespaces",
       {"users=EPERM", "landlock=ENOSYS", "namespaces=EPERM"},
       {"no-host-reads", "no-secrets"},
       {"no-host-reads", "no-secrets"},
       {"landlock ENOSYS"}},
  };
  return all;
}

const texts& missing_in(const degraded_case& each) {
  return is_root ? each.missing_root : each.missing_user;
}

struct two_planners {
  zoo_planner command{"", "plan", planguild::entry_kind::command};
  zoo_planner library{"", "plan", planguild::entry_kind::library};
};

/// Has a host without these calls acquire both planners; its lines.
std::vector<nlohmann::json> acquired(const hostile_world& world, const degraded_case& each,
                                     const std::string& sandbox) {
  const two_planners planners;
  host_call call;
  call.arguments = {"acquire", planners.command.name(), planners.library.name()};
  call.environment = each.settings;
  for (const auto& setting : {"FACTORY_SANDBOX=" + sandbox, std::string{"FACTORY_ALLOWED_PLANNERS=*"},
                              std::string{"PLANNER_IMPORT_TIMEOUT=60"}, "FACTORY_PLANNER_PATH=" + world.planners(),
                              "TMPDIR=" + world.private_folder(), "XDG_RUNTIME_DIR=" + world.private_folder()}) {
    call.environment.push_back(setting);
  }
  call.without = each.without;
  spawned_host host{call};
  std::vector<nlohmann::json> lines;
  for (std::string line; host.next_line(line);) lines.push_back(nlohmann::json::parse(line));
  std::string errors;
  const int code = host.wait(errors);
  INFO(errors);
  CHECK(code == 0);
  return lines;
}

std::string joined(const texts& all) {
  std::string text;
  for (const auto& each : all) text += (text.empty() ? "" : ",") + each;
  return text;
}

/// FACTORY_SANDBOX without what is missing.
std::string setting_that_goes_on(const texts& missing) {
  texts left;
  for (const auto& each : guarantees) {
    if (std::find(missing.begin(), missing.end(), each) == missing.end()) left.push_back(each);
  }
  return left.empty() ? "best" : "require:" + joined(left);
}

void check_layers(const degraded_case& each, const nlohmann::json& posture) {
  for (const auto& wanted : each.unavailable) {
    INFO(wanted);
    const auto space = wanted.find(' ');
    bool found = false;
    for (const auto& layer : posture["layers"]) {
      if (layer["name"] != wanted.substr(0, space)) continue;
      found = true;
      CHECK(layer["state"] == "unavailable");
      CHECK(layer["detail"].get<std::string>().find(wanted.substr(space + 1)) != std::string::npos);
    }
    CHECK(found);
  }
}

/// It runs, and says what holds and what does not.
void check_runs(const degraded_case& each, const nlohmann::json& line, const texts& missing) {
  CHECK(line["acquired"] == true);
  const auto& posture = line["record"]["posture"];
  CHECK(posture["missing"].get<texts>() == missing);
  CHECK(posture["holds"].get<texts>().size() == guarantees.size() - missing.size());
  check_layers(each, posture);
}

/// It does not run, and the message says why and how to go on.
void check_refused(const degraded_case& each, const nlohmann::json& line, const texts& missing) {
  CHECK(line["acquired"] == false);
  const auto evidence = line["record"]["evidence"];
  REQUIRE(evidence.is_object());
  CHECK(evidence["code"] == "sandbox_insufficient");
  CHECK(evidence["ending"] == "insecure");
  const auto message = evidence["message"].get<std::string>();
  for (const auto& guarantee : missing) CHECK(message.find(guarantee) != std::string::npos);
  CHECK(message.find("FACTORY_SANDBOX=" + setting_that_goes_on(missing)) != std::string::npos);
  bool names_a_reason = false;
  for (const auto& layer : each.unavailable) {
    names_a_reason = names_a_reason || (message.find(layer.substr(0, layer.find(' '))) != std::string::npos &&
                                        message.find(layer.substr(layer.find(' ') + 1)) != std::string::npos);
  }
  CHECK((names_a_reason || each.unavailable.empty()));
  check_layers(each, line["record"]["posture"]);
}

}  // namespace

TEST_CASE("A planner runs by default only if every guarantee holds, and the refusal says how to go on") {
  hostile_world world;
  world.restore();
  world.add(two_planners{}.command);
  world.add(two_planners{}.library);
  for (const auto& each : degraded_cases()) {
    const auto& missing = missing_in(each);
    for (const auto& line : acquired(world, each, "require")) {
      INFO(each.name << "\n" << line.dump(1));
      if (missing.empty()) {
        check_runs(each, line, missing);
      } else {
        check_refused(each, line, missing);
      }
    }
    if (missing.empty()) continue;
    // What the message says does go on.
    for (const auto& line : acquired(world, each, setting_that_goes_on(missing))) {
      INFO(each.name << "\n" << line.dump(1));
      check_runs(each, line, missing);
    }
  }
}

TEST_CASE("With FACTORY_SANDBOX=best a planner runs with what there is, and its posture says what there is not") {
  hostile_world world;
  world.restore();
  world.add(two_planners{}.command);
  world.add(two_planners{}.library);
  for (const auto& each : degraded_cases()) {
    const auto lines = acquired(world, each, "best");
    CHECK(lines.size() == 2);
    for (const auto& line : lines) {
      INFO(each.name << "\n" << line.dump(1));
      check_runs(each, line, missing_in(each));
    }
  }
}

TEST_CASE("With FACTORY_SANDBOX=off no layer is on, and the posture says so") {
  hostile_world world;
  world.restore();
  world.add(two_planners{}.command);
  world.add(two_planners{}.library);
  const auto lines = acquired(world, degraded_cases().front(), "off");
  CHECK(lines.size() == 2);
  for (const auto& line : lines) {
    INFO(line.dump(1));
    CHECK(line["acquired"] == true);
    CHECK(line["record"]["posture"]["missing"].get<texts>() == guarantees);
    for (const auto& layer : line["record"]["posture"]["layers"]) CHECK(layer["state"] == "off");
  }
}
