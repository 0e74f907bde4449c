// A file for its owner's eyes only: of a kubeconfig that others may read a warning is printed.
#pragma once

#include <filesystem>
#include <string_view>

#include "support/temporary_folder.h"

namespace meshcheck::test {

inline void write_private(const TemporaryFolder& folder, std::string_view name,
                          std::string_view text) {
  using std::filesystem::perms;
  folder.write(name, text);
  std::filesystem::permissions(folder.path() / name, perms::owner_read | perms::owner_write);
}

}  // namespace meshcheck::test
