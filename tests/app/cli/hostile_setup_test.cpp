// Hostile files and a hostile machine under the built program: a full disk, folders that may not be read or written,
// broken manifests and stores. Nothing of it crashes, hangs or harms a planner that is in order.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "messages/limits.hpp"
#include "tests/app/cli/hostile_planner.hpp"

using namespace planguild::test;

namespace {

/// A call that finds only the shipped planners and keeps its state in `state`.
program_call shipped_call(std::vector<std::string> arguments, const std::string& state,
                          std::vector<std::string> through = {}) {
  program_call call{std::move(arguments), {"FACTORY_ALLOWED_PLANNERS=*", "XDG_STATE_HOME=" + state}};
  call.through = std::move(through);
  return call;
}

/// A shell command that ends by running what follows it.
std::vector<std::string> shell(const std::string& commands) {
  return {"/bin/sh", "-c", commands + "exec \"$@\"", "sh"};
}

/// Runs what follows without the superuser's rights; empty, and says why, if that is not possible.
std::vector<std::string> as_nobody() {
  if (::geteuid() != 0) return shell("");
  std::vector<std::string> through = {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
  if (::access(through.front().c_str(), X_OK) != 0) {
    WARN("there is no setpriv to give up the superuser's rights with: not tested");
    return {};
  }
  if (run_planguild(shipped_call({"--version"}, "/dev/null", through)).exit_code != 0) {
    WARN("without the superuser's rights " + binary_folder() + " cannot be read: not tested");
    return {};
  }
  return through;
}

/// Runs what follows with an empty file system of `size` (as mount takes it) on `folder`, which it alone sees; empty,
/// and says why, if this process may not mount.
std::vector<std::string> with_small_disk(const std::string& folder, const std::string& size) {
  std::filesystem::create_directories(folder);
  const std::string mount = "mount -t tmpfs -o size=" + size + " none '" + folder + "' || exit 99; ";
  if (::geteuid() != 0 || ::access("/usr/bin/unshare", X_OK) != 0 ||
      std::system(("/usr/bin/unshare -m /bin/sh -c \"" + mount + "\" 2>/dev/null").c_str()) != 0) {  // NOLINT
    WARN("this process may not mount a file system: not tested");
    return {};
  }
  auto result = shell(mount);
  result.insert(result.begin(), {"/usr/bin/unshare", "-m"});
  return result;
}

/// Runs what follows with a bound on every file's size, which needs no rights. Standard output is a pipe and has none.
std::vector<std::string> with_files_up_to(const std::string& blocks) {
  return shell("ulimit -f " + blocks + "; ");
}

bool has_file_starting(const std::string& folder, const std::string& beginning) {
  for (const auto& file : std::filesystem::directory_iterator{folder}) {
    if (file.path().filename().string().find(beginning) == 0) return true;
  }
  return false;
}

std::string with_manifest_text(const guild_folder& guild, const std::string& name, const std::string& text) {
  return guild.folder().write("planners/" + name + ".planner.json", text);
}

std::string good_manifest(const std::string& name, const std::string& more = "") {
  return R"({"name":")" + name + R"(","version":"1.0.0","entry":{"kind":"command","argv":["true"]})" + more + "}";
}

}  // namespace

TEST_CASE("A full disk under the state folder means memory only, said once, and the plan is made") {
  for (const std::string size : {"4k", "64k"}) {
    const temporary_folder folder;
    const auto through = with_small_disk(folder.path() + "/state", size);
    if (through.empty()) return;
    const auto result = run_planguild(shipped_call({"plan", "Do it", "--json"}, folder.path() + "/state", through));
    INFO(size << ": " << result.errors);
    CHECK(result.exit_code == 0);
    CHECK(json_of(result.output)["instance"].is_object());
    CHECK(has(result.errors, "store"));
  }
}

TEST_CASE("A bound on the size of files does not end the command: it says that planners cannot be copied") {
  for (const std::string blocks : {"0", "8"}) {
    const temporary_folder folder;
    const auto result =
        run_planguild(shipped_call({"plan", "Do it", "--json"}, folder.path(), with_files_up_to(blocks)));
    INFO(blocks << " blocks: " << result.errors);
    CHECK(result.exit_code == 1);
    CHECK(json_of(result.output)["failure"]["code"] == "no_active_planner");
    CHECK(has(result.errors, "cannot be copied"));
    CHECK(has(result.errors, "store"));
  }
}

TEST_CASE("An answer that does not fit on the disk is said, and the file that was there stays whole") {
  const temporary_folder folder;
  const auto file = folder.write("plan.json", "what was there");
  const auto result =
      run_planguild(shipped_call({"diagnostics", "--json", "--out", file}, folder.path(), with_files_up_to("0")));
  CHECK(result.exit_code == 2);
  CHECK(has(result.errors, "cannot write " + file));
  CHECK(read_text(file) == "what was there");
  CHECK_FALSE(has_file_starting(folder.path(), "plan.json."));
}

TEST_CASE("An answer for a device is written to it, and the device stays") {
  const temporary_folder folder;
  const auto full = folder.path() + "/full";
  const auto zero = folder.path() + "/zero";  // takes everything
  std::filesystem::create_symlink("/dev/full", full);
  std::filesystem::create_symlink("/dev/zero", zero);
  auto result = run_planguild(shipped_call({"plan", "Do it", "--out", full}, folder.path()));
  CHECK(result.exit_code == 2);
  CHECK(has(result.errors, "cannot write " + full + ": No space left on device"));
  CHECK(run_planguild(shipped_call({"plan", "Do it", "--out", zero}, folder.path())).exit_code == 0);
  CHECK(std::filesystem::is_symlink(full));
  CHECK(std::filesystem::is_symlink(zero));
  result = run_planguild(shipped_call({"plan", "Do it", "--out", folder.path()}, folder.path()));
  CHECK(result.exit_code == 2);
  CHECK(has(result.errors, "cannot write " + folder.path() + ": it is a folder"));
}

TEST_CASE("An answer for a link goes to the file that it names") {
  const temporary_folder folder;
  const auto file = folder.write("plan.json", "what was there");
  const auto link = folder.path() + "/link";
  std::filesystem::create_symlink("plan.json", link);
  CHECK(run_planguild(shipped_call({"plan", "Do it", "--json", "--out", link}, folder.path())).exit_code == 0);
  CHECK(std::filesystem::is_symlink(link));
  CHECK(json_of(read_text(file))["instance"].is_object());
}

TEST_CASE("A standard output that is full is exit code 1") {
  const temporary_folder folder;
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--help"}, {"schema", "plan"}, {"list"}, {"plan", "Do it", "--json"}}) {
    const auto result =
        run_planguild(shipped_call(arguments, folder.path(), {"/bin/sh", "-c", "exec \"$@\" >/dev/full", "sh"}));
    CHECK(result.exit_code == 1);
  }
}

