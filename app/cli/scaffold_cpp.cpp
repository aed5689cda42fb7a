// The project of a native planner in C++. Pure functions, any thread.
#include "app/cli/scaffold.hpp"

namespace planguild::cli {
namespace {

constexpr std::string_view cpp_manifest = R"text({
  "name": "@NAME@",
  "version": "0.1.0",
  "description": "Says in a sentence what this planner is good at.",
  "capabilities": ["example"],
  "tier": "alpha",
  "production_ready": false,
  "self_test": true,
  "entry": {"kind": "library", "path": "lib@NAME@.so"}
}
)text";

constexpr std::string_view cpp_build = R"text(# Builds the planner: lib@NAME@.so beside its manifest.
cmake_minimum_required(VERSION 3.16)
project(@NAME@ LANGUAGES CXX)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

# The copy in include/, or another: -DPLANGUILD_INCLUDE_DIR=/usr/local/include/planguild of an installed planguild,
# app/worker of a checkout.
set(PLANGUILD_INCLUDE_DIR "${CMAKE_CURRENT_SOURCE_DIR}/include" CACHE PATH "Folder of planner.hpp")
if(NOT EXISTS "${PLANGUILD_INCLUDE_DIR}/planner.hpp")
  message(FATAL_ERROR "There is no planner.hpp in ${PLANGUILD_INCLUDE_DIR}; name its folder with -DPLANGUILD_INCLUDE_DIR=…")
endif()

add_library(planner MODULE @NAME@.cpp)
target_compile_features(planner PRIVATE cxx_std_17)
target_compile_options(planner PRIVATE -Wall -Wextra)
target_include_directories(planner PRIVATE "${PLANGUILD_INCLUDE_DIR}")
set_target_properties(planner PROPERTIES PREFIX lib OUTPUT_NAME @NAME@ CXX_VISIBILITY_PRESET hidden
  VISIBILITY_INLINES_HIDDEN ON LIBRARY_OUTPUT_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
)text";

constexpr std::string_view cpp_program =
    R"text(// The planner @NAME@. It is loaded into a process of its own, inside the sandbox: it may read the repository of a
// request and write nothing. What it prints goes to standard error.
#include <stdexcept>
#include <string>

#include "planner.hpp"

namespace {

namespace sdk = planguild::sdk;

class @CLASS@ final : public sdk::planner {
 public:
  // Must agree with @NAME@.planner.json.
  sdk::description describe() override { return {"@NAME@", "0.1.0", {"example"}}; }

  sdk::test_result self_test() override {
    const sdk::plan made = plan_for("try it");
    return {made.tasks.size() == 2, "a plan for a small objective has two tasks"};
  }

  sdk::plan generate_plan(const sdk::request& asked, sdk::host& host) override {
    if (asked.objective.empty()) throw std::runtime_error("the objective is empty");  // becomes the error that is shown
    host.progress(0.5, "planning");
    host.stop_if_cancelled();  // call it in every loop that may take long
    sdk::plan made = plan_for(asked.objective);
    made.evidence.push_back({"", {}, "the repository is " + (asked.repository.empty() ? "not given" : asked.repository)});
    made.meta.set("context_bytes", asked.context.size());  // asked.context is JSON text; "null" if there is none
    return made;
  }

 private:
  static sdk::plan plan_for(const std::string& objective) {
    sdk::plan made;
    auto& read = made.tasks.emplace_back();
    read.id = "1";
    read.title = "Read what \"" + objective + "\" is about";
    read.kind = "read";
    auto& change = made.tasks.emplace_back();
    change.id = "2";
    change.title = "Change it";
    change.kind = "change";
    change.depends_on = {"1"};
    change.risk = sdk::risk::medium;
    change.effort = sdk::effort::M;
    return made;
  }
};

}  // namespace

PLANGUILD_PLANNER(@CLASS@)
)text";

constexpr std::string_view cpp_readme = R"text(# @NAME@

A native planner for planguild: one class in `@NAME@.cpp`, built into `lib@NAME@.so`, described by
`@NAME@.planner.json`.

Build it, with CMake and Ninja or with the compiler alone:

```sh
cmake -G Ninja -S . -B build && cmake --build build
g++ -std=c++17 -O2 -fPIC -shared -fvisibility=hidden -Iinclude @NAME@.cpp -o lib@NAME@.so
```

Check the manifest and the library, start it and run its self-test, see that it is chosen, and let it plan:

```sh
planguild lint @NAME@.planner.json
export FACTORY_PLANNER_PATH=$PWD FACTORY_ALLOWED_PLANNERS=@NAME@
planguild probe @NAME@
planguild select "Make it better" --explain
planguild plan "Make it better" --repo .
```

Both variables replace their defaults; name other planners (`a,b`) and their folders (`a:b`) too if you want them.
After a change build and probe again: the verdict belongs to the bytes that were probed.

- Name, version and capabilities in `describe()` and in the manifest must agree.
- The planner runs in a process of its own and may read the repository of a request, its own library and the system's
  libraries. It writes no files, opens no connections and starts no programs. Files that it needs go into
  `"files": ["lib@NAME@.so", …]` of the entry; what else it needs, into `"permissions"`, which the operator grants.
- What it throws becomes the error that people see. What it prints goes to standard error, whose last lines are kept when
  it fails.
- `include/` holds planguild's `planner.hpp` and `planner_abi.h`, so that this builds anywhere; with
  `-DPLANGUILD_INCLUDE_DIR=FOLDER` those of an installed planguild are taken.
)text";

}  // namespace

std::vector<scaffold_file> cpp_scaffold(std::string_view name) {
  const std::string own(name);
  return {{own + ".planner.json", filled_in(cpp_manifest, name)},
          {own + ".cpp", filled_in(cpp_program, name)},
          {"CMakeLists.txt", filled_in(cpp_build, name)},
          {"README.md", filled_in(cpp_readme, name)},
          {".gitignore", "build/\n*.so\n"},
          {"include/planner.hpp", std::string(planner_header_text())},
          {"include/planner_abi.h", std::string(planner_abi_text())}};
}

}  // namespace planguild::cli
