// planguild-library-worker run by hand with real shared objects: what it answers, and how it says that there is no
// planner.
#include <sys/syscall.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <string>
#include <vector>

#include "app/worker/library_exit_codes.hpp"
#include "messages/limits.hpp"
#include "tests/app/worker/library_process.hpp"
#include "tests/support/text_checks.hpp"

namespace planguild {
namespace {

using nlohmann::json;
using test::has;
using test::library_process;
using test::library_start;
using test::test_library;

library_start good() {
  return {test_library("good")};
}

json plan_request(const std::string& objective) {
  return {{"objective", objective}, {"context", nullptr}, {"repository", nullptr}, {"timeout_ms", 60'000}};
}

/// How a start without a planner ends; its one line is checked for being one.
void check_refusal(const library_start& how, int exit_code, const std::string& words) {
  library_process process(how);
  process.request("1", "initialize", {{"protocol", 1}});
  CHECK(process.next().is_null());
  CHECK(process.ending() == exit_code);
  INFO(process.errors());
  CHECK(process.errors().rfind("planguild-library-worker: ", 0) == 0);
  CHECK(has(process.errors(), words));
  CHECK(process.errors().find('\n') == process.errors().size() - 1);
}

library_start raw(const std::string& description) {
  return {test_library("raw_answers"), "raw_answers", {"RAW_DESCRIPTION=" + description}};
}

}  // namespace

TEST_CASE("A native planner speaks planner protocol 1 from the handshake to the end") {
  library_process process(good());
  CHECK(process.ask("initialize", {{"protocol", 1}})["result"] ==
        json{{"protocol", 1}, {"name", "good_planner"}, {"version", "1.2.3"}, {"capabilities", {"risk", "café"}}});
  CHECK(process.ask("self_test")["result"] == json{{"passed", true}, {"detail", "two and two are four"}});
  auto asked = plan_request("Tidy up");
  asked["context"] = {{"a", {1, 2}}};
  asked["repository"] = "/some/where";
  const auto made = process.ask("generate_plan", asked)["result"];
  CHECK(made["objective"] == "Tidy up");
  REQUIRE(made["tasks"].size() == 2);
  CHECK(made["tasks"][0]["title"] == "Read \"all\" of it\n");
  CHECK(made["tasks"][1] == json{{"id", "2"},
                                 {"title", "Change it"},
                                 {"description", ""},
                                 {"kind", "change"},
                                 {"target", "src/a.cpp"},
                                 {"depends_on", {"1"}},
                                 {"risk", "high"},
                                 {"effort", "L"},
                                 {"evidence", {{{"file", "src/a.cpp"}, {"line", 12}, {"text", "long"}}}}});
  CHECK(made["meta"] == json{{"repository", "/some/where"}, {"context", R"({"a":[1,2]})"}, {"timeout_ms", 60'000}});
  CHECK(process.ask("shutdown")["result"] == json::object());
  CHECK(process.ending() == 0);
  CHECK(process.errors().empty());
}

TEST_CASE("What a native planner prints goes to standard error, and its standard input is empty") {
  library_process process(good());
  const auto made = process.ask("generate_plan", plan_request("print"))["result"];
  CHECK(made["evidence"][0]["text"] == "standard input is empty");
  process.ask("shutdown");
  CHECK(process.ending() == 0);
  CHECK(process.errors() == "printed by iostreams\nprinted by stdio\n");
}

TEST_CASE("A native planner is cancelled while it plans, and then serves on") {
  library_process process(good());
  process.request("7", "generate_plan", plan_request("wait"));
  CHECK(process.next()["params"] == json{{"fraction", 0.25}, {"message", "waiting"}});
  process.write(R"({"jsonrpc":"2.0","method":"$/cancel","params":{"id":"7"}})"
                "\n");
  const auto answer = process.next();
  CHECK(answer["id"] == "7");
  CHECK(answer["error"]["code"] == -32800);
  CHECK(process.ask("self_test")["result"]["passed"] == true);
}

TEST_CASE("A native planner whose host is gone stops planning and ends") {
  library_process process(good());
  process.request("7", "generate_plan", plan_request("wait"));
  CHECK(process.next()["method"] == "progress");
  process.hang_up();
  CHECK(process.ending() == 1);
}

TEST_CASE("What a native planner throws becomes an error with its words, and the next request is answered") {
  library_process process(good());
  CHECK(process.ask("generate_plan", plan_request("throw"))["error"] ==
        json{{"code", -32000}, {"message", "no plan today\xEF\xBF\xBD"}});
  const auto odd = process.ask("generate_plan", plan_request("throw a number"))["error"]["message"];
  CHECK(has(odd.get<std::string>(), "no std::exception"));
  CHECK(process.ask("generate_plan", plan_request("Tidy up")).contains("result"));
}

TEST_CASE("Progress only goes forward, from any thread, and a log line goes to standard error") {
  library_process process(good());
  process.request("7", "generate_plan", plan_request("wander"));
  for (const auto& [fraction, message] :
       std::vector<std::pair<double, std::string>>{{0, "first"}, {0.5, "second"}, {1, "third"}}) {
    CHECK(process.next()["params"] == json{{"fraction", fraction}, {"message", message}});
  }
  CHECK(process.next().contains("result"));
  process.ask("shutdown");
  CHECK(process.ending() == 0);
  CHECK(process.errors() == "a line for people\n");
}

TEST_CASE("A native planner that cannot be made answers the handshake with the reason") {
  library_process process({test_library("throws_in_constructor"), "unmade_planner"});
  const auto answer = process.ask("initialize", {{"protocol", 1}});
  CHECK(answer["error"]["message"] == "the planner could not be made: its table is missing");
  process.ask("shutdown");
  CHECK(process.ending() == 0);
}

TEST_CASE("A shared object that throws while it is loaded ends the process with the reason on standard error") {
  library_process process({test_library("throws_when_loaded"), "unloaded_planner"});
  CHECK(process.next().is_null());
  CHECK(process.ending() == -SIGABRT);
  CHECK(has(process.errors(), "its initialisation went wrong"));
}

TEST_CASE("What is no shared object of this machine is refused with the planner's name and the reason") {
  const auto sound = test_library("good");
  auto of_another_machine = sound;
  of_another_machine[18] = '\x15';  // the low byte of e_machine: 64-bit PowerPC
  for (const auto& [bytes, words] :
       std::vector<std::pair<std::string, std::string>>{{"", "is empty"},
                                                        {"#!/bin/sh\n", "is no ELF file"},
                                                        {std::string(5'000, '\0'), "is no ELF file"},
                                                        {sound.substr(0, 1'000), "is an ELF file that was cut off"},
                                                        {sound.substr(0, 5'000), "is an ELF file that was cut off"},
                                                        {of_another_machine, "is for another machine"}}) {
    check_refusal({bytes}, library_exit::not_loadable, "good_planner cannot be loaded: its library " + words);
  }
}

TEST_CASE("What the linker does not take is refused in its words, with the planner's name for the descriptor") {
  auto unversioned = test_library("good");
  for (auto at = unversioned.find("libc.so.6"); at != std::string::npos; at = unversioned.find("libc.so.6", at + 9)) {
    unversioned.replace(at, 9, "libc.so.?");
  }
  check_refusal({unversioned}, library_exit::not_loadable, "good_planner cannot be loaded: libc.so.?: ");
}

TEST_CASE("A shared object without the planner interface, or with another one, is refused and told what to do") {
  check_refusal({test_library("no_symbol")}, library_exit::no_interface, "PLANGUILD_PLANNER(your_class)");
  check_refusal({test_library("without_functions")}, library_exit::no_interface, "must all be set");
  check_refusal({test_library("wrong_version")}, library_exit::wrong_version,
                "exports version 77 of the planner interface, and this planguild speaks version 1");
}

TEST_CASE("Wrong arguments of planguild-library-worker are refused with its usage") {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"--library", "3"},
                                             {"--library", "x", "--name", "a"},
                                             {"--library", "-1", "--name", "a"},
                                             {"--library", "2", "--name", "a"},
                                             {"--library", "99999999999999999999", "--name", "a"},
                                             {"--name", "a", "--library", "3"},
                                             {"--library", "3", "--name", "a", "b"}}) {
    auto how = good();
    how.arguments = arguments;
    check_refusal(how, library_exit::usage, "usage: planguild-library-worker --library DESCRIPTOR --name NAME");
  }
  auto how = good();
  how.arguments = {"--library", "999", "--name", "good_planner"};
  check_refusal(how, library_exit::not_loadable, "good_planner cannot be loaded");
}

TEST_CASE("A description that is none fails the handshake and says what is wrong with it") {
  for (const auto& [text, words] : std::vector<std::pair<std::string, std::string>>{
           {"", "cannot be read"},
           {"{\"name\":\"raw_answers\"", "cannot be read"},
           {"[1]", "no JSON object"},
           {R"({"name":"x"})", "\"version\""},
           {R"({"version":"1","name":7,"capabilities":[]})", "\"name\""},
           {R"({"name":"x","version":"1"})", "\"capabilities\""},
           {R"({"name":"x","version":"1","capabilities":"a"})", "\"capabilities\""},
           {R"({"name":"x","version":"1","capabilities":["a",1]})", "\"capabilities\""}}) {
    library_process process(raw(text));
    const auto answer = process.ask("initialize", {{"protocol", 1}});
    CAPTURE(text, answer.dump());
    CHECK(has(answer["error"]["message"].get<std::string>(), words));
  }
  library_process unwilling({test_library("raw_answers"), "raw_answers"});
  CHECK(unwilling.ask("initialize", {{"protocol", 1}})["error"]["message"] ==
        "the planner does not describe itself: the planner gave no reason");
}

TEST_CASE("A plan that is none is an error that says where, and no line is ever over its bound") {
  library_process process(raw(R"({"name":"raw_answers","version":"1","capabilities":[]})"));
  for (const auto& [objective, words] : std::vector<std::pair<std::string, std::string>>{
           {"{", "cannot be read"},
           {"", "cannot be read"},
           {"no bytes", "cannot be read"},
           {"[]", "an object"},
           {R"({"tasks":[{"id":1}]})", "tasks[0].id"},
           {R"({"tasks":[],"colour":"red"})", "colour"},
           {R"({"tasks":[],"order":[]})", "order"},
           {R"({"meta":[]})", "meta"},
           {"endless", "larger than " + std::to_string(limits::plan_bytes_max)},
           {"long", "longer than protocol_line_bytes_max"},
           {"odd status", "gave no reason"},
           {"cancelled", "nobody asked"}}) {
    const auto answer = process.ask("generate_plan", plan_request(objective));
    CAPTURE(objective);
    REQUIRE(answer.contains("error"));
    CHECK(answer["error"]["code"] == -32000);
    CHECK(has(answer["error"]["message"].get<std::string>(), words));
  }
  CHECK(process.ask("self_test")["result"] == json{{"passed", false}, {"detail", "it never works"}});
  CHECK(process.ask("generate_plan",
                    plan_request(R"({"evidence":[{"text":"nothing to do"}]})"))["result"]["evidence"][0]["text"] ==
        "nothing to do");
}

TEST_CASE("A native planner executes nothing once no new privileges are to be had") {
  auto how = good();
  how.no_new_privileges = true;
  library_process process(how);
  const auto answer = process.ask("generate_plan", plan_request("execute"));
  REQUIRE(answer.is_object());
  CHECK(answer["result"]["evidence"][0]["text"] == "Operation not permitted");
}

TEST_CASE("With the sandbox off a native planner may execute: the test above would show it") {
  library_process process(good());
  process.request("1", "generate_plan", plan_request("execute"));
  CHECK(process.next().is_null());
  CHECK(process.ending() == 0);  // of /bin/true
}

TEST_CASE("A native planner's process is undumpable from before it is loaded, once no new privileges are to be had") {
  for (const bool sandboxed : {true, false}) {
    auto how = good();
    how.no_new_privileges = sandboxed;
    library_process process(how);
    const auto answer = process.ask("generate_plan", plan_request("dumpable"));
    REQUIRE(answer.is_object());
    CHECK(answer["result"]["evidence"][0]["text"] == (sandboxed ? "0" : "1"));
  }
}

TEST_CASE("A native planner cannot handle itself what the filter stops, once no new privileges are to be had") {
  for (const bool sandboxed : {true, false}) {
    auto how = good();
    how.no_new_privileges = sandboxed;
    library_process process(how);
    const auto answer = process.ask("generate_plan", plan_request("handle SIGSYS"));
    REQUIRE(answer.is_object());
    CHECK(answer["result"]["evidence"][0]["text"] == "the action may be asked for");
    CHECK(answer["result"]["evidence"][1]["text"] ==
          (sandboxed ? "Operation not permitted" : "the action was changed"));
  }
}

TEST_CASE("A system call that the filter stops is named before the process ends by the signal") {
  for (const auto& [objective, line] : std::vector<std::pair<std::string, std::string>>{
           {"stop ptrace", "planguild-library-worker: the system call filter stopped ptrace\n"},
           {"stop an unnamed call",
            "planguild-library-worker: the system call filter stopped number " + std::to_string(SYS_getcpu) + "\n"}}) {
    auto how = good();
    how.no_new_privileges = true;
    how.trapped_calls = {SYS_ptrace, SYS_getcpu};
    library_process process(how);
    process.request("1", "generate_plan", plan_request(objective));
    CHECK(process.next().is_null());
    CHECK(process.ending() == -SIGSYS);
    CHECK(process.errors() == line);
  }
}

}  // namespace planguild
