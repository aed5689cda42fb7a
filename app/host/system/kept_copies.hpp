// The copies of planners' files that were made before, for the next start of the same bytes. Owned by one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "app/host/system/sealed_files.hpp"

namespace planguild {

class kept_copies {
 public:
  explicit kept_copies(std::size_t sets_max) : sets_max_(sets_max) {}

  /// Null if there are none; then a key that was there is forgotten and its copies are in `forgotten`.
  std::shared_ptr<const sealed_files> find(const std::string& key, std::shared_ptr<const sealed_files>& forgotten);

  /// Keeps copies; returns those that had to make room, whose last use is longest ago, or null. An empty key is not
  /// kept.
  std::shared_ptr<const sealed_files> keep(const std::string& key, std::shared_ptr<const sealed_files> files);

 private:
  struct entry {
    std::shared_ptr<const sealed_files> files;
    std::uint64_t used = 0;  // the higher, the later
  };
  std::size_t sets_max_;
  std::uint64_t uses_ = 0;
  std::unordered_map<std::string, entry> entries_;
};

}  // namespace planguild
