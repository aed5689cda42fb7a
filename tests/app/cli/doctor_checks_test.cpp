// What doctor finds in made-up facts.
#include "app/cli/doctor_checks.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "app/cli/doctor_text.hpp"
#include "tests/support/text_checks.hpp"

using namespace planguild;
using namespace planguild::cli;
using planguild::test::has;

namespace {

kernel_facts good_kernel() {
  kernel_facts kernel;
  kernel.release = "6.12.0";
  kernel.landlock_abi = 6;
  kernel.seccomp = kernel.user_namespaces = kernel.pidfd = kernel.cgroup = {true, {}};
  return kernel;
}

manifest_facts good_manifest() {
  manifest_facts manifest;
  manifest.path = "/p/one.planner.json";
  manifest.mode = 0644;
  manifest.lint.emplace();
  manifest.lint->path = manifest.path;
  manifest.lint->program = "/p/one";
  manifest.lint->program_mode = 0755;
  return manifest;
}

doctor_facts healthy() {
  doctor_facts facts;
  facts.version = "1.2.3";
  facts.program_folder = "/opt/bin/";
  facts.configuration = load_config({});
  facts.roots = {{"/p", true, true, "", 0755}};
  facts.manifests = {good_manifest()};
  facts.launcher = "/opt/bin/planguild-worker";
  facts.store.directory = "/s";
  facts.store.file = "/s/planguild.db";
  facts.store.directory_mode = 0700;
  facts.kernel = good_kernel();
  facts.planners.emplace();
  facts.health.emplace();
  facts.health->ready = true;
  facts.health->active = 1;
  return facts;
}

/// The only finding; the test fails if there are more or none.
doctor_finding only(const doctor_facts& facts) {
  const auto report = examine(facts);
  INFO(doctor_text(report, {200, false}));
  REQUIRE(report.findings.size() == 1);
  const auto& found = report.findings.front();
  const auto area =
      std::find_if(report.areas.begin(), report.areas.end(), [&](const auto& each) { return each.name == found.area; });
  REQUIRE(area != report.areas.end());
  CHECK(area->severity == found.severity);
  CHECK(report.good() == (found.severity == doctor_severity::note));
  return found;
}

}  // namespace

TEST_CASE("Nothing is found in a healthy set-up, and every area is named") {
  const auto report = examine(healthy());
  CHECK(report.findings.empty());
  CHECK(report.good());
  const auto text = doctor_text(report, {100, false});
  CHECK(text ==
        "ok       configuration  0 variables set, the others at their defaults\n"
        "ok       roots          1 folder for planners\n"
        "ok       manifests      1 manifest examined, 0 left out by the configuration\n"
        "ok       launcher       /opt/bin/planguild-worker\n"
        "ok       store          /s\n"
        "ok       planners       1 active, 0 pending, 0 quarantined\n"
        "ok       kernel         Linux 6.12.0: Landlock 6, seccomp, user namespaces, pidfd, cgroup 2\n"
        "\nNothing is wrong: 0 errors, 0 warnings, 0 notes.\n");
}

TEST_CASE("Every refused variable is a finding of its own, mended where it was set") {
  auto facts = healthy();
  facts.configuration = load_config({{"FACTORY_TIE_BREAK", "oldest", "environment"},
                                     {"FACTORY_MIN_RELIABILITY", "much", "file /etc/pg conf.json"},
                                     {"FACTORY_LOG_LEVEL", "LOUD", "flag --log-level"}});
  const auto report = examine(facts);
  REQUIRE(report.findings.size() == 3);
  CHECK(has(report.findings[0].what, "FACTORY_TIE_BREAK = \"oldest\" (environment) is refused: accepted is "));
  CHECK(report.findings[0].mend == "unset FACTORY_TIE_BREAK");
  CHECK(report.findings[1].mend == "correct it in '/etc/pg conf.json'");
  CHECK(has(report.findings[2].mend, "leave out --log-level, or give "));
  CHECK_FALSE(report.good());
}

TEST_CASE("A variable of the predecessor without a meaning is a warning with the line that unsets it") {
  auto facts = healthy();
  facts.configuration = load_config({{"PLANNER_STRUCT_DEPTH", "3", "environment"}});
  const auto found = only(facts);
  CHECK(found.severity == doctor_severity::warning);
  CHECK(has(found.what, "PLANNER_STRUCT_DEPTH (environment) has no meaning here"));
  CHECK(found.mend == "unset PLANNER_STRUCT_DEPTH");
}

