// qpcheck as a user starts it: a process, its two outputs, its exit code.
//
// Purpose: tests of the whole command, through nothing but its interface.
// Ownership: a Folder is a temporary directory of its own, removed with it.
// Invariants: the process gets the environment and folder that the test names, so
// that no test depends on where it was started.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace qpcheck::tests {

struct Ended {
  int code = -1;  // -1: not by itself
  std::string out, err;
};

struct Surroundings {
  std::map<std::string, std::string> environment = {};  // besides those of the test
  std::filesystem::path folder = {};                    // to start in; empty: the test's own
  std::vector<std::string> in_front = {};               // of the command: {"setarch", "-R"}
};

Ended qpcheck(const std::vector<std::string>& arguments, const Surroundings& surroundings = {});

class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::string operator/(std::string_view name) const { return (path_ / name).string(); }
  // Every path below it, with the bytes of files.
  std::map<std::string, std::string> content() const;

 private:
  std::filesystem::path path_;
};

std::string read(const std::filesystem::path& path);
void write(const std::filesystem::path& path, std::string_view text);
std::filesystem::path source(std::string_view path);  // of the checkout

std::vector<std::string> lines_of(const std::string& text);
std::string replaced(std::string text, std::string_view what, std::string_view by);
std::size_t occurrences(std::string_view text, std::string_view what);

// Seconds and the column that is as wide as they are: " 0.01 s" at a line's end.
std::string without_times(const std::string& text);

}  // namespace qpcheck::tests
