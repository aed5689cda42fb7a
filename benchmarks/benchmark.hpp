// What every benchmark is given and fills in: one question each, answered by tables of medians and ratios of one run.
// Owned by planguild-bench; main thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace planguild::bench {

struct options {
  bool smoke = false;            // small and short: shows that the benchmark works, not how fast anything is
  double seconds = 0;            // of each measurement that runs for a time; 0: the benchmark's own
  std::uint64_t seed = 0;        // of everything random
  int repeats = 5;               // medians are over so many
  std::size_t threads = 0;       // stress: host threads; 0: the benchmark's own
  bool progress = true;          // to stderr
  double accounts_percent = 20;  // stress: of its time, how much goes into counting every selection
};

/// One table: the first columns say what was measured, the others what came out.
struct table {
  struct cell {
    std::string text;
    double number = 0;
    bool is_number = false;
    cell(std::string shown) : text(std::move(shown)) {}  // NOLINT(*-explicit-constructor)
    cell(const char* shown) : text(shown) {}             // NOLINT(*-explicit-constructor)
    /// A number as it is kept in JSON, and as it is shown.
    cell(double value, std::string shown) : text(std::move(shown)), number(value), is_number(true) {}
  };
  /// A curve for each text in column `series`, over column `x`; both axes logarithmic.
  struct chart {
    std::string title;
    std::size_t series = 0;
    std::size_t x = 0;
    std::size_t y = 0;
    std::string x_title;
    std::string y_title;
  };

  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<cell>> rows;
  std::vector<chart> charts;
};

/// What one run of planguild-bench found out.
struct report {
  std::vector<table> tables;
  std::vector<std::string> findings;  // sentences with the ratios that matter
  std::vector<std::string> breaches;  // what must not be; any makes the exit code 1
};

/// Numbers as people read them: 12,345; 0.123; 1.2 M.
table::cell count_cell(double value);
table::cell ratio_cell(double value);
/// Shown in ns, us, ms or s.
table::cell duration_cell(double seconds);

double median(std::vector<double> values);
/// The value below which `share` of `sorted` lie; 0 without values.
double percentile(const std::vector<double>& sorted, double share);
/// One line on stderr, if progress is wanted.
void say(const options& wanted, const std::string& line);

// The benchmarks; each in the file of its name.
void run_select(const options& wanted, report& into);
void run_actor_path(const options& wanted, report& into);
void run_publish(const options& wanted, report& into);
void run_stress(const options& wanted, report& into);
void run_acquire(const options& wanted, report& into);
void run_discover(const options& wanted, report& into);
void run_spawn(const options& wanted, report& into);
void run_queue(const options& wanted, report& into);
void run_list(const options& wanted, report& into);
void run_idle(const options& wanted, report& into);

}  // namespace planguild::bench
