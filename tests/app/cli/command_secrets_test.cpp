// Secrets end to end: planted in the environment, in a file that planners read, and in everything that planners and
// manifests can say, also split across writes; they must be on no surface. Real processes.
#include <fstream>

#include "messages/text.hpp"
#include "tests/app/cli/running_guild.hpp"

using namespace planguild::test;

namespace {

constexpr const char* environment_secret = "environment-secret-ALPHA";
constexpr const char* token = "ghp_FirstHalfOfAToken0123SecondHalfOfAToken4567";

/// Nothing of these may be seen anywhere: the secrets, and the halves in which one of them is written.
const std::vector<std::string> needles = {environment_secret,       "file-secret-BRAVO",     "FirstHalfOfAToken",
                                          "SecondHalfOfAToken",     "key-block-CHARLIE",     "user-info-DELTA",
                                          "firsthalfofatoken0123s", "secondhalfofatoken4567"};

/// A planner that says its secrets in every way there is; `override` replaces functions, as `on_plan(id, objective)`.
std::string leaky_program(const std::string& name, const std::string& override, const std::string& secrets) {
  return "#!/usr/bin/env python3\nNAME = '" + name + "'\nSECRETS = '" + secrets + R"py('
import json, os, sys, time

with open(SECRETS) as file:
    FILE = file.read()
SECOND = "SecondHalfOfAToken4567"
TOKEN = "ghp_FirstHalfOfAToken0123" + SECOND
LEAK = ("use " + TOKEN + " then " + FILE.strip() + " and environment-secret-ALPHA at https://user-info-DELTA@host/ "
        "-----BEGIN PRIVATE KEY-----\nkey-block-CHARLIE\n-----END PRIVATE KEY-----\n")

def say(text, out=sys.stdout):
    # The token comes in two writes, so in two reads of whoever reads it.
    at = text.find(SECOND)
    out.write(text[:at])
    out.flush()
    time.sleep(0.05)
    out.write(text[at:])
    out.flush()

def tell(message):
    say(json.dumps(message) + "\n")

def answer(id, result):
    tell({"jsonrpc": "2.0", "id": id, "result": result})

def chatter():
    tell({"jsonrpc": "2.0", "method": "progress", "params": {"fraction": 0.5, "message": LEAK}})
    tell({"jsonrpc": "2.0", "method": "log", "params": {"level": "error", "message": LEAK}})
    say(LEAK, sys.stderr)

def on_initialize(id):
    answer(id, {"protocol": 1, "name": NAME, "version": "1.0.0", "capabilities": ["risk"]})

def on_self_test(id):
    answer(id, {"passed": True})

def on_plan(id, objective):
    pass
)py" + override +
         R"py(
for request in map(json.loads, sys.stdin):
    method = request["method"]
    if method == "initialize":
        on_initialize(request["id"])
    elif method == "self_test":
        on_self_test(request["id"])
    elif method == "generate_plan":
        on_plan(request["id"], request["params"]["objective"])
    elif method == "shutdown":
        answer(request["id"], {})
        break
)py";
}

constexpr const char* plans = R"py(
def on_plan(id, objective):
    chatter()
    evidence = [{"file": "src/" + TOKEN + ".cpp", "line": 1, "text": LEAK}]
    if objective.startswith("fail"):
        return tell({"jsonrpc": "2.0", "id": id, "error": {"code": 1, "message": LEAK, "data": LEAK}})
    if objective.startswith("die"):
        sys.exit(3)
    if objective.startswith("babble"):
        return say(LEAK)
    if objective.startswith("deceive"):
        return answer(id, {"tasks": [{"id": "1", "title": "t", "depends_on": ["x" * 190 + LEAK]}]})
    answer(id, {"objective": LEAK, "evidence": evidence, "meta": {"note": LEAK, "api_key": 12345678, TOKEN: [LEAK]},
                "tasks": [{"id": TOKEN, "title": LEAK, "description": LEAK, "kind": LEAK, "evidence": evidence,
                           "target": "src/" + TOKEN + "/a.cpp"},
                          {"id": "second", "title": "t", "depends_on": [TOKEN]}]})
)py";

