// Making failures: the one place where their texts are scrubbed and cut. Pure functions, any thread.
#include "messages/failure.hpp"

#include "messages/limits.hpp"
#include "messages/scrub.hpp"

namespace planguild {

failure make_failure(failure_code code, std::string_view message, std::string_view planner, std::string_view where) {
  failure result;
  result.code = code;
  result.message = scrub(message, {.hide_paths = true, .bytes_max = limits::failure_message_bytes});
  result.planner = planner;
  // A place stays readable: it is what the reader has to open or change.
  result.where = scrub(where, {.hide_paths = false, .bytes_max = limits::failure_message_bytes});
  return result;
}

}  // namespace planguild
