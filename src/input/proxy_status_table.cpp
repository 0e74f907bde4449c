// The tables of istioctl, read by the names of their columns.
#include <algorithm>
#include <cctype>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "document/place.h"
#include "input/proxy_status.h"
#include "input/saved_text.h"
#include "meshcheck/ascii.h"

namespace meshcheck {
namespace {

struct Cell {
  std::string_view text;
  std::size_t begin = 0;     // bytes into the line
  std::uint32_t column = 0;  // code points before it
};
using Cells = std::vector<Cell>;

// Columns stand two spaces or a tab apart at least; cells may hold single spaces ("NOT SENT").
Cells split_wide(std::string_view line) {
  Cells cells;
  std::size_t at = 0;
  while ((at = line.find_first_not_of(" \t", at)) != std::string_view::npos) {
    std::size_t end = at;
    while (end < line.size() && line[end] != '\t' && line.substr(end, 2) != "  ") ++end;
    cells.push_back({trimmed(line.substr(at, end - at)), at, 0});
    at = end;
  }
  return cells;
}

// For a table that lost its padding: words, but "NOT SENT" and what is in parentheses belong to
// what stands before.
Cells split_words(std::string_view line) {
  Cells cells;
  std::size_t at = 0;
  bool open = false;
  while ((at = line.find_first_not_of(" \t", at)) != std::string_view::npos) {
    const std::size_t end = std::min(line.find_first_of(" \t", at), line.size());
    const std::string_view word = line.substr(at, end - at);
    const bool joins = !cells.empty() && (open || word.starts_with('(') ||
                                          (word == "SENT" && cells.back().text == "NOT") ||
                                          (word == "TYPES" && cells.back().text == "SUBSCRIBED"));
    if (joins) {
      cells.back().text = line.substr(cells.back().begin, end - cells.back().begin);
    } else {
      cells.push_back({word, at, 0});
    }
    open = (open || word.starts_with('(')) && !word.ends_with(')');
    at = end;
  }
  return cells;
}

void measure(std::string_view line, Cells& cells) {
  std::size_t done = 0;
  std::uint32_t column = 0;
  for (Cell& cell : cells) {
    column += count_code_points(line.substr(done, cell.begin - done));
    done = cell.begin;
    cell.column = column;
  }
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return result;
}

// Columns that only tell which proxy a row is of.
bool is_known_column(std::string_view name) {
  return name == "CLUSTER" || name == "ISTIOD" || name == "PILOT" || name == "VERSION" ||
         name == "SUBSCRIBED TYPES" || is_type_name(name);
}

struct Header {
  std::vector<std::string> names;  // capitals
  Cells cells;
  bool by_words = false;

  bool shows_states() const { return std::ranges::any_of(names, is_type_name); }
};

std::optional<Header> as_header(std::string_view line) {
  for (const bool by_words : {false, true}) {
    Header header;
    header.cells = by_words ? split_words(line) : split_wide(line);
    header.by_words = by_words;
    for (const Cell& cell : header.cells) header.names.push_back(upper(cell.text));
    const bool names_proxy = std::ranges::any_of(
        header.names, [](const std::string& name) { return name == "NAME" || name == "PROXY"; });
    if (!names_proxy || std::ranges::count_if(header.names, is_known_column) < 2) continue;
    measure(line, header.cells);
    return header;
  }
  return std::nullopt;
}

bool names_state(std::string_view word) {
  TypeStatus status;
  read_state(word, status);
  return !word.empty() && status.state != SyncState::unknown;
}

// Whether it tells what a row is there for: which proxy, and its states or, in a table without
// states, its istiod and version. A sentence below the table does not, nor a row cut off.
bool is_row(const Header& header, const Cells& cells) {
  const bool states = header.shows_states();
  bool tells = false;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string& name = header.names[i];
    const std::string_view text = cells[i].text;
    if ((name == "NAME" || name == "PROXY") && text.empty()) return false;
    if (is_type_name(name) && text.empty()) return false;
    tells = tells || (!text.empty() && (name == "ISTIOD" || name == "PILOT" || name == "VERSION"));
  }
  return states || tells;
}

// A full line whose states are states: whatever else it looks like, it is a proxy's.
bool is_certain_row(const Header& header, const Cells& cells) {
  if (header.by_words || cells.size() != header.cells.size()) return false;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (is_type_name(header.names[i]) && !names_state(cells[i].text)) return false;
  }
  return true;
}

// Which cell stands below which name: all of them in order or, where cells are empty, those that
// begin where a name does. Nullopt where neither holds.
std::optional<Cells> assign(const Header& header, std::string_view line) {
  Cells cells = header.by_words ? split_words(line) : split_wide(line);
  if (cells.size() == header.cells.size()) return cells;
  if (cells.size() > header.cells.size() || header.by_words) return std::nullopt;
  measure(line, cells);
  Cells assigned(header.cells.size());
  for (const Cell& cell : cells) {
    const auto at = std::ranges::find(header.cells, cell.column, &Cell::column);
    if (at == header.cells.end()) return std::nullopt;
    assigned[static_cast<std::size_t>(at - header.cells.begin())] = cell;
  }
  if (!is_row(header, assigned)) return std::nullopt;
  return assigned;
}

