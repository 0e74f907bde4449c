#include "live/list_page.h"

#include "live/json_skim.h"

namespace meshcheck::live {

std::optional<ListPage> read_list_page(std::string_view body) {
  ListPage page;
  const auto is_text = [](std::string_view value) {
    return value.empty() || value == "null" || value.starts_with('"');
  };
  const bool whole = for_each_member(body, [&](std::string_view key, std::string_view value) {
    if (key == "kind") page.kind = string_value(value);
    if (key == "metadata") {
      page.resource_version = string_value(find_member(value, "resourceVersion"));
      const auto token = find_member(value, "continue");
      page.continue_token = string_value(token);
      if (!is_text(token)) page.fault = "its continue token is no text";
    }
    if (key == "items" && value != "null") {
      page.items.clear();
      const bool list = for_each_element(value, [&](std::string_view item) {
        if (!item.starts_with('{')) page.fault = "an item is no object";
        page.items.push_back(item);
      });
      if (!list) page.fault = "its items are no list";
    }
  });
  if (!whole) return std::nullopt;
  return page;
}

std::string_view item_uid(std::string_view item) {
  const auto uid = find_member(find_member(item, "metadata"), "uid");
  return uid.size() > 2 && uid.starts_with('"') ? uid.substr(1, uid.size() - 2)
                                                : std::string_view{};
}

}  // namespace meshcheck::live
