// What `planguild lint` finds.
#include "app/cli/lint.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/memory_files.hpp"

using namespace planguild;
using planguild::test::memory_files;

namespace {

const std::string good_text = R"({"name":"one","version":"1.2","capabilities":["risk"],"tier":"stable","self_test":true,
  "entry":{"kind":"command","argv":["./one"]},
  "sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"})";

bool finds(const lint_report& report, lint_severity severity, const std::string& part) {
  return std::any_of(report.findings.begin(), report.findings.end(), [&](const auto& finding) {
    return finding.severity == severity && (finding.where + " " + finding.message).find(part) != std::string::npos;
  });
}

}  // namespace

TEST_CASE("A good manifest has no findings and shows its digest") {
  memory_files files;
  files.put("/p/one.planner.json", good_text);
  files.put("/p/one", "abc", 0755);
  const auto report = lint_manifest("p/one.planner.json", files, "/");
  CHECK(report.good());
  CHECK(report.findings.empty());
  CHECK(report.name == "one");
  CHECK(report.digest.size() == 64);
  CHECK(report.files_sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(lint_text(report) == "p/one.planner.json: good: one 1.2, digest " + report.digest + "\n");
}

TEST_CASE("A program that is missing, a folder or not executable is an error") {
  memory_files files;
  files.put("/p/one.planner.json", R"({"name":"one","version":"1","entry":{"kind":"command","argv":["./one"]}})");
  CHECK(finds(lint_manifest("/p/one.planner.json", files, "/"), lint_severity::error, "is not there"));
  files.put("/p/one", "abc", 0644);
  auto report = lint_manifest("/p/one.planner.json", files, "/");
  CHECK(finds(report, lint_severity::error, "not executable"));
  CHECK_FALSE(report.good());
  CHECK(lint_text(report).find("/p/one.planner.json: error: entry.argv[0]: ") == 0);
  files.remove("/p/one");
  files.put_directory("/p/one");
  CHECK(finds(lint_manifest("/p/one.planner.json", files, "/"), lint_severity::error, "no regular file"));
}

TEST_CASE("A bare program is looked for in the system's folders") {
  memory_files files;
  files.put("/p/one.planner.json",
            R"({"name":"one","version":"1","entry":{"kind":"command","argv":["python3","one.py"]}})");
  files.put("/p/one.py", "x");
  CHECK(finds(lint_manifest("/p/one.planner.json", files, "/"), lint_severity::error, "the system's bin folders"));
  files.put("/bin/python3", "x", 0755);
  const auto report = lint_manifest("/p/one.planner.json", files, "/");
  CHECK(report.good());
  CHECK(report.files == std::vector<std::string>{"one.py"});
}

TEST_CASE("What discovery refuses or warns of is found, and errors come first") {
  memory_files files;
  CHECK(finds(lint_manifest("/p/none.planner.json", files, "/"), lint_severity::error, "No such file"));
  files.put("/p/one.planner.json", "{");
  CHECK(finds(lint_manifest("/p/one.planner.json", files, "/"), lint_severity::error, "not valid JSON"));
  files.put_fifo("/p/two.planner.json");
  CHECK(finds(lint_manifest("/p/two.planner.json", files, "/"), lint_severity::error, "no regular file"));
  files.put("/p/three.planner.json",
            R"({"name":"three","version":"1","colour":1,"tier":"core","entry":{"kind":"command","argv":["./three"]}})");
  const auto report = lint_manifest("/p/three.planner.json", files, "/");
  CHECK(finds(report, lint_severity::warning, "colour is unknown"));
  CHECK(finds(report, lint_severity::warning, "capabilities"));
  CHECK(finds(report, lint_severity::warning, "self_test"));
  CHECK(finds(report, lint_severity::warning, "entry.files"));
  CHECK(finds(report, lint_severity::note, "tier"));
  CHECK(report.findings.front().severity == lint_severity::error);
}

TEST_CASE("Everything that is wrong with a manifest is found at once") {
  memory_files files;
  files.put("/p/one.planner.json", R"({"name":"two","version":7,"timeout_s":-1,"sha256":"abc","self_test":"yes",
    "permissions":{"network":[0]},"entry":{"kind":"command","argv":["../one"],"files":["/etc/passwd","../x"]}})");
  const auto report = lint_manifest("/p/one.planner.json", files, "/");
  for (const std::string part : {"name \"two\" differs", "version is a number", "timeout_s is -1",
                                 "sha256 is no SHA-256", "self_test is text", "permissions.network[0] is no port",
                                 "entry.argv[0] contains", "entry.files[0] is absolute", "entry.files[1] contains"}) {
    INFO(part);
    CHECK(finds(report, lint_severity::error, part));
  }
  CHECK(report.findings.size() == 9);
  CHECK(lint_text(report).ends_with("/p/one.planner.json: not good\n"));
}

