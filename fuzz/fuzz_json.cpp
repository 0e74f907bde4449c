// Any bytes as a JSON file.
#include <cstddef>
#include <cstdint>

#include "input/split.h"
#include "walk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meshcheck;
  Source source;
  source.name = "fuzz.json";
  source.text = {reinterpret_cast<const char*>(data), size};
  Arena arena;
  fuzz::check(source, parse(source, whole(source.text), arena, Format::json, Reader::automatic,
                            fuzz::kLimits));
  return 0;
}
