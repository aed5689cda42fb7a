// The in-memory file_source of the tests.
#include "tests/support/memory_files.hpp"

#include <algorithm>
#include <deque>
#include <stdexcept>

namespace planguild::test {
namespace {

std::string parent_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

std::deque<std::string> components_of(const std::string& path) {
  std::deque<std::string> result;
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    if (end > begin) result.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return result;
}

}  // namespace

memory_files::memory_files() {
  make("/", file_kind::directory, 0755);
}

memory_files::node& memory_files::make(const std::string& path, file_kind kind, std::uint32_t mode) {
  if (path.empty() || path.front() != '/') throw std::invalid_argument("memory_files wants absolute paths: " + path);
  if (path != "/" && !nodes_.contains(parent_of(path))) make(parent_of(path), file_kind::directory, 0755);
  node& result = nodes_[path];
  if (result.facts.inode == 0) result.facts.inode = next_inode_++;
  result.facts.kind = kind;
  result.facts.mode = mode;
  result.facts.device = 1;
  result.facts.modified_ns = next_time_ns_ += 1'000'000;
  return result;
}

memory_files::node& memory_files::existing(const std::string& path) {
  const auto found = nodes_.find(path);
  if (found == nodes_.end()) throw std::invalid_argument("memory_files has no " + path);
  return found->second;
}

void memory_files::put(const std::string& path, std::string_view bytes, std::uint32_t mode) {
  const std::lock_guard lock(mutex_);
  node& file = make(path, file_kind::regular, mode);
  file.bytes = bytes;
  file.facts.size_bytes = static_cast<std::int64_t>(bytes.size());
}

void memory_files::put_directory(const std::string& path) {
  const std::lock_guard lock(mutex_);
  make(path, file_kind::directory, 0755);
}

void memory_files::put_link(const std::string& path, const std::string& target) {
  const std::lock_guard lock(mutex_);
  make(path, file_kind::symlink, 0777).target = target;
}

void memory_files::put_fifo(const std::string& path) {
  const std::lock_guard lock(mutex_);
  make(path, file_kind::other, 0644);
}

void memory_files::remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  std::erase_if(nodes_, [&](const auto& item) { return item.first == path || item.first.starts_with(path + "/"); });
}

void memory_files::touch(const std::string& path) {
  const std::lock_guard lock(mutex_);
  existing(path).facts.modified_ns = next_time_ns_ += 1'000'000;
}

void memory_files::set_mode(const std::string& path, std::uint32_t mode) {
  const std::lock_guard lock(mutex_);
  existing(path).facts.mode = mode;
}

void memory_files::set_modified_ns(const std::string& path, std::int64_t modified_ns) {
  const std::lock_guard lock(mutex_);
  existing(path).facts.modified_ns = modified_ns;
}

void memory_files::set_inode(const std::string& path, std::uint64_t inode) {
  const std::lock_guard lock(mutex_);
  existing(path).facts.inode = inode;
}

void memory_files::set_unreadable(const std::string& path, bool unreadable) {
  const std::lock_guard lock(mutex_);
  existing(path).unreadable = unreadable;
}

memory_files::call_counts memory_files::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void memory_files::reset_counts() {
  const std::lock_guard lock(mutex_);
  counts_ = {};
}

std::string memory_files::resolve(const std::string& path, failure& problem) const {
  static constexpr int links_max = 40;
  auto rest = components_of(path);
  std::string at = "/";
  int links = 0;
  while (!rest.empty()) {
    const std::string name = rest.front();
    rest.pop_front();
    if (name == ".") continue;
    if (name == "..") {
      at = parent_of(at);
      continue;
    }
    std::string next = (at == "/" ? "" : at) + "/" + name;
    const auto found = nodes_.find(next);
    if (found == nodes_.end()) {
      problem = make_failure(failure_code::not_found, "No such file or directory", {}, path);
      return {};
    }
    if (found->second.facts.kind != file_kind::symlink) {
      at = std::move(next);
      continue;
    }
    if (++links > links_max) {
      problem = make_failure(failure_code::load_failed, "Too many levels of symbolic links", {}, path);
      return {};
    }
    const std::string& target = found->second.target;
    if (!target.empty() && target.front() == '/') at = "/";
    const auto steps = components_of(target);
    rest.insert(rest.begin(), steps.begin(), steps.end());
  }
  return at;
}

