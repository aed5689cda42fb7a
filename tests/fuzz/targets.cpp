// What the fuzz targets share, and the planted breach. One thread.
#include "tests/fuzz/targets.hpp"

#include <nlohmann/json.hpp>

#include "messages/failure.hpp"
#include "messages/json.hpp"
#include "messages/limits.hpp"

namespace planguild::fuzz {

void require_sound(const failure& problem) {
  require(!problem.message.empty(), "a failure says what was wrong");
  require(problem.message.size() <= limits::failure_message_bytes, "a failure's message is within its bound");
  require(problem.where.size() <= limits::failure_message_bytes, "a failure's place is within its bound");
  const auto text = dump_json(to_json(problem));
  require(parse_json(text, {8 * limits::failure_message_bytes * 2, 4}, failure_code::internal).value.has_value(),
          "a failure can be sent as JSON");
}

bool fuzz_planted(std::string_view bytes) {
  require(bytes.find("breach") == std::string_view::npos, "the planted promise");
  return !bytes.empty();
}

}  // namespace planguild::fuzz
