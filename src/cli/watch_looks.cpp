#include "cli/watch_looks.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace meshcheck::cli {

const Look* Looks::before() const {
  if (looks_.empty()) return nullptr;
  const auto old = std::find_if(std::next(looks_.rbegin()), looks_.rend(), [&](const Look& look) {
    return looks_.back().at - look.at >= limit_;
  });
  return old == looks_.rend() ? nullptr : &*old;
}

// Of a long limit not every look: ten or so tell when it was passed well enough.
void Looks::add(Look look) {
  const std::size_t count = looks_.size();
  if (count >= 2 && looks_[count - 1].at - looks_[count - 2].at < limit_ / 10) looks_.pop_back();
  looks_.push_back(std::move(look));
  const Look* oldest = before();
  if (oldest == nullptr) return;
  while (&looks_.front() != oldest) looks_.pop_front();
}

}  // namespace meshcheck::cli
