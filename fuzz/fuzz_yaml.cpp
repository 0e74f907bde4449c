// Any bytes as a YAML file: split, read as users' files are read, and every node looked at.
#include <cstddef>
#include <cstdint>
#include <string>

#include "input/split.h"
#include "walk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meshcheck;
  Source source;
  source.name = "fuzz.yaml";
  source.text = {reinterpret_cast<const char*>(data), size};
  std::uint64_t end = 0;
  std::uint32_t number = 0;
  for (const Chunk& chunk : split(source.text)) {
    fuzz::require(chunk.begin >= end && chunk.begin <= chunk.end && chunk.end <= size,
                  "chunks lie in the text, one after the other");
    fuzz::require(chunk.number == number++, "chunks count from 0");
    end = chunk.end;
    Arena arena;
    fuzz::check(source,
                parse(source, chunk, arena, Format::yaml, Reader::automatic, fuzz::kLimits));
  }
  return 0;
}
