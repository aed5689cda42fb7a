// Masking what a planner sends: see the header.
#include "actors/instantiation/plan_scrub.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "messages/limits.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

using nlohmann::json;

std::string masked(const std::string& text) {
  // A line of the protocol has its own bound; nothing is cut here.
  return text.empty() ? text : scrub(text, {.hide_paths = false, .bytes_max = 2 * limits::protocol_line_bytes_max});
}

/// `text` told apart by a number behind it, or before it where masking would take what is behind for part of a secret:
/// the value of a header goes to the end of the line.
std::string numbered(const std::string& text, std::size_t number) {
  const auto mark = "(" + std::to_string(number) + ")";
  auto result = text + " " + mark;
  return masked(result) == result ? result : mark + " " + text;
}

/// Texts that are taken, and for each that was wanted again the number to try next, so that many of one text cost no
/// more than as many different ones.
class taken_texts {
 public:
  void take(const std::string& text) { taken_.insert(text); }
  /// `text`, or `numbered` from 2 on, so that it was not taken; it is then.
  std::string distinct(const std::string& text) {
    auto result = text;
    auto& number = next_[text];
    for (number = std::max<std::size_t>(number, 2); !taken_.insert(result).second; ++number) {
      result = numbered(text, number);
    }
    return result;
  }

 private:
  std::set<std::string> taken_;
  std::map<std::string, std::size_t> next_;
};

/// Ids that masking changes, and what becomes of them; the others are taken already.
class id_table {
 public:
  void add(const std::string& id) {
    if (masked(id) == id) {
      taken_.take(id);
    } else {
      changed_.try_emplace(id);
    }
  }
  void name_changed() {
    for (auto& [id, name] : changed_) name = taken_.distinct(masked(id));
  }
  void rename(json& id) const {
    const auto* text = id.get_ptr<const std::string*>();
    const auto found = text == nullptr ? changed_.end() : changed_.find(*text);
    if (found != changed_.end()) id = found->second;
  }
  bool is_empty() const noexcept { return changed_.empty(); }

 private:
  taken_texts taken_;
  std::map<std::string, std::string> changed_;
};

json* member(json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found == object.end() ? nullptr : &*found;
}

void mask_ids(json& candidate) {
  auto* tasks = member(candidate, "tasks");
  if (tasks == nullptr || !tasks->is_array()) return;
  id_table ids;
  for (auto& task : *tasks) {
    if (const auto* id = member(task, "id"); id != nullptr && id->is_string()) ids.add(id->get<std::string>());
    // A dependency on what is no task must not become one on a task whose id masks alike.
    if (const auto* needed = member(task, "depends_on"); needed != nullptr && needed->is_array()) {
      for (const auto& id : *needed) {
        if (id.is_string()) ids.add(id.get<std::string>());
      }
    }
  }
  ids.name_changed();
  if (ids.is_empty()) return;
  for (auto& task : *tasks) {
    if (auto* id = member(task, "id")) ids.rename(*id);
    if (auto* needed = member(task, "depends_on"); needed != nullptr && needed->is_array()) {
      for (auto& id : *needed) ids.rename(id);
    }
  }
}

void mask_keys(json& object) {
  std::vector<std::pair<std::string, std::string>> changed;
  taken_texts taken;
  for (const auto& [key, value] : object.items()) {
    auto name = masked(key);
    if (name != key) changed.emplace_back(key, std::move(name));
  }
  if (changed.empty()) return;
  for (const auto& [key, value] : object.items()) taken.take(key);
  for (auto& [key, name] : changed) {
    const auto unique = taken.distinct(name);
    auto value = std::move(object[key]);
    object.erase(key);
    object[unique] = std::move(value);
  }
}

}  // namespace

void scrub_plan(json& candidate) {
  mask_ids(candidate);
  std::vector<json*> left = {&candidate};
  while (!left.empty()) {
    auto& value = *left.back();
    left.pop_back();
    if (auto* text = value.get_ptr<std::string*>()) {
      *text = masked(*text);
    } else if (value.is_object()) {
      mask_keys(value);
      for (auto& [key, inner] : value.items()) {
        if (is_secret_name(key) && !inner.is_null()) inner = "***";
        left.push_back(&inner);
      }
    } else if (value.is_array()) {
      for (auto& element : value) left.push_back(&element);
    }
  }
}

std::string scrub_stderr_tail(std::string_view tail) {
  if (tail.size() >= limits::stderr_tail_bytes) {
    const auto line_end = tail.find('\n');
    tail.remove_prefix(line_end == std::string_view::npos ? tail.size() : line_end + 1);
    constexpr std::string_view end_mark = "-----END ";
    constexpr std::string_view dashes = "-----";
    const auto key_end = tail.find(end_mark);
    if (key_end < tail.find("-----BEGIN ")) {
      const auto last = tail.find(dashes, key_end + end_mark.size());
      tail.remove_prefix(last == std::string_view::npos ? tail.size() : last + dashes.size());
    }
  }
  return scrub(text::valid_utf8(tail));
}

}  // namespace planguild
