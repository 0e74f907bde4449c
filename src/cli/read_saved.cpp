#include "cli/read_saved.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <utility>

#include "input/file_bytes.h"
#include "input/files.h"
#include "input/metrics.h"
#include "input/proxy_status.h"
#include "input/version_report.h"

namespace meshcheck::cli {
namespace {

constexpr std::string_view kGzip = "\x1F\x8B\x08";

std::ptrdiff_t count_stdin(const std::vector<std::string>& files) {
  return std::ranges::count(files, std::string("-"));
}

std::ptrdiff_t count_saved_on_stdin(const InputOptions& options) {
  return count_stdin(options.proxy_status) + count_stdin(options.metrics) +
         count_stdin(options.versions) + count_stdin(options.istioctl_analyze);
}

// Hands the bytes of each file to `read`, which answers with an error or nullopt.
template <class Read>
std::size_t for_each_file(const std::vector<std::string>& files, const InputOptions& options,
                          std::string_view stdin_text, std::vector<Error>& errors,
                          const Read& read) {
  std::size_t count = 0;
  for (const std::string& file : files) {
    Source source;
    FileBytes bytes;
    if (file == "-") {
      source.name = options.stdin_filename.empty() ? "<stdin>" : options.stdin_filename;
      source.text = stdin_text;
    } else {
      const std::string name = display_name(file, std::filesystem::current_path());
      auto opened = FileBytes::read(file, name);
      if (!opened) {
        errors.push_back(opened.error());
        continue;
      }
      bytes = *std::move(opened);
      source.name = name;
      source.text = bytes.text();
    }
    if (source.text.starts_with(kGzip)) {
      errors.push_back(fail(source.name, "is compressed with gzip",
                            "unpack it first: gunzip, or `zcat FILE | meshcheck … -`"));
      continue;
    }
    if (auto error = read(source)) {
      errors.push_back(*std::move(error));
    } else {
      ++count;
    }
  }
  return count;
}

}  // namespace

bool saved_on_stdin(const InputOptions& options) { return count_saved_on_stdin(options) > 0; }

std::optional<Error> check_saved(const InputOptions& options,
                                 const std::vector<std::string>& paths) {
  const auto count =
      count_saved_on_stdin(options) + std::min<std::ptrdiff_t>(count_stdin(paths), 1);
  if (count < 2) return std::nullopt;
  return fail("", "the standard input (-) is asked for more than once",
              "save the one to a file, and name that");
}

bool read_all(std::istream& in, std::string& text) {
  std::array<char, 1 << 16> buffer{};
  while (in) {
    in.read(buffer.data(), buffer.size());
    text.append(buffer.data(), static_cast<std::size_t>(in.gcount()));
  }
  return !in.bad();
}

Saved read_saved(const InputOptions& options, std::string_view stdin_text, Observations& observed) {
  Saved saved;
  saved.files +=
      for_each_file(options.proxy_status, options, stdin_text, saved.errors,
                    [&](const Source& source) -> std::optional<Error> {
                      auto snapshots = read_proxy_status(source);
                      if (!snapshots) return snapshots.error();
                      std::ranges::move(*snapshots, std::back_inserter(observed.proxy_status));
                      return std::nullopt;
                    });
  saved.files += for_each_file(options.metrics, options, stdin_text, saved.errors,
                               [&](const Source& source) -> std::optional<Error> {
                                 auto metrics = read_metrics(source);
                                 if (!metrics) return metrics.error();
                                 observed.metrics.push_back(*std::move(metrics));
                                 return std::nullopt;
                               });
  saved.files += for_each_file(options.versions, options, stdin_text, saved.errors,
                               [&](const Source& source) -> std::optional<Error> {
                                 auto versions = parse_version_report(source);
                                 if (!versions) return versions.error();
                                 observed.versions.push_back(*std::move(versions));
                                 return std::nullopt;
                               });
  const std::size_t errors = saved.errors.size();
  saved.files += for_each_file(options.istioctl_analyze, options, stdin_text, saved.errors,
                               [&](const Source& source) -> std::optional<Error> {
                                 auto messages = read_istioctl_analyze(source);
                                 if (!messages) return messages.error();
                                 std::ranges::move(*messages, std::back_inserter(saved.messages));
                                 return std::nullopt;
                               });
  saved.analyzed = !options.istioctl_analyze.empty() && saved.errors.size() == errors;
  return saved;
}

}  // namespace meshcheck::cli
