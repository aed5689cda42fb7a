// Replies as they leave by rpc: see the header.
#include "app/rpc/shortened_places.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "messages/limits.hpp"
#include "messages/scrub.hpp"

namespace planguild {
namespace {

using nlohmann::ordered_json;

void shorten(ordered_json& value) {
  auto* text = value.get_ptr<std::string*>();
  if (text != nullptr && text->find('/') != std::string::npos) {
    *text = scrub(*text, {.hide_paths = true, .bytes_max = limits::protocol_line_bytes_max});
  }
}

}  // namespace

void shorten_places(ordered_json& reply) {
  std::vector<ordered_json*> left = {&reply};
  while (!left.empty()) {
    auto& value = *left.back();
    left.pop_back();
    if (!value.is_structured()) continue;
    for (auto& [key, inner] : value.items()) {
      if (key == "meta") continue;  // a planner's own words, whatever its keys are called
      if (key == "where") {
        shorten(inner);
      } else if ((key == "warnings" || key == "warnings_issued") && inner.is_array()) {
        for (auto& warning : inner) shorten(warning);
      } else {
        left.push_back(&inner);
      }
    }
  }
}

failure with_short_place(failure problem) {
  if (problem.where.find('/') != std::string::npos) {
    problem.where = scrub(problem.where, {.hide_paths = true, .bytes_max = limits::failure_message_bytes});
  }
  return problem;
}

}  // namespace planguild
