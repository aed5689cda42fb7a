// Copies of planners' files: what is copied, what is refused, that nothing changes them, and that nothing is left.
#include "app/host/system/sealed_files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <map>

#include "app/host/system/file_sealer.hpp"
#include "app/host/system/kept_copies.hpp"
#include "messages/limits.hpp"
#include "tests/app/host/system/sealed_files_test_support.hpp"

using namespace planguild;
using namespace planguild::test;
namespace fs = std::filesystem;

TEST_CASE("Files are copied under their names, with their right to be run and no right to be changed") {
  const workshop shop;
  shop.planner.write("mine", "#!/bin/sh\n", 0755);
  shop.planner.write("lib/deep/helper.py", "x = 1\n", 0666);
  shop.planner.write("not_covered", "secret");
  auto request = shop.request({"mine", "lib/deep/helper.py"});
  request.sha256 = digest_of("#!/bin/sh\nx = 1\n");
  const sealing made = shop.seal(request);
  REQUIRE(made.files);
  const fs::path copies = made.files->folder();
  CHECK(read_file(copies / "mine") == "#!/bin/sh\n");
  CHECK(read_file(copies / "lib/deep/helper.py") == "x = 1\n");
  CHECK(fs::status(copies / "mine").permissions() == fs::perms(0500));
  CHECK(fs::status(copies / "lib/deep/helper.py").permissions() == fs::perms(0400));
  for (const char* folder : {".", "lib", "lib/deep"}) {
    CHECK(fs::status(copies / folder).permissions() == fs::perms(0500));
  }
  CHECK_FALSE(fs::exists(copies / "not_covered"));
  CHECK(made.files->intact());
}

TEST_CASE("Bytes that are not those that were vetted are refused, naming both digests") {
  const workshop shop;
  shop.planner.write("mine", "evil", 0755);
  auto request = shop.request({"mine"});
  request.sha256 = digest_of("good");
  const sealing made = shop.seal(request);
  CHECK_FALSE(made.files);
  CHECK(made.error.find("are not those that were vetted") != std::string::npos);
  CHECK(made.error.find(digest_of("evil")) != std::string::npos);
  CHECK(made.error.find(digest_of("good")) != std::string::npos);
  CHECK(entries(shop.folder->path()) == 0);
}

TEST_CASE("What is swapped after the copy, by rename or in place, changes nothing about the copy") {
  const workshop shop;
  shop.planner.write("mine", "good bytes", 0755);
  shop.planner.write("mine.so", "good library");
  auto request = shop.request({"mine", "mine.so"});
  request.library = "mine.so";
  const sealing made = shop.seal(request);
  REQUIRE(made.files);
  SECTION("by rename") {
    for (const char* name : {"mine", "mine.so"}) {
      shop.planner.write("other", "evil");
      fs::rename(shop.at("other"), shop.at(name));
    }
  }
  SECTION("by overwriting in place") {
    for (const char* name : {"mine", "mine.so"}) {
      std::fstream file(shop.at(name), std::ios::in | std::ios::out | std::ios::binary);
      file << "evil";
    }
  }
  CHECK(read_file(fs::path(made.files->folder()) / "mine") == "good bytes");
  CHECK(read_file("/proc/self/fd/" + std::to_string(made.files->library())) == "good library");
}

