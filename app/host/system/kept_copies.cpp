// Copies for the next start. See the header.
#include "app/host/system/kept_copies.hpp"

#include <algorithm>
#include <utility>

namespace planguild {

std::shared_ptr<const sealed_files> kept_copies::find(const std::string& key,
                                                      std::shared_ptr<const sealed_files>& forgotten) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return nullptr;
  if (!found->second.files->intact()) {
    forgotten = std::move(found->second.files);
    entries_.erase(found);
    return nullptr;
  }
  found->second.used = ++uses_;
  return found->second.files;
}

std::shared_ptr<const sealed_files> kept_copies::keep(const std::string& key,
                                                      std::shared_ptr<const sealed_files> files) {
  if (key.empty()) return nullptr;
  entries_[key] = {std::move(files), ++uses_};
  if (entries_.size() <= sets_max_) return nullptr;
  const auto oldest = std::min_element(entries_.begin(), entries_.end(), [](const auto& left, const auto& right) {
    return left.second.used < right.second.used;
  });
  auto released = std::move(oldest->second.files);
  entries_.erase(oldest);
  return released;
}

}  // namespace planguild
