// What the worker says of its layers, compared with what the kernel says of the process while it waits for the host's
// word, before anything of the program runs.
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "app/worker/layers.hpp"
#include "grounds.hpp"
#include "machine.hpp"
#include "posture.hpp"
#include "worker_run.hpp"

namespace planguild::test {
namespace {

std::string namespace_of(const std::string& process, const std::string& kind) {
  std::error_code failed;
  const auto target = std::filesystem::read_symlink("/proc/" + process + "/ns/" + kind, failed);
  return failed ? "" : target.string();
}

/// The hard limit as /proc/PID/limits says it.
std::string hard_limit(pid_t process, const std::string& name) {
  std::ifstream file("/proc/" + std::to_string(process) + "/limits");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(name, 0) != 0) continue;
    const std::string values = line.substr(47);  // the column of the hard limit
    return values.substr(0, values.find(' '));
  }
  return {};
}

void check_status(const std::map<std::string, layer_fact>& statement, pid_t process, uid_t user) {
  const auto active = [&](const std::string& layer) { return statement.at(layer).state == "active"; };
  const std::string own_nnp = status_field(::getpid(), "NoNewPrivs");
  CHECK(status_field(process, "NoNewPrivs") == (active("no_new_privileges") ? "1" : own_nnp));
  if (active("seccomp")) CHECK(status_field(process, "Seccomp") == "2");
  if (!active("seccomp")) CHECK(status_field(process, "Seccomp") == status_field(::getpid(), "Seccomp"));
  const std::string number = std::to_string(user);
  CHECK(status_field(process, "Uid") == number + "\t" + number + "\t" + number + "\t" + number);
  CHECK(status_field(process, "Gid") == number + "\t" + number + "\t" + number + "\t" + number);
  CHECK(status_field(process, "Groups").find_first_of("0123456789") ==
        (user == ::getuid() ? status_field(::getpid(), "Groups").find_first_of("0123456789") : std::string::npos));
  if (active("capabilities") || active("uid")) {
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"}) {
      INFO(set);
      CHECK(status_field(process, set) == "0000000000000000");
    }
  }
  const bool bounding_kept = statement.at("capabilities").detail == "bounding set kept";
  if (active("capabilities") && !bounding_kept) CHECK(status_field(process, "CapBnd") == "0000000000000000");
}

void check_namespaces(const std::map<std::string, layer_fact>& statement, pid_t process) {
  const std::array kinds{std::pair{"user_namespace", "user"}, std::pair{"mount_namespace", "mnt"},
                         std::pair{"pid_namespace", "pid"},   std::pair{"network_namespace", "net"},
                         std::pair{"ipc_namespace", "ipc"},   std::pair{"ipc_namespace", "uts"}};
  for (const auto& [layer, kind] : kinds) {
    const std::string theirs = namespace_of(std::to_string(process), kind);
    if (theirs.empty()) continue;  // only root may look into a process that is undumpable or another user's
    INFO(kind);
    CHECK((theirs != namespace_of("self", kind)) == (statement.at(layer).state == "active"));
  }
}

void check_truth(uid_t user, const std::vector<std::string>& layers) {
  INFO("user " << user << ", layers " << joined(layers));
  worker_request request = request_for(user, layers);
  request.program = {"/bin/true"};
  request.options.insert(request.options.end(), {"--memory", "268435456", "--processes", "20"});
  worker_run run(request);
  const auto& statement = run.statement();
  for (const std::string_view name : worker_layers::all) {
    const std::string layer(name);
    INFO(layer << ": " << statement.at(layer).detail);
    CHECK(statement.at(layer).state == (contains(layers, layer) ? "active" : "off"));
  }
  const pid_t process = run.program_pid();
  CHECK((process != run.pid()) == contains(layers, "pid_namespace"));
  check_status(statement, process, user_under(user, layers));
  check_namespaces(statement, process);
  if (contains(layers, "limits")) {
    CHECK(hard_limit(process, "Max file size") == "0");
    CHECK(hard_limit(process, "Max core file size") == "0");
    CHECK(hard_limit(process, "Max open files") == "256");
    const bool sanitized = statement.at("limits").detail.find("sanitizers") != std::string::npos;
    CHECK(hard_limit(process, "Max data size") == (sanitized ? "unlimited" : "268435456"));
    const bool own_user = contains(layers, "uid") || contains(layers, "user_namespace");
    const std::string with_keepers = contains(layers, "pid_namespace") ? "22" : "20";
    CHECK((hard_limit(process, "Max processes") == with_keepers) == own_user);
  }
  // The kernel gives the files of an undumpable process to root.
  struct stat facts {};
  const std::string path = "/proc/" + std::to_string(process) + "/status";
  REQUIRE(::stat(path.c_str(), &facts) == 0);
  const uid_t program_user = user_under(user, layers);
  if (program_user != 0 && contains(layers, "undumpable")) CHECK(facts.st_uid == 0);
  run.send("go\n");
  CHECK(run.wait() == 0);
}

}  // namespace

