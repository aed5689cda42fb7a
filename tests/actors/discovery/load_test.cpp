// Reading what was read before once more: the same bytes are recognised, other ones noticed.
#include <catch2/catch.hpp>
#include <string>

#include "actors/discovery/load.hpp"
#include "tests/actors/discovery/scan_fixture.hpp"

namespace planguild::test {
namespace {

constexpr std::int64_t then_ns = 1'600'000'000'000'000'000;
const std::string manifest_path = "/r/one.planner.json";

/// One planner whose files all bear the time `then_ns`, as it was read.
struct read_once {
  memory_files files;
  loaded_planner loaded;

  read_once() {
    put_planner(files, "/r", "one");
    set_times();
    loaded = load_planner(manifest_path, planner_source::root, *files.stat(manifest_path), files);
  }
  void set_times() {
    for (const auto* path : {"/r/one.planner.json", "/r/one"}) files.set_modified_ns(path, then_ns);
  }
  bool unchanged() { return bytes_unchanged(manifest_path, loaded, files); }
  /// What a scanner says that has seen the first state, is forced, and sees the second, to which `change` leads without
  /// another time or size.
  template <class Change>
  discovery_result forced_after(const Change& change) {
    scanner scan(settings_for({"/r"}), files, {}, "1");
    REQUIRE(scan.run(false).planners.size() == 1);
    change();
    set_times();
    REQUIRE(scan.run(false).unchanged);
    return scan.run(true);
  }
};

}  // namespace

TEST_CASE("Bytes that are as they were are read once") {
  read_once known;
  known.files.reset_counts();
  CHECK(known.unchanged());
  CHECK(known.files.counts().reads == 2);
}

TEST_CASE("Other bytes of the same time and size are a change") {
  read_once known;
  SECTION("in the manifest") {
    known.files.put(manifest_path, manifest_text("one", "1.0.1"));
  }
  SECTION("in the program") {
    known.files.put("/r/one", "#!/bin/sh\n# two\n", 0755);
  }
  known.set_times();
  REQUIRE(known.loaded.stamp == stamp_of(known.files.stat(manifest_path)));
  REQUIRE(files_unchanged(manifest_path, known.loaded, known.files));
  CHECK_FALSE(known.unchanged());
}

TEST_CASE("What has another stamp is a change before anything is read") {
  read_once known;
  SECTION("a later program") {
    known.files.touch("/r/one");
  }
  SECTION("a program that goes") {
    known.files.remove("/r/one");
  }
  known.files.reset_counts();
  CHECK_FALSE(known.unchanged());
  CHECK(known.files.counts().reads == 0);
}

TEST_CASE("What cannot be read, and what was refused, counts as changed") {
  read_once known;
  SECTION("the program") {
    known.files.set_unreadable("/r/one");
  }
  SECTION("the manifest") {
    known.files.set_unreadable(manifest_path);
  }
  SECTION("a manifest that was refused") {
    known.files.put(manifest_path, "{}");
    known.loaded = load_planner(manifest_path, planner_source::root, *known.files.stat(manifest_path), known.files);
    REQUIRE_FALSE(known.loaded.planner);
  }
  CHECK_FALSE(known.unchanged());
}

TEST_CASE("A forced scan notices other bytes of a manifest that has the same time and size") {
  read_once known;
  const auto result = known.forced_after([&] { known.files.put(manifest_path, manifest_text("one", "1.0.1")); });
  CHECK(result.planners.at(0).manifest.version == "1.0.1");
}

TEST_CASE("A forced scan notices other bytes of a program that has the same time and size") {
  read_once known;
  const auto result = known.forced_after([&] { known.files.put("/r/one", "#!/bin/sh\n# two\n", 0755); });
  CHECK(result.planners.at(0).files_sha256 != known.loaded.planner->files_sha256);
}

}  // namespace planguild::test