TEST_CASE("A capped value is a note") {
  auto facts = healthy();
  facts.configuration = load_config({{"FACTORY_MAX_PROFILES", "999999999", "environment"}});
  CHECK(only(facts).severity == doctor_severity::note);
}

TEST_CASE("Roots must be there, be folders, be readable, and belong to the few") {
  auto facts = healthy();
  auto& root = facts.roots.front();
  SECTION("missing") {
    root = {"/my planners", false, false, "nothing there", 0};
    CHECK(only(facts).mend == "mkdir -p '/my planners'");
  }
  SECTION("a file") {
    root = {"/p/x", true, false, "", 0644};
    CHECK(has(only(facts).what, "/p/x is no folder"));
  }
  SECTION("unreadable") {
    root.unreadable = "Permission denied";
    CHECK(only(facts).mend == "chmod u+rx /p");
  }
  SECTION("writable by everybody") {
    root.mode = 01777;
    CHECK(has(only(facts).what, "mode 1777"));
    CHECK(only(facts).mend == "chmod o-w /p");
  }
  SECTION("none at all") {
    facts.roots.clear();
    CHECK(has(only(facts).mend, "export FACTORY_PLANNER_PATH="));
  }
  SECTION("with a folder below that cannot be searched") {
    facts.search_failures = {{"/p/deep", failure_code::load_failed, "Permission denied"}};
    CHECK(only(facts).mend == "chmod u+rx /p/deep");
  }
}

TEST_CASE("Manifests and programs must not be writable by everybody") {
  auto facts = healthy();
  SECTION("the manifest") {
    facts.manifests.front().mode = 0666;
    CHECK(only(facts).mend == "chmod o-w /p/one.planner.json");
  }
  SECTION("the program") {
    facts.manifests.front().lint->program_mode = 0777;
    CHECK(only(facts).mend == "chmod o-w /p/one");
  }
}

TEST_CASE("A program without its x bit is mended with chmod, other errors by an editor") {
  auto facts = healthy();
  auto& lint = *facts.manifests.front().lint;
  SECTION("not executable") {
    lint.program_mode = 0644;
    lint.findings = {{lint_severity::error, "entry.argv[0]", "the program is not executable (chmod +x)"}};
    CHECK(has(only(facts).what, "/p/one is not executable"));
    CHECK(only(facts).mend == "chmod +x /p/one");
  }
  SECTION("a broken manifest") {
    lint.findings = {{lint_severity::error, "/p/one.planner.json", "version is missing"}};
    CHECK(only(facts).what == "/p/one.planner.json: version is missing");
    CHECK(only(facts).mend == "correct it, then: planguild lint /p/one.planner.json");
    // Discovery says the same once more; it is told once.
    facts.planners->import_failures = {{"/p/one.planner.json", failure_code::invalid_manifest, "version is missing"}};
    CHECK(only(facts).area == "manifests");
  }
  SECTION("warnings of lint are not doctor's") {
    lint.findings = {{lint_severity::warning, "capabilities", "none"}};
    CHECK(examine(facts).findings.empty());
  }
}

TEST_CASE("A planner that is left out is a note with the line that lets it in") {
  auto facts = healthy();
  facts.manifests.front().lint.reset();
  facts.manifests.front().left_out = {"one", skip_reason::not_allowed, "export FACTORY_ALLOWED_PLANNERS=one"};
  CHECK(only(facts).what == "one is left out: not allowed");
  CHECK(only(facts).mend == "export FACTORY_ALLOWED_PLANNERS=one");
}

TEST_CASE("Without the launcher no program can be started") {
  auto facts = healthy();
  facts.launcher.clear();
  CHECK(only(facts).severity == doctor_severity::error);
  CHECK(only(facts).mend == "install -m 755 planguild-worker /opt/bin/");
}

