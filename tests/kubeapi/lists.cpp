#include "kubeapi/lists.h"

#include <charconv>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include "kubeapi/accept.h"
#include "kubeapi/hash.h"
#include "kubeapi/selectors.h"
#include "kubeapi/status.h"

namespace meshcheck::kubeapi {
namespace {

// Behind every key of a stored object: `~`, then a number.
constexpr std::string_view kSynthetic = "~";
// Makes every token hold bytes that a URL must escape.
constexpr std::string_view kTokenStart = "\xfb\xff";

// Where a list goes on.
struct Position {
  std::int64_t resource_version = 0;  // -1: from now
  std::string after;                  // the last key sent
  std::string query;                  // a digest of what else was asked: it may not change
};

std::string token_of(const Position& position) {
  const Json json{{"v", "meta.k8s.io/v1"},
                  {"rv", position.resource_version},
                  {"start", position.after},
                  {"q", position.query}};
  return base64(std::string(kTokenStart) + json.dump());
}

std::optional<Position> position_of(const std::string& token) {
  const std::optional<std::string> text = from_base64(token);
  if (!text || !text->starts_with(kTokenStart)) return std::nullopt;
  const Json json = Json::parse(text->substr(kTokenStart.size()), nullptr, false);
  if (!json.is_object()) return std::nullopt;
  return Position{json.value("rv", std::int64_t{0}), json.value("start", ""), json.value("q", "")};
}

std::string digest_of_query(const Head& head) {
  return sha256_hex(head.path + "\n" + head.parameter("labelSelector") + "\n" +
                    head.parameter("fieldSelector"))
      .substr(0, 8);
}

enum class Form : std::uint8_t { whole, metadata, unacceptable };

Form form_of(const Head& head, std::string_view metadata_kind) {
  for (const MediaType& type : accepted(head.header("Accept"))) {
    if (type.as == metadata_kind && type.group == "meta.k8s.io" && type.version == "v1") {
      return Form::metadata;
    }
    if (is_json(type)) return Form::whole;
  }
  return Form::unacceptable;
}

std::string text_of(const Json& object, const Kind& kind, const Wanted& wanted, Form form,
                    bool in_list) {
  if (form == Form::metadata) {
    return Json{{"kind", "PartialObjectMetadata"},
                {"apiVersion", "meta.k8s.io/v1"},
                {"metadata", object.at("metadata")}}
        .dump();
  }
  Json copy = object;
  if (in_list && !kind.custom) {
    copy.erase("kind");
    copy.erase("apiVersion");
  } else {
    copy["apiVersion"] = api_version_of(wanted.group, wanted.version);
  }
  return copy.dump();
}

// Collects one page.
class Page {
 public:
  Page(const Kind& kind, const Wanted& wanted, const Selectors& selectors, Form form,
       std::size_t limit)
      : kind_(kind), wanted_(wanted), selectors_(selectors), form_(form), limit_(limit) {}

  void add_objects(const Snapshot::Objects& objects, const std::string& after) {
    auto at = after.empty() ? objects.begin() : objects.upper_bound(after);
    for (; at != objects.end(); ++at) {
      if (!wanted_.name_space.empty() && !at->first.starts_with(wanted_.name_space + "/")) continue;
      if (!selectors_.match(*at->second)) continue;
      if (full()) {
        ++remaining_;
      } else {
        add(text_of(*at->second, kind_, wanted_, form_, true), at->first);
      }
    }
  }

  void add_pods(const PodFactory& pods, std::size_t from) {
    for (std::size_t i = from; i < pods.count(); ++i) {
      if (!wanted_.name_space.empty() && pods.name_space(i) != wanted_.name_space) continue;
      if (!selectors_.empty() && !selectors_.match(Json::parse(pods.text(i)))) continue;
      if (full()) {
        // Counting is not worth making every pod up.
        remaining_ += pods.count() - i;
        return;
      }
      add(form_ == Form::metadata ? pods.metadata_text(i) : pods.text(i),
          std::string(kSynthetic) + std::to_string(i));
    }
  }

  bool complete() const { return remaining_ == 0; }
  std::size_t remaining() const { return remaining_; }
  const std::string& last_key() const { return last_key_; }
  const std::string& items() const { return items_; }

 private:
  bool full() const { return limit_ != 0 && count_ == limit_; }

  void add(const std::string& text, std::string key) {
    if (count_++ != 0) items_ += ',';
    items_ += text;
    last_key_ = std::move(key);
  }

