// The walk through the planner roots. One thread at a time.
#include "actors/discovery/walk.hpp"

#include <functional>
#include <unordered_set>
#include <utility>

#include "actors/discovery/manifest.hpp"
#include "messages/limits.hpp"

namespace planguild {

std::string_view manifest_site::raw_name() const noexcept {
  if (const auto name = manifest_name(path)) return *name;
  const std::string_view whole = path;
  return whole.substr(whole.rfind('/') + 1);
}

namespace {

struct directory_identity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  bool operator==(const directory_identity&) const = default;
};

struct directory_identity_hash {
  std::size_t operator()(const directory_identity& identity) const noexcept {
    return std::hash<std::uint64_t>{}(identity.inode ^ (identity.device << 48U));
  }
};

using listing = std::shared_ptr<const std::vector<directory_entry>>;

class walker {
 public:
  walker(bool with_facts, file_source& files) : with_facts_(with_facts), files_(files) {}

  void add_manual(const std::string& path) { add_site(path, planner_source::manual, nullptr); }

  void add_root(const std::string& root) {
    const auto facts = files_.stat(root);
    if (!facts) return fail(root, facts.error->code, "the planner root cannot be searched: " + facts.error->message);
    if (facts->kind != file_kind::directory) {
      return fail(root, failure_code::load_failed, "the planner root is no directory");
    }
    too_deep_ = 0;
    search(root, *facts, 0);
    if (too_deep_ > 0) {
      result_.warnings.push_back(root + ": " + std::to_string(too_deep_) + " directories lie more than " +
                                 std::to_string(limits::root_depth_max) +
                                 " below the root and are not searched, first " + first_too_deep_);
    }
  }

  walk_result take() { return std::move(result_); }

 private:
  void fail(const std::string& where, failure_code code, const std::string& message) {
    if (result_.failures.size() >= limits::import_failures_max) {
      ++result_.failures_dropped;
      return;
    }
    result_.failures.push_back({where, code, make_failure(code, message, {}, where).message});
  }

  /// Recursion is bounded by limits::root_depth_max.
  void search(const std::string& directory, const file_facts& facts, std::size_t depth) {
    if (!seen_.insert({facts.device, facts.inode}).second) return;
    if (seen_.size() > limits::directories_max) {
      if (!std::exchange(directories_bound_reached_, true)) {
        fail(directory, failure_code::limit_exceeded,
             "not searched: the roots hold more than " + std::to_string(limits::directories_max) + " directories");
      }
      return;
    }
    result_.directories.push_back(directory);
    auto listed = files_.list(directory);
    if (!listed) return fail(directory, listed.error->code, "the directory cannot be listed: " + listed.error->message);
    const auto entries = std::make_shared<const std::vector<directory_entry>>(std::move(*listed));
    for (const auto& entry : *entries) {
      if (entry.kind == file_kind::directory || entry.kind == file_kind::symlink) {
        visit(below(directory, entry.name), entry.kind, depth, entries);
      } else if (manifest_name(entry.name)) {
        add_site(below(directory, entry.name), planner_source::root, entries);
      }
    }
  }

  /// Searches a directory or a link to one; what else a link points to counts by the link's name.
  void visit(std::string path, file_kind kind, std::size_t depth, const listing& siblings) {
    const auto facts = files_.stat(path);
    if (facts && facts->kind == file_kind::directory) {
      if (depth < limits::root_depth_max) {
        search(path, *facts, depth + 1);
      } else if (!seen_.contains({facts->device, facts->inode}) && too_deep_++ == 0) {
        first_too_deep_ = path;
      }
    } else if (kind == file_kind::symlink) {
      if (manifest_name(path)) add_site(std::move(path), planner_source::root, siblings);
    } else if (!facts) {
      fail(path, facts.error->code, "the directory cannot be searched: " + facts.error->message);
    }
  }

  void add_site(std::string path, planner_source source, listing siblings) {
    if (result_.sites.size() >= limits::planners_max) {
      if (!std::exchange(planners_bound_reached_, true)) {
        fail(path, failure_code::limit_exceeded,
             "not read, like all that follow: more than " + std::to_string(limits::planners_max) + " manifests");
      }
      return;
    }
    manifest_site site{std::move(path), source, std::nullopt, std::move(siblings)};
    if (with_facts_) site.facts = files_.stat(site.path);
    result_.sites.push_back(std::move(site));
  }

  static std::string below(const std::string& directory, const std::string& name) {
    std::string path;
    path.reserve(directory.size() + name.size() + 1);
    path += directory;
    if (path.back() != '/') path += '/';
    return path += name;
  }

  bool with_facts_;
  file_source& files_;
  walk_result result_;
  std::unordered_set<directory_identity, directory_identity_hash> seen_;
  bool directories_bound_reached_ = false;
  bool planners_bound_reached_ = false;
  std::uint64_t too_deep_ = 0;
  std::string first_too_deep_;
};

}  // namespace

walk_result find_manifests(const std::vector<std::string>& manual, const std::vector<std::string>& roots,
                           bool with_facts, file_source& files) {
  walker walk(with_facts, files);
  for (const auto& path : manual) walk.add_manual(path);
  for (const auto& root : roots) walk.add_root(root);
  return walk.take();
}

}  // namespace planguild
