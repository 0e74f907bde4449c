#include "input/spoken_text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "meshcheck/ascii.h"

namespace meshcheck {
namespace {

// Beyond this many lines a quote is one that was never opened: an apostrophe.
constexpr std::size_t kMostLines = 30;
constexpr std::size_t kLongestDocument = 1000;  // lines

// Commands, and functions as scripts commonly call their own.
bool says(std::string_view word) {
  constexpr std::array<std::string_view, 22> kWords = {
      "echo",  "printf", "die",        "fail",        "warn",         "warning", "log", "usage",
      "error", "err",    "info",       "note",        "abort",        "fatal",   "msg", "say",
      "print", "debug",  "Write-Host", "Write-Error", "Write-Output", "notice"};
  return std::ranges::find(kWords, word) != kWords.end() || word.starts_with("log_") ||
         word.starts_with("log::") || word.starts_with("log.") || word.starts_with("echo_");
}

// Before a command: keywords, YAML's keys and list marks, a Dockerfile's RUN, Make's `@`.
bool introduces(std::string_view word) {
  constexpr std::array<std::string_view, 11> kWords = {"-",    "then", "do",  "else", "elif", "if",
                                                       "sudo", "!",    "RUN", "{",    "("};
  return word.ends_with(':') || std::ranges::find(kWords, word) != kWords.end();
}

// Reads the commands of one line, and of the following ones where a quoted text goes on there.
class Commands {
 public:
  Commands(std::span<const TextLine> lines, std::size_t first) : lines_(lines), number_(first) {}

  // Adds what they say; the number of the next line to read.
  std::size_t read(std::vector<std::string_view>& spoken) {
    for (;;) {
      const bool speaks = begin_command();
      const Places begin{number_, at_};
      if (!end_command(speaks)) return begin.number + 1;  // a quote that never closes
      if (speaks && !is_run()) add(begin, spoken);
      if (at_ >= text().size()) return number_ + 1;
      ++at_;
    }
  }

 private:
  struct Places {
    std::size_t number, at;
  };
  std::string_view text() const { return lines_[number_].text; }

  // Steps over the command's name; true where it is one that says things.
  bool begin_command() {
    for (;;) {
      at_ = std::min(text().find_first_not_of(" \t@", at_), text().size());
      // A quote around the whole command is YAML's.
      const bool quoted = at_ < text().size() && (text()[at_] == '"' || text()[at_] == '\'');
      if (quoted) outer_ = text()[at_++];
      const std::size_t end = std::min(text().find_first_of(" \t;|&(){}\"'", at_), text().size());
      const std::string_view word = text().substr(at_, end - at_);
      if (word.empty()) return false;
      if (!introduces(word)) {
        const bool speaks = says(word) && (end == text().size() || text()[end] != '(');
        if (speaks) at_ = end;
        return speaks;
      }
      at_ = end;
    }
  }

  // To the character that ends the command, or the end of its line. Only quotes of a command that
  // speaks are followed over lines.
  bool end_command(bool speaks) {
    char quote = 0;
    const std::size_t last = std::min(lines_.size(), number_ + kMostLines);
    for (;;) {
      for (; at_ < text().size(); ++at_) {
        const char c = text()[at_];
        if (c == '\\' && quote != '\'') {
          ++at_;
        } else if (quote != 0) {
          if (c == quote) quote = 0;
        } else if (c == outer_) {
          outer_ = 0;
          return true;
        } else if (c == '"' || c == '\'') {
          quote = c;
        } else if (ends_command(c)) {
          return true;
        } else if (c == '#' && at_ > 0 && text()[at_ - 1] == ' ') {
          at_ = text().size();
          return true;
        }
      }
      at_ = text().size();
      const bool goes_on = speaks && (quote != 0 || trimmed(text()).ends_with('\\'));
      if (!goes_on) return true;
      if (number_ + 1 >= last) return false;
      ++number_;
      at_ = 0;
    }
  }
  bool ends_command(char c) const {
    if (c == '&' && at_ > 0 && text()[at_ - 1] == '>') return false;  // >&2
    return c == ';' || c == '|' || c == '&' || c == '(' || c == ')' || c == '{' || c == '}';
  }

  // `echo "…" | sh`, `echo "…" > install.sh`
  bool is_run() const {
    if (at_ < text().size() && text()[at_] == '|') {
      std::string_view next = trimmed(text().substr(at_ + 1));
      if (next.starts_with("sudo ")) next = trimmed(next.substr(5));
      return next.starts_with("sh") || next.starts_with("bash");
    }
    const std::string_view said = text().substr(0, at_);
    const std::size_t redirect = said.rfind('>');
    return redirect != kNone && trimmed(said.substr(redirect + 1)).ends_with(".sh");
  }

  void add(Places begin, std::vector<std::string_view>& spoken) const {
    for (std::size_t i = begin.number; i <= number_; ++i) {
      const std::size_t from = i == begin.number ? begin.at : 0;
      const std::size_t to = i == number_ ? std::min(at_, text().size()) : lines_[i].text.size();
      spoken.push_back(lines_[i].text.substr(from, to - from));
    }
  }

  std::span<const TextLine> lines_;
  std::size_t number_;
  std::size_t at_ = 0;
  char outer_ = 0;
};

// What is piped on or becomes a script, a Dockerfile, a manifest will be run.
bool will_run(std::string_view line) {
  return std::ranges::any_of(std::array{"|", ".sh", "Dockerfile", "Makefile", ".yaml", ".yml"},
                             [&](const char* mark) { return line.find(mark) != kNone; });
}

// The word that ends the document which `cat <<EOF` or `tee <<-'EOF'` begins.
std::optional<std::string_view> shown_until(std::string_view line) {
  const std::size_t at = line.find("<<");
  if (at == kNone || line.substr(at).starts_with("<<<")) return std::nullopt;
  const std::string_view before = line.substr(0, at);
  const bool shows = trimmed(before).starts_with("cat") || before.find(" cat ") != kNone ||
                     before.find("@cat ") != kNone || before.find("tee ") != kNone;
  if (!shows || will_run(line)) return std::nullopt;
  std::string_view word = line.substr(at + 2);
  word.remove_prefix(std::min(word.find_first_not_of("- \t\"'\\"), word.size()));
  word = word.substr(0, word.find_first_of(" \t\"';|&>)"));
  return word.empty() ? std::nullopt : std::optional(word);
}

// The line that ends the document begun on line `first`; `first` where it begins none.
std::size_t document_end(std::span<const TextLine> lines, std::size_t first) {
  const auto word = shown_until(lines[first].text);
  const std::size_t last = word ? std::min(lines.size(), first + kLongestDocument) : first;
  for (std::size_t i = first + 1; i < last; ++i) {
    if (trimmed(lines[i].text) == *word) return i;
  }
  return first;
}

}  // namespace

SpokenText::SpokenText(std::span<const TextLine> lines) {
  for (std::size_t number = 0; number < lines.size();) {
    const std::size_t end = document_end(lines, number);
    if (end == number) {
      number = Commands(lines, number).read(parts_);
      continue;
    }
    for (++number; number < end; ++number) parts_.push_back(lines[number].text);
  }
  std::ranges::sort(parts_, {}, &std::string_view::data);
}

bool SpokenText::holds(std::string_view part) const {
  // Parts do not overlap: each is a word of a command or a line of a document.
  const auto behind = std::ranges::upper_bound(parts_, part.data(), {}, &std::string_view::data);
  if (behind == parts_.begin()) return false;
  const std::string_view spoken = *std::prev(behind);
  return part.data() < spoken.data() + spoken.size();
}

}  // namespace meshcheck
