// The smaller parts of the outside: clock, chance, log, and all of them put together.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <set>

#include "app/host/system/clock.hpp"
#include "app/host/system/descriptor.hpp"
#include "app/host/system/log.hpp"
#include "app/host/system/random.hpp"
#include "app/host/system/system.hpp"
#include "tests/app/host/system/process_test_support.hpp"
#include "tests/app/host/system/store_test_support.hpp"

using namespace planguild;
using namespace planguild::test;

namespace {

struct pipe_ends {
  descriptor reader;
  descriptor writer;
  pipe_ends() {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) FAIL("no pipe");
    reader = descriptor(ends[0]);
    writer = descriptor(ends[1]);
  }
  std::string read_all() const {
    std::string text;
    std::array<char, 4'096> buffer{};
    for (ssize_t size = 0; (size = ::read(reader.get(), buffer.data(), buffer.size())) > 0;) {
      text.append(buffer.data(), static_cast<std::size_t>(size));
    }
    return text;
  }
};

}  // namespace

TEST_CASE("The clock does not step back and its wall time is this century's") {
  const auto clock = make_system_clock();
  std::int64_t last = clock->monotonic_ns();
  for (int count = 0; count < 1'000; ++count) {
    const std::int64_t now = clock->monotonic_ns();
    CHECK(now >= last);
    last = now;
  }
  CHECK(clock->monotonic_ms() >= last / 1'000'000);
  CHECK(clock->wall_ms() > 1'700'000'000'000);
}

TEST_CASE("Chance does not repeat itself") {
  const auto first = make_system_random();
  const auto second = make_system_random();
  std::set<std::uint64_t> seen;
  for (int count = 0; count < 1'000; ++count) {
    seen.insert(first->next());
    seen.insert(second->next());
  }
  CHECK(seen.size() == 2'000);
}

TEST_CASE("A log line is one JSON object with its fields, scrubbed") {
  const std::string line =
      log_line(log_level::warning, "store", "token=abcdef1234567890 in /home/someone/secret/file",
               {{"password", "hunter22hunter22"}, {"level", "mine"}, {"n", "1\n2\xff"}}, 1'700'000'000'123);
  REQUIRE(line.back() == '\n');
  CHECK(line.find('\n') == line.size() - 1);
  const auto json = nlohmann::json::parse(line);
  CHECK(json["component"] == "store");
  CHECK(json["level"] == "warning");
  CHECK(json["ts"] == "2023-11-14T22:13:20.123Z");
  CHECK(json["password"] == "***");
  CHECK(json["field_level"] == "mine");
  CHECK(json["n"] == "1\n2\xef\xbf\xbd");
  CHECK(line.find("abcdef1234567890") == std::string::npos);
  CHECK(line.find("/home/someone") == std::string::npos);
}

TEST_CASE("For a person a log line is one sentence with its details, scrubbed, that a terminal shows as it is") {
  CHECK(log_sentence(log_level::warning, "A planner is quarantined: it exited.", {{"planner", "risk_planner"}}) ==
        "warning: A planner is quarantined: it exited. (risk_planner)\n");
  CHECK(log_sentence(log_level::error, "in /srv/a/b",
                     {{"code", "load_failed"}, {"where", "/srv/x/y"}, {"n", "/srv/u/v"}}) ==
        "error: in <path>/b (/srv/x/y, n: <path>/v)\n");
  CHECK(log_sentence(log_level::info, "x", {{"planner", ""}}) == "info: x\n");
  CHECK(log_sentence(log_level::warning, "token=abcdef1234567890", {{"password", "hunter22"}}) ==
        "warning: token=*** (password: ***)\n");
  CHECK(log_sentence(log_level::warning,
                     "a\nb\x1b[2Jc\x7f\xc2\x9b"
                     "d\xc3\xa9",
                     {}) == "warning: a b [2Jc  d\xc3\xa9\n");
  const pipe_ends pipe;
  make_log(log_level::warning, pipe.writer.get(), log_style::terminal)->log(log_level::warning, "a", "loud");
  CHECK(pipe.read_all() == "\r\x1b[Kwarning: loud\n");
}

TEST_CASE("The log drops what is below its level") {
  const pipe_ends pipe;
  const auto log = make_log(log_level::warning, pipe.writer.get());
  log->log(log_level::info, "a", "quiet");
  log->log(log_level::error, "a", "loud");
  const std::string text = pipe.read_all();
  CHECK(text.find("quiet") == std::string::npos);
  CHECK(text.find("loud") != std::string::npos);
}

TEST_CASE("A log that nobody reads, or whose descriptor is no good, holds up nobody and fails nobody") {
  const auto broken = make_log(log_level::debug, 987'654);
  broken->log(log_level::error, "a", "into nothing");
  const pipe_ends pipe;
  const auto log = make_log(log_level::debug, pipe.writer.get());
  // 64 KiB fit into the pipe; a bound on the lines keeps the waiting short.
  for (int count = 0; count < 12; ++count) log->log(log_level::info, "a", std::string(8'000, 'x'));
  pipe.read_all();
  log->log(log_level::info, "a", "there is room again");
  const std::string text = pipe.read_all();
  CHECK(text.find("dropped") != std::string::npos);
  CHECK(text.find("there is room again") != std::string::npos);
}

TEST_CASE("The launcher is found beside the program, and the whole outside is put together") {
  CHECK_FALSE(find_launcher().empty());
  const state_folder folder;
  const pipe_ends pipe;
  system_options options;
  options.launcher_path = binary("planguild-worker");
  options.log_descriptor = pipe.writer.get();
  options.state_directory = folder.path();
  const auto made = make_system_environment(options);
  CHECK(made.outside.clock);
  CHECK(made.outside.random);
  CHECK(made.outside.files);
  CHECK(made.outside.log);
  CHECK(made.store->memory_only().empty());
  CHECK(made.builtins->abandoned() == 0);
  event_collector events;
  made.outside.processes->start(scripted({"exit", "0"}), events.sink());
  CHECK(events.wait_exited().exit_code == 0);
  CHECK(made.processes->statistics().started == 1);
  system_options without;
  without.log_descriptor = pipe.writer.get();
  CHECK_FALSE(make_system_environment(without).store->memory_only().empty());
}
