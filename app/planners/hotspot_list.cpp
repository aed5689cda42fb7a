// Lenient reading of the deep context. Internal to app/planners; pure functions, any thread.
#include "app/planners/hotspot_list.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "app/index/index_limits.hpp"

namespace planguild {

namespace {

using nlohmann::json;

// Larger numbers are nonsense, and two of them still multiply without overflow.
constexpr std::uint64_t number_max = 1'000'000'000;
constexpr std::size_t path_bytes_max = 4096;

const json* member(const json& object, const char* key) {
  auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() ? &*found : nullptr;
}

std::uint64_t number(const json& object, const char* key) {
  const auto* value = member(object, key);
  if (value == nullptr || !value->is_number_integer() ||
      (!value->is_number_unsigned() && value->get<std::int64_t>() < 0)) {
    return 0;
  }
  return std::min(value->get<std::uint64_t>(), number_max);
}

bool flag(const json& object, const char* key) {
  const auto* value = member(object, key);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

// A task's target must lie inside the repository.
bool is_usable_path(std::string_view path) {
  if (path.empty() || path.size() > path_bytes_max || path.front() == '/') {
    return false;
  }
  if (std::any_of(path.begin(), path.end(), [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; })) {
    return false;
  }
  while (!path.empty()) {
    auto slash = path.find('/');
    auto component = path.substr(0, slash);
    if (component.empty() || component == "." || component == "..") {
      return false;
    }
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
  }
  return true;
}

}  // namespace

hotspot_list read_hotspots(const json& context) {
  hotspot_list list;
  if (const auto* summary = member(context, "deep_index_summary")) {
    list.files = number(*summary, "files");
    list.lines = number(*summary, "lines");
    list.cycles = number(*summary, "cycles");
    list.truncated = flag(*summary, "truncated");
  }
  list.stated = number(context, "hotspots_count");
  const auto* entries = member(context, "hotspots");
  std::unordered_set<std::string> seen;
  for (std::size_t i = 0; entries != nullptr && entries->is_array() && i < entries->size(); ++i) {
    const auto& entry = (*entries)[i];
    const auto* file = member(entry, "file");
    bool usable = file != nullptr && file->is_string() && is_usable_path(file->get_ref<const std::string&>());
    if (!usable || list.hotspots.size() >= index_limits::hotspots_max ||
        !seen.insert(file->get<std::string>()).second) {
      ++list.ignored;
      continue;
    }
    list.hotspots.push_back({file->get<std::string>(), number(entry, "lines"), number(entry, "changes"),
                             number(entry, "fan_in"), flag(entry, "tested")});
  }
  std::sort(list.hotspots.begin(), list.hotspots.end(), [](const hotspot& a, const hotspot& b) {
    return a.heat() != b.heat() ? a.heat() > b.heat() : a.file < b.file;
  });
  return list;
}

}  // namespace planguild
