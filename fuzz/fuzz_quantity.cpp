// Any bytes as a quantity, a version, an image, a day and a time: what is read is written so that
// it is read alike.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "cli/duration.h"
#include "meshcheck/day.h"
#include "meshcheck/quantity.h"
#include "walk.h"

namespace {

using namespace meshcheck;
using fuzz::require;

void check_quantity(std::string_view text) {
  const auto read = Quantity::parse(text);
  if (!read) return;
  require(read->text() == text, "a quantity is spelt as the user spells it");
  require(read->is_zero() == (*read == Quantity()), "zero is zero");
  require(read->value() <= 0 || read->milli() > 0, "a positive one is so in thousandths");
  if (text.starts_with('-')) return;
  const auto whole = Quantity::parse(std::to_string(read->value()));
  require(whole && (*whole >= *read || read->value() == INT64_MAX), "whole units are rounded up");
}

void check_version(std::string_view text) {
  const auto read = Version::parse(text);
  if (!read) return;
  const auto again = Version::parse(read->text());
  require(again && again->text() == read->text() && again->suffix == read->suffix,
          "a version is read as written");
  require(read->at_least(read->major, read->minor, read->patch), "a version is at least itself");
  read->prerelease();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  check_quantity(text);
  check_version(text);
  require(text.find(image_tag(text)) != std::string_view::npos, "a tag is part of its image");
  if (const auto day = parse_day(text)) require(to_string(*day) == text, "a day has one spelling");
  if (const auto time = cli::parse_duration(text)) {
    const std::string spelt = std::to_string(time->count()) + "ms";
    require(cli::parse_duration(spelt) == time, "a time is read as written");
  }
  return 0;
}
