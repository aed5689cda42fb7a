// What an import means, for trees given as lists of paths.
#include "app/index/import_resolver.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

namespace planguild {

namespace {

class tree {
 public:
  explicit tree(std::vector<std::string> paths) {
    std::sort(paths.begin(), paths.end());
    for (auto& path : paths) {
      auto lang = language_of(path).value_or(language::c);
      files_.push_back({std::move(path), lang});
    }
  }

  // The path that `import` in `from` means, or "external".
  std::string resolve(const std::string& from, import_form form, const std::string& target,
                      const std::string& member = {}, unsigned level = 0) const {
    raw_import import;
    import.form = form;
    import.target = target;
    import.member = member;
    import.level = static_cast<std::uint8_t>(level);
    import_resolver resolver(files_);
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (files_[i].path == from) {
        auto found = resolver.resolve(static_cast<file_id>(i), import);
        return found ? files_[*found].path : "external";
      }
    }
    return "no such file";
  }

  std::string quoted(const std::string& from, const std::string& path) const {
    return resolve(from, import_form::include_quoted, path);
  }
  std::string angled(const std::string& from, const std::string& path) const {
    return resolve(from, import_form::include_angled, path);
  }
  std::string script(const std::string& from, const std::string& path) const {
    return resolve(from, import_form::script_path, path);
  }

 private:
  std::vector<source_file> files_;
};

}  // namespace

TEST_CASE("Paths are joined within the repository") {
  CHECK(join_path("a/b", "../c/./d.h") == "a/c/d.h");
  CHECK(join_path("", "x//y") == "x/y");
  CHECK(join_path("a", "..") == "");
  CHECK_FALSE(join_path("a", "../../x"));
  CHECK_FALSE(join_path("a", "/etc/passwd"));
}

TEST_CASE("A quoted include is looked for beside the file, then in the root and the include folders") {
  tree files({"src/a.cpp", "src/x.h", "x.h", "include/y.h", "y2.h", "src/z.h", "deep/one/only.h", "lib/src/l.c",
              "lib/include/l.h"});
  CHECK(files.quoted("src/a.cpp", "x.h") == "src/x.h");
  CHECK(files.quoted("src/a.cpp", "../x.h") == "x.h");
  CHECK(files.quoted("src/a.cpp", "y.h") == "include/y.h");
  CHECK(files.quoted("src/a.cpp", "y2.h") == "y2.h");
  CHECK(files.quoted("lib/src/l.c", "l.h") == "lib/include/l.h");
  CHECK(files.quoted("src/a.cpp", "one/only.h") == "deep/one/only.h");
  CHECK(files.quoted("src/a.cpp", "nly.h") == "external");
  CHECK(files.quoted("src/a.cpp", "missing.h") == "external");
}

TEST_CASE("A suffix that two files share means neither") {
  tree files({"a/common/t.h", "b/common/t.h", "src/a.cpp"});
  CHECK(files.quoted("src/a.cpp", "common/t.h") == "external");
}

TEST_CASE("System headers in angle brackets are external even if a file has their name") {
  tree files({"src/string.h", "src/a.c", "string.h", "include/proj/p.h", "lib/caf/all.hpp", "compat/sys/types.h"});
  CHECK(files.angled("src/a.c", "string.h") == "external");
  CHECK(files.quoted("src/a.c", "string.h") == "src/string.h");
  CHECK(files.angled("src/a.c", "proj/p.h") == "include/proj/p.h");
  CHECK(files.angled("src/a.c", "caf/all.hpp") == "lib/caf/all.hpp");
  CHECK(files.angled("src/a.c", "sys/types.h") == "external");
}

TEST_CASE("Python modules are found from source roots, packages and script folders") {
  tree files({"pkg/__init__.py", "pkg/a.py", "pkg/sub/__init__.py", "pkg/sub/b.py", "src/lib1/__init__.py",
              "src/lib1/c.py", "tools/run.py", "tools/helper.py", "tools/json.py", "backend/app/__init__.py",
              "backend/app/m.py"});
  auto module = import_form::python_module;
  auto member = import_form::python_member;
  CHECK(files.resolve("pkg/a.py", module, "pkg.sub.b") == "pkg/sub/b.py");
  CHECK(files.resolve("pkg/a.py", module, "pkg") == "pkg/__init__.py");
  CHECK(files.resolve("pkg/a.py", member, "pkg", "sub") == "pkg/sub/__init__.py");
  CHECK(files.resolve("pkg/a.py", member, "pkg.sub", "name") == "pkg/sub/__init__.py");
  CHECK(files.resolve("pkg/sub/b.py", member, "", "a", 2) == "pkg/a.py");
  CHECK(files.resolve("pkg/sub/b.py", member, "", "x", 4) == "external");
  CHECK(files.resolve("pkg/__init__.py", member, "", "unknown", 1) == "external");
  CHECK(files.resolve("tools/run.py", module, "lib1.c") == "src/lib1/c.py");
  CHECK(files.resolve("tools/run.py", module, "helper") == "tools/helper.py");
  CHECK(files.resolve("tools/run.py", module, "json") == "external");
  CHECK(files.resolve("tools/run.py", module, "app.m") == "backend/app/m.py");
  CHECK(files.resolve("pkg/a.py", module, "a") == "external");
}

TEST_CASE("JavaScript paths get extensions and index files") {
  tree files({"src/a.ts", "src/b.tsx", "src/c/index.js", "src/d.d.ts", "src/e.mjs", "src/f.js", "index.ts"});
  CHECK(files.script("src/a.ts", "./b") == "src/b.tsx");
  CHECK(files.script("src/a.ts", "./b.jsx") == "src/b.tsx");
  CHECK(files.script("src/b.tsx", "./a.js") == "src/a.ts");
  CHECK(files.script("src/a.ts", "./c") == "src/c/index.js");
  CHECK(files.script("src/a.ts", "./d") == "src/d.d.ts");
  CHECK(files.script("src/a.ts", "./e.mjs") == "src/e.mjs");
  CHECK(files.script("src/a.ts", "..") == "index.ts");
  CHECK(files.script("src/a.ts", "./f.js?raw") == "src/f.js");
  CHECK(files.script("src/a.ts", "react") == "external");
  CHECK(files.script("src/a.ts", "../../x") == "external");
}

TEST_CASE("Tests are recognised by folder or mark, and say what they test") {
  CHECK(is_test_file("tests/a.cpp"));
  CHECK(is_test_file("src/registry_test.cpp"));
  CHECK(is_test_file("src/test_registry.py"));
  CHECK(is_test_file("src/Registry.spec.ts"));
  CHECK(is_test_file("src/RegistryTest.java"));
  CHECK_FALSE(is_test_file("src/latest.py"));
  CHECK_FALSE(is_test_file("src/contest.cpp"));
  CHECK_FALSE(is_test_file("attest/spectest.cpp"));
  CHECK(subject_stem("tests/registry_test.cpp") == "registry");
  CHECK(subject_stem("tests/test_registry.py") == "registry");
  CHECK(subject_stem("a/Registry.test.tsx") == "Registry");
  CHECK(subject_stem("a/RegistryTests.java") == "Registry");
}

}  // namespace planguild
