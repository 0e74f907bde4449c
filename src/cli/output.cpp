#include "cli/output.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "engine/select.h"

namespace meshcheck::cli {
namespace {

Result<Output> parse_output(const std::string& word) {
  const std::size_t equals = word.find('=');
  const std::string name = word.substr(0, equals);
  std::vector<std::string> known;
  for (const ReportFormat& format : report_formats()) {
    if (format.name == name) {
      const std::string file = equals == std::string::npos ? "" : word.substr(equals + 1);
      return Output{&format, file == "-" ? "" : file};
    }
    known.emplace_back(format.name);
  }
  const std::string near = nearest(name, known);
  std::string hint = fmt::format("the formats are {}", fmt::join(known, ", "));
  if (!near.empty()) hint = fmt::format("did you mean `{}`? {}", near, hint);
  return fail("--output", fmt::format("no format is called `{}`", name), hint);
}

bool is_set(const Surroundings& surroundings, const char* name) {
  const auto value = surroundings.environment(name);
  return value && !value->empty();
}

bool forces(const Surroundings& surroundings, const char* name) {
  const auto value = surroundings.environment(name);
  return value && !value->empty() && *value != "0";
}

// A link is followed: what it leads to is replaced, or made, and the link stays.
std::string behind_links(const std::string& path) {
  namespace fs = std::filesystem;
  constexpr int kMostLinks = 40;  // as Linux has it
  std::error_code code;
  fs::path file = path;
  for (int links = 0; links < kMostLinks && fs::is_symlink(file, code); ++links) {
    file = file.parent_path() / fs::read_symlink(file, code);
  }
  return file.string();
}

// One name for each file, whatever it is called: `a.json`, `./a.json`, a link to it.
std::string one_name(const std::string& path) {
  namespace fs = std::filesystem;
  if (path.empty()) return path;
  std::error_code code;
  const fs::path whole = fs::weakly_canonical(fs::absolute(behind_links(path), code), code);
  return code ? path : whole.string();
}

}  // namespace

Result<std::vector<Output>> parse_outputs(const std::vector<std::string>& words) {
  std::vector<Output> outputs;
  for (const std::string& word : words) {
    auto output = parse_output(word);
    if (!output) return output.error();
    if (word.ends_with('=')) {
      return fail("--output", fmt::format("`{}` names no file", word),
                  "write FORMAT=FILE, or FORMAT alone for standard output");
    }
    const bool twice = std::ranges::any_of(outputs, [&](const Output& other) {
      return one_name(other.file) == one_name(output->file);
    });
    if (twice) {
      return fail("--output",
                  fmt::format("two reports go to {}",
                              output->file.empty() ? "standard output" : output->file),
                  "give all but one a file of its own: -o FORMAT=FILE");
    }
    outputs.push_back(*output);
  }
  if (outputs.empty()) outputs.push_back(*parse_output("text"));
  return outputs;
}

std::optional<Error> check_format(const std::string& format,
                                  std::span<const std::string_view> formats) {
  if (std::ranges::find(formats, format) != formats.end()) return std::nullopt;
  const std::string near =
      nearest(format, std::vector<std::string>(formats.begin(), formats.end()));
  return fail("--output", fmt::format("no format is called `{}`", format),
              near.empty() ? fmt::format("the formats are {}", fmt::join(formats, ", "))
                           : fmt::format("did you mean `{}`?", near));
}

Result<bool> wants_colour(const std::string& choice, const Surroundings& surroundings) {
  if (choice == "always") return true;
  if (choice == "never") return false;
  if (choice != "auto") {
    return fail("--color", fmt::format("`{}` is not auto, always or never", choice));
  }
  if (is_set(surroundings, "NO_COLOR")) return false;
  if (forces(surroundings, "CLICOLOR_FORCE") || forces(surroundings, "FORCE_COLOR")) return true;
  if (surroundings.environment("TERM") == std::optional<std::string>("dumb")) return false;
  return surroundings.out_is_terminal;
}

std::optional<Error> write_whole(const std::string& path, std::string_view text) {
  namespace fs = std::filesystem;
  std::error_code code;
  // A device or pipe (/dev/null, /dev/stdout) is written to, never replaced.
  const fs::file_status status = fs::status(path, code);
  const bool present = fs::exists(status);
  const bool replace = !present || fs::is_regular_file(status);
  const std::string file = replace ? behind_links(path) : path;
  const std::string target =
      replace ? fmt::format("{}.tmp-{}", file, static_cast<long>(::getpid())) : path;
  const auto failed = [&] {
    const int reason = errno;
    if (replace) fs::remove(target, code);
    const bool folder = reason == ENOENT || reason == EACCES || reason == ENOTDIR;
    const bool read_only = present && reason == EACCES && ::access(path.c_str(), W_OK) != 0;
    return fail(path, fmt::format("cannot write {}: {}", path, std::strerror(reason)),
                read_only ? "the file is read-only for the user who runs this"
                : folder  ? "the folder must exist and be writable"
                          : "");
  };
  {
    errno = 0;
    // Renaming asks for the folder's permission only.
    if (present && ::access(path.c_str(), W_OK) != 0) return failed();
    std::ofstream out(target, std::ios::binary);
    if (!out) return failed();
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    if (!out.flush()) return failed();
  }
  if (present && replace) fs::permissions(target, status.permissions(), code);
  if (replace && std::rename(target.c_str(), file.c_str()) != 0) return failed();
  return std::nullopt;
}

}  // namespace meshcheck::cli
