// Runs every file of every corpus through its target: what a fuzzer once found stays mended, and every build keeps the
// promises that the targets check.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fuzz/targets.hpp"

namespace {

using namespace planguild::fuzz;  // NOLINT(google-build-using-namespace)

/// The bounds of what the tree holds: a corpus is for reading, what a fuzzer collects stays in the build folder.
constexpr std::size_t files_max = 40;
constexpr std::uintmax_t file_bytes_max = 4'096;

std::vector<std::filesystem::path> corpus_of(const std::string& target) {
  const char* root = std::getenv("PLANGUILD_SOURCE_DIR");
  REQUIRE(root != nullptr);
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(root) / "tests/fuzz/corpus" / target)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void replay(const std::string& name, bool (*target)(std::string_view)) {
  const auto files = corpus_of(name);
  REQUIRE_FALSE(files.empty());
  CHECK(files.size() <= files_max);
  std::size_t got_through = 0;
  for (const auto& file : files) {
    INFO(file.string());
    CHECK(std::filesystem::file_size(file) <= file_bytes_max);
    std::ifstream stream(file, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(stream), {});
    bool accepted = false;
    CHECK_NOTHROW(accepted = target(bytes));
    if (accepted) ++got_through;
  }
  CHECK(got_through > 0);
  CHECK(got_through < files.size());
}

}  // namespace

TEST_CASE("Every manifest of the corpus is refused, or keeps every rule and reads back the same") {
  replay("manifest", &fuzz_manifest);
}

TEST_CASE(
    "Every stream of the corpus is cut into its lines, and each line is an answer, a notification or a violation") {
  replay("protocol", &fuzz_protocol);
}

TEST_CASE("Every store of the corpus is recalled or set aside whole, and what is written from then on is kept") {
  replay("store", &fuzz_store);
}

TEST_CASE("Every plan of the corpus is masked without mixing up its tasks, and accepted if it keeps every rule") {
  replay("plan", &fuzz_plan);
}

TEST_CASE("In every text of the corpus planted secrets are masked, and what was scrubbed stays as it is") {
  replay("scrub", &fuzz_scrub);
}

TEST_CASE("A target that meets a broken promise says which") {
  CHECK_THROWS_WITH(fuzz_planted("a breach of it"), "the planted promise");
  CHECK(fuzz_planted("nothing of the kind"));
}
