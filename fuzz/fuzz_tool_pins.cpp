// Any bytes as a Dockerfile, an asdf file and a mise file.
#include <cstddef>
#include <cstdint>

#include "input/tool_pins.h"
#include "walk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meshcheck;
  Source source;
  source.text = {reinterpret_cast<const char*>(data), size};
  for (const char* name : {"Dockerfile", ".tool-versions", "mise.toml"}) {
    source.name = name;
    for (const ToolPin& pin : find_tool_pins(source)) {
      fuzz::require(pin.at.line > 0 && pin.at.column > 0, "a pin has a place");
      using Kind = ToolPin::Kind;
      fuzz::require(pin.kind != Kind::exact || pin.version, "an exact pin has its version");
      fuzz::require(pin.kind != Kind::latest || !pin.version, "the latest is no version");
      const bool whole = pin.version && (pin.version->patch >= 0 || !pin.version->suffix.empty());
      fuzz::require(pin.kind != Kind::range || !whole, "a range stays within a minor, or wider");
      fuzz::require(source.text.find(pin.text) != source.text.npos, "a pin's text is the file's");
    }
  }
  return 0;
}
