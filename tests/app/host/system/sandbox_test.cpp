// Planners in their sandbox, with real processes: the order of events, what is out of reach and what is not, and what
// happens where layers are missing.
#include "tests/app/host/system/sandbox_test_support.hpp"

#include <csignal>

#include "actors/discovery/signature.hpp"
#include "messages/limits.hpp"

using namespace planguild;
using namespace planguild::test;
namespace fs = std::filesystem;

namespace {

const std::vector<std::string> everything{"no-host-reads", "no-host-writes", "no-network", "no-secrets"};

/// The only event but `started` of a start that must not come to anything.
process_event failed_start(local_process_runner& runner, process_command command) {
  event_collector events;
  runner.start(std::move(command), events.sink());
  const process_event last = events.wait_exited();
  CHECK(events.count(process_event_kind::secured) == 0);
  CHECK(events.count(process_event_kind::line) == 0);
  CHECK(events.count(process_event_kind::output_closed) == 0);
  return last;
}

process_command script(const test_folder& folder, std::vector<std::string> files) {
  process_command command;
  command.planner = "script";
  command.directory = folder.path();
  command.files = std::move(files);
  command.argv = {folder.path() + "/" + command.files.front()};
  command.environment = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8"};
  return command;
}

}  // namespace

TEST_CASE("The sandbox is on before anything of the planner is heard, and lines that were sent before reach it") {
  event_collector events;
  const auto runner = real_runner();
  const auto id = runner->start(scripted({"echo"}), events.sink());
  for (int index = 0; index < 10; ++index) runner->send_line(id, std::to_string(index));
  events.wait_line("echo 9");
  const auto all = events.now();
  REQUIRE(all.size() == 12);
  CHECK(all[0].kind == process_event_kind::started);
  CHECK(all[1].kind == process_event_kind::secured);
  CHECK(all[1].process == all[0].process);
  for (std::size_t index = 0; index < 10; ++index) CHECK(all[index + 2].text == "echo " + std::to_string(index));
  if (!has_landlock()) return;
  CHECK(all[1].posture.holds == everything);
  CHECK(all[1].posture.missing.empty());
  CHECK(layer_of(all[1].posture, "seccomp").state == layer_state::active);
}

TEST_CASE("A planner reads its repository and what is granted, and nothing else; and writes nowhere") {
  if (!has_landlock()) return;
  const test_folder outside;
  const test_folder repository;
  const test_folder granted;
  const std::string secret = outside.write("secret", "password");
  const std::string source = repository.write("src/main.cpp", "int main() {}");
  const std::string data = granted.write("data", "x");
  auto command = scripted({"obey"});
  command.repository = repository.path();
  command.grants.read = {granted.path()};
  const auto runner = real_runner();
  obeying_child child(*runner, command);
  CHECK(child.ask("read " + secret) == "EACCES");
  CHECK(child.ask("list " + outside.path()) == "EACCES");
  CHECK(child.ask("read /etc/passwd") == "EACCES");
  CHECK(child.ask("read " + source) == "ok");
  CHECK(child.ask("list " + repository.path()) == "ok");
  CHECK(child.ask("read " + data) == "ok");
  CHECK(child.ask("write " + repository.path() + "/new") == "EACCES");
  CHECK(child.ask("write /tmp/planguild-new") == "EACCES");
  CHECK(child.ask("fork") == "EPERM");
  CHECK(child.ask("socket") == "EPERM");
  CHECK_FALSE(fs::exists(repository.path() + "/new"));
}

TEST_CASE("The attacks of the test above work with the sandbox off, so that it proves something") {
  const test_folder outside;
  const std::string secret = outside.write("secret", "password");
  const auto runner = real_runner();
  obeying_child child(*runner, unsandboxed(scripted({"obey"})));
  CHECK(child.ask("read " + secret) == "ok");
  CHECK(child.ask("write " + outside.path() + "/new") == "ok");
  CHECK(child.ask("fork") == "ok");
  CHECK(child.ask("socket") == "ok");
  const sandbox_posture posture = posture_of(child.events());
  CHECK(posture.holds.empty());
  CHECK(posture.missing == everything);
  for (const sandbox_layer& layer : posture.layers) CHECK(layer.state == layer_state::off);
}

TEST_CASE("A write grant opens its folder and nothing else") {
  if (ask_machine().landlock_abi < 3) {
    WARN("SKIPPED: Landlock is missing, or too old for write grants");
    return;
  }
  const test_folder granted;
  const test_folder other;
  fs::permissions(granted.path(), fs::perms(0777));
  fs::permissions(other.path(), fs::perms(0777));
  auto command = scripted({"obey"});
  command.grants.write = {granted.path()};
  const auto runner = real_runner();
  obeying_child child(*runner, command);
  CHECK(child.ask("write " + granted.path() + "/new") == "ok");
  CHECK(child.ask("write " + other.path() + "/new") == "EACCES");
  CHECK(posture_of(child.events()).holds == everything);
  CHECK(fs::exists(granted.path() + "/new"));
}

