// The statement of planguild-worker, read strictly; and what a process's end says about its cause.
#include "app/host/system/worker_statement.hpp"

#include <catch2/catch.hpp>
#include <csignal>

#include "app/host/system/ending.hpp"
#include "app/worker/layers.hpp"
#include "messages/limits.hpp"

using namespace planguild;

namespace {

std::string statement(const std::string& state = "active", const std::string& version = "1") {
  std::string text = R"({"planguild_worker":)" + version + R"(,"layers":[)";
  for (const std::string_view name : worker_layers::all) {
    text +=
        (name == worker_layers::all.front() ? "[\"" : ",[\"") + std::string(name) + R"(",")" + state + R"(","abi 7"])";
  }
  return text + "]}";
}

std::string reason(const std::string& line) {
  const auto parsed = parse_statement(line);
  REQUIRE_FALSE(parsed);
  return parsed.error->message;
}

process_event ended(std::optional<int> exit_code, std::optional<int> signal, const std::string& errors) {
  process_event event;
  event.exit_code = exit_code;
  event.signal = signal;
  event.stderr_tail = errors;
  return event;
}

}  // namespace

TEST_CASE("A statement names every layer with its state") {
  const auto layers = parse_statement(statement());
  REQUIRE(layers);
  CHECK(layers->size() == worker_layers::all.size());
  CHECK(layers->front() == sandbox_layer{"no_new_privileges", layer_state::active, "abi 7"});
  CHECK(parse_statement(statement("unavailable")));
  CHECK(parse_statement(statement("off")));
}

TEST_CASE("Anything else is no statement") {
  for (const std::string& line :
       {std::string(), std::string("go"), std::string("{}"), std::string("[]"), std::string("{\"planguild_worker\":1}"),
        statement("strong"), statement("active", "2"), statement("active", "\"1\""), statement() + "x",
        statement().substr(0, 60) + "]}", std::string(R"({"jsonrpc":"2.0","id":1})")}) {
    CHECK(reason(line).find("its statement of the sandbox is malformed: ") == 0);
  }
  std::string swapped = statement();
  swapped.replace(swapped.find("landlock"), 8, "landrock");
  CHECK(reason(swapped).find("landlock") != std::string::npos);
  std::string more = statement();
  more.insert(1, R"("more":1,)");
  reason(more);
  std::string longer = statement();
  longer.replace(longer.find("abi 7\"]]"), 5, std::string(worker_layers::statement_bytes_max, 'x'));
  reason(longer);
}

TEST_CASE("A worker that ends before its statement is told by its last line, or by how it ended") {
  CHECK(why_worker_ended(ended(125, {}, "noise\nplanguild-worker: directory: /nowhere: No such file\n")) ==
        "planguild-worker: directory: /nowhere: No such file");
  CHECK(why_worker_ended(ended({}, 9, "")) == "planguild-worker ended with signal 9 before it stated its layers");
  CHECK(why_worker_ended(ended(3, {}, "oh")) == "planguild-worker ended with exit code 3 before it stated its layers");
}

TEST_CASE("The filtered call is named where a library's worker named it and the kernel confirms the signal") {
  const std::string line = "x\nplanguild-library-worker: the system call filter stopped ptrace\n";
  CHECK(filtered_call(ended({}, SIGSYS, line), entry_kind::library) == "ptrace");
  CHECK(filtered_call(ended({}, SIGSYS, ""), entry_kind::library).empty());
  CHECK(filtered_call(ended({}, SIGSYS, line), entry_kind::command).empty());
  CHECK(filtered_call(ended({}, SIGABRT, line), entry_kind::library).empty());
  const auto named = [](const std::string& name) {
    return filtered_call(ended({}, SIGSYS, "planguild-library-worker: the system call filter stopped " + name + "\n"),
                         entry_kind::library);
  };
  CHECK(named("add_key") == "add_key");
  CHECK(named("number 309") == "number 309");
}

TEST_CASE("What a planner writes in place of a system call's name goes nowhere") {
  for (const std::string& written :
       {std::string(1'000, 'x'), std::string("\x1b[31mptrace"), std::string("ghp_abcdefghijklmnopqrstuvwxyz0123456789"),
        std::string("ptrace and more"), std::string("Ptrace"), std::string("number"), std::string("number "),
        std::string("number 12x"), std::string("number -1"), std::string("number 12345678901"), std::string()}) {
    const auto line = "planguild-library-worker: the system call filter stopped " + written + "\n";
    INFO(written);
    CHECK(filtered_call(ended({}, SIGSYS, line), entry_kind::library).empty());
  }
}

TEST_CASE("The limit that ended a process is told by its signal, or by the words of a refused allocation") {
  CHECK(exceeded_limit(ended({}, SIGXCPU, ""), true) == "CPU time");
  CHECK(exceeded_limit(ended({}, SIGXFSZ, ""), true) == "file size");
  CHECK(exceeded_limit(ended({}, SIGABRT, "terminate called: std::bad_alloc"), true) == "memory");
  CHECK(exceeded_limit(ended(1, {}, "MemoryError"), true) == "memory");
  CHECK(exceeded_limit(ended(1, {}, "MemoryError"), false).empty());
  CHECK(exceeded_limit(ended(0, {}, "MemoryError"), true).empty());
  CHECK(exceeded_limit(ended(1, {}, "something else"), true).empty());
  auto killed = ended({}, SIGKILL, "");
  CHECK(exceeded_limit(killed, true).empty());
  killed.resources.peak_memory_bytes = limits::planner_memory_bytes_max;
  CHECK(exceeded_limit(killed, true) == "memory");
}
