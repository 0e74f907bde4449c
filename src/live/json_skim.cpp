#include "live/json_skim.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace meshcheck::live {

namespace {

constexpr int kMostDepth = 512;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// RFC 8259, over a text whose values nobody needs. Each function leaves `at_` behind what it read.
class Skimmer {
 public:
  explicit Skimmer(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  bool whole() {
    skip_space();
    return value(0) && done();
  }
  bool members(const MemberFn& member) {
    skip_space();
    return here('{') && object(1, &member) && done();
  }
  bool elements(const ElementFn& element) {
    skip_space();
    return here('[') && array(1, &element) && done();
  }

 private:
  bool here(char c) const { return at_ != end_ && *at_ == c; }
  bool take(char c) {
    if (!here(c)) return false;
    ++at_;
    return true;
  }
  bool done() {
    skip_space();
    return at_ == end_;
  }
  void skip_space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }
  static std::string_view between(const char* begin, const char* end) {
    return {begin, static_cast<std::size_t>(end - begin)};
  }

  bool value(int depth) {
    if (at_ == end_ || depth >= kMostDepth) return false;
    switch (*at_) {
      case '{': return object(depth + 1, nullptr);
      case '[': return array(depth + 1, nullptr);
      case '"': return string();
      case 't': return word("true");
      case 'f': return word("false");
      case 'n': return word("null");
      default: return number();
    }
  }

  bool object(int depth, const MemberFn* member) {
    ++at_;
    skip_space();
    if (take('}')) return true;
    for (;;) {
      skip_space();
      const char* const key = at_;
      if (!here('"') || !string()) return false;
      const char* const key_end = at_;
      skip_space();
      if (!take(':')) return false;
      skip_space();
      const char* const begin = at_;
      if (!value(depth)) return false;
      if (member != nullptr) (*member)(between(key + 1, key_end - 1), between(begin, at_));
      skip_space();
      if (take('}')) return true;
      if (!take(',')) return false;
    }
  }

  bool array(int depth, const ElementFn* element) {
    ++at_;
    skip_space();
    if (take(']')) return true;
    for (;;) {
      skip_space();
      const char* const begin = at_;
      if (!value(depth)) return false;
      if (element != nullptr) (*element)(between(begin, at_));
      skip_space();
      if (take(']')) return true;
      if (!take(',')) return false;
    }
  }

  bool string() {
    ++at_;
    for (;;) {
      while (at_ != end_ && *at_ != '"' && *at_ != '\\' &&
             static_cast<unsigned char>(*at_) >= 0x20) {
        ++at_;
      }
      if (take('"')) return true;
      if (!take('\\') || !escape()) return false;
    }
  }

  bool escape() {
    if (at_ == end_) return false;
    const char letter = *at_++;
    if (letter != 'u') return std::string_view("\"\\/bfnrt").find(letter) != std::string_view::npos;
    if (end_ - at_ < 4 || !std::ranges::all_of(at_, at_ + 4, is_hex)) return false;
    at_ += 4;
    return true;
  }

  bool word(std::string_view expected) {
    if (!between(at_, end_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }

  bool digits() {
    if (at_ == end_ || !is_digit(*at_)) return false;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return true;
  }

  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (!take('e') && !take('E')) return true;
    if (!take('-')) take('+');
    return digits();
  }

  const char* at_;
  const char* end_;
};

}  // namespace

bool is_json(std::string_view text) { return Skimmer(text).whole(); }

bool for_each_member(std::string_view text, const MemberFn& member) {
  return Skimmer(text).members(member);
}

bool for_each_element(std::string_view text, const ElementFn& element) {
  return Skimmer(text).elements(element);
}

std::string_view find_member(std::string_view object, std::string_view key) {
  std::string_view found;
  const bool read = for_each_member(object, [&](std::string_view name, std::string_view value) {
    if (name == key) found = value;
  });
  return read ? found : std::string_view{};
}

std::string string_value(std::string_view text) {
  if (!text.starts_with('"')) return {};
  const auto value = nlohmann::json::parse(text, nullptr, false);
  return value.is_string() ? value.get<std::string>() : std::string{};
}

}  // namespace meshcheck::live
