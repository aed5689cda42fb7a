// The scan: what is found, in which order, who wins a name, and when nothing is read.
#include "actors/discovery/scan.hpp"

#include <catch2/catch.hpp>

#include "tests/actors/discovery/scan_fixture.hpp"

using namespace planguild;
using namespace planguild::test;

TEST_CASE("Planners are found recursively, depth first in bytewise order") {
  memory_files files;
  put_planner(files, "/r", "mmm");
  put_planner(files, "/r/b/deep/er", "aaa");
  put_planner(files, "/r/b", "zzz");
  put_planner(files, "/r/a", "yyy");
  put_planner(files, "/r/B", "xxx");
  scanner scan(settings_for({"/r"}), files, {}, "1");
  const auto result = scan.run(false);
  CHECK(names_of(result) == list{"xxx", "yyy", "aaa", "zzz", "mmm"});
  CHECK(result.failures.empty());
  CHECK(result.skipped.empty());
  CHECK(result.files_seen == 5);
  CHECK_FALSE(result.unchanged);
  CHECK(result.signature.size() == 64);
}

TEST_CASE("A found planner says where it is, what it covers and when its program was changed") {
  memory_files files;
  put_planner(files, "/r/sub", "one_planner");
  files.set_modified_ns("/r/sub/one_planner", 1234567890123456789);
  scanner scan(settings_for({"/r"}), files, {}, "1");
  const auto result = scan.run(false);
  REQUIRE(result.planners.size() == 1);
  const auto& planner = result.planners.front();
  CHECK(planner.path == "/r/sub/one_planner.planner.json");
  CHECK(planner.directory == "/r/sub");
  CHECK(planner.source == planner_source::root);
  CHECK(planner.manifest.entry.files == list{"one_planner"});
  CHECK(planner.entry_time_ns == 1234567890123456789);
  CHECK(planner.digest.size() == 64);
}

TEST_CASE("Files default to the argv elements that exist beside the manifest, given files must exist") {
  memory_files files;
  files.put(
      "/r/one.planner.json",
      R"({"name":"one","version":"1","entry":{"kind":"command","argv":["python3","main.py","--fast","data","dir"]}})");
  files.put("/r/main.py", "print()");
  files.put_directory("/r/dir");
  files.put("/r/two.planner.json",
            R"({"name":"two","version":"1","entry":{"kind":"command","argv":["./two"],"files":["two","lost"]}})");
  files.put("/r/two", "x", 0755);
  scanner scan(settings_for({"/r"}), files, {}, "1");
  auto result = scan.run(false);
  REQUIRE(names_of(result) == list{"one"});
  CHECK(result.planners[0].manifest.entry.files == list{"main.py"});
  CHECK(failures_of(result) == list{"/r/two.planner.json load_failed"});
  CHECK(result.failures[0].message.find("lost") != std::string::npos);
  files.put("/r/lost", "found");
  files.put("/r/data", "now a file");
  result = scan.run(false);
  REQUIRE(names_of(result) == list{"one", "two"});
  CHECK(result.planners[0].manifest.entry.files == list{"main.py", "data"});
}

TEST_CASE("A program that is missing does not hide the planner; its probe will say so") {
  memory_files files;
  files.put("/r/one.planner.json", manifest_text("one"));
  scanner scan(settings_for({"/r"}), files, {}, "1");
  const auto before = scan.run(false);
  REQUIRE(names_of(before) == list{"one"});
  CHECK(before.planners[0].manifest.entry.files.empty());
  files.put("/r/one", "x", 0755);
  const auto after = scan.run(false);
  REQUIRE(names_of(after) == list{"one"});
  CHECK(after.planners[0].digest != before.planners[0].digest);
}

TEST_CASE("Precedence for one name is builtin, manual, then roots in order; later ones are duplicate_name") {
  memory_files files;
  for (const std::string root : {"/first", "/second"}) {
    for (const std::string name : {"aaa", "bbb", "ccc"}) put_planner(files, root, name, root);
  }
  put_planner(files, "/manual", "aaa", "manual");
  put_planner(files, "/manual", "bbb", "manual");
  auto settings = settings_for({"/second", "/first"});
  settings.manual_planners = {"/manual/aaa.planner.json", "/manual/bbb.planner.json"};
  scanner scan(settings, files, {builtin("aaa")}, "1");
  const auto result = scan.run(false);
  REQUIRE(names_of(result) == list{"aaa", "bbb", "ccc"});
  CHECK(result.planners[0].source == planner_source::builtin);
  CHECK(result.planners[1].source == planner_source::manual);
  CHECK(result.planners[2].path == "/second/ccc.planner.json");
  CHECK(failures_of(result) ==
        list{"/manual/aaa.planner.json duplicate_name", "/second/aaa.planner.json duplicate_name",
             "/second/bbb.planner.json duplicate_name", "/first/aaa.planner.json duplicate_name",
             "/first/bbb.planner.json duplicate_name", "/first/ccc.planner.json duplicate_name"});
}

