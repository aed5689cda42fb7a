// Which programming language a file is written in, by its name, and whether a file is a test by its path.
// Owned by app/index. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace planguild {

/// The languages that the index knows. Of most only lines and sizes are read: see imports_are_read().
enum class language : std::uint8_t {
  c,
  cpp,
  python,
  javascript,
  typescript,
  csharp,
  dart,
  elixir,
  erlang,
  go,
  haskell,
  java,
  kotlin,
  lua,
  objective_c,
  ocaml,
  perl,
  php,
  ruby,
  rust,
  scala,
  shell,
  swift,
  zig
};

/// The language's name in lower case, as written in JSON ("cpp", "objective_c").
std::string_view to_string(language lang);

/// The language by the file name's extension; none if it is no source file. A `.h` file is `c` here: only the whole
/// tree can tell (see `repository_index`).
std::optional<language> language_of(std::string_view path);

/// True for `.d.ts`, `.d.mts`, `.d.cts` and `.pyi`: all their imports serve types only.
bool is_declaration_file(std::string_view path);

/// True if the path looks like a test: a folder `test`, `tests`, `spec`, `specs`, `__tests__` or `testing`, or a name
/// marked by `test_`, `_test`, `_tests`, `_spec`, `.test`, `.spec`, `-test`, `FooTest`, `FooTests` or `conftest`.
bool is_test_file(std::string_view path);

/// The file name without extension and without the marks above: `registry` for `tests/test_registry.py`.
std::string_view subject_stem(std::string_view path);

/// The last component of a path.
std::string_view file_name(std::string_view path);
/// The path without its last component and without the slash; empty for a file in the repository's root.
std::string_view folder_of(std::string_view path);
/// The first component of the folder; empty for a file in the repository's root.
std::string_view top_folder(std::string_view path);

}  // namespace planguild
