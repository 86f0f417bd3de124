#include "trace/write_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <memory>
#include <system_error>

namespace qpcheck {
namespace {

namespace fs = std::filesystem;

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

// What errno says, in words; 0 when all went well.
using Errno = int;

std::string words(Errno error) { return std::generic_category().message(error); }

Error cannot_write(const fs::path& path, Errno error) {
  return Error(fmt::format("cannot write {}: {}; choose another place with --out", path.native(),
                           words(error)));
}

Error cannot_read(const fs::path& path, Errno error) {
  return Error(
      fmt::format("cannot read {}: {}; give the path of a file that exists and can be read",
                  path.native(), words(error)));
}

Errno write_and_close(File file, std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file.get()) != bytes.size()) return errno;
  return std::fclose(file.release()) == 0 ? 0 : errno;
}

// A name beside `path` that no other writer uses, and the file opened under it.
std::pair<fs::path, File> open_temporary(const fs::path& path) {
  static std::atomic<unsigned> counter{0};
  for (int attempt = 0; attempt < 100; ++attempt) {
    fs::path name = path;
    name += fmt::format(".{}-{}.tmp", ::getpid(), counter++);
    File file(std::fopen(name.c_str(), "wbx"));
    if (file || errno != EEXIST) return {std::move(name), std::move(file)};
  }
  return {};
}

// A signal that would end the process waits until the file is whole, or gone.
class HoldSignals {
 public:
  HoldSignals() {
    sigset_t ending;
    sigemptyset(&ending);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) sigaddset(&ending, signal);
    pthread_sigmask(SIG_BLOCK, &ending, &before_);
  }
  ~HoldSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  HoldSignals(const HoldSignals&) = delete;
  HoldSignals& operator=(const HoldSignals&) = delete;

 private:
  sigset_t before_;
};

Errno replace(const fs::path& path, std::string_view bytes) {
  const HoldSignals until_done;
  auto [temporary, file] = open_temporary(path);
  if (!file) return errno;
  Errno error = write_and_close(std::move(file), bytes);
  if (error == 0 && std::rename(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) std::remove(temporary.c_str());
  return error;
}

Errno write_in_place(const fs::path& path, std::string_view bytes) {
  File file(std::fopen(path.c_str(), "wb"));
  return file ? write_and_close(std::move(file), bytes) : errno;
}

}  // namespace

Result<void> write_file(const fs::path& path, std::string_view bytes) {
  std::error_code ignored;
  const fs::path real = fs::canonical(path, ignored);  // empty when there is no such file yet
  const fs::path target = real.empty() ? path : real;
  const fs::file_status status = fs::status(target, ignored);
  Errno error = 0;
  if (target.empty()) {
    error = ENOENT;
  } else if (fs::is_directory(status)) {
    error = EISDIR;
  } else if (fs::is_other(status)) {
    error = write_in_place(target, bytes);
  } else {
    error = replace(target, bytes);
  }
  if (error != 0) return cannot_write(path, error);
  return {};
}

Result<std::string> read_file(const fs::path& path, std::size_t limit) {
  const File file(std::fopen(path.c_str(), "rb"));
  if (!file) return cannot_read(path, errno);
  std::string bytes;
  std::array<char, 65536> block;
  while (const std::size_t count = std::fread(block.data(), 1, block.size(), file.get())) {
    bytes.append(block.data(), count);
    if (bytes.size() > limit) {
      return Error(
          fmt::format("{}: more than {} MiB, the most that is read; is this the right file?",
                      path.native(), limit >> 20));
    }
  }
  if (std::ferror(file.get())) return cannot_read(path, errno);
  return bytes;
}

}  // namespace qpcheck