  const Kind& kind_;
  const Wanted& wanted_;
  const Selectors& selectors_;
  Form form_;
  std::size_t limit_;
  std::size_t count_ = 0;
  std::size_t remaining_ = 0;
  std::string items_;
  std::string last_key_;
};

std::optional<std::size_t> limit_of(const Head& head) {
  const std::string text = head.parameter("limit");
  std::size_t limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (!text.empty() && (error != std::errc() || end != text.data() + text.size())) {
    return std::nullopt;
  }
  // "Any state will do" comes from the watch cache, which knew no pages.
  if (head.parameter("resourceVersion") == "0" && head.parameter("continue").empty()) return 0;
  return limit;
}

void fill(Page& page, const Snapshot& state, const Kind& kind, const std::string& after) {
  std::size_t from = 0;
  if (after.starts_with(kSynthetic)) {
    from = std::stoul(after.substr(kSynthetic.size())) + 1;
  } else {
    page.add_objects(state.objects(kind), after);
  }
  if (state.pods && kind.group.empty() && kind.plural == "pods") page.add_pods(*state.pods, from);
}

Answer list_body(const Page& page, const Snapshot& state, const Kind& kind, const Wanted& wanted,
                 Form form, const Position& next, bool selected) {
  Json metadata{{"resourceVersion", std::to_string(state.resource_version)}};
  if (!page.complete()) {
    metadata["continue"] = token_of(next);
    // With a selector nobody has counted.
    if (!selected) metadata["remainingItemCount"] = page.remaining();
  }
  const bool partial = form == Form::metadata;
  Answer answer = json_answer({});
  answer.body = fmt::format(
      R"({{"kind":"{}","apiVersion":"{}","metadata":{},"items":[)",
      partial ? std::string("PartialObjectMetadataList") : kind.kind + "List",
      partial ? std::string("meta.k8s.io/v1") : api_version_of(wanted.group, wanted.version),
      metadata.dump());
  answer.body.append(page.items()).append("]}\n");
  return answer;
}

// nullopt: the token is good.
std::optional<Answer> refuse(const Head& head, const std::string& token,
                             const std::optional<Position>& position) {
  if (token.empty()) return std::nullopt;
  if (!position) return bad_request("continue key is not valid: illegal base64 data");
  if (!head.parameter("resourceVersion").empty()) {
    return bad_request("specifying resource version is not allowed when using continue");
  }
  if (position->query != digest_of_query(head)) {
    return bad_request("continue key is not valid: the query is not the one it was made for");
  }
  return std::nullopt;
}

}  // namespace

Answer list_answer(const Store& store, const Kind& kind, const Wanted& wanted, const Head& head) {
  const std::string token = head.parameter("continue");
  const std::optional<Position> position = position_of(token);
  if (auto refused = refuse(head, token, position)) return *std::move(refused);
  const std::optional<std::size_t> limit = limit_of(head);
  if (!limit) return bad_request("strconv.ParseInt: parsing \"limit\": invalid syntax");
  const Form form = form_of(head, "PartialObjectMetadataList");
  if (form == Form::unacceptable) return not_acceptable();
  std::shared_ptr<const Snapshot> state = store.newest();
  if (position && position->resource_version >= 0) {
    state = store.at(static_cast<std::uint64_t>(position->resource_version));
    if (!state) return expired_answer(head, true);
  }
  try {
    const Selectors selectors(head.parameter("labelSelector"), head.parameter("fieldSelector"));
    Page page(kind, wanted, selectors, form, *limit);
    fill(page, *state, kind, position ? position->after : std::string());
    const Position next{static_cast<std::int64_t>(state->resource_version), page.last_key(),
                        digest_of_query(head)};
    return list_body(page, *state, kind, wanted, form, next, !selectors.empty());
  } catch (const std::runtime_error& error) {
    return bad_request(error.what());
  }
}

Answer object_answer(const Store& store, const Kind& kind, const Wanted& wanted, const Head& head) {
  const Form form = form_of(head, "PartialObjectMetadata");
  if (form == Form::unacceptable) return not_acceptable();
  const std::shared_ptr<const Snapshot> state = store.newest();
  const Snapshot::Objects& objects = state->objects(kind);
  const auto found = objects.find(object_key(wanted.name_space, wanted.name));
  if (found == objects.end()) {
    return unknown_object(wanted.group.empty() ? wanted.plural : wanted.plural + "." + wanted.group,
                          wanted.name);
  }
  Answer answer = json_answer({});
  answer.body = text_of(*found->second, kind, wanted, form, false) + "\n";
  return answer;
}

Answer expired_answer(const Head& head, bool with_token) {
  Answer answer = status_answer(
      410, "Expired",
      "The provided continue parameter is too old to display a consistent list result. You can "
      "start a new list without the continue parameter, or use the continue token in this response "
      "to retrieve the remainder of the results.");
  std::optional<Position> position = position_of(head.parameter("continue"));
  if (!position || !with_token) return answer;
  position->resource_version = -1;
  Json body = Json::parse(answer.body);
  body["metadata"]["continue"] = token_of(*position);
  answer.body = body.dump() + "\n";
  return answer;
}

}  // namespace meshcheck::kubeapi
