// A target hands an input to its reader, and ends when a promise was broken: this one's
// reader is false on purpose.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

int given(std::string_view bytes) {
  return LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

}  // namespace

TEST_CASE("an input that breaks no promise is passed over") {
  CHECK(given("") == 0);
  CHECK(given("QP?") == 0);
}

TEST_CASE("an input that breaks a promise ends the target, which says the promise") {
  int words[2];
  REQUIRE(pipe(words) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    dup2(words[1], STDERR_FILENO);
    std::signal(SIGABRT, SIG_DFL);
    given("QP!");
    _exit(0);
  }
  close(words[1]);
  char said[100] = {};
  CHECK(read(words[0], said, sizeof(said) - 1) > 0);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK((WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT));
  CHECK(std::string_view(said) == "this reader is false on purpose\n");
}