TEST_CASE("A store that keeps nothing, is damaged or open to all is found") {
  auto facts = healthy();
  auto& store = facts.store;
  SECTION("not there yet is as it should be") {
    store.state = store_facts::condition::absent;
    CHECK(examine(facts).findings.empty());
  }
  SECTION("no folder is named") {
    store = {};
    store.state = store_facts::condition::unnamed;
    CHECK(only(facts).severity == doctor_severity::warning);
  }
  SECTION("the folder cannot be written") {
    store.state = store_facts::condition::unusable;
    store.where = store_facts::fault::folder_not_writable;
    store.reason = "the folder cannot be written: Permission denied";
    CHECK(has(only(facts).what, "Permission denied"));
    CHECK(only(facts).mend == "sudo chown \"$(id -un)\" /s && chmod u+rwx /s");
  }
  SECTION("the folder cannot be made") {
    store.state = store_facts::condition::unusable;
    store.where = store_facts::fault::no_folder;
    CHECK(only(facts).mend == "sudo install -d -m 700 -o \"$(id -un)\" /s");
  }
  SECTION("it is no folder") {
    store.state = store_facts::condition::unusable;
    store.where = store_facts::fault::not_a_folder;
    CHECK(only(facts).mend == "name a folder with --state");
  }
  SECTION("the file is not ours") {
    store.state = store_facts::condition::unusable;
    store.where = store_facts::fault::file;
    CHECK(only(facts).mend == "mv /s/planguild.db /s/planguild.db.old");
  }
  SECTION("damaged") {
    store.state = store_facts::condition::corrupt;
    CHECK(only(facts).mend == "mv /s/planguild.db /s/planguild.db.damaged");
  }
  SECTION("held by another process") {
    store.state = store_facts::condition::busy;
    CHECK(only(facts).severity == doctor_severity::warning);
  }
  SECTION("open to all") {
    store.directory_mode = 0777;
    CHECK(only(facts).mend == "chmod 700 /s");
  }
  SECTION("an earlier one was set aside") {
    store.set_aside = {"/s/planguild.db.corrupt-1"};
    CHECK(only(facts).mend == "rm /s/planguild.db.corrupt-1");
    CHECK(only(facts).severity == doctor_severity::note);
  }
}

TEST_CASE("Quarantined planners are told with their evidence and what to run") {
  auto facts = healthy();
  planner_record record;
  record.name = "odd";
  record.admission = admission_state::quarantined;
  record.admission_reason = "load failed: it exited";
  record.evidence.emplace();
  record.evidence->stderr_tail = "first\nimport json failed\n\n";
  SECTION("by a verdict") {
    facts.planners->planners = {record};
    CHECK(only(facts).what ==
          "odd is quarantined: load failed: it exited (standard error ends with \"import json failed\")");
    CHECK(only(facts).mend == "planguild probe odd");
  }
  SECTION("by an operator, which is meant") {
    record.admission_reason = "quarantined by an operator: it lies";
    record.evidence.reset();
    facts.planners->planners = {record};
    CHECK(only(facts).mend == "planguild reinstate odd");
    CHECK(only(facts).severity == doctor_severity::note);
  }
  SECTION("without a word on standard error") {
    record.evidence->stderr_tail = "\n\n";
    facts.planners->planners = {record};
    CHECK(only(facts).what == "odd is quarantined: load failed: it exited");
  }
  SECTION("admitted, but not to be started") {
    record.admission = admission_state::admitted;
    record.error = "late";
    facts.planners->planners = {record};
    CHECK(only(facts).what == "odd could not be started: late");
  }
}

TEST_CASE("No active planner is an error, and alerts are warnings") {
  auto facts = healthy();
  SECTION("none active") {
    facts.health->ready = false;
    facts.health->suggestions = {"Put planners somewhere"};
    CHECK(only(facts).mend == "Put planners somewhere");
  }
  SECTION("an alert") {
    facts.health->alerts = {{alert_kind::slow_instantiation, 2, 1, "2 s on average"}};
    CHECK(only(facts).severity == doctor_severity::warning);
    CHECK(only(facts).mend == "planguild profiles instantiation");
  }
  SECTION("a second manifest of one name, which only discovery sees") {
    facts.planners->import_failures = {{"/q/one.planner.json", failure_code::duplicate_name, "one is there already"}};
    CHECK(only(facts).area == "planners");
  }
  SECTION("nobody was asked") {
    facts.planners.reset();
    facts.health.reset();
    facts.not_asked = "no runtime starts";
    CHECK(only(facts).severity == doctor_severity::note);
  }
}

