// Any bytes as a snapshot: as they are, as the tar archive in one, and as the table of contents in
// that. What is read is read again as it is written.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <zlib.h>

#include <fmt/format.h>

#include "live/archive.h"
#include "live/snapshot.h"
#include "walk.h"

namespace {

using namespace meshcheck::live;
using meshcheck::fuzz::require;

constexpr std::size_t kBlock = 512;

// Stored, not compressed: the bytes stay, and only gzip's own checks are made good.
std::string packed(std::string tar) {
  std::string out("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
  const auto little = [&](std::size_t value, int bytes) {
    for (; bytes > 0; --bytes, value >>= 8U) out += static_cast<char>(value & 0xFFU);
  };
  out += '\x01';  // the last block, stored
  little(tar.size(), 2);
  little(~tar.size(), 2);
  out += tar;
  little(::crc32(0, reinterpret_cast<const Bytef*>(tar.data()), static_cast<uInt>(tar.size())), 4);
  little(tar.size(), 4);
  return out;
}

// The sum of a header, which no mutation hits: of every block, since any may be one.
void put_sums(std::string& tar) {
  constexpr std::size_t kAt = 148;
  for (std::size_t at = 0; at + kBlock <= tar.size(); at += kBlock) {
    std::fill_n(tar.begin() + static_cast<std::ptrdiff_t>(at + kAt), 8, ' ');
    std::size_t sum = 0;
    for (std::size_t i = 0; i < kBlock; ++i) sum += static_cast<unsigned char>(tar[at + i]);
    tar.replace(at + kAt, 7, fmt::format("{:06o}", sum) + '\0');
  }
}

void check_archive(std::string_view bytes) {
  const auto files = read_archive(bytes);
  if (!files) {
    require(!files.error().message.empty(), "a refusal says why");
    return;
  }
  for (const ArchivedFile& file : *files) {
    if (file.name.size() > 100 || file.name.empty()) return;
  }
  const auto again = read_archive(write_archive(*files));
  require(again && again->size() == files->size(), "an archive is read as written");
  for (std::size_t i = 0; i < files->size(); ++i) {
    require((*files)[i].name == (*again)[i].name && (*files)[i].text == (*again)[i].text,
            "a file is read as written");
  }
}

// The archive's names are of 100 bytes; those of the kinds that we list are shorter.
bool fits(const Cluster& cluster) {
  return std::ranges::all_of(cluster.lists, [](const ObjectList& list) {
    const std::string name = list.resource + list.group;
    return name.size() < 70 && name.find('\0') == std::string::npos;
  });
}

void check_snapshot(std::string_view bytes) {
  const auto snapshot = read_snapshot(bytes);
  if (!snapshot) {
    require(!snapshot.error().message.empty(), "a refusal says why");
    return;
  }
  if (!std::ranges::all_of(snapshot->clusters, fits)) return;
  const std::string written = write_snapshot(*snapshot);
  const auto again = read_snapshot(written);
  require(again && write_snapshot(*again) == written, "a snapshot is read as written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  check_archive(bytes);
  std::string tar(bytes);
  tar.resize((size / kBlock + 3) * kBlock);
  put_sums(tar);
  check_archive(packed(tar));
  check_snapshot(packed(std::move(tar)));
  check_snapshot(write_archive({{"snapshot.json", std::string(bytes)}}));
  return 0;
}
