// The command line.
#include "app/cli/options.hpp"

#include <catch2/catch.hpp>

#include "messages/limits.hpp"
#include "tests/app/cli/parsed_lines.hpp"

using namespace planguild::cli;
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

TEST_CASE("Every command is known by its name") {
  CHECK(good({"plan", "x"}).command == command::plan);
  CHECK(good({"select", "x"}).command == command::select);
  CHECK(good({"list"}).command == command::list);
  CHECK(good({"describe", "x"}).command == command::describe);
  CHECK(good({"discover"}).command == command::discover);
  CHECK(good({"health"}).command == command::health);
  CHECK(good({"index", "."}).command == command::index);
  CHECK(good({"lint", "a", "b"}).files == std::vector<std::string>{"a", "b"});
  CHECK(good({"probe", "x"}).name == "x");
  CHECK(good({"config"}).command == command::config);
  CHECK(good({"schema", "plan"}).name == "plan");
  CHECK(good({"replay", "-"}).files == std::vector<std::string>{"-"});
  CHECK(good({"new", "x", "--lang", "python"}).command == command::new_planner);
}

TEST_CASE("A plan takes all its flags") {
  const auto line = good({"plan",
                          "Do it",
                          "--repo",
                          ".",
                          "--require",
                          "risk, testing",
                          "--require",
                          "deep_index",
                          "--context",
                          "-",
                          "--planner",
                          "risk_planner",
                          "--no-prefer-production",
                          "--timeout",
                          "2.5",
                          "--explain",
                          "--record",
                          "r.jsonl",
                          "--out",
                          "p.md",
                          "--format",
                          "md",
                          "--quiet",
                          "--color",
                          "never",
                          "--state",
                          "s",
                          "--config",
                          "c.json",
                          "--planner-path",
                          "a:b",
                          "--planner-path",
                          "c",
                          "--log-level",
                          "DEBUG"});
  CHECK(line.objective == "Do it");
  CHECK(line.repository == ".");
  CHECK(line.required == std::vector<std::string>{"risk", "testing", "deep_index"});
  CHECK(line.context_file == "-");
  CHECK(line.planner == "risk_planner");
  CHECK_FALSE(line.prefer_production);
  CHECK(line.timeout_ms == 2'500);
  CHECK(line.explain);
  CHECK(line.record_file == "r.jsonl");
  CHECK(line.out_file == "p.md");
  CHECK(line.format == output_format::markdown);
  CHECK(line.quiet);
  CHECK(line.colour == colour_choice::never);
  CHECK(line.state_directory == "s");
  CHECK(line.config_file == "c.json");
  CHECK(line.planner_path == std::vector<std::string>{"a:b", "c"});
  CHECK(line.log_level == "DEBUG");
}

TEST_CASE("A new planner has a name, a language and perhaps a folder") {
  const auto line = good({"new", "my_planner", "--lang", "python", "--directory", "d"});
  CHECK(line.name == "my_planner");
  CHECK(line.language == scaffold_language::python);
  CHECK(line.directory == "d");
  CHECK(good({"new", "my_planner", "--lang", "cpp"}).language == scaffold_language::cpp);
  CHECK(good({"new", "my_planner", "--lang", "cpp"}).directory.empty());
  CHECK(refusal({"new", "my_planner"}).find("--lang") != std::string::npos);
  CHECK(refusal({"new", "my_planner", "--lang", "rust"}).find("--lang") != std::string::npos);
  CHECK(refusal({"new", "--lang", "cpp"}).find("NAME") != std::string::npos);
}

TEST_CASE("What is not given has its default") {
  const auto line = good({"plan", "x"});
  CHECK(line.format == output_format::text);
  CHECK(line.prefer_production);
  CHECK(line.timeout_ms == 0);
  CHECK(line.colour == colour_choice::automatic);
  CHECK(line.required.empty());
  CHECK(good({"select", "x", "--top", "3"}).top == 3);
}

TEST_CASE("--json is --format json, before or after the command") {
  CHECK(good({"list", "--json"}).format == output_format::json);
  CHECK(good({"--json", "list"}).format == output_format::json);
  CHECK(good({"list", "--format", "json"}).format == output_format::json);
}

TEST_CASE("An objective may begin with a dash after --") {
  CHECK(good({"plan", "--", "-x"}).objective == "-x");
}

TEST_CASE("What is wrong with a command line is said, with the help to look at") {
  CHECK(refusal({}).find("a command is needed: plan, select") != std::string::npos);
  CHECK(refusal({"paln", "x"}).find("did you mean plan?") != std::string::npos);
  CHECK(refusal({"frobnicate"}).find("there is no command \"frobnicate\"") != std::string::npos);
  CHECK(refusal({"--frobnicate"}).find("unknown option \"--frobnicate\"") != std::string::npos);
  CHECK(refusal({"plan"}).find("See `planguild plan --help`.") != std::string::npos);
  CHECK(refusal({"plan", "  "}).find("the objective is empty") != std::string::npos);
  const std::string longest(planguild::limits::objective_bytes_max, 'a');
  CHECK(good({"plan", longest}).objective == longest);
  CHECK(refusal({"plan", longest + "a"}).find("the objective has 65537 bytes; it may have 65536") != std::string::npos);
  CHECK(refusal({"plan", "x", "--timeout", "0"}).find("--timeout takes seconds") != std::string::npos);
  CHECK(refusal({"plan", "x", "--timeout", "nan"}).find("--timeout takes seconds") != std::string::npos);
  CHECK(refusal({"plan", "x", "--timeout", "1e9"}).find("--timeout takes seconds") != std::string::npos);
  CHECK(refusal({"plan", "x", "--timeout", "soon"}).find("--timeout takes seconds from") != std::string::npos);
  CHECK(refusal({"top", "--interval", "soon"}).find("--interval takes seconds from") != std::string::npos);
  CHECK(refusal({"plan", "x", "--format", "yaml"}).find("--format") != std::string::npos);
  CHECK(refusal({"list", "--format", "md"}).find("--format") != std::string::npos);
  CHECK(refusal({"--format", "md", "list"}).find("is for plans") != std::string::npos);
  CHECK(refusal({"select", "x", "--top", "0"}).find("--top") != std::string::npos);
  CHECK(refusal({"schema"}).find("WHAT is required: manifest, plan, config or rpc\n") != std::string::npos);
  CHECK(refusal({"new", "my_planner"}).find("--lang is required: cpp: a shared") != std::string::npos);
  CHECK(refusal({"schema", "world"}).find("world") != std::string::npos);
  CHECK(refusal({"list", "surplus"}).find("surplus") != std::string::npos);
  CHECK(refusal({"lint"}).find("MANIFEST") != std::string::npos);
}

TEST_CASE("help is the help, of everything or of a command") {
  CHECK(parse({"help"}).exit_code == exit_code::yes);
  CHECK(parse({"help"}).text == parse({"--help"}).text);
  CHECK(parse({"help", "plan"}).exit_code == exit_code::yes);
  CHECK(parse({"help", "plan"}).text == parse({"plan", "--help"}).text);
  CHECK(parse({"help"}).text.find("\n  help ") != std::string::npos);
  CHECK(refusal({"help", "paln"}).find("did you mean plan?") != std::string::npos);
  CHECK(refusal({"help", "plan", "select"}).find("select") != std::string::npos);
}

TEST_CASE("A running runtime is named by its socket, and has settings of its own") {
  CHECK(good({"list", "--attach", "/run/socket"}).attach_path == "/run/socket");
  CHECK(good({"--attach", "/run/socket", "plan", "x"}).attach_path == "/run/socket");
  CHECK(good({"rpc", "--listen", "/run/socket"}).listen_path == "/run/socket");
  CHECK(refusal({"rpc", "--attach", "s"}).find("rpc is the runtime that other commands attach to") !=
        std::string::npos);
  CHECK(refusal({"lint", "x", "--attach", "s"}).find("this command asks no runtime") != std::string::npos);
  for (const std::string flag : {"--planner-path", "--config", "--state", "--log-level"}) {
    CHECK(refusal({"list", "--attach", "s", flag, "x"}).find(flag + " is for a runtime of its own") !=
          std::string::npos);
  }
}

TEST_CASE("A refusal shows no control characters") {
  CHECK(refusal({"\x1b[31m"}).find('\x1b') == std::string::npos);
}

TEST_CASE("Help and version are answers, not errors") {
  const auto version = parse({"--version"});
  CHECK(version.exit_code == exit_code::yes);
  CHECK(version.text == "planguild 9.9.9\n");
  const auto help = parse({"--help"});
  CHECK(help.exit_code == exit_code::yes);
  for (const std::string command : {"plan", "select", "list", "describe", "discover", "health", "index", "lint",
                                    "probe", "config", "schema", "replay", "rpc"}) {
    CHECK(help.text.find("\n  " + command + " ") != std::string::npos);
    const auto own = parse({command, "--help"});
    CHECK(own.exit_code == exit_code::yes);
    CHECK(own.text.find("Usage: planguild " + command) != std::string::npos);
    CHECK(own.text.find("--planner-path") != std::string::npos);
    CHECK(own.text.find("Exit codes: 0 yes; 1") != std::string::npos);
  }
}
