#include "input/chart_reads.h"

#include <algorithm>
#include <cstddef>
#include <system_error>

#include "input/file_bytes.h"

namespace meshcheck {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCall = ".Files";

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The first string that stands in quotes; empty where there is none.
std::string_view first_string(std::string_view text) {
  const std::size_t open = text.find_first_of("\"`");
  if (open == std::string_view::npos) return {};
  const std::size_t close = text.find(text[open], open + 1);
  return close == std::string_view::npos ? std::string_view{}
                                         : text.substr(open + 1, close - open - 1);
}

void add_read(std::string_view call, ChartReads& reads) {
  const std::string_view path = first_string(call);
  const std::size_t fixed = std::min(path.find_first_of("*?[{%"), path.size());
  const std::string name = fs::path(path.substr(0, fixed)).lexically_normal().generic_string();
  if (fixed == 0) {
    reads.beginnings.emplace("files/");
  } else if (fixed == path.size()) {
    reads.files.insert(name);
  } else {
    reads.beginnings.insert(name);
  }
}

void add_folder(const fs::path& folder, ChartReads& reads) {
  std::error_code failure;
  for (fs::recursive_directory_iterator at(folder, failure), end; !failure && at != end;
       at.increment(failure)) {
    if (!at->is_regular_file(failure)) continue;
    if (const auto bytes = FileBytes::read(at->path().string(), at->path().string())) {
      add_reads(bytes->text(), reads);
    }
  }
}

}  // namespace

void add_reads(std::string_view text, ChartReads& reads) {
  for (std::size_t at = text.find(kCall); at != std::string_view::npos;
       at = text.find(kCall, at + 1)) {
    const std::string_view rest = text.substr(at + kCall.size());
    if (!rest.empty() && is_word(rest.front())) continue;
    const std::size_t end = std::min({rest.find("}}"), rest.find('\n'), rest.size()});
    add_read(rest.substr(0, end), reads);
  }
}

ChartReads find_chart_reads(const fs::path& folder) {
  ChartReads reads;
  for (const char* part : {"templates", "charts"}) add_folder(folder / part, reads);
  return reads;
}

}  // namespace meshcheck
