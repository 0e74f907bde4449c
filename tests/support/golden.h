// Texts that are kept in testdata and approved by reading their diff.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace meshcheck::test {

std::filesystem::path testdata();

// Where the project lies, and its binary.
std::filesystem::path source_folder();
std::filesystem::path binary();
std::string read_file(const std::filesystem::path& path);

// Checks that the file holds `text`. With MESHCHECK_BLESS=1 in the environment writes it instead.
void check_golden(const std::filesystem::path& path, std::string_view text);

}  // namespace meshcheck::test
