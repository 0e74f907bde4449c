// Texts that are kept in testdata and approved by reading their diff.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace meshcheck::test {

std::filesystem::path testdata();

// Where the project lies, and its binary.
std::filesystem::path source_folder();
std::filesystem::path binary();
std::string read_file(const std::filesystem::path& path);
// Every file below the folder, by its path from there.
std::map<std::string, std::string> read_files(const std::filesystem::path& folder);

// Checks that the file holds `text`. With MESHCHECK_BLESS=1 in the environment writes it instead.
void check_golden(const std::filesystem::path& path, std::string_view text);

}  // namespace meshcheck::test
