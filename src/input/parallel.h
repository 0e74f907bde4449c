// Runs independent pieces of work on several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace meshcheck {

// Calls work(worker, index) once for each index below `count`, in no order; `worker` is below
// `workers` and belongs to one thread at a time. Returns when all is done. Where results go by
// index, the outcome does not depend on the number of workers.
template <class Work>
void in_parallel(std::size_t workers, std::size_t count, const Work& work) {
  std::atomic<std::size_t> next = 0;
  const auto run = [&](std::size_t worker) {
    for (std::size_t index = 0; (index = next.fetch_add(1)) < count;) work(worker, index);
  };
  std::vector<std::jthread> threads;
  for (std::size_t worker = 1; worker < std::min(workers, count); ++worker) {
    threads.emplace_back(run, worker);
  }
  run(0);
}

}  // namespace meshcheck