/// The folder with everything planted; its planners are admitted, quarantined for each stage, or refused.
void plant(const guild_folder& folder) {
  const auto leaky = [&folder](const std::string& name, const std::string& override) {
    return leaky_program(name, override, folder.path("planners/leak.conf"));
  };
  folder.folder().write("planners/leak.conf", "password = file-secret-BRAVO\n");
  const std::string words = std::string{R"("use )"} + token + '"';
  const auto description = '"' + std::string(790, 'd') + " " + token + '"';
  folder.add_program("leaky_planner", leaky("leaky_planner", plans),
                     R"(,"description":)" + description + R"(,"tags":[)" + words + R"(],"tier":)" + words +
                         R"(,"risk_rating":)" + words + "," + words + ":1");
  folder.add_program("unfit_planner", leaky("unfit_planner", R"py(
def on_self_test(id):
    chatter()
    answer(id, {"passed": False, "detail": "x" * 485 + LEAK})
)py"));
  folder.add_program("lying_planner", leaky("lying_planner", R"py(
def on_initialize(id):
    answer(id, {"protocol": 1, "name": NAME, "version": "x" * 185 + " " + TOKEN, "capabilities": [LEAK]})
)py"));
  folder.add_program("dying_planner", leaky("dying_planner", "say(LEAK, sys.stderr)\nsys.exit(3)\n"));
  folder.add_program("flooding_planner", leaky("flooding_planner", R"py(
sys.stderr.write(LEAK + "x" * (65536 - len(SECOND) - 20) + "\nend\n")
sys.exit(3)
)py"));
  folder.add_program("babbling_planner", leaky("babbling_planner", "say(LEAK)\n"));
  folder.folder().write("planners/refused_one.planner.json", std::string{R"({"name":"use )"} + token + R"("})");
  folder.folder().write(std::string{"repository/src/"} + token + ".cpp", "#include \"b.hpp\"\n");
  folder.folder().write("planners/broken_one.planner.json", std::string{R"({"name":use )"} + token + R"(})");
}

/// Every way in which a command shows something of a runtime, its own or another; "@" stands for a file to write.
std::vector<std::vector<std::string>> commands() {
  const auto objective = [](const std::string& how) { return how + " with " + token; };
  return {{"discover"},
          {"list"},
          {"list", "--json"},
          {"describe", "leaky_planner"},
          {"describe", "leaky_planner", "--json"},
          {"describe", "unfit_planner"},
          {"describe", "lying_planner", "--json"},
          {"describe", "dying_planner"},
          {"describe", "flooding_planner", "--json"},
          {"describe", "babbling_planner", "--json"},
          {"describe", token},
          {"select", objective("improve it"), "--record", "@", "--explain"},
          {"select", objective("improve it"), "--json", "--require", token},
          {"plan", objective("improve it"), "--record", "@"},
          {"plan", objective("improve it"), "--json"},
          {"plan", objective("improve it"), "--format", "md"},
          {"plan", objective("improve it"), "--format", "mermaid"},
          {"plan", objective("fail"), "--planner", "leaky_planner", "--json"},
          {"plan", objective("babble"), "--planner", "leaky_planner", "--json"},
          {"plan", objective("deceive"), "--planner", "leaky_planner"},
          {"plan", objective("die"), "--planner", "leaky_planner", "--json"},
          {"probe", "unfit_planner", "--json"},
          {"crash", "leaky_planner"},
          {"crash", "dying_planner"},
          {"crash", "dying_planner", "--json"},
          {"crash", "flooding_planner"},
          {"crash", token, "--json"},
          {"quarantine", "dying_planner", "--reason", objective("broken")},
          {"stats", "--json"},
          {"health", "--json"},
          {"profiles", "selection"},
          {"profiles", "invocation", "--json"},
          {"profiles", "instantiation", "--json"},
          {"diagnostics"},
          {"diagnostics", "--verbose", "--json"},
          {"top", "--once"},
          {"top", "--once", "--json"},
          {"config"},
          {"config", "--json"},
          {"heal"},
          {"heal", "--json"},
          {"configure", "FACTORY_MIN_RELIABILITY=0.125"},
          {"configure", "FACTORY_MIN_RELIABILITY=0.125", "--json"},
          {"reload", "--json"}};
}

/// As above, of what asks no runtime.
std::vector<std::vector<std::string>> commands_without_runtime(const guild_folder& folder) {
  std::vector<std::vector<std::string>> all = {{"doctor"}, {"doctor", "--json"}};
  for (const auto* format : {"text", "json"}) {
    all.push_back({"index", folder.path("repository"), "--format", format});
    all.push_back({"lint", folder.path("planners/leaky_planner.planner.json"),
                   folder.path("planners/refused_one.planner.json"), folder.path("planners/broken_one.planner.json"),
                   "--format", format});
  }
  return all;
}

/// As above, of what is refused (exit code 2) with the words that were given.
std::vector<std::vector<std::string>> refused_commands() {
  const std::string word{token};
  return {{"configure", "FACTORY_MIN_RELIABILITY=" + word},
          {"configure", "FACTORY_MIN_RELIABILITY=" + word, "--json"},
          {"configure", word},
          {"configure", word + "=1", "--json"},
          {"profiles", word},
          {"schema", word},
          {word, "--json"},
          {"list", "--" + word}};
}

void check_clean(const std::string& surface, const std::string& text) {
  for (const auto& needle : needles) {
    INFO(surface << " shows " << needle << ":\n" << text);
    CHECK_FALSE(has(text, needle));
  }
}

/// Runs one; what it printed must be clean. Returns its exit code.
int check_command(const guild_folder& folder, const std::vector<std::string>& arguments) {
  // One in a variable of its own, one in a variable that planguild shows.
  const auto result = folder.run(
      arguments, {std::string{"MY_API_TOKEN="} + environment_secret, std::string{"OVERMIND_PLANNER_EXCLUDE="} + token});
  const auto surface = planguild::text::join(arguments, " ");
  check_clean(surface + " (output)", result.output);
  check_clean(surface + " (errors)", result.errors);
  return result.exit_code;
}

/// A command that is well formed: it answers, perhaps in the negative.
void check_answer(const guild_folder& folder, const std::vector<std::string>& arguments) {
  INFO(planguild::text::join(arguments, " "));
  const auto code = check_command(folder, arguments);
  CHECK(code >= 0);
  CHECK(code <= 1);
}

/// Runs all that ask a runtime, with these arguments besides; the records that were written must be clean too.
void check_commands(const guild_folder& folder, const std::vector<std::string>& more) {
  const auto record = folder.path("decisions.jsonl");
  for (auto arguments : commands()) {
    for (auto& argument : arguments) {
      if (argument == "@") argument = record;
    }
    arguments.insert(arguments.end(), more.begin(), more.end());
    check_answer(folder, arguments);
  }
  for (auto arguments : refused_commands()) {
    INFO(arguments[0]);
    arguments.insert(arguments.end(), more.begin(), more.end());
    CHECK(check_command(folder, arguments) == 2);
  }
  const auto lines = read_text(record);
  CHECK(has(lines, "leaky_planner"));
  check_clean("the decision record", lines);
}

}  // namespace

TEST_CASE("Planted secrets are on no surface of commands with a runtime of their own") {
  guild_folder folder;
  plant(folder);
  check_commands(folder, {});
  for (const auto& arguments : commands_without_runtime(folder)) check_answer(folder, arguments);
}

TEST_CASE("A secret in a variable of the configuration is not repeated where that is refused or shown") {
  guild_folder folder;
  plant(folder);
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"list"}, {"list", "--json"}, {"config"}, {"config", "--json"}, {"doctor"}}) {
    INFO(arguments[0]);
    const auto result = folder.run(arguments, {std::string{"FACTORY_MIN_RELIABILITY="} + token});
    CHECK(result.exit_code == (arguments[0] == "doctor" ? 1 : 2));
    check_clean("output", result.output);
    check_clean("errors", result.errors);
  }
}

