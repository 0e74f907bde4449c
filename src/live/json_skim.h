// Proves that a text is one whole JSON value and finds its parts, without a tree and without
// memory.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace meshcheck::live {

// A member's key as written, between its quotes, and the text of its value.
using MemberFn = std::function<void(std::string_view key, std::string_view value)>;
using ElementFn = std::function<void(std::string_view value)>;

// Whether `text` is one JSON value and nothing else but white space; nested 512 deep at most.
bool is_json(std::string_view text);

// The members of the object, the elements of the array, that `text` is, in order. False where it is
// no such JSON; what came before the mistake was told then.
bool for_each_member(std::string_view text, const MemberFn& member);
bool for_each_element(std::string_view text, const ElementFn& element);

// The text of a member's value; empty where there is none. Of members of one name the last one.
std::string_view find_member(std::string_view object, std::string_view key);

// What a text means where it is a JSON string; empty for anything else.
std::string string_value(std::string_view text);

}  // namespace meshcheck::live
