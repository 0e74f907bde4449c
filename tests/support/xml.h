// A strict reader of the XML that reports are written in: what it takes, every parser takes.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace meshcheck::test {

struct XmlElement {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::vector<XmlElement> children;
  std::string text;  // of the element itself, without that of its children

  // The value of an attribute; throws where there is none.
  const std::string& operator[](const std::string& attribute) const;
  // All elements of that name, at whatever depth, in document order.
  std::vector<const XmlElement*> all(std::string_view wanted) const;
};

// The root of a document with a declaration, elements, attributes in double quotes, text and the
// five entities, and nothing else. Throws std::runtime_error where it is not well-formed.
XmlElement parse_xml(std::string_view text);

}  // namespace meshcheck::test