TEST_CASE("A broken manifest does not take its name") {
  memory_files files;
  files.put("/a/one.planner.json", "{");
  put_planner(files, "/b", "one");
  scanner scan(settings_for({"/a", "/b"}), files, {}, "1");
  const auto result = scan.run(false);
  CHECK(names_of(result) == list{"one"});
  CHECK(failures_of(result) == list{"/a/one.planner.json invalid_manifest"});
}

TEST_CASE("One manifest reached twice is no duplicate") {
  memory_files files;
  put_planner(files, "/r", "one");
  auto settings = settings_for({"/r", "/r/", "/link"});
  files.put_link("/link", "/r");
  settings.manual_planners = {"/r/one.planner.json", "/link/one.planner.json"};
  scanner scan(settings, files, {}, "1");
  const auto result = scan.run(false);
  REQUIRE(names_of(result) == list{"one"});
  CHECK(result.planners[0].source == planner_source::manual);
  CHECK(result.failures.empty());
}

TEST_CASE("Names that the lists leave out are skipped, unread, once each, and no failures") {
  memory_files files;
  put_planner(files, "/a", "allowed");
  files.put("/a/other.planner.json", "not even JSON");
  put_planner(files, "/b", "other");
  put_planner(files, "/b", "excluded_one");
  put_planner(files, "/b", "blocked_one");
  auto settings = settings_for({"/a", "/b"});
  settings.allowed_planners = {"allowed", "excluded_one", "blocked_one"};
  settings.excluded_planners = {"excluded_one"};
  settings.admission_block = {"blocked_one"};
  scanner scan(settings, files, {}, "1");
  const auto result = scan.run(false);
  CHECK(names_of(result) == list{"allowed"});
  CHECK(result.failures.empty());
  REQUIRE(result.skipped.size() == 3);
  CHECK(result.skipped[0].name == "other");
  CHECK(result.skipped[0].reason == skip_reason::not_allowed);
  CHECK(result.skipped[0].hint == "export FACTORY_ALLOWED_PLANNERS=allowed,excluded_one,blocked_one,other");
  CHECK(result.skipped[1].reason == skip_reason::blocked);
  CHECK(result.skipped[2].reason == skip_reason::excluded);
  CHECK(files.counts().reads == 2);
}

TEST_CASE("A name that registers from elsewhere is not reported as skipped") {
  memory_files files;
  put_planner(files, "/r", "one");
  put_planner(files, "/manual", "one");
  auto settings = settings_for({"/r"});
  settings.allowed_planners = {};
  settings.manual_planners = {"/manual/one.planner.json"};
  scanner scan(settings, files, {}, "1");
  const auto result = scan.run(false);
  CHECK(names_of(result) == list{"one"});
  CHECK(result.skipped.empty());
}

TEST_CASE("A missing root is an import failure, an empty one is not, and the others go on") {
  memory_files files;
  files.put_directory("/empty");
  files.put("/file", "x");
  put_planner(files, "/r", "one");
  scanner scan(settings_for({"/missing", "/empty", "/file", "/r"}), files, {}, "1");
  const auto result = scan.run(false);
  CHECK(names_of(result) == list{"one"});
  CHECK(failures_of(result) == list{"/missing not_found", "/file load_failed"});
}

TEST_CASE("A missing manual manifest, or one of another file name, is an import failure") {
  memory_files files;
  files.put("/m/manifest.json", manifest_text("manifest"));
  auto settings = settings_for({});
  settings.manual_planners = {"/m/none.planner.json", "/m/manifest.json", "relative.planner.json"};
  put_planner(files, "/base", "relative");
  scanner scan(settings, files, {}, "1", "/base");
  const auto result = scan.run(false);
  CHECK(names_of(result) == list{"relative"});
  CHECK(failures_of(result) == list{"/m/none.planner.json not_found", "/m/manifest.json invalid_manifest"});
}

