#include <algorithm>
#include <fcntl.h>
#include <ostream>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/live_input.h"
#include "cli/live_take.h"

namespace meshcheck::cli {
namespace {

// It tells how a company's clusters are built: for the owner's eyes only.
std::optional<Error> write_private(const std::string& file, std::string_view bytes) {
  const std::string part = fmt::format("{}.{}.part", file, ::getpid());
  const int descriptor =
      ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) {
    return fail(file, fmt::format("{} cannot be written", file), "is its folder there?");
  }
  bool whole = true;
  while (whole && !bytes.empty()) {
    const auto count = ::write(descriptor, bytes.data(), bytes.size());
    whole = count > 0;
    if (whole) bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  whole = ::close(descriptor) == 0 && whole;
  whole = whole && ::rename(part.c_str(), file.c_str()) == 0;
  if (whole) return std::nullopt;
  ::unlink(part.c_str());
  return fail(file, fmt::format("{} cannot be written", file), "is the disk full?");
}

}  // namespace

Exit snapshot(const SnapshotOptions& options, const Surroundings& surroundings) {
  std::vector<Error> wrong = check_live(options.live, surroundings);
  if (options.to.empty()) {
    wrong.push_back(fail("--to", "no file to write the snapshot to", "-o FILE.tar.gz"));
  }
  if (options.to == "-") {
    wrong.push_back(
        fail("--to", "a snapshot goes to a file, not to the standard output", "-o FILE.tar.gz"));
  }
  if (!wrong.empty()) {
    say(wrong, surroundings.err);
    return Exit::usage;
  }
  const Taken taken = take_snapshot(options.live, surroundings);
  if (!taken.errors.empty()) {
    say(taken.errors, surroundings.err);
    return Exit::usage;
  }
  const auto& clusters_read = taken.snapshot.clusters;
  if (std::ranges::none_of(clusters_read, [](const auto& one) { return one.failure.empty(); })) {
    say(unread_of(taken.snapshot), surroundings.err);
    say_line(fmt::format("{} is not written: nothing was read", options.to), surroundings.err);
    return Exit::incomplete;
  }
  if (auto error = write_private(options.to, live::write_snapshot(taken.snapshot))) {
    say(*error, surroundings.err);
    return Exit::incomplete;
  }
  const std::vector<Error> gaps = unread_of(taken.snapshot);
  say(gaps, surroundings.err);
  std::size_t objects = 0;
  for (const live::Cluster& cluster : taken.snapshot.clusters) {
    for (const live::ObjectList& list : cluster.lists) objects += list.count;
  }
  const std::size_t clusters = taken.snapshot.clusters.size();
  say_line(fmt::format("{}: {} objects of {} cluster{}", options.to, objects, clusters,
                       clusters == 1 ? "" : "s"),
           surroundings.out);
  return gaps.empty() ? Exit::clean : Exit::incomplete;
}

}  // namespace meshcheck::cli
