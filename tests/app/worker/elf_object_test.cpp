// Reading shared objects without loading them: real ones of the tests, and bytes that mean harm.
#include "app/worker/elf_object.hpp"

#include <elf.h>
#include <link.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <vector>

#include "tests/app/worker/library_process.hpp"
#include "tests/support/text_checks.hpp"

using namespace planguild;
using planguild::test::has;
using planguild::test::test_library;

namespace {

const std::string symbol = "planguild_planner";

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  INFO(path);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

template <class Object>
Object at(const std::string& bytes, std::size_t offset) {
  REQUIRE(offset + sizeof(Object) <= bytes.size());
  Object result;
  std::memcpy(&result, bytes.data() + offset, sizeof result);
  return result;
}

void put(std::string& bytes, std::size_t offset, std::uint64_t value, std::size_t size) {
  REQUIRE(offset + size <= bytes.size());
  std::memcpy(bytes.data() + offset, &value, size);
}

/// Where the dynamic section of a sound library lies in its file: offset and size.
std::pair<std::size_t, std::size_t> dynamic_section(const std::string& bytes) {
  const auto header = at<ElfW(Ehdr)>(bytes, 0);
  for (std::size_t index = 0; index < header.e_phnum; ++index) {
    const auto segment = at<ElfW(Phdr)>(bytes, header.e_phoff + index * sizeof(ElfW(Phdr)));
    if (segment.p_type == PT_DYNAMIC) return {segment.p_offset, segment.p_filesz};
  }
  FAIL("no dynamic section");
  return {};
}

/// The value of a dynamic entry; the tables of a library lie at the same place in the file and in memory.
std::size_t dynamic_value(const std::string& bytes, std::int64_t tag) {
  const auto [offset, size] = dynamic_section(bytes);
  for (std::size_t index = 0; index < size / sizeof(ElfW(Dyn)); ++index) {
    const auto entry = at<ElfW(Dyn)>(bytes, offset + index * sizeof(ElfW(Dyn)));
    if (entry.d_tag == tag) return entry.d_un.d_val;
  }
  FAIL("no such dynamic entry");
  return 0;
}

}  // namespace

TEST_CASE("A shared object of this machine tells what it exports, by either kind of hash table") {
  const auto gnu = test_library("good");
  CHECK(read_elf(gnu, symbol).problem.empty());
  CHECK(read_elf(gnu, symbol).object.exports);
  CHECK(read_elf(gnu, symbol).object.library_path.empty());
  CHECK_FALSE(read_elf(gnu, "planguild_planne").object.exports);
  CHECK_FALSE(read_elf(gnu, "planguild_planner2").object.exports);
  CHECK_FALSE(read_elf(gnu, "").object.exports);
  CHECK_FALSE(read_elf(gnu, "syscall").object.exports);  // used, but not its own
  const auto classic = test_library("raw_answers");
  CHECK(dynamic_value(classic, DT_HASH) > 0);
  CHECK(read_elf(classic, symbol).object.exports);
  CHECK_FALSE(read_elf(classic, "planguild_planne").object.exports);
  CHECK_FALSE(read_elf(classic, "getenv").object.exports);
  CHECK_FALSE(read_elf(test_library("no_symbol"), symbol).object.exports);
  CHECK(read_elf(test_library("no_symbol"), "planguild_test_number").object.exports);
}

TEST_CASE("Where a shared object looks for others is told") {
  CHECK(read_elf(test_library("raw_answers"), symbol).object.library_path == "/opt/planguild/lib");
}