TEST_CASE("A script runs from its copies, with its helper module, and cannot start programs") {
  const test_folder folder;
  folder.write(
      "planner.py",
      "#!/usr/bin/env python3\nimport json, subprocess, threading, helper\nprint(helper.answer(), flush=True)\n"
      "t = threading.Thread(target=lambda: print('thread', flush=True)); t.start(); t.join()\n"
      "try:\n  subprocess.run(['true'])\nexcept PermissionError as e:\n  print('refused', e.errno, flush=True)\n",
      0755);
  folder.write("helper.py", "import os\ndef answer(): return 'helped ' + os.path.dirname(os.path.abspath(__file__))\n");
  folder.write("not_covered", "x");
  event_collector events;
  const auto runner = real_runner();
  runner->start(script(folder, {"planner.py", "helper.py"}), events.sink());
  const auto last = events.wait_exited();
  INFO(last.stderr_tail);
  REQUIRE(events.lines().size() == 3);
  CHECK(events.lines()[0].starts_with("helped /"));
  CHECK(events.lines()[0] != "helped " + folder.path());
  CHECK(events.lines()[1] == "thread");
  CHECK(events.lines()[2] == "refused 1");
  CHECK(last.exit_code == 0);
  CHECK(last.stderr_tail.empty());
}

TEST_CASE("The bytes that were vetted are the bytes that run, at every later start, too") {
  const test_folder folder;
  folder.write("mine", "#!/bin/sh\necho good\n", 0755);
  auto command = script(folder, {"mine"});
  sha256 hash;
  hash.update("#!/bin/sh\necho good\n");
  command.files_sha256 = hash.hex();
  const auto runner = real_runner();
  const auto run_once = [&] {
    event_collector events;
    runner->start(command, events.sink());
    events.wait_exited();
    return events.lines();
  };
  CHECK(run_once() == std::vector<std::string>{"good"});
  folder.write("mine", "#!/bin/sh\necho evil\n", 0755);
  CHECK(run_once() == std::vector<std::string>{"good"});
  const auto fresh = real_runner();
  const auto last = failed_start(*fresh, command);
  CHECK(last.start_error.find("are not those that were vetted") != std::string::npos);
  CHECK_FALSE(last.insecure);
}

TEST_CASE("Where a required guarantee is missing the planner does not run, and what goes on without it is said") {
  const auto runner = lacking_runner({"landlock", "mount_namespace", "uid"});
  const auto last = failed_start(*runner, scripted({"exit", "0"}));
  CHECK(last.insecure);
  CHECK(last.start_error.find("no-host-reads needs landlock (off), or mount_namespace (off)") != std::string::npos);
  CHECK(last.start_error.find("FACTORY_SANDBOX=require:no-host-writes,no-network") != std::string::npos);
  CHECK(last.posture.holds == std::vector<std::string>{"no-host-writes", "no-network"});
  CHECK(last.posture.missing == std::vector<std::string>{"no-host-reads", "no-secrets"});
  CHECK(last.processes_left == 0);
  auto rest = scripted({"echo"});
  rest.policy.required = {"no-host-writes", "no-network"};
  obeying_child enough(*runner, rest);
  CHECK(posture_of(enough.events()).missing.size() == 2);
  obeying_child best(*runner, with_mode(scripted({"obey"}), sandbox_mode::best));
  CHECK(posture_of(best.events()).missing.size() == 2);
  CHECK(best.ask("write /tmp/planguild-new") == "EACCES");
}

TEST_CASE("An old Landlock gives everything together with the filter, but keeps no TCP grant narrow") {
  if (!has_landlock()) return;
  const auto runner = lacking_runner({}, 1);
  obeying_child child(*runner, scripted({"obey"}));
  const auto posture = posture_of(child.events());
  CHECK(posture.holds == everything);
  CHECK(layer_of(posture, "landlock").detail == "abi 1");
  auto command = scripted({"obey"});
  command.grants.network = {443};
  const auto last = failed_start(*runner, command);
  CHECK(last.insecure);
  CHECK(last.start_error.find("no-network needs seccomp with landlock from version 4 on (here: abi 1)") !=
        std::string::npos);
}

TEST_CASE("A root host gives every planner a user of its own") {
  if (!ask_machine().root) {
    WARN("SKIPPED: not root");
    return;
  }
  event_collector events;
  const auto runner = real_runner();
  runner->start(scripted({"whoami"}), events.sink());
  const std::string uid = std::to_string(planner_uid("scripted"));
  CHECK(events.wait_line("uid ") == uid + " gid " + uid);
}

TEST_CASE("A planner that breaks the rules is ended by the filter") {
  event_collector events;
  const auto runner = real_runner();
  const auto id = runner->start(scripted({"obey"}), events.sink());
  runner->send_line(id, "trace");
  const auto last = events.wait_exited();
  CHECK(last.signal == SIGSYS);
  CHECK(last.start_error.empty());
}

#if !defined(__SANITIZE_ADDRESS__)  // the child that stands in for the library worker calls more than its filter allows
TEST_CASE("A library gets its bytes in memory that it cannot change, through a worker that its user can reach") {
  const test_folder folder;
  test_folder build;
  fs::copy(binary("planguild-worker"), build.path());
  fs::copy(binary("scripted_child"), build.path() + "/planguild-library-worker");
  fs::permissions(build.path(), fs::perms(0700));  // a root host's home
  folder.write("mine.so", "the bytes");
  process_command command;
  command.planner = "mine";
  command.kind = entry_kind::library;
  command.library = "mine.so";
  command.files = {"mine.so"};
  command.directory = folder.path();
  const auto runner = make_process_runner({build.path() + "/planguild-worker"});
  event_collector events;
  runner->start(command, events.sink());
  CHECK(events.wait_line("mine library ") == "the bytes");
  CHECK(events.wait_line("sealed ") == "yes");
  CHECK(layer_of(posture_of(events), "write_or_execute").state != layer_state::off);
  command.library = "other.so";
  CHECK(failed_start(*runner, command).start_error.find("not one of the planner's files") != std::string::npos);
}
#endif
