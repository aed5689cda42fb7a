// Calls through the planner interface. Owned by planguild-library-worker; see the header for threads.
#include "app/worker/library_planner.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "app/worker/library_exit_codes.hpp"
#include "messages/json.hpp"
#include "messages/limits.hpp"
#include "messages/plan_json.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

using nlohmann::json;

constexpr std::size_t answer_bytes_max = limits::plan_bytes_max;

/// What a function of the planner writes. Keeps at most `answer_bytes_max` bytes; knows whether there was more.
class answer {
 public:
  answer() : output_{sizeof(planguild_output), this, &answer::write} {}
  answer(const answer&) = delete;
  answer& operator=(const answer&) = delete;

  const planguild_output* output() const { return &output_; }
  const std::string& text() const { return text_; }
  bool is_whole() const { return is_whole_; }
  /// As a sentence for people.
  std::string sentence() const {
    const auto said = text::cut_bytes(text::valid_utf8(text_), limits::failure_message_bytes);
    return said.empty() ? "the planner gave no reason" : said;
  }

 private:
  static void write(void* context, const char* bytes, std::size_t size) noexcept {
    auto& self = *static_cast<answer*>(context);
    try {
      const std::size_t room = answer_bytes_max - self.text_.size();
      if (bytes != nullptr) self.text_.append(bytes, std::min(size, room));
      self.is_whole_ = self.is_whole_ && size <= room;
    } catch (...) {
      self.is_whole_ = false;  // no memory
    }
  }

  planguild_output output_;
  std::string text_;
  bool is_whole_ = true;
};

planguild_text view_of(const std::string& text) {
  return {text.data(), text.size()};
}

std::string text_of(planguild_text text) {
  if (text.bytes == nullptr) return {};
  return text::valid_utf8({text.bytes, std::min(text.size, limits::failure_message_bytes)});
}

/// A text member of a description; throws where there is none.
std::string member_of(const json& described, const char* name) {
  const auto found = described.find(name);
  if (found == described.end() || !found->is_string()) {
    throw std::runtime_error(std::string("the planner's description has no text \"") + name + "\"");
  }
  return found->get<std::string>();
}

planner_facts facts_in(const std::string& text) {
  const auto described = parse_json(text, {limits::protocol_line_bytes_max, limits::protocol_depth_max},
                                    failure_code::protocol_error, "description");
  if (!described) {
    throw std::runtime_error("the planner's description cannot be read: " + described.error->message);
  }
  if (!described->is_object()) throw std::runtime_error("the planner's description is no JSON object");
  planner_facts facts;
  facts.name = member_of(*described, "name");
  facts.version = member_of(*described, "version");
  const auto capabilities = described->find("capabilities");
  const bool is_list =
      capabilities != described->end() && capabilities->is_array() &&
      std::all_of(capabilities->begin(), capabilities->end(), [](const json& each) { return each.is_string(); });
  if (!is_list) throw std::runtime_error("the planner's description has no array of texts \"capabilities\"");
  facts.capabilities = capabilities->get<std::vector<std::string>>();
  return facts;
}

outcome<plan> plan_in(const answer& given) {
  if (!given.is_whole()) {
    return make_failure(failure_code::limit_exceeded,
                        "the planner's plan is larger than " + std::to_string(answer_bytes_max) + " bytes");
  }
  const auto parsed =
      parse_json(given.text(), {answer_bytes_max, limits::protocol_depth_max}, failure_code::planner_error, "plan");
  if (!parsed) {
    return make_failure(failure_code::planner_error, "the planner's plan cannot be read: " + parsed.error->message);
  }
  auto made = plan_from_json(*parsed);
  if (!made) {
    return make_failure(failure_code::planner_error,
                        "the planner's plan cannot be read: " + made.error->where + ": " + made.error->message);
  }
  return made;
}

}  // namespace

