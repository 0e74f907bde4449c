// Sets aside the findings that the user accepts, and says what is wrong with how they are accepted.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/evidence.h"
#include "meshcheck/day.h"
#include "meshcheck/finding.h"
#include "meshcheck/rule.h"
#include "meshcheck/suppression.h"

namespace meshcheck {

class Suppressor {
 public:
  // Of `not_honoured` a finding that they would cover says so, and nothing else comes of them.
  Suppressor(std::vector<Suppression> honoured, std::vector<Suppression> not_honoured, Day today);

  // Findings are matched as rules gave them, before any joins another: one that is set aside must
  // not come back as part of another.
  void mark(std::vector<Finding>& findings);
  // MC002 to MC005; after mark(). Those of rules that were not selected are left out. No
  // suppression covers them, or each could silence what is said of it.
  std::vector<Finding> judge(const Evidence& evidence) const;
  // A date was held against the day of the run.
  bool used_today() const { return used_today_; }

 private:
  struct Word {
    std::string rule;  // its ID, or a code of istioctl analyze; empty: none that can be suppressed
    bool used = false;
  };
  struct Entry {
    Suppression said;
    std::vector<Word> words;  // as `said.rules`
    bool honoured = true;
    bool expired = false;
    bool unreadable = false;  // its date

    bool holds() const { return honoured && !expired && !unreadable; }
  };
  class Judge;
  // Where a rule is named.
  struct Mention {
    std::size_t entry = 0;
    std::size_t word = 0;
  };

  void add(Suppression said, bool honoured, Day today);
  void mark(Finding& finding, const std::vector<Mention>& mentions);

  std::vector<Entry> entries_;
  std::map<std::string, std::vector<Mention>, std::less<>> by_rule_;
  bool used_today_ = false;
};

}  // namespace meshcheck
