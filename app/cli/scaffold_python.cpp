// The project of a command planner in Python. Pure functions, any thread.
#include "app/cli/scaffold.hpp"

namespace planguild::cli {
namespace {

constexpr std::string_view python_manifest = R"text({
  "name": "@NAME@",
  "version": "0.1.0",
  "description": "Says in a sentence what this planner is good at.",
  "capabilities": ["example"],
  "tier": "alpha",
  "production_ready": false,
  "self_test": true,
  "entry": {"kind": "command", "argv": ["python3", "@NAME@.py"], "files": ["@NAME@.py"]}
}
)text";

constexpr std::string_view python_program = R"text(#!/usr/bin/env python3
"""The planner @NAME@: speaks planner protocol 1, one JSON-RPC 2.0 object per line, on standard input and output.

It runs inside the sandbox: it may read the repository of a request, writes no files, opens no connections and starts no
programs. Nothing but the protocol may go to standard output; what goes to standard error is kept for the case that it
fails.
"""
import json
import sys

# Must agree with @NAME@.planner.json.
DESCRIPTION = {"name": "@NAME@", "version": "0.1.0", "capabilities": ["example"]}


def plan_for(objective, repository=None):
    """A plan as `planguild schema plan` prints it. What it raises becomes the error that people see."""
    if not objective.strip():
        raise ValueError("the objective is empty")
    return {
        "objective": objective,
        "tasks": [
            {"id": "1", "title": f"Read what \"{objective}\" is about", "description": "", "kind": "read", "target": "",
             "depends_on": [], "risk": "low", "effort": "S", "evidence": []},
            {"id": "2", "title": "Change it", "description": "", "kind": "change", "target": "",
             "depends_on": ["1"], "risk": "medium", "effort": "M", "evidence": []},
        ],
        "evidence": [{"file": "", "text": f"the repository is {repository or 'not given'}"}],
        "meta": {},
    }


def self_test():
    made = plan_for("try it")
    return {"passed": len(made["tasks"]) == 2, "detail": "a plan for a small objective has two tasks"}


def answer(method, params):
    if method == "initialize":
        return {"protocol": 1, **DESCRIPTION}
    if method == "self_test":
        return self_test()
    if method == "generate_plan":
        # params["context"] is the deep context, an object or null; params["timeout_ms"] is how long the host waits.
        return plan_for(params["objective"], params.get("repository"))
    if method == "shutdown":
        return {}
    raise ValueError(f"unknown method {method}")


def send(message):
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)


def main():
    for line in sys.stdin:
        request = json.loads(line)
        if "id" not in request:
            continue  # a notification, such as $/cancel: a plan that takes long would have to look for it meanwhile
        try:
            send({"id": request["id"], "result": answer(request["method"], request.get("params", {}))})
        except Exception as problem:  # whatever it is, the host shall know
            send({"id": request["id"], "error": {"code": -32000, "message": str(problem)}})
        if request["method"] == "shutdown":
            break


main()
)text";

constexpr std::string_view python_readme = R"text(# @NAME@

A command planner for planguild: the script `@NAME@.py`, described by `@NAME@.planner.json`. It needs Python 3 alone.

Check the manifest, start it and run its self-test, see that it is chosen, and let it plan:

```sh
planguild lint @NAME@.planner.json
export FACTORY_PLANNER_PATH=$PWD FACTORY_ALLOWED_PLANNERS=@NAME@
planguild probe @NAME@
planguild select "Make it better" --explain
planguild plan "Make it better" --repo .
```

Both variables replace their defaults; name other planners (`a,b`) and their folders (`a:b`) too if you want them.
After a change probe again: the verdict belongs to the bytes that were probed.

- Name, version and capabilities in `DESCRIPTION` and in the manifest must agree.
- The planner runs in a process of its own and may read the repository of a request, its own files and the system's. It
  writes no files and opens no connections. Modules of your own go into `"files"` of the entry; what else it needs, into
  `"permissions"`, which the operator grants.
- To speak with it by hand: `echo '{"jsonrpc":"2.0","id":1,"method":"self_test"}' | python3 @NAME@.py`
)text";

}  // namespace

std::vector<scaffold_file> python_scaffold(std::string_view name) {
  const std::string own(name);
  return {{own + ".planner.json", filled_in(python_manifest, name)},
          {own + ".py", filled_in(python_program, name), 0755},
          {"README.md", filled_in(python_readme, name)}};
}

}  // namespace planguild::cli
