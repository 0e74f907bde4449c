// Any lines as `--set`'s PATH=VALUE: what a path makes is found there, and laying the same values
// over themselves changes nothing.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mesh/helm_value.h"
#include "walk.h"

namespace {

using namespace meshcheck;

bool same(const HelmValue& a, const HelmValue& b) {
  if (a.kind != b.kind || a.present != b.present || a.type != b.type || a.text != b.text ||
      a.members.size() != b.members.size() || a.items.size() != b.items.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.members.size(); ++i) {
    if (a.members[i].key != b.members[i].key) return false;
    if (!same(a.members[i].value, b.members[i].value)) return false;
  }
  for (std::size_t i = 0; i < a.items.size(); ++i) {
    if (!same(a.items[i], b.items[i])) return false;
  }
  return true;
}

std::size_t depth(const HelmValue& value) {
  std::size_t deepest = 0;
  for (const HelmMember& member : value.members) deepest = std::max(deepest, depth(member.value));
  for (const HelmValue& item : value.items) deepest = std::max(deepest, depth(item));
  return deepest + 1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest{reinterpret_cast<const char*>(data), size};
  HelmValue values;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    const std::string_view path = line.substr(0, equals);
    const HelmValue value = set_value(line.substr(equals + 1), {});
    fuzz::require(value.present, "what is set is there");
    values.make_path(path) = value;
    const bool plain = path.find('[') == path.npos && path.size() < 20;
    fuzz::require(!plain || path.ends_with('.') || same(values.find(path), value),
                  "what is set is found");
    fuzz::require(&values.make_path(path) == &values.make_path(path), "a path is one place");
    fuzz::require(depth(values) < 400, "values are no deeper than Helm's");
  }
  HelmValue twice = values;
  merge(twice, values);
  fuzz::require(same(twice, values), "the same values over themselves are the same");
  HelmValue corrected = values;
  correct(corrected, values);
  fuzz::require(same(corrected, values), "what was rendered so needs no correction");
  delete_nulls(twice);
  obscure(twice, "fuzz");
  return 0;
}