TEST_CASE("Unchanged and not forced, nothing is read and every file costs one stat") {
  memory_files files;
  for (int index = 0; index < 20; ++index)
    put_planner(files, "/r/d" + std::to_string(index % 4), "planner" + std::to_string(index));
  scanner scan(settings_for({"/r"}), files, {builtin("built_in")}, "1");
  const auto first = scan.run(false);
  CHECK(first.planners.size() == 21);
  files.reset_counts();
  const auto second = scan.run(false);
  CHECK(second.unchanged);
  CHECK(second.planners.empty());
  CHECK(second.signature == first.signature);
  CHECK(second.files_seen == 20);
  CHECK(files.counts().reads == 0);
  CHECK(files.counts().lists == 5);
  CHECK(files.counts().stats == 5 + 20 + 20);
}

TEST_CASE("Forced, by the call or by the configuration, everything is read again") {
  memory_files files;
  put_planner(files, "/r", "one");
  scanner scan(settings_for({"/r"}), files, {}, "1");
  const auto first = scan.run(false);
  files.reset_counts();
  const auto forced = scan.run(true);
  CHECK_FALSE(forced.unchanged);
  CHECK(forced == first);
  CHECK(files.counts().reads == 2);
  auto settings = settings_for({"/r"});
  settings.force_rediscover = true;
  scan.configure(settings);
  files.reset_counts();
  CHECK_FALSE(scan.run(false).unchanged);
  CHECK(files.counts().reads == 2);
}

TEST_CASE("After a change only what changed is read, and every result is whole") {
  memory_files files;
  for (const std::string name : {"aaa", "bbb", "ccc"}) put_planner(files, "/r", name);
  scanner scan(settings_for({"/r"}), files, {}, "1");
  const auto first = scan.run(false);
  files.put("/r/bbb", "new program", 0755);
  files.reset_counts();
  const auto second = scan.run(false);
  CHECK(names_of(second) == list{"aaa", "bbb", "ccc"});
  CHECK(second.planners[0] == first.planners[0]);
  CHECK(second.planners[1].digest != first.planners[1].digest);
  CHECK(files.counts().reads == 2);
  files.remove("/r/aaa.planner.json");
  CHECK(names_of(scan.run(false)) == list{"bbb", "ccc"});
  put_planner(files, "/r", "ddd");
  CHECK(names_of(scan.run(false)) == list{"bbb", "ccc", "ddd"});
  CHECK(scan.run(false).unchanged);
}