outcome<std::vector<directory_entry>> memory_files::list(const std::string& directory) {
  const std::lock_guard lock(mutex_);
  ++counts_.lists;
  failure problem;
  const std::string path = resolve(directory, problem);
  if (path.empty()) return problem;
  const node& found = nodes_.at(path);
  if (found.unreadable) return make_failure(failure_code::load_failed, "Permission denied", {}, directory);
  if (found.facts.kind != file_kind::directory) {
    return make_failure(failure_code::not_found, "Not a directory", {}, directory);
  }
  std::vector<directory_entry> entries;
  const std::string prefix = path == "/" ? path : path + "/";
  for (auto item = nodes_.lower_bound(prefix); item != nodes_.end() && item->first.starts_with(prefix); ++item) {
    const std::string name = item->first.substr(prefix.size());
    if (!name.empty() && name.find('/') == std::string::npos) entries.push_back({name, item->second.facts.kind});
  }
  return entries;
}

outcome<file_facts> memory_files::stat(const std::string& path) {
  const std::lock_guard lock(mutex_);
  ++counts_.stats;
  failure problem;
  const std::string resolved = resolve(path, problem);
  if (resolved.empty()) return problem;
  return nodes_.at(resolved).facts;
}

const memory_files::node* memory_files::way_out(const std::string& folder, const std::string& name) const {
  failure ignored;
  const std::string root = resolve(folder, ignored);
  if (root.empty()) return nullptr;
  const std::string prefix = root == "/" ? root : root + "/";
  auto rest = components_of(name);
  std::string at = root;
  const node* last = nullptr;
  for (int steps = 0; !rest.empty() && steps < 1'000; ++steps) {
    const std::string step = rest.front();
    rest.pop_front();
    if (step == ".") continue;
    if (step == ".." && at == root) return last;
    if (step == "..") {
      at = parent_of(at);
      continue;
    }
    std::string next = (at == "/" ? "" : at) + "/" + step;
    const auto found = nodes_.find(next);
    if (found == nodes_.end()) return nullptr;
    if (found->second.facts.kind != file_kind::symlink) {
      at = std::move(next);
      continue;
    }
    last = &found->second;
    std::string target = last->target;
    if (!target.empty() && target.front() == '/') {
      if (!target.starts_with(prefix)) return last;
      target = target.substr(prefix.size());
      at = root;
    }
    const auto more = components_of(target);
    rest.insert(rest.begin(), more.begin(), more.end());
  }
  return nullptr;
}

outcome<file_facts> memory_files::stat_below(const std::string& folder, const std::string& name) {
  {
    const std::lock_guard lock(mutex_);
    if (const node* link = way_out(folder, name)) {
      ++counts_.stats;
      return link->facts;
    }
  }
  return stat(folder + "/" + name);
}

outcome<std::string> memory_files::read_below(const std::string& folder, const std::string& name,
                                              std::size_t bytes_max) {
  {
    const std::lock_guard lock(mutex_);
    if (const node* link = way_out(folder, name)) {
      ++counts_.reads;
      return make_failure(failure_code::load_failed, "\"" + name + "\" leads out of the folder to " + link->target, {},
                          folder + "/" + name);
    }
  }
  return read(folder + "/" + name, bytes_max);
}

outcome<std::string> memory_files::read(const std::string& path, std::size_t bytes_max) {
  if (before_read) before_read(path);
  const std::lock_guard lock(mutex_);
  ++counts_.reads;
  failure problem;
  const std::string resolved = resolve(path, problem);
  if (resolved.empty()) return problem;
  const node& found = nodes_.at(resolved);
  if (found.unreadable) return make_failure(failure_code::load_failed, "Permission denied", {}, path);
  if (found.facts.kind != file_kind::regular) {
    return make_failure(failure_code::load_failed, "it is no regular file", {}, path);
  }
  if (found.bytes.size() > bytes_max) {
    return make_failure(failure_code::limit_exceeded, "it is larger than " + std::to_string(bytes_max) + " bytes", {},
                        path);
  }
  return found.bytes;
}

}  // namespace planguild::test
