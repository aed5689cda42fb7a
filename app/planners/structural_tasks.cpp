// Wording of structural tasks. Internal to app/planners; pure functions, any thread.
#include "app/planners/structural_tasks.hpp"

#include <algorithm>
#include <set>
#include <unordered_set>
#include <utility>

namespace planguild {

namespace {

// Names in a title before it says "…".
constexpr std::size_t title_names_max = 4;
// Imports named in a description; evidence has more, meta has all.
constexpr std::size_t described_imports_max = 6;
// Thresholds of risk and effort, in files and lines.
constexpr std::size_t large_cycle_files = 20;
constexpr std::size_t large_change_lines = 5;
constexpr std::uint32_t wide_fan_in = 20;
constexpr std::uint32_t some_fan_in = 5;
constexpr std::uint32_t large_file_lines = 1000;
constexpr std::uint32_t small_file_lines = 100;
// Untested files that the objective speaks of: more than these nobody pins before a change.
constexpr std::size_t scope_pins_max = 8;

enum urgency : int { urgency_cycle, urgency_layers, urgency_tests, urgency_size, urgency_scope };

class task_writer {
 public:
  task_writer(const repository_index& index, const structural_findings& findings, const objective_words& words)
      : index_(index), findings_(findings) {
    for (auto hub : findings.hubs) {
      if (!index.facts[hub].tested) {
        pinned_.insert(hub);
      }
    }
    find_scope(words);
  }

  std::vector<draft_task> run() {
    for (auto hub : findings_.hubs) {
      if (pinned_.contains(hub)) {
        pin(hub);
      }
    }
    for (std::size_t i = 0; i < findings_.cycles.size(); ++i) {
      cut(i);
    }
    for (const auto& found : findings_.layer_breaks) {
      separate(found);
    }
    for (auto file : findings_.oversized) {
      split(file);
    }
    for (auto file : scope_) {
      pin(file);
      drafts_.back().urgency = urgency_scope;
    }
    return std::move(drafts_);
  }

 private:
  const std::string& path(file_id file) const { return index_.files[file].path; }

  // `__init__.py` and `index.ts` say nothing without their folder.
  std::string short_name(file_id file) const {
    std::string_view name = file_name(path(file));
    bool vague = name.starts_with("__init__.") || name.starts_with("index.") || name.starts_with("mod.");
    auto folder = folder_of(path(file));
    return vague && !folder.empty() ? std::string(file_name(folder)) + '/' + std::string(name) : std::string(name);
  }

  /// Files that answer to the objective, are imported by others and tested by nobody; those that matter most first.
  void find_scope(const objective_words& words) {
    for (file_id file = 0; file < index_.files.size(); ++file) {
      const auto& facts = index_.facts[file];
      if (!facts.test && !facts.tested && facts.fan_in > 0 && !pinned_.contains(file) &&
          words.matches({path(file)}) > 0) {
        scope_.push_back(file);
      }
    }
    const auto weight = [this](file_id file) {
      return std::uint64_t{index_.facts[file].fan_in} * index_.facts[file].lines;
    };
    std::stable_sort(scope_.begin(), scope_.end(), [&](file_id a, file_id b) { return weight(a) > weight(b); });
    scope_.resize(std::min(scope_.size(), scope_pins_max));
    pinned_.insert(scope_.begin(), scope_.end());
  }

  static std::string pin_key(std::string_view file) { return "pin " + std::string(file); }

  void pin(file_id file) {
    draft_task draft;
    draft.key = pin_key(path(file));
    draft.urgency = urgency_tests;
    draft.weight = index_.facts[file].fan_in;
    draft.task.kind = "test";
    draft.task.target = path(file);
    auto importers = counted(index_.facts[file].fan_in, "file imports it", "files import it");
    draft.task.title = "Pin " + short_name(file) + " with tests (" + importers + ')';
    draft.task.description = "Every change here reaches " + counted(index_.facts[file].fan_in, "other file") +
                             ", and no test names or imports it. Write down what it does today before changing it.";
    const auto lines = index_.facts[file].lines;
    draft.task.effort = lines > oversized_lines_above ? task_effort::L
                        : lines > small_file_lines    ? task_effort::M
                                                      : task_effort::S;
    draft.task.evidence.push_back({path(file), std::nullopt, importers + "; no test names or imports it"});
    drafts_.push_back(std::move(draft));
  }

