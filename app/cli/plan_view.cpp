// Counting and numbering for the renderers. Owned by the command; pure functions, any thread.
#include "app/cli/plan_view.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "messages/text.hpp"

namespace planguild::cli {

planners_view count_planners(const planner_list& list, const std::vector<std::string>& allowed) {
  planners_view view;
  std::set<std::string, std::less<>> found;
  for (const auto& record : list.planners) {
    found.insert(record.name);
    if (record.admission == admission_state::admitted) ++view.admitted;
    if (record.admission == admission_state::pending) ++view.pending;
    if (record.admission == admission_state::quarantined) ++view.quarantined;
  }
  for (const auto& skipped : list.skipped) found.insert(skipped.name);
  for (const auto& name : allowed) {
    if (name != "*" && !found.contains(text::normalised(name))) view.not_installed.push_back(name);
  }
  view.import_failures = list.import_failures.size();
  return view;
}

std::vector<std::size_t> ordered_tasks(const plan& made) {
  std::unordered_map<std::string_view, std::size_t> positions;
  for (std::size_t index = 0; index < made.tasks.size(); ++index) positions.emplace(made.tasks[index].id, index);
  std::vector<std::size_t> result;
  std::vector<bool> placed(made.tasks.size(), false);
  const auto place = [&](std::size_t position) {
    if (!placed[position]) result.push_back(position);
    placed[position] = true;
  };
  for (const auto& id : made.order) {
    if (const auto found = positions.find(id); found != positions.end()) place(found->second);
  }
  for (std::size_t index = 0; index < made.tasks.size(); ++index) place(index);
  return result;
}

std::vector<std::size_t> task_numbers(const plan& made) {
  std::vector<std::size_t> numbers(made.tasks.size(), 0);
  std::size_t next = 0;
  for (const auto position : ordered_tasks(made)) numbers[position] = ++next;
  return numbers;
}

std::vector<std::size_t> numbers_of(const plan& made, const std::vector<std::string>& ids,
                                    const std::vector<std::size_t>& numbers) {
  const std::set<std::string_view> wanted{ids.begin(), ids.end()};
  std::vector<std::size_t> result;
  for (std::size_t index = 0; index < made.tasks.size(); ++index) {
    if (wanted.contains(made.tasks[index].id)) result.push_back(numbers[index]);
  }
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace planguild::cli
