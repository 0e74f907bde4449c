#include "input/file_bytes.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

namespace meshcheck {
namespace {

constexpr std::size_t kLargestFile = (std::size_t{1} << 32) - 1;
constexpr std::size_t kLargestStream = std::size_t{1} << 30;
// Below this a system call and a copy cost less than the page faults of a mapping; and a file that
// somebody truncates while it is mapped ends the process, which edited files are likeliest to be.
constexpr std::size_t kSmallestMapping = std::size_t{1} << 20;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;

  int number() const { return number_; }

 private:
  int number_;
};

Error cannot(const char* verb, const std::string& name) {
  const std::error_code failure(errno, std::generic_category());
  return fail(name, fmt::format("cannot be {} ({})", verb, failure.message()));
}

// Reads until `size` bytes are there or the file ends; nullopt with errno set where reading fails.
std::optional<std::size_t> read_some(int file, char* to, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = ::read(file, to + done, size - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

}  // namespace

Result<FileBytes> FileBytes::read(const std::string& path, const std::string& name) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) return cannot("opened", name);
  struct stat status = {};
  if (fstat(file.number(), &status) != 0) return cannot("read", name);
  if (S_ISDIR(status.st_mode)) return fail(name, "is a folder, not a file");

  FileBytes result;
  const std::size_t size = S_ISREG(status.st_mode) ? static_cast<std::size_t>(status.st_size) : 0;
  if (size > kLargestFile) {
    return fail(name, "is 4 GiB or larger, more than can be read", "split it into several files");
  }
  if (size >= kSmallestMapping) {
    void* mapped = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.number(), 0);
    if (mapped == MAP_FAILED) return cannot("read", name);
    result.owner_ = {mapped, [size](void* bytes) { munmap(bytes, size); }};
    result.text_ = {static_cast<const char*>(mapped), size};
    return result;
  }
  // Pipes and devices do not know their size, and files of /proc say that they have none.
  auto text = std::make_shared<std::string>();
  const std::size_t limit = size > 0 ? size : kLargestStream;
  for (std::size_t room = size > 0 ? size : 65536; text->size() < limit; room *= 2) {
    const std::size_t filled = text->size();
    text->resize(std::min(limit, room));
    const auto got = read_some(file.number(), text->data() + filled, text->size() - filled);
    if (!got) return cannot("read", name);
    const bool ended = filled + *got < text->size();
    text->resize(filled + *got);
    if (ended) break;
  }
  char more = 0;
  if (text->size() == kLargestStream && read_some(file.number(), &more, 1) != 0) {
    return fail(name, "does not end within 1 GiB", "write it to a file first");
  }
  result.text_ = *text;
  result.owner_ = std::move(text);
  return result;
}

}  // namespace meshcheck
