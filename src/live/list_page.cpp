#include "live/list_page.h"

#include "live/json_skim.h"

namespace meshcheck::live {

std::optional<ListPage> read_list_page(std::string_view body) {
  ListPage page;
  const bool whole = for_each_member(body, [&](std::string_view key, std::string_view value) {
    if (key == "kind") page.kind = string_value(value);
    if (key == "metadata") {
      page.resource_version = string_value(find_member(value, "resourceVersion"));
      page.continue_token = string_value(find_member(value, "continue"));
    }
    if (key == "items") {
      page.items.clear();
      for_each_element(value, [&](std::string_view item) { page.items.push_back(item); });
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
