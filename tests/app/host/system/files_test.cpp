// The real file_source on a real temporary folder.
#include "app/host/system/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "actors/discovery/scan.hpp"

using namespace planguild;
namespace fs = std::filesystem;

namespace {

/// A folder that goes with the test.
class temporary_folder {
 public:
  temporary_folder() {
    std::string name = (fs::temp_directory_path() / "planguild_files_XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~temporary_folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }
  std::string write(const std::string& name, const std::string& bytes) const {
    fs::create_directories(fs::path(*this / name).parent_path());
    std::ofstream(*this / name, std::ios::binary) << bytes;
    return *this / name;
  }

 private:
  std::string path_;
};

template <class T>
failure_code code_of(const outcome<T>& result) {
  REQUIRE_FALSE(result);
  CHECK_FALSE(result.error->message.empty());
  return result.error->code;
}

/// Root may read everything; while this lives, the process is nobody.
class without_root {
 public:
  without_root() : was_root_(::geteuid() == 0) {
    if (was_root_) REQUIRE(::seteuid(65'534) == 0);
  }
  ~without_root() {
    if (was_root_ && ::seteuid(0) != 0) std::abort();
  }
  without_root(const without_root&) = delete;
  without_root& operator=(const without_root&) = delete;

 private:
  bool was_root_;
};

}  // namespace

TEST_CASE("A directory is listed in bytewise order with the kinds of its entries") {
  const temporary_folder folder;
  folder.write("b", "");
  folder.write("B", "");
  folder.write("dir/x", "");
  folder.write("\xc3\xa9", "");
  fs::create_symlink("nowhere", folder / "link");
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  const auto entries = make_file_source()->list(folder.path());
  REQUIRE(entries);
  std::vector<std::string> names;
  for (const auto& entry : *entries) names.push_back(entry.name);
  CHECK(names == std::vector<std::string>{"B", "b", "dir", "fifo", "link", "\xc3\xa9"});
  CHECK((*entries)[0].kind == file_kind::regular);
  CHECK((*entries)[2].kind == file_kind::directory);
  CHECK((*entries)[3].kind == file_kind::other);
  CHECK((*entries)[4].kind == file_kind::symlink);
}

TEST_CASE("Facts follow links and carry time in nanoseconds, inode and permissions") {
  const temporary_folder folder;
  const auto path = folder.write("file", "12345");
  REQUIRE(::chmod(path.c_str(), 0750) == 0);
  const timespec times[2] = {{1'000'000'000, 1}, {1'600'000'000, 123'456'789}};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
  fs::create_symlink("file", folder / "link");
  const auto source = make_file_source();
  for (const std::string name : {"file", "link"}) {
    const auto facts = source->stat(folder / name);
    REQUIRE(facts);
    CHECK(facts->kind == file_kind::regular);
    CHECK(facts->size_bytes == 5);
    CHECK(facts->modified_ns == 1'600'000'000'123'456'789);
    CHECK(facts->mode == 0750);
    struct stat expected {};
    REQUIRE(::stat(path.c_str(), &expected) == 0);
    CHECK(facts->inode == expected.st_ino);
    CHECK(facts->device == expected.st_dev);
  }
}

TEST_CASE("Files are read whole, up to the bound and not over it") {
  const temporary_folder folder;
  const auto source = make_file_source();
  const std::string bytes = std::string(100'000, 'x') + std::string("\0\xff", 2);
  CHECK(*source->read(folder.write("file", bytes), bytes.size()).value == bytes);
  CHECK(code_of(source->read(folder / "file", bytes.size() - 1)) == failure_code::limit_exceeded);
  CHECK(source->read(folder.write("empty", ""), 0).value == std::string());
  const auto proc = source->read("/proc/self/status", 1'000'000);
  REQUIRE(proc);
  CHECK(proc->find("Pid:") != std::string::npos);
  CHECK(code_of(source->read("/proc/self/status", 10)) == failure_code::limit_exceeded);
}

TEST_CASE("What is not there is not_found, what cannot be read is load_failed, both with the system's reason") {
  const temporary_folder folder;
  const auto source = make_file_source();
  folder.write("file", "x");
  fs::create_symlink("loop", folder / "loop");
  for (const std::string name : {"none", "file/below", "none/below"}) {
    CAPTURE(name);
    CHECK(code_of(source->stat(folder / name)) == failure_code::not_found);
    CHECK(code_of(source->read(folder / name, 10)) == failure_code::not_found);
    CHECK(code_of(source->list(folder / name)) == failure_code::not_found);
  }
  CHECK(code_of(source->stat(folder / std::string(5'000, 'n'))) == failure_code::not_found);
  CHECK(source->stat(folder / "none").error->message.find("No such file") != std::string::npos);
  CHECK(source->stat(folder / "none").error->where == folder / "none");
  CHECK(code_of(source->stat(folder / "loop")) == failure_code::load_failed);
  CHECK(code_of(source->read(folder.path(), 10)) == failure_code::load_failed);
  CHECK(code_of(source->stat(folder / std::string("file\0x", 6))) == failure_code::load_failed);
  CHECK(code_of(source->read(folder / std::string("file\0x", 6), 10)) == failure_code::load_failed);
  CHECK(code_of(source->list(std::string("/\0x", 3))) == failure_code::load_failed);
}

TEST_CASE("Files and folders without permission are load_failed") {
  const temporary_folder folder;
  const auto source = make_file_source();
  folder.write("closed/file", "x");
  folder.write("file", "x");
  fs::permissions(folder / "file", fs::perms::none);
  fs::permissions(folder / "closed", fs::perms::none);
  fs::permissions(folder.path(), fs::perms::all);
  {
    const without_root nobody;
    CHECK(code_of(source->read(folder / "file", 10)) == failure_code::load_failed);
    CHECK(code_of(source->list(folder / "closed")) == failure_code::load_failed);
    CHECK(code_of(source->stat(folder / "closed/file")) == failure_code::load_failed);
  }
  fs::permissions(folder / "closed", fs::perms::owner_all);
}

TEST_CASE("A FIFO or device is refused, not waited for") {
  const temporary_folder folder;
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  const auto source = make_file_source();
  CHECK(code_of(source->read(folder / "fifo", 10)) == failure_code::load_failed);
  CHECK(code_of(source->read("/dev/zero", 10)) == failure_code::load_failed);
}

TEST_CASE("A real tree with loops, a FIFO called like a manifest and broken files is scanned to its end") {
  const temporary_folder folder;
  const std::string manifest = R"({"name":"good_one","version":"1","entry":{"kind":"command","argv":["./run"]}})";
  folder.write("sub/good_one.planner.json", manifest);
  folder.write("sub/run", "#!/bin/sh\n");
  folder.write("broken.planner.json", "{");
  REQUIRE(::mkfifo((folder / "pipe.planner.json").c_str(), 0600) == 0);
  REQUIRE(::mkfifo((folder / "sub/fifo").c_str(), 0600) == 0);
  fs::create_symlink("..", folder / "sub/up");
  fs::create_symlink("self", folder / "self");
  const auto source = make_file_source();
  config settings;
  settings.allowed_planners = {"*"};
  settings.planner_path = {folder.path()};
  scanner scan(settings, *source, {}, "1");
  const auto first = scan.run(false);
  REQUIRE(first.planners.size() == 1);
  CHECK(first.planners[0].manifest.entry.files == std::vector<std::string>{"run"});
  CHECK(first.failures.size() == 2);
  CHECK(scan.run(false).unchanged);
  CHECK(scan.run(true) == first);
  folder.write("sub/run", "#!/bin/sh\nexit 1\n");
  const auto changed = scan.run(false);
  REQUIRE(changed.planners.size() == 1);
  CHECK(changed.planners[0].digest != first.planners[0].digest);
}
