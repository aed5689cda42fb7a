// Headers whose values hold quotes, keys whose values are keys, and labels that are cut: none shows a secret, and
// scrubbing twice changes nothing more.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "messages/scrub.hpp"

using namespace planguild;

namespace {

std::string masked_text(const std::string& text) {
  const scrub_options options{.hide_paths = false, .bytes_max = std::size_t{1} << 30};
  const auto once = scrub(text, options, {});
  CHECK(scrub(once, options, {}) == once);
  return once;
}

struct masked_row {
  std::string before;
  std::string after;
};

void check_masked(const std::vector<masked_row>& rows) {
  for (const auto& [before, after] : rows) {
    INFO(before);
    CHECK(masked_text(before) == after);
  }
}

}  // namespace

TEST_CASE("A header's quoted parameters are masked with it, and what is around it stays") {
  check_masked(
      {{R"(Authorization: Digest username="Mufasa", realm="r", nonce="dcd98b71", response="6629fae4")",
        "Authorization: ***"},
       {"Proxy-Authorization: Digest username=\"M\",response=\"6629fae4\"\r\nHost: x\n",
        "Proxy-Authorization: ***\r\nHost: x\n"},
       {R"(Authorization: Digest username="", response="6629fae4", qop=auth, nc=00000001, cnonce="0a4f")",
        "Authorization: ***"},
       {R"(Authorization: Token token="abc", nonce="def")", "Authorization: ***"},
       {R"(curl -H 'Authorization: Digest username="M", response="6629fae4"' https://host/)",
        "curl -H 'Authorization: ***' https://host/"},
       {R"(curl -H "Authorization: Digest username=\"M\", response=\"6629fae4\"" https://host/)",
        R"(curl -H "Authorization: ***" https://host/)"},
       {R"({"header":"Authorization: Digest username=\"M\", response=\"6629fae4\"","next":"x"})",
        R"({"header":"Authorization: ***","next":"x"})"},
       {R"({'Authorization': 'Digest username="M", response="6629fae4"', 'Host': 'x'})",
        R"({'Authorization': '***', 'Host': 'x'})"},
       {R"({"h":"Authorization: Basic dXNlcjpwYXNz=","next":"x"})", R"({"h":"Authorization: ***","next":"x"})"},
       {R"(curl -H "Authorization: Basic dXNlcjpwYXNz=" https://host/ -d "y")",
        R"(curl -H "Authorization: ***" https://host/ -d "y")"}});
}

TEST_CASE("Cookies are masked to the end of their line, with quotes and without") {
  check_masked({{"Set-Cookie: sid=31d4d96e407aad42; Path=/; HttpOnly\nnext", "Set-Cookie: ***\nnext"},
                {R"(Set-Cookie: sid="31d4d96e 407aad42"; Path=/; HttpOnly)", "Set-Cookie: ***"},
                {R"(Cookie: theme=dark; sid="31d4d96e"; lang=en)", "Cookie: ***"},
                {R"({"headers":["Set-Cookie: sid=31d4d96e; Path=/","Host: x"]})",
                 R"({"headers":["Set-Cookie: ***","Host: x"]})"},
                {"cookies: theme=dark; sid=31d4d96e", "cookies: ***"},
                {R"({"set-cookie":["sid=31d4d96e; Path=/"],"host":"x"})", R"({"set-cookie":"***","host":"x"})"}});
}

TEST_CASE("Where the value of a secret is another key, that one's value is masked as well") {
  check_masked({{"credentials: password: hunter2", "credentials: ***"},
                {"credentials: password = hunter2 and more", "credentials: *** and more"},
                {"secret: token: \"hunter2 hunter3\" and more", "secret: *** and more"},
                {"credentials: authorization: Basic dXNlcjpwYXNz and more\nnext", "credentials: ***\nnext"},
                {"password: secret: token: hunter2", "password: ***"},
                {"password: auth:hunter2", "password: ***"},
                {R"("credentials": "password": "hunter2")", R"("credentials": "password": "***")"},
                {R"({"note":"credentials: password: ","next":"x"})", R"({"note":"credentials: *** ","next":"x"})"}});
}

TEST_CASE("A megabyte of headers and keys that never end is masked in linear time") {
  // Quadratic, each of these would take minutes.
  for (const std::string piece : {R"(Authorization: Digest a="b", )", R"(cookie: a="b"; )", R"(cookie: a='b"; )",
                                  "password: ", R"(Authorization='Digest x="b", )", R"(cookie: a=\"b; )"}) {
    INFO(piece);
    std::string text;
    while (text.size() < 1'000'000) text += piece;
    const auto once = scrub(text, {.hide_paths = false, .bytes_max = std::size_t{1} << 30}, {});
    CHECK(once.size() <= 4 * text.size());
    CHECK(once.find("***") != std::string::npos);
  }
}

TEST_CASE("A label is masked before it is cut, so that no part of a token is left") {
  const std::string token = "ghp_0123456789abcdefghijABCDEFGHIJ0123";
  for (std::size_t before = 0; before <= 80; ++before) {
    const auto shown = scrubbed_label(std::string(before, '.') + token + " behind", 80);
    CHECK(shown.size() <= 80);
    CHECK(shown.find("ghp") == std::string::npos);
  }
  CHECK(scrubbed_label("a plain name", 80) == "a plain name");
  CHECK(scrubbed_label("äöü", 2) == "äö");
}