TEST_CASE("The signature notices every input") {
  memory_files files;
  for (const std::string name : {"aaa", "bbb"}) put_planner(files, "/r", name);
  files.put_directory("/other");
  put_planner(files, "/manual", "mmm");
  auto settings = settings_for({"/r"});
  scanner scan(settings, files, {}, "1");
  std::string last = scan.run(false).signature;
  const auto changed = [&](const std::string& what) {
    INFO(what);
    const auto result = scan.run(false);
    CHECK_FALSE(result.unchanged);
    CHECK(result.signature != last);
    last = result.signature;
    CHECK(scan.run(false).unchanged);
  };
  const auto configured = [&](const std::string& what) {
    scan.configure(settings);
    changed(what);
  };
  files.touch("/r/aaa.planner.json");
  changed("a manifest's time");
  files.put("/r/aaa.planner.json", manifest_text("aaa", "1.0.1-longer"));
  changed("a manifest's size");
  files.set_inode("/r/aaa.planner.json", 9'001);
  changed("a manifest's inode");
  files.touch("/r/bbb");
  changed("an entry file's time");
  files.set_inode("/r/bbb", 9'002);
  changed("an entry file's inode");
  files.set_mode("/r/bbb", 0644);
  changed("an entry file's permissions");
  files.remove("/r/bbb");
  changed("a missing entry file");
  put_planner(files, "/r", "ccc");
  changed("a new manifest");
  files.remove("/r/ccc.planner.json");
  changed("a removed manifest");
  settings.planner_path = {"/r", "/other"};
  configured("the roots");
  settings.planner_path = {"/other", "/r"};
  configured("the order of the roots");
  files.remove("/other");
  changed("a root that went");
  settings.allowed_planners = {"aaa", "bbb"};
  configured("the allowlist");
  settings.excluded_planners = {"bbb"};
  configured("the exclude list");
  settings.admission_allow = {"aaa"};
  configured("PLANNERS_ALLOW");
  settings.admission_block = {"bbb"};
  configured("PLANNERS_BLOCK");
  settings.manual_planners = {"/manual/mmm.planner.json"};
  configured("the manual list");
  files.touch("/r/bbb.planner.json");
  changed("the time of a manifest that is skipped");
  scanner newer(settings, files, {}, "2");
  CHECK(newer.run(false).signature != last);
  scanner with_builtin(settings, files, {builtin("new_builtin")}, "1");
  CHECK(with_builtin.run(false).signature != last);
}

TEST_CASE("Without the deep fingerprint only names count and no manifest is looked at while they stay") {
  memory_files files;
  for (const std::string name : {"aaa", "bbb"}) put_planner(files, "/r", name);
  auto settings = settings_for({"/r"});
  settings.deep_fingerprint = false;
  scanner scan(settings, files, {}, "1");
  REQUIRE(scan.run(false).planners.size() == 2);
  files.touch("/r/aaa.planner.json");
  files.put("/r/bbb", "changed", 0755);
  files.reset_counts();
  CHECK(scan.run(false).unchanged);
  CHECK(files.counts().stats == 1);
  CHECK(files.counts().reads == 0);
  put_planner(files, "/r", "ccc");
  files.reset_counts();
  CHECK(names_of(scan.run(false)) == list{"aaa", "bbb", "ccc"});
  CHECK(files.counts().reads == 6);
}

TEST_CASE("Checking a known planner costs one stat per file and notices changed bytes") {
  memory_files files;
  put_planner(files, "/r", "one");
  scanner scan(settings_for({"/r"}), files, {builtin("built_in")}, "1");
  const auto found = scan.run(false);
  const auto known = found.planners.at(1);
  files.reset_counts();
  auto checked = scan.check(known);
  REQUIRE(checked);
  CHECK(*checked == known);
  CHECK(files.counts().stats == 2);
  CHECK(files.counts().reads == 0);
  files.put("/r/one", "other bytes", 0755);
  checked = scan.check(known);
  REQUIRE(checked);
  CHECK(checked->digest != known.digest);
  const auto newer = *checked;
  files.reset_counts();
  CHECK(*scan.check(newer) == newer);
  CHECK(files.counts().reads == 0);
  CHECK_FALSE(scan.run(false).unchanged);
  files.put("/r/one.planner.json", "{broken");
  checked = scan.check(known);
  REQUIRE_FALSE(checked);
  CHECK(checked.error->code == failure_code::invalid_manifest);
  files.remove("/r/one.planner.json");
  checked = scan.check(known);
  REQUIRE_FALSE(checked);
  CHECK(checked.error->code == failure_code::load_failed);
  CHECK(checked.error->planner == "one");
  CHECK(*scan.check(found.planners.at(0)) == found.planners.at(0));
}

TEST_CASE("A planner that this scanner never read is read by a check") {
  memory_files files;
  put_planner(files, "/r", "one");
  scanner first(settings_for({"/r"}), files, {}, "1");
  const auto known = first.run(false).planners.at(0);
  scanner second(settings_for({"/r"}), files, {}, "1");
  const auto checked = second.check(known);
  REQUIRE(checked);
  CHECK(*checked == known);
}

TEST_CASE("A stated sha256 is that of the covered files' bytes; another one is refused with the right one") {
  memory_files files;
  put_planner(files, "/r", "one");
  files.put("/r/one", "abc", 0755);
  const std::string right = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  files.put("/r/one.planner.json", manifest_text("one", "1", R"(,"sha256":")" + right + R"(")"));
  scanner scan(settings_for({"/r"}), files, {}, "1");
  CHECK(names_of(scan.run(false)) == list{"one"});
  files.put("/r/one", "abd", 0755);
  const auto result = scan.run(false);
  CHECK(result.planners.empty());
  REQUIRE(failures_of(result) == list{"/r/one.planner.json invalid_manifest"});
  CHECK(result.failures[0].message.find("a52d159f262b2c6ddb724a61840befc36eb30c88877a4030b65cbe86298449c9") !=
        std::string::npos);
}

TEST_CASE("Warnings carry the manifest's path and stay while nothing is parsed") {
  memory_files files;
  files.put("/r/one.planner.json", manifest_text("one", "1", R"(,"colour":1)"));
  put_planner(files, "/r", "two");
  scanner scan(settings_for({"/r"}), files, {}, "1");
  CHECK(scan.run(false).warnings == list{"/r/one.planner.json: colour is unknown and ignored"});
  CHECK(scan.run(true).warnings == list{"/r/one.planner.json: colour is unknown and ignored"});
  put_planner(files, "/r", "zzz");
  CHECK(scan.run(false).warnings == list{"/r/one.planner.json: colour is unknown and ignored"});
}

TEST_CASE("Builtins need planner names, each once") {
  memory_files files;
  scanner scan(settings_for({}), files, {builtin("one"), builtin("one"), builtin("x")}, "1");
  const auto result = scan.run(false);
  CHECK(names_of(result) == list{"one"});
  CHECK(failures_of(result) == list{"one duplicate_name", "x invalid_manifest"});
}
