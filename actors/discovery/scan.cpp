// The scan's merging and its "unchanged" answer. One thread at a time.
#include "actors/discovery/scan.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "actors/discovery/manifest.hpp"
#include "actors/discovery/signature.hpp"
#include "messages/limits.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

std::string working_directory() {
  std::error_code ignored;
  auto path = std::filesystem::current_path(ignored);
  return ignored ? "/" : path.string();
}

std::vector<std::string> absolute_paths(const std::vector<std::string>& paths, std::string_view base) {
  std::vector<std::string> result;
  result.reserve(paths.size());
  for (const auto& path : paths) result.push_back(absolute_path(path, base));
  return result;
}

}  // namespace

/// Collects one whole result: who has which name, by precedence.
class scanner::merge {
 public:
  merge(discovery_result& result, std::size_t planners_expected) : result_(result) {
    result_.planners.reserve(planners_expected);
    owners_.reserve(planners_expected);
  }

  void fail(std::string where, failure_code code, std::string message) {
    if (result_.failures.size() >= limits::import_failures_max) {
      ++result_.failures_dropped;
      return;
    }
    result_.failures.push_back({std::move(where), code, std::move(message)});
  }

  void warn(const std::vector<std::string>& warnings) {
    for (const auto& warning : warnings) {
      if (result_.warnings.size() < limits::import_failures_max) result_.warnings.push_back(warning);
    }
  }

  /// Whether `name` is free for the manifest at `path` with `stamp`; otherwise it is a duplicate, or the same file seen
  /// twice.
  bool free(std::string_view name, std::string_view path, const file_stamp& stamp) {
    const auto found = owners_.find(name);
    if (found == owners_.end()) return true;
    const bool same_file =
        stamp.present && found->second.stamp.device == stamp.device && found->second.stamp.inode == stamp.inode;
    if (found->second.path == path || same_file) return false;
    static constexpr std::string_view origins[] = {"a builtin", "a manual manifest", "a manifest found earlier"};
    const auto origin = origins[static_cast<std::size_t>(found->second.source)];
    fail(std::string{path}, failure_code::duplicate_name,
         "\"" + std::string{name} + "\" is already the name of " + std::string{origin} + ", which counts");
    return false;
  }

  /// `planner` stays where it is until the end: its name and path are not copied.
  void add(const found_planner& planner, const file_stamp& stamp) {
    owners_.emplace(planner.manifest.name, owner{planner.path, planner.source, stamp});
    result_.planners.push_back(planner);
  }

  void skip(skipped_planner skipped) {
    if (skipped_names_.insert(skipped.name).second) skipped_.push_back(std::move(skipped));
  }

  /// A name that registered from somewhere else is not skipped.
  void finish() {
    for (auto& skipped : skipped_) {
      if (!owners_.contains(skipped.name)) result_.skipped.push_back(std::move(skipped));
    }
  }

 private:
  struct owner {
    std::string_view path;
    planner_source source;
    file_stamp stamp;
  };
  discovery_result& result_;
  std::unordered_map<std::string_view, owner> owners_;
  std::unordered_set<std::string> skipped_names_;
  std::vector<skipped_planner> skipped_;
};

scanner::scanner(config settings, file_source& files, std::vector<found_planner> builtins, std::string program_version,
                 std::string base_directory)
    : settings_(std::move(settings)),
      lists_(settings_),
      files_(files),
      builtins_(std::move(builtins)),
      program_version_(std::move(program_version)),
      base_directory_(base_directory.empty() ? working_directory() : std::move(base_directory)),
      roots_(absolute_paths(settings_.planner_path, base_directory_)),
      manual_(absolute_paths(settings_.manual_planners, base_directory_)) {
  for (auto& builtin : builtins_) builtin.source = planner_source::builtin;
}

void scanner::configure(config settings) {
  settings_ = std::move(settings);
  lists_ = allowlist(settings_);
  roots_ = absolute_paths(settings_.planner_path, base_directory_);
  manual_ = absolute_paths(settings_.manual_planners, base_directory_);
}

void scanner::allow(std::vector<std::string> names) {
  auto settings = settings_;
  settings.allowed_planners = std::move(names);
  configure(std::move(settings));
}

std::vector<std::string> scanner::directories() const {
  std::set<std::string> result(searched_.begin(), searched_.end());
  const auto add_folder_of = [&result](const std::string& path) {
    result.insert(path.substr(0, std::max<std::size_t>(path.rfind('/'), 1)));
  };
  for (const auto& path : manual_) add_folder_of(path);
  for (const auto& [path, planner] : loaded_) {
    const std::string folder{manifest_folder(path)};
    for (const auto& file : planner.files) add_folder_of((folder == "/" ? folder : folder + "/") + file.relative);
  }
  return {result.begin(), result.end()};
}

