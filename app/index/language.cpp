// Tables of extensions and test marks. Owned by app/index; pure functions, any thread.
#include "app/index/language.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace planguild {

namespace {

using extension_entry = std::pair<std::string_view, language>;

// Sorted bytewise, for binary search.
constexpr std::array extensions{
    extension_entry{"C", language::cpp},          extension_entry{"H", language::cpp},
    extension_entry{"bash", language::shell},     extension_entry{"c", language::c},
    extension_entry{"c++", language::cpp},        extension_entry{"cc", language::cpp},
    extension_entry{"cjs", language::javascript}, extension_entry{"cpp", language::cpp},
    extension_entry{"cs", language::csharp},      extension_entry{"cts", language::typescript},
    extension_entry{"cu", language::cpp},         extension_entry{"cuh", language::cpp},
    extension_entry{"cxx", language::cpp},        extension_entry{"dart", language::dart},
    extension_entry{"def", language::c},          extension_entry{"erl", language::erlang},
    extension_entry{"ex", language::elixir},      extension_entry{"exs", language::elixir},
    extension_entry{"go", language::go},          extension_entry{"h", language::c},
    extension_entry{"h++", language::cpp},        extension_entry{"hh", language::cpp},
    extension_entry{"hpp", language::cpp},        extension_entry{"hrl", language::erlang},
    extension_entry{"hs", language::haskell},     extension_entry{"hxx", language::cpp},
    extension_entry{"inc", language::c},          extension_entry{"inl", language::cpp},
    extension_entry{"ino", language::cpp},        extension_entry{"ipp", language::cpp},
    extension_entry{"ixx", language::cpp},        extension_entry{"java", language::java},
    extension_entry{"js", language::javascript},  extension_entry{"jsx", language::javascript},
    extension_entry{"kt", language::kotlin},      extension_entry{"kts", language::kotlin},
    extension_entry{"lua", language::lua},        extension_entry{"m", language::objective_c},
    extension_entry{"mjs", language::javascript}, extension_entry{"ml", language::ocaml},
    extension_entry{"mli", language::ocaml},      extension_entry{"mm", language::objective_c},
    extension_entry{"mts", language::typescript}, extension_entry{"php", language::php},
    extension_entry{"pl", language::perl},        extension_entry{"pm", language::perl},
    extension_entry{"py", language::python},      extension_entry{"pyi", language::python},
    extension_entry{"pyw", language::python},     extension_entry{"rb", language::ruby},
    extension_entry{"rs", language::rust},        extension_entry{"scala", language::scala},
    extension_entry{"sh", language::shell},       extension_entry{"swift", language::swift},
    extension_entry{"tcc", language::cpp},        extension_entry{"tpp", language::cpp},
    extension_entry{"ts", language::typescript},  extension_entry{"tsx", language::typescript},
    extension_entry{"txx", language::cpp},        extension_entry{"zig", language::zig},
    extension_entry{"zsh", language::shell},
};

static_assert(std::is_sorted(extensions.begin(), extensions.end(),
                             [](const auto& a, const auto& b) { return a.first < b.first; }));

constexpr std::array<std::string_view, 24> language_names{
    "c",      "cpp", "python",  "javascript", "typescript", "csharp", "dart",        "elixir",
    "erlang", "go",  "haskell", "java",       "kotlin",     "lua",    "objective_c", "ocaml",
    "perl",   "php", "ruby",    "rust",       "scala",      "shell",  "swift",       "zig"};

static_assert(static_cast<std::size_t>(language::zig) + 1 == language_names.size());

constexpr std::array<std::string_view, 6> test_folders{"test", "tests", "spec", "specs", "__tests__", "testing"};
constexpr std::array<std::string_view, 3> test_prefixes{"test_", "test-", "spec_"};
constexpr std::array<std::string_view, 11> test_suffixes{"_test", "_tests", "_spec",  "_unittest", ".test", ".spec",
                                                         ".cy",   "-test",  "-tests", "-spec",     ".tests"};
// Camel case marks need a lower-case letter or digit before them, else "Latest" and "Test" itself would match.
constexpr std::array<std::string_view, 3> camel_suffixes{"Test", "Tests", "Spec"};

std::string_view stem_of(std::string_view path) {
  auto name = file_name(path);
  auto dot = name.rfind('.');
  auto stem = dot == std::string_view::npos || dot == 0 ? name : name.substr(0, dot);
  return stem.ends_with(".d") ? stem.substr(0, stem.size() - 2) : stem;
}

bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// The stem without one test mark; the same stem if it has none.
std::string_view without_mark(std::string_view stem) {
  for (auto prefix : test_prefixes) {
    if (stem.starts_with(prefix) && stem.size() > prefix.size()) {
      return stem.substr(prefix.size());
    }
  }
  for (auto suffix : test_suffixes) {
    if (stem.ends_with(suffix) && stem.size() > suffix.size()) {
      return stem.substr(0, stem.size() - suffix.size());
    }
  }
  for (auto suffix : camel_suffixes) {
    if (stem.ends_with(suffix) && stem.size() > suffix.size() &&
        is_lower_or_digit(stem[stem.size() - suffix.size() - 1])) {
      return stem.substr(0, stem.size() - suffix.size());
    }
  }
  return stem;
}

}  // namespace

std::string_view to_string(language lang) {
  return language_names[static_cast<std::size_t>(lang)];
}

std::optional<language> language_of(std::string_view path) {
  auto name = file_name(path);
  auto dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) {
    return std::nullopt;
  }
  auto extension = name.substr(dot + 1);
  const auto* found =
      std::lower_bound(extensions.begin(), extensions.end(), extension,
                       [](const extension_entry& entry, std::string_view key) { return entry.first < key; });
  if (found == extensions.end() || found->first != extension) {
    return std::nullopt;
  }
  return found->second;
}

bool is_declaration_file(std::string_view path) {
  return path.ends_with(".d.ts") || path.ends_with(".d.mts") || path.ends_with(".d.cts") || path.ends_with(".pyi");
}

bool is_test_file(std::string_view path) {
  auto folder = folder_of(path);
  while (!folder.empty()) {
    auto component = file_name(folder);
    if (std::find(test_folders.begin(), test_folders.end(), component) != test_folders.end()) {
      return true;
    }
    folder = folder_of(folder);
  }
  auto stem = stem_of(path);
  return stem == "conftest" || without_mark(stem).size() != stem.size();
}

std::string_view subject_stem(std::string_view path) {
  return without_mark(stem_of(path));
}

std::string_view file_name(std::string_view path) {
  auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view folder_of(std::string_view path) {
  auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::string_view top_folder(std::string_view path) {
  auto slash = path.find('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

}  // namespace planguild
