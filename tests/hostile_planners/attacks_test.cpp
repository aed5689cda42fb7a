// Every attack of the zoo under the real worker: without layers it has its effect, with them it has none, and what came
// of it is reported; the host lives, the planner beside it plans, and nothing is left behind. Run as it is, as an
// ordinary user (unprivileged), and under simulated older kernels (ZOO_SANDBOX=best, see CMakeLists.txt).
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "tests/hostile_planners/attack_cases.hpp"
#include "tests/hostile_planners/leftovers.hpp"
#include "tests/hostile_planners/zoo_guild.hpp"

using namespace planguild;
using namespace planguild::test;

namespace {

const bool is_root = ::geteuid() == 0;

struct attempt {
  const attack_case* attack = nullptr;
  zoo_planner planner;
};

std::string environment_text(const char* name, const std::string& otherwise) {
  const char* given = std::getenv(name);
  return given == nullptr ? otherwise : given;
}

/// All attacks by every kind of planner that tries them; ZOO_ATTACK names one, to look at it alone.
std::vector<attempt> all_attempts() {
  std::vector<attempt> all;
  const auto only = environment_text("ZOO_ATTACK", "");
  for (const auto& each : attack_cases()) {
    if (!only.empty() && only != each.attack) continue;
    const std::string name{each.attack};
    if (each.command) all.push_back({&each, {name, "plan", entry_kind::command}});
    if (each.library) all.push_back({&each, {name, "plan", entry_kind::library}});
  }
  return all;
}

std::string_view layers_of(const attack_case& attack) {
  return is_root || attack.stopped_by_as_user.empty() ? attack.stopped_by : attack.stopped_by_as_user;
}

/// Whether it is stopped whatever the layers are.
bool is_stopped_always(const attack_case& attack) {
  return attack.stopped_by == "hygiene" || attack.stopped_by == "discovery";
}

bool starts_with(const std::string& text, std::string_view beginning) {
  return text.compare(0, beginning.size(), beginning) == 0;
}

/// The attack said so, or its planner became the program that it was to run, which ended the planner.
bool had_effect(const attack_case& attack, const seen_planner& seen) {
  const bool became_program = starts_with(std::string{attack.attack}, "run_") && seen.evidence &&
                              (seen.evidence->exit_code == 77 || seen.evidence->exit_code == 0);
  return starts_with(seen.said, "effect:") || (seen.code == "planner_crashed" && became_program);
}

/// "landlock active, seccomp unavailable": without what is different for each planner.
std::string names_of_layers(const sandbox_posture& posture) {
  std::string text;
  for (const auto& layer : posture.layers) {
    text += (text.empty() ? "" : ", ") + layer.name + " " + std::string{to_string(layer.state)};
  }
  return text;
}

/// What the process holds beside the planner without fault, and what is left of the hostile one.
void check_nothing_left(zoo_guild& guild, const zoo_planner& planner, const held& before) {
  const bool gone = guild.remove({planner});
  const auto left = processes_of(planner.mark(), planner.name());
  INFO(text_of(left));
  CHECK(gone);
  for (const auto& process : left) ::kill(process.id, SIGKILL);
  const bool flat = eventually([&before] {
    const auto now = held_now();
    return now.descriptors == before.descriptors && now.children == before.children && now.threads == before.threads;
  });
  INFO(descriptors_text() << text_of(children()));
  CHECK(flat);
}

/// Which attempts have an effect without any layer: what they are as a plain child for those that are always
/// stopped. The others
/// show nothing here, and are said aloud.
std::set<std::string> shown_without_layers(hostile_world& world) {
  std::set<std::string> shown;
  zoo_guild guild{world, "off"};
  for (const auto& [attack, planner] : all_attempts()) {
    INFO(planner.name());
    std::string said;
    if (is_stopped_always(*attack)) {
      zoo_planner plain = planner;
      plain.kind = entry_kind::command;
      said = world.said_without_hygiene(plain);
      if (starts_with(said, "effect:")) shown.insert(planner.name());
    } else {
      guild.add({planner});
      const auto seen = guild.look_at(planner);
      said = text_of(seen);
      if (had_effect(*attack, seen)) shown.insert(planner.name());
      // With no layer a daemon is stopped by nobody: it is the test that ends it.
      world.remove(planner);
      for (const auto& process : processes_of(planner.mark(), planner.name())) {
        if (process.parent != ::getpid()) ::kill(process.id, SIGKILL);
      }
      CHECK(guild.remove({planner}));
    }
    world.clean_up_after(planner);
    world.restore();
    if (shown.count(planner.name()) == 0) {
      WARN(planner.name() << " has no effect on this machine without any layer, so stopping it would show nothing: "
                          << said);
    }
  }
  CHECK(guild.stop().processes_left == 0);
  return shown;
}

void check_report(const attack_case& attack, const zoo_planner& planner, const seen_planner& seen) {
  if (attack.stopped_by == "discovery") {
    CHECK(seen.code == "not_found");
    CHECK(seen.message.find("leads out of the planner's folder") != std::string::npos);
  } else if (!attack.ended_for.empty() && has_layer(seen.posture, "seccomp")) {
    CHECK(seen.code == "planner_crashed");
    REQUIRE(seen.evidence);
    CHECK(seen.evidence->stage == planner_stage::plan);
    CHECK(to_string(seen.evidence->ending) == "filtered");
    if (planner.kind == entry_kind::library) CHECK(seen.evidence->ending_detail == attack.ended_for);
  } else if (planner.attack == "run_setuid_program" && seen.code == "planner_crashed") {
    // A command planner may become another program, and then it ends as that does: without the rights that it wants.
    CHECK(planner.kind == entry_kind::command);
    REQUIRE(seen.evidence);
    CHECK(to_string(seen.evidence->ending) == "exited");
    CHECK(seen.evidence->exit_code.value_or(0) != 0);
  } else {
    CHECK(seen.code == "ok");
    CHECK(starts_with(seen.said, "denied:"));
  }
}

}  // namespace