  plan_evidence import_evidence(const import_edge& edge, std::string_view remark) const {
    return {path(edge.from), edge.line, std::string(remark) + edge.text + "  (imports " + path(edge.to) + ')'};
  }

  std::string place(const import_edge& edge) const { return path(edge.from) + ':' + std::to_string(edge.line); }

  // "a.hpp:3 and b.hpp:7", each line once.
  std::string places(const std::vector<std::size_t>& imports) const {
    std::vector<std::string> names;
    for (auto i : imports) {
      auto name = place(index_.imports[i]);
      if (names.empty() || names.back() != name) {
        names.push_back(std::move(name));
      }
    }
    std::string list;
    for (std::size_t i = 0; i < std::min(names.size(), described_imports_max); ++i) {
      list += i == 0 ? "" : i + 1 == names.size() ? " and " : ", ";
      list += names[i];
    }
    return names.size() > described_imports_max
               ? list + " and " + std::to_string(names.size() - described_imports_max) + " more"
               : list;
  }

  std::string circle_title(const std::vector<file_id>& circle, std::size_t cycle_files) const {
    std::string title = "Cut the cycle ";
    for (std::size_t i = 0; i < std::min(circle.size(), title_names_max); ++i) {
      title += (i == 0 ? "" : " > ") + short_name(circle[i]);
    }
    if (circle.size() > title_names_max) {
      title += " > …";
    }
    return cycle_files > circle.size() || circle.size() > title_names_max
               ? title + " (" + std::to_string(cycle_files) + " files)"
               : title;
  }

  void cut(std::size_t number) {
    const auto& found = findings_.cycles[number];
    const auto& first = index_.imports[found.cut.imports.front()];
    bool alone = found.files.size() == 1;
    draft_task draft;
    draft.key = "cut " + std::to_string(number);
    draft.urgency = urgency_cycle;
    draft.weight = found.files.size();
    auto& task = draft.task;
    task.kind = "cycle";
    task.target = path(first.from);
    auto circle = shortest_circle(found.files, index_.imports, first);
    task.title =
        alone ? "Stop " + path(first.from) + " from importing itself" : circle_title(circle, found.files.size());
    task.description = cut_description(found);
    task.effort = found.cut.lines == 1                    ? task_effort::S
                  : found.cut.lines <= large_change_lines ? task_effort::M
                                                          : task_effort::L;
    task.risk = found.files.size() > large_cycle_files || found.cut.lines > large_change_lines ? task_risk::high
                : alone                                                                        ? task_risk::low
                                                                                               : task_risk::medium;
    add_cut_evidence(found, circle, task.evidence);
    for (auto file : found.files) {
      draft.files.push_back(path(file));
      cycle_of_[file] = draft.key;
    }
    for (auto i : found.cut.imports) {
      cut_by_.emplace(i, draft.key);
      // Only the files that lose an import change.
      if (auto changed = index_.imports[i].from; pinned_.contains(changed)) {
        task.depends_on.push_back(pin_key(path(changed)));
      }
    }
    drafts_.push_back(std::move(draft));
  }

  std::string cut_description(const found_cycle& found) const {
    if (found.files.size() == 1) {
      return "Remove " + places(found.cut.imports) + ": the file imports itself.";
    }
    auto lines = counted(found.cut.lines, "import line");
    auto files = counted(found.files.size(), "file");
    auto where = places(found.cut.imports);
    if (!found.cut.exact) {
      return "Remove " + lines + " (" + where + "): then no cycle is left among the " + files +
             ". The cycle is too large to prove that no smaller cut exists; this one was found greedily.";
    }
    return "Remove " + lines + " (" + where + "): the fewest whose removal leaves no cycle among the " + files + '.';
  }