TEST_CASE("What is no shared object of this machine is said in words") {
  CHECK(read_elf("", symbol).problem == "is no ELF file");
  CHECK(read_elf("\x7F", symbol).problem == "is no ELF file");
  CHECK(read_elf("#!/bin/sh\n", symbol).problem == "is no ELF file");
  CHECK(read_elf("\x7F"
                 "ELF",
                 symbol)
            .problem == "is an ELF file that was cut off");
  CHECK(read_elf(bytes_of("/proc/self/exe"), symbol).problem == "is a program, no shared object");
  const auto sound = test_library("good");
  const auto changed = [&](std::size_t offset, char byte) {
    auto bytes = sound;
    bytes[offset] = byte;
    return read_elf(bytes, symbol).problem;
  };
  CHECK(has(changed(EI_CLASS, ELFCLASS32), "is for another machine"));
  CHECK(has(changed(EI_DATA, ELFDATA2MSB), "is for another machine"));
  CHECK(has(changed(offsetof(ElfW(Ehdr), e_machine), EM_PPC64), "is for another machine"));
  CHECK(changed(offsetof(ElfW(Ehdr), e_type), ET_EXEC) == "is a program, no shared object");
  CHECK(has(changed(offsetof(ElfW(Ehdr), e_type), ET_REL), "-shared"));
  CHECK(has(changed(offsetof(ElfW(Ehdr), e_type), ET_CORE), "no shared object"));
  CHECK(has(changed(offsetof(ElfW(Ehdr), e_phentsize), 1), "unknown size"));
  CHECK(has(changed(offsetof(ElfW(Ehdr), e_phnum), 0), "without a dynamic section"));
}

TEST_CASE("A shared object of which a loaded byte is missing is cut off, wherever that is") {
  const auto sound = test_library("good");
  std::size_t loaded = 0;  // bytes of the file that are loaded: what follows is for debuggers
  const auto header = at<ElfW(Ehdr)>(sound, 0);
  for (std::size_t index = 0; index < header.e_phnum; ++index) {
    const auto segment = at<ElfW(Phdr)>(sound, header.e_phoff + index * sizeof(ElfW(Phdr)));
    if (segment.p_type == PT_LOAD) loaded = std::max<std::size_t>(loaded, segment.p_offset + segment.p_filesz);
  }
  REQUIRE(loaded > 4'096);
  std::size_t taken = 0;
  for (std::size_t size = 4; size < loaded; size += size < 2'048 ? 1 : 61) {
    if (read_elf(std::string_view(sound).substr(0, size), symbol).problem != "is an ELF file that was cut off") ++taken;
  }
  CHECK(taken == 0);
  CHECK(read_elf(std::string_view(sound).substr(0, loaded), symbol).object.exports);
}

TEST_CASE("Any number in any header or table may be any number") {
  for (const std::string library : {"good", "raw_answers"}) {
    const auto sound = test_library(library);
    const auto header = at<ElfW(Ehdr)>(sound, 0);
    const auto [dynamic, dynamic_size] = dynamic_section(sound);
    const auto hash = dynamic_value(sound, library == "good" ? DT_GNU_HASH : DT_HASH);
    const std::vector<std::pair<std::size_t, std::size_t>> places{{0, sizeof header},
                                                                  {header.e_phoff, header.e_phnum * sizeof(ElfW(Phdr))},
                                                                  {dynamic, dynamic_size},
                                                                  {hash, 256},
                                                                  {dynamic_value(sound, DT_SYMTAB), 256}};
    std::size_t readings = 0;
    for (const auto& [offset, size] : places) {
      for (std::size_t position = offset; position + 8 <= offset + size; position += 4) {
        for (const std::uint64_t value :
             {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{sound.size()}, std::uint64_t{sound.size() - 1},
              std::uint64_t{1} << 31U, std::uint64_t{1} << 63U, std::numeric_limits<std::uint64_t>::max(),
              std::numeric_limits<std::uint64_t>::max() - 23}) {
          for (const std::size_t bytes : {std::size_t{2}, std::size_t{4}, std::size_t{8}}) {
            auto changed = sound;
            put(changed, position, value, bytes);
            (void)read_elf(changed, symbol);
            ++readings;
          }
        }
      }
    }
    CHECK(readings > 1'000);
  }
}

TEST_CASE("Chains of a hash table that run in a circle, or on for ever, end") {
  auto circle = test_library("raw_answers");
  const auto classic = dynamic_value(circle, DT_HASH);
  const auto words = at<std::uint32_t>(circle, classic) + at<std::uint32_t>(circle, classic + 4);
  for (std::size_t word = 0; word < words; ++word) put(circle, classic + 8 + word * 4, 1, 4);
  CHECK_FALSE(read_elf(circle, "no such name").object.exports);
  auto endless = test_library("good");
  const auto gnu = dynamic_value(endless, DT_GNU_HASH);
  for (std::size_t offset = gnu + 16; offset + 4 < gnu + 16 + 1'024; offset += 4) put(endless, offset, 2, 4);
  CHECK_FALSE(read_elf(endless, "no such name").object.exports);
}
