#include "edit/lists.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

namespace meshcheck {
namespace {

struct MergeKey {
  std::string_view list;
  std::string_view outer;  // a mapping below the item, or empty
  std::string_view key;
};

constexpr std::array<MergeKey, 8> kMergeKeys = {{{"containers", "", "name"},
                                                 {"initContainers", "", "name"},
                                                 {"env", "", "name"},
                                                 {"webhooks", "", "name"},
                                                 {"topologySpreadConstraints", "", "topologyKey"},
                                                 {"containerPolicies", "", "containerName"},
                                                 {"extensionProviders", "", "name"},
                                                 // No merge key of Kubernetes' own; each resource
                                                 // stands there once.
                                                 {"metrics", "resource", "name"}}};

std::string_view key_of(Node item, const MergeKey& by) {
  return by.outer.empty() ? item[by.key].text() : item[by.outer][by.key].text();
}

Alignment align_by(Node have, Node want, const MergeKey& by) {
  Alignment found;
  for (const Node wanted : want.items()) {
    const std::string_view key = key_of(wanted, by);
    if (key.empty()) return {.whole = true, .items = {}};
    std::optional<std::size_t> same;
    std::size_t index = 0;
    for (const Node item : have.items()) {
      if (!same && key_of(item, by) == key) same = index;
      ++index;
    }
    found.items.push_back(same);
  }
  return found;
}

bool is_kept(Node want, std::string_view key) { return !want[key]; }

// What is written where nothing stood: the keys that it says null for are left out.
bool is_value_of(Node after, Node want) {
  if (want.is_mapping()) {
    if (!after.is_mapping()) return want.size() == 0 && after.is_null() && after;
    std::size_t written = 0;
    for (const Entry entry : want.entries()) {
      if (entry.value.is_null()) continue;
      ++written;
      if (!is_value_of(after[entry.key.text()], entry.value)) return false;
    }
    return after.size() == written;
  }
  if (want.is_sequence()) {
    if (!after.is_sequence() || after.size() != want.size()) return false;
    auto other = after.items().begin();
    return std::ranges::all_of(want.items(),
                               [&](Node item) { return is_value_of(*other++, item); });
  }
  return after && equal(after, want);
}

bool is_merge(Node before, Node want, Node after, std::string_view field);

bool is_mapping_merge(Node before, Node want, Node after) {
  if (!after.is_mapping()) return false;
  std::set<std::string_view> keys;
  for (const Entry entry : before.entries()) {
    const std::string_view key = entry.key.text();
    if (!keys.insert(key).second) continue;
    if (is_kept(want, key)) {
      if (!after[key] || !equal(before[key], after[key])) return false;
    } else if (want[key].is_null()) {
      // The last key stays, without a value: a mapping without entries is another thing.
      const bool stays = before.size() == 1 && after[key].is_null() && after[key];
      if (after[key] && !stays) return false;
      if (!stays) keys.erase(key);
    } else if (!is_merge(before[key], want[key], after[key], key)) {
      return false;
    }
  }
  for (const Entry entry : want.entries()) {
    if (before[entry.key.text()] || entry.value.is_null()) continue;
    keys.insert(entry.key.text());
    if (!is_value_of(after[entry.key.text()], entry.value)) return false;
  }
  std::set<std::string_view> found;
  for (const Entry entry : after.entries()) found.insert(entry.key.text());
  return found == keys;
}

bool is_list_merge(Node before, Node want, Node after, std::string_view field) {
  const Alignment aligned = align(before, want, field);
  if (aligned.whole) return is_value_of(after, want);
  std::vector<Node> wanted(before.size());
  std::vector<Node> added;
  std::size_t number = 0;
  for (const Node item : want.items()) {
    const auto place = aligned.items[number++];
    if (place) {
      wanted[*place] = item;
    } else {
      added.push_back(item);
    }
  }
  if (after.size() != before.size() + added.size()) return false;
  for (std::size_t i = 0; i < after.size(); ++i) {
    const Node item = after.at(i);
    if (i >= before.size()) {
      if (!is_value_of(item, added[i - before.size()])) return false;
      continue;
    }
    const bool good =
        wanted[i] ? is_merge(before.at(i), wanted[i], item, {}) : equal(before.at(i), item);
    if (!good) return false;
  }
  return true;
}

bool is_merge(Node before, Node want, Node after, std::string_view field) {
  if (!after) return false;
  if (want.is_mapping() && before.is_mapping()) return is_mapping_merge(before, want, after);
  if (want.is_mapping() && before.embedded()) {
    return after.embedded() && is_mapping_merge(before.embedded(), want, after.embedded());
  }
  if (want.is_sequence() && before.is_sequence() && before.size() != 0) {
    return after.is_sequence() && is_list_merge(before, want, after, field);
  }
  return is_value_of(after, want);
}

}  // namespace

Alignment align(Node have, Node want, std::string_view field) {
  for (const MergeKey& by : kMergeKeys) {
    if (by.list == field) return align_by(have, want, by);
  }
  if (have.size() != want.size()) return {.whole = true, .items = {}};
  Alignment pairs;
  for (std::size_t i = 0; i < want.size(); ++i) pairs.items.emplace_back(i);
  return pairs;
}

bool equal(Node a, Node b) {
  if (a.kind() != b.kind() || a.size() != b.size()) return false;
  if (a.is_mapping()) {
    return std::ranges::all_of(a.entries(), [&](const Entry& entry) {
      const std::string_view key = entry.key.text();
      return b[key] && equal(a[key], b[key]);
    });
  }
  if (a.is_sequence()) {
    auto other = b.items().begin();
    return std::ranges::all_of(a.items(), [&](Node item) { return equal(item, *other++); });
  }
  return a.text() == b.text() && a.type() == b.type();
}

bool is_merge_of(Node before, Node want, Node after) { return is_merge(before, want, after, {}); }

}  // namespace meshcheck
