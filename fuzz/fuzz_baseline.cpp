// Any bytes as meshcheck-baseline.json: read, or refused with places; and what was read is read
// again as it is written.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "cli/baseline_file.h"
#include "memory_file.h"

namespace {

using namespace meshcheck;
using fuzz::require;

cli::BaselineRead read(std::string_view text) {
  cli::InputOptions options;
  options.baseline = fuzz::memory_file(text);
  return cli::read_baseline(options);
}

void compare(const BaselineEntry& a, const BaselineEntry& b) {
  require(a.fingerprint == b.fingerprint && a.count == b.count && a.rule == b.rule &&
              a.field == b.field && a.reason == b.reason,
          "an entry is read as written");
  require(a.added == b.added && a.expires == b.expires, "days are read as written");
  require(a.object.api_version == b.object.api_version && a.object.kind == b.object.kind &&
              a.object.name_space == b.object.name_space && a.object.name == b.object.name,
          "an object is read as written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const cli::BaselineRead first = read({reinterpret_cast<const char*>(data), size});
  for (const Error& error : first.errors) {
    require(!error.message.empty(), "a mistake says what is wrong");
    require(!error.location || error.location->column > 0, "a place has a column");
  }
  if (!first.errors.empty()) return 0;
  const std::string text = cli::write_baseline(first.baseline);
  const cli::BaselineRead second = read(text);
  require(second.errors.empty(), "what is written is read");
  require(first.baseline.paths == second.baseline.paths, "paths are read as written");
  const auto& entries = first.baseline.entries;
  require(entries.size() == second.baseline.entries.size(), "every entry is read again");
  for (std::size_t i = 0; i < entries.size(); ++i) {
    require(!cli::describe(entries[i]).empty() || entries[i].rule.empty(), "an entry has a name");
    compare(entries[i], second.baseline.entries[i]);
  }
  require(cli::write_baseline(second.baseline) == text, "the same entries are the same text");
  return 0;
}
