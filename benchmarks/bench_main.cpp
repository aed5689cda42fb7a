// planguild-bench: how fast, how flat, how free of races. One subcommand for each question; prints a table, JSON or one
// self-contained HTML page. Main thread.
#include <getopt.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "benchmarks/benchmark.hpp"
#include "benchmarks/report_text.hpp"

namespace {

using planguild::bench::options;
using planguild::bench::report;

struct benchmark {
  const char* name;
  void (*run)(const options&, report&);
  const char* question;
};

const std::vector<benchmark>& benchmarks() {
  using namespace planguild::bench;  // NOLINT(google-build-using-namespace)
  static const std::vector<benchmark> all{
      {"select", run_select, "What does a selection cost, against one mutex for all and against a shared lock?"},
      {"actor", run_actor_path, "What does a select message cost over a bare request and response?"},
      {"publish", run_publish, "What does a changed record among 100,000 cost, and whom does it hold up?"},
      {"acquire", run_acquire, "What do many acquires of one planner at once cost, and how often is it constructed?"},
      {"discover", run_discover, "What does discovery cost over the plain loop of system calls?"},
      {"spawn", run_spawn, "What does starting a planner in its sandbox cost over a plain start of the same programs?"},
      {"queue", run_queue, "What does the completion queue cost over a locked queue and an eventfd?"},
      {"list", run_list, "What does `planguild list` cost over a CAF program that does nothing?"},
      {"idle", run_idle, "What does a runtime with 1,000 planners and no work cost?"},
      {"stress", run_stress, "Does anything break when everything happens at once? Exit code 1 if so."},
  };
  return all;
}

bool write_file(const std::string& path, const std::string& text) {
  const auto beside = path + ".new";
  {
    std::ofstream file(beside, std::ios::binary | std::ios::trunc);
    file << text;
    if (!file.flush()) return false;
  }
  return std::rename(beside.c_str(), path.c_str()) == 0;
}

struct command_line {
  options wanted;
  bool json = false;
  bool help = false;
  std::string html_file;
  std::vector<std::string> names;  // empty: all but stress
};

std::string help_text() {
  std::string text =
      "Usage: planguild-bench [OPTIONS] [BENCHMARK...]\n\n"
      "Ratios are of one run; absolute times are of this machine, now.\n"
      "Without a name all but `stress` run, one after the other.\n\nBenchmarks:\n";
  for (const auto& each : benchmarks()) {
    text += "  " + (each.name + std::string(10, ' ')).substr(0, 10) + each.question + "\n";
  }
  return text +
         "\nOptions:\n"
         "  --smoke       small and short: shows that it works, not how fast anything is\n"
         "  --json        print JSON instead of tables\n"
         "  --html FILE   also write one HTML page with the curves\n"
         "  --seed N      of everything random (default: a new one; the report says which)\n"
         "  --repeats N   medians are over so many (1 to 99, default 5)\n"
         "  --seconds S   how long `stress` runs, or each measurement that runs for a time\n"
         "  --threads N   host threads of `stress` (1 to 256)\n"
         "  --accounts P  per cent of `stress` in which every selection is counted and found again (5 to 90, default "
         "20)\n"
         "  --quiet       no progress on stderr\n"
         "  --help        this text\n\n"
         "Exit codes: 0 nothing is wrong, 1 a breach, 2 usage, 3 internal.\n";
}

/// A whole number from `least` to `most`; none if `text` is something else.
std::optional<std::uint64_t> number(const char* text, std::uint64_t least, std::uint64_t most) {
  char* end = nullptr;
  errno = 0;
  const auto value = std::strtoull(text, &end, 10);
  const bool is_number = end != text && *end == '\0' && errno == 0 && *text != '-';
  return is_number && value >= least && value <= most ? std::optional<std::uint64_t>{value} : std::nullopt;
}

/// An option that takes a whole number.
struct number_option {
  int letter;  // what getopt calls it
  const char* name;
  std::uint64_t least;
  std::uint64_t most;
  void (*keep)(options&, std::uint64_t);
};

const std::vector<number_option>& number_options() {
  static const std::vector<number_option> all{
      {'e', "seed", 0, ~std::uint64_t{0}, [](options& in, std::uint64_t value) { in.seed = value; }},
      {'r', "repeats", 1, 99, [](options& in, std::uint64_t value) { in.repeats = static_cast<int>(value); }},
      {'t', "seconds", 1, 86'400, [](options& in, std::uint64_t value) { in.seconds = static_cast<double>(value); }},
      {'n', "threads", 1, 256, [](options& in, std::uint64_t value) { in.threads = value; }},
      {'a', "accounts", 5, 90,
       [](options& in, std::uint64_t value) { in.accounts_percent = static_cast<double>(value); }},
  };
  return all;
}

/// Nothing, after saying why on stderr, if the line cannot be understood.
std::optional<command_line> parse(int argc, char** argv) {
  command_line line;
  line.wanted.seed = std::random_device{}();
  static const option known[] = {
      {"smoke", no_argument, nullptr, 's'},
      {"json", no_argument, nullptr, 'j'},
      {"html", required_argument, nullptr, 'm'},
      {"seed", required_argument, nullptr, 'e'},
      {"repeats", required_argument, nullptr, 'r'},
      {"seconds", required_argument, nullptr, 't'},
      {"threads", required_argument, nullptr, 'n'},
      {"accounts", required_argument, nullptr, 'a'},
      {"quiet", no_argument, nullptr, 'q'},
      {"help", no_argument, nullptr, 'h'},
      {nullptr, 0, nullptr, 0},
  };
  const auto refuse = [](const std::string& why) {
    std::cerr << "planguild-bench: " << why << "; see --help\n";
    return std::nullopt;
  };
  for (int found = 0; (found = ::getopt_long(argc, argv, "", known, nullptr)) != -1;) {
    switch (found) {
      case 's':
        line.wanted.smoke = true;
        break;
      case 'j':
        line.json = true;
        break;
      case 'q':
        line.wanted.progress = false;
        break;
      case 'h':
        line.help = true;
        break;
      case 'm':
        line.html_file = optarg;
        break;
      default: {
        const auto& all = number_options();
        const auto takes =
            std::find_if(all.begin(), all.end(), [found](const auto& each) { return each.letter == found; });
        if (takes == all.end()) return std::nullopt;  // getopt has said why
        const auto value = number(optarg, takes->least, takes->most);
        if (!value) {
          return refuse("--" + std::string{takes->name} + " takes a number from " + std::to_string(takes->least) +
                        " to " + std::to_string(takes->most));
        }
        takes->keep(line.wanted, *value);
      }
    }
  }
  for (; optind < argc; ++optind) {
    const std::string name = argv[optind];
    const auto& all = benchmarks();
    if (std::none_of(all.begin(), all.end(), [&name](const auto& each) { return name == each.name; })) {
      return refuse("there is no benchmark \"" + name + "\"");
    }
    line.names.push_back(name);
  }
  return line;
}

}  // namespace

int main(int argc, char** argv) {
  const auto line = parse(argc, argv);
  if (!line) {
    return 2;
  }
  if (line->help) {
    std::cout << help_text();
    return 0;
  }
  report found;
  std::vector<std::string> ran;
  for (const auto& each : benchmarks()) {
    const std::string name = each.name;
    const bool asked = std::find(line->names.begin(), line->names.end(), name) != line->names.end();
    if (!asked && (!line->names.empty() || name == "stress")) {
      continue;
    }
    planguild::bench::say(line->wanted, "== " + name + ": " + each.question);
    each.run(line->wanted, found);
    ran.push_back(name);
  }
  const auto about = planguild::bench::about_this_run(line->wanted, ran);
  std::cout << (line->json ? planguild::bench::as_json(found, about) : planguild::bench::as_text(found, about));
  if (!line->html_file.empty() && !write_file(line->html_file, planguild::bench::as_html(found, about))) {
    std::cerr << "planguild-bench: " << line->html_file << " could not be written\n";
    return 2;
  }
  return found.breaches.empty() ? 0 : 1;
}