TEST_CASE("An attack has an effect if and only if no layer that stops it is active") {
  hostile_world world;
  const auto shown = shown_without_layers(world);
  const auto attempts = all_attempts();
  // Without root some attacks have no effect anyway; most do, or the rest of this test would show little.
  CHECK(shown.size() * 10 >= attempts.size() * (is_root ? 9 : 7));

  zoo_guild guild{world, environment_text("ZOO_SANDBOX", "require")};
  guild.add({{"", "plan", entry_kind::library}});
  guild.remove({{"", "plan", entry_kind::library}});
  std::string problem;
  CHECK(guild.good_one_plans(problem));
  const auto before = held_at_rest();
  std::set<std::string> postures;
  for (const auto& [attack, planner] : attempts) {
    if (shown.count(planner.name()) == 0) continue;
    INFO(planner.name());
    world.restore();
    guild.add({planner});
    const auto seen = guild.look_at(planner);
    INFO(text_of(seen) << "\n" << text_of(seen.posture));
    const bool stopped = is_stopped_always(*attack) || has_any_layer(seen.posture, layers_of(*attack));
    CHECK(had_effect(*attack, seen) != stopped);
    if (stopped) check_report(*attack, planner, seen);
    CHECK(guild.good_one_plans(problem));
    INFO(problem);
    check_nothing_left(guild, planner, before);
    if (stopped) CHECK(world.touched(planner) == std::vector<std::string>{});
    world.clean_up_after(planner);
    if (!seen.posture.layers.empty()) {
      postures.insert(std::string{to_string(planner.kind)} + " planners: " + names_of_layers(seen.posture));
    }
  }
  for (const auto& posture : postures) WARN(posture);
  const auto stopped = guild.stop();
  CHECK(stopped.processes_left == 0);
  CHECK(stopped.still_alive.empty());
  CHECK(std::filesystem::is_empty(world.private_folder()));
}
