// A host process for the test that kills it: starts one echo child through the real runner, prints the child's process
// id, and then waits to be killed.
#include <unistd.h>

#include <cstdio>
#include <string>

#include "app/host/system/processes.hpp"

int main(int argc, char** argv) {
  if (argc != 3) return 64;
  alarm(120);  // for a test run that was itself killed
  const auto runner = planguild::make_process_runner({argv[1]});
  planguild::process_command command;
  command.planner = "echo";
  const std::string program = argv[2];
  command.directory = program.substr(0, program.rfind('/'));
  command.files = {program.substr(program.rfind('/') + 1)};
  command.argv = {program, "deaf"};
  runner->start(command, [](const planguild::process_event& event) {
    // Its first line means that planguild-worker has done its part and became the child.
    if (event.kind == planguild::process_event_kind::line) {
      std::printf("%lld\n", static_cast<long long>(event.process));
      std::fflush(stdout);
    }
  });
  for (;;) pause();
}
