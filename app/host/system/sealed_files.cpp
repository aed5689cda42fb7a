// Copies of a planner's files. See the header.
#include "app/host/system/sealed_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include "actors/discovery/signature.hpp"
#include "app/host/system/handed_on.hpp"
#include "app/host/system/open_below.hpp"
#include "app/host/system/system_reason.hpp"
#include "messages/limits.hpp"

namespace planguild {
namespace {

constexpr std::size_t copy_step_bytes = std::size_t{256} * 1'024;
constexpr const char* program_folder = ".planguild";  // beside the copies, for files_request::program

/// Relative, not empty, without climbing or a zero byte: manifests are checked for that, hosts' own commands are not.
bool stays_below(const std::string& name) {
  if (name.empty() || name.front() == '/' || name.find('\0') != std::string::npos) return false;
  for (std::size_t start = 0; start != std::string::npos;) {
    const std::size_t slash = name.find('/', start);
    if (std::string_view(name).substr(start, slash - start) == "..") return false;
    start = slash == std::string::npos ? slash : slash + 1;
  }
  return true;
}

bool write_whole(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::write(file, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

}  // namespace

/// Makes one set; the first failure is kept and the rest does nothing.
class file_copier {
 public:
  file_copier(const files_request& request, sealed_files& made, const std::stop_token& stop)
      : request_(request), made_(made), stop_(stop), buffer_(copy_step_bytes, '\0'), folders_{made.folder_} {}

  std::string run() {
    if (request_.files.size() > limits::entry_files_max) {
      fail("it has more than " + std::to_string(limits::entry_files_max) + " files");
    }
    for (const std::string& name : request_.files) copy(name);
    compare();
    copy_program();
    close_folders();
    return error_;
  }

 private:
  void fail(const std::string& why) {
    if (error_.empty()) error_ = "the files of planner \"" + request_.planner + "\" cannot be copied: " + why;
  }
  void fail_with_reason(const std::string& what) { fail(what + ": " + system_reason()); }

  void copy(const std::string& name) {
    if (!error_.empty()) return;
    if (!stays_below(name)) return fail("\"" + name + "\" is no path below its folder");
    const opened_below source = open_below(request_.directory, name, opening::to_read);
    if (source.error == EXDEV) return fail(way_out_text(request_.directory, name, source));
    const std::string path = request_.directory + "/" + name;
    if (source.error != 0) return fail(path + ": " + system_reason(source.error));
    if (name == request_.library) return copy_to_memory({path, source.file, source.facts, true});
    const std::string target = made_.folder_ + "/" + name;
    for (std::size_t slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
      make_folder(made_.folder_ + "/" + name.substr(0, slash));
    }
    copy_to_file({path, source.file, source.facts, true}, target);
  }

  void make_folder(const std::string& path) {
    if (!error_.empty()) return;
    if (::mkdir(path.c_str(), 0700) != 0) {
      if (errno != EEXIST) fail_with_reason(path);
      return;
    }
    folders_.push_back(path);
  }

  struct opened_source {
    std::string path;  // for messages
    const descriptor& file;
    const struct stat& facts;
    bool vetted = false;  // its bytes are compared
  };

  void copy_bytes(const opened_source& from, const descriptor& to) {
    const std::string& path = from.path;
    std::uint64_t copied = 0;
    if (!S_ISREG(from.facts.st_mode)) return fail(path + " is no regular file");
    while (error_.empty()) {
      if (stop_.stop_requested()) return fail("the start was cancelled");
      const ssize_t size = ::read(from.file.get(), buffer_.data(), buffer_.size());
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) return fail_with_reason(path);
      if (size == 0) break;
      const std::string_view bytes(buffer_.data(), static_cast<std::size_t>(size));
      copied += bytes.size();
      total_ += bytes.size();
      if (copied > limits::entry_file_bytes_max) {
        return fail(path + " is larger than " + std::to_string(limits::entry_file_bytes_max) + " bytes");
      }
      if (total_ > limits::planner_files_bytes_max) {
        return fail("together they are larger than " + std::to_string(limits::planner_files_bytes_max) + " bytes");
      }
      if (from.vetted) hash_.update(bytes);
      if (!write_whole(to.get(), bytes)) return fail_with_reason("there is no room for the copy of " + path);
    }
    if (from.vetted) sizes_bytes_.push_back(copied);
  }

  void copy_to_memory(const opened_source& from) {
    descriptor memory = empty_memory("planguild-library");
    if (!memory || !memory.move_above(handed_on_max)) return fail_with_reason("memory for " + from.path);
    copy_bytes(from, memory);
    if (error_.empty() && !seal_memory(memory)) {
      return fail_with_reason("the copy of " + from.path + " cannot be sealed");
    }
    made_.library_ = std::move(memory);
  }

  void copy_to_file(const opened_source& from, const std::string& target) {
    if (!error_.empty()) return;
    const descriptor copy(::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!copy) return fail_with_reason("there is no room for the copy of " + from.path);
    copy_bytes(from, copy);
    const bool runs = (from.facts.st_mode & 0111U) != 0;
    share(target, runs ? 0550 : 0440, runs ? 0500 : 0400);
    remember(target);
  }

  /// How a copy, or a folder of them, is now that it is finished.
  void remember(const std::string& path) {
    if (!error_.empty()) return;
    struct stat facts {};
    if (::lstat(path.c_str(), &facts) != 0) return fail_with_reason(path);
    made_.copies_.push_back({path, facts.st_ino, facts.st_size, facts.st_ctim});
  }

  /// Nothing can be put beside the copies once they are complete: a program that is run from there may load what it
  /// finds, and where the host is no root its planners own the folders. Inner ones first.
  void close_folders() {
    for (auto folder = folders_.rbegin(); folder != folders_.rend(); ++folder) {
      share(*folder, 0550, 0500);
      remember(*folder);
    }
  }

  /// Gives a copy to the planner's own group where the host is root: it stays root's, so the planner cannot make it
  /// writable. Where there is no right to (a container), everybody may read it.
  void share(const std::string& path, mode_t with_group, mode_t alone) {
    if (!error_.empty()) return;
    mode_t mode = alone;
    if (request_.reader) {
      const bool given = ::chown(path.c_str(), static_cast<uid_t>(-1), *request_.reader) == 0;
      mode = given ? with_group : with_group | (with_group & 0050U) >> 3U;
    }
    if (::chmod(path.c_str(), mode) != 0) fail_with_reason(path);
  }

  void compare() {
    if (!error_.empty() || request_.sha256.empty()) return;
    const std::string digest = hash_.hex();
    if (digest != request_.sha256) return fail_vetting("SHA-256 " + digest + " instead of " + request_.sha256);
    // The digest is over all bytes one after another, so what moved from one file into the next shows here alone.
    for (std::size_t index = 0; index < std::min(sizes_bytes_.size(), request_.sizes_bytes.size()); ++index) {
      if (sizes_bytes_[index] == request_.sizes_bytes[index]) continue;
      return fail_vetting("\"" + request_.files[index] + "\" has " + std::to_string(sizes_bytes_[index]) +
                          " bytes instead of " + std::to_string(request_.sizes_bytes[index]));
    }
  }
  void fail_vetting(const std::string& difference) {
    fail("their bytes are not those that were vetted (" + difference + "): a discovery takes the new ones in");
  }

  void copy_program() {
    if (!error_.empty() || request_.program.empty()) return;
    const std::string folder = made_.folder_ + "/" + program_folder;
    make_folder(folder);
    made_.program_ = folder + request_.program.substr(request_.program.rfind('/'));
    const opened_below program = open_file(request_.program);
    if (program.error != 0) return fail(request_.program + ": " + system_reason(program.error));
    copy_to_file({request_.program, program.file, program.facts, false}, made_.program_);
  }

  const files_request& request_;
  sealed_files& made_;
  const std::stop_token& stop_;
  std::string buffer_;
  std::vector<std::string> folders_;  // of the copies, outer ones first
  sha256 hash_;
  std::vector<std::uint64_t> sizes_bytes_;  // of request_.files
  std::uint64_t total_ = 0;
  std::string error_;
};

std::string files_request::key() const {
  if (!files.empty() && sha256.empty()) return {};
  std::string text = directory;
  for (const std::string* part : {&sha256, &library, &program}) text.append(1, '\0').append(*part);
  text.append(1, '\0').append(reader ? std::to_string(*reader) : "");
  for (const std::uint64_t size : sizes_bytes) text.append(1, '\0').append(std::to_string(size));
  text.append(1, '\0');
  for (const std::string& name : files) text.append(1, '\0').append(name);
  return text;
}

sealed_files::sealed_files(std::shared_ptr<copy_folder> parent, std::string folder)
    : parent_(std::move(parent)), folder_(std::move(folder)) {}

sealed_files::~sealed_files() {
  remove_tree(folder_);
}

bool sealed_files::intact() const {
  return std::all_of(copies_.begin(), copies_.end(), [](const copied_file& copy) {
    struct stat now {};
    return ::lstat(copy.path.c_str(), &now) == 0 && now.st_ino == copy.inode && now.st_size == copy.size_bytes &&
           now.st_ctim.tv_sec == copy.changed.tv_sec && now.st_ctim.tv_nsec == copy.changed.tv_nsec;
  });
}

sealing seal_files(const files_request& request, const std::shared_ptr<copy_folder>& parent,
                   const std::stop_token& stop) {
  if (!parent->error().empty()) return {nullptr, parent->error(), false};
  std::string folder = parent->make_folder();
  if (folder.empty()) {
    return {nullptr, "there is no room for copies of planners' files: " + parent->path() + ": " + system_reason(),
            false};
  }
  auto made = std::make_shared<sealed_files>(parent, std::move(folder));
  std::string error = file_copier(request, *made, stop).run();
  if (!error.empty()) return {nullptr, std::move(error), stop.stop_requested()};
  return {std::move(made), {}, false};
}

}  // namespace planguild
