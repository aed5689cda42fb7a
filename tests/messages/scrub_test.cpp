// Planted secrets, paths and traces: none gets through, nothing else changes, and scrubbing twice changes nothing more.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>

#include "messages/failure.hpp"
#include "messages/limits.hpp"
#include "messages/scrub.hpp"

using namespace planguild;

namespace {

constexpr scrub_options everything{.hide_paths = true, .bytes_max = std::size_t{1} << 30};
constexpr scrub_options secrets_only{.hide_paths = false, .bytes_max = std::size_t{1} << 30};

std::string scrubbed(std::string_view text, const scrub_options& options = secrets_only) {
  const auto once = scrub(text, options, {});
  CHECK(scrub(once, options, {}) == once);
  return once;
}

struct example {
  std::string before;
  std::string after;
};

void check(const std::vector<example>& examples, const scrub_options& options = secrets_only) {
  for (const auto& [before, after] : examples) {
    INFO(before);
    CHECK(scrubbed(before, options) == after);
  }
}

void check_unchanged(const std::vector<std::string>& texts, const scrub_options& options = secrets_only) {
  for (const auto& text : texts) {
    INFO(text);
    CHECK(scrubbed(text, options) == text);
  }
}

}  // namespace

TEST_CASE("Names that hold secrets are known in any case and spelling") {
  for (const auto* name : {"password",   "DB_PASSWORD",   "passwd",      "client_secret", "githubToken",
                           "API_KEY",    "apikey",        "x-api-key",   "apiKey",        "AWS_SECRET_ACCESS_KEY",
                           "accessKey",  "private-key",   "credentials", "Authorization", "auth",
                           "basicAuth",  "SSH_AUTH_SOCK", "auth_header", "authKey",       "Set-Cookie",
                           "session_key"}) {
    INFO(name);
    CHECK(is_secret_name(name));
  }
  for (const auto* name :
       {"", "author", "AUTHOR", "authority", "path", "keyboard", "PATH", "key", "monkey", "pass", "session"}) {
    INFO(name);
    CHECK_FALSE(is_secret_name(name));
  }
}

TEST_CASE("Values of secret keys are masked in JSON, assignments, headers and flags") {
  check({
      {R"({"password": "hunter2", "user": "ann"})", R"({"password": "***", "user": "ann"})"},
      {R"({"token":5,"n":1})", R"({"token":"***","n":1})"},
      {R"({"tokens": ["a","b"], "n": 1})", R"({"tokens": "***", "n": 1})"},
      {R"({"auth": {"user": "a", "pin": "[1]"}, "n": 1})", R"({"auth": "***", "n": 1})"},
      {R"({"password": "a\"b\\", "n": 1})", R"({"password": "***", "n": 1})"},
      {R"({"line":"{\"token\":\"abc\",\"n\":1}"})", R"({"line":"{\"token\":\"***\",\"n\":1}"})"},
      {R"({"x":"{\"y\":\"{\\\"token\\\":\\\"abc\\\"}\"}"})", R"({"x":"{\"y\":\"{\\\"token\\\":\\\"***\\\"}\"}"})"},
      {"{'api_key': 'abc'}", "{'api_key': '***'}"},
      {"password=hunter2 next", "password=*** next"},
      {"PASSWORD = hunter2, x", "PASSWORD = ***, x"},
      {"password: hunter2", "password: ***"},
      {"api_key => 'x y'", "api_key => '***'"},
      {"secret := 5", "secret := ***"},
      {"a\\npassword=x\\nb", "a\\npassword=***\\nb"},
      {"a\\nauth=x\\nb", "a\\nauth=***\\nb"},
      {"Authorization: Bearer abc.def-ghi\nHost: x", "Authorization: ***\nHost: x"},
      {"curl -H 'Authorization: Basic dTpw' http://x", "curl -H 'Authorization: ***' http://x"},
      {"Set-Cookie: a=b; c=d\r\nX: y", "Set-Cookie: ***\r\nX: y"},
      {"X-Auth-Token: bearer abc", "X-Auth-Token: ***"},
      {"run --token abc --verbose", "run --token *** --verbose"},
      {"run --token=abc x", "run --token=*** x"},
      {R"(["--token","abc","x"])", R"(["--token","***","x"])"},
      {"password='a b c' x", "password='***' x"},
      {"password='a b", "password='*** b"},
  });
}

