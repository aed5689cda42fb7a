// What each layer of the worker stops by itself, as root and as another user. Every attack is first shown to work
// without the layer; one that does not work on this machine is said and left out.
#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "grounds.hpp"
#include "machine.hpp"
#include "victim_process.hpp"
#include "worker_run.hpp"

namespace planguild::test {
namespace {

using expectations = std::map<std::string, std::string>;  // attempt with its argument -> outcome under the layer

/// The outcomes as attempts with their arguments, so that they compare with expectations.
expectations tried(worker_request request, const expectations& expected, std::map<std::string, layer_fact>* statement) {
  grounds::get().reset(request.user);
  std::vector<std::string> attempts;
  for (const auto& [attempt, outcome] : expected) attempts.push_back(attempt);
  const auto found = outcomes(request, attempts, statement);
  expectations result;
  for (const std::string& attempt : attempts) {
    const auto place = found.find(attempt);
    if (place != found.end()) result[attempt] = place->second.substr(0, place->second.find(' '));
  }
  return result;
}

/// Runs the attempts without and with the layers. Without, each must be "ok".
void check_layers(uid_t user, const std::string& layers, const std::vector<std::string>& options,
                  expectations expected) {
  worker_request request;
  request.user = user;
  request.directory = grounds::get().repository();
  const expectations without = tried(request, expected, nullptr);
  for (const auto& [attempt, outcome] : without) {
    if (outcome == "ok") continue;
    const std::string text =
        "skipped: without any layer " + attempt + " gives user " + std::to_string(user) + " " + outcome;
    std::cerr << "WARN " << text << std::endl;
    WARN(text);
    expected.erase(attempt);
  }
  REQUIRE_FALSE(expected.empty());
  request.layers = layers;
  request.options = options;
  std::map<std::string, layer_fact> statement;
  const expectations with = tried(request, expected, &statement);
  for (std::string rest = layers; !rest.empty();) {
    const std::string name = rest.substr(0, rest.find(','));
    rest.erase(0, name.size() + 1);
    INFO(name << ": " << statement.at(name).detail);
    CHECK(statement.at(name).state == "active");
  }
  for (const auto& [attempt, outcome] : expected) {
    INFO("user " << user << ", " << attempt);
    CHECK(with.at(attempt) == outcome);
  }
}

std::string in(const std::string& folder, const std::string& name) {
  return folder + "/" + name;
}

}  // namespace

TEST_CASE("Landlock alone keeps files, ports, abstract sockets and foreign processes away, and nothing else") {
  const grounds& ground = grounds::get();
  for (const uid_t user : users()) {
    if (!machine_has("landlock", user)) continue;
    const int abi = landlock_version();
    const victim_process victim(user);
    check_layers(user, "no_new_privileges,landlock", ground.grants(),
                 {{"read=" + ground.secret(), "EACCES"},
                  {"list=" + ground.outside(), "EACCES"},
                  {"write=" + ground.victim(), "EACCES"},
                  {"truncate=" + ground.victim(), abi >= 3 ? "EACCES" : "ok"},
                  {"create=" + in(ground.outside(), "new"), "EACCES"},
                  {"make_folder=" + in(ground.outside(), "folder"), "EACCES"},
                  {"make_link=" + in(ground.outside(), "link"), "EACCES"},
                  {"tcp=" + ground.tcp_port(), abi >= 4 ? "EACCES" : "ok"},
                  {"bind_tcp", abi >= 4 ? "EACCES" : "ok"},
                  {"abstract=" + ground.abstract_socket(), abi >= 6 ? "EPERM" : "ok"},
                  {"signal=" + victim.pid(), abi >= 6 ? "EPERM" : "ok"},
                  {"read_memory=" + victim.secret_place(), "EPERM"},
                  {"trace=" + victim.pid(), "EPERM"},
                  {"udp=" + ground.udp_port(), "ok"},
                  {"unix=" + ground.unix_socket(), abi >= 9 ? "EACCES" : "ok"},
                  {"exists=" + ground.secret(), "ok"},
                  {"chmod=" + ground.victim(), "ok"},
                  {"fork", "ok"}});
    check_layers(user, "no_new_privileges,landlock", ground.grants(),
                 {{"read=" + ground.readable(), "ok"},
                  {"list=" + ground.repository(), "ok"},
                  {"write=" + ground.writable(), "EACCES"},
                  {"remove=" + ground.removable(), "EACCES"}});
  }
}

#if defined(__SANITIZE_ADDRESS__)
constexpr auto listing_proc = "ok";  // a worker that is built with it grants /proc, which its programs look at
#else
constexpr auto listing_proc = "ENOENT";
#endif

TEST_CASE("A mount namespace alone leaves nothing of the host to be named") {
  const grounds& ground = grounds::get();
  for (const uid_t user : users()) {
    if (!machine_has("mount_namespace", user)) continue;
    const std::string layers = user == 0 ? "mount_namespace" : "user_namespace,mount_namespace";
    check_layers(user, layers, ground.grants(),
                 {{"read=" + ground.secret(), "ENOENT"},
                  {"read=/.." + ground.secret(), "ENOENT"},
                  {"list=" + ground.outside(), "ENOENT"},
                  {"write=" + ground.victim(), "ENOENT"},
                  {"truncate=" + ground.victim(), "ENOENT"},
                  {"chmod=" + ground.victim(), "ENOENT"},
                  {"create=" + in(ground.outside(), "new"), "ENOENT"},
                  {"make_folder=" + in(ground.scratch(), "folder"), "ENOENT"},
                  {"unix=" + ground.unix_socket(), "ENOENT"},
                  {"exists=" + ground.secret(), "ENOENT"},
                  {"list=/proc", listing_proc},
                  {"tcp=" + ground.tcp_port(), "ok"},
                  {"abstract=" + ground.abstract_socket(), "ok"}});
  }
}

TEST_CASE("A granted path leads through dots to where it leads outside") {
  const grounds& ground = grounds::get();
  for (const uid_t user : users()) {
    if (!machine_has("mount_namespace", user)) continue;
    const std::string path = in(ground.outside(), "../././repository/");
    check_layers(user, user == 0 ? "mount_namespace" : "user_namespace,mount_namespace",
                 {"--execute", ground.programs(), "--read", path},
                 {{"read=" + ground.readable(), "ok"},
                  {"list=" + ground.repository(), "ok"},
                  {"read=" + ground.secret(), "ENOENT"}});
  }
}

TEST_CASE("In a root of its own the system's links are links, but for those below which something is granted") {
  std::string inside;  // of /lib, which is a link to usr/lib where /usr is merged
  for (const auto& entry : std::filesystem::directory_iterator("/lib")) {
    if (std::filesystem::is_directory(entry.symlink_status())) inside = entry.path().string();
  }
  REQUIRE_FALSE(inside.empty());
  const bool is_merged = std::filesystem::is_symlink("/lib");
  for (const uid_t user : users()) {
    if (!machine_has("mount_namespace", user)) continue;
    const std::string layers = user == 0 ? "mount_namespace" : "user_namespace,mount_namespace";
    for (const bool with_grant : {false, true}) {
      auto grants = grounds::get().grants();
      if (with_grant) grants.insert(grants.end(), {"--read", inside});
      check_layers(user, layers, grants,
                   {{"is_link=/lib", is_merged && !with_grant ? "ok" : "EINVAL"},
                    {"list=/lib", "ok"},
                    {"list=" + inside, "ok"},
                    {"exists=/lib/../.." + grounds::get().secret(), "ENOENT"},
                    {"exists=/etc/localtime", std::filesystem::exists("/etc/localtime") ? "ok" : "ENOENT"}});
    }
  }
}

/// A folder beside the grounds' own, which are emptied before each run; it is gone with the object.
struct folder_apart {
  explicit folder_apart(const std::string& name)
      : path(std::filesystem::path(grounds::get().repository()).parent_path() / name) {
    std::filesystem::create_directory(path);
  }
  ~folder_apart() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  folder_apart(const folder_apart&) = delete;
  folder_apart& operator=(const folder_apart&) = delete;
  std::filesystem::path path;
};

TEST_CASE("A granted link in a granted folder is reached though it leads through a link of the system") {
  const std::string target = "/lib64/ld-linux-x86-64.so.2";
  if (!std::filesystem::exists(target)) {
    WARN("skipped: " + target + " is not there");
    return;
  }
  const folder_apart apart("apart");
  const std::string link = apart.path / "link";
  std::filesystem::create_symlink(target, link);
  for (const uid_t user : users()) {
    if (!machine_has("mount_namespace", user)) continue;
    auto grants = grounds::get().grants();
    grants.insert(grants.end(), {"--read", apart.path, "--read", link});
    check_layers(user, user == 0 ? "mount_namespace" : "user_namespace,mount_namespace", grants,
                 {{"read=" + link, "ok"}, {"read=" + target, "ok"}});
  }
}

TEST_CASE("What is granted below a place that another grant reaches through a link keeps its own rights") {
  const folder_apart apart("apart");
  const folder_apart beneath("beneath");
  const std::string link = apart.path / "link";
  const std::string out = beneath.path / "out";
  const std::string file = out + "/file";
  std::filesystem::create_directory(out);
  std::ofstream{file} << "text";
  std::filesystem::permissions(file, std::filesystem::perms::all);
  std::filesystem::create_directory_symlink(beneath.path, link);
  for (const uid_t user : users()) {
    if (!machine_has("mount_namespace", user)) continue;
    auto grants = grounds::get().grants();
    grants.insert(grants.end(), {"--read", apart.path, "--read", link, "--write", out});
    check_layers(user, user == 0 ? "mount_namespace" : "user_namespace,mount_namespace", grants,
                 {{"list=" + link, "ok"}, {"list=" + beneath.path.string(), "ok"}, {"write=" + file, "ok"}});
  }
}

TEST_CASE("Of the folders of /etc a planner sees those that its interpreter keeps there, and no other") {
  expectations expected{{"exists=/etc/passwd", "ENOENT"}};
  for (const auto& entry : std::filesystem::directory_iterator("/etc")) {
    const auto name = entry.path().filename().string();
    const bool is_python = name.starts_with("python3.") && name.find_first_not_of("0123456789", 8) == std::string::npos;
    if (is_python || name == "python3") expected["exists=/etc/" + name] = is_python ? "ok" : "ENOENT";
  }
  for (const uid_t user : users()) {
    if (!machine_has("mount_namespace", user)) continue;
    check_layers(user, user == 0 ? "mount_namespace" : "user_namespace,mount_namespace", grounds::get().grants(),
                 expected);
  }
}

TEST_CASE("A network namespace alone keeps every network away, but no socket that is a file") {
  const grounds& ground = grounds::get();
  for (const uid_t user : users()) {
    if (!machine_has("network_namespace", user)) continue;
    check_layers(user, user == 0 ? "network_namespace" : "user_namespace,network_namespace", {},
                 {{"tcp=" + ground.tcp_port(), "ENETUNREACH"},
                  {"multipath_tcp=" + ground.tcp_port(), "ENETUNREACH"},
                  {"udp=" + ground.udp_port(), "ENETUNREACH"},
                  {"abstract=" + ground.abstract_socket(), "ECONNREFUSED"},
                  {"unix=" + ground.unix_socket(), "ok"},
                  {"read=" + ground.secret(), "ok"}});
  }
}

TEST_CASE("A process namespace alone leaves no process of the host to be named") {
  for (const uid_t user : users()) {
    if (!machine_has("pid_namespace", user)) continue;
    const victim_process victim(user);
    check_layers(user, user == 0 ? "pid_namespace" : "user_namespace,pid_namespace", {},
                 {{"signal=" + victim.pid(), "ESRCH"},
                  {"trace=" + victim.pid(), "ESRCH"},
                  {"read_memory=" + victim.secret_place(), "ESRCH"},
                  {"signal_group", "ok"},
                  {"fork", "ok"},
                  {"read=" + grounds::get().secret(), "ok"}});
  }
}

TEST_CASE("Another user alone has none of root's files, processes and rights") {
  if (users().front() != 0) return say_skipped("uid", ::geteuid(), "the tests do not run as root");
  const grounds& ground = grounds::get();
  const victim_process victim(0);
  for (const std::string layers : {"uid", "uid,capabilities"}) {
    check_layers(0, layers, {"--uid", "61184"},
                 {{"read=" + ground.secret(), "EACCES"},
                  {"write=" + ground.victim(), "EACCES"},
                  {"truncate=" + ground.victim(), "EACCES"},
                  {"chmod=" + ground.victim(), "EPERM"},
                  {"create=" + in(ground.outside(), "new"), "EACCES"},
                  {"signal=" + victim.pid(), "EPERM"},
                  {"trace=" + victim.pid(), "EPERM"},
                  {"read_memory=" + victim.secret_place(), "EPERM"},
                  {"become_root", "EPERM"},
                  {"mount=" + ground.scratch(), "EPERM"},
                  {"tcp=" + ground.tcp_port(), "ok"},
                  {"abstract=" + ground.abstract_socket(), "ok"}});
  }
}

TEST_CASE("Without capabilities root is still the owner of its files, and no more") {
  if (users().front() != 0) return say_skipped("capabilities", ::geteuid(), "the tests do not run as root");
  const grounds& ground = grounds::get();
  grounds::get().reset(0);
  check_layers(0, "capabilities", {},
               {{"mount=" + ground.scratch(), "EPERM"}, {"read=" + ground.secret(), "ok"}, {"fork", "ok"}});
  worker_request request;
  request.layers = "capabilities";
  CHECK(outcomes(request, {"capabilities"}).at("capabilities") == "ok 000000000");
}

TEST_CASE("Memory is writable or executable, never both") {
  for (const uid_t user : users()) {
    if (!machine_has("write_or_execute", user)) continue;
    check_layers(user, "write_or_execute", {},
                 {{"writable_code", "EACCES"}, {"code_from_data", "EACCES"}, {"memory=16", "ok"}});
  }
}

TEST_CASE("The layers that have no effect of their own take nothing away") {
  const grounds& ground = grounds::get();
  for (const uid_t user : users()) {
    std::string layers = "no_new_privileges,undumpable";
    for (const std::string layer : {"user_namespace", "ipc_namespace"}) {
      if (user == 0 && layer == "user_namespace") continue;
      if (machine_has(layer, user)) layers += "," + layer;
    }
    check_layers(user, layers, {"--stays-undumpable"},
                 {{"read=" + ground.secret(), "ok"},
                  {"write=" + ground.victim(), "ok"},
                  {"tcp=" + ground.tcp_port(), "ok"},
                  {"fork", "ok"}});
  }
}

}  // namespace planguild::test
