// What a planner's posture says is what the kernel says of its process, and a layer that this machine can give is on:
// the layers are tried here by themselves, in children of the test, and compared.
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include "app/worker/layers.hpp"
#include "tests/hostile_planners/leftovers.hpp"
#include "tests/hostile_planners/zoo_guild.hpp"

using namespace planguild;
using namespace planguild::test;

namespace {

const bool is_root = ::geteuid() == 0;

/// Zero if `attempt` succeeds in a child of its own, else its errno.
int error_in_child(const std::function<bool()>& attempt) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(attempt() ? 0 : errno);
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : EAGAIN;
}

/// Whether this machine gives a layer: none where that cannot be told without the product's own means.
std::map<std::string, int> errors_of_this_machine() {
  constexpr long landlock_create_ruleset = 444;
  const auto namespaces = [](int flags) {
    return error_in_child([flags] { return ::unshare(is_root ? flags : flags | CLONE_NEWUSER) == 0; });
  };
  std::map<std::string, int> errors;
  errors["no_new_privileges"] = error_in_child([] { return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0; });
  errors["landlock"] = error_in_child([] { return ::syscall(landlock_create_ruleset, nullptr, 0, 1) > 0; });
  errors["seccomp"] = error_in_child([] {
    const unsigned action = SECCOMP_RET_KILL_PROCESS;
    return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
  });
  errors["pid_namespace"] = namespaces(CLONE_NEWPID);
  errors["network_namespace"] = namespaces(CLONE_NEWNET);
  errors["ipc_namespace"] = namespaces(CLONE_NEWIPC | CLONE_NEWUTS);
  errors["user_namespace"] = is_root ? EPERM : namespaces(0);
  constexpr uid_t other = 61'234;
  errors["uid"] = error_in_child([] { return ::setresuid(other, other, other) == 0; });
  return errors;
}

class process_status {
 public:
  explicit process_status(pid_t id) : folder_("/proc/" + std::to_string(id)) {
    struct stat facts {};
    if (::stat((folder_ + "/status").c_str(), &facts) == 0) owner_ = std::to_string(facts.st_uid);
    std::ifstream file{folder_ + "/status"};
    for (std::string line; std::getline(file, line);) {
      const auto colon = line.find(":\t");
      if (colon != std::string::npos) fields_[line.substr(0, colon)] = line.substr(colon + 2);
    }
  }
  /// The first word of a field.
  std::string of(const std::string& field) const {
    const auto found = fields_.find(field);
    return found == fields_.end() ? "" : found->second.substr(0, found->second.find_first_of("\t "));
  }
  /// The user whose files those of the process in /proc are: of an undumpable one, root.
  const std::string& owner() const noexcept { return owner_; }
  /// The words after the name of a limit.
  std::string limit(const std::string& name) const {
    std::ifstream file{folder_ + "/limits"};
    for (std::string line; std::getline(file, line);) {
      if (line.compare(0, name.size(), name) != 0) continue;
      std::istringstream words{line.substr(name.size())};
      std::string soft;
      std::string hard;
      words >> soft >> hard;
      return soft + " " + hard;
    }
    return "";
  }
  /// Whether it is in another namespace of this kind than this process; none if that cannot be looked up.
  std::optional<bool> is_in_another(const std::string& kind) const {
    std::error_code failed;
    const auto its = std::filesystem::read_symlink(folder_ + "/ns/" + kind, failed);
    if (failed) return std::nullopt;
    return its != std::filesystem::read_symlink("/proc/self/ns/" + kind);
  }

 private:
  std::string folder_;
  std::string owner_;
  std::map<std::string, std::string> fields_;
};

/// The process that runs the planner's own bytes.
pid_t process_of(const zoo_planner& planner) {
  pid_t found = 0;
  (void)eventually([&] {
    const auto all = processes_where([&](const process_facts_seen& seen) { return seen.name == planner.mark(); });
    if (!all.empty()) found = all.front().id;
    return found != 0;
  });
  return found;
}

