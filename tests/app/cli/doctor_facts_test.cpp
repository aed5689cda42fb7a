// What doctor sees of stores, roots, manifests and the kernel.
#include "app/cli/doctor_facts.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "app/host/system/store.hpp"
#include "tests/support/memory_files.hpp"

using namespace planguild;
using namespace planguild::cli;
using condition = store_facts::condition;

namespace {

struct folder {
  folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "planguild-doctor-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  ~folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  void write(const std::string& name, const std::string& text) const { std::ofstream{path + "/" + name} << text; }
  std::string path;
};

}  // namespace

TEST_CASE("A store that is not there yet is absent, and looking makes nothing") {
  const folder temporary;
  const auto facts = look_at_store(temporary.path + "/deep/state");
  CHECK(facts.state == condition::absent);
  CHECK_FALSE(facts.keeps_nothing());
  CHECK(std::filesystem::is_empty(temporary.path));
  CHECK(look_at_store(temporary.path).state == condition::absent);
  CHECK(std::filesystem::is_empty(temporary.path));
}

TEST_CASE("A store without a name keeps nothing") {
  CHECK(look_at_store("").state == condition::unnamed);
  CHECK(look_at_store("").keeps_nothing());
}

TEST_CASE("A store that a runtime made is good") {
  const folder temporary;
  {
    const auto store = open_store({temporary.path, nullptr});
    REQUIRE(store);
    REQUIRE((*store)->memory_only().empty());
  }
  const auto facts = look_at_store(temporary.path);
  INFO(facts.reason);
  CHECK(facts.state == condition::good);
  CHECK(facts.directory_mode == 0700);
}

TEST_CASE("A damaged store is told and left as it is") {
  const folder temporary;
  temporary.write("planguild.db", std::string(8'192, 'x'));
  CHECK(look_at_store(temporary.path).state == condition::corrupt);
  CHECK(std::filesystem::file_size(temporary.path + "/planguild.db") == 8'192);
}

TEST_CASE("What cannot be a store is unusable") {
  const folder temporary;
  temporary.write("file", "");
  for (const auto* name : {"/file", "/file/below"}) {
    CHECK(look_at_store(temporary.path + name).state == condition::unusable);
    CHECK(look_at_store(temporary.path + name).where == store_facts::fault::not_a_folder);
  }
  std::filesystem::create_directory(temporary.path + "/planguild.db");
  CHECK(look_at_store(temporary.path).keeps_nothing());
  CHECK(look_at_store(temporary.path).where == store_facts::fault::file);
}

TEST_CASE("Databases that were set aside are listed without their logs") {
  const folder temporary;
  temporary.write("planguild.db.corrupt-2", "");
  temporary.write("planguild.db.corrupt-1", "");
  temporary.write("planguild.db.corrupt-1-wal", "");
  CHECK(
      look_at_store(temporary.path).set_aside ==
      std::vector<std::string>{temporary.path + "/planguild.db.corrupt-1", temporary.path + "/planguild.db.corrupt-2"});
}

TEST_CASE("Roots and manifests are looked at as discovery would, with what it leaves out") {
  test::memory_files files;
  files.put("/p/one.planner.json",
            R"({"name":"one","version":"1","self_test":true,"entry":{"kind":"command","argv":["./one"]}})");
  files.put("/p/one", "#!/bin/sh\n", 0644);
  files.put("/p/other.planner.json", "{}");
  files.put("/m/manual.planner.json", "{");
  files.put("/file", "");
  files.put_directory("/closed");
  files.set_unreadable("/closed");
  doctor_facts facts;
  facts.configuration.value.planner_path = {"p", "/missing", "/file", "/closed"};
  facts.configuration.value.manual_planners = {"m/manual.planner.json"};
  facts.configuration.value.allowed_planners = {"one"};
  look_at_planners(facts, files, "/");

  REQUIRE(facts.roots.size() == 4);
  CHECK((facts.roots[0].path == "/p" && facts.roots[0].is_folder && facts.roots[0].unreadable.empty()));
  CHECK_FALSE(facts.roots[1].found);
  CHECK((facts.roots[2].found && !facts.roots[2].is_folder));
  CHECK_FALSE(facts.roots[3].unreadable.empty());
  CHECK(facts.search_failures.empty());  // they are all about roots

  REQUIRE(facts.manifests.size() == 3);
  CHECK(facts.manifests[0].path == "/m/manual.planner.json");  // bypasses the allowlist
  REQUIRE(facts.manifests[0].lint);
  CHECK_FALSE(facts.manifests[0].lint->good());
  REQUIRE(facts.manifests[1].lint);
  CHECK(facts.manifests[1].lint->program == "/p/one");
  CHECK(facts.manifests[1].lint->program_mode == 0644);
  REQUIRE(facts.manifests[2].left_out);
  CHECK(facts.manifests[2].left_out->name == "other");
  CHECK_FALSE(facts.manifests[2].lint);
}

TEST_CASE("The kernel answers for every feature, with a reason where there is none") {
  const auto kernel = look_at_kernel();
  CHECK_FALSE(kernel.release.empty());
  CHECK((kernel.landlock_abi > 0) == kernel.landlock_reason.empty());
  for (const auto* feature : {&kernel.seccomp, &kernel.user_namespaces, &kernel.pidfd, &kernel.cgroup}) {
    CHECK(feature->works == feature->reason.empty());
  }
  CHECK(kernel.is_root == (::geteuid() == 0));
}
