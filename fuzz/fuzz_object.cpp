// Any bytes as an object that a cluster listed: what is kept of it is one line of JSON, which is
// read as such an object again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "live/compact.h"
#include "live/json_skim.h"
#include "walk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meshcheck;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  for (const char* kind : {"Pod", "CustomResourceDefinition"}) {
    std::string kept = "before";
    if (!live::append_object(text, "v1", kind, kept)) {
      fuzz::require(kept == "before", "a refusal appends nothing");
      continue;
    }
    kept.erase(0, 6);
    fuzz::require(kept.ends_with("}\n") && kept.find('\n') == kept.size() - 1, "it is one line");
    fuzz::require(live::is_json(kept), "it is JSON");
    std::string again;
    fuzz::require(bool(live::append_object(kept, "v1", kind, again)), "it is read again");
    fuzz::require(again.size() <= kept.size(), "and nothing comes to it");
  }
  return 0;
}
