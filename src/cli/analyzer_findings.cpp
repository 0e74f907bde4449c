#include "cli/analyzer_findings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "input/files.h"
#include "input/text_lines.h"
#include "meshcheck/ascii.h"
#include "meshcheck/utf8.h"

namespace meshcheck::cli {
namespace {

constexpr const char* kName = "istioctl-analyze";

struct Reference {
  std::string file;
  std::uint32_t line = 0;
};

// "shop/web.yaml:12", as istioctl was given the path.
std::optional<Reference> parse_reference(const std::string& text) {
  if (text.empty()) return std::nullopt;
  Reference out{text, 0};
  const std::size_t colon = text.rfind(':');
  if (colon != std::string::npos) {
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + colon + 1, end, out.line);
    if (read.ec == std::errc() && read.ptr == end) {
      out.file = text.substr(0, colon);
    } else {
      out.line = 0;
    }
  }
  if (out.file.empty()) return std::nullopt;
  if (out.file.find("://") == std::string::npos) {
    out.file = display_name(out.file, std::filesystem::current_path());
  }
  return out;
}

bool is_tail(std::string_view path, std::string_view tail) {
  return path.size() > tail.size() && path.ends_with(tail) &&
         path[path.size() - tail.size() - 1] == '/';
}

bool declares(const Document& document, const ObjectRef& object) {
  const Node root = document.root();
  return root["kind"].text() == object.kind && root["metadata"]["name"].text() == object.name;
}

// Places messages in what was loaded.
class Placer {
 public:
  Placer(std::span<const Document* const> documents, const Meshes& meshes)
      : documents_(documents), meshes_(meshes) {
    for (const Document* document : documents) {
      sources_.emplace(document->source->name, document->source);
    }
  }

  std::optional<Location> place(const AnalyzerMessage& message, const ObjectRef& object) {
    if (const auto reference = parse_reference(message.reference)) {
      const Source* source = find_source(reference->file, object);
      if (source != nullptr) {
        if (auto at = line_of(*source, reference->line)) return at;
        if (auto at = place_of(object)) return at;
      }
      Location at;
      at.file = source != nullptr ? source->name : reference->file;
      // A line that the file does not have any more is none.
      at.line = at.end_line = source != nullptr ? 0 : reference->line;
      return at;
    }
    if (object.kind.empty()) return message.location;
    return place_of(object);
  }

 private:
  // The file of that name; else the one that declares the object and whose path ends so, or begins
  // further down: istioctl may have run in another folder.
  const Source* find_source(const std::string& file, const ObjectRef& object) const {
    if (const auto found = sources_.find(file); found != sources_.end()) return found->second;
    std::set<const Source*> similar;
    for (const Document* document : documents_) {
      const std::string& name = document->source->name;
      if (!is_tail(name, file) && !is_tail(file, name)) continue;
      if (declares(*document, object)) similar.insert(document->source);
    }
    return similar.size() == 1 ? *similar.begin() : nullptr;
  }

  std::optional<Location> line_of(const Source& source, std::uint32_t number) {
    auto [found, fresh] = lines_.try_emplace(&source);
    if (fresh) found->second = text_lines(source.text);
    if (number == 0 || number > found->second.size()) return std::nullopt;
    const TextLine& line = found->second[number - 1];
    const std::string_view said = trimmed(line.text);
    return place_on(line, said.empty() ? line.text : said, source.name);
  }

  std::optional<Location> place_of(const ObjectRef& object) const {
    std::optional<Location> at;
    for (const ResourceIndex& index : meshes_.indexes) {
      const Resource* found = index.find(object.kind, object.name_space, object.name);
      if (found == nullptr) found = index.find(object.kind, "", object.name);
      if (found == nullptr) continue;
      Location place = found->anchor().location();
      if (at && *at != place) return std::nullopt;
      at = std::move(place);
    }
    return at;
  }

