// Which layers a worker is asked for, and with which arguments it is started.
#include "app/host/system/worker_arguments.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "app/worker/layers.hpp"
#include "messages/limits.hpp"
#include "tests/app/host/system/process_test_support.hpp"

using namespace planguild;
using namespace planguild::test;

namespace {

using texts = std::vector<std::string>;

process_command plain_command() {
  process_command command;
  command.planner = "mine";
  command.argv = {"/copies/mine"};
  return command;
}

worker_plan plain_plan() {
  worker_plan plan;
  plan.launcher = "/bin/planguild-worker";
  plan.program = "/copies/mine";
  plan.program_arguments = {"--fast"};
  plan.directory = "/copies";
  plan.has_filter = true;
  return plan;
}

constexpr sandbox_machine user_with_landlock{false, 7};
constexpr sandbox_machine root_with_landlock{true, 7};

texts arguments_for(const process_command& command, const sandbox_machine& machine, const missing_layers& lacking = {},
                    const worker_plan& plan = plain_plan()) {
  const worker_command made = make_worker_command(command, plan, machine, lacking);
  CHECK(made.error.empty());
  return made.arguments;
}

/// The values of an option, or what stands after it if it has none.
texts values(const texts& all, const std::string& option) {
  texts result;
  const auto end = std::find(all.begin(), all.end(), "--");
  for (auto at = all.begin(); at != end; ++at) {
    if (*at == option) result.push_back(*std::next(at));
  }
  return result;
}

bool has(const texts& all, const std::string& option) {
  return std::find(all.begin(), all.end(), option) != all.end();
}

std::string layers(const process_command& command, const sandbox_machine& machine, const missing_layers& lacking = {},
                   const worker_plan& plan = plain_plan()) {
  const texts named = values(arguments_for(command, machine, lacking, plan), "--layers");
  return named.empty() ? "" : named.front();
}

/// What is noted of a layer; empty if nothing is.
std::string noted(const worker_command& made, const std::string& layer) {
  std::string result;
  for (const auto& note : made.notes) {
    if (note.layer == layer) result += note.text;
  }
  return result;
}

}  // namespace

TEST_CASE("An ordinary user asks for a user namespace, root for a user of the planner's own") {
  CHECK(layers(plain_command(), user_with_landlock) ==
        "no_new_privileges,limits,landlock,seccomp,user_namespace,pid_namespace,network_namespace,ipc_namespace,"
        "capabilities,undumpable");
  CHECK(layers(plain_command(), root_with_landlock) ==
        "no_new_privileges,limits,landlock,seccomp,pid_namespace,network_namespace,ipc_namespace,uid,capabilities,"
        "undumpable");
}

TEST_CASE("Every layer that is not asked for is noted with the reason") {
  const auto noted_layers = [](const worker_command& made) {
    std::set<std::string> names;
    for (const auto& note : made.notes) names.insert(note.layer);
    return names;
  };
  auto command = plain_command();
  auto made = make_worker_command(command, plain_plan(), user_with_landlock, {});
  CHECK(noted_layers(made) == std::set<std::string>{"mount_namespace", "uid", "write_or_execute"});
  CHECK(noted(made, "uid") == "only root can change the user");
  CHECK(noted(made, "mount_namespace") == "not asked for where the kernel has landlock");
  command.grants.network = {443};
  command.kind = entry_kind::library;
  made = make_worker_command(command, plain_plan(), root_with_landlock, {});
  CHECK(noted_layers(made) == std::set<std::string>{"mount_namespace", "network_namespace", "user_namespace"});
  command.policy.mode = sandbox_mode::off;
  made = make_worker_command(command, plain_plan(), root_with_landlock, {});
  CHECK(noted_layers(made).size() == worker_layers::all.size());
  CHECK(noted(made, "seccomp") == "FACTORY_SANDBOX=off");
}

TEST_CASE("Only what runs a library is said to stay undumpable") {
  auto command = plain_command();
  CHECK_FALSE(has(arguments_for(command, user_with_landlock), "--stays-undumpable"));
  command.kind = entry_kind::library;
  CHECK(has(arguments_for(command, user_with_landlock), "--stays-undumpable"));
}

