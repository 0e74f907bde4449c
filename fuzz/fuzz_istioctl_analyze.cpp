// Any bytes as output of istioctl analyze: read or refused, with places in the text.
#include <cstddef>
#include <cstdint>

#include "input/istioctl_analyze.h"
#include "walk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meshcheck;
  Source source;
  source.name = "fuzz.json";
  source.text = {reinterpret_cast<const char*>(data), size};
  const auto messages = read_istioctl_analyze(source);
  if (!messages) {
    fuzz::require(!messages.error().message.empty(), "a refusal says why");
    return 0;
  }
  for (const AnalyzerMessage& message : *messages) {
    fuzz::require(is_analyzer_code(message.code), "a message has a code");
    fuzz::require(message.location.line > 0 && message.location.column > 0, "and a place");
  }
  return 0;
}
