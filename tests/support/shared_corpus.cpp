#include "support/shared_corpus.h"

#include <cstdio>
#include <string>

#include "support/golden.h"

namespace meshcheck::test {

std::optional<std::filesystem::path> shared_corpus(std::string_view part) {
  const char* const named = std::getenv("MESHCHECK_SHARED");
  const std::filesystem::path shared =
      named != nullptr ? named : test::source_folder() / ".." / "shared";
  std::filesystem::path found = shared / "corpus" / part;
  if (std::filesystem::exists(found)) return found;
  std::printf("skipped: %s is not here\n", found.lexically_normal().c_str());
  return std::nullopt;
}

}  // namespace meshcheck::test