TEST_CASE("A library may not make code at run time") {
  auto command = plain_command();
  command.kind = entry_kind::library;
  CHECK(layers(command, user_with_landlock).ends_with(",write_or_execute"));
}

TEST_CASE("Without Landlock a root of its own is asked for") {
  CHECK(layers(plain_command(), {false, 0}).find("landlock,seccomp,user_namespace,mount_namespace,pid_namespace") !=
        std::string::npos);
  missing_layers lacking;
  lacking.left_out = {"landlock", "seccomp"};
  const std::string asked = layers(plain_command(), user_with_landlock, lacking);
  CHECK(asked.find("limits,user_namespace,mount_namespace") != std::string::npos);
  CHECK_FALSE(has(arguments_for(plain_command(), user_with_landlock, lacking), "--filter"));
}

TEST_CASE("With the sandbox off nothing is asked for") {
  auto command = plain_command();
  command.policy.mode = sandbox_mode::off;
  CHECK(arguments_for(command, root_with_landlock) == texts{"/bin/planguild-worker", "--parent",
                                                            std::to_string(getpid()), "--directory", "/copies", "--",
                                                            "/copies/mine", "--fast"});
}

TEST_CASE("A planner may read and run its copies, read its repository and what is granted") {
  const test_folder folder;
  auto command = plain_command();
  command.repository = folder.path();
  command.grants.read = {"/usr/share", "/nowhere/at/all"};
  command.grants.network = {443, 8'080};
  const auto made = make_worker_command(command, plain_plan(), user_with_landlock, {});
  CHECK(values(made.arguments, "--execute") == texts{"/copies"});
  CHECK(values(made.arguments, "--read") == texts{folder.path(), "/usr/share"});
  CHECK(values(made.arguments, "--tcp") == texts{"443", "8080"});
  CHECK(values(made.arguments, "--filter") == texts{"3"});
  CHECK(values(made.arguments, "--memory") == texts{std::to_string(limits::planner_memory_bytes_max)});
  CHECK(values(made.arguments, "--cpu") == texts{std::to_string(limits::planner_cpu_s_max)});
  CHECK(values(made.arguments, "--processes") == texts{std::to_string(limits::planner_processes_max)});
  CHECK_FALSE(has(made.arguments, "--writes-files"));
  CHECK(values(made.arguments, "--layers").front().find("network_namespace") == std::string::npos);
  CHECK(noted(made, "landlock") == "granted but not there: /nowhere/at/all");
}

TEST_CASE("A program from elsewhere is named, and a write grant lifts the limit on file sizes") {
  auto command = plain_command();
  command.grants.write = {"/var/tmp"};
  auto plan = plain_plan();
  plan.program = "/opt/mine/bin/mine";
  const auto all = arguments_for(command, user_with_landlock, {}, plan);
  CHECK(values(all, "--execute") == texts{"/copies", "/opt/mine/bin/mine"});
  CHECK(values(all, "--write") == texts{"/var/tmp"});
  CHECK(has(all, "--writes-files"));
}

TEST_CASE("A library gets its descriptor, a missing filter is told, and an old Landlock is passed on") {
  auto command = plain_command();
  command.kind = entry_kind::library;
  auto plan = plain_plan();
  plan.has_library = true;
  plan.has_filter = false;
  plan.filter_error = "libseccomp gives no filter for this architecture";
  missing_layers lacking;
  lacking.landlock_abi_max = 2;
  const auto made = make_worker_command(command, plan, user_with_landlock, lacking);
  CHECK(values(made.arguments, "--keep") == texts{"4"});
  CHECK(values(made.arguments, "--landlock-abi-max") == texts{"2"});
  CHECK_FALSE(made.asks_for_filter);
  std::vector<sandbox_layer> stated{{"seccomp", layer_state::off, ""}};
  add_notes(stated, made.notes);
  CHECK(stated[0] ==
        sandbox_layer{"seccomp", layer_state::unavailable, "libseccomp gives no filter for this architecture"});
}

TEST_CASE("Root lets a planner read what others cannot, but only where Landlock keeps it to that") {
  const test_folder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
  auto command = plain_command();
  command.repository = folder.path();
  CHECK(has(arguments_for(command, root_with_landlock), "--read-as-root"));
  CHECK_FALSE(has(arguments_for(command, {true, 0}), "--read-as-root"));
  missing_layers lacking;
  lacking.left_out = {"landlock"};
  CHECK_FALSE(has(arguments_for(command, root_with_landlock, lacking), "--read-as-root"));
  CHECK_FALSE(has(arguments_for(command, user_with_landlock), "--read-as-root"));
  command.repository = "/usr";
  CHECK_FALSE(has(arguments_for(command, root_with_landlock), "--read-as-root"));
  command.grants.read = {folder.path()};
  CHECK(has(arguments_for(command, root_with_landlock), "--read-as-root"));
}

TEST_CASE("What others can read is told by all folders above it") {
  const test_folder folder;
  const auto inner = std::filesystem::path(folder.path()) / "inner";
  std::filesystem::create_directory(inner);
  std::filesystem::permissions(inner, std::filesystem::perms(0755));
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  CHECK(readable_by_others("/usr/bin"));
  CHECK(readable_by_others(folder.path()) == readable_by_others(inner.string()));
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0700));
  CHECK_FALSE(readable_by_others(inner.string()));
  CHECK_FALSE(readable_by_others("/nowhere/at/all"));
}

