#include "report/cut.h"

namespace meshcheck::report {

std::string at_most(std::string text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  bytes -= 3;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  text.resize(bytes);
  return text + "...";
}

}  // namespace meshcheck::report
