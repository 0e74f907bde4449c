#include "cli/real_names.h"

#include <optional>
#include <set>
#include <system_error>

#include "input/files.h"

namespace meshcheck::cli {
namespace {

namespace fs = std::filesystem;

template <class AnyReport, class Take>
void each_location(AnyReport& report, const Take& take) {
  for (auto& finding : report.findings) {
    if (finding.location) take(*finding.location);
    for (auto& related : finding.related) {
      if (related.location) take(*related.location);
    }
  }
  for (auto& error : report.errors) {
    if (error.location) take(*error.location);
  }
}

}  // namespace

RealNames find_real_names(const Report& report, const fs::path& root) {
  const fs::path here = fs::current_path();
  std::set<std::string> files;
  each_location(report, [&](const Location& where) { files.insert(where.file); });
  RealNames names;
  for (const std::string& file : files) {
    if (file.empty() || file.starts_with('<')) continue;
    std::error_code failure;
    const fs::path path = (here / file).lexically_normal();
    const fs::path real = fs::weakly_canonical(path, failure);
    if (failure || real == path) continue;
    const fs::path below = real.lexically_relative(root.empty() ? here : root);
    if (below.empty() || *below.begin() == "..") continue;
    names.emplace(file, display_name(real, here));
  }
  return names;
}

void rename_files(Report& report, const RealNames& names) {
  each_location(report, [&](Location& where) {
    const auto real = names.find(where.file);
    if (real != names.end()) where.file = real->second;
  });
}

}  // namespace meshcheck::cli
