#include "input/descriptor.h"

#include <utility>

#include "input/parse.h"
#include "input/split.h"

namespace meshcheck {

Descriptor::Descriptor(const std::string& path, const std::string& name) {
  auto bytes = FileBytes::read(path, name);
  if (!bytes) return;
  bytes_ = *std::move(bytes);
  source_.name = name;
  source_.text = bytes_.text();
  for (const Chunk& chunk : split(source_.text)) {
    const Parsed parsed = parse(source_, chunk, arena_);
    if (parsed.outcome != Parsed::Outcome::tree) continue;
    document_ = parsed.document;
    return;
  }
}

}  // namespace meshcheck
