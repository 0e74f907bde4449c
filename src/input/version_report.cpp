// (istio: pkg/version/cobra.go, istioctl/pkg/version/version.go)
#include "input/version_report.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string_view>
#include <utility>

#include "input/arena.h"
#include "input/json_stream.h"
#include "input/parse.h"
#include "input/saved_text.h"
#include "input/text_lines.h"
#include "meshcheck/ascii.h"

namespace meshcheck {
namespace {

// The file may be a fragment of any program's output; what is no version is kept as its text.
ReportedVersion reported(std::string_view text, Location at) {
  return {std::string(text), Version::parse(text), std::move(at)};
}

// More revisions and versions than any mesh has: what a file goes on with would cost the square of
// its length, for the search among those before and for counting out each place.
constexpr std::size_t kMostKinds = 250;

// `place` is asked for what is new.
template <class Place>
void add_istiod(VersionReport& report, std::string_view revision, std::string_view version,
                const Place& place) {
  const bool known = std::ranges::any_of(report.istiods, [&](const VersionReport::Istiod& other) {
    return other.revision == revision && other.version.text == version;
  });
  if (known || report.istiods.size() == kMostKinds) return;
  report.istiods.push_back({std::string(revision), reported(version, place())});
}

template <class Place>
void add_proxies(VersionReport& report, std::string_view type, std::string_view version,
                 std::size_t count, const Place& place) {
  const auto found = std::ranges::find_if(report.proxies, [&](const auto& known) {
    return known.version.text == version && known.type == type;
  });
  if (found != report.proxies.end()) {
    found->count += count;
  } else if (report.proxies.size() < kMostKinds) {
    report.proxies.push_back({reported(version, place()), std::string(type), count});
  }
}

// Go's YAML writers spell untagged fields in lower case, its JSON writer as they are.
Node member(Node node, std::string_view name) {
  if (const Node found = node[name]) return found;
  return node[lower(name)];
}

// False where the tree is something else.
bool read_tree(Node root, VersionReport& report) {
  const Node client = root["clientVersion"]["version"];
  const Node mesh = root["meshVersion"];
  const Node proxies = root["dataPlaneVersion"];
  if (!client && !mesh && !proxies) return false;
  if (!client.text().empty()) report.client = reported(client.text(), client.location());
  for (const Node istiod : mesh.items()) {
    const Node version = member(istiod, "Info")["version"];
    if (version.text().empty()) continue;
    add_istiod(report, member(istiod, "Revision").text(), version.text(),
               [&] { return version.location(); });
  }
  for (const Node proxy : proxies.items()) {
    const Node version = member(proxy, "IstioVersion");
    if (version.text().empty()) continue;
    add_proxies(report, member(proxy, "Type").text(), version.text(), 1,
                [&] { return version.location(); });
  }
  return true;
}

// One after the other, as the runs for several revisions leave them in one file, with what the
// programs said beside them.
bool read_trees(const Source& source, VersionReport& report) {
  Arena arena;
  const auto read_all = [&](const std::vector<Chunk>& chunks, Format format) {
    bool read = false;
    for (const Chunk& chunk : chunks) {
      const Parsed parsed = parse(source, chunk, arena, format);
      if (parsed.outcome != Parsed::Outcome::tree) continue;
      read = read_tree(parsed.document->root(), report) || read;
    }
    return read;
  };
  return read_all(find_json_values(source.text), Format::json) ||
         read_all(find_yaml_documents(source.text), Format::yaml);
}

// What stands around a version.
constexpr std::string_view kAround = " \t\"'";

// "version.BuildInfo{Version:"1.9.0", GitRevision:…}" and "version.ProxyInfo{ID:"web.shop",
// IstioVersion:"1.9.0"}" say more than the version.
std::string_view build_version(std::string_view text) {
  constexpr std::string_view kVersion = "Version:\"";
  const bool structure = text.find("BuildInfo{") != std::string_view::npos ||
                         text.find("ProxyInfo{") != std::string_view::npos;
  const std::size_t at = text.find(kVersion);
  if (!structure || at == std::string_view::npos) return text;
  text.remove_prefix(at + kVersion.size());
  return text.substr(0, text.find('"'));
}

// "1.30.3 (12 proxies)"
void read_proxies(const TextLine& line, std::string_view text, VersionReport& report) {
  const std::size_t open = text.find('(');
  const std::string_view version = trimmed(text.substr(0, open), kAround);
  if (!Version::parse(version)) return;  // "none"
  std::size_t count = 1;
  if (open != std::string_view::npos) {
    const std::string_view number = text.substr(open + 1);
    std::from_chars(number.data(), number.data() + number.size(), count);
  }
  add_proxies(report, "", version, count, [&] { return place_on(line, version, report.file); });
}

bool read_line(const TextLine& line, VersionReport& report) {
  constexpr std::string_view kWord = "version:";
  const std::size_t at = line.text.find(kWord);
  if (at == std::string_view::npos) return false;
  const std::string_view subject = trimmed(line.text.substr(0, at), kAround);
  std::string_view rest = build_version(trimmed(line.text.substr(at + kWord.size()), kAround));
  bool read = false;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view part = trimmed(rest.substr(0, comma), kAround);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    if (part.empty()) continue;
    const bool versions = Version::parse(part).has_value() || part == "unknown";
    // Istio once had more of its own: citadel, galley …
    const bool istiod = subject == "control plane" || subject == "pilot" || subject == "istiod";
    if (subject.starts_with("data plane")) {
      read_proxies(line, part, report);
    } else if (versions && subject == "client") {
      report.client = reported(part, place_on(line, part, report.file));
      return true;
    } else if (versions && istiod) {
      add_istiod(report, "", part, [&] { return place_on(line, part, report.file); });
    } else {
      continue;
    }
    read = true;
  }
  return read;
}

bool read_text(std::string_view text, VersionReport& report) {
  const std::vector<TextLine> lines = text_lines(text);
  bool read = false;
  for (const TextLine& line : lines) read = read_line(line, report) || read;
  if (read) return true;
  // `istioctl version --remote=false` prints the bare version.
  for (const TextLine& line : lines) {
    const std::string_view version = build_version(trimmed(line.text, kAround));
    const auto parsed = Version::parse(version);
    if (!parsed || parsed->patch < 0) continue;
    report.client = reported(version, place_on(line, version, report.file));
    return true;
  }
  return false;
}

}  // namespace

Result<VersionReport> parse_version_report(const Source& saved) {
  const std::string text = clean_saved_text(saved.text);
  const Source source{saved.name, text};
  VersionReport report;
  report.file = source.name;
  const bool blank = source.text.find_first_not_of(" \t\r\n") == std::string_view::npos;
  if (!blank && (read_trees(source, report) || read_text(source.text, report))) return report;
  return fail(source.name, blank ? "is empty" : "is no output of `istioctl version`",
              "save it with `istioctl version -o json > versions.json`");
}

}  // namespace meshcheck
