// The way from a planner's folder to its files: links that stay in the folder are followed, those that lead out are
// not, whatever they lead to.
#include "app/host/system/open_below.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "actors/discovery/scan.hpp"
#include "app/host/system/files.hpp"
#include "tests/app/host/system/sealed_files_test_support.hpp"

using namespace planguild;
using namespace planguild::test;
namespace fs = std::filesystem;

namespace {

/// A planner's folder with a file and a folder in it, and a secret beside it.
struct guarded_folder {
  test_folder place;
  std::string folder = place.path() + "/planner";
  std::string secret = place.write("secret", "the host's");

  guarded_folder() {
    place.write("planner/real", "planner's");
    place.write("planner/lib/deep/part", "planner's");
  }
  void link(const std::string& name, const std::string& target) const {
    fs::create_symlink(target, folder + "/" + name);
  }
  int error(const std::string& name) const {
    const int read = open_below(folder, name, opening::to_read).error;
    CHECK(open_below(folder, name, opening::to_look).error == read);
    return read;
  }
  std::string bytes(const std::string& name) const {
    const auto opened = open_below(folder, name, opening::to_read);
    if (!opened.file) return "error " + std::to_string(opened.error);
    char read[64];
    const ssize_t size = ::read(opened.file.get(), read, sizeof read);
    return std::string(read, static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  }
};

}  // namespace

TEST_CASE("Links that stay in the planner's folder are followed, wherever they lie and however they are written") {
  const guarded_folder guarded;
  guarded.link("beside", "real");
  guarded.link("twice", "./beside");
  guarded.link("lib/up", "../real");
  guarded.link("folder", "lib/deep");
  guarded.link("lib/deep/round", "../../lib/./deep/../up");
  guarded.link("absolute", guarded.folder + "/lib/deep/part");
  for (const char* name : {"real", "lib/deep/part", "beside", "twice", "lib/up", "folder/part", "folder/round",
                           "./lib//deep/part", "absolute"}) {
    CAPTURE(name);
    CHECK(guarded.bytes(name) == "planner's");
  }
}

TEST_CASE("The way to the planner's folder may lead over links") {
  const guarded_folder guarded;
  const std::string other = guarded.place.path() + "/other";
  fs::create_directory_symlink("planner", other);
  guarded.link("real_way", guarded.folder + "/real");
  CHECK(open_below(other, "real", opening::to_read).file);
  CHECK(open_below(other, "real_way", opening::to_read).file);
}

TEST_CASE("Links that lead out of the planner's folder are refused, whatever is there and whoever could read it") {
  const guarded_folder guarded;
  guarded.link("absolute", guarded.secret);
  guarded.link("climbing", "../secret");
  guarded.link("lib/deep/climbing", "../../../secret");
  guarded.link("folder", "..");
  guarded.link("root", "/");
  guarded.link("dangling", "/nowhere/at/all");
  guarded.link("back", "../planner/real");
  guarded.link("by_another", "absolute");
  guarded.link("environment", "/proc/self/environ");
  fs::create_directories(guarded.folder + "_beside");
  guarded.link("namesake", guarded.folder + "_beside/file");
  for (const char* name : {"absolute", "climbing", "lib/deep/climbing", "folder", "folder/secret", "root/etc/passwd",
                           "dangling", "back", "by_another", "environment", "namesake", "folder/planner/real"}) {
    CAPTURE(name);
    CHECK(guarded.error(name) == EXDEV);
  }
  const auto refused = open_below(guarded.folder, "by_another", opening::to_read);
  CHECK(refused.link == "absolute");
  CHECK(refused.target == guarded.secret);
  CHECK(S_ISLNK(refused.facts.st_mode));
  const auto text = way_out_text(guarded.folder, "by_another", refused);
  CHECK(text == "\"by_another\" leads out of the planner's folder " + guarded.folder +
                    ": the symbolic link \"absolute\" points to \"" + guarded.secret +
                    "\". Put the file itself into the folder; a program of the system is named without a slash");
}

TEST_CASE("The links of the kernel's own in /proc lead out, too") {
  for (const char* name : {"exe", "cwd", "root/etc/passwd", "fd/0"}) {
    CAPTURE(name);
    CHECK(open_below("/proc/self", name, opening::to_look).error != 0);
    CHECK_FALSE(open_below("/proc/self", name, opening::to_read).file);
  }
}

TEST_CASE("Loops, endless depth, what is missing and what is no file end with a reason and wait for nothing") {
  const guarded_folder guarded;
  guarded.link("loop", "loop");
  guarded.link("one", "two");
  guarded.link("two", "lib/../one");
  guarded.link("longer_and_longer", "lib/../longer_and_longer/x");
  for (const char* name : {"loop", "one", "longer_and_longer"}) CHECK(guarded.error(name) == ELOOP);
  std::string deep;
  for (int level = 0; level < 70; ++level) deep += "d/";
  guarded.place.write("planner/" + deep + "file", "x");
  CHECK(guarded.error(deep + "file") == ENAMETOOLONG);
  CHECK(guarded.error("missing") == ENOENT);
  CHECK(guarded.error("real/below") == ENOTDIR);
  CHECK(guarded.error("missing/below") == ENOENT);
  CHECK(open_below(guarded.folder + "/nowhere", "real", opening::to_read).error == ENOENT);
  REQUIRE(::mkfifo((guarded.folder + "/fifo").c_str(), 0600) == 0);
  CHECK(S_ISFIFO(open_below(guarded.folder, "fifo", opening::to_read).facts.st_mode));
  CHECK(S_ISDIR(open_below(guarded.folder, "lib/.", opening::to_look).facts.st_mode));
}

TEST_CASE("A file source tells of a link that leads out by the link's own facts, and reads nothing through it") {
  const guarded_folder guarded;
  guarded.link("in", "real");
  guarded.link("out", guarded.secret);
  guarded.link("lib/out", "../../secret");
  const auto source = make_file_source();
  for (const char* name : {"real", "in", "lib/deep/part"}) {
    CAPTURE(name);
    REQUIRE(source->stat_below(guarded.folder, name));
    CHECK(source->stat_below(guarded.folder, name)->kind == file_kind::regular);
    CHECK(*source->read_below(guarded.folder, name, 100).value == "planner's");
    CHECK(source->read_below(guarded.folder, name, 3).error->code == failure_code::limit_exceeded);
  }
  for (const char* name : {"out", "lib/out"}) {
    CAPTURE(name);
    REQUIRE(source->stat_below(guarded.folder, name));
    CHECK(source->stat_below(guarded.folder, name)->kind == file_kind::symlink);
    const auto read = source->read_below(guarded.folder, name, 100);
    REQUIRE_FALSE(read);
    CHECK(read.error->code == failure_code::load_failed);
    CHECK(read.error->message.find("leads out of the planner's folder") != std::string::npos);
  }
  CHECK(source->stat_below(guarded.folder, "missing").error->code == failure_code::not_found);
  CHECK(source->read_below(guarded.folder, "missing", 100).error->code == failure_code::not_found);
  CHECK(source->read_below(guarded.folder, "lib", 100).error->code == failure_code::load_failed);
  CHECK(source->stat_below(guarded.folder, std::string("re\0al", 5)).error->code == failure_code::load_failed);
}

TEST_CASE("A planner whose file is a link out of its folder is refused until the file itself is there") {
  const guarded_folder guarded;
  const std::string manifest = R"({"name":"borrower","version":"1","entry":{"kind":"command","argv":["./run","key"])";
  guarded.place.write("planner/run", "#!/bin/sh\n", 0755);
  guarded.link("key", guarded.secret);
  config settings;
  settings.allowed_planners = {"*"};
  settings.planner_path = {guarded.folder};
  const auto files = make_file_source();
  scanner scan(settings, *files, {}, "1");
  for (const char* covered : {"}}", R"(,"files":["run","key"]}})"}) {
    guarded.place.write("planner/borrower.planner.json", manifest + covered);
    const auto refused = scan.run(false);
    CHECK(refused.planners.empty());
    REQUIRE(refused.failures.size() == 1);
    CHECK(refused.failures[0].code == failure_code::load_failed);
    CHECK(refused.failures[0].message.find("\"key\" leads out of the planner's folder") != std::string::npos);
  }
  fs::remove(guarded.folder + "/key");
  guarded.place.write("planner/key", "planner's");
  const auto found = scan.run(false);
  REQUIRE(found.planners.size() == 1);
  CHECK(found.planners[0].manifest.entry.files == std::vector<std::string>{"run", "key"});
  CHECK(found.planners[0].file_sizes_bytes == std::vector<std::uint64_t>{10, 9});
}