TEST_CASE("A layer that is missing is a note while every guarantee holds without it") {
  auto facts = healthy();
  SECTION("no Landlock") {
    facts.kernel.landlock_abi = 0;
    facts.kernel.landlock_reason = "it is built in, but not switched on at boot";
    CHECK(has(only(facts).mend, "lsm=landlock"));
  }
  SECTION("an early Landlock") {
    facts.kernel.landlock_abi = 2;
    CHECK(has(only(facts).what, "does not cover truncating files, TCP, signals and abstract sockets"));
  }
  SECTION("user namespaces that cannot be mapped") {
    facts.kernel.user_namespaces = {false, "one can be made, but not mapped"};
    CHECK(has(only(facts).mend, "apparmor_restrict_unprivileged_userns=0"));
  }
}

TEST_CASE("Without the system call filter no-network cannot hold, however many namespaces there are") {
  auto facts = healthy();
  facts.kernel.seccomp = {};
  CHECK(examine(facts).count(doctor_severity::error) == 2);  // no-host-writes is the other
  CHECK(has(examine(facts).findings[1].what, "no-network cannot hold here: it takes the system call filter"));
}

TEST_CASE("A guarantee that cannot hold is as bad as the setting makes it, with the line that mends it") {
  auto facts = healthy();
  facts.kernel.landlock_abi = 0;
  facts.kernel.landlock_reason = "this kernel has none";
  facts.kernel.user_namespaces = {false, "this user may not make one"};
  SECTION("required") {
    const auto report = examine(facts);
    CHECK_FALSE(report.good());
    CHECK(report.count(doctor_severity::error) == 2);
    CHECK(has(report.findings[0].what, "no-host-reads cannot hold here: it takes Landlock, or a mount namespace"));
    CHECK(has(report.findings[0].what, "FACTORY_SANDBOX=require:no-host-writes,no-network goes on without it"));
    CHECK(has(report.findings[0].mend, "CONFIG_SECURITY_LANDLOCK=y"));
    CHECK(has(report.findings[1].what, "no-secrets cannot hold here"));
  }
  SECTION("not required") {
    facts.configuration.value.sandbox = {sandbox_mode::require, {"no-network"}};
    CHECK(examine(facts).good());
  }
  SECTION("taken as it is") {
    facts.configuration.value.sandbox.mode = sandbox_mode::best;
    CHECK(examine(facts).count(doctor_severity::warning) == 2);
  }
  SECTION("off") {
    facts.configuration.value.sandbox.mode = sandbox_mode::off;
    CHECK(examine(facts).count(doctor_severity::warning) == 1);
    CHECK(examine(facts).count(doctor_severity::error) == 0);
  }
  SECTION("as root, whose planners get a user of their own") {
    facts.kernel.is_root = true;
    CHECK(examine(facts).count(doctor_severity::error) == 1);
  }
  SECTION("nothing is there") {
    facts.kernel = {};
    const auto report = examine(facts);
    CHECK(report.count(doctor_severity::error) == 4);
    CHECK(has(report.findings[0].what, "FACTORY_SANDBOX=best goes on without it"));
    CHECK(has(report.areas.back().summary, "nothing that a sandbox needs"));
  }
}

TEST_CASE("Findings are shown below their area, with the line that mends them whole") {
  auto facts = healthy();
  facts.roots.front() = {"/my planners", false, false, "", 0};
  const auto report = examine(facts);
  CHECK(has(doctor_text(report, {100, false}),
            "error    roots          1 folder for planners\n"
            "  error    /my planners is not there\n"
            "           > mkdir -p '/my planners'\n"
            "ok       manifests"));
  CHECK(has(doctor_text(report, {100, false}), "\nSomething is wrong: 1 error, 0 warnings, 0 notes.\n"));
  facts.roots.front().path = "/x\x1b[2J";
  CHECK_FALSE(has(doctor_text(examine(facts), {100, false}), "\x1b"));
}

TEST_CASE("The report as JSON holds every area and finding") {
  auto facts = healthy();
  facts.launcher.clear();
  const auto json = doctor_json(examine(facts));
  CHECK(json["good"] == false);
  CHECK(json["areas"].size() == 7);
  CHECK(json["findings"][0]["area"] == "launcher");
  CHECK(json["findings"][0]["severity"] == "error");
}

TEST_CASE("A word for a shell is quoted where it has to be") {
  CHECK(shell_word("/a/b-c.json") == "/a/b-c.json");
  CHECK(shell_word("") == "''");
  CHECK(shell_word("it's; rm *") == R"('it'\''s; rm *')");
}
