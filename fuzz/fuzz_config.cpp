// Any bytes as meshcheck.yaml: read, or refused with places in the text.
#include <cstddef>
#include <cstdint>

#include "cli/config.h"
#include "memory_file.h"
#include "meshcheck/rule.h"
#include "walk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meshcheck;
  const cli::ConfigRead read =
      cli::read_config(fuzz::memory_file({reinterpret_cast<const char*>(data), size}));
  std::uint32_t line = 0;
  for (const Error& error : read.errors) {
    fuzz::require(!error.message.empty(), "a mistake says what is wrong");
    if (!error.location) continue;  // the file as such: its encoding, its size
    fuzz::require(error.location->column > 0, "a place has a column");
    fuzz::require(error.location->line >= line, "mistakes are told in the order of the file");
    line = error.location->line;
  }
  if (!read.errors.empty()) return 0;
  fuzz::require(read.root["version"].text() == "1", "what is accepted has its version");
  for (const auto& [rule, severity] : read.config.severities) {
    fuzz::require(find_rule(rule) != nullptr, "a severity is of a rule");
  }
  for (const auto& [rule, values] : read.config.parameters) {
    const Rule* known = find_rule(rule);
    fuzz::require(known != nullptr, "a parameter is of a rule");
    const Parameters parameters(known->info, values);
    for (const ParameterInfo& info : known->info.parameters) {
      // Each throws where the text is not of its type.
      if (info.type == ParameterType::integer) parameters.integer(info.name);
      if (info.type == ParameterType::quantity) parameters.quantity(info.name);
    }
  }
  return 0;
}
