// Hotspots worded as tasks. Owned by app/planners; see planner_program.hpp for threads.
#include "app/planners/risk_planner.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "app/index/index_limits.hpp"
#include "app/index/language.hpp"
#include "app/planners/hotspot_list.hpp"
#include "app/planners/task_list.hpp"
#include "messages/json.hpp"

namespace planguild {

namespace {

// A file is widely used from this many importing files on, or from this share of all files and at least the few.
constexpr std::uint64_t wide_fan_in = 10;
constexpr std::uint64_t wide_share_percent = 5;
constexpr std::uint64_t wide_fan_in_few = 5;
// Above this a hotspot is worth breaking up; above twice that it is a large job.
constexpr std::uint64_t split_lines_above = 500;

bool is_wide(const hotspot& spot, const hotspot_list& list) {
  bool share = list.files > 0 && spot.fan_in >= wide_fan_in_few && spot.fan_in * 100 >= list.files * wide_share_percent;
  return spot.fan_in >= wide_fan_in || share;
}

plan_evidence spot_evidence(const hotspot& spot) {
  return {spot.file, std::nullopt,
          counted(spot.changes, "change") + " within a year, " + counted(spot.lines, "line") + ", imported by " +
              counted(spot.fan_in, "file") + (spot.tested ? ", tested" : ", no test names or imports it")};
}

task_effort effort_of(std::uint64_t lines) {
  return lines > 2 * split_lines_above ? task_effort::L : lines > split_lines_above ? task_effort::M : task_effort::S;
}

class risk_writer {
 public:
  explicit risk_writer(const hotspot_list& list) : list_(list) {}

  std::vector<draft_task> run() {
    for (const auto& spot : list_.hotspots) {
      // A test that changes often follows what it tests.
      if (!is_test_file(spot.file)) {
        write(spot);
      }
    }
    return std::move(drafts_);
  }

 private:
  draft_task& add(const hotspot& spot, std::string_view step, std::string title, std::string description) {
    draft_task draft;
    draft.key = std::string(step) + ' ' + spot.file;
    draft.weight = spot.heat();
    draft.task.kind = step;
    draft.task.target = spot.file;
    draft.task.title = std::move(title);
    draft.task.description = std::move(description);
    draft.task.evidence.push_back(spot_evidence(spot));
    return drafts_.emplace_back(std::move(draft));
  }

  void write(const hotspot& spot) {
    bool wide = is_wide(spot, list_);
    std::vector<std::string> before;
    if (!spot.tested) {
      auto& draft = add(spot, "test", "Add tests for " + spot.file,
                        "It changes often and no test names or imports it: write down what it does today, beginning "
                        "with what changed "
                        "last.");
      draft.task.effort = effort_of(spot.lines);
      before.push_back(draft.key);
    }
    auto& review = add(spot, "review", "Review " + spot.file + " (" + counted(spot.changes, "change") + " in a year)",
                       "Find out why it changes so often" +
                           std::string(wide ? ", and which part of it its importers rely on" : "") +
                           ", before it is changed again.");
    review.task.effort = spot.lines > 2 * split_lines_above ? task_effort::M : task_effort::S;
    review.task.depends_on = before;
    before.push_back(review.key);
    if (wide) {
      auto users = counted(spot.fan_in, "file imports it", "files import it");
      auto& draft =
          add(spot, "narrow", "Narrow what " + spot.file + " offers (" + users + ')',
              "Each change here can break its importers. Reduce what they see to what they need; risky, so only "
              "after tests and review.");
      draft.task.risk = task_risk::high;
      draft.task.effort = spot.fan_in > 3 * wide_fan_in ? task_effort::L : task_effort::M;
      draft.task.depends_on = before;
      before.push_back(draft.key);
    }
    if (spot.lines > split_lines_above) {
      auto& draft = add(
          spot, "split", "Split " + spot.file + " (" + counted(spot.lines, "line") + ')',
          "It has more than " + grouped(split_lines_above) +
              " lines and changes often. Take out what changes for different reasons; risky, so only after the tests "
              "and the review.");
      draft.task.risk = wide || !spot.tested ? task_risk::high : task_risk::medium;
      draft.task.effort = spot.lines > 2 * split_lines_above ? task_effort::L : task_effort::M;
      draft.task.depends_on = before;
    }
  }