std::optional<interface_problem> problem_of(const planguild_planner_interface* functions) {
  if (functions == nullptr) {
    return interface_problem{library_exit::no_interface,
                             "does not export \"" PLANGUILD_PLANNER_SYMBOL
                             "\": write PLANGUILD_PLANNER(your_class) into one of its files (planner.hpp)"};
  }
  if (functions->abi_version != PLANGUILD_PLANNER_ABI) {
    return interface_problem{library_exit::wrong_version,
                             "exports version " + std::to_string(functions->abi_version) +
                                 " of the planner interface, and this planguild speaks version " +
                                 std::to_string(PLANGUILD_PLANNER_ABI) +
                                 ": build it with the planner_abi.h that came with this planguild"};
  }
  if (functions->struct_size < sizeof(planguild_planner_interface)) {
    return interface_problem{library_exit::no_interface,
                             "exports a planner interface of " + std::to_string(functions->struct_size) +
                                 " bytes; version " + std::to_string(PLANGUILD_PLANNER_ABI) + " has " +
                                 std::to_string(sizeof(planguild_planner_interface))};
  }
  const bool is_whole = functions->create != nullptr && functions->destroy != nullptr &&
                        functions->describe != nullptr && functions->self_test != nullptr &&
                        functions->generate_plan != nullptr;
  if (!is_whole) {
    return interface_problem{library_exit::no_interface,
                             "leaves out a function of the planner interface: create, destroy, describe, self_test "
                             "and generate_plan must all be set"};
  }
  return std::nullopt;
}

library_planner::library_planner(const planguild_planner_interface& functions)
    : functions_(functions), host_{sizeof(planguild_host), this, &is_cancelled, &report_progress, &write_log} {
  answer given;
  if (functions_.create(&planner_, given.output()) != PLANGUILD_OK) not_made_ = given.sentence();
}

library_planner::~library_planner() {
  if (!not_made_) functions_.destroy(planner_);
}

void library_planner::require_made() const {
  if (not_made_) throw std::runtime_error("the planner could not be made: " + *not_made_);
}

planner_facts library_planner::facts() const {
  require_made();
  answer given;
  if (functions_.describe(planner_, given.output()) != PLANGUILD_OK) {
    throw std::runtime_error("the planner does not describe itself: " + given.sentence());
  }
  return facts_in(given.text());
}

bool library_planner::self_test(std::string& detail) {
  require_made();
  answer given;
  const bool passed = functions_.self_test(planner_, given.output()) == PLANGUILD_OK;
  detail = passed && given.text().empty() ? std::string() : given.sentence();
  return passed;
}

outcome<plan> library_planner::generate(const plan_request& request, const json& context, const progress_sink& progress,
                                        const std::atomic<bool>& cancelled) {
  require_made();
  const std::string context_text = dump_json(context);
  const planguild_request asked{sizeof(planguild_request), view_of(request.objective), view_of(context_text),
                                view_of(request.repository), request.timeout_ms};
  answer given;
  begin(progress, cancelled);
  const auto status = functions_.generate_plan(planner_, &asked, &host_, given.output());
  end();
  if (status == PLANGUILD_OK) return plan_in(given);
  if (status == PLANGUILD_CANCELLED) {
    return cancelled ? make_failure(failure_code::cancelled, "the plan was given up because it was cancelled")
                     : make_failure(failure_code::planner_error,
                                    "the planner says that the plan was cancelled, but nobody asked for that");
  }
  return make_failure(failure_code::planner_error, given.sentence());
}

void library_planner::begin(const progress_sink& progress, const std::atomic<bool>& cancelled) {
  cancelled_ = &cancelled;
  const std::lock_guard lock(mutex_);
  progress_ = &progress;
  percent_ = -1;
}

/// A thread of the planner that still runs finds the plan cancelled, and its progress is dropped.
void library_planner::end() {
  cancelled_ = &nobody_waits_;
  const std::lock_guard lock(mutex_);
  progress_ = nullptr;
}

int32_t library_planner::is_cancelled(void* context) noexcept {
  return static_cast<library_planner*>(context)->cancelled_.load()->load() ? 1 : 0;
}

void library_planner::report_progress(void* context, double fraction, planguild_text message) noexcept {
  auto& self = *static_cast<library_planner*>(context);
  try {
    if (std::isnan(fraction)) return;
    const double within = std::clamp(fraction, 0.0, 1.0);
    const auto percent = static_cast<int>(within * 100);
    const std::lock_guard lock(self.mutex_);
    if (self.progress_ == nullptr || percent <= self.percent_) return;
    self.percent_ = percent;
    (*self.progress_)(within, text_of(message));
  } catch (...) {  // no memory: progress is lost, the plan is not
  }
}

void library_planner::write_log(void* /*context*/, planguild_text message) noexcept {
  try {
    const auto line = text_of(message) + '\n';
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
  } catch (...) {  // no memory: the line is lost
  }
}

}  // namespace planguild