  std::span<const Document* const> documents_;
  const Meshes& meshes_;
  std::map<std::string_view, const Source*> sources_;
  std::map<const Source*, std::vector<TextLine>> lines_;
};

// What the message names in quotes tells two of one code and object apart, whatever else it says.
std::string in_quotes(std::string_view text) {
  std::string out;
  for (std::size_t open = text.find('"'); open != std::string_view::npos;) {
    const std::size_t close = text.find('"', open + 1);
    if (close == std::string_view::npos) break;
    if (!out.empty()) out += ' ';
    out += text.substr(open + 1, close - open - 1);
    open = text.find('"', close + 1);
  }
  return out;
}

RuleText rule_of(const AnalyzerMessage& message) {
  RuleText rule;
  rule.id = message.code;
  rule.name = kName;
  const std::string_view title = analyzer_title(message.code);
  rule.title = title.empty() ? fmt::format("istioctl analyze reports {}", message.code) : title;
  rule.severity = message.severity;
  rule.point = 9;
  rule.tags = {kName};
  std::string url = message.documentation.substr(0, message.documentation.find('?'));
  if (!url.starts_with("https://")) {
    std::string page = message.code;
    std::ranges::transform(page, page.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 'a' - 'A') : c;
    });
    url = fmt::format("https://istio.io/latest/docs/reference/config/analysis/{}/", page);
  }
  rule.references = {std::move(url)};
  return rule;
}

// Kinds without a namespace whose objects have names with dots.
bool has_dotted_name(std::string_view kind) {
  static constexpr std::array<std::string_view, 6> kKinds = {"CustomResourceDefinition",
                                                             "Node",
                                                             "GatewayClass",
                                                             "MutatingWebhookConfiguration",
                                                             "ValidatingWebhookConfiguration",
                                                             "ClusterRole"};
  return std::ranges::find(kKinds, kind) != kKinds.end();
}

}  // namespace

ObjectRef parse_origin(std::string_view origin) {
  ObjectRef object;
  const std::size_t blank = origin.find(' ');
  if (blank == std::string_view::npos) return object;
  object.kind = origin.substr(0, blank);
  std::string_view name = origin.substr(blank + 1);
  const std::size_t slash = name.find('/');
  const std::size_t dot = has_dotted_name(object.kind) ? std::string_view::npos : name.rfind('.');
  if (slash != std::string_view::npos) {
    object.name_space = name.substr(0, slash);
    name.remove_prefix(slash + 1);
  } else if (dot != std::string_view::npos) {
    object.name_space = name.substr(dot + 1);
    name = name.substr(0, dot);
  }
  object.name = name;
  return object;
}

AnalyzerFindings analyzer_findings(std::span<const AnalyzerMessage> messages,
                                   std::span<const Document* const> documents, const Meshes& meshes,
                                   const Selection& selection) {
  AnalyzerFindings out;
  Placer placer(documents, meshes);
  std::set<std::tuple<std::string_view, std::string_view, std::string_view, std::string_view>> seen;
  for (const AnalyzerMessage& message : messages) {
    if (!selects_code(selection, message.code)) continue;
    if (!seen.emplace(message.code, message.origin, message.reference, message.message).second) {
      continue;
    }
    auto rule = std::ranges::find(out.rules, message.code, &RuleText::id);
    if (rule == out.rules.end()) rule = out.rules.insert(rule, rule_of(message));
    Finding& finding = out.findings.emplace_back();
    finding.rule = message.code;
    finding.name = kName;
    finding.severity = message.severity;
    finding.message = message.message.empty() ? rule->title : message.message;
    finding.object = parse_origin(message.origin);
    finding.container = in_quotes(message.message);
    finding.location = placer.place(message, finding.object);
  }
  std::ranges::sort(out.rules, {}, &RuleText::id);
  return out;
}

ReadOutcome outcome_of(ReadMeshes& read, const Selection& selection) {
  AnalyzerFindings said =
      analyzer_findings(read.messages, read.loaded.documents, read.meshes, selection);
  ReadOutcome outcome{std::move(read.loaded.findings), std::move(read.loaded.errors),
                      std::move(read.loaded.inputs),   std::move(read.loaded.suppressions),
                      std::move(said.rules),           {}};
  if (read.analyzed) {
    outcome.sees_code = [selection](std::string_view code) {
      return is_analyzer_code(code) && selects_code(selection, code);
    };
  }
  std::ranges::move(said.findings, std::back_inserter(outcome.findings));
  return outcome;
}

}  // namespace meshcheck::cli
