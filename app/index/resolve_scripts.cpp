// Python modules and JavaScript or TypeScript paths. Owned by app/index; immutable once made, any thread.
#include <algorithm>
#include <array>

#include "app/index/import_resolver.hpp"

namespace planguild {

namespace {

// Modules of Python's own library whose names repositories also use for scripts. Only a source root may shadow them.
constexpr std::array<std::string_view, 70> library_modules{
    "abc",       "argparse",  "array",      "ast",         "asyncio",   "base64",     "bisect", "builtins",
    "calendar",  "code",      "codecs",     "collections", "copy",      "csv",        "ctypes", "dataclasses",
    "datetime",  "decimal",   "difflib",    "dis",         "email",     "enum",       "errno",  "functools",
    "gc",        "glob",      "gzip",       "hashlib",     "heapq",     "html",       "http",   "inspect",
    "io",        "itertools", "json",       "keyword",     "locale",    "logging",    "math",   "numbers",
    "operator",  "os",        "parser",     "pathlib",     "pickle",    "platform",   "pprint", "profile",
    "queue",     "random",    "re",         "select",      "selectors", "shutil",     "signal", "site",
    "socket",    "ssl",       "statistics", "string",      "struct",    "subprocess", "sys",    "test",
    "threading", "time",      "token",      "tokenize",    "types",     "typing"};
static_assert(std::is_sorted(library_modules.begin(), library_modules.end()));

bool is_library_module(std::string_view name) {
  return std::binary_search(library_modules.begin(), library_modules.end(), name);
}

constexpr std::array<std::string_view, 3> source_roots{"src", "lib", "python"};

constexpr std::array<std::string_view, 11> script_extensions{".ts",  ".tsx", ".js",   ".jsx",   ".mjs",  ".cjs",
                                                             ".mts", ".cts", ".d.ts", ".d.mts", ".d.cts"};

// What a compiled extension in an import stands for in TypeScript sources.
constexpr std::array<std::array<std::string_view, 3>, 7> compiled_extensions{{{".js", ".ts", ".tsx"},
                                                                              {".js", ".d.ts", ".jsx"},
                                                                              {".jsx", ".tsx", ".d.ts"},
                                                                              {".mjs", ".mts", ".d.mts"},
                                                                              {".cjs", ".cts", ".d.cts"},
                                                                              {".ts", ".d.ts", ".d.ts"},
                                                                              {".tsx", ".d.ts", ".d.ts"}}};

std::string slashes(std::string_view module) {
  std::string path(module);
  std::replace(path.begin(), path.end(), '.', '/');
  return path;
}

}  // namespace

bool import_resolver::is_python_package(std::string_view folder) const {
  std::string path(folder);
  path += path.empty() ? "__init__.py" : "/__init__.py";
  return find(path).has_value();
}

std::optional<file_id> import_resolver::python_module(std::string_view path) const {
  if (path.empty()) {
    return find("__init__.py");
  }
  for (std::string_view ending : {".py", "/__init__.py", ".pyi", "/__init__.pyi", ".pyw"}) {
    if (auto found = find(std::string(path).append(ending))) {
      return found;
    }
  }
  return std::nullopt;
}

std::optional<file_id> import_resolver::python_below(std::string_view root, std::string_view module,
                                                     std::string_view member) const {
  auto path = join_path(root, slashes(module));
  if (!path) {
    return std::nullopt;
  }
  if (!member.empty() && member != "*") {
    if (auto submodule = python_module(path->empty() ? std::string(member) : *path + '/' + std::string(member))) {
      return submodule;
    }
  }
  return python_module(*path);
}

std::optional<file_id> import_resolver::resolve_python(std::string_view from, const raw_import& imported) const {
  auto found =
      imported.level == 0 ? python_absolute(from, imported.target, imported.member) : python_relative(from, imported);
  // A module that imports itself does nothing: `import random` in random.py means the library's, `from . import x` in
  // `__init__.py` an extension module or a name made at run time.
  return found && files_[*found].path == from ? std::nullopt : found;
}

std::optional<file_id> import_resolver::python_relative(std::string_view from, const raw_import& imported) const {
  auto package = folder_of(from);
  for (unsigned dots = 1; dots < imported.level; ++dots) {
    if (package.empty()) {
      return std::nullopt;
    }
    package = folder_of(package);
  }
  return python_below(package, imported.target, imported.member);
}

std::optional<file_id> import_resolver::python_absolute(std::string_view from, std::string_view module,
                                                        std::string_view member) const {
  auto first = module.substr(0, module.find('.'));
  bool library = is_library_module(first);
  for (auto folder = folder_of(from); !folder.empty(); folder = folder_of(folder)) {
    bool is_root = std::find(source_roots.begin(), source_roots.end(), file_name(folder)) != source_roots.end();
    if (is_python_package(folder) || (library && !is_root)) {
      continue;
    }
    if (auto found = python_below(folder, module, member)) {
      return found;
    }
  }
  if (auto found = python_below({}, module, member)) {
    return found;
  }
  for (auto root : source_roots) {
    if (auto found = python_below(root, module, member)) {
      return found;
    }
  }
  auto roots = package_roots_.find(first);
  if (library || roots == package_roots_.end() || roots->second.size() != 1) {
    return std::nullopt;
  }
  return python_below(roots->second.front(), module, member);
}

std::optional<file_id> import_resolver::resolve_script(std::string_view from, std::string_view path) const {
  bool relative = path == "." || path == ".." || path.starts_with("./") || path.starts_with("../");
  if (!relative) {
    return std::nullopt;
  }
  // A bundler's query (`./x.svg?url`) is no part of the path.
  path = path.substr(0, path.find('?'));
  auto joined = join_path(folder_of(from), path);
  if (!joined) {
    return std::nullopt;
  }
  bool folder_only =
      path.ends_with('/') || path == "." || path == ".." || path.ends_with("/.") || path.ends_with("/..");
  if (!folder_only) {
    if (auto exact = find(*joined)) {
      return exact;
    }
    for (auto extension : script_extensions) {
      if (auto found = find(*joined + std::string(extension))) {
        return found;
      }
    }
    for (const auto& [written, first, second] : compiled_extensions) {
      if (!joined->ends_with(written)) {
        continue;
      }
      auto stem = joined->substr(0, joined->size() - written.size());
      for (auto extension : {first, second}) {
        if (auto found = find(stem + std::string(extension))) {
          return found;
        }
      }
    }
  }
  auto index = joined->empty() ? std::string("index") : *joined + "/index";
  for (auto extension : script_extensions) {
    if (auto found = find(index + std::string(extension))) {
      return found;
    }
  }
  return std::nullopt;
}

}  // namespace planguild
