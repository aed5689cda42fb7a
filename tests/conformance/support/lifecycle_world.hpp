// A world of lifecycle.json as this project knows it: a module becomes the manifests of the planners that it registers,
// importing it becomes reading them, constructing becomes starting a scripted process. Owned by one test; one thread.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/support/guild_world.hpp"

namespace planguild::conformance {

class lifecycle_world {
 public:
  /// The case's modules and environment; nothing is discovered yet.
  explicit lifecycle_world(const nlohmann::json& one);

  test::guild_world& guild() noexcept { return guild_; }

  // The data's controls of the outside.
  void add_module(const nlohmann::json& module);
  void remove_module(const std::string& name);
  void touch_module(const std::string& name);
  /// `import`: "ok", or how it fails.
  void set_module_import(const std::string& name, const nlohmann::json& import);
  /// Whether starts that begin now are constructions, which fail where the data says so (a probe never does).
  void set_constructing(bool on) noexcept { constructing_ = on; }
  bool has_failing_constructors() const noexcept { return !failing_constructions_.empty(); }

  /// The module that a path below this world belongs to: several manifests may fail for one module.
  static std::string module_of(const std::string& path);

 private:
  struct module_facts {
    std::vector<std::string> manifests;
    std::vector<std::string> planners;
    bool manual = false;
    int failures_left = 0;  // of reading; -1: always
  };

  void configure(const nlohmann::json& environment);
  void write_planner(const nlohmann::json& planner, const std::string& folder, module_facts& facts);
  void script_planner(const nlohmann::json& planner, const std::string& name);
  void apply_import(const std::string& name);
  void on_read(const std::string& path);

  std::string root_;
  std::set<std::string> manual_;  // dotted names
  std::map<std::string, module_facts> modules_;
  std::map<std::string, int> failing_constructions_;  // left; -1: always
  std::set<std::string> broken_programs_;             // planners of a module that fails when it is loaded lazily
  bool constructing_ = false;
  test::guild_world guild_;  // last: ending its actors still runs the scripts, which use what is above
};

}  // namespace planguild::conformance
