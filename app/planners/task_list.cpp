// Ordering and numbering of tasks. Owned by app/planners; plain functions, any thread.
#include "app/planners/task_list.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace planguild {

namespace {

class task_orderer {
 public:
  task_orderer(std::vector<draft_task> drafts, const objective_words& words) : drafts_(std::move(drafts)) {
    std::vector<std::pair<std::size_t, draft_task>> ranked;
    ranked.reserve(drafts_.size());
    for (auto& draft : drafts_) {
      auto texts = draft.files;
      texts.push_back(draft.task.title);
      texts.push_back(draft.task.target);
      ranked.emplace_back(words.matches(texts), std::move(draft));
    }
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
      const auto& [more, first] = a;
      const auto& [fewer, second] = b;
      return std::tie(fewer, first.urgency, second.weight, first.task.target, first.task.title) <
             std::tie(more, second.urgency, first.weight, second.task.target, second.task.title);
    });
    drafts_.clear();
    for (auto& [matches, draft] : ranked) {
      matches_.push_back(matches);
      by_key_.emplace(draft.key, drafts_.size());
      drafts_.push_back(std::move(draft));
    }
  }

  task_order run() {
    taken_.assign(drafts_.size(), 0);
    for (std::size_t i = 0; i < drafts_.size() && order_.size() < plan_tasks_shown_max; ++i) {
      auto wanted = with_dependencies(i);
      if (order_.size() + wanted.size() > plan_tasks_shown_max) {
        continue;
      }
      for (auto position : wanted) {
        taken_[position] = 1;
        order_.push_back(position);
      }
    }
    return number();
  }

 private:
  // The draft and what it needs that is not in the list yet, needed ones first.
  std::vector<std::size_t> with_dependencies(std::size_t root) const {
    std::vector<std::size_t> wanted;
    std::vector<char> seen(drafts_.size(), 0);
    std::vector<std::pair<std::size_t, std::size_t>> path;
    auto open = [&](std::size_t position) {
      if (taken_[position] == 0 && seen[position] == 0) {
        seen[position] = 1;
        path.emplace_back(position, 0);
      }
    };
    open(root);
    while (!path.empty()) {
      auto [position, next] = path.back();
      const auto& needs = drafts_[position].task.depends_on;
      if (next == needs.size()) {
        wanted.push_back(position);
        path.pop_back();
        continue;
      }
      ++path.back().second;
      if (auto found = by_key_.find(needs[next]); found != by_key_.end()) {
        open(found->second);
      }
    }
    return wanted;
  }

  task_order number() {
    task_order result;
    result.left_out = drafts_.size() - order_.size();
    auto width = std::to_string(order_.size()).size();
    std::unordered_map<std::string, std::string> ids;
    for (auto position : order_) {
      auto digits = std::to_string(result.tasks.size() + 1);
      auto id = std::string(width - digits.size(), '0').append(digits);
      auto task = std::move(drafts_[position].task);
      std::vector<std::string> needs;
      for (const auto& key : task.depends_on) {
        // Only what stands before it: a circle loses one of its edges here.
        if (auto found = ids.find(key); found != ids.end()) {
          needs.push_back(found->second);
        }
      }
      std::sort(needs.begin(), needs.end());
      needs.erase(std::unique(needs.begin(), needs.end()), needs.end());
      task.depends_on = std::move(needs);
      task.id = id;
      ids.emplace(drafts_[position].key, std::move(id));
      result.matching += matches_[position] > 0 ? 1U : 0U;
      result.tasks.push_back(std::move(task));
    }
    return result;
  }

  std::vector<draft_task> drafts_;
  std::vector<std::size_t> matches_;
  std::unordered_map<std::string, std::size_t> by_key_;
  std::vector<char> taken_;
  std::vector<std::size_t> order_;
};

}  // namespace

task_order order_tasks(std::vector<draft_task> drafts, const objective_words& words) {
  return task_orderer(std::move(drafts), words).run();
}

std::string grouped(std::uint64_t number) {
  auto digits = std::to_string(number);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) {
      text.push_back(',');
    }
    text.push_back(digits[i]);
  }
  return text;
}

std::string counted(std::uint64_t number, const std::string& one, const std::string& many) {
  return grouped(number) + ' ' + (number == 1 ? one : many.empty() ? one + 's' : many);
}

}  // namespace planguild