TEST_CASE("A secret in a grant that does nothing is not repeated where doctor says so") {
  guild_folder folder;
  plant(folder);
  const auto result =
      folder.run({"doctor"}, {std::string{"FACTORY_GRANTS=nobody_here:read=/data,dying_planner:read=/data/"} + token});
  CHECK(has(result.output, "dying_planner, which does not request it"));
  check_clean("output", result.output);
  check_clean("errors", result.errors);
}

TEST_CASE("The last words of a planner that died are shown by crash, without its secrets") {
  guild_folder folder;
  plant(folder);
  const auto shown = folder.run({"crash", "dying_planner"}, {std::string{"MY_API_TOKEN="} + environment_secret});
  CHECK(shown.exit_code == 0);
  CHECK(has(shown.output, "use *** then"));
  CHECK(has(shown.output, "https://***@host/"));
  check_clean("crash", shown.output);
}

TEST_CASE("Planted secrets are on no surface of attached commands, and not in the runtime's log") {
  guild_folder folder;
  plant(folder);
  const auto log = folder.path("log");
  running_guild guild{folder, {std::string{"MY_API_TOKEN="} + environment_secret, "FACTORY_LOG_LEVEL=DEBUG"}, log};
  check_commands(folder, {"--attach", guild.socket()});
  CHECK(guild.stop() == 0);
  const auto lines = read_text(log);
  CHECK(has(lines, "leaky_planner"));
  check_clean("the log", lines);
}

