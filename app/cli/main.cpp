// planguild: the command.
#include <string>
#include <vector>

#include "app/cli/command.hpp"

int main(int argc, char** argv) {
  return planguild::cli::run_command({argv + (argc > 0 ? 1 : 0), argv + argc}, argc > 0 ? argv[0] : "");
}
