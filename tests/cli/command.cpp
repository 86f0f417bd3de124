#include "tests/cli/command.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace qpcheck::tests {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void become(const std::vector<std::string>& words, const Surroundings& surroundings,
                         const Folder& outputs) {
  const auto redirect = [&](int descriptor, const char* name, int flags) {
    const int file = open(name, flags, 0600);
    if (file < 0 || dup2(file, descriptor) < 0) _exit(126);
  };
  redirect(STDIN_FILENO, "/dev/null", O_RDONLY);
  redirect(STDOUT_FILENO, (outputs / "out").c_str(), O_WRONLY | O_CREAT);
  redirect(STDERR_FILENO, (outputs / "err").c_str(), O_WRONLY | O_CREAT);
  if (!surroundings.folder.empty() && chdir(surroundings.folder.c_str()) != 0) _exit(126);
  for (const auto& [name, value] : surroundings.environment) setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

}  // namespace

// A search of ten seconds and more says how it gets on; in a sanitized build many are.
static std::string without_progress(const std::string& err) {
  static const std::regex line("[0-9]+ states, [0-9]+ a second, [0-9]+ waiting, depth [0-9]+\n");
  return std::regex_replace(err, line, "");
}

Ended qpcheck(const std::vector<std::string>& arguments, const Surroundings& surroundings) {
  std::vector<std::string> words = surroundings.in_front;
  words.emplace_back(QPCHECK_PROGRAM);
  words.insert(words.end(), arguments.begin(), arguments.end());
  const Folder outputs;
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork fails");
  if (child == 0) become(words, surroundings, outputs);
  int status = 0;
  if (waitpid(child, &status, 0) != child) throw std::runtime_error("waitpid fails");
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read(outputs / "out"), without_progress(read(outputs / "err"))};
}

Folder::Folder() {
  std::string name = (fs::temp_directory_path() / "qpcheck-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp fails: " + name);
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::map<std::string, std::string> Folder::content() const {
  std::map<std::string, std::string> content;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path_))
    content[entry.path().lexically_relative(path_).string()] =
        entry.is_regular_file() ? read(entry.path()) : "(folder)";
  return content;
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write(const fs::path& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

fs::path source(std::string_view path) { return fs::path(QPCHECK_SOURCE_DIR) / path; }

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += by.size()) text.replace(at, what.size(), by);
  return text;
}

std::size_t occurrences(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += what.size()) ++count;
  return count;
}

std::string without_times(const std::string& text) {
  static const std::regex seconds(" +[0-9]+\\.[0-9][0-9] s$"), heading(" +time$"), rule("(-----  )-+$");
  std::string masked;
  for (const std::string& line : lines_of(text)) {
    const std::string one = std::regex_replace(line, seconds, " TIME");
    masked += std::regex_replace(std::regex_replace(one, heading, " TIME"), rule, "$1TIME") + "\n";
  }
  return masked;
}

}  // namespace qpcheck::tests
