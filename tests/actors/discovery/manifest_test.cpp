// The strict manifest reader: what it takes, what it refuses and how it says so.
#include "actors/discovery/manifest.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "messages/limits.hpp"

using namespace planguild;
using nlohmann::json;

namespace {

const std::string path = "/planners/risk_planner.planner.json";

json minimal() {
  return json::parse(R"({"name":"risk_planner","version":"1.0.0","entry":{"kind":"command","argv":["./risk"]}})");
}

/// The minimal manifest with `value` at the top-level `key`.
std::string with(const std::string& key, const json& value) {
  auto manifest = minimal();
  manifest[key] = value;
  return manifest.dump();
}

std::string with_entry(const std::string& key, const json& value) {
  auto manifest = minimal();
  manifest["entry"][key] = value;
  return manifest.dump();
}

/// The message of the refusal; fails the test if there is none.
std::string refusal(const std::string& text, const std::string& where = path) {
  const auto result = parse_manifest(text, where);
  INFO(text.substr(0, 300));
  REQUIRE_FALSE(result);
  CHECK(result.error->code == failure_code::invalid_manifest);
  CHECK(result.error->where == where);
  CHECK_FALSE(result.error->message.empty());
  return result.error->message;
}

planner_manifest accepted(const std::string& text, const std::string& where = path) {
  const auto result = parse_manifest(text, where);
  INFO((result.error ? result.error->message : ""));
  REQUIRE(result);
  return result->manifest;
}

bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("A complete manifest is read field by field") {
  const auto manifest = accepted(R"({
    "name": " Risk_Planner ", "version": "2.1", "description": "Finds risks",
    "capabilities": ["Risk", " refactor ", "risk"],
    "tags": ["B", "a"], "tier": "Stable", "production_ready": true, "risk_rating": "low", "self_test": true,
    "timeout_s": 12.5,
    "permissions": {"network": [443], "read": ["data"], "write": ["out"]},
    "entry": {"kind": "command", "argv": ["./bin//risk", "--fast"], "files": ["bin/risk", "./lib/a.so"]},
    "sha256": "ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef0123456789"})");
  CHECK(manifest.name == "risk_planner");
  CHECK(manifest.version == "2.1");
  CHECK(manifest.description == "Finds risks");
  CHECK(manifest.capabilities == std::vector<std::string>{"refactor", "risk"});
  CHECK(manifest.tags == std::vector<std::string>{"a", "b"});
  CHECK(manifest.tier == "Stable");
  CHECK(manifest.risk_rating == "low");
  CHECK(manifest.production_ready);
  CHECK(manifest.self_test);
  CHECK(manifest.timeout_s == 12.5);
  CHECK(manifest.permissions.network == std::vector<std::uint16_t>{443});
  CHECK(manifest.permissions.read == std::vector<std::string>{"data"});
  CHECK(manifest.permissions.write == std::vector<std::string>{"out"});
  CHECK(manifest.entry.argv == std::vector<std::string>{"./bin//risk", "--fast"});
  CHECK(manifest.entry.files == std::vector<std::string>{"bin/risk", "lib/a.so"});
  CHECK(manifest.sha256 == "abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789");
}

TEST_CASE("A minimal manifest gets the documented defaults") {
  const auto manifest = accepted(minimal().dump());
  CHECK(manifest.capabilities.empty());
  CHECK(manifest.tags.empty());
  CHECK_FALSE(manifest.production_ready);
  CHECK_FALSE(manifest.self_test);
  CHECK_FALSE(manifest.timeout_s);
  CHECK(manifest.permissions == planner_permissions{});
  CHECK(manifest.sha256.empty());
}

TEST_CASE("Each required key of a manifest is missed by name") {
  for (const std::string key : {"name", "version", "entry"}) {
    auto manifest = minimal();
    manifest.erase(key);
    const auto message = refusal(manifest.dump());
    CHECK(mentions(message, key + " is missing"));
    CHECK(mentions(message, "accepted:"));
  }
}

