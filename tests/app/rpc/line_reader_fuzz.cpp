// Throws mutated requests at the line reader and the request reader for a number of seconds (first argument, default 2;
// second: the seed). Checks against a simple model that every line comes out once and whole whatever the chunks, that
// nothing over the bound is held, and that every line is either a request or a refusal. Ends with 1 and the seed on the
// first breach. One thread.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "app/rpc/json_rpc.hpp"
#include "app/rpc/line_splitter.hpp"

namespace {

using namespace planguild;                              // NOLINT(google-build-using-namespace)
using lines = std::vector<std::optional<std::string>>;  // none: too long

constexpr std::size_t bytes_max = 200;

const std::vector<std::string>& seeds() {
  static const std::vector<std::string> made = {
      R"({"jsonrpc":"2.0","id":1,"method":"list","params":{"wait_for_admissions":true}})",
      R"({"jsonrpc":"2.0","id":"a\u00e9\n","method":"plan","params":{"request":{"objective":"x"}}})",
      R"({"jsonrpc":"2.0","method":"stats"})",
      R"([{"jsonrpc":"2.0","id":1,"method":"list"}])",
      R"({"jsonrpc":"2.0","id":null,"method":"cancel","params":{"id":-7}})",
      R"({"jsonrpc":"2.0","id":1e400,"method":"x"})",
      std::string(bytes_max, 'x'),
      std::string(bytes_max + 1, 'y'),
      std::string(5 * bytes_max, '['),
      "",
      "\r",
  };
  return made;
}

class generator {
 public:
  explicit generator(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>{0, bound - 1}(random_); }

  std::string stream() {
    std::string bytes;
    for (auto count = below(8) + 1; count > 0; --count) {
      auto line = seeds()[below(seeds().size())];
      for (auto changes = below(4); changes > 0; --changes) mutate(line);
      bytes += line;
      if (below(8) != 0) bytes += below(3) == 0 ? "\r\n" : "\n";
    }
    return bytes;
  }

 private:
  void mutate(std::string& line) {
    const auto at = line.empty() ? 0 : below(line.size());
    switch (below(5)) {
      case 0:
        if (!line.empty()) line[at] = static_cast<char>(below(256));
        break;
      case 1:
        line.insert(at, 1, static_cast<char>(below(256)));
        break;
      case 2:
        line.erase(at, below(8) + 1);
        break;
      case 3:
        line.insert(at, line.substr(at, below(40)));
        break;
      default:
        line.insert(at, below(2) == 0 ? "\n" : "\"}");
        break;
    }
  }

  std::mt19937_64 random_;
};

/// The lines of a whole stream, the slow and simple way.
lines model_of(const std::string& bytes) {
  lines result;
  std::size_t at = 0;
  while (at < bytes.size()) {
    const auto end = std::min(bytes.find('\n', at), bytes.size());
    auto line = bytes.substr(at, end - at);
    at = end + 1;
    if (line.size() > bytes_max) {
      result.emplace_back(std::nullopt);
      continue;
    }
    if (!line.empty() && line.back() == '\r') line.pop_back();
    result.emplace_back(std::move(line));
  }
  return result;
}

std::string breach_in(generator& random) {
  const auto bytes = random.stream();
  lines read;
  std::string breach;
  const auto told = [&](std::optional<std::string_view> line) {
    if (line && line->size() > bytes_max) breach = "a line over the bound came out";
    read.emplace_back(line ? std::optional<std::string>{*line} : std::nullopt);
    if (line) (void)read_rpc_request(*line);
  };
  line_splitter reader{bytes_max};
  for (std::size_t at = 0; at < bytes.size();) {
    const auto size = std::min(random.below(97) + 1, bytes.size() - at);
    reader.feed(std::string_view{bytes}.substr(at, size), told);
    at += size;
    if (reader.held_bytes() > bytes_max) breach = "more than the bound is held";
  }
  reader.finish(told);
  if (breach.empty() && read != model_of(bytes)) breach = "the lines differ from the model's";
  return breach.empty() ? breach : breach + " in:\n" + bytes;
}

}  // namespace

int main(int count, char** arguments) {
  const auto seconds = count > 1 ? std::max(std::atoi(arguments[1]), 1) : 2;
  const auto seed = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : std::random_device{}();
  (void)std::printf("seed %llu, %d s\n", static_cast<unsigned long long>(seed), seconds);
  generator random{seed};
  std::uint64_t runs = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{seconds};
  while (std::chrono::steady_clock::now() < end) {
    for (int each = 0; each < 100; ++each, ++runs) {
      if (const auto breach = breach_in(random); !breach.empty()) {
        (void)std::printf("run %llu: %s\n", static_cast<unsigned long long>(runs), breach.c_str());
        return EXIT_FAILURE;
      }
    }
  }
  (void)std::printf("%llu streams, no breach\n", static_cast<unsigned long long>(runs));
  return EXIT_SUCCESS;
}
