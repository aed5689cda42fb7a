// Making and removing test folders. One test thread.
#include "tests/app/index/temp_tree.hpp"

#include <stdlib.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

namespace planguild::test {

namespace fs = std::filesystem;

temp_tree::temp_tree() {
  auto pattern = (fs::temp_directory_path() / "planguild-test-XXXXXX").string();
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  root_ = pattern;
}

temp_tree::temp_tree(std::string_view tree_text) : temp_tree() {
  std::string path;
  std::string content;
  auto flush = [&] {
    if (!path.empty()) {
      write(path, content);
    }
    content.clear();
  };
  while (!tree_text.empty()) {
    auto end = tree_text.find('\n');
    auto line = tree_text.substr(0, end);
    tree_text = end == std::string_view::npos ? std::string_view{} : tree_text.substr(end + 1);
    if (line.starts_with("== ") && line.ends_with(" ==")) {
      flush();
      path = line.substr(3, line.size() - 6);
    } else {
      content.append(line).push_back('\n');
    }
  }
  flush();
}

temp_tree::~temp_tree() {
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

void temp_tree::write(std::string_view path, std::string_view content) const {
  auto full = fs::path(root_) / path;
  fs::create_directories(full.parent_path());
  std::ofstream(full, std::ios::binary) << content;
}

std::string read_source_file(const std::string& path) {
  const char* source = std::getenv("PLANGUILD_SOURCE_DIR");
  std::ifstream file(fs::path(source == nullptr ? "." : source) / path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

std::string filler_lines(int lines) {
  std::string text;
  for (int i = 0; i < lines; ++i) {
    text += "// line " + std::to_string(i) + '\n';
  }
  return text;
}

unsigned random_seed() {
  const char* given = std::getenv("PLANGUILD_SEED");
  auto seed = given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10))
                               : static_cast<unsigned>(std::chrono::steady_clock::now().time_since_epoch().count());
  std::cout << "PLANGUILD_SEED=" << seed << '\n';
  return seed;
}

}  // namespace planguild::test
