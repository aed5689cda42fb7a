// Where the configuration comes from.
#include "app/host/config_source.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace planguild;

namespace {

/// A configuration file that vanishes with its scope.
struct file {
  explicit file(const std::string& text) {
    auto pattern = (std::filesystem::temp_directory_path() / "planguild-config-XXXXXX").string();
    const int descriptor = ::mkstemp(pattern.data());
    REQUIRE(descriptor >= 0);
    ::close(descriptor);
    path = pattern;
    std::ofstream{path, std::ios::binary} << text;
  }
  ~file() { std::filesystem::remove(path); }
  file(const file&) = delete;
  file& operator=(const file&) = delete;
  std::string path;
};

std::string source_of(const config_load& load, const std::string& variable) {
  for (const auto& [name, source] : load.sources) {
    if (name == variable) return source;
  }
  return {};
}

config_load load_file(const std::string& path, std::vector<config_setting> overrides = {}) {
  return load_configuration({path, false, std::move(overrides)});
}

}  // namespace

TEST_CASE("A flag wins over the environment and the environment over the file") {
  const file settings{R"({"min_reliability": 0.3, "hotspot_threshold": 5, "planner_import_timeout": 2})"};
  ::setenv("FACTORY_HOTSPOT_THRESHOLD", "6", 1);
  ::setenv("FACTORY_MIN_RELIABILITY", "0.4", 1);
  const auto load = load_configuration({settings.path, true, {{"FACTORY_MIN_RELIABILITY", "0.5", "flag"}}});
  ::unsetenv("FACTORY_HOTSPOT_THRESHOLD");
  ::unsetenv("FACTORY_MIN_RELIABILITY");
  CHECK(load.problems.empty());
  CHECK(load.value.min_reliability == 0.5);
  CHECK(source_of(load, "FACTORY_MIN_RELIABILITY") == "flag");
  CHECK(load.value.hotspot_threshold == 6);
  CHECK(source_of(load, "FACTORY_HOTSPOT_THRESHOLD") == "environment");
  CHECK(load.value.import_timeout_s == 2);
  CHECK(source_of(load, "PLANNER_IMPORT_TIMEOUT") == "file " + settings.path);
  CHECK(source_of(load, "FACTORY_TIE_BREAK") == "default");
}

TEST_CASE("Variables that mean nothing here are noted or left alone") {
  std::vector<std::string> notes;
  const auto settings = environment_settings({"PATH=/bin", "FACTORY_MIN_RELIABILITY=0.5", "PLANNER_STRUCT_DEPTH=3",
                                              "FACTORY_MIN_RELIABLE=1", "odd", "=x", "PLANNER_OF_SOMEBODY=1"},
                                             notes);
  REQUIRE(settings.size() == 2);
  CHECK(settings[0].variable == "FACTORY_MIN_RELIABILITY");
  CHECK(settings[0].source == "environment");
  CHECK(settings[1].variable == "PLANNER_STRUCT_DEPTH");
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].find("FACTORY_MIN_RELIABLE") == 0);
}

TEST_CASE("An empty value keeps its equals signs") {
  std::vector<std::string> notes;
  const auto settings = environment_settings({"OVERMIND_ENV=", "FACTORY_PLANNER_PATH=/a=b:/c"}, notes);
  REQUIRE(settings.size() == 2);
  CHECK(settings[0].text.empty());
  CHECK(settings[1].text == "/a=b:/c");
}

TEST_CASE("A file that cannot be read is a problem that names it") {
  for (const auto& path : {std::string{"/nonexistent/planguild.json"}, std::string{"/"}}) {
    const auto load = load_file(path);
    REQUIRE(load.problems.size() == 1);
    CHECK(load.problems[0].text == path);
    CHECK(load.problems[0].source == "file " + path);
    CHECK(load.problems[0].accepted.find("readable") != std::string::npos);
  }
}

TEST_CASE("Hostile files give problems and never a crash") {
  const std::string deep = std::string(10'000, '[') + std::string(10'000, ']');
  for (const auto& text :
       {std::string{}, std::string{"{"}, std::string{"[]"}, std::string{"\0\xff\xfe", 3}, deep,
        std::string{R"({"min_reliability": 1, "min_reliability": 2})"}, std::string{R"({"min_reliable": 1})"},
        std::string{R"({"min_reliability": {}})"}, std::string(2'000'000, ' ')}) {
    const file settings{text};
    CHECK(load_file(settings.path).problems.size() == 1);
  }
}

TEST_CASE("Every problem of every source is reported") {
  const file settings{R"({"min_reliability": "x", "max_profiles": 1.5})"};
  const auto load = load_file(settings.path, {{"FACTORY_LOG_LEVEL", "loud", "flag --log-level"}});
  REQUIRE(load.problems.size() == 3);
  CHECK(load.problems[2].variable == "FACTORY_LOG_LEVEL");
  CHECK(load.problems[2].source == "flag --log-level");
}