TEST_CASE("A decision that cannot be recorded is said after the plan was shown") {
  const temporary_folder folder;
  std::filesystem::create_symlink("/dev/full", folder.path() + "/full");
  const auto result =
      run_planguild(shipped_call({"plan", "Do it", "--record", folder.path() + "/full"}, folder.path()));
  CHECK(result.exit_code == 2);
  CHECK(has(result.output, "chosen"));
  CHECK(has(result.errors, "cannot append to " + folder.path() + "/full: No space left on device"));
}

TEST_CASE("Folders and manifests that may not be read are named, and harm nobody") {
  const auto through = as_nobody();
  if (through.empty()) return;
  const temporary_folder folder;
  REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
  const auto closed = folder.path() + "/closed";
  folder.write("open/unreadable.planner.json", good_manifest("unreadable"), 0);
  folder.write("closed/hidden.planner.json", good_manifest("hidden"));
  REQUIRE(::chmod(closed.c_str(), 0) == 0);
  const auto path = closed + ":" + folder.path() + "/open:" + binary_folder() + "/planners";
  const auto result =
      run_planguild(shipped_call({"discover", "--planner-path", path, "--json"}, folder.path(), through));
  ::chmod(closed.c_str(), 0700);
  INFO(result.errors);
  CHECK(result.exit_code == 1);
  const auto report = json_of(result.output);
  CHECK(report["admitted"] == 2);
  REQUIRE(report["import_failures"].size() == 2);
  CHECK(report["import_failures"][0]["code"] == "load_failed");
  CHECK(report["import_failures"][1]["code"] == "load_failed");
  CHECK(has(report["import_failures"].dump(), "closed"));
  CHECK(has(report["import_failures"].dump(), "unreadable.planner.json"));
}