TEST_CASE("Every planner has a user of its own, the same at every start") {
  std::set<std::uint32_t> seen;
  for (int index = 0; index < 100; ++index) {
    const std::uint32_t uid = planner_uid("planner_" + std::to_string(index));
    CHECK(uid >= 61'184);
    CHECK(uid <= 65'518);
    seen.insert(uid);
  }
  CHECK(seen.size() > 90);
  CHECK(planner_uid("risk_planner") == planner_uid("risk_planner"));
}

TEST_CASE("Grants that cannot be handed on are refused with the reason") {
  auto command = plain_command();
  const auto error = [&command] { return make_worker_command(command, plain_plan(), user_with_landlock, {}).error; };
  SECTION("a relative path") {
    command.grants.read = {"data"};
    CHECK(error() == "a granted path is not absolute: data");
  }
  SECTION("everything for writing") {
    command.grants.write = {"/"};
    CHECK(error().find("whole file system") != std::string::npos);
  }
  SECTION("too many paths") {
    command.grants.read.assign(limits::planner_paths_max + 1, "/usr");
    CHECK(error().find("more than") != std::string::npos);
  }
  SECTION("too many ports") {
    command.grants.network.assign(limits::planner_ports_max + 1, 443);
    CHECK(error().find("ports") != std::string::npos);
  }
  SECTION("a relative repository") {
    command.repository = ".";
    CHECK(error().find("not absolute") != std::string::npos);
  }
}

TEST_CASE("No planner is let write where the copies lie that planners run from") {
  const test_folder place;
  place.write("copies/mine/program", "x", 0755);
  place.write("other/file", "x");
  std::filesystem::create_directory_symlink(place.path() + "/copies", place.path() + "/link");
  auto plan = plain_plan();
  plan.all_copies = place.path() + "/copies";
  auto command = plain_command();
  const auto error = [&](const std::string& granted) {
    command.grants.write = {"/dev/null", granted};
    return make_worker_command(command, plan, user_with_landlock, {}).error;
  };
  for (const char* granted :
       {"", "/copies", "/copies/", "/copies/mine", "/copies/mine/program", "/link", "/link/mine", "/other/../copies"}) {
    CAPTURE(granted);
    const auto text = error(place.path() + granted);
    CHECK(text.find("granted to write to " + place.path() + granted) != std::string::npos);
    CHECK(text.find("the copies that planners run from (" + plan.all_copies + ")") != std::string::npos);
    CHECK(text.find("set XDG_RUNTIME_DIR or TMPDIR") != std::string::npos);
  }
  for (const char* granted : {"/other", "/other/file", "/nowhere"}) CHECK(error(place.path() + granted).empty());
  command.policy.mode = sandbox_mode::off;
  CHECK(error(place.path()).empty());
}
