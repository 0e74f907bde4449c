// docgen SOURCE OUT: writes what is generated of the manual, README.md and docs/ below OUT, from
// the texts below SOURCE; they may be the same folder.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include "cli/config_schema.h"
#include "docgen/generate.h"

namespace {

namespace fs = std::filesystem;
namespace docgen = meshcheck::docgen;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

void write_file(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

void refresh(const fs::path& source, const fs::path& out) {
  write_file(out / "man/meshcheck.1",
             docgen::refresh_manual(read_file(source / "man/meshcheck.1")));
  write_file(out / "man/meshcheck.yaml.5",
             docgen::refresh_config_manual(read_file(source / "man/meshcheck.yaml.5")));
  write_file(out / "README.md", docgen::refresh_readme(read_file(source / "README.md")));
  write_file(out / "docs/meshcheck.schema.json", meshcheck::cli::config_schema());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: docgen SOURCE OUT\n", stderr);
    return 2;
  }
  try {
    refresh(argv[1], argv[2]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "docgen: %s\n", error.what());
    return 1;
  }
  return 0;
}
