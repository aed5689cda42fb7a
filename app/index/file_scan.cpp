// Two threads take files in blocks from one counter; each result has a place of its own, so nothing else is shared.
// Internal to app/index; blocks.
#include "app/index/file_scan.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <thread>
#include <tuple>

#include "app/index/import_resolver.hpp"
#include "app/index/import_scanner.hpp"

namespace planguild {

namespace {

// Files that a thread takes at once: small enough to share the work, large enough to keep the counter cold.
constexpr std::size_t block_files = 32;
// A text file has no NUL in its first bytes; git looks at as many.
constexpr std::size_t binary_probe_bytes = 8000;

class file_scanner {
 public:
  file_scanner(int root_fd, const std::vector<source_file>& files, const index_options& options)
      : root_fd_(root_fd), files_(files), options_(options), resolver_(files), results_(files.size()) {}

  // Takes blocks until none is left. `report` is true on the thread that may call `progress`.
  void work(bool report) {
    std::string text;
    while (!stopped()) {
      auto first = next_.fetch_add(block_files, std::memory_order_relaxed);
      if (first >= files_.size()) {
        return;
      }
      auto last = std::min(first + block_files, files_.size());
      for (auto i = first; i < last; ++i) {
        scan(static_cast<file_id>(i), text);
      }
      if (report && options_.progress) {
        options_.progress(last, files_.size());
      }
    }
  }

  std::vector<scanned_file> take() { return std::move(results_); }

 private:
  bool stopped() const { return options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed); }

  // The whole file into `text`; false if it is too large, no regular file or cannot be read.
  bool read_file(const std::string& path, std::string& text, std::uint64_t& bytes) const {
    // O_NONBLOCK: a pipe put in the file's place since the walk must not hold us.
    int fd = ::openat(root_fd_, path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
      return false;
    }
    struct stat status {};
    bool regular = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    bytes = regular ? static_cast<std::uint64_t>(status.st_size) : 0;
    bool good = regular && bytes <= index_limits::file_bytes_max;
    std::size_t filled = 0;
    if (good) {
      text.resize(static_cast<std::size_t>(bytes));
    }
    while (good && filled < text.size()) {
      auto count = ::read(fd, text.data() + filled, text.size() - filled);
      if (count < 0 && errno == EINTR) {
        continue;
      }
      good = count >= 0;
      if (count <= 0) {
        break;
      }
      filled += static_cast<std::size_t>(count);
    }
    ::close(fd);
    if (good) {
      text.resize(filled);
    }
    return good;
  }

  void scan(file_id id, std::string& text) {
    const auto& file = files_[id];
    auto& result = results_[id];
    if (!read_file(file.path, text, result.bytes) ||
        std::string_view(text).substr(0, binary_probe_bytes).find('\0') != std::string_view::npos) {
      return;
    }
    result.read = true;
    auto scanned = scan_source(file.lang, text);
    result.lines = scanned.lines;
    bool types = is_declaration_file(file.path);
    for (auto& found : scanned.imports) {
      auto target = resolver_.resolve(id, found);
      if (target) {
        result.imports.push_back({id, *target, found.line, found.type_only || types, std::move(found.text)});
      } else {
        ++result.external;
      }
    }
    sort_imports(result.imports);
  }

  static void sort_imports(std::vector<import_edge>& imports) {
    auto key = [](const import_edge& edge) { return std::tuple(edge.line, edge.to, edge.type_only); };
    std::stable_sort(imports.begin(), imports.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
    auto same = [](const import_edge& a, const import_edge& b) { return a.line == b.line && a.to == b.to; };
    imports.erase(std::unique(imports.begin(), imports.end(), same), imports.end());
  }

  int root_fd_;
  const std::vector<source_file>& files_;
  const index_options& options_;
  import_resolver resolver_;
  std::vector<scanned_file> results_;
  std::atomic<std::size_t> next_{0};
};

}  // namespace

std::vector<scanned_file> scan_files(const std::string& root, const std::vector<source_file>& files,
                                     const index_options& options) {
  int root_fd = ::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (root_fd < 0) {
    return std::vector<scanned_file>(files.size());
  }
  file_scanner scanner(root_fd, files, options);
  std::thread second;
  if (options.threads > 1 && files.size() > block_files) {
    try {
      second = std::thread([&scanner] { scanner.work(false); });
    } catch (const std::system_error&) {
      // No second thread to be had: the first one does it all.
    }
  }
  scanner.work(true);
  if (second.joinable()) {
    second.join();
  }
  ::close(root_fd);
  return scanner.take();
}

}  // namespace planguild
