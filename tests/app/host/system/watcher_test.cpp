// The directory watcher on real directories: what counts as a change, what does not, and that nothing is told after it
// was taken back. Real kernel, so the tests wait for what must come; what must not come is shown by something that
// must.
#include "app/host/system/watcher.hpp"

#include <catch2/catch.hpp>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "tests/app/host/system/store_test_support.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

/// Counts what it is told.
class change_count {
 public:
  std::function<void()> callback() {
    return [this] {
      const std::lock_guard lock(mutex_);
      ++count_;
      changed_.notify_all();
    };
  }
  /// False if no further change was told within ten seconds.
  bool next() {
    std::unique_lock lock(mutex_);
    const bool told = changed_.wait_for(lock, std::chrono::seconds{10}, [this] { return count_ > seen_; });
    seen_ = count_;
    return told;
  }
  int count() {
    const std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
  int seen_ = 0;
};

void write(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path) << text;
}

}  // namespace

TEST_CASE("Making, writing, renaming and removing an entry are changes") {
  const state_folder folder;
  const std::filesystem::path root = folder.path();
  std::filesystem::create_directories(root);
  change_count changes;
  auto watcher = make_directory_watcher();
  CHECK(watcher->watch({root.string()}, changes.callback()) == 0);
  write(root / "a", "1");
  CHECK(changes.next());
  write(root / "a", "2");
  CHECK(changes.next());
  std::filesystem::rename(root / "a", root / "b");
  CHECK(changes.next());
  std::filesystem::permissions(root / "b", std::filesystem::perms::owner_all);
  CHECK(changes.next());
  std::filesystem::remove(root / "b");
  CHECK(changes.next());
}

TEST_CASE("Only the directories of the last call are watched, and missing ones are counted") {
  const state_folder folder;
  const std::filesystem::path root = folder.path();
  std::filesystem::create_directories(root);
  std::filesystem::create_directories(root / "old");
  std::filesystem::create_directories(root / "new");
  change_count before;
  change_count after;
  auto watcher = make_directory_watcher();
  CHECK(watcher->watch({(root / "old").string()}, before.callback()) == 0);
  CHECK(watcher->watch({(root / "new").string(), (root / "gone").string()}, after.callback()) == 1);
  write(root / "old" / "a", "1");
  write(root / "new" / "a", "1");
  CHECK(after.next());
  CHECK(before.count() == 0);
}

TEST_CASE("A directory that is made anew under its old name is watched again") {
  const state_folder folder;
  const std::filesystem::path root = folder.path();
  std::filesystem::create_directories(root);
  std::filesystem::create_directories(root / "planners");
  change_count changes;
  auto watcher = make_directory_watcher();
  const std::vector<std::string> both{root.string(), (root / "planners").string()};
  CHECK(watcher->watch(both, changes.callback()) == 0);
  std::filesystem::remove_all(root / "planners");
  CHECK(changes.next());
  std::filesystem::create_directories(root / "planners");
  CHECK(changes.next());
  change_count again;
  CHECK(watcher->watch({(root / "planners").string()}, again.callback()) == 0);
  write(root / "planners" / "a", "1");
  CHECK(again.next());
}