TEST_CASE("Bearer tokens, URLs, key blocks and well-known shapes are masked wherever they stand") {
  const std::string tail = "0123456789abcdefABCD";
  check({
      {"got Bearer abcdef123456 here", "got Bearer *** here"},
      {"https://user:pass@host/x?token=abc&b=1", "https://***@host/x?token=***&b=1"},
      {"postgres://u:p%40@db:5432/x", "postgres://***@db:5432/x"},
      {"git clone ssh://git@host/x", "git clone ssh://***@host/x"},
      {"a -----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nb", "a ***\nb"},
      {"a -----BEGIN PRIVATE KEY-----\\nMII", "a ***"},
      {"(ghp_" + tail + ")", "(***)"},
      {"gho_" + tail, "***"},
      {"github_pat_" + tail, "***"},
      {"xoxb-1234-5678-abcd", "***"},
      {"key is sk-proj-" + tail, "key is ***"},
      {"glpat-" + tail, "***"},
      {"AKIAABCDEFGHIJKLMNOP.", "***."},
      {"ASIAABCDEFGHIJKLMNOP", "***"},
      {"AIza" + std::string(35, 'x'), "***"},
      {"x-ghp_" + tail, "x-***"},
      {"eyJhbGciOi.eyJzdWIi.abc-_x!", "***!"},
  });
}

TEST_CASE("What only looks like a secret stays") {
  check_unchanged({
      "the author: me",
      "a token is missing",
      "no password",
      "password=",
      "password: \"\"",
      "std::token::kind",
      "token == 5",
      "\"token\": null",
      "token=true",
      "the Bearer certificate",
      "ghp_short",
      "AKIASHORT",
      "AKIAABCDEFGHIJKLMNOPQRSTU",
      "eyJ.no",
      "-----BEGIN CERTIFICATE-----",
      "https://host/x@y",
      "secret\n: next line",
      "sk-learn",
      "a/b/token.cpp:12: error",
      "--token",
      "password= …(12 bytes cut)",
  });
}

TEST_CASE("Absolute paths keep their last component and stack traces three frames") {
  check(
      {
          {"open /home/ann/x.txt failed", "open <path>/x.txt failed"},
          {"\"/usr/bin/python3\": error", "\"<path>/python3\": error"},
          {"PATH=/usr/bin:/usr/local/bin", "PATH=<path>/bin:<path>/bin"},
          {"/a/b/c.cpp:12:3: error", "<path>/c.cpp:12:3: error"},
          {"file:///home/ann/x", "file://<path>/x"},
          {"/a/my\\ file/b c", "<path>/b c"},
          {"“/home/ann/x”", "“<path>/x”"},
          {"/a/b/", "<path>/b/"},
          {"x\n\tat a\n\tat b\n\tat c\n\tat d\n\tat e\ny", "x\n\tat a\n\tat b\n\tat c\n  … (2 more frames)\ny"},
          {"#0 0x1 in a\n#1 0x2 in b\n#2  0x3 in c\n#3 0x4 in d",
           "#0 0x1 in a\n#1 0x2 in b\n#2  0x3 in c\n  … (1 more frames)\n"},
          {"  File \"/a/b.py\", line 1\n    x()\n  File \"/a/b.py\", line 2\n    y()\n  File \"c.py\", line 3\n    "
           "z()\n  File "
           "\"d.py\", line 4\n    w()\nError",
           "  File \"<path>/b.py\", line 1\n    x()\n  File \"<path>/b.py\", line 2\n    y()\n  File \"c.py\", line "
           "3\n    z()\n  "
           "… (1 more frames)\nError"},
      },
      everything);
  check_unchanged({"/", "/tmp is full", "a/b/c and ./a/b and ../a/b", "https://host/a/b/c", "~/a/b $HOME/a/b", "1/2/3",
                   "<path>/x", "\tat a\n\tat b\n\tat c\nend", "# not a frame",
                   "\tat a\n\tat b\n  File \"c.py\", line 3\n  … (1 more frames)\n\tand then\n\tat d"},
                  everything);
  check_unchanged({"/home/ann/x.txt"}, secrets_only);
}

TEST_CASE("Given secret values are masked, longest first, short ones never") {
  CHECK(scrub("x correcthorse y", secrets_only, {"correcthorse"}) == "x *** y");
  CHECK(scrub("correcthorsebattery", secrets_only, {"correcthorse", "correcthorsebattery"}) == "***");
  CHECK(scrub("value 1234567", secrets_only, {"1234567"}) == "value 1234567");
  CHECK(scrub("********", secrets_only, {"********"}) == "********");
}

