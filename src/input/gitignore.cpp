#include "input/gitignore.h"

#include <cctype>
#include <cstddef>
#include <ranges>
#include <utility>

namespace meshcheck {
namespace {

using Bytes = std::bitset<256>;

std::size_t index(char byte) { return static_cast<unsigned char>(byte); }

void add_range(Bytes& set, std::size_t first, std::size_t last) {
  for (std::size_t byte = first; byte <= last; ++byte) set.set(byte);
}

// False where no class has the name.
bool add_class(Bytes& set, std::string_view name) {
  constexpr std::pair<std::string_view, int (*)(int)> kClasses[] = {
      {"alnum", std::isalnum}, {"alpha", std::isalpha}, {"blank", std::isblank},
      {"cntrl", std::iscntrl}, {"digit", std::isdigit}, {"graph", std::isgraph},
      {"lower", std::islower}, {"print", std::isprint}, {"punct", std::ispunct},
      {"space", std::isspace}, {"upper", std::isupper}, {"xdigit", std::isxdigit},
  };
  for (const auto& [known, contains] : kClasses) {
    if (known != name) continue;
    for (int byte = 0; byte < 128; ++byte) {
      if (contains(byte) != 0) set.set(static_cast<std::size_t>(byte));
    }
    return true;
  }
  return false;
}

// Reads the bracket expression that begins after its `[`. Where one is malformed, the pattern
// matches nothing.
class Brackets {
 public:
  Brackets(std::string_view glob, std::size_t at) : glob_(glob), at_(at) {}

  std::optional<Bytes> parse() {
    const bool negated = now('!') || now('^');
    if (negated) ++at_;
    do {
      if (!member()) return std::nullopt;
    } while (!now(']'));
    ++at_;
    if (negated) set_.flip();
    set_.reset(index('/'));
    return set_;
  }
  std::size_t end() const { return at_; }

 private:
  bool now(char byte) const { return at_ < glob_.size() && glob_[at_] == byte; }

  // A byte, escaped or not.
  std::optional<std::size_t> byte() {
    if (now('\\')) ++at_;
    if (at_ >= glob_.size()) return std::nullopt;
    return index(glob_[at_++]);
  }

  bool member() {
    if (now('-') && previous_ && at_ + 1 < glob_.size() && glob_[at_ + 1] != ']') {
      ++at_;
      const auto last = byte();
      if (last) add_range(set_, *previous_, *last);
      previous_.reset();
      return last.has_value();
    }
    if (glob_.substr(at_).starts_with("[:")) {
      const std::size_t close = glob_.find(']', at_ + 2);
      if (close == std::string_view::npos) return false;
      if (close > at_ + 2 && glob_[close - 1] == ':') {
        const std::string_view name = glob_.substr(at_ + 2, close - 1 - (at_ + 2));
        at_ = close + 1;
        previous_.reset();
        return add_class(set_, name);
      }
    }
    previous_ = byte();
    if (previous_) set_.set(*previous_);
    return previous_.has_value();
  }

  std::string_view glob_;
  std::size_t at_;
  Bytes set_;
  std::optional<std::size_t> previous_;  // what a `-` could start from
};

// Spaces at a line's end do not count unless a backslash stands before them.
std::string_view without_trailing_spaces(std::string_view line) {
  std::size_t end = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '\\' && at + 1 < line.size())
      ++at;
    else if (line[at] == ' ')
      continue;
    end = at + 1;
  }
  return line.substr(0, end);
}

}  // namespace

std::optional<IgnorePattern> IgnorePattern::parse(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.starts_with('#')) return std::nullopt;
  line = without_trailing_spaces(line);
  IgnorePattern pattern;
  if (line.starts_with('!')) {
    pattern.negated_ = true;
    line.remove_prefix(1);
  }
  if (line.ends_with('/')) {
    pattern.folders_only_ = true;
    line.remove_suffix(1);
  }
  pattern.anchored_ = line.find('/') != std::string_view::npos;
  if (line.starts_with('/')) line.remove_prefix(1);
  if (line.empty() || !pattern.compile(line)) return std::nullopt;
  return pattern;
}

bool IgnorePattern::compile(std::string_view glob) {
  if (glob.find_first_of("*?[\\") == std::string_view::npos) {
    literal_ = glob;
    return true;
  }
  for (std::size_t at = 0; at < glob.size();) {
    Token token;
    switch (const char byte = glob[at++]) {
      case '*': token.step = parse_stars(glob, at); break;
      case '?': token.accepts.set().reset(index('/')); break;
      case '[': {
        Brackets brackets(glob, at);
        const std::optional<Bytes> set = brackets.parse();
        if (!set) return false;
        token.accepts = *set;
        at = brackets.end();
        break;
      }
      default:
        if (byte == '\\' && at == glob.size()) return false;
        token.accepts.set(index(byte == '\\' ? glob[at++] : byte));
    }
    tokens_.push_back(token);
  }
  return true;
}

// `at` stands after the first star. Two mean more than one only as a whole part of the path.
IgnorePattern::Step IgnorePattern::parse_stars(std::string_view glob, std::size_t& at) {
  const std::size_t start = at - 1;
  while (at < glob.size() && glob[at] == '*') ++at;
  const std::string_view rest = glob.substr(at);
  if (at - start == 1 || (start > 0 && glob[start - 1] != '/')) return Step::star;
  if (rest.empty() || rest.starts_with("\\/")) return Step::any_depth;
  if (!rest.starts_with('/')) return Step::star;
  ++at;
  return Step::any_folders;
}

bool IgnorePattern::matches(std::string_view path, bool is_folder) const {
  if (folders_only_ && !is_folder) return false;
  const std::string_view text = anchored_ ? path : path.substr(path.rfind('/') + 1);
  return tokens_.empty() ? text == literal_ : matches_glob(text);
}

// Row by row over the tokens: reached[j] says that the tokens so far match the text's first j
// bytes. Linear in the product of both lengths, whatever the pattern.
bool IgnorePattern::matches_glob(std::string_view text) const {
  std::vector<char> reached(text.size() + 1, 0);
  std::vector<char> next(text.size() + 1, 0);
  reached[0] = 1;
  for (const Token& token : tokens_) {
    bool before = false;  // any of reached[0…j-1]
    for (std::size_t j = 0; j <= text.size(); ++j) {
      const char last = j == 0 ? '\0' : text[j - 1];
      bool now = false;
      switch (token.step) {
        case Step::one: now = j > 0 && reached[j - 1] != 0 && token.accepts[index(last)]; break;
        case Step::star: now = reached[j] != 0 || (j > 0 && next[j - 1] != 0 && last != '/'); break;
        case Step::any_depth: now = reached[j] != 0 || before; break;
        case Step::any_folders: now = reached[j] != 0 || (before && last == '/'); break;
      }
      next[j] = now ? 1 : 0;
      before = before || reached[j] != 0;
    }
    reached.swap(next);
  }
  return reached[text.size()] != 0;
}

IgnoreFile::IgnoreFile(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (auto pattern = IgnorePattern::parse(text.substr(0, end))) {
      patterns_.push_back(*std::move(pattern));
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

std::optional<bool> IgnoreFile::ignores(std::string_view path, bool is_folder) const {
  for (const IgnorePattern& pattern : std::views::reverse(patterns_)) {
    if (pattern.matches(path, is_folder)) return !pattern.negated();
  }
  return std::nullopt;
}

}  // namespace meshcheck
