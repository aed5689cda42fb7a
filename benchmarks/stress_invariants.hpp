// What must hold while everything happens at once: the checks of `planguild-bench stress`. Plain classes without
// actors, so that each is shown to bite by tests/benchmarks/stress_invariants_test.cpp. They are shared by all threads
// of a stress where it says so; each such class has a lock or atomics of its own and is a leaf: it calls nobody but the
// breach list.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "messages/failure.hpp"
#include "messages/profiling.hpp"

namespace planguild::bench {

/// What must not be and was seen. Any thread.
class breach_list {
 public:
  static constexpr std::size_t kept_max = 50;  // sentences; the others are counted
  using telling = std::function<void(const std::string& sentence)>;

  /// `tell`, if there is one, gets every kept sentence when it comes, on the thread that saw the breach and under the
  /// list's lock: a run of hours that is ended before its time has said what it saw. It must not come back to the list.
  explicit breach_list(std::uint64_t seed, telling tell = nullptr) : seed_(seed), tell_(std::move(tell)) {}
  void add(const std::string& sentence);
  std::uint64_t count() const;
  /// The first of them, each with the seed.
  std::vector<std::string> sentences() const;

 private:
  const std::uint64_t seed_;
  const telling tell_;
  mutable std::mutex lock_;
  std::uint64_t count_ = 0;
  std::vector<std::string> kept_;
};

/// By which way an answer came.
enum class answer_path : std::uint8_t { selector, message };

/// One snapshot version and one request have one answer, by whatever way and thread. Keeps a bounded number of answers:
/// a newer one takes an older one's place. Any thread.
class answer_book {
 public:
  explicit answer_book(breach_list& breaches) : breaches_(breaches) {}

  /// `request` is its number among the stress's requests.
  void check(answer_path by, std::uint64_t version, std::size_t request, std::string_view best, double score,
             std::uint64_t candidates);

  std::uint64_t compared() const noexcept { return compared_; }                // with an answer of before
  std::uint64_t compared_across() const noexcept { return compared_across_; }  // that had come by the other way

 private:
  static constexpr std::size_t shelf_count = 64;
  static constexpr std::size_t answers_per_shelf = 128;
  struct answer {
    std::uint64_t version = 0;  // 0: none
    std::size_t request = 0;
    answer_path by = answer_path::selector;
    std::string best;
    std::uint64_t score_bits = 0;
    std::uint64_t candidates = 0;
  };
  struct shelf {
    std::mutex lock;
    std::array<answer, answers_per_shelf> answers;
  };

  breach_list& breaches_;
  std::array<shelf, shelf_count> shelves_;
  std::atomic<std::uint64_t> compared_ = 0;
  std::atomic<std::uint64_t> compared_across_ = 0;
};

/// What clients ask; each has its failures that may happen.
enum class operation : std::uint8_t {
  select_here,  // by a selector
  explain,      // by a selector
  select,       // by message, those of a select_many included
  select_many,
  batch_select,
  acquire,
  run_plan,
  plan,
  look,    // stats, list, profiles
  change,  // what operators do
};
constexpr std::size_t operation_count = 10;
using operation_counts = std::array<std::uint64_t, operation_count>;
std::string_view name_of(operation what) noexcept;

/// What the client knows about a request when its answer comes.
struct situation {
  bool stopping = false;   // the runtime was told to stop before
  bool hurried = false;    // the request had a timeout that may have passed
  bool cancelled = false;  // the client cancelled it
};

/// Whether `code` may be the answer to `what` in a stress.
bool may_fail_with(operation what, failure_code code, situation now) noexcept;

/// Every request of one client is answered exactly once. One thread at a time: its client's.
class request_ledger {
 public:
  request_ledger(std::string client, breach_list& breaches) : client_(std::move(client)), breaches_(breaches) {}

  /// Returns the request's number.
  std::uint64_t sent(operation what);
  /// The request was refused before it was taken: no answer is owed.
  void refused(std::uint64_t number);
  /// A failure must be one that may happen.
  void answered(std::uint64_t number, const std::optional<failure>& problem = {}, situation now = {});
  /// A request whose answer is what the call returned.
  void called(operation what, const std::optional<failure>& problem = {}, situation now = {});
  std::size_t open() const noexcept { return open_.size(); }
  /// Nothing more will come: what is still open is lost.
  void close();

  /// By operation: answers, and of them those that were no failure.
  const operation_counts& answers() const noexcept { return answers_; }
  const operation_counts& successes() const noexcept { return successes_; }

 private:
  const std::string client_;
  breach_list& breaches_;
  std::uint64_t last_ = 0;
  std::unordered_map<std::uint64_t, operation> open_;
  operation_counts answers_{};
  operation_counts successes_{};
};

/// At most one instance of a planner lives. An instance lives from its start until it has ended or was told to end.
/// Probes are not told apart: no planner's bytes change in a stress, so after the first admissions there are none, and
/// only then the watch begins. Any thread.
class instance_watch {
 public:
  explicit instance_watch(breach_list& breaches) : breaches_(breaches) {}
  void begin_watching() noexcept { watching_ = true; }
  void started(const std::string& planner);
  /// Once for each that was started.
  void over(const std::string& planner);
  std::uint64_t starts() const noexcept { return starts_; }
  std::uint64_t alive() const;

 private:
  breach_list& breaches_;
  std::atomic<bool> watching_ = false;
  std::atomic<std::uint64_t> starts_ = 0;
  mutable std::mutex lock_;
  std::map<std::string, std::uint64_t> alive_;
};

/// What is certain about planners at a moment, for messages that are sent afterwards: which an operator has
/// quarantined, and which generation is the newest that anyone was given. Planners are a fixed set, so this is a fixed
/// set of atomics. Any thread; `quarantined` and `reinstating` by one thread.
class planner_board {
 public:
  planner_board(std::vector<std::string> planners, breach_list& breaches);

  /// What was known when a message was sent.
  struct moment {
    std::vector<std::uint64_t> words;
    std::vector<std::uint64_t> generations;
  };
  moment now() const;

  /// The quarantine was answered.
  void quarantined(std::string_view planner);
  /// Before the reinstatement is sent.
  void reinstating(std::string_view planner);

  /// A message sent at `sent` was answered now with the choice, the handle or the plan of `planner`: a breach if it was
  /// quarantined all the time.
  void check_used(std::string_view planner, const moment& sent, std::string_view how);
  /// An acquire sent at `sent` gave this generation: a breach if it is older than one that was given before.
  void check_generation(std::string_view planner, const moment& sent, std::uint64_t generation);
  /// A run_plan for `asked`, sent at `sent`, gave a plan of `given`: a breach if `asked` was stale, or if they differ.
  void check_plan(std::string_view planner, const moment& sent, std::uint64_t asked, std::uint64_t given);

 private:
  std::optional<std::size_t> index_of(std::string_view planner) const;

  const std::vector<std::string> planners_;  // sorted
  breach_list& breaches_;
  std::vector<std::atomic<std::uint64_t>> words_;  // of the operator so far; odd: quarantined
  std::vector<std::atomic<std::uint64_t>> generations_;
};

/// counted = kept + overwritten + trimmed. `kept` must hold all that is kept. Any thread.
void check_sum(const profile_report& report, sample_kind kind, breach_list& breaches);

/// What was counted between two quiet moments must be `expected`.
void check_balance(std::string_view what, std::uint64_t expected, std::uint64_t counted, std::string_view how,
                   breach_list& breaches);

}  // namespace planguild::bench
