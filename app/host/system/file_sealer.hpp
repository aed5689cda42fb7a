// Makes copies of planners' files on a thread of its own, so that a large file or a slow disk holds up nobody but the
// start that needs it and those that wait behind it. Owned and called by one thread; the results come on the sealer's.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "app/host/system/sealed_files.hpp"

namespace planguild {

class file_sealer {
 public:
  /// Called on the sealer's thread, once for each `seal` that was not cancelled in the queue; must only hand on.
  using on_sealed = std::function<void(std::string key, sealing made)>;

  /// Starts nothing yet. `places` and `for_other_users` as for copy_folder, which is made with the first copy.
  file_sealer(std::vector<std::string> places, bool for_other_users, on_sealed done);
  /// Cancels what is under way, removes what was retired and the folder (once nobody holds copies in it any more), and
  /// waits for that: as long as one system call on the disk takes.
  ~file_sealer();
  file_sealer(const file_sealer&) = delete;
  file_sealer& operator=(const file_sealer&) = delete;

  /// Queues a request under a key of the caller's. False: there is no thread to be had.
  bool seal(std::string key, files_request request);
  /// Takes a request out of the queue, or stops its copying.
  void cancel(const std::string& key);
  /// Releases copies on the sealer's thread, since removing large files may take a while, too.
  void retire(std::shared_ptr<const sealed_files> files);

 private:
  struct job {
    std::string key;
    files_request request;
    std::shared_ptr<const sealed_files> retired;  // then this is no request
  };

  void push(job next);
  void run();

  std::vector<std::string> places_;
  bool for_other_users_;
  on_sealed done_;
  std::thread thread_;

  // Shared between the caller and the thread; held for moments.
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<job> jobs_;
  std::string current_;              // the key that is being copied
  std::stop_source current_stop_{};  // its cancellation
  bool stopping_ = false;
};

}  // namespace planguild
