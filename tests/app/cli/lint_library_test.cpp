// What `planguild lint` says of the shared object of a native planner.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "app/cli/lint.hpp"
#include "tests/support/memory_files.hpp"
#include "tests/support/text_checks.hpp"

using namespace planguild;
using planguild::test::has;

namespace {

std::string test_library(const std::string& name) {
  const char* folder = std::getenv("PLANGUILD_BINARY_DIR");
  REQUIRE(folder != nullptr);
  std::ifstream file(std::string{folder} + "/test_libraries/lib" + name + ".so", std::ios::binary);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("Lint says of a library whether it is a planner that can be loaded here") {
  test::memory_files files;
  files.put("/p/one.planner.json", R"({"name":"one","version":"1","capabilities":["a"],"self_test":true,)"
                                   R"("entry":{"kind":"library","path":"libone.so"}})");
  const auto lint = [&](const std::string& bytes) {
    files.put("/p/libone.so", bytes);
    return lint_manifest("/p/one.planner.json", files, "/");
  };
  const auto finds = [](const lint_report& report, lint_severity severity, const std::string& part) {
    for (const auto& finding : report.findings) {
      if (finding.severity == severity && finding.where == "entry.path" && has(finding.message, part)) return true;
    }
    return false;
  };
  const auto good = lint(test_library("good"));
  CHECK(good.good());
  CHECK(good.program == "/p/libone.so");
  REQUIRE(good.findings.size() == 1);  // the digest
  CHECK(good.findings[0].severity == lint_severity::note);
  CHECK(finds(lint("#!/bin/sh\n"), lint_severity::error, "\"libone.so\" is no ELF file"));
  CHECK(finds(lint(test_library("no_symbol")), lint_severity::error, "does not export \"planguild_planner\""));
  const auto elsewhere = lint(test_library("raw_answers"));
  CHECK(finds(elsewhere, lint_severity::warning, "(RPATH or RUNPATH), which the sandbox does not show it"));
  CHECK(elsewhere.good());
  files.remove("/p/libone.so");
  CHECK(has(lint_text(lint_manifest("/p/one.planner.json", files, "/")),
            "entry.path names \"libone.so\", which is not there"));
}