TEST_CASE("A manifest value of the wrong type is refused, naming its path") {
  const std::vector<json> values = {nullptr, true, 7, 1.5, "text", json::array({"a"}), json::object({{"a", 1}})};
  const std::vector<std::pair<std::string, std::string>> fields = {
      {"name", "string"},       {"version", "string"},     {"description", "string"},
      {"tier", "string"},       {"risk_rating", "string"}, {"production_ready", "boolean"},
      {"self_test", "boolean"}, {"timeout_s", "number"},   {"permissions", "object"},
      {"entry", "object"},      {"sha256", "string"},      {"capabilities", "array"},
      {"tags", "array"}};
  for (const auto& [key, type] : fields) {
    for (const auto& value : values) {
      const bool may_be_null = (key == "capabilities" || key == "tags") && value.is_null();
      if (value.type_name() == type || may_be_null) continue;
      CAPTURE(key, value.dump());
      CHECK(mentions(refusal(with(key, value)), key));
    }
  }
}

TEST_CASE("Capabilities and tags may be null; blanks and what is no text are dropped with a warning") {
  const auto nothing = parse_manifest(with("capabilities", nullptr), path);
  REQUIRE(nothing);
  CHECK(nothing->warnings.empty());
  const auto mixed = parse_manifest(with("capabilities", json::array({" A ", "", 7, nullptr, "a", " \t"})), path);
  REQUIRE(mixed);
  CHECK(mixed->manifest.capabilities == std::vector<std::string>{"a"});
  REQUIRE(mixed->warnings.size() == 4);
  CHECK(mixed->warnings[0] == "capabilities[1] is blank and dropped");
  CHECK(mixed->warnings[1] == "capabilities[2] is a number and dropped");
}

TEST_CASE("Unknown keys warn on every level and change nothing") {
  auto manifest = minimal();
  manifest["colour"] = 1;
  manifest["entry"]["shell"] = true;
  manifest["permissions"] = {{"clipboard", 1}};
  const auto result = parse_manifest(manifest.dump(), path);
  REQUIRE(result);
  CHECK(result->warnings == std::vector<std::string>{"permissions.clipboard is unknown and ignored",
                                                     "entry.shell is unknown and ignored",
                                                     "colour is unknown and ignored"});
}

TEST_CASE("The warnings of one manifest are bounded and counted") {
  auto manifest = minimal();
  for (int index = 0; index < 100; ++index) manifest["unknown" + std::to_string(index)] = index;
  const auto result = parse_manifest(manifest.dump(), path);
  REQUIRE(result);
  CHECK(result->warnings.size() == manifest_warnings_max + 1);
  CHECK(result->warnings.back() == "and 68 more warnings");
}

TEST_CASE("The name must be a planner name and that of the file, after normalising both") {
  CHECK(accepted(with("name", "RISK_planner")).name == "risk_planner");
  CHECK(accepted(minimal().dump(), "Risk_Planner.planner.json").name == "risk_planner");
  CHECK(mentions(refusal(with("name", "other_planner")), "differs from the file's name"));
  CHECK(mentions(refusal(with("name", "other_planner")), "accepted: risk_planner"));
  CHECK(mentions(refusal(minimal().dump(), "/planners/my planner.planner.json"),
                 "call the file risk_planner.planner.json; accepted: 3 to 64"));
  CHECK(mentions(refusal(with("name", "no spaces")), "is no planner name"));
  CHECK(mentions(refusal(with("name", "-ab")), "is no planner name"));
  CHECK(mentions(refusal(with("name", "ab")), "is no planner name"));
  CHECK(mentions(refusal(with("name", std::string(65, 'a'))), "is no planner name"));
  CHECK(mentions(refusal(with("name", std::string("risk\0planner", 12))), "NUL"));
  refusal(minimal().dump(), "/planners/manifest.json");
  refusal(minimal().dump(), ".planner.json");
  refusal(minimal().dump(), "");
}

TEST_CASE("A blank version is refused") {
  CHECK(mentions(refusal(with("version", "  ")), "version is blank"));
}

