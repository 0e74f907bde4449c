// What a .gitignore file says about a path, as git reads it (gitignore(5); git: dir.c,
// wildmatch.c).
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshcheck {

// One line of a .gitignore file.
class IgnorePattern {
 public:
  // Nullopt for blank lines, comments, and what can match nothing.
  static std::optional<IgnorePattern> parse(std::string_view line);

  // `path` is relative to the folder of the .gitignore file, `/` between its parts.
  bool matches(std::string_view path, bool is_folder) const;
  bool negated() const { return negated_; }

 private:
  enum class Step : std::uint8_t {
    one,          // a byte of `accepts`
    star,         // any run of bytes other than `/`
    any_depth,    // `**`: any run of bytes
    any_folders,  // `**/`: nothing, or any run of bytes that ends in `/`
  };
  struct Token {
    Step step = Step::one;
    std::bitset<256> accepts;
  };

  bool compile(std::string_view glob);
  static Step parse_stars(std::string_view glob, std::size_t& at);
  bool matches_glob(std::string_view text) const;

  bool negated_ = false;
  bool folders_only_ = false;
  bool anchored_ = false;  // compared with the whole path, else with its last part
  std::string literal_;    // the text to equal, where the pattern has no wildcard
  std::vector<Token> tokens_;
};

// The patterns of one .gitignore file.
class IgnoreFile {
 public:
  explicit IgnoreFile(std::string_view text);

  // What the last pattern that matches says; nullopt where none does. Folders above are not looked
  // at: who walks down never enters an ignored one, which is why git cannot re-include below it.
  std::optional<bool> ignores(std::string_view path, bool is_folder) const;

 private:
  std::vector<IgnorePattern> patterns_;
};

}  // namespace meshcheck
