#include "live/archive.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>
#define ZLIB_CONST  // zlib takes `const` input only so
#include <zlib.h>

#include <fmt/format.h>

namespace meshcheck::live {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kMostBytes = std::size_t{2} << 30;
constexpr int kGzip = 15 + 16;  // the largest window, and gzip's own head and check

// POSIX ustar (pubs.opengroup.org, pax: "ustar Interchange Format").
struct Header {
  std::array<char, 100> name;
  std::array<char, 8> mode;
  std::array<char, 8> owner;
  std::array<char, 8> group;
  std::array<char, 12> size;
  std::array<char, 12> modified;
  std::array<char, 8> sum;
  char type;
  std::array<char, 100> link;
  std::array<char, 8> magic;  // with the version
  std::array<char, 64> names;
  std::array<char, 16> device;
  std::array<char, 155> prefix;
  std::array<char, 12> rest;
};
static_assert(sizeof(Header) == kBlock);

template <std::size_t N>
void put(std::array<char, N>& field, std::string_view text) {
  std::copy_n(text.begin(), std::min(text.size(), N), field.begin());
}

template <std::size_t N>
std::string_view text_of(const std::array<char, N>& field) {
  const auto end = std::ranges::find(field, '\0');
  return {field.data(), static_cast<std::size_t>(end - field.begin())};
}

template <std::size_t N>
std::optional<std::size_t> octal(const std::array<char, N>& field) {
  std::size_t value = 0;
  for (const char c : text_of(field)) {
    if (c == ' ') continue;
    if (c < '0' || c > '7' || value > kMostBytes) return std::nullopt;
    value = value * 8 + static_cast<std::size_t>(c - '0');
  }
  return value;
}

std::size_t sum_of(Header header) {
  header.sum.fill(' ');
  std::array<unsigned char, kBlock> bytes{};
  std::memcpy(bytes.data(), &header, kBlock);
  std::size_t sum = 0;
  for (const unsigned char byte : bytes) sum += byte;
  return sum;
}

void append_file(const ArchivedFile& file, std::string& out) {
  Header header{};
  put(header.name, file.name);
  put(header.mode, "0000600");
  put(header.owner, "0000000");
  put(header.group, "0000000");
  put(header.size, fmt::format("{:011o}", file.text.size()));
  put(header.modified, "00000000000");
  header.type = '0';
  put(header.magic, std::string_view("ustar\00000", 8));
  put(header.sum, fmt::format("{:06o}", sum_of(header)));
  header.sum[7] = ' ';
  std::array<char, kBlock> bytes{};
  std::memcpy(bytes.data(), &header, kBlock);
  out.append(bytes.data(), kBlock);
  out += file.text;
  out.append((kBlock - file.text.size() % kBlock) % kBlock, '\0');
}

std::string compress(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    return {};
  }
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<const Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Result<std::string> decompress(std::string_view bytes) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzip) != Z_OK) return fail("", "zlib does not start");
  const std::unique_ptr<z_stream, int (*)(z_stream*)> closing(&stream, inflateEnd);
  stream.next_in = reinterpret_cast<const Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  std::array<char, 1 << 16> buffer{};
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = buffer.size();
    state = inflate(&stream, Z_NO_FLUSH);
    out.append(buffer.data(), buffer.size() - stream.avail_out);
    if (out.size() > kMostBytes) return fail("", "it unpacks to more than 2 GiB");
    if (state == Z_BUF_ERROR) return fail("", "it is cut short");
  }
  if (state != Z_STREAM_END) return fail("", "it is no gzip file, or a broken one");
  return out;
}

}  // namespace

std::string write_archive(const std::vector<ArchivedFile>& files) {
  std::string tar;
  for (const ArchivedFile& file : files) append_file(file, tar);
  tar.append(2 * kBlock, '\0');
  return compress(tar);
}

Result<std::vector<ArchivedFile>> read_archive(std::string_view bytes) {
  auto tar = decompress(bytes);
  if (!tar) return tar.error();
  std::vector<ArchivedFile> files;
  for (std::size_t at = 0;;) {
    if (at + kBlock > tar->size()) return fail("", "it is cut short");
    Header header{};
    std::memcpy(&header, tar->data() + at, kBlock);
    at += kBlock;
    if (header.name.front() == '\0') return files;
    const auto size = octal(header.size);
    if (!size || octal(header.sum) != sum_of(header)) return fail("", "it is no tar archive");
    if (*size > tar->size() - at) return fail("", "it is cut short");
    if (header.type == '0' || header.type == '\0') {
      std::string name(text_of(header.prefix));
      if (!name.empty()) name += '/';
      name += text_of(header.name);
      files.push_back({std::move(name), tar->substr(at, *size)});
    }
    at += (*size + kBlock - 1) / kBlock * kBlock;
  }
}

}  // namespace meshcheck::live
