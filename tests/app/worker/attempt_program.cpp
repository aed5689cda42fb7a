// A program that tries what its arguments say and reports each attempt in a line of its own: `ATTEMPT ok` or
// `ATTEMPT ERRNO`, for questions `ATTEMPT ok ANSWER`. The tests of planguild-worker run it inside the layers. One
// thread; it links nothing of planguild.
//
//   attempt_program ATTEMPT[=ARGUMENT]...
#include <unistd.h>

#include <cstring>
#include <iostream>
#include <string>

#include "attempts.hpp"

int main(int argc, char** argv) {
  for (int number = 1; number < argc; ++number) {
    const std::string given = argv[number];
    const std::string name = given.substr(0, given.find('='));
    const std::string argument = name.size() < given.size() ? given.substr(name.size() + 1) : "";
    attempts::attempt found = nullptr;
    for (const auto* table :
         {&attempts::on_files, &attempts::on_network, &attempts::on_processes, &attempts::questions}) {
      const auto place = table->find(name);
      if (place != table->end()) found = place->second;
    }
    std::string answer;
    if (found == nullptr) {
      std::cout << given << " is no attempt" << std::endl;
      return 2;
    }
    const int error = found(argument, answer);
    const char* error_text = strerrorname_np(error);
    std::cout << given << ' '
              << (error == 0              ? "ok"
                  : error_text == nullptr ? "?"
                                          : error_text)
              << (answer.empty() ? "" : " ") << answer << std::endl;
  }
  return 0;
}