TEST_CASE("timeout_s takes finite numbers above zero only") {
  CHECK(accepted(with("timeout_s", 1)).timeout_s == 1.0);
  CHECK(accepted(with("timeout_s", 0.001)).timeout_s == 0.001);
  CHECK(mentions(refusal(with("timeout_s", 0)), "timeout_s is 0"));
  CHECK(mentions(refusal(with("timeout_s", -3)), "timeout_s is -3"));
  auto text = with("timeout_s", 77);
  text.replace(text.find("77"), 2, "1e999");
  refusal(text);
}

TEST_CASE("Permissions are ports and texts") {
  refusal(with("permissions", {{"network", {0}}}));
  refusal(with("permissions", {{"network", {65'536}}}));
  refusal(with("permissions", {{"network", {-1}}}));
  refusal(with("permissions", {{"network", {80.5}}}));
  refusal(with("permissions", {{"network", 80}}));
  CHECK(mentions(refusal(with("permissions", {{"read", {"a", 3}}})), "permissions.read[1]"));
  CHECK(mentions(refusal(with("permissions", {{"write", {std::string("a\0b", 3)}}})), "NUL"));
  CHECK(accepted(with("permissions", {{"network", {1, 65'535}}})).permissions.network.size() == 2);
}

TEST_CASE("An entry is a command or a library, and nothing else") {
  CHECK(mentions(refusal(with_entry("kind", "shell")), "\"command\" or \"library\""));
  refusal(with_entry("kind", 3));
  refusal(with_entry("kind", "builtin"));
  refusal(with_entry("kind", "Library"));
  refusal(with("entry", {{"argv", {"./risk"}}}));
}

TEST_CASE("Entry paths stay below the manifest's folder") {
  for (const std::string bad : {"/bin/sh", "../risk", "a/../b", "..", "", ".", "./", "a/..", "./../risk"}) {
    CAPTURE(bad);
    CHECK(mentions(refusal(with_entry("argv", {bad})), "entry.argv[0]"));
    CHECK(mentions(refusal(with_entry("files", {"good", bad})), "entry.files[1]"));
  }
  refusal(with_entry("argv", json::array()));
  refusal(with_entry("argv", {"./risk", 3}));
  refusal(with_entry("argv", {std::string("a\0b", 3)}));
  refusal(with_entry("argv", {"python3", std::string("a\0b", 3)}));
  refusal(with_entry("files", {std::string("a\0b", 3)}));
  refusal(with_entry("files", {"a/" + std::string(5'000, 'b')}));
  CHECK(mentions(refusal(with_entry("argv", {"python3", "../outside.py"})), "entry.argv[1]"));
  CHECK(mentions(refusal(with_entry("argv", {"python3", "/../outside.py"})), "entry.argv[1]"));
  CHECK(mentions(refusal(with_entry("argv", {"python3", std::string(5'000, 'a') + "/../b"})), "entry.argv[1]"));
  CHECK(mentions(refusal(with_entry("argv", {"python3", std::string("a\0b", 3)})), "entry.argv[1]"));
  CHECK(accepted(with_entry("argv", {"python3", "--range=1..5", "/dev/stdin", ""})).entry.argv.size() == 4);
  CHECK(accepted(with_entry("argv", {"..risk"})).entry.argv.size() == 1);
}

TEST_CASE("Given files are normalised, unique, bounded, and always cover the program") {
  CHECK(mentions(refusal(with_entry("files", {"a/b", "./a//b"})), "twice"));
  json many = json::array();
  for (std::size_t index = 0; index <= limits::entry_files_max; ++index) many.push_back("f" + std::to_string(index));
  CHECK(mentions(refusal(with_entry("files", many)), std::to_string(limits::entry_files_max)));
  many.erase(many.size() - 1);
  CHECK(mentions(refusal(with_entry("files", many)), "besides the program"));
  many[7] = "risk";
  CHECK(accepted(with_entry("files", many)).entry.files.size() == limits::entry_files_max);
  many[7] = "f7";
  many.erase(many.size() - 1);
  CHECK(accepted(with_entry("files", many)).entry.files.size() == limits::entry_files_max);
  const auto result = parse_manifest(with_entry("files", {"data"}), path);
  REQUIRE(result);
  CHECK(result->manifest.entry.files == std::vector<std::string>{"risk", "data"});
  CHECK(result->files_given);
  CHECK(result->warnings.size() == 1);
  auto bare = minimal();
  bare["entry"] = {{"kind", "command"}, {"argv", {"python3", "x.py"}}, {"files", json::array()}};
  CHECK(accepted(bare.dump()).entry.files.empty());
}

TEST_CASE("Every element that is wrong is told, the first as the refusal tells it") {
  const auto text = json{{"name", "risk_planner"},
                         {"version", "1"},
                         {"colour", 1},
                         {"permissions", {{"network", {0, 80, "x"}}, {"read", {1, "data", nullptr}}}},
                         {"entry",
                          {{"kind", "command"},
                           {"argv", {"../risk", 3, "/../a", "--fast", "b/.."}},
                           {"files", {"a", "/b", 7, "c/..", "a", "d", "./d", "a"}}}}}
                        .dump();
  const auto remarks = examine_manifest(text, path);
  CHECK(remarks.warnings == std::vector<std::string>{"colour is unknown and ignored"});
  const std::vector<std::string> beginnings = {
      "permissions.read[0] is a number",   "permissions.read[2] is null",    "permissions.network[0] is no port",
      "permissions.network[2] is no port", "entry.argv[1] is a number",      "entry.argv[0] contains \"..\"",
      "entry.argv[2] contains \"..\"",     "entry.argv[4] contains \"..\"",  "entry.files[2] is a number",
      "entry.files[1] is absolute",        "entry.files[3] contains \"..\"", "entry.files names \"a\" twice",
      "entry.files names \"d\" twice"};
  REQUIRE(remarks.problems.size() == beginnings.size());
  for (std::size_t index = 0; index < beginnings.size(); ++index) {
    CHECK(remarks.problems[index].substr(0, beginnings[index].size()) == beginnings[index]);
  }
  CHECK(refusal(text) == remarks.problems.front());
}

TEST_CASE("The problems of one manifest are bounded and counted") {
  const auto problems_of = [](std::size_t count) {
    return examine_manifest(with("permissions", {{"network", std::vector<int>(count, 0)}}), path).problems;
  };
  CHECK(problems_of(manifest_problems_max).size() == manifest_problems_max);
  CHECK(problems_of(manifest_problems_max + 1).back() == "and 1 more problem");
  CHECK(problems_of(10'000).size() == manifest_problems_max + 1);
  CHECK(problems_of(10'000).back() == "and 9968 more problems");
}

TEST_CASE("sha256 is 64 hexadecimal digits") {
  refusal(with("sha256", ""));
  refusal(with("sha256", std::string(63, 'a')));
  refusal(with("sha256", std::string(65, 'a')));
  refusal(with("sha256", std::string(63, 'a') + "g"));
  CHECK(accepted(with("sha256", std::string(64, 'F'))).sha256 == std::string(64, 'f'));
}

TEST_CASE("Too many capabilities are refused with the bound") {
  json many = json::array();
  for (std::size_t index = 0; index <= limits::capabilities_per_planner_max; ++index)
    many.push_back("c" + std::to_string(index));
  CHECK(mentions(refusal(with("capabilities", many)), std::to_string(limits::capabilities_per_planner_max)));
}

TEST_CASE("A manifest with a duplicate key is refused on every level") {
  refusal(
      R"({"name":"risk_planner","name":"risk_planner","version":"1","entry":{"kind":"command","argv":["./risk"]}})");
  refusal(R"({"name":"risk_planner","version":"1","entry":{"kind":"command","kind":"command","argv":["./risk"]}})");
  refusal(R"({"name":"risk_planner","version":"1","entry":{"kind":"command","argv":["./risk"]},"x":[{"a":1,"a":2}]})");
}

TEST_CASE("What is no JSON object, or more than one, is refused") {
  for (const std::string text :
       {"", " ", "null", "[]", "7", "\"x\"", "{}{}", "{,}", "{\"a\":1,}", "// x\n{}", "\xEF\xBB\xBF", "NaN"}) {
    refusal(text);
  }
  refusal(minimal().dump() + " x");
  refusal(std::string("\0\0\0", 3));
  refusal("{\"name\":\"\xff\xfe\"}");
}

TEST_CASE("A manifest over its byte and depth bounds is refused, at the bound it is not") {
  const std::string text = minimal().dump();
  CHECK(parse_manifest(text + std::string(limits::manifest_bytes_max - text.size(), ' '), path));
  refusal(text + std::string(limits::manifest_bytes_max + 1 - text.size(), ' '));
  const auto nested = [&](std::size_t depth) {
    return text.substr(0, text.size() - 1) + ",\"x\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  CHECK(parse_manifest(nested(limits::manifest_depth_max - 1), path));
  refusal(nested(limits::manifest_depth_max));
  refusal(nested(100'000));
  refusal(std::string(200'000, '['));
}

TEST_CASE("A manifest truncated at any byte is refused") {
  const std::string text = with("capabilities", {"risk", "\xc3\xa9"});
  for (std::size_t size = 0; size < text.size(); ++size) refusal(text.substr(0, size));
}

TEST_CASE("A manifest with any one byte changed is read or refused, never more") {
  const std::string text = with("timeout_s", 2.5);
  int refused = 0;
  for (std::size_t index = 0; index < text.size(); ++index) {
    for (const char byte : {'\0', '\xff', '"', '{', ']', '\\', '9', ' '}) {
      auto changed = text;
      changed[index] = byte;
      const auto result = parse_manifest(changed, path);
      if (!result) {
        ++refused;
        CHECK(result.error->code == failure_code::invalid_manifest);
      }
    }
  }
  CHECK(refused > 0);
}

TEST_CASE("Files default to the argv elements that may lie beside the manifest") {
  using list = std::vector<std::string>;
  CHECK(default_file_candidates({"./risk", "data.json", "--fast", "/etc/passwd", "data.json"}) ==
        list{"risk", "data.json", "--fast"});
  CHECK(default_file_candidates({"python3", "main.py", "python3"}) == list{"main.py", "python3"});
  CHECK(default_file_candidates({"", ""}).empty());
}

TEST_CASE("A bare program is looked up in the system's folders, a path beside the manifest") {
  CHECK(program_candidates({entry_kind::command, {"python3"}, {}, {}}, "/p") ==
        std::vector<std::string>{"/usr/bin/python3", "/bin/python3"});
  CHECK(program_candidates({entry_kind::command, {"./a/./b"}, {}, {}}, "/p") == std::vector<std::string>{"/p/a/b"});
  CHECK(program_candidates({entry_kind::builtin, {}, {}, {}}, "/p").empty());
}

TEST_CASE("Secrets in what a manifest says freely are masked, in warnings also where a key is cut") {
  const std::string secret = "ghp_0123456789abcdefghijABCDEFGHIJ0123";
  auto manifest = minimal();
  for (const auto* key : {"description", "tier", "risk_rating"}) manifest[key] = "use token " + secret;
  manifest["tags"] = {"use AKIAIOSFODNN7EXAMPLE", "plain"};
  manifest[std::string(limits::last_error_code_points - 10, 'x') + " " + secret] = 1;
  const auto read = parse_manifest(manifest.dump(), path);
  REQUIRE(read);
  CHECK(read->manifest.description == "use token ***");
  CHECK(read->manifest.tier == "use token ***");
  CHECK(read->manifest.risk_rating == "use token ***");
  CHECK(read->manifest.tags == std::vector<std::string>{"plain", "use ***"});
  REQUIRE(read->warnings.size() == 1);
  CHECK_FALSE(mentions(read->warnings[0], "ghp_"));
}
