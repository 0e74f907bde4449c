#include "input/proxy_status.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "input/saved_text.h"
#include "meshcheck/time.h"

namespace meshcheck {
namespace {

constexpr const char* kHint =
    "save it with `istioctl proxy-status -o json` (1.26 and older: `istioctl proxy-status`), "
    "without the name of a proxy";

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// What the file says instead, in its own words.
Error unrecognised(const std::string& file, std::string_view text) {
  SavedLines lines(text);
  SavedLine line;
  while (lines.next(line) && is_blank(line.text)) {
  }
  const std::size_t begin = std::min(line.text.find_first_not_of(" \t"), line.text.size());
  const std::string_view shown = line.text.substr(begin, 60);
  Error error = fail(
      file, fmt::format("is no output of `istioctl proxy-status`: it begins `{}`", shown), kHint);
  if (text.find("Clusters Match") != std::string_view::npos ||
      text.find("Listeners Match") != std::string_view::npos) {
    error.message = "compares one proxy's configuration; it does not say the state of each proxy";
  }
  error.location = place_in_line(file, line, begin, line.text.size() - begin);
  return error;
}

// A duration in the parentheses behind a state is the time since istiod last sent (istio ≥ 1.27:
// istioctl/pkg/writer/pilot/status.go); older ones say "Never Acknowledged", or a percentage.
std::optional<std::chrono::seconds> age_in(std::string_view note) {
  if (note.size() < 2 || note.front() != '(' || note.back() != ')') return std::nullopt;
  note = note.substr(1, note.size() - 2);
  if (note.ends_with(" ago")) note.remove_suffix(4);
  return parse_duration(note);
}

}  // namespace

bool is_type_name(std::string_view name) {
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  return name.size() >= 3 && name.size() <= 5 && name.ends_with("DS") &&
         std::ranges::all_of(name, is_capital);
}

void read_state(std::string_view word, TypeStatus& status) {
  status.word = word;
  std::string state;
  std::size_t at = 0;
  for (; at < word.size() && word[at] != '('; ++at) {
    const char c = word[at] == '_' || word[at] == '-' ? ' ' : word[at];
    state += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  while (state.ends_with(' ')) state.pop_back();
  status.age = age_in(word.substr(at));
  if (state == "SYNCED") {
    status.state = SyncState::synced;
  } else if (state == "STALE") {
    status.state = SyncState::stale;
  } else if (state == "NOT SENT") {
    status.state = SyncState::not_sent;
  } else if (state == "IGNORED" || state.empty()) {
    status.state = SyncState::ignored;
  } else if (state == "ERROR" || state == "NACK" || state == "NACKED") {
    status.state = SyncState::error;
  } else {
    status.state = SyncState::unknown;
  }
}

void read_proxy_id(std::string_view id, ProxyStatus& proxy) {
  const std::size_t first = id.find('~');
  if (first != std::string_view::npos) {
    proxy.type = id.substr(0, first);
    const std::size_t second = id.find('~', first + 1);
    if (second != std::string_view::npos) id = id.substr(second + 1);
    id = id.substr(0, id.find('~'));
  }
  // A namespace has no dot; the name of a pod may.
  const std::size_t dot = id.rfind('.');
  proxy.name = id.substr(0, dot);
  if (dot != std::string_view::npos) proxy.name_space = id.substr(dot + 1);
}

Result<std::vector<StatusSnapshot>> read_proxy_status(
    const Source& source, std::optional<std::chrono::sys_seconds> taken) {
  const std::string text = clean_saved_text(source.text);
  if (is_blank(text)) {
    return fail(source.name, "is empty: it shows the status of no proxy",
                "see what istioctl said on its standard error");
  }
  const Source clean{source.name, text};
  if (holds_status_table(text)) return read_status_table(clean);
  if (holds_status_documents(text)) return read_status_documents(clean, taken);
  return unrecognised(source.name, text);
}

}  // namespace meshcheck
