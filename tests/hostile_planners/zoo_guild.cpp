// See the header.
#include "tests/hostile_planners/zoo_guild.hpp"

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "tests/hostile_planners/leftovers.hpp"

namespace planguild::test {
namespace {

constexpr std::int64_t patience_ms = 60'000;

config config_of(const hostile_world& world, const std::string& sandbox, std::vector<config_setting> settings) {
  settings.push_back({"FACTORY_SANDBOX", sandbox, "the test"});
  settings.push_back({"FACTORY_ALLOWED_PLANNERS", "*", "the test"});
  settings.push_back({"FACTORY_PLANNER_PATH", world.planners(), "the test"});
  auto loaded = load_config(settings);
  for (const auto& problem : loaded.problems) {
    throw std::runtime_error(problem.variable + "=" + problem.text + " is refused: " + problem.accepted);
  }
  return std::move(loaded.value);
}

std::vector<std::string> words_of(std::string_view text, char separator) {
  std::vector<std::string> words;
  std::istringstream stream{std::string{text}};
  for (std::string word; std::getline(stream, word, separator);) {
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

int version_in(const std::string& detail) {
  const auto digit = detail.find_first_of("0123456789");
  return digit == std::string::npos ? 0 : std::atoi(detail.c_str() + digit);
}

}  // namespace

std::string text_of(const seen_planner& seen) {
  std::string text = seen.code + (seen.message.empty() ? "" : ": " + seen.message) + "; it said: " + seen.said;
  if (seen.evidence) {
    text += "; evidence: " + std::string{to_string(seen.evidence->stage)} + " " +
            std::string{to_string(seen.evidence->code)} + " " + std::string{to_string(seen.evidence->ending)} + " (" +
            seen.evidence->ending_detail + ") " + seen.evidence->message;
    if (seen.evidence->exit_code) text += ", exit code " + std::to_string(*seen.evidence->exit_code);
    if (seen.evidence->signal) text += ", signal " + std::to_string(*seen.evidence->signal);
    text += ", stderr: " + seen.evidence->stderr_tail.substr(0, 400);
  }
  return text;
}

zoo_guild::zoo_guild(hostile_world& world, const std::string& sandbox, std::vector<config_setting> settings,
                     const missing_layers& lacking)
    : world_(world) {
  ::setenv("TMPDIR", world.private_folder().c_str(), 1);           // NOLINT(concurrency-mt-unsafe)
  ::setenv("XDG_RUNTIME_DIR", world.private_folder().c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
  world.restore();
  world.add(good_one());
  host_ = std::make_unique<lacking_runtime>(config_of(world, sandbox, std::move(settings)), lacking);
  std::string problem;
  if (!good_one_plans(problem)) throw std::runtime_error("the planner without fault does not plan: " + problem);
}

void zoo_guild::discover() {
  const auto report = runtime().discover({true, true, patience_ms});
  if (!report) throw std::runtime_error("discovery failed: " + report.error->message);
  import_failures_ = report->import_failures;
}

void zoo_guild::add(const std::vector<zoo_planner>& planners) {
  for (const auto& planner : planners) world_.add(planner);
  discover();
}

bool zoo_guild::remove(const std::vector<zoo_planner>& planners) {
  for (const auto& planner : planners) world_.remove(planner);
  discover();
  return std::all_of(planners.begin(), planners.end(), [](const zoo_planner& planner) {
    return eventually([&planner] { return processes_of(planner.mark(), planner.name()).empty(); });
  });
}

seen_planner zoo_guild::look_at(const zoo_planner& planner, const std::string& context, const std::string& repository) {
  seen_planner seen;
  const auto before = runtime().describe({planner.name(), true, patience_ms});
  if (!before) {
    seen.code = to_string(before.error->code);
    seen.message = before.error->message;
    for (const auto& failure : import_failures_) {
      if (failure.where.ends_with("/" + planner.name() + ".planner.json")) seen.message = failure.message;
    }
    return seen;
  }
  seen.posture = before->posture;
  seen.evidence = before->evidence;
  if (before->admission == admission_state::quarantined) {
    seen.code = before->evidence ? to_string(before->evidence->code) : "quarantined without evidence";
    seen.message = before->admission_reason;
    return seen;
  }
  plan_request asked;
  asked.request.objective = "Make the registry easier to change";
  asked.planner = planner.name();
  asked.repository = repository.empty() ? world_.repository() : repository;
  asked.context = context;
  asked.timeout_ms = patience_ms;
  const auto planned = runtime().plan(asked);
  seen.code = planned ? "ok" : to_string(planned.error->code);
  if (planned && !planned->plan.evidence.empty()) seen.said = planned->plan.evidence.front().text;
  if (!planned) seen.message = planned.error->message;
  // The failure may be told before the registry knows what was seen of it.
  const bool has_evidence =
      !planned &&
      (planned.error->code == failure_code::planner_crashed || planned.error->code == failure_code::protocol_error ||
       planned.error->code == failure_code::limit_exceeded || planned.error->code == failure_code::deadline_exceeded);
  (void)eventually([&] {
    const auto after = runtime().describe({planner.name(), false, patience_ms});
    if (after && !after->posture.layers.empty()) seen.posture = after->posture;
    if (after) seen.evidence = after->evidence;
    return !has_evidence || (after && after->evidence);
  });
  return seen;
}

bool zoo_guild::good_one_plans(std::string& problem) {
  const auto seen = look_at(good_one());
  problem = text_of(seen);
  return seen.code == "ok" && seen.said == "behaved";
}

stop_report zoo_guild::stop() {
  const auto report = host_->stop();
  host_.reset();
  return report;
}

bool has_layer(const sandbox_posture& posture, std::string_view layer) {
  const auto parts = words_of(layer, '+');
  return std::all_of(parts.begin(), parts.end(), [&posture](const std::string& part) {
    const auto colon = part.find(':');
    const auto name = part.substr(0, colon);
    const int least = colon == std::string::npos ? 0 : std::atoi(part.c_str() + colon + 1);
    return std::any_of(posture.layers.begin(), posture.layers.end(), [&](const sandbox_layer& each) {
      return each.name == name && each.state == layer_state::active && (least == 0 || version_in(each.detail) >= least);
    });
  });
}

bool has_any_layer(const sandbox_posture& posture, std::string_view layers) {
  const auto all = words_of(layers, ' ');
  return std::any_of(all.begin(), all.end(), [&](const std::string& layer) { return has_layer(posture, layer); });
}

std::string text_of(const sandbox_posture& posture) {
  std::string text;
  for (const auto& layer : posture.layers) {
    if (layer.state == layer_state::off) continue;
    text += (text.empty() ? "" : ", ") + layer.name + " " + std::string{to_string(layer.state)} +
            (layer.detail.empty() ? "" : " (" + layer.detail + ")");
  }
  return text.empty() ? "no layer" : text;
}

}  // namespace planguild::test
