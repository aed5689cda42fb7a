// SHA-256 and what discovery makes of it: the signature of everything that a scan depends on, and the digest of one
// planner's bytes. Plain values; each object belongs to one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "messages/environment.hpp"

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX

namespace planguild {

/// Incremental SHA-256. If libcrypto cannot give one (out of memory), `hex` is empty; nothing throws.
class sha256 {
 public:
  sha256();
  void update(std::string_view bytes) noexcept;
  /// 64 lower-case hexadecimal digits over all bytes so far; starts anew for the next value.
  std::string hex();

 private:
  struct release {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  void begin() noexcept;

  std::unique_ptr<evp_md_ctx_st, release> context_;
  bool begun_ = false;
  bool good_ = false;
};

/// Frees what libcrypto keeps for the calling thread; it makes it anew when it is needed. For a thread that nobody
/// waits for: if the process ends before it, libcrypto does not free it any more.
void release_digests_of_thread() noexcept;

/// What tells two states of one file apart without reading it: size, time in nanoseconds, inode, device and permission
/// bits (a file that becomes readable or executable has changed, too). A file that is not there has a stamp as well.
struct file_stamp {
  bool present = false;
  file_kind kind = file_kind::other;
  std::int64_t size_bytes = 0;
  std::int64_t modified_ns = 0;
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
  std::uint32_t mode = 0;
  bool operator==(const file_stamp&) const = default;
};

/// The stamp of `facts`; one that says "not there" for a failure.
file_stamp stamp_of(const outcome<file_facts>& facts);

/// Builds the signature: a SHA-256 over values that are each set apart by their length, so no two lists run together.
class signature_builder {
 public:
  void add(std::string_view value);
  void add(std::uint64_t value);
  void add(const std::vector<std::string>& list);
  void add(const file_stamp& stamp);
  /// 64 hexadecimal digits.
  std::string hex();

 private:
  void put(std::string_view bytes) noexcept;
  void flush() noexcept;

  // Small values wait here, so that libcrypto sees few updates; in place, because one builder is made per planner.
  std::array<char, 1'024> buffer_{};
  std::size_t used_ = 0;
  sha256 hash_;
};

/// The digest of one planner: over the manifest's bytes, the names and sizes of the covered files in order, and
/// `files_sha256`, the SHA-256 of their bytes one after another (which is what a manifest's `sha256` states: a manifest
/// cannot contain its own digest).
std::string planner_digest(std::string_view manifest_text, const std::vector<std::string>& files,
                           const std::vector<std::uint64_t>& sizes_bytes, std::string_view files_sha256);

}  // namespace planguild
