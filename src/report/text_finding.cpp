#include <algorithm>
#include <ostream>
#include <vector>

#include <fmt/format.h>

#include "report/place.h"
#include "report/remedy.h"
#include "report/summary.h"
#include "report/terminal.h"
#include "report/text_parts.h"

namespace meshcheck::report {
namespace {

std::string joined(const std::vector<std::string>& parts) {
  return fmt::format("{}", fmt::join(parts, ", "));
}

// Writes one finding's lines, all of them behind a gutter as wide as its line number.
class FindingWriter {
 public:
  FindingWriter(const Report& report, const Finding& finding, const Ink& ink, std::ostream& out)
      : report_(report), finding_(finding), ink_(ink), out_(out) {
    if (finding.location && finding.location->line != 0) {
      number_ = fmt::format("{}", finding.location->line);
    }
    gutter_.assign(std::max<std::size_t>(number_.size(), 2), ' ');
  }

  void write() {
    heading();
    arrow();
    excerpt();
    for (const Related& related : finding_.related) {
      if (related.rule.empty()) beside(related);
    }
    for (const Related& related : finding_.related) {
      if (!related.rule.empty()) folded(related);
    }
    if (finding_.fix) fix(*finding_.fix);
    if (finding_.values) comparison(*finding_.values);
    if (ink_.verbose()) identity();
    out_ << '\n';
  }

 private:
  void heading() {
    const RuleText* rule = find_rule_text(report_, finding_.rule);
    const std::string url =
        rule == nullptr || rule->references.empty() ? "" : rule->references.front();
    const Colour colour = colour_of(finding_.severity);
    out_ << ink_.paint(colour, fmt::format("{}[", to_string(finding_.severity)))
         << ink_.link(url, ink_.paint(colour, printable(finding_.rule))) << ink_.paint(colour, "]")
         << ink_.paint(Colour::bold, ": " + printable(finding_.message))
         << ink_.paint(Colour::dim, fmt::format(" ({})", printable(finding_.name))) << '\n';
  }

  void arrow() {
    std::vector<std::string> details;
    if (finding_.location && finding_.location->document != 0) {
      details.push_back(fmt::format("document {}", finding_.location->document));
    }
    if (finding_.location && !finding_.location->source.empty()) {
      details.push_back("from " + printable(finding_.location->source));
    }
    if (!finding_.mesh.empty()) details.push_back("mesh " + printable(finding_.mesh));
    out_ << gutter_ << ink_.paint(Colour::blue, "-->") << ' ' << place(finding_);
    if (!details.empty()) {
      out_ << ink_.paint(Colour::dim, fmt::format(" ({})", joined(details)));
    }
    out_ << '\n';
  }

  void excerpt() {
    if (number_.empty() || finding_.location->excerpt.empty()) return;
    const Location& where = *finding_.location;
    const std::uint32_t end = where.end_line > where.line ? 0 : where.end_column;
    const Excerpt shown =
        mark_excerpt(where.excerpt, where.column, end, ink_.width() - gutter_.size() - 3);
    const std::string bar = ink_.paint(Colour::blue, "|");
    out_ << gutter_ << ' ' << bar << '\n'
         << ink_.paint(Colour::blue, fmt::format("{:>{}}", number_, gutter_.size())) << ' ' << bar
         << ' ' << shown.text << '\n';
    if (where.column == 0) return;
    const std::size_t indent = shown.marks.find('^');
    out_ << gutter_ << ' ' << bar << ' ' << shown.marks.substr(0, indent)
         << ink_.paint(colour_of(finding_.severity), shown.marks.substr(indent)) << '\n';
  }

  // The partner of what is wrong, at a place of its own.
  void beside(const Related& related) {
    std::string where;
    if (related.location) {
      where = place(*related.location);
    } else if (related.object) {
      where = name_of(*related.object);
    }
    out_ << gutter_ << ink_.paint(Colour::blue, ":::") << ' ' << where
         << (where.empty() ? "" : ": ") << printable(related.message) << '\n';
  }

  void folded(const Related& related) {
    std::string text = related.message;
    if (related.location) text += fmt::format(" ({})", place(*related.location));
    note("also " + printable(related.rule), text);
  }

  // "= label: text", wrapped and hung under its first word.
  void note(std::string_view label, std::string_view text) {
    const std::size_t hang = label.size() + 4;
    const std::size_t used = gutter_.size() + 1 + hang;
    const std::vector<std::string> lines =
        wrap(text, ink_.width() > used + 20 ? ink_.width() - used : 20);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      out_ << gutter_ << ' ';
      if (i == 0) {
        out_ << ink_.paint(Colour::blue, "=") << ' '
             << ink_.paint(Colour::bold, fmt::format("{}:", label)) << ' ';
      } else {
        out_ << std::string(hang, ' ');
      }
      out_ << lines[i] << '\n';
    }
  }

  void fix(const Fix& fix) {
    if (!fix.description.empty()) note("help", fix.description);
    for (const Snippet& part : snippets(fix)) snippet(part.label, part.yaml);
  }

  // Not wrapped and without a gutter's bar: it is there to be copied.
  void snippet(std::string_view label, std::string_view yaml) {
    const std::string indent(gutter_.size() + 3, ' ');
    out_ << indent << ink_.paint(Colour::dim, fmt::format("# {}", label)) << '\n';
    for (const std::string& line : printable_lines(yaml)) {
      out_ << (line.empty() ? "" : indent) << ink_.paint(Colour::green, line) << '\n';
    }
  }

  void comparison(const Comparison& values) {
    std::vector<std::string> parts;
    if (!values.actual.empty()) {
      parts.push_back(values.provenance.empty() || is_marked(values.provenance)
                          ? fmt::format("found {}", values.actual)
                          : fmt::format("found {} ({})", values.actual, values.provenance));
    }
    if (!values.expected.empty()) parts.push_back(fmt::format("expected {}", values.expected));
    if (!parts.empty()) note("note", joined(parts));
  }

  // The source line above shows what stands there.
  bool is_marked(std::string_view provenance) const {
    return finding_.location &&
           provenance == fmt::format("{}:{}", finding_.location->file, finding_.location->line);
  }

  void identity() {
    std::string text = name_of(finding_.object);
    if (!finding_.field.empty()) text += " " + finding_.field;
    note("note", text);
    if (!finding_.fingerprint.empty()) note("note", "fingerprint " + finding_.fingerprint);
  }

  const Report& report_;
  const Finding& finding_;
  const Ink& ink_;
  std::ostream& out_;
  std::string number_;  // of the marked line, or empty
  std::string gutter_;
};

}  // namespace

void write_finding(const Report& report, const Finding& finding, const Ink& ink,
                   std::ostream& out) {
  FindingWriter(report, finding, ink, out).write();
}

}  // namespace meshcheck::report