// One cell of words is a sentence, unless it is a row that lost its padding.
bool is_sentence(const Header& header, std::string_view line) {
  const Cells cells = header.by_words ? Cells{} : split_wide(line);
  if (cells.size() != 1 || cells[0].text.find(' ') == std::string_view::npos) return false;
  return line.find("SYNCED") == std::string_view::npos &&
         line.find("STALE") == std::string_view::npos;
}

// A prompt, or what a program says beside its table.
bool is_noise(std::string_view line) {
  line = trimmed(line);
  if (line.empty() || line.find_first_not_of("-=+ ") == std::string_view::npos) return true;
  for (const char* mark : {"$ ", "# ", "% ", "> ", "PS ", "\xE2\x9D\xAF", "\xE2\x9E\x9C"}) {
    if (line.starts_with(mark)) return true;
  }
  const std::string_view first = line.substr(0, line.find_first_of(" \t"));
  const bool prompt = first.find('@') != std::string_view::npos &&
                      (line.size() > first.size() || line.find_last_of("$#%>") == line.size() - 1);
  if (line == "$" || prompt || line.find("$ istioctl") != std::string_view::npos) {
    return true;
  }
  const std::string word = upper(first.substr(0, first.find(':')));
  // The last four are what kubectl says of itself.
  for (const char* name : {"WARNING", "WARN", "ERROR", "INFO", "NOTE", "DEBUG", "HINT", "!",
                           "DEFAULTED", "UNABLE", "FORWARDING", "HANDLING"}) {
    if (word == name) return true;
  }
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  // Logs begin with a time, or as klog's do: `W1122 08:30:00.123456`.
  constexpr std::string_view kDate = "0000-00-00";
  const bool date = first.size() >= kDate.size() &&
                    std::ranges::equal(first.substr(0, kDate.size()), kDate, [&](char a, char b) {
                      return b == '-' ? a == '-' : is_digit(a);
                    });
  const bool klog = first.size() == 5 &&
                    std::string_view("IWEF").find(first[0]) != std::string_view::npos &&
                    std::all_of(first.begin() + 1, first.end(), is_digit);
  return date || klog;
}

class Table {
 public:
  explicit Table(const Source& source) : source_(source) {}

  Result<std::vector<StatusSnapshot>> read() {
    SavedLines lines(source_.text);
    SavedLine line;
    while (lines.next(line)) {
      if (auto header = as_header(line.text)) {
        begin(line, *std::move(header));
      } else if (header_) {
        const auto cells = assign(*header_, line.text);
        const bool certain = cells && is_certain_row(*header_, split_wide(line.text));
        if (!certain && (is_noise(line.text) || is_sentence(*header_, line.text))) continue;
        if (!cells) return misread(line);
        add_row(line, *cells);
      }
    }
    return std::move(snapshots_);
  }

 private:
  void begin(const SavedLine& line, Header header) {
    StatusSnapshot& snapshot = snapshots_.emplace_back();
    snapshot.file = source_.name;
    snapshot.shows_states = header.shows_states();
    const Cell& first = header.cells.front();
    snapshot.location = place_in_line(source_.name, line, first.begin, first.text.size());
    header_ = std::move(header);
  }

  Error misread(const SavedLine& line) const {
    Error error = fail(source_.name,
                       fmt::format("line {} does not fit the {} columns of the table above it",
                                   line.number, header_->cells.size()),
                       "save the table as istioctl prints it, or use -o json (1.27 and newer)");
    const std::size_t begin = std::min(line.text.find_first_not_of(" \t"), line.text.size());
    error.location = place_in_line(source_.name, line, begin, line.text.size() - begin);
    return error;
  }

  void add_row(const SavedLine& line, const Cells& cells) {
    ProxyStatus proxy;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string& name = header_->names[i];
      const Cell& cell = cells[i];
      const auto place = [&] {
        return place_in_line(source_.name, line, cell.begin, cell.text.size());
      };
      if (name == "NAME" || name == "PROXY") {
        read_proxy_id(cell.text, proxy);
        proxy.location = place();
      } else if (name == "NAMESPACE") {
        proxy.name_space = cell.text;
      } else if (name == "CLUSTER") {
        proxy.cluster = cell.text;
      } else if (name == "ISTIOD" || name == "PILOT") {
        proxy.istiod = cell.text;
      } else if (name == "VERSION" || name == "ISTIO VERSION" || name == "PROXY VERSION") {
        proxy.version = cell.text;
      } else if (name == "TYPE" || name == "PROXY TYPE") {
        proxy.type = cell.text;
      } else if (is_type_name(name)) {
        TypeStatus& type = proxy.types.emplace_back();
        type.type = name;
        read_state(cell.text, type);
        type.location = place();
      }
    }
    snapshots_.back().proxies.push_back(std::move(proxy));
  }

  const Source& source_;
  std::optional<Header> header_;
  std::vector<StatusSnapshot> snapshots_;
};

}  // namespace

bool holds_status_table(std::string_view text) {
  SavedLines lines(text);
  SavedLine line;
  while (lines.next(line)) {
    if (as_header(line.text)) return true;
  }
  return false;
}

Result<std::vector<StatusSnapshot>> read_status_table(const Source& source) {
  return Table(source).read();
}

}  // namespace meshcheck