TEST_CASE("More problems than are told are counted, and the warnings of a refused manifest are shown") {
  memory_files files;
  std::string ports = "0";
  for (int index = 1; index < 40; ++index) ports += ",0";
  files.put("/p/one.planner.json", R"({"name":"one","version":"1","colour":1,"permissions":{"network":[)" + ports +
                                       R"(]},"entry":{"kind":"command","argv":["./one"]}})");
  const auto report = lint_manifest("/p/one.planner.json", files, "/");
  CHECK(finds(report, lint_severity::error, "permissions.network[31] is no port"));
  CHECK(finds(report, lint_severity::error, "and 8 more problems"));
  CHECK(finds(report, lint_severity::warning, "colour is unknown"));
  CHECK(report.findings.size() == 34);
}

TEST_CASE("Every file that is missing is found, with the program and the scripts that it is given") {
  memory_files files;
  files.put("/p/one.planner.json", R"({"name":"one","version":"1",
    "entry":{"kind":"command","argv":["python3","main.py"],"files":["main.py","a.txt","b.txt","c"]}})");
  files.put("/p/b.txt", "x");
  files.put_directory("/p/c");
  const auto report = lint_manifest("/p/one.planner.json", files, "/");
  CHECK(finds(report, lint_severity::error, "entry.files names \"main.py\", which is not there"));
  CHECK(finds(report, lint_severity::error, "entry.files \"a.txt\" is not there"));
  CHECK(finds(report, lint_severity::error, "entry.files \"c\" is no regular file"));
  CHECK(finds(report, lint_severity::error, "entry.argv[0] \"python3\" is not there"));
  CHECK(finds(report, lint_severity::error, "entry.argv[1] \"main.py\" is not there"));
  CHECK(report.findings.size() == 5);
}

TEST_CASE("A missing file whose name is masked is told once") {
  memory_files files;
  files.put("/bin/python3", "x", 0755);
  files.put("/p/one.planner.json", R"({"name":"one","version":"1",
    "entry":{"kind":"command","argv":["python3","-c","1"],"files":["password=hunter22","b.txt"]}})");
  const auto report = lint_manifest("/p/one.planner.json", files, "/");
  CHECK(report.findings.size() == 2);
  CHECK(finds(report, lint_severity::error, "entry.files names \"password=***"));
  CHECK(finds(report, lint_severity::error, "entry.files \"b.txt\" is not there"));
}

