// The scanners on the constructs that fool simpler ones.
#include "app/index/import_scanner.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "tests/app/index/temp_tree.hpp"

namespace planguild {

namespace {

// Each import as "line:target", Python members as "line:..target.member", type-only ones with a trailing "!".
std::vector<std::string> scanned(language lang, std::string_view text) {
  std::vector<std::string> found;
  for (const auto& import : scan_source(lang, text).imports) {
    auto entry = std::to_string(import.line) + ':' + std::string(import.level, '.') + import.target;
    if (import.form == import_form::python_member) {
      entry += '/' + import.member;
    }
    found.push_back(entry + (import.type_only ? "!" : ""));
  }
  return found;
}

using list = std::vector<std::string>;

}  // namespace

TEST_CASE("Imports are found in exactly the languages whose imports are said to be read") {
  for (auto lang = language::c; lang <= language::zig; lang = static_cast<language>(static_cast<int>(lang) + 1)) {
    INFO(to_string(lang));
    std::size_t found = 0;
    for (const auto* text : {"#include \"a.h\"\n", "import a\n", "import \"./a.js\";\n"}) {
      found += scan_source(lang, text).imports.size();
    }
    CHECK((found > 0) == imports_are_read(lang));
  }
}

TEST_CASE("Includes are read at the start of a line, in both forms, with blanks") {
  CHECK(scanned(language::cpp, "#include \"a.h\"\n  #  include <b/c.hpp> // why\n#import \"d.h\"\n") ==
        list{"1:a.h", "2:b/c.hpp", "3:d.h"});
  CHECK(scanned(language::cpp, "\xEF\xBB\xBF#include \"a.h\"\r\n#include \"b.h\"\r\n") == list{"1:a.h", "2:b.h"});
}

TEST_CASE("Both branches of conditional compilation count, but not #if 0") {
  CHECK(scanned(language::c,
                "#if X\n#include \"a.h\"\n#else\n#include \"b.h\"\n#endif\n#if 0\n#include \"c.h\"\n#if Y\n#include "
                "\"d.h\"\n#endif\n#else\n#include \"e.h\"\n#endif\n#include \"f.h\"\n") ==
        list{"2:a.h", "4:b.h", "12:e.h", "14:f.h"});
}

TEST_CASE("Includes in comments, strings and raw strings are no includes") {
  CHECK(scanned(language::cpp, "/*\n#include \"a.h\"\n*/\n// x \\\n#include \"b.h\"\n#include \"c.h\"\n") ==
        list{"6:c.h"});
  CHECK(scanned(language::cpp, "auto s = R\"x(\n#include \"a.h\"\n)\" )x\";\n#include \"b.h\"\n") == list{"4:b.h"});
  CHECK(scanned(language::cpp, "auto s = u8R\"(\n#include \"a.h\"\n)\";\n#include \"b.h\"\n") == list{"4:b.h"});
  CHECK(scanned(language::cpp, "auto s = \"/*\";\n#include \"b.h\"\nauto t = \"*/\";\n") == list{"2:b.h"});
  CHECK(scanned(language::cpp, "#define X \\\n#include \"a.h\"\n#include \"b.h\"\n") == list{"3:b.h"});
  CHECK(scanned(language::cpp, "int x = 1'000'000; char c = '\"';\n#include \"b.h\"\n") == list{"2:b.h"});
  CHECK(scanned(language::cpp, "case'\"': x;\n#include \"b.h\"\n") == list{"2:b.h"});
  CHECK(scanned(language::cpp, "#error don't\n#include \"b.h\"\n#include MACRO\n#include \"\"\n#include \"x\n") ==
        list{"2:b.h"});
  CHECK(scanned(language::cpp, "#include_next <x.h>\nfoo #include \"a.h\"\n").empty());
}

TEST_CASE("Python imports are read in all their forms") {
  CHECK(scanned(language::python, "import a.b, c as d\nfrom x.y import z as w, v\n") ==
        list{"1:a.b", "1:c", "2:x.y/z", "2:x.y/v"});
  CHECK(scanned(language::python,
                "from . import a\nfrom ..b.c import *\nfrom .d import (\n  e,  # why\n  f as g,\n)\nimport h\n") ==
        list{"1:./a", "2:..b.c/*", "3:.d/e", "3:.d/f", "7:h"});
  CHECK(scanned(language::python,
                "import a; import b\ntry: import c\nexcept E: pass\nfrom d \\\n  import e, \\\n  f\n") ==
        list{"1:a", "1:b", "2:c", "4:d/e", "4:d/f"});
  CHECK(scanned(language::python, "def f():\n    import a\n    return 1\n") == list{"2:a"});
}

TEST_CASE("Python imports in strings, docstrings and comments are no imports") {
  CHECK(scanned(
            language::python,
            "\"\"\"\nimport a\n\\\"\"\" import b\n\"\"\"\n# import c\nx = '''\nimport d\n'''\ny = r'\\'\nimport e\n") ==
        list{"10:e"});
  CHECK(scanned(language::python, "x = [\nimport_a,\n]\nimportlib.reload(x)\nyield_from = 1\nimport e\n") ==
        list{"6:e"});
  CHECK(scanned(language::python, "raise X from e\nfrom . import\nfrom x\nimport\n").empty());
}

TEST_CASE("Python imports under TYPE_CHECKING are marked type-only, in its block alone") {
  CHECK(scanned(language::python,
                "if TYPE_CHECKING:\n    import a\n\n    from b import c\nelse:\n    import d\nif typing.TYPE_CHECKING: "
                "import e\nimport f\nif "
                "not TYPE_CHECKING:\n    import g\n") == list{"2:a!", "4:b/c!", "6:d", "7:e!", "8:f", "10:g"});
}

TEST_CASE("JavaScript imports are read in all their forms") {
  CHECK(
      scanned(
          language::javascript,
          "import a, {b as c} from './a';\nimport * as d from \"./d\"\nimport './e'\nexport * from './f'\nexport {g}\n"
          "  from './g'\nexport * as ns from './h'\nconst i = require('./i')\nconst j = await import('./j')\n"
          "const k = [...require('./k')]\nimport(`./l`).then(x => x)\n") ==
      list{"1:./a", "2:./d", "3:./e", "4:./f", "5:./g", "7:./h", "8:./i", "9:./j", "10:./k", "11:./l"});
  CHECK(scanned(language::javascript, "import {\n  a,\n  // from './no'\n  b\n} from './yes'\n") == list{"1:./yes"});
}

TEST_CASE("JavaScript imports in comments, strings, templates and regular expressions are no imports") {
  CHECK(scanned(language::javascript,
                "// import './a'\n/* import './b' */\nconst s = \"import './c'\"\nconst t = `\nimport "
                "'./d'\n${require('./e')} "
                "import './f'`\nconst r = /['\"`]require('.\\/g')/\nimport './h'\n") == list{"6:./e", "8:./h"});
  CHECK(scanned(language::javascript,
                "x.require('./a'); require.resolve('./b'); require(name); import.meta.url\n"
                "require('./' + c); import('./' + d); obj = {import: './e'}\n")
            .empty());
  CHECK(scanned(language::javascript,
                "const q = a / b; const y = `x${`}` + {a: 1}}`;\nreturn <p>it's</p>;\nimport './z'\n") ==
        list{"3:./z"});
}

TEST_CASE("TypeScript imports of types are marked type-only") {
  CHECK(scanned(language::typescript,
                "import type {A} from './a'\nimport {type B, type C} from './b'\nimport {type D, e} from './c'\nexport "
                "type {F} from "
                "'./d'\nimport type from './e'\nimport {type} from './f'\nimport g = require('./g')\n"
                "let h: import('./h').H\nlet i: typeof import('./i')\nimport('./j').then(x => x)\nimport X, {type Y} "
                "from './k'\n") ==
        list{"1:./a!", "2:./b!", "3:./c", "4:./d!", "5:./e", "6:./f", "7:./g", "8:./h!", "9:./i!", "10:./j", "11:./k"});
}

TEST_CASE("Lines are counted like an editor does") {
  CHECK(scan_source(language::go, "").lines == 0);
  CHECK(scan_source(language::go, "a").lines == 1);
  CHECK(scan_source(language::go, "a\nb\n").lines == 2);
  CHECK(scan_source(language::go, "a\nb\nc").lines == 3);
}

TEST_CASE("A long statement is cut at a character boundary") {
  std::string name(157, 'x');
  auto result = scan_source(language::cpp, "#include \"" + name + "\xC3\xA4\xC3\xA4.h\"\n");
  REQUIRE(result.imports.size() == 1);
  CHECK(result.imports[0].text.size() <= 160);
  CHECK(static_cast<unsigned char>(result.imports[0].text.back()) < 0x80);
}

TEST_CASE("Any bytes are read to their end without a crash") {
  std::mt19937 random(test::random_seed());
  const std::string_view pieces[] = {"import ", "from ",  "'",  "\"", "`",       "${",      "}",    "{",     "(",
                                     ")",       "\n",     "\\", "#",  "include", "/*",      "*/",   "//",    "R\"(",
                                     ")\"",     "\"\"\"", ".",  ",",  "type ",   "require", "if 0", "endif", "/",
                                     "[",       "]",      "\r", "\t", "a",       "\xFF",    "<",    ">",     ":"};
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (auto i = random() % 60; i > 0; --i) {
      text += pieces[random() % std::size(pieces)];
    }
    for (auto lang : {language::cpp, language::python, language::javascript, language::typescript}) {
      auto result = scan_source(lang, text);
      for (const auto& import : result.imports) {
        INFO(text);
        REQUIRE(import.line >= 1);
        REQUIRE(import.line <= result.lines);
      }
    }
  }
}

}  // namespace planguild
