// Hostile trees: whatever lies in the roots, the scan ends, within its bounds, and good planners are found all the
// same.
#include <catch2/catch.hpp>

#include "messages/limits.hpp"
#include "tests/actors/discovery/scan_fixture.hpp"

using namespace planguild;
using namespace planguild::test;

TEST_CASE("Links that make a loop are followed once") {
  memory_files files;
  put_planner(files, "/r/a", "one");
  files.put_link("/r/a/up", "..");
  files.put_link("/r/a/self", ".");
  files.put_link("/r/loop", "/r/loop");
  files.put_link("/r/x", "y");
  files.put_link("/r/y", "x");
  files.put_link("/r/dangling", "/nowhere");
  scanner scan(settings_for({"/r"}), files, {}, "1");
  const auto result = scan.run(false);
  CHECK(names_of(result) == list{"one"});
  CHECK(result.failures.empty());
  CHECK(files.counts().lists == 2);
}

TEST_CASE("Directories through links count once, wherever they are met first") {
  memory_files files;
  put_planner(files, "/elsewhere", "one");
  files.put_link("/r/first", "/elsewhere");
  files.put_link("/r/second", "/elsewhere");
  scanner scan(settings_for({"/r", "/elsewhere"}), files, {}, "1");
  const auto result = scan.run(false);
  REQUIRE(names_of(result) == list{"one"});
  CHECK(result.planners[0].path == "/r/first/one.planner.json");
  CHECK(result.failures.empty());
}

TEST_CASE("A manifest may be a link; one to nowhere is an import failure") {
  memory_files files;
  files.put("/store/real.json", manifest_text("one"));
  files.put_link("/r/one.planner.json", "/store/real.json");
  files.put_link("/r/two.planner.json", "/store/none.json");
  scanner scan(settings_for({"/r"}), files, {}, "1");
  const auto result = scan.run(false);
  CHECK(names_of(result) == list{"one"});
  CHECK(failures_of(result) == list{"/r/two.planner.json not_found"});
}

TEST_CASE("Something that is no file but is called like a manifest is refused without opening it") {
  memory_files files;
  files.put_fifo("/r/pipe.planner.json");
  files.put_directory("/r/folder.planner.json");
  put_planner(files, "/r/folder.planner.json", "inside");
  scanner scan(settings_for({"/r"}), files, {}, "1");
  const auto result = scan.run(false);
  CHECK(names_of(result) == list{"inside"});
  CHECK(failures_of(result) == list{"/r/pipe.planner.json load_failed"});
  CHECK(files.counts().reads == 2);
}

TEST_CASE("Unreadable roots, directories, manifests and programs harm nobody else") {
  memory_files files;
  put_planner(files, "/closed_root", "aaa");
  put_planner(files, "/r/closed", "bbb");
  put_planner(files, "/r", "ccc");
  put_planner(files, "/r", "ddd");
  put_planner(files, "/r", "eee");
  files.set_unreadable("/closed_root");
  files.set_unreadable("/r/closed");
  files.set_unreadable("/r/ccc.planner.json");
  files.set_unreadable("/r/ddd");
  scanner scan(settings_for({"/closed_root", "/r"}), files, {}, "1");
  auto result = scan.run(false);
  CHECK(names_of(result) == list{"eee"});
  CHECK(failures_of(result) == list{"/closed_root load_failed", "/r/closed load_failed",
                                    "/r/ccc.planner.json load_failed", "/r/ddd.planner.json load_failed"});
  CHECK(scan.run(false).unchanged);
  for (const std::string path : {"/closed_root", "/r/closed", "/r/ccc.planner.json", "/r/ddd"})
    files.set_unreadable(path, false);
  result = scan.run(true);
  CHECK(result.planners.size() == 5);
  CHECK(result.failures.empty());
}

