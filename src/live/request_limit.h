// How many requests are in flight at once: fewer when the server says that it is too many.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace meshcheck::live {

// Safe to use from several threads.
class RequestLimit {
 public:
  explicit RequestLimit(std::size_t most) : most_(std::max<std::size_t>(most, 1)), limit_(most_) {}

  // Waits for a place. Each acquire() is followed by a release(), within the time of one request.
  void acquire() {
    std::unique_lock lock(mutex_);
    free_.wait(lock, [&] { return in_flight_ < limit_; });
    ++in_flight_;
  }

  // `throttled`: the server refused for load (429). Halves the limit; twenty other answers in a row
  // raise it by one.
  void release(bool throttled) {
    {
      const std::scoped_lock lock(mutex_);
      --in_flight_;
      if (throttled) {
        limit_ = std::max<std::size_t>(limit_ / 2, 1);
        calm_ = 0;
      } else if (++calm_ >= kCalm) {
        limit_ = std::min(limit_ + 1, most_);
        calm_ = 0;
      }
    }
    free_.notify_all();
  }

  std::size_t limit() const {
    const std::scoped_lock lock(mutex_);
    return limit_;
  }

 private:
  static constexpr int kCalm = 20;

  mutable std::mutex mutex_;
  std::condition_variable free_;
  std::size_t most_;
  std::size_t limit_;
  std::size_t in_flight_ = 0;
  int calm_ = 0;
};

}  // namespace meshcheck::live
