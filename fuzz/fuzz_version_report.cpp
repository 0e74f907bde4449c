// Any bytes as the output of `istioctl version`: read or refused, with places in the text.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "input/version_report.h"
#include "walk.h"

namespace {

using namespace meshcheck;

void check(const ReportedVersion& version) {
  fuzz::require(!version.text.empty(), "a version has a text");
  fuzz::require(version.at.line > 0 && version.at.column > 0, "a version has a place");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Source source{"fuzz.txt", {reinterpret_cast<const char*>(data), size}};
  const auto report = parse_version_report(source);
  if (!report) {
    fuzz::require(!report.error().message.empty(), "a refusal says why");
    return 0;
  }
  if (report->client) check(*report->client);
  for (const VersionReport::Istiod& istiod : report->istiods) check(istiod.version);
  for (const VersionReport::Proxies& proxies : report->proxies) check(proxies.version);
  return 0;
}
