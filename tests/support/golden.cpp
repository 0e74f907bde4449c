#include "support/golden.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

namespace meshcheck::test {

namespace fs = std::filesystem;

fs::path source_folder() { return MESHCHECK_SOURCE_DIR; }
fs::path binary() { return MESHCHECK_BINARY; }
fs::path testdata() { return source_folder() / "testdata"; }

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::map<std::string, std::string> read_files(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    files[entry.path().lexically_relative(folder).string()] = read_file(entry.path());
  }
  return files;
}

void check_golden(const fs::path& path, std::string_view text) {
  const char* bless = std::getenv("MESHCHECK_BLESS");
  if (bless != nullptr && std::string_view(bless) == "1") {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  INFO(path.string() << " (MESHCHECK_BLESS=1 writes it anew)");
  REQUIRE(fs::exists(path));
  CHECK(read_file(path) == text);
}

}  // namespace meshcheck::test