TEST_CASE("Planted secrets are in no reply, failure or event of rpc") {
  guild_folder folder;
  plant(folder);
  auto request = [number = 0](const std::string& method, const std::string& params) mutable {
    return R"({"jsonrpc":"2.0","id":)" + std::to_string(++number) + R"(,"method":")" + method + R"(","params":)" +
           params + "}\n";
  };
  const auto plan = [&](const std::string& how) {
    return request("plan", R"({"planner":"leaky_planner","request":{"objective":")" + how + " with " + token + "\"}}");
  };
  const auto input = request("subscribe", "{}") + request("discover", R"({"wait_for_admissions":true})") +
                     plan("improve it") + plan("fail") + plan("babble") + plan("deceive") + plan("die") +
                     request("describe", R"({"name":"leaky_planner"})") +
                     request("describe", R"({"name":"flooding_planner","wait_for_admissions":true})") +
                     request("diagnostics", R"({"verbose":true})") + request("profiles", R"({"kind":"invocation"})") +
                     request("list", R"({"wait_for_admissions":true})") +
                     request("probe", R"({"name":"unfit_planner"})") +
                     request("describe", R"({"name":"password=file-secret-BRAVO"})") + request(token, "{}");
  const auto result = folder.run({"rpc"}, {std::string{"MY_API_TOKEN="} + environment_secret}, input);
  CHECK(result.exit_code == 0);
  CHECK(has(result.output, R"("method":"event")"));
  CHECK(has(result.output, R"("order":["***","second"])"));
  CHECK(has(result.output, R"("target":"src/***/a.cpp")"));
  for (const auto* code :
       {"planner_error", "protocol_error", "plan_invalid", "self_test_failed", "handshake_mismatch"}) {
    INFO(code);
    CHECK(has(result.output, code));
  }
  check_clean("rpc (output)", result.output);
  check_clean("rpc (errors)", result.errors);
}
