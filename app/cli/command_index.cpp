// index: what planners are told of a repository, and everything behind it. Owned by the command; main thread.
#include <atomic>
#include <nlohmann/json.hpp>

#include "app/cli/commands.hpp"
#include "app/cli/index_text.hpp"
#include "app/cli/progress.hpp"
#include "messages/json.hpp"
#include "messages/scrub.hpp"

namespace planguild::cli {
namespace {

/// A name of a file, or a line that imports one, may hold a secret as any other text may. Paths stay.
void mask_secrets(repository_index& index) {
  for (auto& file : index.files) file.path = scrub(file.path, {.hide_paths = false});
  for (auto& edge : index.imports) edge.text = scrub(edge.text, {.hide_paths = false});
}

}  // namespace

int run_index(const command_context& context) {
  progress_line progress{is_progress_shown(context.line)};
  progress.stage("indexing " + printable(context.line.directory));
  std::atomic<bool> stop{false};
  index_options options;
  options.stop = &stop;
  options.progress = [&progress](std::size_t done, std::size_t total) {
    progress.stage("indexing: " + with_separators(done) + " of " + with_separators(total) + " files");
  };
  auto index = [&] {
    const interrupt_watch::scope scope{context.interrupts, [&stop] { stop = true; }};
    return build_index(context.line.directory, options);
  }();
  progress.end();
  if (!index) {
    auto problem = *index.error;
    // The folder was typed on the command line.
    if (problem.code == failure_code::not_found) problem.code = failure_code::invalid_request;
    return report_failure(problem, context);
  }
  mask_secrets(*index.value);
  if (context.line.format == output_format::json) {
    return print_answer(dump_json(index_json(*index)) + "\n", exit_code::yes, context);
  }
  return print_answer(index_text(*index, context.style), exit_code::yes, context);
}

}  // namespace planguild::cli