TEST_CASE("A state folder that may not be written means memory only, and is said") {
  const auto through = as_nobody();
  if (through.empty()) return;
  const temporary_folder folder;
  const auto state = folder.path() + "/state/planguild";
  REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
  REQUIRE(run_planguild(shipped_call({"list"}, folder.path() + "/state")).exit_code == 0);
  REQUIRE(std::filesystem::exists(state + "/planguild.db"));
  for (const unsigned mode : {0555U, 0U}) {
    REQUIRE(::chmod(state.c_str(), mode) == 0);
    const auto result = run_planguild(shipped_call({"list"}, folder.path() + "/state", through));
    INFO(result.errors);
    CHECK(result.exit_code == 0);
    CHECK(has(result.output, "admitted"));
    CHECK(has(result.errors, "store"));
  }
  ::chmod(state.c_str(), 0700);
}

TEST_CASE("A store that is cut off, a folder, or of another program is said, and nothing else happens") {
  const temporary_folder whole;
  REQUIRE(run_planguild(shipped_call({"list"}, whole.path())).exit_code == 0);
  const auto text = read_text(whole.path() + "/planguild/planguild.db");
  REQUIRE(text.size() > 4'096);

  for (const auto& broken : {text.substr(0, text.size() / 2), text.substr(0, 1'000), std::string(16, '\0')}) {
    const temporary_folder folder;
    folder.write("planguild/planguild.db", broken);
    auto result = run_planguild(shipped_call({"list"}, folder.path()));
    INFO(broken.size() << " bytes: " << result.errors);
    CHECK(result.exit_code == 0);
    CHECK(has(result.output, "admitted"));
    CHECK(has(result.errors, "store"));
    result = run_planguild(shipped_call({"list"}, folder.path()));
    CHECK(result.exit_code == 0);
    CHECK(result.errors.empty());
  }
  const temporary_folder folder;
  folder.write("planguild/planguild.db/file", "x");
  const auto result = run_planguild(shipped_call({"list"}, folder.path()));
  CHECK(result.exit_code == 0);
  CHECK(has(result.output, "admitted"));
  CHECK(has(result.errors, "store"));
  CHECK(read_text(folder.path() + "/planguild/planguild.db/file") == "x");
}

TEST_CASE("Hostile manifests are each refused by name, by discovery and by lint, and harm nobody") {
  const guild_folder guild;
  const std::string deep = R"(,"x":)" + std::string(100'000, '[') + std::string(100'000, ']');
  const std::vector<std::string> files = {
      with_manifest_text(guild, "empty_planner", ""),
      with_manifest_text(
          guild, "huge_planner",
          good_manifest("huge_planner",
                        R"(,"description":")" + std::string(planguild::limits::manifest_bytes_max, 'x') + "\"")),
      with_manifest_text(guild, "binary_planner", std::string("\0\xff\xfe\x80\x1b[31m", 9)),
      with_manifest_text(guild, "deep_planner", good_manifest("deep_planner", deep)),
      with_manifest_text(guild, "cut_planner", good_manifest("cut_planner").substr(0, 40)),
      with_manifest_text(guild, "twice_planner", good_manifest("twice_planner", R"(,"version":"2.0.0")")),
      with_manifest_text(guild, "other_planner", good_manifest("another_planner")),
      with_manifest_text(guild, "outside_planner",
                         R"({"name":"outside_planner","version":"1","entry":{"kind":"command","argv":["../x"]}})"),
      with_manifest_text(guild, "list_planner", "[1,2,3]"),
      with_manifest_text(guild, "tail_planner", good_manifest("tail_planner") + "}")};
  std::filesystem::create_symlink(guild.path("planners/loop_planner.planner.json"),
                                  guild.path("planners/loop_planner.planner.json"));
  REQUIRE(::mkfifo(guild.path("planners/pipe_planner.planner.json").c_str(), 0600) == 0);

  const auto result = run_beside_shipped(guild, {"discover", "--json"});
  CHECK(result.exit_code == 1);
  const auto report = json_of(result.output);
  CHECK(report["admitted"] == 2);
  for (const auto& file : files) {
    INFO(file);
    std::string code;
    for (const auto& failure : report["import_failures"]) {
      if (failure["where"].get<std::string>().find(file) == 0) code = failure["code"];
    }
    CHECK(code == "invalid_manifest");
    const auto lint = guild.run({"lint", file});
    CHECK(lint.exit_code == 1);
    CHECK_FALSE(has(lint.output + lint.errors, "\x1b"));
  }
  CHECK(report["import_failures"].size() == files.size() + 2);
  for (const std::string name : {"loop_planner", "pipe_planner"}) {
    CHECK(has(report["import_failures"].dump(), name));
    CHECK(guild.run({"lint", guild.path("planners/" + name + ".planner.json")}).exit_code != 0);
  }
  CHECK(run_beside_shipped(guild, {"plan", "Do it"}).exit_code == 0);
}
