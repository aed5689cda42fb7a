// A native planner as the protocol loop wants it: calls the functions that a shared object exports, checks what they
// answer, and lets nothing pass the border but texts. Owned by planguild-library-worker; the members of planner_program
// are called on one thread, the host functions that the planner gets on any.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>

#include "app/planners/planner_program.hpp"
#include "app/worker/planner_abi.h"

namespace planguild {

/// Why `functions`, or nothing, are not a planner interface that this program can call: a sentence and the exit code.
struct interface_problem {
  int exit_code = 0;  // of library_exit_codes.hpp
  std::string message;
};
std::optional<interface_problem> problem_of(const planguild_planner_interface* functions);

class library_planner final : public planner_program {
 public:
  /// Makes the planner; where that fails, every call of the planner fails with the reason. `functions` must have no
  /// problem and live as long as this object.
  explicit library_planner(const planguild_planner_interface& functions);
  ~library_planner() override;
  library_planner(const library_planner&) = delete;
  library_planner& operator=(const library_planner&) = delete;

  /// Throws std::runtime_error with a sentence: the planner could not be made, or does not describe itself as it must.
  planner_facts facts() const override;
  bool self_test(std::string& detail) override;
  outcome<plan> generate(const plan_request& request, const nlohmann::json& context, const progress_sink& progress,
                         const std::atomic<bool>& cancelled) override;

 private:
  static int32_t is_cancelled(void* context) noexcept;
  static void report_progress(void* context, double fraction, planguild_text message) noexcept;
  static void write_log(void* context, planguild_text message) noexcept;
  void require_made() const;
  void begin(const progress_sink& progress, const std::atomic<bool>& cancelled);
  void end();

  const planguild_planner_interface& functions_;
  const planguild_host host_;
  void* planner_ = nullptr;
  std::optional<std::string> not_made_;  // why
  const std::atomic<bool> nobody_waits_{true};
  std::atomic<const std::atomic<bool>*> cancelled_{&nobody_waits_};  // of the plan that is being made
  std::mutex mutex_;  // guards the two below: a planner may report from several threads
  const progress_sink* progress_ = nullptr;
  int percent_ = -1;  // the highest that was reported
};

}  // namespace planguild
