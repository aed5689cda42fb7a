// The whole index on trees made for the purpose, with and without git.
#include "app/index/repository_index.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/index/bounded_command.hpp"
#include "app/index/git_churn.hpp"
#include "tests/app/index/temp_tree.hpp"

namespace planguild {

namespace {

using test::filler_lines;
using test::temp_tree;

std::vector<std::string> paths_of(const repository_index& index) {
  std::vector<std::string> paths;
  for (const auto& file : index.files) {
    paths.push_back(file.path);
  }
  return paths;
}

const indexed_file& facts_of(const repository_index& index, const std::string& path) {
  auto found =
      std::find_if(index.files.begin(), index.files.end(), [&](const auto& file) { return file.path == path; });
  REQUIRE(found != index.files.end());
  return index.facts[static_cast<std::size_t>(found - index.files.begin())];
}

index_options without_git() {
  index_options options;
  options.churn = false;
  return options;
}

bool git_is_missing() {
  bool missing = ::access("/usr/bin/git", X_OK) != 0;
  if (missing) {
    std::cout << "SKIPPED: git is not installed, churn is not tested\n";
  }
  return missing;
}

// Runs git in `tree` with an identity of its own and without any configuration of this machine.
void git(const temp_tree& tree, std::vector<std::string> arguments) {
  bounded_command command;
  command.argv = {"/usr/bin/git", "-C", tree.root(), "-c", "user.name=test", "-c", "user.email=test@localhost"};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.environment = {"PATH=/usr/bin:/bin", "HOME=/nonexistent", "GIT_CONFIG_GLOBAL=/dev/null",
                         "GIT_CONFIG_NOSYSTEM=1"};
  command.output_bytes_max = 65536;
  command.timeout_ms = 20000;
  auto result = run_bounded(command);
  INFO(result.error_text);
  REQUIRE(result.exited_ok);
}

}  // namespace

TEST_CASE("A walk lists source files in bytewise order and leaves out what is none") {
  temp_tree tree;
  for (const auto* path :
       {"b.cpp", "a/z.py", "a-b/x.ts", "README.md", ".git/hook.py", ".hidden/x.c", "node_modules/m/i.js", "build/gen.c",
        "src/vendor/v.go", "src/dist/d.js", "src/target/t.rs", "src/__pycache__/p.py"}) {
    tree.write(path, "x\n");
  }
  std::filesystem::create_symlink(tree.root() + "/a", tree.root() + "/loop");
  std::filesystem::create_symlink(tree.root() + "/b.cpp", tree.root() + "/link.cpp");
  REQUIRE(::mkfifo((tree.root() + "/pipe.c").c_str(), 0600) == 0);
  auto index = build_index(tree.root(), without_git());
  REQUIRE(index);
  CHECK(paths_of(*index) == std::vector<std::string>{"a-b/x.ts", "a/z.py", "b.cpp"});
  CHECK(index->other_files == 1);
  CHECK_FALSE(index->truncated);
}

TEST_CASE("Folders deeper than the bound are cut off and said so") {
  temp_tree tree;
  std::string path;
  for (std::size_t i = 0; i < index_limits::folder_depth_max; ++i) {
    path += "d/";
  }
  tree.write(path + "in.c", "x\n");
  CHECK_FALSE(build_index(tree.root(), without_git())->truncated);
  tree.write(path + "d/out.c", "x\n");
  auto index = build_index(tree.root(), without_git());
  REQUIRE(index);
  CHECK(index->truncated);
  CHECK(index->files.size() == 1);
}

TEST_CASE("Large, binary and unprintable files are counted but not read") {
  temp_tree tree;
  tree.write("large.c", std::string(index_limits::file_bytes_max + 1, '\n'));
  tree.write("binary.c", std::string_view("\0\n\n#include \"a.h\"\n", 17));
  tree.write("bad\xFFname.c", "x\n");
  tree.write("new\nline.c", "x\n");
  tree.write("a.h", "x\n");
  auto index = build_index(tree.root(), without_git());
  REQUIRE(index);
  CHECK(paths_of(*index) == std::vector<std::string>{"a.h", "binary.c", "large.c"});
  CHECK(index->unread_files == 2);
  CHECK(index->other_files == 2);
  CHECK(index->lines == 1);
  CHECK(facts_of(*index, "large.c").bytes == index_limits::file_bytes_max + 1);
}

TEST_CASE("A folder that is none is a failure, an empty one an empty index") {
  CHECK(build_index("/nonexistent/folder").error->code == failure_code::not_found);
  temp_tree tree;
  tree.write("file.c", "");
  CHECK(build_index(tree.root() + "/file.c").error->code == failure_code::not_found);
  temp_tree empty;
  auto index = build_index(empty.root());
  REQUIRE(index);
  CHECK(index->files.empty());
  CHECK(context_json(*index)["deep_index_summary"] ==
        nlohmann::json{{"files", 0}, {"lines", 0}, {"cycles", 0}, {"truncated", false}});
}

TEST_CASE("A stopped index is a failure") {
  temp_tree tree;
  tree.write("a.c", "x\n");
  std::atomic<bool> stop{true};
  auto options = without_git();
  options.stop = &stop;
  CHECK(build_index(tree.root(), options).error->code == failure_code::cancelled);
}

TEST_CASE("Tests count by name, by import and through the header beside a source") {
  temp_tree tree;
  tree.write("src/named.cpp", "x\n");
  tree.write("src/imported.hpp", "x\n");
  tree.write("src/imported.cpp", "#include \"imported.hpp\"\n");
  tree.write("src/alone.cpp", "x\n");
  tree.write("src/main.cpp", "x\n");
  tree.write("tests/named_test.cpp", "x\n");
  tree.write("tests/main_test.cpp", "#include \"src/imported.hpp\"\n");
  auto index = build_index(tree.root(), without_git());
  REQUIRE(index);
  CHECK(facts_of(*index, "src/named.cpp").tested);
  CHECK(facts_of(*index, "src/imported.hpp").tested);
  CHECK(facts_of(*index, "src/imported.cpp").tested);
  CHECK_FALSE(facts_of(*index, "src/alone.cpp").tested);
  CHECK_FALSE(facts_of(*index, "src/main.cpp").tested);
  CHECK(facts_of(*index, "tests/named_test.cpp").test);
  CHECK(facts_of(*index, "src/imported.hpp").fan_in == 2);
  CHECK(facts_of(*index, "tests/main_test.cpp").fan_out == 1);
}

TEST_CASE("One thread and two threads make the same index") {
  temp_tree tree;
  for (int i = 0; i < 300; ++i) {
    auto name = std::to_string(i);
    auto next = std::to_string((i * 7 + 3) % 300);
    tree.write("d" + std::to_string(i % 9) + "/f" + name + ".hpp", "#include \"f" + next + ".hpp\"\n");
  }
  auto options = without_git();
  auto two = build_index(tree.root(), options);
  options.threads = 1;
  auto one = build_index(tree.root(), options);
  REQUIRE(one);
  REQUIRE(two);
  CHECK(index_json(*one) == index_json(*two));
  CHECK(one->imports.size() == 300);
}

TEST_CASE("Without a repository churn is absent with a reason, and nothing fails") {
  temp_tree tree;
  tree.write("a.c", "x\n");
  auto index = build_index(tree.root());
  REQUIRE(index);
  if (!git_is_missing()) {
    CHECK_FALSE(index->churn.present);
    CHECK_FALSE(index->churn.absent_reason.empty());
  }
  CHECK(index_json(*index)["churn"]["present"] == index->churn.present);
}

TEST_CASE("Churn counts the commits of the last year, also in a folder below the root") {
  if (git_is_missing()) {
    return;
  }
  temp_tree tree;
  git(tree, {"init", "-q"});
  for (int i = 0; i < 4; ++i) {
    tree.write("src/hot.cpp", filler_lines(301 + i));
    tree.write("src/short.cpp", filler_lines(10 + i));
    tree.write(std::string("src/odd \xC3\xA4\"name.cpp"), filler_lines(i + 1));
    if (i < 2) {
      tree.write("src/cold.cpp", filler_lines(900 + i));
    }
    tree.write("other.cpp", filler_lines(400 + i));
    git(tree, {"add", "."});
    git(tree, {"commit", "-q", "-m", "change"});
  }
  auto index = build_index(tree.root());
  REQUIRE(index);
  REQUIRE(index->churn.present);
  CHECK(facts_of(*index, "src/hot.cpp").changes == 4);
  CHECK(facts_of(*index, "src/cold.cpp").changes == 2);
  CHECK(facts_of(*index, "src/odd \xC3\xA4\"name.cpp").changes == 4);
  auto context = context_json(*index);
  CHECK(context["hotspots_count"] == 2);
  CHECK(context["hotspots"][0] ==
        nlohmann::json{{"file", "other.cpp"}, {"lines", 403}, {"changes", 4}, {"fan_in", 0}, {"tested", false}});
  CHECK(context["hotspots"][1]["file"] == "src/hot.cpp");
  CHECK(context_json(*index, 1)["hotspots"].size() == 1);
  CHECK(context_json(*index, 1)["hotspots_count"] == 2);

  auto below = read_git_churn(tree.root() + "/src");
  REQUIRE(below.present);
  CHECK(below.changes.at("hot.cpp") == 4);
  CHECK_FALSE(below.changes.contains("other.cpp"));
}

TEST_CASE("Commits older than a year do not count") {
  if (git_is_missing()) {
    return;
  }
  temp_tree tree;
  git(tree, {"init", "-q"});
  tree.write("a.c", "x\n");
  git(tree, {"add", "."});
  bounded_command command;
  command.argv = {"/usr/bin/git",           "-C",     tree.root(), "-c", "user.name=t", "-c",
                  "user.email=t@localhost", "commit", "-q",        "-m", "old"};
  command.environment = {"PATH=/usr/bin:/bin", "HOME=/nonexistent", "GIT_AUTHOR_DATE=2001-01-01T00:00:00Z",
                         "GIT_COMMITTER_DATE=2001-01-01T00:00:00Z"};
  command.output_bytes_max = 65536;
  command.timeout_ms = 20000;
  REQUIRE(run_bounded(command).exited_ok);
  auto churn = read_git_churn(tree.root());
  CHECK(churn.present);
  CHECK(churn.changes.empty());
}

TEST_CASE("What a repository configures is not run") {
  if (git_is_missing()) {
    return;
  }
  temp_tree tree;
  git(tree, {"init", "-q"});
  tree.write("a.c", "x\n");
  tree.write("run.sh", "#!/bin/sh\ntouch '" + tree.root() + "/was-run'\n");
  REQUIRE(::chmod((tree.root() + "/run.sh").c_str(), 0700) == 0);
  git(tree, {"add", "a.c"});
  git(tree, {"commit", "-q", "-m", "one"});
  tree.write(".gitattributes", "*.c diff=evil\n");
  auto program = tree.root() + "/run.sh";
  for (const auto* key : {"core.fsmonitor", "core.pager", "diff.external", "diff.evil.command", "diff.evil.textconv",
                          "gpg.program", "core.sshCommand", "core.editor"}) {
    git(tree, {"config", key, program});
  }
  git(tree, {"config", "log.showSignature", "true"});
  CHECK(read_git_churn(tree.root()).present);
  CHECK(::access((tree.root() + "/was-run").c_str(), F_OK) != 0);
}

TEST_CASE("A command is cut at its output bound, killed at its time, and a missing one is said so") {
  bounded_command command;
  command.environment = {"PATH=/usr/bin:/bin"};
  command.argv = {"/bin/sh", "-c", "while :; do echo yes; done"};
  command.output_bytes_max = 1000;
  command.timeout_ms = 20000;
  auto flooded = run_bounded(command);
  CHECK(flooded.truncated);
  CHECK(flooded.output.size() == 1000);
  CHECK_FALSE(flooded.exited_ok);

  command.argv = {"/bin/sh", "-c", "while :; do :; done"};
  command.timeout_ms = 50;
  auto late = run_bounded(command);
  CHECK(late.timed_out);
  CHECK_FALSE(late.exited_ok);

  command.argv = {"/nonexistent/program"};
  CHECK_FALSE(run_bounded(command).started);

  command.argv = {"/bin/sh", "-c", "echo out; echo err >&2; exit 3"};
  command.timeout_ms = 20000;
  auto failed = run_bounded(command);
  CHECK(failed.started);
  CHECK_FALSE(failed.exited_ok);
  CHECK(failed.output == "out\n");
  CHECK(failed.error_text == "err\n");
}

}  // namespace planguild
