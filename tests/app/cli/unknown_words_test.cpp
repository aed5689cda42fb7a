// What a command line with an unknown word is told.
#include "app/cli/unknown_words.hpp"

#include <catch2/catch.hpp>

#include "tests/app/cli/parsed_lines.hpp"

using namespace planguild::cli;
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

TEST_CASE("A misspelt option is answered with the nearest one of the command") {
  CHECK(refusal({"plan", "--requre", "x"}).find("unknown option \"--requre\"; did you mean --require?") !=
        std::string::npos);
  CHECK(refusal({"plan", "x", "-repo", "."}).find("did you mean --repo?") != std::string::npos);
  CHECK(refusal({"select", "x", "--tpo=3"}).find("unknown option \"--tpo\"; did you mean --top?") != std::string::npos);
  CHECK(refusal({"list", "--jsn"}).find("did you mean --json?") != std::string::npos);
  CHECK(refusal({"--jsn", "list"}).find("did you mean --json?") != std::string::npos);
  CHECK(refusal({"list", "--frobnicate"}) ==
        "planguild: unknown option \"--frobnicate\"\nSee `planguild list --help`.\n");
}

TEST_CASE("The case of letters does not hide what was meant") {
  CHECK(refusal({"PLAN", "x"}).find("there is no command \"PLAN\"; did you mean plan?") != std::string::npos);
  CHECK(refusal({"list", "--JSON"}).find("did you mean --json?") != std::string::npos);
}

TEST_CASE("An option of other commands, or for what is given without one, is told as that") {
  CHECK(refusal({"index", "--repo", "."})
            .find("unknown option \"--repo\": index takes its DIR without an option (Folder of the repository); "
                  "plan and select take it\n") != std::string::npos);
  CHECK(refusal({"index", "--repo"}).find("index takes its DIR without an option") != std::string::npos);
  CHECK(refusal({"describe", "--name", "x"}).find("describe takes its NAME without an option") != std::string::npos);
  CHECK(refusal({"list", "--fallback", "1"}).find("unknown option \"--fallback\"; plan takes it") != std::string::npos);
  CHECK(refusal({"list", "--out", "x"}).find("plan, select and diagnostics take it") != std::string::npos);
  CHECK(refusal({"list", "--version"}).find("; planguild itself takes it") != std::string::npos);
  CHECK(refusal({"--repo", ".", "plan", "x"})
            .find("--repo is an option of plan and stands behind it: planguild plan --repo DIR\n") !=
        std::string::npos);
  CHECK(refusal({"--repo", "."}).find("unknown option \"--repo\"; plan and select take it") != std::string::npos);
  CHECK(refusal({"paln", "x", "--repo", "."}).find("did you mean plan?") != std::string::npos);
}

TEST_CASE("Of an unknown option only the name is repeated") {
  CHECK(refusal({"list", "--frob=value"}).find("value") == std::string::npos);
}

TEST_CASE("After -- nothing is an option, and a dash alone is none") {
  CHECK(first_option({"a", "-", "--b", "--c"}, {"a", "-", "--b", "--c"}) == "--b");
  CHECK(first_option({"--b", "--c"}, {"--c", "--", "--b"}) == "--c");
  CHECK_FALSE(first_option({"a", "-", "--b"}, {"a", "-", "--", "--b"}));
  CHECK_FALSE(first_option({}, {"--b"}));
}

TEST_CASE("A word after -- gets no hint at an option, one before it does") {
  const auto surplus = refusal({"plan", "x", "--", "--repo", "."});
  CHECK(surplus.find("--repo") != std::string::npos);
  CHECK(surplus.find("stands behind it") == std::string::npos);
  CHECK(surplus.find("did you mean") == std::string::npos);
  CHECK(refusal({"list", "--jsn", "--", "x"}).find("did you mean --json?") != std::string::npos);
}

TEST_CASE("Of many commands that take an option only some are named") {
  CHECK(refusal({"help", "--json"})
            .find("unknown option \"--json\"; planguild itself, plan, select, list and others "
                  "take it\n") != std::string::npos);
}