TEST_CASE("A script among the arguments that is missing is warned of, and what looks otherwise is not") {
  memory_files files;
  files.put("/bin/python3", "x", 0755);
  const auto report_of = [&files](const std::string& arguments) {
    files.put("/p/one.planner.json",
              R"({"name":"one","version":"1","self_test":true,"entry":{"kind":"command","argv":["python3",)" +
                  arguments + "]}}");
    return lint_manifest("/p/one.planner.json", files, "/");
  };
  const auto is_told = [](const lint_report& report) {
    return finds(report, lint_severity::error, "not there") || finds(report, lint_severity::warning, "not there");
  };
  const auto missing = report_of(R"("one.py","more/two.sh")");
  CHECK(finds(missing, lint_severity::warning, "entry.argv[1] \"one.py\" is not there"));
  CHECK(finds(missing, lint_severity::warning, "entry.argv[2] \"more/two.sh\" is not there"));
  CHECK(missing.good());
  CHECK(finds(report_of(R"("--fast","-x","y","./bin/one","three.py")"), lint_severity::warning,
              "entry.argv[5] \"three.py\" is not there"));
  CHECK(finds(report_of(R"("./bin/one")"), lint_severity::warning, "entry.argv[1] the file that it seems to name"));
  for (const std::string arguments :
       {R"("-m","one")", R"("-c","import one; one.path = 'a/b'")", R"("--data=a/b")", R"("/etc/one.conf")",
        R"("https://a/b")", R"("fast")", R"("-m","one","--model","openai/gpt-4o")", R"("-m","one","application/json")",
        R"("-m","one","out/plan.json")", R"("--script","later.py")"}) {
    INFO(arguments);
    CHECK_FALSE(is_told(report_of(arguments)));
  }
  files.put("/p/one.py", "x");
  files.put("/p/bin/one", "x");
  CHECK_FALSE(is_told(report_of(R"("one.py","./bin/one")")));
}

TEST_CASE("Only a program of the system is given a script without a script's name") {
  memory_files files;
  files.put("/p/one", "x", 0755);
  files.put("/p/one.planner.json",
            R"({"name":"one","version":"1","entry":{"kind":"command","argv":["./one","a/b","c.py"]}})");
  const auto report = lint_manifest("/p/one.planner.json", files, "/");
  CHECK_FALSE(finds(report, lint_severity::warning, "entry.argv[1]"));
  CHECK(finds(report, lint_severity::warning, "entry.argv[2] \"c.py\" is not there"));
}

TEST_CASE("No argument that may be a secret is repeated") {
  memory_files files;
  files.put("/bin/python3", "x", 0755);
  for (const std::string arguments :
       {R"("--secret-key","wJalr/K7MDENG")", R"("one.py","secret_key","wJalr/K7MDENG.py")", R"("wJalr/K7MDENG")"}) {
    files.put("/p/one.planner.json",
              R"({"name":"one","version":"1","entry":{"kind":"command","argv":["python3",)" + arguments + "]}}");
    CHECK(lint_text(lint_manifest("/p/one.planner.json", files, "/")).find("K7MDENG") == std::string::npos);
  }
}

TEST_CASE("A wrong sha256 is an error that names the right one, a missing one a note") {
  memory_files files;
  files.put("/p/one.planner.json", good_text);
  files.put("/p/one", "other", 0755);
  const auto wrong = lint_manifest("/p/one.planner.json", files, "/");
  CHECK(finds(wrong, lint_severity::error, "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa"));
  files.put("/p/one.planner.json", R"({"name":"one","version":"1","entry":{"kind":"command","argv":["./one"]}})");
  const auto missing = lint_manifest("/p/one.planner.json", files, "/");
  CHECK(finds(missing, lint_severity::note, "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa"));
  CHECK(missing.good());
}

TEST_CASE("A requested path that can never be granted is warned of, and one that asks for everything") {
  memory_files files;
  files.put("/p/one", "abc", 0755);
  const auto warnings_of = [&files](const std::string& permissions) {
    auto text = good_text;
    text.insert(1, R"("permissions":)" + permissions + ",");
    files.put("/p/one.planner.json", text);
    return lint_manifest("/p/one.planner.json", files, "/");
  };
  const auto report = warnings_of(R"({"read":["rel","/data","/up/../down"],"write":["/"]})");
  CHECK(report.good());
  CHECK(report.findings.size() == 3);
  CHECK(finds(report, lint_severity::warning,
              R"(permissions.read[0] "rel" can never be granted: write an absolute path)"));
  CHECK(finds(report, lint_severity::warning, R"(permissions.read[2] "/up/../down" can never be granted)"));
  CHECK(finds(report, lint_severity::warning, R"(permissions.write[0] "/" asks for the whole file system)"));
  CHECK(warnings_of(R"({"read":["/data/","/a,b"],"write":["/out"],"network":[443]})").findings.empty());
}
