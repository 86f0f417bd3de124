// Files: whole or not at all. Every test works in an empty folder of its own.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "tests/trace/sample.hpp"
#include "trace/file.hpp"
#include "trace/write_file.hpp"

namespace qpcheck {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "qpcheck-XXXXXX").native();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] fs::path operator/(const char* name) const { return path_ / name; }
  [[nodiscard]] long entries() const { return std::distance(fs::directory_iterator(path_), {}); }

 private:
  fs::path path_;
};

std::string bytes_of(const fs::path& path) {
  const auto bytes = read_file(path, 1 << 20);
  return bytes ? *bytes : bytes.error().line();
}

// No file may grow beyond `bytes`, as on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &old_limit_);
    const rlimit limit{bytes, old_limit_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_limit_);
    std::signal(SIGXFSZ, old_handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit old_limit_{};
  void (*old_handler_)(int);
};

}  // namespace

TEST_CASE("a trace is saved, replaced and loaded, and nothing else is left") {
  const Folder folder;
  trace::Trace wanted = trace::sample();
  REQUIRE(trace::save(wanted, folder / "a.json"));
  wanted.steps.pop_back();
  REQUIRE(trace::save(wanted, folder / "a.json"));
  const auto found = trace::load(folder / "a.json");
  REQUIRE(found);
  CHECK(*found == wanted);
  CHECK(folder.entries() == 1);
}

TEST_CASE("all bytes are written, zero bytes too") {
  const Folder folder;
  const std::string bytes("a\0\r\n\xff", 5);
  REQUIRE(write_file(folder / "bytes", bytes));
  CHECK(bytes_of(folder / "bytes") == bytes);
  REQUIRE(write_file(folder / "empty", ""));
  CHECK(bytes_of(folder / "empty").empty());
}

TEST_CASE("an unwritable place says so and leaves nothing behind") {
  const Folder folder;
  const auto missing = folder / "no" / "a.json";
  CHECK(write_file(missing, "x").error().line() ==
        "cannot write " + missing.native() +
            ": No such file or directory; choose another place with --out");
  const auto directory = folder / "directory";
  fs::create_directory(directory);
  CHECK(write_file(directory, "x").error().line() ==
        "cannot write " + directory.native() + ": Is a directory; choose another place with --out");
  CHECK(fs::is_empty(directory));
  CHECK(write_file("", "x").error().line() ==
        "cannot write : No such file or directory; choose another place with --out");
  CHECK(folder.entries() == 1);
}

TEST_CASE("a disk that fills up leaves the old file whole and no temporary") {
  const Folder folder;
  const auto path = folder / "a";
  REQUIRE(write_file(path, "old"));
  // The short one is buffered: its error comes only when the file is closed.
  for (const std::size_t size : {10u, 100'000u}) {
    const FileSizeLimit limit(5);
    CHECK(write_file(path, std::string(size, 'x')).error().line() ==
          "cannot write " + path.native() + ": File too large; choose another place with --out");
  }
  CHECK(bytes_of(path) == "old");
  CHECK(folder.entries() == 1);
}

TEST_CASE("a file of the limit's size is read, one byte more is refused") {
  const Folder folder;
  REQUIRE(write_file(folder / "a", "12345"));
  CHECK(read_file(folder / "a", 5));
  CHECK_FALSE(read_file(folder / "a", 4));
}

// A pipe of our own, and never a device of the machine: a writer that is broken
// would replace /dev/null for everybody.
TEST_CASE("what is no regular file is written in place") {
  const Folder folder;
  const auto pipe = folder / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  REQUIRE(reader >= 0);
  CHECK(write_file(pipe, "text"));
  std::array<char, 8> bytes{};
  CHECK(::read(reader, bytes.data(), bytes.size()) == 4);
  CHECK(std::string_view(bytes.data()) == "text");
  ::close(reader);
  CHECK(fs::is_fifo(pipe));
}

TEST_CASE("a link is followed, not replaced") {
  const Folder folder;
  REQUIRE(write_file(folder / "real", "old"));
  fs::create_symlink("real", folder / "link");
  REQUIRE(write_file(folder / "link", "new"));
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(bytes_of(folder / "real") == "new");
}

TEST_CASE("what can not be read says so") {
  const Folder folder;
  const auto missing = folder / "a.json";
  CHECK(trace::load(missing).error().line() ==
        "cannot read " + missing.native() +
            ": No such file or directory; give the path of a file that exists "
            "and can be read");
  CHECK(trace::load(folder / ".").error().line().find("Is a directory") != std::string::npos);
  CHECK(trace::load("/dev/zero").error().line() ==
        "/dev/zero: more than 64 MiB, the most that is read; is this the right file?");
}

}  // namespace qpcheck