TEST_CASE("A library lies in memory that nobody can change, and not in the folder") {
  const workshop shop;
  shop.planner.write("mine.so", "library");
  auto request = shop.request({"mine.so"});
  request.library = "mine.so";
  request.sha256 = digest_of("library");
  const sealing made = shop.seal(request);
  REQUIRE(made.files);
  const int library = made.files->library();
  REQUIRE(library >= 0);
  CHECK(entries(made.files->folder()) == 0);
  CHECK(::pwrite(library, "x", 1, 0) == -1);
  CHECK(::ftruncate(library, 0) == -1);
  const int again = ::open(("/proc/self/fd/" + std::to_string(library)).c_str(), O_RDWR);
  if (again >= 0) {
    CHECK(::pwrite(again, "x", 1, 0) == -1);
    CHECK(::mmap(nullptr, 4'096, PROT_READ | PROT_WRITE, MAP_SHARED, again, 0) == MAP_FAILED);
    ::close(again);
  }
  CHECK(read_file("/proc/self/fd/" + std::to_string(library)) == "library");
}

TEST_CASE("What is no regular file, is not there, or climbs is refused at once") {
  const workshop shop;
  REQUIRE(::mkfifo(shop.at("pipe").c_str(), 0600) == 0);
  fs::create_directory(shop.at("folder"));
  for (const char* name : {"pipe", "folder"}) {
    CHECK(shop.seal(shop.request({name})).error.find("is no regular file") != std::string::npos);
  }
  CHECK(shop.seal(shop.request({"missing"})).error.find("No such file") != std::string::npos);
  for (const char* name : {"../mine", "a/../../mine", "/etc/passwd", "", "a\0b"}) {
    CHECK_FALSE(shop.seal(shop.request({name})).files);
  }
  CHECK(entries(shop.folder->path()) == 0);
}

TEST_CASE("A symbolic link that stays in the planner's folder is followed, as it was when the files were vetted") {
  const workshop shop;
  shop.planner.write("target", "linked");
  fs::create_symlink("target", shop.at("mine"));
  const sealing made = shop.seal(shop.request({"mine"}));
  REQUIRE(made.files);
  CHECK(fs::symlink_status(fs::path(made.files->folder()) / "mine").type() == fs::file_type::regular);
  CHECK(read_file(fs::path(made.files->folder()) / "mine") == "linked");
}

TEST_CASE("A symbolic link that leads out of the planner's folder is refused, named, and nothing is copied") {
  const workshop shop;
  const test_folder elsewhere;
  const std::string secret = elsewhere.write("secret", "the host's");
  fs::create_symlink(secret, shop.at("mine"));
  fs::create_directory_symlink(elsewhere.path(), shop.at("folder"));
  fs::create_symlink("/nowhere/at/all", shop.at("dangling"));
  for (const char* name : {"mine", "folder/secret", "dangling"}) {
    for (const char* library : {"", name}) {
      auto request = shop.request({name});
      request.library = library;
      const sealing made = shop.seal(request);
      CHECK_FALSE(made.files);
      CHECK(made.error.find("leads out of the planner's folder " + shop.planner.path()) != std::string::npos);
      CHECK(made.error.find("Put the file itself into the folder") != std::string::npos);
    }
  }
  CHECK(entries(shop.folder->path()) == 0);
}

TEST_CASE("Bytes that moved from one file into the next are not those that were vetted, though their digest is") {
  const workshop shop;
  shop.planner.write("mine", "run", 0755);
  shop.planner.write("data", "harmful");
  auto request = shop.request({"mine", "data"});
  request.sha256 = digest_of("runharmful");
  request.sizes_bytes = {3, 7};
  CHECK(shop.seal(request).files);
  shop.planner.write("mine", "runharm", 0755);
  shop.planner.write("data", "ful");
  const sealing made = shop.seal(request);
  CHECK_FALSE(made.files);
  CHECK(made.error.find("are not those that were vetted (\"mine\" has 7 bytes instead of 3)") != std::string::npos);
}

TEST_CASE("Nothing can be put beside finished copies, and what was put there all the same is noticed") {
  const workshop shop;
  shop.planner.write("lib/mine", "good", 0755);
  const sealing made = shop.seal(shop.request({"lib/mine"}));
  REQUIRE(made.files);
  REQUIRE(made.files->intact());
  const std::string place = GENERATE(std::string(), std::string("/lib"));
  const fs::path folder = made.files->folder() + place;
  if (::geteuid() != 0) {
    CHECK_FALSE(std::ofstream(folder / "json.py").is_open());
    CHECK(made.files->intact());
  }
  fs::permissions(folder, fs::perms(0700));
  std::ofstream(folder / "json.py") << "evil";
  fs::permissions(folder, fs::perms(0500));
  CHECK(fs::exists(folder / "json.py"));
  CHECK_FALSE(made.files->intact());
}

TEST_CASE("Copies that somebody changed or removed are noticed") {
  const workshop shop;
  shop.planner.write("mine", "good", 0755);
  const sealing made = shop.seal(shop.request({"mine"}));
  REQUIRE(made.files);
  const fs::path copy = fs::path(made.files->folder()) / "mine";
  SECTION("removed") {
    fs::permissions(made.files->folder(), fs::perms(0700));
    fs::remove(copy);
  }
  SECTION("replaced by the same bytes") {
    fs::permissions(made.files->folder(), fs::perms(0700));
    fs::remove(copy);
    std::ofstream(copy) << "good";
    fs::permissions(copy, fs::perms(0500));
  }
  SECTION("overwritten with the same length and the old time") {
    const auto time = fs::last_write_time(copy);
    fs::permissions(copy, fs::perms(0700));
    std::ofstream(copy) << "evil";
    fs::permissions(copy, fs::perms(0500));
    fs::last_write_time(copy, time);
  }
  CHECK_FALSE(made.files->intact());
}

TEST_CASE("A program from elsewhere is put beside the copies and is not part of the digest") {
  const workshop shop;
  shop.planner.write("mine.so", "library");
  auto request = shop.request({"mine.so"});
  request.library = "mine.so";
  request.sha256 = digest_of("library");
  request.program = "/bin/true";
  const sealing made = shop.seal(request);
  REQUIRE(made.files);
  CHECK(made.files->program().ends_with("/true"));
  CHECK(fs::file_size(made.files->program()) == fs::file_size("/bin/true"));
}

TEST_CASE("Copies go with their last owner, and the folder with the runner") {
  const test_folder place;
  const test_folder planner;
  planner.write("mine", "x");
  files_request request;
  request.directory = planner.path();
  request.files = {"mine"};
  {
    auto folder = std::make_shared<copy_folder>(std::vector<std::string>{place.path()}, false);
    auto made = seal_files(request, folder, {}).files;
    REQUIRE(made);
    CHECK(entries(folder->path()) == 1);
    folder.reset();
    CHECK(entries(place.path()) == 1);  // the copies hold it
    made.reset();
    CHECK(entries(place.path()) == 0);
  }
}

TEST_CASE("The deepest copies that there can be go with the runner's folder") {
  const test_folder place;
  {
    copy_folder copies({place.path()}, false);
    REQUIRE(copies.error().empty());
    auto deep = copies.make_folder();
    REQUIRE_FALSE(deep.empty());
    for (std::size_t depth = 0; depth < limits::planner_folder_depth_max; ++depth) deep += "/d";
    REQUIRE(fs::create_directories(deep));
    std::ofstream{deep + "/file"} << "bytes";
  }
  CHECK(entries(place.path()) == 0);
}

TEST_CASE("What a killed host left is removed by the next one; what is in use or somebody else's is not") {
  const test_folder place;
  const fs::path root = place.path();
  const std::string prefix = "planguild-" + std::to_string(::geteuid()) + "-";
  place.write(prefix + "dead00/deep/er/file", "x");
  for (const char* finished : {"dead00/deep/er", "dead00/deep"}) {  // as the folders of copies are
    fs::permissions(root / (prefix + finished), fs::perms(0500));
  }
  place.write(prefix + "alive0/file", "x");
  place.write("planguild-other/file", "x");
  place.write(prefix + "file00", "a file with such a name");
  fs::create_directory_symlink("/usr", root / (prefix + "link00"));
  const descriptor held(::open((root / (prefix + "alive0")).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  REQUIRE(::flock(held.get(), LOCK_EX | LOCK_NB) == 0);
  {
    const copy_folder folder({place.path()}, false);
    CHECK(folder.error().empty());
    CHECK_FALSE(fs::exists(root / (prefix + "dead00")));
    CHECK(fs::exists(root / (prefix + "alive0") / "file"));
    CHECK(fs::exists(root / "planguild-other" / "file"));
    CHECK(fs::is_symlink(root / (prefix + "link00")));
    const copy_folder second({place.path()}, false);  // does not take the first one for a leftover
    CHECK(folder.is_there());
    CHECK(second.is_there());
  }
  CHECK(entries(root) == 4);
}

TEST_CASE("Places that do not fit are passed over, and the reasons told when none does") {
  const test_folder place;
  const copy_folder good({"/nowhere/at/all", "/proc", place.path()}, false);
  CHECK(good.error().empty());
  CHECK(good.path().starts_with(place.path()));
  const copy_folder none({"/nowhere/at/all", "/proc"}, false);
  CHECK(none.path().empty());
  CHECK(none.error().find("/nowhere/at/all: No such file or directory") != std::string::npos);
  CHECK(none.error().find("Set TMPDIR") != std::string::npos);
  fs::permissions(place.path(), fs::perms(0700));
  CHECK(copy_folder({place.path()}, true).error().find("other users cannot reach it") != std::string::npos);
}

TEST_CASE("Copies are kept for the next start until they change or too many are newer") {
  const workshop shop;
  kept_copies kept(2);
  const auto make = [&](const std::string& name) {
    shop.planner.write(name, name);
    return shop.seal(shop.request({name})).files;
  };
  std::shared_ptr<const sealed_files> forgotten;
  CHECK_FALSE(kept.find("a", forgotten));
  const auto first = make("a");
  CHECK_FALSE(kept.keep("a", first));
  CHECK_FALSE(kept.keep("b", make("b")));
  CHECK(kept.find("a", forgotten) == first);
  const auto released = kept.keep("c", make("c"));
  CHECK(released);
  CHECK(released != first);
  CHECK_FALSE(kept.find("b", forgotten));
  CHECK_FALSE(forgotten);
  fs::permissions(first->folder(), fs::perms(0700));
  fs::remove(fs::path(first->folder()) / "a");
  CHECK_FALSE(kept.find("a", forgotten));
  CHECK(forgotten == first);
}

TEST_CASE("Requests share copies only if bytes, names and readers are the same") {
  files_request request;
  request.directory = "/d";
  request.files = {"a"};
  CHECK(request.key().empty());  // nothing says that the bytes are the same next time
  request.sha256 = "x";
  const std::string key = request.key();
  CHECK_FALSE(key.empty());
  auto other = request;
  other.files = {"a", "b"};
  CHECK(other.key() != key);
  other = request;
  other.reader = 61'184;
  CHECK(other.key() != key);
  other = request;
  other.library = "a";
  CHECK(other.key() != key);
  other = request;
  other.sizes_bytes = {1};
  CHECK(other.key() != key);
  other = request;
  other.planner = "another name";
  CHECK(other.key() == key);
}

TEST_CASE("A copier works beside its owner, leaves out what was cancelled, and leaves nothing") {
  const test_folder place;
  const test_folder planner;
  planner.write("mine", "x");
  planner.write("large", "");
  fs::resize_file(fs::path(planner.path()) / "large", 200UL * 1'024 * 1'024);
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, sealing> results;
  {
    file_sealer sealer({place.path()}, false, [&](std::string key, sealing made) {
      const std::lock_guard lock(mutex);
      results.emplace(std::move(key), std::move(made));
      changed.notify_all();
    });
    files_request request;
    request.directory = planner.path();
    request.files = {"large"};
    REQUIRE(sealer.seal("large", request));
    request.files = {"mine"};
    REQUIRE(sealer.seal("never", request));
    sealer.cancel("never");
    sealer.cancel("large");
    REQUIRE(sealer.seal("mine", request));
    std::unique_lock lock(mutex);
    REQUIRE(changed.wait_for(lock, patience, [&] { return results.count("mine") == 1; }));
    CHECK(results.count("never") == 0);
    CHECK((results.count("large") == 0 || results["large"].cancelled));
    CHECK(results["mine"].files);
    sealer.retire(std::move(results["mine"].files));
    results.clear();
  }
  CHECK(entries(place.path()) == 0);
}
