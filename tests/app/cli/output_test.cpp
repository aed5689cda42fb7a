// Files that the command writes and reads.
#include "app/cli/output.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace planguild;
using namespace planguild::cli;

namespace {

struct folder {
  folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "planguild-output-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  ~folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  std::size_t files() const {
    const std::filesystem::directory_iterator each{path};
    return static_cast<std::size_t>(std::distance(begin(each), end(each)));
  }
  std::string path;
};

std::string text_of(const std::string& path) {
  std::ifstream file{path};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// What `why_not` says before anything is written to `path` in the folder, and after `write` has.
void check_told_beforehand(const folder& temporary, const std::string& path,
                           std::optional<failure> (*why_not)(const std::string&),
                           std::optional<failure> (*write)(const std::string&, std::string_view)) {
  CHECK_FALSE(why_not(path));
  CHECK(temporary.files() == 0);
  CHECK_FALSE(write(path, "one"));
  const auto written = text_of(path);
  CHECK_FALSE(why_not(path));
  CHECK(text_of(path) == written);
  CHECK_FALSE(why_not("/dev/null"));
  CHECK(why_not(temporary.path)->message.find("it is a folder") != std::string::npos);
  CHECK(why_not(temporary.path + "/none/file")->message.find("its folder: No such file") != std::string::npos);
  CHECK(why_not(temporary.path + "/none/"));
  CHECK(why_not(path + "/file"));
}

}  // namespace

TEST_CASE("A file is replaced whole and nothing is left beside it") {
  const folder temporary;
  const auto path = temporary.path + "/out.txt";
  CHECK_FALSE(write_file(path, "one"));
  CHECK_FALSE(write_file(path, "two\n"));
  CHECK(text_of(path) == "two\n");
  CHECK(temporary.files() == 1);
}

TEST_CASE("A file that cannot be written is a failure with the path and the reason") {
  const folder temporary;
  const auto missing = write_file(temporary.path + "/nowhere/out.txt", "x");
  REQUIRE(missing);
  CHECK(missing->message.find("/nowhere/out.txt: No such file or directory") != std::string::npos);
  CHECK(write_file(temporary.path, "x"));  // a folder
  std::filesystem::create_directory(temporary.path + "/out");
  CHECK(write_file(temporary.path + "/out", "x"));
  CHECK(temporary.files() == 1);  // nothing half-written is left
}

TEST_CASE("Lines are appended") {
  const folder temporary;
  const auto path = temporary.path + "/record.jsonl";
  CHECK_FALSE(append_line(path, "{}"));
  CHECK_FALSE(append_line(path, "[]"));
  CHECK(text_of(path) == "{}\n[]\n");
  CHECK(append_line(temporary.path, "x"));
}

TEST_CASE("What cannot be appended to is told beforehand, and nothing is made") {
  const folder temporary;
  const auto path = temporary.path + "/record.jsonl";
  check_told_beforehand(temporary, path, why_not_appendable, append_line);
  if (::geteuid() == 0) return;  // root may write everywhere
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  CHECK(why_not_appendable(path)->message.find("Permission denied") != std::string::npos);
  std::filesystem::permissions(temporary.path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  CHECK(why_not_appendable(temporary.path + "/new")->message.find("its folder: Permission denied") !=
        std::string::npos);
  std::filesystem::permissions(temporary.path, std::filesystem::perms::owner_all);
}

TEST_CASE("What cannot be written is told beforehand, and nothing is made or changed") {
  const folder temporary;
  const auto path = temporary.path + "/out.txt";
  check_told_beforehand(temporary, path, why_not_writable, write_file);
  if (::geteuid() == 0) return;  // root may write everywhere
  // A file is replaced, not written to: its own permissions do not count, those of its folder do.
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  CHECK_FALSE(why_not_writable(path));
  std::filesystem::permissions(temporary.path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  CHECK(why_not_writable(path)->message.find("its folder: Permission denied") != std::string::npos);
  std::filesystem::permissions(temporary.path, std::filesystem::perms::owner_all);
}

TEST_CASE("Input is bounded") {
  const folder temporary;
  const auto path = temporary.path + "/in";
  std::ofstream{path} << "12345";
  const auto whole = read_input(path, 5);
  REQUIRE(whole);
  CHECK(*whole == "12345");
  const auto longer = read_input(path, 4);
  REQUIRE_FALSE(longer);
  CHECK(longer.error->code == failure_code::limit_exceeded);
  CHECK(read_input(temporary.path + "/nothing", 5).error->code == failure_code::invalid_request);
  CHECK(read_input(temporary.path, 5).error->code == failure_code::invalid_request);
}
