// A .tar.gz of small text files: what a snapshot is kept in, so that any tool can open it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/result.h"

namespace meshcheck::live {

struct ArchivedFile {
  std::string name;  // relative, `/` between parts; at most 100 bytes
  std::string text;
};

// The same files give the same bytes: no time, no owner. Readable by the owner only.
std::string write_archive(const std::vector<ArchivedFile>& files);

// Fails where the bytes are no archive, are cut short or unpack to more than a snapshot can hold.
// Other things than plain files are passed over.
Result<std::vector<ArchivedFile>> read_archive(std::string_view bytes);

}  // namespace meshcheck::live
