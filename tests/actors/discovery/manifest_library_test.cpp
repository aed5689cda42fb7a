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

const std::string path = "/planners/native_planner.planner.json";

std::string manifest_with(const json& entry) {
  return json{{"name", "native_planner"}, {"version", "1"}, {"entry", entry}}.dump();
}

json library(const json& where) {
  return {{"kind", "library"}, {"path", where}};
}

parsed_manifest accepted(const json& entry) {
  auto result = parse_manifest(manifest_with(entry), path);
  INFO(entry.dump());
  REQUIRE(result);
  return *result;
}

std::string refusal(const json& entry) {
  const auto result = parse_manifest(manifest_with(entry), path);
  INFO(entry.dump());
  REQUIRE_FALSE(result);
  CHECK(result.error->code == failure_code::invalid_manifest);
  CHECK(result.error->where == path);
  return result.error->message;
}

bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

loaded_planner loaded(memory_files& files) {
  const auto facts = files.stat(path);
  REQUIRE(facts);
  return load_planner(path, planner_source::root, *facts, files);
}

}  // namespace

TEST_CASE("A library is its normalised path, which the digest covers first") {
  const auto plain = accepted(library("./bin//libnative.so"));
  CHECK(plain.manifest.entry == planner_entry{entry_kind::library, {}, "bin/libnative.so", {"bin/libnative.so"}});
  CHECK(plain.files_given);
  CHECK(plain.warnings.empty());
  auto entry = library("libnative.so");
  entry["files"] = {"libnative.so", "table.json"};
  const auto first = accepted(entry);
  CHECK(first.manifest.entry.files == std::vector<std::string>{"libnative.so", "table.json"});
  CHECK(first.warnings.empty());
}

TEST_CASE("A library that its files leave out or name later is put first, with a warning") {
  for (const json& files : {json{"table.json", "./libnative.so"}, json{"table.json"}}) {
    auto entry = library("libnative.so");
    entry["files"] = files;
    const auto moved = accepted(entry);
    CHECK(moved.manifest.entry.files == std::vector<std::string>{"libnative.so", "table.json"});
    REQUIRE(moved.warnings.size() == 1);
    CHECK(mentions(moved.warnings[0], "entry.files does not begin with entry.path"));
  }
}

TEST_CASE("The path of a library stays below the manifest's folder") {
  for (const std::string bad : {"/usr/lib/libm.so", "../libnative.so", "a/../../b.so", "..", "", ".", "./"}) {
    CAPTURE(bad);
    CHECK(mentions(refusal(library(bad)), "entry.path"));
  }
  CHECK(mentions(refusal(library(std::string("a\0b", 3))), "NUL"));
  CHECK(mentions(refusal(library("a/" + std::string(5'000, 'b'))), "longer than"));
  CHECK(mentions(refusal(library(7)), "entry.path is a number"));
  CHECK(mentions(refusal(library(nullptr)), "entry.path is null"));
  CHECK(mentions(refusal({{"kind", "library"}}), "entry.path is missing"));
}

TEST_CASE("The files of a library are checked like those of a command") {
  const auto with_files = [](const json& files) {
    auto entry = library("libnative.so");
    entry["files"] = files;
    return entry;
  };
  CHECK(mentions(refusal(with_files({"libnative.so", "/etc/passwd"})), "entry.files[1]"));
  CHECK(mentions(refusal(with_files({"libnative.so", "a", "./a"})), "twice"));
  refusal(with_files("libnative.so"));
  refusal(with_files({1}));
  json many = json::array();
  for (std::size_t index = 0; index <= limits::entry_files_max; ++index) many.push_back("f" + std::to_string(index));
  CHECK(mentions(refusal(with_files(many)), std::to_string(limits::entry_files_max)));
}

TEST_CASE("Arguments of a library and a path of a command are unknown keys") {
  auto entry = library("libnative.so");
  entry["argv"] = {"./x"};
  const auto native = accepted(entry);
  CHECK(native.warnings == std::vector<std::string>{"entry.argv is unknown and ignored"});
  CHECK(native.manifest.entry.argv.empty());
  const auto command = accepted({{"kind", "command"}, {"argv", {"./x"}}, {"path", "libnative.so"}});
  CHECK(command.warnings == std::vector<std::string>{"entry.path is unknown and ignored"});
  CHECK(command.manifest.entry.path.empty());
}

TEST_CASE("A library is looked for beside its manifest") {
  CHECK(program_candidates({entry_kind::library, {}, "bin/libnative.so", {}}, "/p") ==
        std::vector<std::string>{"/p/bin/libnative.so"});
}

TEST_CASE("A found library has the digest of its bytes, of which a change is noticed, and the library's time") {
  memory_files files;
  files.put(path, manifest_with(library("libnative.so")));
  files.put("/planners/libnative.so", "abc");
  files.set_modified_ns("/planners/libnative.so", 1'234);
  const auto before = loaded(files);
  REQUIRE(before.planner);
  CHECK(before.planner->files_sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(before.planner->files_sha256 == before.files_sha256);
  CHECK(before.planner->entry_time_ns == 1'234);
  CHECK(files_unchanged(before, files));
  files.put("/planners/libnative.so", "abd");
  CHECK_FALSE(files_unchanged(before, files));
  const auto after = loaded(files);
  REQUIRE(after.planner);
  CHECK(after.planner->digest != before.planner->digest);
  CHECK(after.planner->files_sha256 != before.planner->files_sha256);
}

TEST_CASE("A library that is not there, or no file, is said, and its coming is noticed") {
  memory_files files;
  files.put(path, manifest_with(library("libnative.so")));
  const auto missing = loaded(files);
  REQUIRE_FALSE(missing.planner);
  CHECK(missing.planner.error->code == failure_code::load_failed);
  CHECK(mentions(missing.planner.error->message, "entry.path names \"libnative.so\", which is not there"));
  files.put("/planners/libnative.so", "abc");
  CHECK_FALSE(files_unchanged(missing, files));
  CHECK(loaded(files).planner);
  files.remove("/planners/libnative.so");
  files.put_fifo("/planners/libnative.so");
  CHECK(mentions(loaded(files).planner.error->message, "no regular file"));
}

TEST_CASE("The stated digest of a library is compared") {
  memory_files files;
  auto manifest = json::parse(manifest_with(library("libnative.so")));
  manifest["sha256"] = std::string(64, '0');
  files.put(path, manifest.dump());
  files.put("/planners/libnative.so", "abc");
  CHECK(mentions(loaded(files).planner.error->message, "ba7816bf8f01cfea"));
}
