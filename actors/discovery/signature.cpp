// SHA-256 through libcrypto's EVP interface, the scan's signature and the planner's digest. One thread per object.
#include "actors/discovery/signature.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstring>

namespace planguild {

void sha256::release::operator()(evp_md_ctx_st* context) const noexcept {
  EVP_MD_CTX_free(context);
}

namespace {

/// Fetched once per process: looking the algorithm up costs more than hashing a manifest.
const EVP_MD* algorithm() {
  static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return fetched;
}

}  // namespace

sha256::sha256() : context_(EVP_MD_CTX_new()) {}

void sha256::begin() noexcept {
  if (begun_) return;
  begun_ = true;
  good_ =
      context_ != nullptr && algorithm() != nullptr && EVP_DigestInit_ex2(context_.get(), algorithm(), nullptr) == 1;
}

void sha256::update(std::string_view bytes) noexcept {
  begin();
  good_ = good_ && EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1;
}

std::string sha256::hex() {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  std::string result;
  begin();
  if (good_ && EVP_DigestFinal_ex(context_.get(), bytes.data(), &size) == 1) {
    result.resize(std::size_t{2} * size);
    for (std::size_t index = 0; index < size; ++index) {
      result[2 * index] = digits[bytes[index] >> 4U];
      result[2 * index + 1] = digits[bytes[index] & 15U];
    }
  }
  begun_ = false;
  return result;
}

void release_digests_of_thread() noexcept {
  OPENSSL_thread_stop();
}

file_stamp stamp_of(const outcome<file_facts>& facts) {
  if (!facts) return {};
  return {true, facts->kind, facts->size_bytes, facts->modified_ns, facts->inode, facts->device, facts->mode};
}

void signature_builder::flush() noexcept {
  hash_.update({buffer_.data(), used_});
  used_ = 0;
}

void signature_builder::put(std::string_view bytes) noexcept {
  if (bytes.size() > buffer_.size() - used_) flush();
  if (bytes.size() > buffer_.size()) return hash_.update(bytes);
  std::copy(bytes.begin(), bytes.end(), buffer_.begin() + static_cast<std::ptrdiff_t>(used_));
  used_ += bytes.size();
}

void signature_builder::add(std::uint64_t value) {
  std::array<char, sizeof value> bytes{};
  std::memcpy(bytes.data(), &value, sizeof value);
  put({bytes.data(), bytes.size()});
}

void signature_builder::add(std::string_view value) {
  add(std::uint64_t{value.size()});
  put(value);
}

void signature_builder::add(const std::vector<std::string>& list) {
  add(std::uint64_t{list.size()});
  for (const auto& value : list) add(std::string_view(value));
}

void signature_builder::add(const file_stamp& stamp) {
  add(std::uint64_t{stamp.present ? 1U : 0U} | (static_cast<std::uint64_t>(stamp.kind) << 8U) |
      (std::uint64_t{stamp.mode} << 16U));
  add(static_cast<std::uint64_t>(stamp.size_bytes));
  add(static_cast<std::uint64_t>(stamp.modified_ns));
  add(stamp.inode);
  add(stamp.device);
}

std::string signature_builder::hex() {
  flush();
  return hash_.hex();
}

std::string planner_digest(std::string_view manifest_text, const std::vector<std::string>& files,
                           const std::vector<std::uint64_t>& sizes_bytes, std::string_view files_sha256) {
  signature_builder builder;
  builder.add(manifest_text);
  builder.add(files);
  for (const auto size : sizes_bytes) builder.add(size);
  builder.add(files_sha256);
  return builder.hex();
}

}  // namespace planguild
