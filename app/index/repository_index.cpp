// Builds the index: walk, scan, graph, churn. Owned by app/index; blocks.
#include "app/index/repository_index.hpp"

#include <algorithm>
#include <future>
#include <utility>

#include "app/index/file_scan.hpp"
#include "app/index/git_churn.hpp"
#include "app/index/test_coverage.hpp"

namespace planguild {

namespace {

bool is_stopped(const index_options& options) {
  return options.stop != nullptr && options.stop->load(std::memory_order_relaxed);
}

// Only the whole tree can tell what language its `.h` files are in.
void settle_headers(std::vector<source_file>& files) {
  bool cpp = std::any_of(files.begin(), files.end(), [](const auto& file) { return file.lang == language::cpp; });
  for (auto& file : files) {
    if (cpp && file.lang == language::c && !file.path.ends_with(".c")) {
      file.lang = language::cpp;
    }
  }
}

void take_scan(repository_index& index, std::vector<scanned_file> scanned) {
  std::size_t imports = 0;
  for (const auto& file : scanned) {
    imports += file.imports.size();
  }
  index.imports.reserve(imports);
  index.facts.resize(index.files.size());
  for (std::size_t i = 0; i < scanned.size(); ++i) {
    auto& facts = index.facts[i];
    facts.lines = scanned[i].lines;
    facts.bytes = scanned[i].bytes;
    facts.read = scanned[i].read;
    index.lines += facts.lines;
    index.bytes += facts.bytes;
    index.unread_files += facts.read ? 0U : 1U;
    index.external_imports += scanned[i].external;
    std::move(scanned[i].imports.begin(), scanned[i].imports.end(), std::back_inserter(index.imports));
  }
}

void take_churn(repository_index& index, const git_churn& churn) {
  index.churn = {churn.present, churn.truncated, churn.absent_reason};
  for (std::size_t i = 0; i < index.files.size(); ++i) {
    auto found = churn.changes.find(index.files[i].path);
    index.facts[i].changes = found == churn.changes.end() ? 0 : found->second;
  }
}

void relate(repository_index& index) {
  auto fans = count_fans(index.files.size(), index.imports);
  for (std::size_t i = 0; i < index.files.size(); ++i) {
    index.facts[i].fan_in = fans.in[i];
    index.facts[i].fan_out = fans.out[i];
  }
  index.cycles = find_cycles(index.files.size(), index.imports);
  mark_tested(index);
}

}  // namespace

outcome<repository_index> build_index(const std::string& path, const index_options& options) {
  auto tree = walk_source_tree(path, options.stop);
  if (!tree) {
    return *tree.error;
  }
  repository_index index;
  index.root = path;
  index.files = std::move(tree->files);
  index.other_files = tree->other_files;
  index.unreadable_folders = tree->unreadable_folders;
  index.truncated = tree->truncated;
  settle_headers(index.files);

  // Git works in its own process while files are read here.
  std::future<git_churn> churn;
  if (options.churn) {
    churn = std::async(std::launch::async | std::launch::deferred, read_git_churn, path, options.stop);
  }
  auto scanned = scan_files(path, index.files, options);
  if (is_stopped(options)) {
    return make_failure(failure_code::cancelled, "stopped while reading files", {}, path);
  }
  take_scan(index, std::move(scanned));
  relate(index);
  if (churn.valid()) {
    take_churn(index, churn.get());
  } else {
    index.churn.absent_reason = "not asked for";
  }
  return index;
}

std::vector<file_id> find_hotspots(const repository_index& index) {
  std::vector<file_id> hotspots;
  for (std::size_t i = 0; i < index.facts.size(); ++i) {
    const auto& facts = index.facts[i];
    if (facts.changes >= index_limits::hotspot_changes_min && facts.lines > index_limits::hotspot_lines_above) {
      hotspots.push_back(static_cast<file_id>(i));
    }
  }
  auto heat = [&](file_id id) { return std::uint64_t{index.facts[id].changes} * index.facts[id].lines; };
  // Ids ascend with the paths, so a stable sort leaves ties by path.
  std::stable_sort(hotspots.begin(), hotspots.end(), [&](file_id a, file_id b) { return heat(a) > heat(b); });
  return hotspots;
}

}  // namespace planguild
