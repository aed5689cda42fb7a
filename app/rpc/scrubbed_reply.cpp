// Replies without secrets: see the header.
#include "app/rpc/scrubbed_reply.hpp"

#include <nlohmann/json.hpp>
#include <vector>

#include "messages/json.hpp"
#include "messages/limits.hpp"
#include "messages/scrub.hpp"

namespace planguild {
namespace {

void scrub_text(std::string& text) {
  // A plan is within its own bound already; nothing is cut here.
  if (!text.empty()) text = scrub(text, {.hide_paths = false, .bytes_max = 2 * limits::plan_bytes_max});
}

void scrub_evidence(std::vector<plan_evidence>& evidence) {
  for (auto& each : evidence) scrub_text(each.text);
}

/// Every text in `root`, and every scalar whose key names a secret. Without recursion: the depth is the planner's.
void scrub_json(nlohmann::json& root) {
  std::vector<nlohmann::json*> left = {&root};
  while (!left.empty()) {
    auto& value = *left.back();
    left.pop_back();
    if (auto* text = value.get_ptr<std::string*>()) {
      scrub_text(*text);
    } else if (value.is_object()) {
      for (auto& [key, member] : value.items()) {
        if (is_secret_name(key) && !member.is_null()) member = "***";
        left.push_back(&member);
      }
    } else if (value.is_array()) {
      for (auto& element : value) left.push_back(&element);
    }
  }
}

}  // namespace

void scrub_reply(plan_reply& reply) {
  auto& made = reply.plan;
  scrub_text(made.objective);
  for (auto& task : made.tasks) {
    scrub_text(task.kind);
    scrub_text(task.title);
    scrub_text(task.description);
    scrub_evidence(task.evidence);
  }
  scrub_evidence(made.evidence);
  auto meta = parse_json(made.meta, {limits::plan_bytes_max, limits::protocol_depth_max}, failure_code::plan_invalid);
  if (meta) {
    const auto before = *meta;
    scrub_json(*meta);
    if (*meta != before) made.meta = dump_json(*meta);
  } else {
    scrub_text(made.meta);
  }
}

void scrub_reply(diagnostics_report& reply) {
  for (auto& each : reply.configuration) scrub_text(each.text);
}

}  // namespace planguild
