#include "tests/tree/includes.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

namespace qpcheck::tree {
namespace {

std::vector<std::string_view> words(std::string_view list) {
  std::vector<std::string_view> out;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(' '), list.size());
    if (end != 0) out.push_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return out;
}

bool names_header(std::string_view list, std::string_view header) {
  return std::ranges::any_of(words(list), [&](std::string_view w) {
    return w.ends_with('/') ? header.starts_with(w) : header == w;
  });
}

const FolderRule* rule_of(std::string_view path) {
  const auto rule = std::ranges::find_if(
      folder_rules, [&](const FolderRule& r) { return is_in(path, r.folder); });
  return rule == folder_rules.end() ? nullptr : &*rule;
}

// The path in this tree that a header's name stands for, if it can be one of ours:
// names begin at the root, at src/, or at the including file.
std::optional<std::string> ours(const File& file, std::string_view header, bool quoted) {
  const std::string name(header);
  for (const std::string& path : {name, "src/" + name}) {
    if (rule_of(path) != nullptr) return path;
  }
  if (!quoted) return std::nullopt;
  return (std::filesystem::path(file.path).parent_path() / name)
      .lexically_normal()
      .generic_string();
}

std::string_view third_party_name(std::string_view header) {
  const auto found = std::ranges::find_if(
      third_party, [&](const ThirdParty& t) { return names_header(t.headers, header); });
  return found == third_party.end() ? std::string_view{} : found->name;
}

bool is_rdma(std::string_view header) {
  return header.starts_with("rdma/") || header.starts_with("infiniband/");
}

bool is_standard(std::string_view header) {
  return header.find_first_of("./") == std::string_view::npos ||
         names_header(system_headers, header);
}

bool may_include_ours(const FolderRule& rule, std::string_view path) {
  return is_in(path, rule.folder) || rule.ours == everything ||
         std::ranges::any_of(words(rule.ours), [&](std::string_view w) { return is_in(path, w); });
}

std::string allowed(const FolderRule& rule) {
  std::string text = std::string(rule.folder) + " may include itself, the standard library";
  if (rule.rdma == Rdma::Yes) text += ", rdma-core";
  if (rule.ours == everything) text += ", everything of ours";
  for (const std::string_view list : {rule.ours, rule.third_party}) {
    if (list == everything) continue;
    for (const std::string_view w : words(list)) text += ", " + std::string(w);
  }
  return text;
}

bool may_include(const FolderRule& rule, const File& file, std::string_view header, bool quoted) {
  if (const std::string_view name = third_party_name(header); !name.empty()) {
    const auto list = words(rule.third_party);
    return rule.third_party == everything || std::ranges::find(list, name) != list.end();
  }
  if (is_rdma(header)) return rule.rdma == Rdma::Yes;
  if (header.empty()) return false;
  if (!quoted && is_standard(header)) return true;
  const std::optional<std::string> path = ours(file, header, quoted);
  return path && may_include_ours(rule, *path);
}

struct Include {
  std::string_view header;
  bool quoted;
};

std::string_view trimmed(std::string_view s) {
  const std::size_t from = s.find_first_not_of(" \t");
  return from == std::string_view::npos ? std::string_view{} : s.substr(from);
}

// An include by a macro's name has an empty header, which nothing allows.
std::optional<Include> include_of(std::string_view line) {
  line = trimmed(line);
  if (!line.starts_with('#')) return std::nullopt;
  line = trimmed(line.substr(1));
  if (!line.starts_with("include")) return std::nullopt;
  line = trimmed(line.substr(std::string_view("include").size()));
  if (line.empty() || (line[0] != '"' && line[0] != '<')) return Include{"", false};
  const bool quoted = line[0] == '"';
  return Include{line.substr(1, line.find(quoted ? '"' : '>', 1) - 1), quoted};
}

}  // namespace

Findings check_includes(const File& file) {
  if (!is_cpp(file.path)) return {};
  const FolderRule* rule = rule_of(file.path);
  if (rule == nullptr) {
    return {file.path +
            ": no rule says what this folder may include; add it to folder_rules in "
            "tests/tree/includes.hpp and to docs/architecture.md"};
  }
  Findings findings;
  const std::string code = without_comments(file.text, Strings::Keep);
  const auto lines = lines_of(code);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::optional<Include> include = include_of(lines[i]);
    if (!include || may_include(*rule, file, include->header, include->quoted)) continue;
    findings.push_back(at(file, i) + "includes '" + std::string(include->header) + "'; " +
                       allowed(*rule));
  }
  return findings;
}

Findings check_includes(const std::vector<File>& files) {
  Findings all;
  for (const File& file : files) {
    for (std::string& finding : check_includes(file)) all.push_back(std::move(finding));
  }
  return all;
}

std::string table_cell(const FolderRule& rule) {
  std::vector<std::string> parts;
  if (rule.ours == everything)
    parts.emplace_back("everything of ours");
  else
    for (const std::string_view w : words(rule.ours)) parts.push_back("`" + std::string(w) + "`");
  if (rule.rdma == Rdma::Yes) parts.emplace_back("rdma-core");
  if (rule.third_party == everything)
    parts.emplace_back("every package");
  else
    for (const std::string_view w : words(rule.third_party)) parts.emplace_back(w);
  if (parts.empty()) return "nothing";
  std::string cell = parts[0];
  for (std::size_t i = 1; i < parts.size(); ++i) cell += ", " + parts[i];
  return cell;
}

Findings check_page(const File& page) {
  Findings findings;
  for (const FolderRule& rule : folder_rules) {
    const std::string begin = "| `" + std::string(rule.folder) + "/` |";
    const std::string end = "| " + table_cell(rule) + " |";
    const bool said = std::ranges::any_of(lines_of(page.text), [&](std::string_view line) {
      return line.starts_with(begin) && line.ends_with(end);
    });
    if (!said)
      findings.push_back(page.path + ": has no row that begins '" + begin + "' and ends '" + end +
                         "'");
  }
  return findings;
}

}  // namespace qpcheck::tree
