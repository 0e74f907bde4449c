// A file that is in memory only, for readers that take a path: they see what a user gives them.
#pragma once

#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

#include "walk.h"

namespace meshcheck::fuzz {

// Its path; the next call writes over it.
inline const std::string& memory_file(std::string_view bytes) {
  static const int file = ::memfd_create("meshcheck", 0);
  static const std::string path = "/proc/self/fd/" + std::to_string(file);
  require(::ftruncate(file, 0) == 0, "the file can be emptied");
  require(::pwrite(file, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()),
          "the file can be written");
  return path;
}

}  // namespace meshcheck::fuzz