TEST_CASE("Broken manifests of every kind are import failures of their own") {
  memory_files files;
  files.put("/r/empty.planner.json", "");
  files.put("/r/binary.planner.json", std::string("\x7f"
                                                  "ELF\0\1\2\xff",
                                                  8));
  files.put("/r/huge.planner.json", std::string(limits::manifest_bytes_max + 1, ' '));
  files.put("/r/deep.planner.json", std::string(100'000, '['));
  files.put("/r/twice.planner.json", R"({"name":"twice","name":"twice"})");
  files.put("/r/other.planner.json", manifest_text("another"));
  files.put("/r/escape.planner.json",
            R"({"name":"escape","version":"1","entry":{"kind":"command","argv":["../../bin/sh"]}})");
  files.put("/r/x.planner.json", manifest_text("x"));
  files.put("/r/.planner.json", manifest_text("nameless"));
  put_planner(files, "/r", "good_one");
  scanner scan(settings_for({"/r"}), files, {}, "1");
  const auto result = scan.run(false);
  CHECK(names_of(result) == list{"good_one"});
  CHECK(result.failures.size() == 8);
  for (const auto& failure : result.failures) {
    CAPTURE(failure.where, failure.message);
    CHECK(failure.code == failure_code::invalid_manifest);
    CHECK_FALSE(failure.message.empty());
  }
}

TEST_CASE("Directories deeper than the bound are not searched, and it is said") {
  memory_files files;
  std::string folder = "/r";
  for (std::size_t depth = 0; depth < limits::root_depth_max; ++depth) folder += "/d";
  put_planner(files, folder, "at_the_bound");
  put_planner(files, folder + "/d", "below_it");
  scanner scan(settings_for({"/r"}), files, {}, "1");
  const auto result = scan.run(false);
  CHECK(names_of(result) == list{"at_the_bound"});
  REQUIRE(result.warnings.size() == 1);
  CHECK(result.warnings[0].find("1 directories lie more than 8 below the root") != std::string::npos);
}

TEST_CASE("Import failures beyond the bound are counted, not kept") {
  memory_files files;
  const auto more = limits::import_failures_max + 25;
  for (std::size_t index = 0; index < more; ++index)
    files.put("/r/broken" + std::to_string(index) + ".planner.json", "{");
  put_planner(files, "/r", "zzz");
  scanner scan(settings_for({"/r"}), files, {}, "1");
  const auto result = scan.run(false);
  CHECK(names_of(result) == list{"zzz"});
  CHECK(result.failures.size() == limits::import_failures_max);
  CHECK(result.failures_dropped == 25);
}

TEST_CASE("A manifest that changes while it is read is noticed by the next scan") {
  memory_files files;
  put_planner(files, "/r", "one");
  bool once = true;
  files.before_read = [&](const std::string& path) {
    if (path == "/r/one.planner.json" && once) {
      once = false;
      files.put(path, manifest_text("one", "2.0.0"));
    }
  };
  scanner scan(settings_for({"/r"}), files, {}, "1");
  REQUIRE(scan.run(false).planners.at(0).manifest.version == "2.0.0");
  const auto next = scan.run(false);
  CHECK_FALSE(next.unchanged);
  CHECK(next.planners.at(0).manifest.version == "2.0.0");
  CHECK(scan.run(false).unchanged);
}

TEST_CASE("A covered file that is a link out of the manifest's folder refuses the planner, until that changes") {
  memory_files files;
  files.put("/secret", "the host's");
  files.put_link("/r/inside", "/store/inside");
  put_planner(files, "/store/inside", "one");
  files.put("/store/inside/real", "planner's");
  files.put("/store/inside/one.planner.json",
            R"({"name":"one","version":"1.0.0","entry":{"kind":"command","argv":["./one","key"]}})");
  files.put_link("/store/inside/key", "real");  // stays, though the folder itself is behind a link
  scanner scan(settings_for({"/r"}), files, {}, "1");
  REQUIRE(names_of(scan.run(false)) == list{"one"});
  for (const char* target : {"/secret", "../../secret", "/nowhere"}) {
    CAPTURE(target);
    files.remove("/store/inside/key");
    files.put_link("/store/inside/key", target);
    const auto result = scan.run(false);
    CHECK(result.planners.empty());
    CHECK(failures_of(result) == list{"/r/inside/one.planner.json load_failed"});
    REQUIRE(result.failures.size() == 1);
    CHECK(result.failures[0].message.find("entry.argv: \"key\" leads out of the folder") != std::string::npos);
    CHECK(scan.run(false).unchanged);
  }
  files.remove("/store/inside/key");  // an argument that names no file
  CHECK(names_of(scan.run(false)) == list{"one"});
}

TEST_CASE("A manifest that goes between listing and reading is an import failure") {
  memory_files files;
  put_planner(files, "/r", "one");
  files.before_read = [&](const std::string& path) { files.remove(path); };
  scanner scan(settings_for({"/r"}), files, {}, "1");
  const auto result = scan.run(false);
  CHECK(result.planners.empty());
  CHECK(failures_of(result) == list{"/r/one.planner.json load_failed"});
}

TEST_CASE("Paths with NUL, line breaks or no end are refused as roots") {
  memory_files files;
  scanner scan(settings_for({"/a\nb", "", std::string(10'000, 'x')}), files, {}, "1", "/base");
  const auto result = scan.run(false);
  CHECK(result.planners.empty());
  CHECK(result.failures.size() == 3);
}
