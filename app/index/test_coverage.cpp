// Tests by name and by import. Internal to app/index; pure function, any thread.
#include "app/index/test_coverage.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace planguild {

namespace {

// Stems so common that sharing one says nothing; such files are tested only if a test imports them.
constexpr std::array<std::string_view, 10> common_stems{"__init__", "__main__", "common", "conftest", "helpers",
                                                        "index",    "init",     "main",   "util",     "utils"};

bool is_common(std::string_view stem) {
  return std::find(common_stems.begin(), common_stems.end(), stem) != common_stems.end();
}

std::string_view without_extension(std::string_view path) {
  auto dot = path.rfind('.');
  auto slash = path.rfind('/');
  bool in_name = dot != std::string_view::npos && (slash == std::string_view::npos || dot > slash);
  return in_name ? path.substr(0, dot) : path;
}

bool is_header(std::string_view path) {
  auto extension = path.substr(without_extension(path).size());
  return extension == ".h" || extension == ".hpp" || extension == ".hh" || extension == ".hxx";
}

}  // namespace

void mark_tested(repository_index& index) {
  std::unordered_set<std::string_view> named;
  for (std::size_t i = 0; i < index.files.size(); ++i) {
    index.facts[i].test = is_test_file(index.files[i].path);
    if (index.facts[i].test) {
      named.insert(subject_stem(index.files[i].path));
    }
  }
  for (std::size_t i = 0; i < index.files.size(); ++i) {
    auto stem = subject_stem(index.files[i].path);
    index.facts[i].tested = index.facts[i].test || (named.contains(stem) && !is_common(stem));
  }
  for (const auto& edge : index.imports) {
    index.facts[edge.to].tested = index.facts[edge.to].tested || index.facts[edge.from].test;
  }
  // A test imports the header; what it tests is the source beside it.
  std::unordered_set<std::string_view> tested_headers;
  for (std::size_t i = 0; i < index.files.size(); ++i) {
    if (index.facts[i].tested && is_header(index.files[i].path)) {
      tested_headers.insert(without_extension(index.files[i].path));
    }
  }
  for (std::size_t i = 0; i < index.files.size(); ++i) {
    bool compiled = index.files[i].lang == language::c || index.files[i].lang == language::cpp;
    if (compiled && tested_headers.contains(without_extension(index.files[i].path))) {
      index.facts[i].tested = true;
    }
  }
}

}  // namespace planguild
