// The parts of the text format, each written by one function.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

#include "meshcheck/report.h"

namespace meshcheck::report {

enum class Colour : std::uint8_t { bold, dim, red, yellow, blue, green, cyan };

Colour colour_of(Severity severity);

// Writes colours and links where the style wants them, and plain text where it does not. The text
// must be printable already.
class Ink {
 public:
  explicit Ink(const ReportStyle& style) : style_(style) {}

  std::string paint(Colour colour, std::string_view text) const;
  std::string link(std::string_view url, std::string_view text) const;
  std::size_t width() const;
  bool verbose() const { return style_.verbose; }

 private:
  const ReportStyle& style_;
};

void write_finding(const Report& report, const Finding& finding, const Ink& ink, std::ostream& out);
// Findings that are suppressed or in the baseline, each in a line, with the reason that was given.
void write_accepted(const Report& report, const Ink& ink, std::ostream& out);
// Entries of the baseline whose findings are gone.
void write_gone(const Report& report, const Ink& ink, std::ostream& out);
void write_statistics(const Report& report, const Ink& ink, std::ostream& out);
void write_points(const Report& report, const Ink& ink, std::ostream& out);
void write_not_evaluated(const Report& report, const Ink& ink, std::ostream& out);
// What could not be read is counted here; its words went to standard error.
void write_summary(const Report& report, const Ink& ink, std::ostream& out);

}  // namespace meshcheck::report
