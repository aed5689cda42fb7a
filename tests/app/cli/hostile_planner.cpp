// Planners that misbehave on purpose, and what is left of their processes. Test support; any thread.
#include "tests/app/cli/hostile_planner.hpp"

#include <fstream>
#include <sstream>

namespace planguild::test {
namespace {

constexpr const char* functions = R"py(
import json, os, signal, subprocess, sys, time

def note(process):
    # A process id alone may be given to somebody else; with the time of its start (field 22) it names one process.
    with open("/proc/%d/stat" % process) as file:
        started = file.read().rsplit(")", 1)[1].split()[19]
    with open(NOTES, "a") as file:
        file.write("%d %s\n" % (process, started))

def say(text):
    sys.stdout.write(text)
    sys.stdout.flush()

def line(id, result):
    return json.dumps({"jsonrpc": "2.0", "id": id, "result": result}) + "\n"

def answer(id, result):
    say(line(id, result))

def hang():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(60)

def flood(count):
    for _ in range(count // 1024):
        sys.stderr.write("x" * 1023 + "\n")
    sys.stderr.flush()

def child():
    note(subprocess.Popen(["/bin/sh", "-c", "trap '' TERM HUP; while :; do sleep 60; done"]).pid)

def chain(count):
    return [{"id": str(n), "title": "t", "depends_on": [str(n - 1)] if n else []} for n in range(count)]

def plan(tasks=[{"id": "one", "title": "First"}]):
    return {"objective": "any", "tasks": tasks, "evidence": [], "meta": {}}

def on_start():
    pass

HANDSHAKE = {"protocol": 1, "name": NAME, "version": "1.0.0", "capabilities": ["risk"]}

def on_initialize(id):
    answer(id, HANDSHAKE)

def on_self_test(id):
    answer(id, {"passed": True})

def on_plan(id):
    answer(id, plan())
)py";

constexpr const char* main_loop = R"py(
note(os.getpid())
on_start()
for request in map(json.loads, sys.stdin):
    if request["method"] == "initialize":
        on_initialize(request["id"])
    elif request["method"] == "self_test":
        on_self_test(request["id"])
    elif request["method"] == "generate_plan":
        on_plan(request["id"])
    elif request["method"] == "shutdown":
        answer(request["id"], {})
        break
)py";

/// Whether this very process exists and runs.
bool is_alive(const std::string& process, const std::string& started) {
  const auto text = read_text("/proc/" + process + "/stat");
  const auto after_name = text.rfind(')');
  if (after_name == std::string::npos) return false;
  std::istringstream fields{text.substr(after_name + 1)};
  std::string field;
  constexpr int start_time = 20;  // the 22nd field, counted from the third, which comes first here
  for (int number = 1; fields >> field; ++number) {
    if (number == 1 && (field == "Z" || field == "X")) return false;
    if (number == start_time) return field == started;
  }
  return false;
}

}  // namespace

std::string hostile_program(const std::string& name, const std::string& note_file, const std::string& override) {
  return "#!/usr/bin/env python3\nNAME = '" + name + "'\nNOTES = '" + note_file + "'\n" + functions + override + "\n" +
         main_loop;
}

noted_processes processes_in(const std::string& note_file) {
  noted_processes result;
  std::ifstream notes{note_file};
  std::string process;
  std::string started;
  while (notes >> process >> started) {
    ++result.noted;
    if (is_alive(process, started)) result.alive.push_back(process);
  }
  return result;
}

program_result run_beside_shipped(const guild_folder& guild, std::vector<std::string> arguments,
                                  std::vector<std::string> environment) {
  environment.emplace_back("FACTORY_ALLOWED_PLANNERS=*");
  // What these planners do (noting their processes in files, say) a sandbox refuses; it has tests of its own.
  environment.emplace_back("FACTORY_SANDBOX=off");
  environment.push_back("FACTORY_PLANNER_PATH=" + guild.path("planners") + ":" + binary_folder() + "/planners");
  environment.push_back("XDG_STATE_HOME=" + guild.path("state"));
  return run_planguild({std::move(arguments), std::move(environment)});
}

}  // namespace planguild::test
