// What the scan tests share: a small tree in memory and manifests to put there.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "actors/discovery/scan.hpp"
#include "tests/support/memory_files.hpp"

namespace planguild::test {

/// A good manifest for `name` whose program is beside it, called `name`.
inline std::string manifest_text(const std::string& name, const std::string& version = "1.0.0",
                                 const std::string& more = {}) {
  return R"({"name":")" + name + R"(","version":")" + version + R"(","entry":{"kind":"command","argv":["./)" + name +
         R"("]})" + more + "}";
}

inline void put_planner(memory_files& files, const std::string& folder, const std::string& name,
                        const std::string& version = "1.0.0") {
  files.put(folder + "/" + name + ".planner.json", manifest_text(name, version));
  files.put(folder + "/" + name, "#!/bin/sh\n# " + name + "\n", 0755);
}

inline config settings_for(std::vector<std::string> roots) {
  config settings;
  settings.allowed_planners = {"*"};
  settings.planner_path = std::move(roots);
  return settings;
}

inline std::vector<std::string> names_of(const discovery_result& result) {
  std::vector<std::string> names;
  for (const auto& planner : result.planners) names.push_back(planner.manifest.name);
  return names;
}

inline std::vector<std::string> failures_of(const discovery_result& result) {
  std::vector<std::string> failures;
  for (const auto& failure : result.failures) {
    failures.push_back(failure.where + " " + std::string(to_string(failure.code)));
  }
  return failures;
}

inline found_planner builtin(const std::string& name) {
  found_planner planner;
  planner.manifest.name = name;
  planner.manifest.version = "builtin";
  planner.manifest.entry.kind = entry_kind::builtin;
  planner.source = planner_source::builtin;
  return planner;
}

using list = std::vector<std::string>;

}  // namespace planguild::test
