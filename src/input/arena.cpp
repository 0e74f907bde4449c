#include "input/arena.h"

#include <algorithm>
#include <cstring>

namespace meshcheck {

namespace {

constexpr std::size_t kFirstBlock = std::size_t{64} << 10;
constexpr std::size_t kLargestBlock = std::size_t{8} << 20;

}  // namespace

std::byte* Arena::take(std::size_t size) {
  size = (size + 15) & ~std::size_t{15};
  if (size > left_) {
    // Large pieces get a block of their own: the rest of the current one is kept for small ones.
    if (size > kLargestBlock / 4) {
      bytes_ += size;
      return blocks_.emplace_back(std::make_unique_for_overwrite<std::byte[]>(size)).get();
    }
    left_ = std::clamp(bytes_, kFirstBlock, kLargestBlock);
    left_ = std::max(left_, size);
    bytes_ += left_;
    free_ = blocks_.emplace_back(std::make_unique_for_overwrite<std::byte[]>(left_)).get();
  }
  std::byte* const taken = free_;
  free_ += size;
  left_ -= size;
  return taken;
}

const RawNode* Arena::copy(std::span<const RawNode> nodes) {
  std::byte* const place = take(nodes.size_bytes());
  if (!nodes.empty()) std::memcpy(place, nodes.data(), nodes.size_bytes());
  return reinterpret_cast<const RawNode*>(place);
}

const char* Arena::copy(std::string_view bytes) {
  std::byte* const place = take(bytes.size());
  if (!bytes.empty()) std::memcpy(place, bytes.data(), bytes.size());
  return reinterpret_cast<const char*>(place);
}

}  // namespace meshcheck
