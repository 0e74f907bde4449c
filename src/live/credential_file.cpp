#include "live/credential_file.h"

#include <algorithm>

#include <fmt/format.h>

#include "input/file_bytes.h"
#include "live/base64.h"
#include "meshcheck/ascii.h"

namespace meshcheck::live {
namespace {

constexpr std::size_t kMost = std::size_t{1} << 20U;

}  // namespace

Result<Secret> read_credential(const std::string& path, const std::string& what) {
  const Result<FileBytes> bytes = FileBytes::read(path, path);
  if (!bytes) {
    return fail(what, fmt::format("{} {}", path, bytes.error().message),
                "check the path and who may read the file");
  }
  const std::string_view text = bytes.value().text();
  if (text.size() > kMost) return fail(what, fmt::format("{} is larger than 1 MiB", path));
  return Secret(std::string(text));
}

bool is_one_line(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte != 0x7F;
  });
}

bool holds_pem(std::string_view text, std::string_view label) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  constexpr std::string_view kDashes = "-----";
  for (std::size_t at = text.find(kBegin); at != std::string_view::npos;
       at = text.find(kBegin, at + 1)) {
    const std::size_t named = at + kBegin.size();
    const std::size_t head = text.find(kDashes, named);
    if (head == std::string_view::npos) return false;
    const std::string_view name = text.substr(named, head - named);
    if (!name.ends_with(label)) continue;
    const std::size_t body = head + kDashes.size();
    const std::size_t tail = text.find(fmt::format("-----END {}-----", name), body);
    if (tail == std::string_view::npos) continue;
    std::string_view lines = text.substr(body, tail - body);
    // Headers of the old form end with an empty line.
    if (const std::size_t blank = lines.find("\n\n");
        lines.find(':') != std::string_view::npos && blank != std::string_view::npos) {
      lines.remove_prefix(blank);
    }
    std::string packed;
    std::ranges::copy_if(lines, std::back_inserter(packed),
                         [](char c) { return kWhiteSpace.find(c) == std::string_view::npos; });
    const Decoded decoded = decode_base64(packed);
    if (!decoded.bad && !decoded.bytes.empty()) return true;
  }
  return false;
}

bool is_encrypted_key(std::string_view pem) {
  return pem.find("BEGIN ENCRYPTED PRIVATE KEY") != std::string_view::npos ||
         pem.find("Proc-Type: 4,ENCRYPTED") != std::string_view::npos;
}

}  // namespace meshcheck::live
