#include <algorithm>

#include "meshcheck/suppression.h"

namespace meshcheck {

std::vector<std::string> rule_words(std::string_view list) {
  constexpr std::string_view kBetween = ", \t\r\n";
  std::vector<std::string> words;
  while (true) {
    const auto begin = list.find_first_not_of(kBetween);
    if (begin == std::string_view::npos) return words;
    const auto end = std::min(list.find_first_of(kBetween, begin), list.size());
    words.emplace_back(list.substr(begin, end - begin));
    list.remove_prefix(end);
  }
}

}  // namespace meshcheck
