// Changes in directories, by inotify. See the header.
#include "app/host/system/watcher.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "app/host/system/descriptor.hpp"

namespace planguild {
namespace {

constexpr int gather_ms = 20;
constexpr std::uint32_t changes = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE | IN_ATTRIB |
                                  IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

class inotify_watcher final : public directory_watcher {
 public:
  inotify_watcher() : events_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)), wake_(::eventfd(0, EFD_CLOEXEC)) {}

  ~inotify_watcher() override {
    const std::uint64_t one = 1;
    if (thread_.joinable()) {
      (void)!::write(wake_.get(), &one, sizeof(one));
      thread_.join();
    }
  }

  std::size_t watch(const std::vector<std::string>& directories, std::function<void()> changed) override {
    if (!events_ || !wake_) return directories.size();
    const std::lock_guard lock(mutex_);
    changed_ = std::move(changed);
    std::size_t unwatched = 0;
    std::map<std::string, int> now;
    std::set<int> kept;
    for (const auto& directory : directories) {
      // An existing watch is found again by its inode; a directory that was made anew under an old name gets a new one.
      const int number = ::inotify_add_watch(events_.get(), directory.c_str(), changes);
      if (number < 0) {
        ++unwatched;
        continue;
      }
      now[directory] = number;
      kept.insert(number);
    }
    for (const auto& [directory, number] : watches_) {
      if (!kept.contains(number)) (void)::inotify_rm_watch(events_.get(), number);  // gone ones refuse, which is fine
    }
    watches_ = std::move(now);
    if (!thread_.joinable()) thread_ = std::thread{[this] { run(); }};
    return unwatched;
  }

 private:
  void run() {
    std::array<pollfd, 2> entries{{{events_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}}};
    while (true) {
      if (::poll(entries.data(), entries.size(), -1) < 0 && errno != EINTR) return;
      if ((entries[1].revents & POLLIN) != 0) return;
      if ((entries[0].revents & POLLIN) == 0) continue;
      pollfd end{wake_.get(), POLLIN, 0};
      if (::poll(&end, 1, gather_ms) == 1) return;
      if (read_all()) tell();
    }
  }

  /// Takes what there is to read; whether any of it is a change (that a watch ended because it was taken back is none).
  bool read_all() {
    alignas(inotify_event) std::array<char, 16'384> buffer{};
    bool any = false;
    ssize_t size = 0;
    while ((size = ::read(events_.get(), buffer.data(), buffer.size())) > 0) {
      for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
        const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
        any = any || (event->mask & ~static_cast<std::uint32_t>(IN_IGNORED | IN_ISDIR)) != 0;
        at += sizeof(inotify_event) + event->len;
      }
    }
    return any;
  }

  void tell() {
    std::function<void()> changed;
    {
      const std::lock_guard lock(mutex_);
      changed = changed_;
    }
    if (changed) changed();
  }

  descriptor events_;
  descriptor wake_;
  std::mutex
      mutex_;  // `watch` is called by discovery's thread, `tell` by this one's; held for system calls that do not wait
  std::function<void()> changed_;
  std::map<std::string, int> watches_;
  std::thread thread_;
};

}  // namespace

std::shared_ptr<directory_watcher> make_directory_watcher() {
  return std::make_shared<inotify_watcher>();
}

}  // namespace planguild