TEST_CASE("The statement is what the kernel says of the process, for all layers and for each alone") {
  for (const uid_t user : users()) {
    const std::vector<std::string> available = all_layers(user);
    check_truth(user, available);
    check_truth(user, {});
    for (const std::string& layer : available) {
      const bool with_namespaces = layer.find("_namespace") != std::string::npos && user != 0;
      if (with_namespaces && layer != "user_namespace") {
        check_truth(user, {"user_namespace", layer});
      } else if (layer == "landlock" || layer == "seccomp" || layer == "capabilities" || layer == "undumpable") {
        check_truth(user, {"no_new_privileges", layer});
      } else {
        check_truth(user, {layer});
      }
    }
  }
}

TEST_CASE("The keepers of a process namespace have no rights and no descriptor but the one between them") {
  for (const uid_t user : users()) {
    const std::vector<std::string> layers = all_layers(user);
    if (!contains(layers, "pid_namespace")) continue;
    worker_request request = request_for(user, layers);
    request.program = {"/bin/true"};
    worker_run run(request);
    (void)run.statement();
    const std::vector<pid_t> inside = children_of(run.pid());
    REQUIRE(inside.size() == 1);
    for (const pid_t keeper : {run.pid(), inside.front()}) {
      const std::string number = std::to_string(user_under(user, layers));
      CHECK(status_field(keeper, "Uid") == number + "\t" + number + "\t" + number + "\t" + number);
      CHECK(status_field(keeper, "NoNewPrivs") == "1");
      for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
        INFO(set);
        CHECK(status_field(keeper, set) == "0000000000000000");
      }
      std::error_code failed;
      std::filesystem::directory_iterator open_files("/proc/" + std::to_string(keeper) + "/fd", failed);
      if (failed) continue;  // only root may look
      CHECK(std::distance(begin(open_files), end(open_files)) == 1);
    }
  }
}

TEST_CASE("A program that does not keep itself undumpable is not called so: executing it takes the layer off") {
  for (const uid_t user : users()) {
    const std::vector<std::string> layers{"no_new_privileges", "undumpable"};
    for (const bool stays : {true, false}) {
      worker_request request = request_for(user, layers);
      if (!stays) std::erase(request.options, "--stays-undumpable");
      std::map<std::string, layer_fact> statement;
      CHECK(outcomes(request, {"dumpable"}, &statement).at("dumpable") == "ok 1");  // it does not, whatever is said
      CHECK(statement.at("undumpable").state == (stays ? "active" : "off"));
      CHECK(statement.at("undumpable").detail == (stays ? "" : "from when the program is executed"));
    }
    worker_request alone = request_for(user, {"undumpable"});
    alone.program = {"/bin/true"};
    if (status_field(::getpid(), "NoNewPrivs") == "1") continue;
    CHECK(worker_run(alone).layer("undumpable").state == "off");  // the program would not see that it is to
  }
}

TEST_CASE("A layer that root does not need, or another user cannot have, is not called active") {
  for (const uid_t user : users()) {
    worker_request request = request_for(user, {"user_namespace", "uid"});
    request.program = {"/bin/true"};
    worker_run run(request);
    if (user == 0) {
      CHECK(run.layer("user_namespace").state == "off");
      CHECK(run.layer("user_namespace").detail == "root needs none");
      CHECK(run.layer("uid").state == "active");
      CHECK(run.layer("uid").detail == "uid 61184");
    } else {
      CHECK(run.layer("uid").state == "unavailable");
      CHECK(run.layer("uid").detail.rfind("EPERM", 0) == 0);
    }
  }
}

TEST_CASE("Without no_new_privileges an ordinary user gets neither Landlock nor a filter, and is told so") {
  for (const uid_t user : users()) {
    if (user == 0 || status_field(::getpid(), "NoNewPrivs") == "1") continue;
    worker_request request = request_for(user, {"landlock", "seccomp", "capabilities"});
    request.program = {"/bin/true"};
    worker_run run(request);
    CHECK(run.layer("landlock").state == "unavailable");
    if (landlock_version() > 0) CHECK(run.layer("landlock").detail == "EPERM: restrict_self");
    CHECK(run.layer("seccomp").state == "unavailable");
    CHECK(run.layer("seccomp").detail == "EACCES");
    CHECK(run.layer("capabilities").state == "unavailable");
    CHECK(run.layer("capabilities").detail == "the bounding set stays");
    run.send("go\n");
    CHECK(run.wait() == 0);
  }
}

}  // namespace planguild::test
