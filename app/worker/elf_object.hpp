// What can be said of a shared object without loading it: whether it is one of this machine's, where it looks for
// others, and whether it exports a name. Pure functions over bytes, any thread; every offset, size and count in a file
// is checked, and no file makes it loop or read elsewhere.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace planguild {

struct elf_object {
  std::string library_path;  // DT_RPATH or DT_RUNPATH; empty: it has neither
  bool exports = false;      // the name that was asked for, defined here
};

/// Why a file cannot be loaded here, or what it is.
struct elf_reading {
  std::string problem;  // "is no ELF file", …; empty: it is a shared object of this machine
  elf_object object;
};

/// Reads `bytes`; `symbol` is the name that it may export.
elf_reading read_elf(std::string_view bytes, std::string_view symbol);

}  // namespace planguild
