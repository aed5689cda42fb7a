// Making the deep context. Owned by the command; main thread.
#include "app/cli/deep_context.hpp"

#include <sys/stat.h>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "app/cli/output.hpp"
#include "app/index/repository_index.hpp"
#include "messages/context.hpp"
#include "messages/json.hpp"
#include "messages/json_fields.hpp"
#include "messages/limits.hpp"

namespace planguild::cli {
namespace {

/// The absolute path of the folder `given`, without links; empty if there is no such folder.
std::string real_folder(const std::string& given) {
  const std::unique_ptr<char, decltype(&std::free)> path{::realpath(given.c_str(), nullptr), &std::free};
  struct stat facts {};
  if (!path || ::stat(path.get(), &facts) != 0 || !S_ISDIR(facts.st_mode)) return {};
  return path.get();
}

std::optional<failure> read_given(const std::string& path, deep_context& result) {
  auto text = read_input(path, limits::context_bytes_max);
  if (!text) return *text.error;
  result.view.given_in = path == "-" ? "standard input" : path;
  const auto json = parse_json(*text, {limits::context_bytes_max, limits::context_depth_max},
                               failure_code::invalid_request, "context");
  if (!json) {
    return failure{json.error->code, "--context " + path + ": " + json.error->message, {}, json.error->where};
  }
  if (!json->is_object()) {
    return failure{
        failure_code::invalid_request,
        "--context " + path + " is " + std::string{json_fields::kind_of(*json)} + "; accepted is a JSON object",
        {},
        "context"};
  }
  result.facts = context_facts_of(*json);
  result.text = std::move(*text);
  result.view.hotspots = static_cast<std::uint64_t>(std::max<std::int64_t>(result.facts.hotspots, 0));
  return std::nullopt;
}

std::optional<failure> index_repository(const command_context& context, progress_line& progress, deep_context& result) {
  const auto begin = std::chrono::steady_clock::now();
  std::atomic<bool> stop{false};
  index_options options;
  options.stop = &stop;
  options.progress = [&progress](std::size_t done, std::size_t total) {
    progress.stage("indexing: " + with_separators(done) + " of " + with_separators(total) + " files");
  };
  progress.stage("indexing " + printable(result.repository));
  const interrupt_watch::scope scope{context.interrupts, [&stop] { stop = true; }};
  const auto index = build_index(result.repository, options);
  if (!index) return *index.error;
  const auto json = context_json(*index);
  auto& view = result.view;
  view.indexed = true;
  view.files = index->files.size();
  view.lines = index->lines;
  view.cycles = index->cycles.size();
  view.hotspots = static_cast<std::uint64_t>(std::max<std::int64_t>(json.value("hotspots_count", std::int64_t{0}), 0));
  view.truncated = index->truncated;
  if (!index->churn.present) view.churn_absent = index->churn.absent_reason;
  result.facts = context_facts_of(json);
  result.text = dump_json(json);
  view.duration_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return std::nullopt;
}

}  // namespace

outcome<deep_context> make_deep_context(const command_context& context, progress_line& progress) {
  const auto& line = context.line;
  deep_context result;
  if (!line.repository.empty()) {
    result.repository = real_folder(line.repository);
    if (result.repository.empty()) {
      return failure{failure_code::invalid_request, "--repo " + line.repository + " is no folder", {}, line.repository};
    }
    result.view.repository = result.repository;
  }
  std::optional<failure> problem;
  if (!line.context_file.empty()) {
    problem = read_given(line.context_file, result);
  } else if (!result.repository.empty()) {
    problem = index_repository(context, progress, result);
  }
  if (problem) return *problem;
  return result;
}

}  // namespace planguild::cli
