// What the tests of copies share: a planner's folder with a place for its copies, and looking at files. Test support;
// one thread.
#pragma once

#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "actors/discovery/signature.hpp"
#include "app/host/system/sealed_files.hpp"
#include "tests/app/host/system/process_test_support.hpp"

namespace planguild::test {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::string digest_of(const std::string& bytes) {
  sha256 hash;
  hash.update(bytes);
  return hash.hex();
}

inline std::size_t entries(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator()));
}

/// A planner's folder, and a place for copies.
struct workshop {
  test_folder planner;
  test_folder place;
  std::shared_ptr<copy_folder> folder = std::make_shared<copy_folder>(std::vector<std::string>{place.path()}, false);

  files_request request(std::vector<std::string> files) const {
    files_request made;
    made.planner = "mine";
    made.directory = planner.path();
    made.files = std::move(files);
    return made;
  }
  std::filesystem::path at(const std::string& name) const { return std::filesystem::path(planner.path()) / name; }
  sealing seal(const files_request& request) const { return seal_files(request, folder, {}); }
};

}  // namespace planguild::test
