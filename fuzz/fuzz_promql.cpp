// Any bytes as a PromQL expression, also where the metrics in it are a recording rule's: what is
// read of it is no more than there is.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mesh/promql.h"
#include "walk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meshcheck;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const Expression plain = read_expression(text, {});
  fuzz::require(plain.selectors.size() <= size, "a selector has a character of its own");
  fuzz::require(plain.thresholds.size() <= size, "and so has a comparison");
  for (const Threshold& threshold : plain.thresholds) {
    fuzz::require(std::isfinite(threshold.value), "a threshold is a number");
    fuzz::require(!threshold.op.empty(), "and says which side of it");
  }
  constexpr std::size_t kShort = 500;  // of each name it takes all that the rule behind it has
  if (size > kShort) return 0;
  const Recorded itself = [&](std::string_view) { return &plain; };
  const Expression recorded = read_expression(text, itself);
  fuzz::require(recorded.selectors.size() <= plain.selectors.size() * (plain.selectors.size() + 1),
                "a name stands for the one rule");
  return 0;
}
