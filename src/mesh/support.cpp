#include "meshcheck/support.h"

#include <algorithm>

namespace meshcheck {

std::optional<Support> support_of(const Version& istio, const Settings& settings) {
  const std::span<const SupportRow> rows = support_rows();
  const auto row = std::ranges::find(rows, istio.minor, &SupportRow::minor);
  std::optional<Support> found;
  if (row != rows.end()) {
    found = {parse_day(row->until).value(), row->expected, false, row->kubernetes_from,
             row->kubernetes_until};
  } else if (istio.minor < rows.front().minor) {
    found = {parse_day(rows.front().until).value(), false, true, 0, 0};
  }
  const auto said = settings.support.find(istio.minor_text());
  if (said == settings.support.end()) return found;
  if (!found) found.emplace();
  found->until = said->second;
  found->expected = found->older = false;
  return found;
}

Day support_table_date() { return parse_day(support_rows_date()).value(); }

}  // namespace meshcheck
