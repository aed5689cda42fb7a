// Kernels and containers that lack a layer, simulated by an outer filter: the statement says which and how it was
// refused, every other layer is still put on, and the program runs.
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <map>
#include <string>
#include <vector>

#include "app/worker/exit_codes.hpp"
#include "grounds.hpp"
#include "machine.hpp"
#include "posture.hpp"
#include "worker_run.hpp"

namespace planguild::test {
namespace {

constexpr long create_ruleset = 444;
constexpr long restrict_self = 446;
constexpr unsigned set_write_or_execute = 65;

struct refusal {
  std::string layer;
  denied_call call;
  std::string detail;  // that the statement gives for the layer
};

/// All layers but the refused one and those that cannot be without it are active, and the program runs under them.
void check_refused(uid_t user, const refusal& expected, const std::vector<std::string>& lost_as_well = {}) {
  const std::vector<std::string> layers = all_layers(user);
  if (!contains(layers, expected.layer)) return;  // missing anyway, which was said
  INFO("user " << user << ", without " << expected.layer << ": " << expected.detail);
  worker_request request = request_for(user, layers);
  request.denied = {expected.call};
  std::map<std::string, layer_fact> statement;
  const auto found = outcomes(request, {"read=" + grounds::get().readable(), "no_new_privileges"}, &statement);
  CHECK(found.at("read") == "ok");
  CHECK(found.at("no_new_privileges") == "ok 1");
  CHECK(statement.at(expected.layer).state == "unavailable");
  CHECK(statement.at(expected.layer).detail == expected.detail);
  for (const std::string& layer : layers) {
    if (layer == expected.layer) continue;
    INFO(layer << ": " << statement.at(layer).detail);
    CHECK((statement.at(layer).state == "active") == !contains(lost_as_well, layer));
  }
}

}  // namespace

TEST_CASE("A kernel without Landlock costs Landlock alone") {
  for (const uid_t user : users()) {
    check_refused(user, {"landlock", {create_ruleset, ENOSYS}, "ENOSYS"});
    check_refused(user, {"landlock", {create_ruleset, EOPNOTSUPP}, "EOPNOTSUPP"});
    check_refused(user, {"landlock", {restrict_self, E2BIG}, "E2BIG: restrict_self"});
  }
}

TEST_CASE("A container that refuses one namespace costs that one alone") {
  for (const uid_t user : users()) {
    check_refused(user, {"mount_namespace", {SYS_unshare, EPERM, CLONE_NEWNS}, "EPERM"});
    check_refused(user, {"pid_namespace", {SYS_unshare, EPERM, CLONE_NEWPID}, "EPERM"});
    check_refused(user, {"network_namespace", {SYS_unshare, ENOSPC, CLONE_NEWNET}, "ENOSPC"});
    check_refused(user, {"ipc_namespace", {SYS_unshare, EPERM, CLONE_NEWIPC}, "EPERM"});
    check_refused(user, {"ipc_namespace", {SYS_unshare, EPERM, CLONE_NEWUTS}, "EPERM: host name"});
  }
}

TEST_CASE("A container that refuses all namespaces costs the namespaces alone") {
  for (const uid_t user : users()) {
    const std::vector<std::string> namespaces{"mount_namespace", "pid_namespace", "network_namespace", "ipc_namespace"};
    if (user == 0) check_refused(user, {"mount_namespace", {SYS_unshare, EPERM}, "EPERM"}, namespaces);
    if (user != 0) check_refused(user, {"user_namespace", {SYS_unshare, EPERM}, "EPERM"}, namespaces);
  }
}

TEST_CASE("A user namespace whose maps may not be written is not one, and what it should have given is not there") {
  for (const uid_t user : users()) {
    if (user == 0) continue;
    const std::vector<std::string> layers = all_layers(user);
    if (!contains(layers, "user_namespace")) continue;
    const std::string number = std::to_string(user);
    const auto map_bytes = static_cast<unsigned>((number + " " + number + " 1\n").size());
    // The size of the write tells the maps: no other write of the worker is as short but "deny".
    worker_request request = request_for(user, layers);
    request.options.insert(request.options.end(), {"--processes", "20"});
    request.denied = {{SYS_write, EPERM, 0, 2, map_bytes}};
    std::map<std::string, layer_fact> statement;
    const auto found = outcomes(request, {"read=" + grounds::get().readable(), "limit=nproc"}, &statement);
    CHECK(statement.at("user_namespace").state == "unavailable");
    CHECK(statement.at("user_namespace").detail == "EPERM: uid_map");
    CHECK(statement.at("limits").detail.find("the user is not its own") != std::string::npos);
    CHECK(found.at("read") == "ok");
    if (contains(layers, "landlock")) CHECK(statement.at("landlock").state == "active");
    if (contains(layers, "seccomp")) CHECK(statement.at("seccomp").state == "active");
  }
}

TEST_CASE("A new root that cannot be built costs the mount namespace alone, and leaves the old one in use") {
  for (const uid_t user : users()) {
    check_refused(user, {"mount_namespace", {SYS_fsopen, ENOSYS}, "ENOSYS: tmpfs"});
    check_refused(user, {"mount_namespace", {SYS_move_mount, EPERM}, "EPERM: mount"});
    check_refused(user, {"mount_namespace", {SYS_openat2, ENOSYS}, "ENOSYS: " + grounds::get().programs()});
    check_refused(user, {"mount_namespace", {SYS_pivot_root, EINVAL}, "EINVAL: pivot_root"});
    check_refused(user, {"mount_namespace", {SYS_mount, EACCES}, "EACCES: private mounts"});
  }
}

TEST_CASE("A working directory that is not granted costs the mount namespace alone") {
  for (const uid_t user : users()) {
    const std::vector<std::string> layers = all_layers(user);
    if (!contains(layers, "mount_namespace")) continue;
    grounds::get().reset(user_under(user, layers));
    worker_request request = request_for(user, layers);
    request.directory = grounds::get().scratch();
    std::map<std::string, layer_fact> statement;
    CHECK(outcomes(request, {"working_directory"}, &statement).at("working_directory") ==
          "ok " + grounds::get().scratch());
    CHECK(statement.at("mount_namespace").state == "unavailable");
    CHECK(statement.at("mount_namespace").detail == "ENOENT: the working directory is not granted");
  }
}

TEST_CASE("A container in which the user cannot be changed costs the user alone") {
  if (users().front() != 0) return say_skipped("uid", ::geteuid(), "the tests do not run as root");
  check_refused(0, {"uid", {SYS_setresuid, EPERM}, "EPERM: setresuid"});
  check_refused(0, {"uid", {SYS_setresgid, EINVAL}, "EINVAL: setresgid"});
  check_refused(0, {"uid", {SYS_setgroups, EPERM}, "EPERM: setgroups"});
  check_refused(0, {"uid", {SYS_capset, EPERM}, "EPERM: capset"}, {"capabilities", "mount_namespace"});
}

TEST_CASE("A kernel without filters, or one that refuses them, costs the filter alone") {
  for (const uid_t user : users()) {
    check_refused(user, {"seccomp", {SYS_seccomp, EINVAL}, "EINVAL"});
    check_refused(user, {"seccomp", {SYS_seccomp, EACCES}, "EACCES"});
  }
}

TEST_CASE("What an outer sandbox says to have done and has not is not called active") {
  const std::string untrue = "not in force after the call";
  for (const uid_t user : users()) {
    check_refused(user, {"seccomp", {SYS_seccomp, 0}, untrue});
    check_refused(user, {"network_namespace", {SYS_unshare, 0, CLONE_NEWNET}, untrue});
    check_refused(user, {"ipc_namespace", {SYS_unshare, 0, CLONE_NEWIPC}, untrue});
    check_refused(user, {"ipc_namespace", {SYS_unshare, 0, CLONE_NEWUTS}, untrue});
    check_refused(user, {"pid_namespace", {SYS_unshare, 0, CLONE_NEWPID}, untrue});
    check_refused(user, {"mount_namespace", {SYS_unshare, 0, CLONE_NEWNS}, untrue});
  }
}

TEST_CASE("A kernel that knows the older way to install a filter only gets it that way") {
  for (const uid_t user : users()) {
    worker_request request = request_for(user, {"no_new_privileges", "seccomp"});
    request.denied = {{SYS_seccomp, ENOSYS}};
    std::map<std::string, layer_fact> statement;
    const auto found = outcomes(request, {"unix=" + grounds::get().unix_socket()}, &statement);
    CHECK(statement.at("seccomp").state == "active");
    CHECK(found.at("unix") == "EDOM");
  }
}

TEST_CASE("An older kernel costs the layers that came later, each alone") {
  for (const uid_t user : users()) {
    check_refused(user, {"write_or_execute", {SYS_prctl, EINVAL, 0, 0, set_write_or_execute}, "EINVAL"});
  }
}

TEST_CASE("A kernel without close_range still leaves no descriptor of the host open") {
  int inherited[2];
  REQUIRE(::pipe(inherited) == 0);
  for (const uid_t user : users()) {
    worker_request request = request_for(user, {});
    request.inherited = {inherited[0], inherited[1]};
    request.denied = {{SYS_close_range, ENOSYS}};
    CHECK(outcomes(request, {"descriptors"}).at("descriptors") == "ok 0,1,2");
  }
  ::close(inherited[0]);
  ::close(inherited[1]);
}

TEST_CASE("A granted path that exists but cannot be opened is told before the program runs") {
  for (const uid_t user : users()) {
    if (user == 0 || !machine_has("landlock", user) || ::geteuid() != 0) continue;
    grounds::get().reset(0);
    worker_request request = request_for(user, {"no_new_privileges", "landlock"});
    REQUIRE(::chmod(grounds::get().outside().c_str(), 0700) == 0);
    request.options.insert(request.options.end(), {"--read", grounds::get().secret()});
    request.program = {"/bin/true"};
    worker_run run(request);
    CHECK(run.read_line().empty());
    const int status = run.wait();
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == worker_exit::arguments);
    CHECK(run.errors() == "planguild-worker: path: " + grounds::get().secret() + ": Permission denied\n");
    REQUIRE(::chmod(grounds::get().outside().c_str(), 0755) == 0);
  }
}

}  // namespace planguild::test
