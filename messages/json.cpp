// Instantiates to_json and from_json for every message type, so that nobody else compiles them.
// Pure functions, any thread.
#include "messages/json.hpp"

#include "messages/environment.hpp"
#include "messages/events.hpp"
#include "messages/health.hpp"
#include "messages/instantiation.hpp"
#include "messages/json_fields.hpp"
#include "messages/message_list.hpp"
#include "messages/operations.hpp"
#include "messages/planning.hpp"
#include "messages/profiling.hpp"
#include "messages/store.hpp"

namespace planguild {

#define PLANGUILD_INSTANTIATE_JSON(type)                      \
  template nlohmann::ordered_json to_json<type>(const type&); \
  template outcome<type> from_json<type>(const nlohmann::json&, std::string_view);
PLANGUILD_MESSAGES(PLANGUILD_INSTANTIATE_JSON)
PLANGUILD_REPLIES(PLANGUILD_INSTANTIATE_JSON)
#undef PLANGUILD_INSTANTIATE_JSON

// A failure is only written by itself; it is read as part of an outcome.
template nlohmann::ordered_json to_json<failure>(const failure&);

}  // namespace planguild
