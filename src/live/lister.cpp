#include "live/lister.h"

#include <algorithm>
#include <functional>
#include <unordered_set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "live/answer_head.h"
#include "live/list_page.h"
#include "live/resource_path.h"
#include "live/status.h"

namespace meshcheck::live {

namespace {

constexpr std::size_t kSmallestPage = 50;
constexpr std::size_t kLargestPage = 1000;
constexpr std::size_t kPageOfNoLimit =
    500;  // what a list without limit is cut to when it is too much
constexpr int kMostRestarts = 8;
// A filter may empty many pages one after the other, but not half a million objects' worth.
constexpr int kMostIdlePages = 1000;
constexpr const char* kMetadata =
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

std::string grant_of(const ApiResource& resource, std::string_view name_space) {
  return fmt::format("grant `list` on `{}` of apiGroup `{}`{}", resource.plural,
                     resource.group.empty() ? "\"\"" : resource.group,
                     name_space.empty() ? std::string(" in a ClusterRole")
                                        : fmt::format(" in namespace `{}`", name_space));
}

class Run {
 public:
  Run(Caller& caller, std::string& body, const ListQuery& query, std::string_view name_space,
      const PageFn& deliver)
      : caller_(caller), body_(body), query_(query), name_space_(name_space), deliver_(deliver) {
    limit_ = query.page_size != 0 ? query.page_size : caller.options().page_size;
    if (caller.options().page_size == 0) limit_ = 0;
  }

  Listed list() {
    while (step()) {
      if (idle_pages_ <= kMostIdlePages) continue;
      give_up("its pages have no end");
      break;
    }
    return std::move(listed_);
  }

 private:
  // One page; false: that was all.
  bool step() {
    std::optional<ListPage> page;
    patience_.splits = limit_ == 0 || limit_ > kSmallestPage;
    const Asked asked = caller_.ask(request(), body_, patience_, [&](std::string_view body) {
      page = read_list_page(body);
      return page.has_value();
    });
    switch (asked.verdict) {
      case Verdict::usable: return take(*page, asked.answer);
      case Verdict::expired: return go_on_after_expiry();
      case Verdict::smaller:
        if (!patience_.splits) return end(Reading::failed, asked);
        limit_ = std::max((limit_ == 0 ? kPageOfNoLimit : limit_) / 2, kSmallestPage);
        return restart(asked.problem);
      case Verdict::not_acceptable:
        if (!query_.metadata_only || plain_) return end(Reading::failed, asked);
        plain_ = true;
        return restart(asked.problem);
      case Verdict::bad_request:
        // A token that the server cannot read (any more).
        return token_.empty() ? end(Reading::failed, asked) : restart(asked.problem);
      case Verdict::absent:
        // A resource that went while it was listed is no absent one: it had objects. Nor is one of
        // which something else than an API server says so.
        return end(token_.empty() && is_not_found(body_) ? Reading::absent : Reading::failed,
                   asked);
      case Verdict::forbidden: return end(Reading::forbidden, asked);
      case Verdict::ended: return end(Reading::skipped, asked);
      default: return end(Reading::failed, asked);
    }
  }

  Request request() const {
    ListPath path{query_.resource};
    path.name_space = name_space_;
    path.label_selector = query_.label_selector;
    path.field_selector = query_.field_selector;
    path.limit = limit_;
    path.continue_token = token_;
    path.timeout_seconds =
        std::chrono::ceil<std::chrono::seconds>(caller_.options().request_timeout).count();
    Request request;
    request.path = list_path(path);
    if (query_.metadata_only && !plain_) request.accept = kMetadata;
    return request;
  }

  bool take(ListPage& page, const Answer& answer) {
    if (page.kind != query_.resource.kind + "List" && page.kind != "PartialObjectMetadataList") {
      return give_up(fmt::format("the answer is of kind `{}`, no list of {}", shown(page.kind, 64),
                                 query_.resource.plural));
    }
    if (!page.fault.empty()) {
      return give_up(fmt::format("the answer is no list: {}", page.fault));
    }
    drop_repeated(page.items);
    idle_pages_ = page.items.empty() ? idle_pages_ + 1 : 0;
    if (first_) {
      listed_.resource_version = page.resource_version;
      listed_.at = answer.date;
    }
    Page delivered;
    delivered.name_space = name_space_;
    delivered.first = std::exchange(first_, false);
    delivered.body = body_;
    delivered.items = page.items;
    deliver_(delivered);
    listed_.objects += page.items.size();
    if (page.continue_token.empty()) {
      listed_.reading = Reading::whole;
      return false;
    }
    if (!tokens_.insert(std::hash<std::string>{}(page.continue_token)).second) {
      return give_up("the server repeats a page for ever");
    }
    token_ = std::move(page.continue_token);
    return true;
  }

  // Objects that came before the list expired may come again after, and what a server sends twice
  // is there once.
  void drop_repeated(std::vector<std::string_view>& items) {
    std::erase_if(items, [&](std::string_view item) {
      const auto uid = item_uid(item);
      return !uid.empty() && !seen_.insert(std::hash<std::string_view>{}(uid)).second;
    });
  }

  // The server no longer has the moment that the list is of. Once, all of it is read again, in
  // larger pages; then it goes on with what is there now.
  bool go_on_after_expiry() {
    const auto status = read_status(body_);
    if (++expiries_ == 1) {
      if (limit_ != 0) limit_ = std::min(limit_ * 2, std::max(limit_, kLargestPage));
      return restart("the list expired");
    }
    if (!status || status->continue_token.empty())
      return restart("the list expires again and again");
    if (status->continue_token == token_) return give_up("the list expires again and again");
    token_ = status->continue_token;
    listed_.inconsistent = true;
    return true;
  }

  bool restart(const std::string& why) {
    if (++restarts_ > kMostRestarts) return give_up(why);
    token_.clear();
    tokens_.clear();
    seen_.clear();
    first_ = true;
    listed_ = {};
    return true;
  }

  bool give_up(std::string why) {
    Asked asked;
    asked.verdict = Verdict::hopeless;
    asked.problem = std::move(why);
    return end(Reading::failed, asked);
  }

  bool end(Reading reading, const Asked& asked) {
    listed_.reading = reading;
    if (reading == Reading::absent) return false;
    std::string what = "listing " + query_.resource.full_name();
    if (!name_space_.empty()) what += fmt::format(" of namespace {}", name_space_);
    listed_.error = caller_.error_of(what, asked);
    if (reading == Reading::forbidden) {
      listed_.error->hint = grant_of(query_.resource, name_space_);
    }
    return false;
  }

  Caller& caller_;
  std::string& body_;
  const ListQuery& query_;
  std::string_view name_space_;
  const PageFn& deliver_;
  Patience patience_;
  Listed listed_;
  std::size_t limit_ = 0;
  std::string token_;
  std::unordered_set<std::size_t> seen_;    // hashes of UIDs
  std::unordered_set<std::size_t> tokens_;  // of all pages so far; hashes
  int idle_pages_ = 0;                      // that brought nothing new, one after the other
  bool first_ = true;
  bool plain_ = false;  // the server knows no PartialObjectMetadata
  int expiries_ = 0;
  int restarts_ = 0;
};

}  // namespace

Listed Lister::list(const ListQuery& query, std::string_view name_space, const PageFn& page) {
  return Run(caller_, body_, query, name_space, page).list();
}

}  // namespace meshcheck::live
