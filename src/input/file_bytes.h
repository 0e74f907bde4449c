// The bytes of one file: mapped where it is large, read where it is small or no regular file.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "meshcheck/result.h"

namespace meshcheck {

class FileBytes {
 public:
  // The error's source is `name`. Files of 4 GiB or more are refused (offsets have 32 bits); what
  // comes through a pipe or device ends at 1 GiB.
  static Result<FileBytes> read(const std::string& path, const std::string& name);

  std::string_view text() const { return text_; }

 private:
  std::shared_ptr<const void> owner_;  // a mapping or a string
  std::string_view text_;
};

}  // namespace meshcheck
