// See the header.
#include "tests/hostile_planners/leftovers.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <thread>

namespace planguild::test {
namespace {

namespace files = std::filesystem;

/// What can be read: a process may end in between, which is no error.
std::string text_in(const std::string& path) {
  const std::ifstream file{path};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool is_number(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::size_t entries_of(const std::string& folder) {
  std::error_code failed;
  std::size_t count = 0;
  for (files::directory_iterator entry{folder, failed}, end; !failed && entry != end; entry.increment(failed)) ++count;
  return count;
}

}  // namespace

std::vector<process_facts_seen> processes_where(const std::function<bool(const process_facts_seen&)>& wanted) {
  std::vector<process_facts_seen> found;
  std::error_code failed;
  for (files::directory_iterator entry{"/proc", failed}, end; !failed && entry != end; entry.increment(failed)) {
    const auto number = entry->path().filename().string();
    if (!is_number(number)) continue;
    const auto stat = text_in("/proc/" + number + "/stat");
    const auto opened = stat.find('(');
    const auto closed = stat.rfind(')');
    if (closed == std::string::npos) continue;  // it is gone
    process_facts_seen seen;
    seen.id = std::stoi(number);
    seen.name = stat.substr(opened + 1, closed - opened - 1);
    std::istringstream rest{stat.substr(closed + 1)};
    rest >> seen.state >> seen.parent;
    seen.arguments = text_in("/proc/" + number + "/cmdline");
    std::replace(seen.arguments.begin(), seen.arguments.end(), '\0', ' ');
    if (seen.id != ::getpid() && wanted(seen)) found.push_back(std::move(seen));
  }
  return found;
}

std::vector<process_facts_seen> processes_of(const std::string& mark, const std::string& planner) {
  return processes_where([&](const process_facts_seen& seen) {
    return seen.name == mark || seen.arguments.find(mark) != std::string::npos ||
           seen.arguments.find(planner) != std::string::npos;
  });
}

std::vector<process_facts_seen> children() {
  return processes_where([](const process_facts_seen& seen) { return seen.parent == ::getpid(); });
}

std::string text_of(const std::vector<process_facts_seen>& processes) {
  std::string text;
  for (const auto& each : processes) {
    text += std::to_string(each.id) + " (" + each.name + ") " + each.state + ", child of " +
            std::to_string(each.parent) + ": " + each.arguments + "\n";
  }
  return text;
}

held held_now() {
  held now;
  std::error_code failed;
  for (files::directory_iterator entry{"/proc/self/fd", failed}, end; !failed && entry != end;
       entry.increment(failed)) {
    std::error_code gone;
    const auto target = files::read_symlink(entry->path(), gone).string();
    ++(target.find("/memfd:planguild-library") == 0 ? now.kept_libraries : now.descriptors);
  }
  now.threads = entries_of("/proc/self/task");
  now.children = children().size();
  std::uint64_t all_pages = 0;
  std::uint64_t resident_pages = 0;
  std::istringstream{text_in("/proc/self/statm")} >> all_pages >> resident_pages;
  now.resident_bytes = resident_pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return now;
}

held held_at_rest() {
  auto last = held_now();
  for (int looks = 0; looks < 20; ++looks) {
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
    const auto now = held_now();
    const bool rests =
        now.descriptors == last.descriptors && now.children == last.children && now.threads == last.threads;
    if (rests) return now;
    last = now;
  }
  return last;
}

std::string descriptors_text() {
  std::string text;
  std::error_code failed;
  for (files::directory_iterator entry{"/proc/self/fd", failed}, end; !failed && entry != end;
       entry.increment(failed)) {
    std::error_code gone;
    text += entry->path().filename().string() + " " + files::read_symlink(entry->path(), gone).string() + "\n";
  }
  return text;
}

bool eventually(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  return true;
}

}  // namespace planguild::test
