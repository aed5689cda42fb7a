// SHA-256 against published vectors, and that the signature sets its values apart.
#include "actors/discovery/signature.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace planguild;

TEST_CASE("SHA-256 agrees with the published vectors, in one piece and byte by byte") {
  sha256 hash;
  CHECK(hash.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  hash.update("abc");
  CHECK(hash.hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const std::string text = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  for (const char letter : text) hash.update({&letter, 1});
  CHECK(hash.hex() == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  for (int index = 0; index < 1'000; ++index) hash.update(std::string(1'000, 'a'));
  CHECK(hash.hex() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("Values of a signature do not run together") {
  using list = std::vector<std::string>;
  const auto of = [](const auto&... values) {
    signature_builder builder;
    (builder.add(values), ...);
    return builder.hex();
  };
  const std::set<std::string> all = {
      of(list{"ab", "c"}),         of(list{"a", "bc"}),         of(list{"abc"}),
      of(list{"ab"}, list{"c"}),   of(list{}, list{"ab", "c"}), of(list{"ab", "c"}, list{}),
      of(std::string_view("abc")), of(list{"ab", "c", ""})};
  CHECK(all.size() == 8);
}

TEST_CASE("Values of a signature are digested as they come, small or large") {
  for (const std::size_t before : {0U, 1U, 500U, 1'008U, 1'009U, 1'016U, 1'024U, 1'025U}) {
    for (const std::size_t size : {0U, 7U, 8U, 1'015U, 1'016U, 1'017U, 1'024U, 1'025U, 5'000U}) {
      INFO(size << " bytes after " << before);
      signature_builder builder;
      sha256 plain;
      for (const auto& value : {std::string(before, 'a'), std::string(size, 'b')}) {
        const std::uint64_t length = value.size();
        plain.update({reinterpret_cast<const char*>(&length), sizeof length});
        plain.update(value);
        builder.add(std::string_view(value));
      }
      CHECK(builder.hex() == plain.hex());
    }
  }
}

TEST_CASE("Every part of a stamp counts in the signature") {
  const auto of = [](const file_stamp& stamp) {
    signature_builder builder;
    builder.add(stamp);
    return builder.hex();
  };
  const file_stamp stamp{true, file_kind::regular, 10, 20, 30, 40, 0644};
  std::set<std::string> all = {of(stamp)};
  auto changed = stamp;
  changed.present = false;
  all.insert(of(changed));
  changed = stamp;
  changed.kind = file_kind::other;
  all.insert(of(changed));
  changed = stamp;
  changed.size_bytes = 11;
  all.insert(of(changed));
  changed = stamp;
  changed.modified_ns = 21;
  all.insert(of(changed));
  changed = stamp;
  changed.inode = 31;
  all.insert(of(changed));
  changed = stamp;
  changed.device = 41;
  all.insert(of(changed));
  changed = stamp;
  changed.mode = 0755;
  all.insert(of(changed));
  CHECK(all.size() == 8);
}

TEST_CASE("A planner's digest depends on the manifest, and on names, sizes and bytes of its files") {
  const std::set<std::string> all = {planner_digest("m", {"a"}, {1}, "x"), planner_digest("n", {"a"}, {1}, "x"),
                                     planner_digest("m", {"b"}, {1}, "x"), planner_digest("m", {"a"}, {2}, "x"),
                                     planner_digest("m", {"a"}, {1}, "y"), planner_digest("m", {}, {}, "x")};
  CHECK(all.size() == 6);
  CHECK(planner_digest("m", {"a"}, {1}, "x") == planner_digest("m", {"a"}, {1}, "x"));
}