TEST_CASE("Long text is cut at a character with a mark, and stays as it is when scrubbed again") {
  std::string text;
  while (text.size() < 3'000)
    text += "{\"password\": \"hunter2\"} Authorization: x\n--token y /home/ann/x \xE2\x82\xAC https://u:p@h ";
  for (std::size_t bytes = 0; bytes < 400; ++bytes) {
    const scrub_options options{.hide_paths = true, .bytes_max = bytes};
    const auto once = scrub(text, options, {});
    INFO(once);
    CHECK(once.size() <= bytes);
    CHECK(scrub(once, options, {}) == once);
    CHECK(once.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("A megabyte of hostile text is scrubbed in linear time and only once") {
  for (const std::string unit : {"token=",
                                 "token={",
                                 "token=[",
                                 "token=\"",
                                 "password='",
                                 "eyJ-",
                                 "eyJa.",
                                 "://",
                                 "://a@",
                                 "a/",
                                 "/a",
                                 " /a",
                                 "\\",
                                 "-",
                                 "-----BEGIN ",
                                 "-----BEGIN PRIVATE KEY",
                                 "\\\"token\\\":\\\"",
                                 "  at x\n",
                                 "sk-",
                                 "AKIA",
                                 "token ",
                                 "--token ",
                                 "bearer 1",
                                 "password",
                                 "'",
                                 "\"token\":{\"",
                                 "File \"a\", line 1\n"}) {
    std::string text;
    while (text.size() < 1'024 * 1'024) text += unit;
    INFO(unit);
    const auto once = scrub(text, everything, {"aaaaaaaaaaaab"});
    CHECK((scrub(once, everything, {"aaaaaaaaaaaab"}) == once));
  }
}

TEST_CASE("Random mixtures of secrets, quotes and paths are stable when scrubbed again") {
  const char* given = std::getenv("PLANGUILD_SEED");
  const auto seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::cout << "PLANGUILD_SEED=" << seed << '\n';
  std::mt19937_64 random(seed);
  const std::vector<std::string> pieces = {"password",
                                           "token",
                                           "auth",
                                           "=",
                                           ":",
                                           " ",
                                           "\"",
                                           "'",
                                           "\\\"",
                                           "{",
                                           "}",
                                           "[",
                                           "]",
                                           ",",
                                           "x1",
                                           "--",
                                           "-",
                                           "/",
                                           "/a/b",
                                           "://",
                                           "@",
                                           "***",
                                           "*",
                                           "\n",
                                           "Bearer ",
                                           "abc12345",
                                           "Authorization: ",
                                           "ghp_0123456789abcdefghij",
                                           "eyJ",
                                           ".",
                                           "AKIAABCDEFGHIJKLMNOP",
                                           "-----BEGIN PRIVATE KEY-----",
                                           "-----END PRIVATE KEY-----",
                                           "null",
                                           "  at f\n",
                                           "Cookie: ",
                                           "Authorization: Digest ",
                                           "a=\"b\", ",
                                           "; ",
                                           "\\n"};
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto count = random() % 16; count > 0; --count) text += pieces[random() % pieces.size()];
    const auto once = scrub(text, everything, {});
    INFO(text);
    CHECK(scrub(once, everything, {}) == once);
  }
}

TEST_CASE("Scrubbed JSON is still JSON") {
  const char* given = std::getenv("PLANGUILD_SEED");
  const auto seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::cout << "PLANGUILD_SEED=" << seed << '\n';
  std::mt19937_64 random(seed);
  const std::vector<std::string> pieces = {"password",
                                           "token=",
                                           "auth: ",
                                           "'",
                                           "\"",
                                           "\\",
                                           "{",
                                           "[",
                                           "]",
                                           "}",
                                           ",",
                                           "x",
                                           "\n",
                                           "--secret ",
                                           "/a/b",
                                           "https://u:p@h",
                                           "Authorization: Bearer ",
                                           "\"token\":\"y\"",
                                           "\"token\":[",
                                           "Authorization: Digest a=\"b\", c=\"d\"",
                                           "Set-Cookie: s=\"x y\"; Path=/",
                                           "credentials: password: ",
                                           "it's"};
  const auto text = [&] {
    std::string made;
    for (auto count = random() % 6; count > 0; --count) made += pieces[random() % pieces.size()];
    return made;
  };
  for (int round = 0; round < 10'000; ++round) {
    const nlohmann::json inner = {{text(), text()}, {"token", random() % 9}, {"auth", {text(), {{"k", text()}}}}};
    const nlohmann::json outer = {
        {"a", inner.dump()}, {"b", text()}, {"password", text()}, {"secret", inner}, {"z", text()}};
    const auto once = scrub(outer.dump(), everything, {});
    INFO(outer.dump());
    INFO(once);
    CHECK(nlohmann::json::accept(once));
    CHECK(scrub(once, everything, {}) == once);
  }
}

TEST_CASE("A failure's message is scrubbed and cut when it is made; its place stays readable") {
  const auto made = make_failure(failure_code::load_failed, "cannot run /opt/x/planner: password=abc", "my_planner",
                                 "/opt/x/my_planner.planner.json");
  CHECK(made.message == "cannot run <path>/planner: password=***");
  CHECK(made.planner == "my_planner");
  CHECK(made.where == "/opt/x/my_planner.planner.json");
  CHECK(make_failure(failure_code::internal, std::string(100'000, 'x')).message.size() <=
        limits::failure_message_bytes);
  CHECK(make_failure(failure_code::internal, std::string(100, '\xff')).message.size() == 100);
}
