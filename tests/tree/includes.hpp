// Who may include whom: the table, and the check that reads every #include.
//
// Purpose: the arrows between the folders (docs/architecture.md has the same
// table in words) stay as they were drawn.
// Invariants: what the table does not allow is a finding, including a folder
// that it does not name and a header that it cannot place.
#pragma once

#include <array>
#include <string_view>

#include "tests/tree/source.hpp"

namespace qpcheck::tree {

enum class Rdma { No, Yes };  // <rdma/…> and <infiniband/…>

struct FolderRule {
  std::string_view folder;
  Rdma rdma;
  std::string_view ours;  // folders, or single files, that it may include; its own folder always
  std::string_view third_party;  // names of `third_party` below
};

inline constexpr std::string_view everything = "*";

inline constexpr std::array folder_rules = std::to_array<FolderRule>({
    {"model", Rdma::No, "", ""},
    {"src/qpair", Rdma::Yes, "", ""},
    {"sim", Rdma::Yes, "model", ""},
    {"src/search", Rdma::No, "", "xxhash"},
    {"properties", Rdma::No, "model", ""},
    {"src/trace", Rdma::No, "model", "nlohmann fmt"},
    {"src/story", Rdma::No, "model src/trace", "fmt"},
    {"src/conform", Rdma::No, "model src/trace", "nlohmann fmt"},
    {"src/report", Rdma::No, "model src/trace src/story", "nlohmann fmt graphviz"},
    // A world is put together here: the program, the machine under it, the monitors
    // beside it, the search over it and the trace of it meet in no other folder.
    {"src/scenario", Rdma::Yes, "model src/qpair sim properties src/search src/trace",
     "fmt xxhash"},
    {"src/testing", Rdma::No, "model properties src/qpair src/scenario src/trace src/story", "rapidcheck catch2"},
    {"src/cli", Rdma::No, everything, everything},
    {"zoo", Rdma::Yes, "sim/program.hpp", ""},
    {"bench", Rdma::Yes, everything, everything},
    {"tests", Rdma::Yes, everything, everything},
});

struct ThirdParty {
  std::string_view name;
  std::string_view headers;  // a header, or a folder of them ("fmt/")
};

inline constexpr std::array third_party = std::to_array<ThirdParty>({
    {"fmt", "fmt/"},
    {"nlohmann", "nlohmann/"},
    {"cli11", "CLI/"},
    {"graphviz", "graphviz/ gvc.h cgraph.h"},
    {"xxhash", "xxhash.h"},
    {"catch2", "catch2/"},
    {"rapidcheck", "rapidcheck/ rapidcheck.h"},
});

// C and POSIX headers, which count as the standard library (C++'s have no dot).
inline constexpr std::string_view system_headers =
    "sys/ netinet/ arpa/ sanitizer/ fcntl.h poll.h unistd.h errno.h netdb.h signal.h ucontext.h endian.h "
    "pthread.h sched.h dlfcn.h string.h stdint.h malloc.h";

Findings check_includes(const File& file);
Findings check_includes(const std::vector<File>& files);

// The page for people holds this table: one row for each folder, and in its last
// cell what that folder may include.
std::string table_cell(const FolderRule& rule);
Findings check_page(const File& page);

}  // namespace qpcheck::tree
