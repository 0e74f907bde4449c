// One page of a list, read from the body of an answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshcheck::live {

struct ListPage {
  std::string kind;  // "PodList"
  std::string resource_version;
  std::string continue_token;           // empty: the last page
  std::vector<std::string_view> items;  // their texts within the body
  std::string_view fault;               // what no list has: "its items are no list"; else empty
};

// Nullopt where the body is not one whole JSON object. A body without items (of another kind, say)
// has a kind that does not end in "List".
std::optional<ListPage> read_list_page(std::string_view body);

// metadata.uid of an item; empty where it has none.
std::string_view item_uid(std::string_view item);

}  // namespace meshcheck::live
