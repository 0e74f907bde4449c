// Any bytes as a saved proxy status: read or refused, with places in the text.
#include <cstddef>
#include <cstdint>

#include "input/proxy_status.h"
#include "walk.h"

namespace {

void check(const meshcheck::Location& at) {
  meshcheck::fuzz::require(at.line == 0 || at.column > 0, "a place has a column");
  meshcheck::fuzz::require(at.end_line >= at.line || at.end_line == 0,
                           "a place ends after it begins");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meshcheck;
  const Source source{"fuzz.txt", {reinterpret_cast<const char*>(data), size}};
  if (const auto snapshots = read_proxy_status(source)) {
    for (const StatusSnapshot& snapshot : *snapshots) {
      for (const ProxyStatus& proxy : snapshot.proxies) {
        check(proxy.location);
        for (const TypeStatus& type : proxy.types) check(type.location);
      }
    }
  } else {
    fuzz::require(!snapshots.error().message.empty(), "a refusal says why");
  }
  return 0;
}
