// The command lines of what operators ask, top and doctor.
#include <catch2/catch.hpp>

#include "app/cli/options.hpp"
#include "tests/app/cli/parsed_lines.hpp"
#include "tests/support/text_checks.hpp"

using namespace planguild;
using namespace planguild::cli;
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

TEST_CASE("Every operation is a command") {
  CHECK(good({"heal"}).command == command::heal);
  CHECK(good({"reload"}).command == command::reload);
  CHECK(good({"stats"}).command == command::stats);
  CHECK(good({"doctor"}).command == command::doctor);
  CHECK(good({"top", "--once"}).command == command::top);
}

TEST_CASE("A heal is forced unless it is told not to be, and has bounded attempts") {
  CHECK(good({"heal"}).force);
  CHECK(good({"heal"}).max_attempts == 3);
  CHECK(good({"heal", "--force"}).force);
  const auto line = good({"heal", "--no-force", "--max-attempts", "7"});
  CHECK_FALSE(line.force);
  CHECK(line.max_attempts == 7);
  CHECK(has(refusal({"heal", "--force", "--no-force"}), "--force"));
  CHECK(has(refusal({"heal", "--max-attempts", "0"}), "--max-attempts"));
  CHECK(has(refusal({"heal", "--max-attempts", "101"}), "--max-attempts"));
}

TEST_CASE("A quarantine needs a reason, a reinstatement may have one") {
  const auto line = good({"quarantine", "risk_planner", "--reason", "it lies"});
  CHECK(line.command == command::quarantine);
  CHECK(line.name == "risk_planner");
  CHECK(line.reason == "it lies");
  CHECK(has(refusal({"quarantine", "risk_planner"}), "--reason"));
  CHECK(has(refusal({"quarantine", "risk_planner", "--reason", "  "}), "the reason is empty"));
  CHECK(good({"reinstate", "risk_planner"}).reason.empty());
  CHECK(good({"reinstate", "risk_planner", "--reason", "repaired"}).reason == "repaired");
  CHECK(has(refusal({"reinstate"}), "NAME"));
}

TEST_CASE("Configuration takes variables with values, which may be empty or hold another equals sign") {
  const auto line = good({"configure", "FACTORY_TIE_BREAK=newest", "FACTORY_ALLOWED_PLANNERS=", "X=a=b"});
  REQUIRE(line.settings.size() == 3);
  CHECK(line.settings[0] == std::pair<std::string, std::string>{"FACTORY_TIE_BREAK", "newest"});
  CHECK(line.settings[1].second.empty());
  CHECK(line.settings[2] == std::pair<std::string, std::string>{"X", "a=b"});
  CHECK(has(refusal({"configure"}), "VARIABLE=VALUE"));
  CHECK(has(refusal({"configure", "FACTORY_TIE_BREAK"}), "\"FACTORY_TIE_BREAK\" is no VARIABLE=VALUE"));
  CHECK(has(refusal({"configure", "=x"}), "\"=x\" is no VARIABLE=VALUE"));
  std::vector<std::string> many(102, "A=b");
  many.front() = "configure";
  CHECK(has(refusal(many), "at most 100 values"));
}

TEST_CASE("Profiles are of one kind, and bounded") {
  const auto line = good({"profiles", "invocation", "--limit", "5"});
  CHECK(line.profile == sample_kind::invocation);
  CHECK(line.limit == 5);
  CHECK(good({"profiles", "instantiation"}).limit == 100);
  CHECK(has(refusal({"profiles"}), "KIND"));
  CHECK(has(refusal({"profiles", "invocations"}), "KIND"));
  CHECK(has(refusal({"profiles", "selection", "--limit", "-1"}), "--limit"));
}

TEST_CASE("Diagnostics can be verbose and go to a file") {
  const auto line = good({"diagnostics", "--verbose", "--out", "report.txt"});
  CHECK(line.verbose);
  CHECK(line.out_file == "report.txt");
}

TEST_CASE("Top needs something to watch, or one frame to show") {
  const auto text = refusal({"top"});
  CHECK(has(text, "--attach"));
  CHECK(has(text, "--once"));
  CHECK(good({"top", "--once"}).once);
  CHECK(good({"top", "--once", "--interval", "0.25"}).interval_ms == 250);
  CHECK(has(refusal({"top", "--once", "--interval", "0.05"}), "from 0.1 to 3600"));
  CHECK(has(refusal({"top", "--once", "--interval", "nan"}), "--interval"));
}

TEST_CASE("Every operation has help with its exit codes") {
  for (const std::string command : {"heal", "reload", "quarantine", "reinstate", "configure", "stats", "profiles",
                                    "diagnostics", "top", "doctor"}) {
    const auto help = parse_command_line({command, "--help"}, "9.9.9");
    CHECK(help.exit_code == exit_code::yes);
    CHECK(has(help.text, "planguild " + command));
    CHECK(has(help.text, "Exit codes: "));
    CHECK(has(parse_command_line({"--help"}, "9.9.9").text, "\n  " + command + " "));
  }
}
