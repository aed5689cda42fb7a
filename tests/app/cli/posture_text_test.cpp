// The sandbox as text: never more than what holds.
#include "app/cli/posture_text.hpp"

#include <catch2/catch.hpp>

#include "app/cli/catalogue_text.hpp"

using namespace planguild;
using namespace planguild::cli;

namespace {

const text_style plain{200, false};

sandbox_posture without_reads() {
  return {{{"landlock", layer_state::unavailable, "ENOSYS"}, {"seccomp", layer_state::active, ""}},
          {"no-host-writes", "no-network", "no-secrets"},
          {"no-host-reads"}};
}

planner_record started_record() {
  planner_record record;
  record.name = "alpha";
  record.version = "1.0.0";
  record.posture = without_reads();
  return record;
}

}  // namespace

TEST_CASE("A record shows what holds, what is missing, and every layer with its state and detail") {
  CHECK(record_sandbox_text(started_record(), plain, 14) ==
        "sandbox       no-host-writes, no-network, no-secrets; missing: no-host-reads\n"
        "layers        landlock: unavailable, ENOSYS\n"
        "              seccomp: active\n");
}

TEST_CASE("What is requested and not granted is said with the setting that grants it") {
  auto record = started_record();
  record.requested = {{443}, {"/data", "relative"}, {"/out"}};
  record.granted = {{443}, {}, {}};
  record.grants_needed = "alpha:network=443,alpha:read=/data,alpha:write=/out";
  CHECK(permissions_text(record, plain, 14) ==
        "requested     network 443, read /data, read relative, write /out\n"
        "granted       network 443\n"
        "not granted   read /data, read relative, write /out; to grant it:\n"
        "  export FACTORY_GRANTS='alpha:network=443,alpha:read=/data,alpha:write=/out'\n");
  record.granted = {};
  record.grants_needed.clear();
  CHECK(permissions_text(record, plain, 14).find("granted       nothing\n") != std::string::npos);
  record.requested = {};
  CHECK(permissions_text(record, plain, 14).empty());
}

TEST_CASE("The setting that grants what is missing is one line, however narrow the terminal") {
  auto record = started_record();
  record.requested.read = {"/a folder/" + std::string(100, 'x')};
  record.grants_needed = "alpha:read=" + record.requested.read.front();
  CHECK(permissions_text(record, {40, false}, 14).find("\n  export FACTORY_GRANTS='" + record.grants_needed + "'\n") !=
        std::string::npos);
}

TEST_CASE("A cell of the list says all, what holds, or that nothing does or was started") {
  auto record = started_record();
  CHECK(sandbox_cell(record) == "no-host-writes no-network no-secrets");
  record.posture.holds.insert(record.posture.holds.begin(), "no-host-reads");
  CHECK(sandbox_cell(record) == "all");
  record.posture.holds.clear();
  CHECK(sandbox_cell(record) == "none");
  record.posture = {};
  CHECK(sandbox_cell(record) == "not started");
  record.source = planner_source::builtin;
  CHECK(sandbox_cell(record) == "none");
}

TEST_CASE("A choice says what held for its planner, or what it will start with") {
  auto record = started_record();
  CHECK(expected_sandbox(record, {sandbox_mode::best, {}}) ==
        "no-host-writes, no-network, no-secrets; missing: no-host-reads (FACTORY_SANDBOX=best)");
  record.posture = {};
  CHECK(expected_sandbox(record, {sandbox_mode::require, {"no-network"}}) ==
        "not started; starts only with no-network");
  CHECK(expected_sandbox(record, {sandbox_mode::best, {}}).find("FACTORY_SANDBOX=best") != std::string::npos);
  CHECK(expected_sandbox(record, {sandbox_mode::off, {}}).find("without a sandbox") != std::string::npos);
  record.source = planner_source::builtin;
  CHECK(expected_sandbox(record, {}).find("none") == 0);
}

TEST_CASE("Nothing foreign in a posture moves the cursor") {
  auto record = started_record();
  record.posture.layers[0].detail = "\x1b[2J";
  record.posture.missing = {"\x1b[2J"};
  record.requested.read = {"/\x1b[2J"};
  CHECK(record_sandbox_text(record, plain, 14).find('\x1b') == std::string::npos);
  CHECK(sandbox_cell(record).find('\x1b') == std::string::npos);
}

TEST_CASE("A crash is told with its moment, ending, resources, posture and standard error") {
  crash_report report;
  report.name = "alpha";
  report.digest = "d1";
  report.posture = without_reads();
  auto& evidence = report.evidence;
  evidence.stage = planner_stage::plan;
  evidence.code = failure_code::planner_crashed;
  evidence.message = "The planner made a forbidden call.";
  evidence.signal = 31;
  evidence.ending = process_ending::filtered;
  evidence.ending_detail = "ptrace";
  evidence.resources = {1'200, 80, std::uint64_t{4} * 1'024 * 1'024};
  evidence.wall_ms = 1'700'000'000'000;
  evidence.stderr_tail = "last words\n";
  CHECK(crash_text(report, plain) ==
        "alpha  planner_crashed\n"
        "when          2023-11-14 22:13:20 UTC\n"
        "message       The planner made a forbidden call.\n"
        "sandbox       no-host-writes, no-network, no-secrets; missing: no-host-reads\n"
        "layers        landlock: unavailable, ENOSYS\n"
        "              seccomp: active\n"
        "digest        d1\n"
        "evidence      plan, planner_crashed, signal 31\n"
        "ended         by the system call filter: ptrace\n"
        "used          1,200 ms, 80 ms of processor, 4.00 MiB\n"
        "stderr        last words\n");
}
