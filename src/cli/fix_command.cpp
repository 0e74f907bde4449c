#include "cli/fix_command.h"

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <set>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/mend.h"
#include "cli/output.h"
#include "cli/patch_names.h"
#include "cli/read_saved.h"
#include "cli/report_targets.h"
#include "edit/diff.h"

namespace meshcheck::cli {
namespace {

// Enough to see what is the matter; `-v` says them all.
constexpr std::size_t kMostReasons = 10;

bool is_stdin(const std::string& path) { return path == "-"; }

bool reads_stdin(const InputOptions& input) {
  return std::ranges::any_of(input.paths, is_stdin) ||
         std::ranges::any_of(input.filenames, is_stdin) || saved_on_stdin(input);
}

// Nothing but what comes through the pipe is audited: then it can be answered through the next one.
bool only_stdin(const InputOptions& input) {
  std::vector<std::string> all = input.paths;
  all.insert(all.end(), input.filenames.begin(), input.filenames.end());
  return !all.empty() && std::ranges::all_of(all, is_stdin);
}

std::string number_of(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

// What has become of the mended texts.
struct Written {
  std::set<std::string> refused;  // files that could not be written
  std::size_t fixed = 0;
  std::size_t files = 0;
};

Written count_written(const Mended& mended, std::set<std::string> refused) {
  Written written;
  written.files = mended.after.size() - refused.size();
  for (const std::set<std::string>& files : mended.fixed) {
    const bool whole = std::ranges::none_of(
        files, [&](const std::string& file) { return refused.contains(file); });
    if (whole) ++written.fixed;
  }
  written.refused = std::move(refused);
  return written;
}

std::string summary(const Mended& mended, const Written& written, bool only_shown) {
  std::string text = number_of(mended.findings, "finding");
  text += fmt::format(": {} {} in {}", written.fixed, only_shown ? "would be fixed" : "fixed",
                      number_of(written.files, "file"));
  if (const std::size_t lost = mended.fixed.size() - written.fixed; lost > 0) {
    text += fmt::format(", {} not written", lost);
  }
  if (mended.unsafe > 0) text += fmt::format(", up to {} more with --unsafe-fixes", mended.unsafe);
  const std::size_t rest =
      mended.findings - std::min(mended.findings, mended.fixed.size() + mended.unsafe);
  if (rest > 0) text += fmt::format(", {} by hand", rest);
  return text;
}

void say_outcome(const Mended& mended, const Written& written, const AuditOptions& options,
                 std::ostream& err) {
  if (options.quiet) return;
  const std::size_t most = options.verbose ? mended.unmended.size() : kMostReasons;
  const std::size_t shown = std::min(most, mended.unmended.size());
  for (const Unmended& one : std::span(mended.unmended).first(shown)) {
    const auto& at = one.finding.location;
    const std::string place = at ? fmt::format(" at {}:{}", at->file, at->line) : "";
    say_line(fmt::format("{}{} is left: {}", one.finding.rule, place, one.reason), err);
  }
  if (shown < mended.unmended.size()) {
    err << fmt::format("… and {} more (-v shows them)\n", mended.unmended.size() - shown);
  }
  err << summary(mended, written, options.diff) << '\n';
}

Fixed show(const Mended& mended, const AuditOptions& options, const Surroundings& surroundings) {
  Fixed fixed;
  fixed.done = true;
  std::vector<std::string> files;
  for (const auto& [file, text] : mended.after) files.push_back(file);
  const PatchNames patch = patch_names(files, std::filesystem::current_path());
  auto name = patch.names.begin();
  for (const auto& [file, text] : mended.after) {
    surroundings.out << unified_diff(*name++, mended.before.at(file), text);
  }
  say_outcome(mended, count_written(mended, {}), options, surroundings.err);
  if (!patch.folder.empty() && !options.quiet) {
    say_line(fmt::format("this patch is to be applied in {}", patch.folder.string()),
             surroundings.err);
  }
  if (!mended.after.empty() && !options.exit_zero) {
    fixed.status = Exit::findings;
  } else if (!mended.errors.empty() && !options.allow_incomplete) {
    fixed.status = Exit::incomplete;
  }
  return fixed;
}

Written write(const Mended& mended, const std::string& stdin_file, Fixed& fixed,
              const Surroundings& surroundings) {
  std::set<std::string> refused;
  for (const auto& [file, text] : mended.after) {
    if (file == stdin_file) {
      fixed.stdin_text = text;
    } else if (auto error = write_whole(file, text)) {
      say(*error, surroundings.err);
      fixed.errors.push_back(std::move(*error));
      refused.insert(file);
    }
  }
  if (fixed.prints_stdin) surroundings.out << fixed.stdin_text;
  return count_written(mended, std::move(refused));
}

}  // namespace

Fixed fix(const AuditOptions& options, const Config& config, const RunOptions& run,
          std::span<const Output> outputs, const Surroundings& surroundings) {
  Fixed fixed;
  const auto refuse = [&](const Error& error) {
    say(error, surroundings.err);
    fixed.done = true;
    fixed.status = Exit::usage;
    return fixed;
  };
  if (reads_stdin(options.input) && !read_all(surroundings.in, fixed.stdin_text)) {
    say(fail("", "the standard input cannot be read", "is it closed, or a folder?"),
        surroundings.err);
    fixed.done = true;
    fixed.status = Exit::incomplete;
    return fixed;
  }
  fixed.prints_stdin = options.fix && !options.diff && only_stdin(options.input);
  const bool leave = !options.diff && !fixed.prints_stdin;
  auto mended = mend({.input = options.input,
                      .run = run,
                      .stdin_text = fixed.stdin_text,
                      .unsafe_too = options.unsafe_fixes,
                      .leave_stdin = leave},
                     config, surroundings);
  if (!mended) return refuse(mended.error());
  if (const auto error = replaced_input(outputs, mended->files)) return refuse(*error);
  if (options.diff) {
    say(mended->errors, surroundings.err);
    return show(*mended, options, surroundings);
  }
  const Written written = write(*mended, stdin_name(options.input), fixed, surroundings);
  say_outcome(*mended, written, options, surroundings.err);
  return fixed;
}

}  // namespace meshcheck::cli