  void add_cut_evidence(const found_cycle& found, const std::vector<file_id>& circle,
                        std::vector<plan_evidence>& evidence) const {
    std::set<std::size_t> cut(found.cut.imports.begin(), found.cut.imports.end());
    for (auto i : found.cut.imports) {
      if (evidence.size() < task_evidence_max) {
        evidence.push_back(import_evidence(index_.imports[i], "cut: "));
      }
    }
    // The rest of the shortest circle shows why this is a cycle at all.
    for (std::size_t step = 1; step < circle.size() && evidence.size() < task_evidence_max; ++step) {
      auto to = circle[(step + 1) % circle.size()];
      for (std::size_t i = 0; i < index_.imports.size(); ++i) {
        const auto& edge = index_.imports[i];
        if (edge.from == circle[step] && edge.to == to && !edge.type_only && !cut.contains(i)) {
          evidence.push_back(import_evidence(edge, "keep, the way back: "));
          break;
        }
      }
    }
  }

  void separate(const layer_break& found) {
    const auto& first = index_.imports[found.breaks.front()];
    draft_task draft;
    draft.key = "layers " + found.from + ' ' + found.to;
    draft.urgency = urgency_layers;
    draft.weight = found.lines;
    auto& task = draft.task;
    task.kind = "layering";
    task.target = path(first.from);
    task.title = "Free " + found.from + "/ of " + found.to + "/ (" + counted(found.lines, "import") + ')';
    task.description = found.from + "/ and " + found.to +
                       "/ import each other: " + counted(found.lines, "import line") + " this way (" +
                       places(found.breaks) + "), " + grouped(found.opposite_lines) +
                       " the other way. The direction with fewer is taken as the break.";
    task.effort = found.lines <= 2                        ? task_effort::S
                  : found.lines <= 2 * large_change_lines ? task_effort::M
                                                          : task_effort::L;
    task.risk = found.lines > 2 * large_change_lines ? task_risk::high : task_risk::medium;
    for (auto i : found.breaks) {
      draft.files.push_back(path(index_.imports[i].from));
      if (task.evidence.size() < task_evidence_max) {
        task.evidence.push_back(import_evidence(index_.imports[i], "break: "));
      }
      if (auto shared = cut_by_.find(i); shared != cut_by_.end()) {
        task.depends_on.push_back(shared->second);
      }
    }
    drafts_.push_back(std::move(draft));
  }

  void split(file_id file) {
    const auto& facts = index_.facts[file];
    draft_task draft;
    draft.key = "split " + path(file);
    draft.urgency = urgency_size;
    draft.weight = facts.lines;
    auto& task = draft.task;
    task.kind = "split";
    task.target = path(file);
    task.title = "Split " + path(file) + " (" + counted(facts.lines, "line") + ')';
    task.description = "Files here are taken as oversized above " + grouped(findings_.size_threshold) + " lines. " +
                       counted(facts.fan_in, "file imports it", "files import it") + ", it imports " +
                       grouped(facts.fan_out) + (facts.tested ? "." : "; no test names or imports it.");
    task.effort = facts.lines > large_file_lines ? task_effort::L : task_effort::M;
    bool exposed = facts.fan_in >= wide_fan_in || (facts.fan_in >= some_fan_in && !facts.tested);
    task.risk = exposed                                        ? task_risk::high
                : facts.fan_in >= some_fan_in || !facts.tested ? task_risk::medium
                                                               : task_risk::low;
    task.evidence.push_back({path(file), std::nullopt,
                             counted(facts.lines, "line") + "; imported by " + grouped(facts.fan_in) + ", imports " +
                                 grouped(facts.fan_out) + (facts.tested ? "; tested" : "; not tested")});
    if (pinned_.contains(file)) {
      task.depends_on.push_back(pin_key(path(file)));
    }
    if (auto cycle = cycle_of_.find(file); cycle != cycle_of_.end()) {
      task.depends_on.push_back(cycle->second);
    }
    drafts_.push_back(std::move(draft));
  }

  const repository_index& index_;
  const structural_findings& findings_;
  std::unordered_set<file_id> pinned_;
  std::vector<file_id> scope_;
  std::unordered_map<file_id, std::string> cycle_of_;
  std::unordered_map<std::size_t, std::string> cut_by_;
  std::vector<draft_task> drafts_;
};

}  // namespace

std::vector<draft_task> draft_structural_tasks(const repository_index& index, const structural_findings& findings,
                                               const objective_words& words) {
  return task_writer(index, findings, words).run();
}

}  // namespace planguild