  const hotspot_list& list_;
  std::vector<draft_task> drafts_;
};

std::vector<plan_evidence> evidence_of(const hotspot_list& list) {
  std::vector<plan_evidence> evidence;
  auto say = [&](std::string file, std::string text) {
    evidence.push_back({std::move(file), std::nullopt, std::move(text)});
  };
  auto count = [&](auto wanted) {
    return static_cast<std::uint64_t>(std::count_if(list.hotspots.begin(), list.hotspots.end(), wanted));
  };
  say("", "the deep context covers " + counted(list.files, "file") + ", " + counted(list.lines, "line") + " and " +
              counted(list.cycles, "import cycle") + (list.truncated ? "; it was cut off" : ""));
  say("", counted(std::max<std::uint64_t>(list.stated, list.hotspots.size()), "hotspot") + " (changed at least " +
              grouped(index_limits::hotspot_changes_min) + " times in a year and over " +
              grouped(index_limits::hotspot_lines_above) + " lines), " + grouped(list.hotspots.size()) +
              " listed: " + grouped(count([](const hotspot& spot) { return !spot.tested; })) + " untested, " +
              grouped(count([&](const hotspot& spot) { return is_wide(spot, list); })) + " widely imported, " +
              grouped(count([](const hotspot& spot) { return is_test_file(spot.file); })) + " themselves tests");
  if (!list.hotspots.empty()) {
    evidence.push_back(spot_evidence(list.hotspots.front()));
  }
  if (list.ignored > 0) {
    say("", counted(list.ignored, "hotspot entry", "hotspot entries") + " without a usable path or repeated");
  }
  return evidence;
}

plan plan_risk(const hotspot_list& list, const std::string& objective) {
  objective_words words(objective);
  auto ordered = order_tasks(risk_writer(list).run(), words);
  plan made;
  made.objective = objective;
  made.tasks = std::move(ordered.tasks);
  made.evidence = evidence_of(list);
  if (made.tasks.empty()) {
    made.evidence.insert(made.evidence.begin(),
                         {"", std::nullopt, "nothing to do: no file is both large and changed often"});
  }
  nlohmann::json meta{{"hotspots_count", list.stated},
                      {"hotspots_listed", list.hotspots.size()},
                      {"hotspots_ignored", list.ignored},
                      {"left_out", ordered.left_out},
                      {"objective_words", words.words()},
                      {"objective_matches", ordered.matching},
                      {"thresholds",
                       {{"wide_fan_in", wide_fan_in},
                        {"wide_share_percent", wide_share_percent},
                        {"split_lines_above", split_lines_above}}}};
  made.meta = dump_json(meta);
  return made;
}

}  // namespace

planner_facts risk_planner::facts() const {
  return {"risk_planner", "1.0.0", {"risk", "testing", "review", "hotspots"}};
}

bool risk_planner::self_test(std::string& detail) {
  hotspot_list list;
  list.hotspots.push_back({"core/engine.cpp", 900, 12, 30, false});
  auto made = plan_risk(list, "self-test");
  bool passed = made.tasks.size() == 4 && made.tasks.front().kind == "test" && made.tasks.back().kind == "split" &&
                made.tasks.back().depends_on.size() == 3;
  detail =
      passed ? "planned one hotspot: tests and review before the risky steps" : "tests and review do not come first";
  return passed;
}

outcome<plan> risk_planner::generate(const plan_request& request, const nlohmann::json& context,
                                     const progress_sink& progress, const std::atomic<bool>& cancelled) {
  if (cancelled) {
    return make_failure(failure_code::cancelled, "cancelled before planning");
  }
  if (!context.is_object()) {
    plan nothing;
    nothing.evidence.push_back(
        {"", std::nullopt, "no deep context was given: churn, sizes and tests are not known, so no risk can be named"});
    return nothing;
  }
  progress(0.0, "reading hotspots");
  return plan_risk(read_hotspots(context), request.objective);
}

}  // namespace planguild
