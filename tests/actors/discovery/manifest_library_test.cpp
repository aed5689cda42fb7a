// Manifests of native planners: what is read, what is refused, and what the digest covers.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "actors/discovery/load.hpp"
#include "actors/discovery/manifest.hpp"
#include "messages/limits.hpp"
#include "tests/support/memory_files.hpp"

using namespace planguild;
using nlohmann::json;
using planguild::test::memory_files;

namespace {

const std::string native_path = "/planners/native_planner.planner.json";

std::string manifest_with(const json& entry) {
  return json{{"name", "native_planner"}, {"version", "1"}, {"entry", entry}}.dump();
}

json library_at(const json& where) {
  return {{"kind", "library"}, {"path", where}};
}

parsed_manifest accepted_entry(const json& entry) {
  auto result = parse_manifest(manifest_with(entry), native_path);
  INFO(entry.dump());
  REQUIRE(result);
  return *result;
}

std::string refused_entry(const json& entry) {
  const auto result = parse_manifest(manifest_with(entry), native_path);
  INFO(entry.dump());
  REQUIRE_FALSE(result);
  CHECK(result.error->code == failure_code::invalid_manifest);
  CHECK(result.error->where == native_path);
  return result.error->message;
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

loaded_planner load_native(memory_files& files) {
  const auto facts = files.stat(native_path);
  REQUIRE(facts);
  return load_planner(native_path, planner_source::root, *facts, files);
}

}  // namespace

TEST_CASE("A library is its normalised path, which the digest covers first") {
  const auto plain = accepted_entry(library_at("./bin//libnative.so"));
  CHECK(plain.manifest.entry == planner_entry{entry_kind::library, {}, "bin/libnative.so", {"bin/libnative.so"}});
  CHECK(plain.files_given);
  CHECK(plain.warnings.empty());
  auto entry = library_at("libnative.so");
  entry["files"] = {"libnative.so", "table.json"};
  const auto first = accepted_entry(entry);
  CHECK(first.manifest.entry.files == std::vector<std::string>{"libnative.so", "table.json"});
  CHECK(first.warnings.empty());
}

TEST_CASE("A library that its files leave out or name later is put first, with a warning") {
  for (const json& files : {json{"table.json", "./libnative.so"}, json{"table.json"}}) {
    auto entry = library_at("libnative.so");
    entry["files"] = files;
    const auto moved = accepted_entry(entry);
    CHECK(moved.manifest.entry.files == std::vector<std::string>{"libnative.so", "table.json"});
    REQUIRE(moved.warnings.size() == 1);
    CHECK(says(moved.warnings[0], "entry.files does not begin with entry.path"));
  }
}

TEST_CASE("The path of a library stays below the manifest's folder") {
  for (const std::string bad : {"/usr/lib/libm.so", "../libnative.so", "a/../../b.so", "..", "", ".", "./"}) {
    CAPTURE(bad);
    CHECK(says(refused_entry(library_at(bad)), "entry.path"));
  }
  CHECK(says(refused_entry(library_at(std::string("a\0b", 3))), "NUL"));
  CHECK(says(refused_entry(library_at("a/" + std::string(5'000, 'b'))), "longer than"));
  CHECK(says(refused_entry(library_at(7)), "entry.path is a number"));
  CHECK(says(refused_entry(library_at(nullptr)), "entry.path is null"));
  CHECK(says(refused_entry({{"kind", "library"}}), "entry.path is missing"));
}

TEST_CASE("A bad path of a library hides nothing that is wrong with its files") {
  const auto text = manifest_with({{"kind", "library"}, {"path", "../a.so"}, {"files", {"/b", "c"}}});
  const auto problems = examine_manifest(text, native_path).problems;
  REQUIRE(problems.size() == 2);
  CHECK(says(problems[0], "entry.path contains"));
  CHECK(says(problems[1], "entry.files[0] is absolute"));
}

TEST_CASE("The files of a library are checked like those of a command") {
  const auto with_files = [](const json& files) {
    auto entry = library_at("libnative.so");
    entry["files"] = files;
    return entry;
  };
  CHECK(says(refused_entry(with_files({"libnative.so", "/etc/passwd"})), "entry.files[1]"));
  CHECK(says(refused_entry(with_files({"libnative.so", "a", "./a"})), "twice"));
  refused_entry(with_files("libnative.so"));
  refused_entry(with_files({1}));
  json many = json::array();
  for (std::size_t index = 0; index <= limits::entry_files_max; ++index) many.push_back("f" + std::to_string(index));
  CHECK(says(refused_entry(with_files(many)), std::to_string(limits::entry_files_max)));
}

TEST_CASE("Arguments of a library and a path of a command are unknown keys") {
  auto entry = library_at("libnative.so");
  entry["argv"] = {"./x"};
  const auto native = accepted_entry(entry);
  CHECK(native.warnings == std::vector<std::string>{"entry.argv is unknown and ignored"});
  CHECK(native.manifest.entry.argv.empty());
  const auto command = accepted_entry({{"kind", "command"}, {"argv", {"./x"}}, {"path", "libnative.so"}});
  CHECK(command.warnings == std::vector<std::string>{"entry.path is unknown and ignored"});
  CHECK(command.manifest.entry.path.empty());
}

TEST_CASE("A library is looked for beside its manifest") {
  CHECK(program_candidates({entry_kind::library, {}, "bin/libnative.so", {}}, "/p") ==
        std::vector<std::string>{"/p/bin/libnative.so"});
}

TEST_CASE("A found library has the digest of its bytes, of which a change is noticed, and the library's time") {
  memory_files files;
  files.put(native_path, manifest_with(library_at("libnative.so")));
  files.put("/planners/libnative.so", "abc");
  files.set_modified_ns("/planners/libnative.so", 1'234);
  const auto before = load_native(files);
  REQUIRE(before.planner);
  CHECK(before.planner->files_sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(before.planner->entry_time_ns == 1'234);
  CHECK(files_unchanged(before.planner->path, before, files));
  files.put("/planners/libnative.so", "abd");
  CHECK_FALSE(files_unchanged(before.planner->path, before, files));
  const auto after = load_native(files);
  REQUIRE(after.planner);
  CHECK(after.planner->digest != before.planner->digest);
  CHECK(after.planner->files_sha256 != before.planner->files_sha256);
}

TEST_CASE("A library that is not there, or no file, is said, and its coming is noticed") {
  memory_files files;
  files.put(native_path, manifest_with(library_at("libnative.so")));
  const auto missing = load_native(files);
  REQUIRE_FALSE(missing.planner);
  CHECK(missing.planner.error->code == failure_code::load_failed);
  CHECK(says(missing.planner.error->message, "entry.path names \"libnative.so\", which is not there"));
  files.put("/planners/libnative.so", "abc");
  CHECK_FALSE(files_unchanged(native_path, missing, files));
  CHECK(load_native(files).planner);
  files.remove("/planners/libnative.so");
  files.put_fifo("/planners/libnative.so");
  CHECK(says(load_native(files).planner.error->message, "no regular file"));
}

TEST_CASE("The stated digest of a library is compared") {
  memory_files files;
  auto manifest = json::parse(manifest_with(library_at("libnative.so")));
  manifest["sha256"] = std::string(64, '0');
  files.put(native_path, manifest.dump());
  files.put("/planners/libnative.so", "abc");
  CHECK(says(load_native(files).planner.error->message, "ba7816bf8f01cfea"));
}
