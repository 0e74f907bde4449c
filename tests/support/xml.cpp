#include "support/xml.h"

#include <cctype>
#include <stdexcept>

#include "meshcheck/utf8.h"

namespace meshcheck::test {
namespace {

constexpr std::string_view kDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  XmlElement document() {
    take(kDeclaration);
    XmlElement root = element();
    skip_blanks();
    if (!text_.empty()) fail("something follows the root");
    return root;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(what + " at: " + std::string(text_.substr(0, 60)));
  }

  void take(std::string_view expected) {
    if (!text_.starts_with(expected)) fail("no " + std::string(expected));
    text_.remove_prefix(expected.size());
  }

  void skip_blanks() {
    while (!text_.empty() && (text_[0] == ' ' || text_[0] == '\n')) text_.remove_prefix(1);
  }

  std::string name() {
    std::size_t size = 0;
    while (size < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[size])) != 0 || text_[size] == '-')) {
      ++size;
    }
    if (size == 0) fail("no name");
    std::string out(text_.substr(0, size));
    text_.remove_prefix(size);
    return out;
  }

  XmlElement element() {
    take("<");
    XmlElement out;
    out.name = name();
    while (text_.starts_with(' ')) attribute(out);
    if (text_.starts_with("/>")) {
      take("/>");
      return out;
    }
    take(">");
    while (!text_.starts_with("</")) {
      if (text_.starts_with('<')) {
        out.children.push_back(element());
      } else {
        out.text += character('<');
      }
    }
    take("</");
    take(out.name);
    take(">");
    return out;
  }

  void attribute(XmlElement& element) {
    take(" ");
    const std::string key = name();
    take("=\"");
    std::string value;
    while (!text_.starts_with('"')) {
      if (text_.starts_with('<')) fail("a < in an attribute");
      value += character('"');
    }
    take("\"");
    if (!element.attributes.emplace(key, value).second) fail("twice the attribute " + key);
  }

  // One character of text or value, of those that XML 1.0 allows.
  std::string character(char end) {
    if (text_.empty()) fail("the document ends early");
    if (text_[0] == '&') return entity();
    const CodePoint point = decode_utf8(text_);
    const bool control = point.value < 0x20 && point.value != '\n';
    if (!point.valid || control || point.value == 0xFFFE || point.value == 0xFFFF) {
      fail("a character that XML refuses");
    }
    if (text_.starts_with("]]>") && end == '<') fail("]]> in text");
    std::string out(text_.substr(0, point.length));
    text_.remove_prefix(point.length);
    return out;
  }

  std::string entity() {
    static const std::map<std::string_view, std::string> kEntities = {
        {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"}};
    for (const auto& [written, meant] : kEntities) {
      if (!text_.starts_with(written)) continue;
      text_.remove_prefix(written.size());
      return meant;
    }
    fail("an unknown entity");
  }

  std::string_view text_;
};

void collect(const XmlElement& element, std::string_view wanted,
             std::vector<const XmlElement*>& out) {
  if (element.name == wanted) out.push_back(&element);
  for (const XmlElement& child : element.children) collect(child, wanted, out);
}

}  // namespace

const std::string& XmlElement::operator[](const std::string& attribute) const {
  const auto found = attributes.find(attribute);
  if (found == attributes.end()) throw std::runtime_error(name + " has no " + attribute);
  return found->second;
}

std::vector<const XmlElement*> XmlElement::all(std::string_view wanted) const {
  std::vector<const XmlElement*> out;
  collect(*this, wanted, out);
  return out;
}

XmlElement parse_xml(std::string_view text) { return Reader(text).document(); }

}  // namespace meshcheck::test
