// The zoo as a command planner: planner protocol 1 by hand-written text, without a JSON library. Which attack it makes,
// and when, the harness wrote into its file. One thread.
#include <unistd.h>

#include <cstring>
#include <string>

#include "tests/hostile_planners/attack.hpp"

namespace {

/// The text of the member `name` of the request; ids and methods hold nothing that is escaped.
std::string member(const std::string& request, const std::string& name) {
  const auto found = request.find('"' + name + "\":\"");
  if (found == std::string::npos) return {};
  const auto begin = found + name.size() + 4;
  return request.substr(begin, request.find('"', begin) - begin);
}

void answer(const std::string& id, const std::string& result) {
  const std::string line = R"({"jsonrpc":"2.0","id":")" + id + R"(","result":)" + result + "}\n";
  for (int time = 0; time < hostile::answers; ++time) hostile::say(line.data(), line.size());
}

std::string handshake() {
  const std::string name = hostile::argument("name");
  return R"({"protocol":1,"name":")" + name + R"(","version":"1.0.0","capabilities":["refactor"]})";
}

std::string plan_that_says(const hostile::finding& found) {
  return R"({"objective":"any","tasks":[{"id":"1","title":"Read the evidence"}],"evidence":[{"text":")" +
         std::string{found.text} + R"("}],"meta":{}})";
}

bool next_line(std::string& line) {
  static std::string waiting;
  auto end = waiting.find('\n');
  while (end == std::string::npos) {
    char bytes[65'536];
    const auto got = read(STDIN_FILENO, bytes, sizeof bytes);
    if (got <= 0) return false;
    const auto searched = waiting.size();
    waiting.append(bytes, static_cast<std::size_t>(got));
    end = waiting.find('\n', searched);
  }
  line = waiting.substr(0, end);
  waiting.erase(0, end + 1);
  return true;
}

}  // namespace

int main() {
  hostile::begin();
  (void)hostile::attack_at("load");
  std::string request;
  while (next_line(request)) {
    const auto id = member(request, "id");
    const auto method = member(request, "method");
    if (method == "initialize") {
      answer(id, handshake());
      (void)hostile::attack_at("ready");
    } else if (method == "self_test") {
      (void)hostile::attack_at("self_test");
      answer(id, R"({"passed":true})");
    } else if (method == "generate_plan") {
      const auto found = hostile::attack_at("plan");
      answer(id, plan_that_says(found));
    } else if (method == "shutdown") {
      answer(id, "{}");
      break;
    }
  }
  (void)hostile::attack_at("exit");
  return 0;
}
