#include "cli/baseline_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <set>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/config.h"
#include "cli/config_reader.h"
#include "cli/scope.h"
#include "engine/select.h"
#include "input/files.h"
#include "input/istioctl_analyze.h"

namespace meshcheck::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;  // people review changes of this file: keep our order of keys

constexpr std::string_view kVersion = "1";

std::string folder_of(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

bool is_fingerprint(std::string_view text) {
  return text.size() == 16 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::size_t count_of(ConfigReader& reader, Node value) {
  std::size_t count = 0;
  const std::string_view text = value.text();
  const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
  if (read.ec == std::errc() && read.ptr == text.data() + text.size() && count > 0) return count;
  reader.refuse(value, "`count` is no whole number above 0");
  return 1;
}

constexpr std::array<KeyInfo, 4> kObjectKeys = {{{"apiVersion", KeyType::text, {}},
                                                 {"kind", KeyType::text, {}},
                                                 {"namespace", KeyType::text, {}},
                                                 {"name", KeyType::text, {}}}};
constexpr std::array<KeyInfo, 8> kEntryKeys = {{{"rule", KeyType::rule, {}},
                                                {"object", KeyType::items, {}},
                                                {"field", KeyType::text, {}},
                                                {"count", KeyType::text, {}},
                                                {"added", KeyType::day, {}},
                                                {"expires", KeyType::day, {}},
                                                {"reason", KeyType::text, {}},
                                                {"fingerprint", KeyType::text, {}}}};

// People review an entry by its rule; one of no rule would accept by its fingerprint all the same.
void check_rule(ConfigReader& reader, Node item, Node rule) {
  const std::string_view id = rule.text();
  if (is_analyzer_code(id) || find_rule(id) != nullptr) return;
  if (!rule) {
    reader.refuse(item, "an entry names no `rule`",
                  "`meshcheck baseline write` writes them; do not edit them");
    return;
  }
  std::vector<std::string> known;
  for (const Rule& one : all_rules()) known.emplace_back(one.info.id);
  const std::string near = nearest(id, known);
  reader.refuse(rule, fmt::format("no rule is called `{}`", id),
                near.empty() ? "it is retired, or of another version: delete the entry"
                             : fmt::format("did you mean `{}`? else it is retired, or of another "
                                           "version: delete the entry",
                                           near));
}

// A later version that writes other keys writes another `schemaVersion`: `expire` is a slip, and
// would accept for good.
void read_entry(ConfigReader& reader, Node item, std::set<std::string>& seen, Baseline& out) {
  if (!item.is_mapping()) {
    reader.refuse(item, fmt::format("an entry is {}; it takes an object", describe_kind(item)));
    return;
  }
  reader.keys(item, "an entry", kEntryKeys);
  if (item["object"].is_mapping()) reader.keys(item["object"], "an `object`", kObjectKeys);
  check_rule(reader, item, item["rule"]);
  BaselineEntry entry;
  entry.where = item.location();
  entry.fingerprint = item["fingerprint"].text();
  if (!is_fingerprint(entry.fingerprint)) {
    const Node where = item["fingerprint"] ? item["fingerprint"] : item;
    reader.refuse(where, "an entry has no fingerprint of 16 hexadecimal digits",
                  "`meshcheck baseline write` writes them; do not edit them");
  } else if (!seen.insert(entry.fingerprint).second) {
    reader.refuse(item["fingerprint"], "this fingerprint stands in the file twice",
                  "keep one of the entries, with the sum of their counts");
  }
  entry.rule = item["rule"].text();
  const Node object = item["object"];
  entry.object = {std::string(object["apiVersion"].text()), std::string(object["kind"].text()),
                  std::string(object["namespace"].text()), std::string(object["name"].text()), ""};
  // istioctl analyze names its objects without their API version too.
  const bool by_path = entry.object.api_version.empty() && !entry.object.name.empty() &&
                       !is_analyzer_code(entry.rule);
  std::error_code failure;
  entry.file_gone = by_path && !fs::exists(entry.object.name, failure);
  entry.field = item["field"].text();
  if (const Node count = item["count"]) entry.count = count_of(reader, count);
  if (const Node added = item["added"]) entry.added = reader.day(added, "`added`").value_or(Day{});
  if (const Node expires = item["expires"]) entry.expires = reader.day(expires, "`expires`");
  entry.reason = item["reason"].text();
  out.entries.push_back(std::move(entry));
}

void read_root(ConfigReader& reader, Node root, Baseline& out) {
  const Node entries = root["entries"];
  if (!root.is_mapping() || !root["schemaVersion"] || !entries) {
    reader.refuse(root, "this is no baseline: it has no `schemaVersion` and `entries`",
                  "`meshcheck baseline write` writes one");
    return;
  }
  if (root["schemaVersion"].text() != kVersion) {
    reader.refuse(root["schemaVersion"],
                  fmt::format("`schemaVersion` is `{}`; this meshcheck knows {}",
                              root["schemaVersion"].text(), kVersion));
    return;
  }
  if (root["paths"]) out.paths = reader.texts(root["paths"], "`paths`");
  std::set<std::string> seen;
  reader.items(entries, "`entries`", [&](Node item) { read_entry(reader, item, seen, out); });
}

Json describe_object(const ObjectRef& object) {
  Json out = Json::object();
  if (!object.api_version.empty()) out["apiVersion"] = object.api_version;
  if (!object.kind.empty()) out["kind"] = object.kind;
  if (!object.name_space.empty()) out["namespace"] = object.name_space;
  out["name"] = object.name;
  return out;
}

Json describe_entry(const BaselineEntry& entry) {
  Json out = {{"rule", entry.rule}, {"object", describe_object(entry.object)}};
  if (!entry.field.empty()) out["field"] = entry.field;
  if (entry.count > 1) out["count"] = entry.count;
  out["added"] = to_string(entry.added);
  if (entry.expires) out["expires"] = to_string(*entry.expires);
  if (!entry.reason.empty()) out["reason"] = entry.reason;
  out["fingerprint"] = entry.fingerprint;
  return out;
}

}  // namespace

std::string baseline_path(const InputOptions& options) {
  return options.baseline.empty() ? "meshcheck-baseline.json" : options.baseline;
}

BaselineRead read_baseline(const InputOptions& options) {
  BaselineRead read;
  const std::string path = baseline_path(options);
  std::error_code failure;
  if (path == "-" || fs::is_directory(path, failure)) {
    read.errors.push_back(fail("--baseline", fmt::format("`{}` is no file", path)));
    return read;
  }
  if (!fs::exists(path, failure)) {
    read.errors.push_back(fail(path, fmt::format("there is no baseline {}", path),
                               "`meshcheck baseline write` makes one of what is found now"));
    return read;
  }
  const Loaded loaded = load_own_file(path);
  refuse_unreadable(loaded, read.errors);
  read.baseline.file = display_name(path, fs::current_path());
  if (!read.errors.empty()) return read;
  ConfigReader reader(read.errors);
  if (loaded.documents.size() > 1) {
    read.errors.push_back(
        fail(path,
             fmt::format("{} holds {} documents: it is no baseline", path, loaded.documents.size()),
             "name the file that `meshcheck baseline write` made"));
    return read;
  }
  if (loaded.documents.empty() || !loaded.documents.front()->root()) {
    read.errors.push_back(fail(path, fmt::format("{} is empty: it is no baseline", path),
                               "delete it; `meshcheck baseline write` makes a new one"));
    return read;
  }
  read_root(reader, loaded.documents.front()->root(), read.baseline);
  const auto is_read = [&](const std::string& one) {
    return reads_all_of(options, one == "-" ? one : (fs::path(folder_of(path)) / one).string());
  };
  read.baseline.sees_all =
      !read.baseline.paths.empty() && std::ranges::all_of(read.baseline.paths, is_read);
  return read;
}

std::vector<std::string> paths_from_baseline(const InputOptions& options) {
  std::error_code failure;
  const fs::path folder =
      fs::weakly_canonical(fs::absolute(folder_of(baseline_path(options)), failure), failure);
  std::set<std::string> paths;
  for (const std::string& path : paths_of(options)) {
    if (path == "-") {
      paths.insert(path);
      continue;
    }
    fs::path clean = fs::weakly_canonical(fs::absolute(path, failure), failure);
    if (!clean.has_filename()) clean = clean.parent_path();
    paths.insert(clean.lexically_relative(folder).generic_string());
  }
  return {paths.begin(), paths.end()};
}

std::string write_baseline(const Baseline& baseline) {
  Json entries = Json::array();
  for (const BaselineEntry& entry : baseline.entries) entries.push_back(describe_entry(entry));
  const Json json = {
      {"schemaVersion", kVersion}, {"paths", baseline.paths}, {"entries", std::move(entries)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Error stale_entries(const Baseline& baseline, const Report& report, const AuditOptions& options) {
  std::string places;
  std::size_t told = 0;
  for (const Finding& finding : report.findings) {
    if (finding.state != FindingState::fixed || told == 3) continue;
    places += fmt::format("{}{} at line {}", told == 0 ? "" : ", ", finding.rule,
                          finding.location ? finding.location->line : 0);
    ++told;
  }
  if (report.stale > told) places += fmt::format(" and {} more", report.stale - told);
  return fail(baseline.file, fmt::format("{} accepts what is gone: {}", baseline.file, places),
              options.allow_stale_baseline
                  ? "`meshcheck baseline prune` with the same paths drops it"
                  : "`meshcheck baseline prune` with the same paths drops it; "
                    "--allow-stale-baseline lets it be");
}

std::string describe(const BaselineEntry& entry) {
  const ObjectRef& object = entry.object;
  std::string out = entry.rule;
  if (!object.kind.empty()) out += ' ' + object.kind;
  const std::string scope = object.name_space.empty() ? "" : object.name_space + '/';
  if (!object.name.empty()) out += ' ' + scope + object.name;
  if (!entry.field.empty()) out += ' ' + entry.field;
  return out;
}

}  // namespace meshcheck::cli
