// Planners in Python and calls of the command. Test support; any thread.
#include "tests/app/cli/command_fixture.hpp"

#include <algorithm>
#include <filesystem>

namespace planguild::test {
namespace {

constexpr const char* program_begin = R"py(#!/usr/bin/env python3
import json, sys
def answer(request, result):
    print(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}), flush=True)
)py";

constexpr const char* program_end = R"py(
for line in sys.stdin:
    request = json.loads(line)
    method = request.get("method")
    if method == "initialize":
        answer(request, {"protocol": 1, "name": NAME, "version": "1.0.0", "capabilities": CAPABILITIES})
    elif method == "self_test":
        answer(request, {"passed": True})
    elif method == "generate_plan":
        answer(request, dict(PLAN, objective=request["params"]["objective"]))
    elif method == "shutdown":
        answer(request, {})
        sys.exit(0)
)py";

}  // namespace

guild_folder::guild_folder() {
  std::filesystem::create_directories(path("planners"));
  folder_.write("repository/src/a.cpp", "#include \"b.hpp\"\nint a() { return 1; }\n");
  folder_.write("repository/src/b.hpp", "#pragma once\nint a();\n");
}

void guild_folder::add_program(const std::string& name, const std::string& program, const std::string& extra) const {
  folder_.write("planners/" + name, program, 0755);
  folder_.write("planners/" + name + ".planner.json",
                R"({"name":")" + name + R"(","version":"1.0.0","capabilities":["risk"],"production_ready":true,)" +
                    R"("self_test":true,"entry":{"kind":"command","argv":["./)" + name + "\"]}" + extra + "}");
}

void guild_folder::add_planner(const std::string& name, const std::string& plan, const std::string& extra) const {
  add_program(name,
              std::string{program_begin} + "NAME = '" + name + "'\nCAPABILITIES = ['risk']\nPLAN = json.loads('''" +
                  plan + "''')\n" + program_end,
              extra);
}

program_result guild_folder::run(std::vector<std::string> arguments, std::vector<std::string> environment,
                                 std::string input) const {
  environment.emplace_back("FACTORY_ALLOWED_PLANNERS=*");
  // What these planners do (noting their processes in files, say) a sandbox refuses; it has tests of its own.
  const auto is_policy = [](const std::string& each) { return each.rfind("FACTORY_SANDBOX=", 0) == 0; };
  if (std::none_of(environment.begin(), environment.end(), is_policy)) {
    environment.emplace_back("FACTORY_SANDBOX=off");
  }
  environment.push_back("FACTORY_PLANNER_PATH=" + path("planners"));
  environment.push_back("XDG_STATE_HOME=" + path("state"));
  environment.emplace_back("FACTORY_ALERT_INSTANTIATION_S=60");  // a slow machine is not what is tested
  return run_planguild({std::move(arguments), std::move(environment), std::move(input)});
}

std::string two_tasks() {
  return R"({"tasks":[{"id":"one","title":"First","target":"src/a.cpp","effort":"M",)"
         R"("evidence":[{"file":"src/a.cpp","line":1,"text":"includes b"}]},)"
         R"({"id":"two","title":"Second","depends_on":["one"],"risk":"high"}],)"
         R"("evidence":[],"meta":{"seed":7}})";
}

}  // namespace planguild::test