void check_against_kernel(const sandbox_posture& posture, const process_status& status) {
  CHECK((status.of("NoNewPrivs") == "1") == has_layer(posture, "no_new_privileges"));
  CHECK((status.of("Seccomp") == "2") == has_layer(posture, "seccomp"));
  if (is_root) CHECK((status.of("Uid") != "0") == has_layer(posture, "uid"));
  if (is_root) CHECK((status.of("Gid") != "0") == has_layer(posture, "uid"));
  if (status.of("Uid") != "0") CHECK((status.owner() == "0") == has_layer(posture, "undumpable"));
  if (has_layer(posture, "capabilities")) {
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
      INFO(set);
      CHECK(status.of(set) == "0000000000000000");
    }
  }
  if (has_layer(posture, "limits")) {
    CHECK(status.limit("Max core file size") == "0 0");
    CHECK(status.limit("Max file size") == "0 0");
    CHECK(status.limit("Max data size") != "unlimited unlimited");
  }
  const std::map<std::string, std::string> kinds = {{"user_namespace", "user"},
                                                    {"mount_namespace", "mnt"},
                                                    {"pid_namespace", "pid"},
                                                    {"network_namespace", "net"},
                                                    {"ipc_namespace", "ipc"}};
  for (const auto& [layer, kind] : kinds) {
    const auto another = status.is_in_another(kind);
    INFO(layer);
    if (!another) {
      WARN("SKIP " << layer << ": this user may not look up in which namespace the planner's process is");
      continue;
    }
    // A worker may be in a namespace without the layer being on: one that could not be finished is not counted.
    if (has_layer(posture, layer)) CHECK(*another);
  }
}

/// One filter is the host's; a native planner's worker adds one of its own before it loads the planner.
void check_filters(const sandbox_posture& posture, entry_kind kind, const process_status& status) {
  const auto own = process_status{::getpid()}.of("Seccomp_filters");
  if (own.empty()) {
    WARN("SKIP the number of filters: the kernel does not tell it");
    return;
  }
  const int added = has_layer(posture, "seccomp") ? 1 : 0;
  const int of_worker = kind == entry_kind::library && has_layer(posture, "no_new_privileges") ? 1 : 0;
  CHECK(status.of("Seccomp_filters") == std::to_string(std::stoi(own) + added + of_worker));
}

const sandbox_layer* layer_in(const sandbox_posture& posture, const std::string& name) {
  const auto found = std::find_if(posture.layers.begin(), posture.layers.end(),
                                  [&name](const sandbox_layer& each) { return each.name == name; });
  return found == posture.layers.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("A layer that this machine can give is on, one that it cannot give is told, and the kernel agrees") {
  const auto errors = errors_of_this_machine();
  for (const auto kind : {entry_kind::command, entry_kind::library}) {
    hostile_world world;
    zoo_guild guild{world, "best"};
    const zoo_planner planner{"", "plan", kind};
    guild.add({planner});
    const auto seen = guild.look_at(planner);
    INFO(to_string(kind) << ": " << text_of(seen) << "\n" << text_of(seen.posture));
    REQUIRE(seen.code == "ok");
    for (const auto name : worker_layers::all) {
      INFO(name);
      const auto* layer = layer_in(seen.posture, std::string{name});
      REQUIRE(layer != nullptr);
      if (layer->state == layer_state::off) continue;
      const auto known = errors.find(std::string{name});
      if (known == errors.end()) continue;
      INFO(layer->detail << ", tried here: " << known->second);
      CHECK((layer->state == layer_state::active) == (known->second == 0));
      if (known->second != 0) WARN("SKIP " << name << ": " << strerrorname_np(known->second));
    }
    // What is never a matter of choice.
    for (const char* name : {"no_new_privileges", "limits", "landlock", "seccomp", "pid_namespace", "capabilities"}) {
      INFO(name);
      if (errors.count(name) == 0 || errors.at(name) == 0)
        CHECK(layer_in(seen.posture, name)->state != layer_state::off);
    }
    const auto process = process_of(planner);
    REQUIRE(process != 0);
    check_against_kernel(seen.posture, process_status{process});
    check_filters(seen.posture, kind, process_status{process});
    CHECK(guild.stop().processes_left == 0);
  }
}

TEST_CASE("With FACTORY_SANDBOX=off the kernel, too, knows of no layer around a planner's process") {
  hostile_world world;
  zoo_guild guild{world, "off"};
  for (const auto kind : {entry_kind::command, entry_kind::library}) {
    const zoo_planner planner{"", "plan", kind};
    guild.add({planner});
    const auto seen = guild.look_at(planner);
    INFO(text_of(seen) << "\n" << text_of(seen.posture));
    REQUIRE(seen.code == "ok");
    for (const auto& layer : seen.posture.layers) CHECK(layer.state == layer_state::off);
    CHECK(seen.posture.holds.empty());
    const auto process = process_of(planner);
    REQUIRE(process != 0);
    check_against_kernel(seen.posture, process_status{process});
  }
  CHECK(guild.stop().processes_left == 0);
}