/// The signature of the tree as it is now. Covered files are known from the last reading: `fresh` takes the stamps of
/// that reading (it has just been done), otherwise they are taken again.
std::string scanner::signature(const walk_result& tree, bool fresh) const {
  signature_builder builder;
  builder.add(program_version_);
  builder.add(std::uint64_t{settings_.deep_fingerprint ? 1U : 0U});
  builder.add(roots_);
  builder.add(manual_);
  builder.add(settings_.allowed_planners);
  builder.add(settings_.excluded_planners);
  builder.add(settings_.admission_allow);
  builder.add(settings_.admission_block);
  builder.add(std::uint64_t{builtins_.size()});
  for (const auto& builtin : builtins_) {
    builder.add(builtin.manifest.name);
    builder.add(builtin.manifest.version);
    builder.add(builtin.digest);
  }
  builder.add(std::uint64_t{tree.failures.size()} + tree.failures_dropped);
  for (const auto& failure : tree.failures) {
    builder.add(failure.where);
    builder.add(failure.message);
  }
  builder.add(std::uint64_t{tree.sites.size()});
  std::string folder;
  for (const auto& site : tree.sites) {
    builder.add(site.path);
    if (site.facts) builder.add(stamp_of(*site.facts));
    const auto known = loaded_.find(site.path);
    if (known == loaded_.end()) continue;
    builder.add(std::uint64_t{known->second.files.size()});
    folder = manifest_folder(site.path);
    for (const auto& file : known->second.files) {
      builder.add(file.relative);
      if (!settings_.deep_fingerprint) continue;
      builder.add(fresh ? file.stamp : covered_stamp(folder, file, files_, site.siblings.get()));
    }
  }
  return builder.hex();
}

discovery_result scanner::run(bool force) {
  const bool forced = force || settings_.force_rediscover;
  const bool compares = !forced && !signature_.empty();
  // Where everything is read anyway, a manifest is looked at just before it is: the system still has it at hand then.
  walk_result tree = find_manifests(manual_, roots_, compares && settings_.deep_fingerprint, files_);
  searched_ = std::move(tree.directories);
  if (compares && signature(tree, false) == signature_) {
    discovery_result result;
    result.signature = signature_;
    result.unchanged = true;
    result.files_seen = files_seen_;
    return result;
  }
  return rebuild(std::move(tree), !forced && settings_.deep_fingerprint);
}

bool scanner::is_unchanged() {
  const auto tree = find_manifests(manual_, roots_, settings_.deep_fingerprint, files_);
  return !signature_.empty() && signature(tree, false) == signature_;
}

discovery_result scanner::rebuild(walk_result tree, bool trust_stamps) {
  discovery_result result;
  merge names(result, builtins_.size() + std::max(loaded_.size(), tree.sites.size() / 4));
  cache before = std::exchange(loaded_, {});
  loaded_.reserve(tree.sites.size());
  for (const auto& failure : tree.failures) names.fail(failure.where, failure.code, failure.message);
  result.failures_dropped += tree.failures_dropped;
  names.warn(tree.warnings);
  for (const auto& builtin : builtins_) {
    const std::string& name = builtin.manifest.name;
    if (!text::is_planner_name(name)) {
      names.fail(name, failure_code::invalid_manifest, "the builtin's name is no planner name");
    } else if (names.free(name, {}, {})) {
      names.add(builtin, {});
    } else {
      names.fail(name, failure_code::duplicate_name, "two builtins have this name; the first one counts");
    }
  }
  for (auto& site : tree.sites) {
    if (settings_.deep_fingerprint && !site.facts) site.facts = files_.stat(site.path);
    add_manifest(names, site, trust_stamps, before);
  }
  names.finish();
  files_seen_ = result.files_seen = tree.sites.size();
  signature_ = result.signature = signature(tree, true);
  return result;
}

void scanner::add_manifest(merge& names, const manifest_site& site, bool trust_stamps, cache& before) {
  const auto raw_name = site.raw_name();
  const std::string name = text::normalised(raw_name);
  if (!manifest_name(site.path) || !text::is_planner_name(name)) {
    names.fail(
        site.path, failure_code::invalid_manifest,
        "the file is not called NAME.planner.json with a planner name (3 to 64 of a-z, 0-9, _ and -, not starting "
        "with -)");
    return;
  }
  if (auto skipped = lists_.check(raw_name, site.source)) {
    names.skip(std::move(*skipped));
    return;
  }
  const auto facts = site.facts ? *site.facts : files_.stat(site.path);
  if (!facts) {
    names.fail(site.path, facts.error->code, "the manifest cannot be found: " + facts.error->message);
    return;
  }
  const file_stamp stamp = stamp_of(facts);
  if (!names.free(name, site.path, stamp)) return;
  const auto* const siblings = site.siblings.get();
  const auto known = before.find(site.path);
  const bool seems_same = known != before.end() && known->second.planner && known->second.stamp == stamp &&
                          known->second.planner->source == site.source;
  const auto& same_files = trust_stamps ? files_unchanged : bytes_unchanged;
  const bool is_same = seems_same && same_files(site.path, known->second, files_, siblings);
  const auto [position, is_new] =
      is_same ? loaded_.try_emplace(site.path, std::move(known->second))
              : loaded_.try_emplace(site.path, load_planner(site.path, site.source, *facts, files_, siblings));
  const auto& loaded = position->second;
  names.warn(loaded.warnings);
  if (loaded.planner) {
    names.add(*loaded.planner, stamp);
  } else {
    names.fail(site.path, loaded.planner.error->code, loaded.planner.error->message);
  }
}

outcome<found_planner> scanner::check(const found_planner& known) {
  if (known.source == planner_source::builtin) return known;
  const auto facts = files_.stat(known.path);
  if (!facts) {
    return make_failure(failure_code::load_failed, "the manifest has gone: " + facts.error->message,
                        known.manifest.name, known.path);
  }
  const auto last = loaded_.find(known.path);
  if (last != loaded_.end() && last->second.planner && last->second.stamp == stamp_of(facts) &&
      files_unchanged(known.path, last->second, files_)) {
    return *last->second.planner;
  }
  auto loaded = load_planner(known.path, known.source, *facts, files_);
  return loaded_.insert_or_assign(known.path, std::move(loaded)).first->second.planner;
}

}  // namespace planguild
