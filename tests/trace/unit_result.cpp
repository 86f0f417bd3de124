// Result, Error and what makes text printable.
#include <catch2/catch.hpp>
#include <memory>

#include "trace/result.hpp"
#include "trace/utf8.hpp"

namespace qpcheck {

TEST_CASE("a result holds a value or an error") {
  const Result<int> value = 3;
  REQUIRE(value);
  CHECK(*value == 3);
  const Result<int> error = Error("no");
  REQUIRE(!error);
  CHECK(error.error().line() == "no");
  CHECK(Result<void>{}.ok());
  CHECK_FALSE(Result<void>{Error("no")}.ok());
}

TEST_CASE("a value may be moved out of a result") {
  Result<std::unique_ptr<int>> owner = std::make_unique<int>(3);
  const std::unique_ptr<int> taken = std::move(owner).value();
  CHECK(*taken == 3);
}

TEST_CASE("an error is one line of UTF-8, whatever was put into it") {
  CHECK(Error("a\nb\tc\x7f").line() == "a\\x0ab\\x09c\\x7f");
  CHECK(Error("caf\xc3\xa9 \xff \xc3").line() == "caf\xc3\xa9 \\xff \\xc3");
  CHECK(Error("\xc2\x9bm").line() == "\\xc2\\x9bm");  // a C1 control: a terminal would obey it
  CHECK(printable("aé", 2) == "a…");
}

TEST_CASE("only well-formed UTF-8 is valid") {
  for (const char* good :
       {"", "a", "\xc2\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    CHECK(utf8::valid(good));
  }
  for (const char* bad :
       {"\x80", "\xc1\xbf", "\xc3", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82 "}) {
    CHECK_FALSE(utf8::valid(bad));
  }
}

}  // namespace qpcheck
