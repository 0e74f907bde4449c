#include "kubeapi/store.h"

#include <algorithm>
#include <stdexcept>
#include <tuple>

#include <fmt/format.h>

#include "kubeapi/hash.h"

namespace meshcheck::kubeapi {
namespace {

std::string kind_key(std::string_view group, std::string_view kind) {
  return std::string(group) + "/" + std::string(kind);
}

Kind defined_kind(const Json& definition) {
  const Json& spec = definition.at("spec");
  const Json& names = spec.at("names");
  Kind kind{text_at(spec, "group"), {}, text_at(names, "kind"), text_at(names, "plural")};
  kind.namespaced = text_at(spec, "scope") != "Cluster";
  kind.custom = true;
  const auto short_names = names.find("shortNames");
  if (short_names != names.end()) kind.short_name = short_names->at(0);
  for (const Json& version : spec.at("versions")) {
    if (version.value("served", true)) kind.versions.push_back(version.at("name"));
  }
  std::sort(kind.versions.begin(), kind.versions.end(), version_precedes);
  return kind;
}

// Of a kind without a definition: in the versions that its objects are written in.
Kind implied_kind(const std::string& key, const Snapshot::Objects& objects) {
  const std::size_t slash = key.find('/');
  const Kind* known = known_custom_kind(key.substr(0, slash), key.substr(slash + 1));
  if (known == nullptr) {
    throw std::runtime_error(key + ": not a kind known here; add its CustomResourceDefinition");
  }
  Kind kind = *known;
  std::set<std::string> versions;
  for (const auto& [name, object] : objects) {
    versions.insert(version_of(text_at(*object, "apiVersion")));
  }
  kind.versions.assign(versions.begin(), versions.end());
  std::sort(kind.versions.begin(), kind.versions.end(), version_precedes);
  return kind;
}

void find_kinds(Snapshot& state, const std::set<std::string>& withdrawn) {
  std::map<std::string, Kind> kinds;
  for (const Kind& kind : builtin_kinds()) kinds[kind_key(kind.group, kind.kind)] = kind;
  for (const auto& [name, object] :
       state.kinds_objects["apiextensions.k8s.io/CustomResourceDefinition"]) {
    const Kind kind = defined_kind(*object);
    kinds.emplace(kind_key(kind.group, kind.kind), kind);
  }
  for (const auto& [key, objects] : state.kinds_objects) {
    if (!objects.empty() && !kinds.contains(key)) kinds.emplace(key, implied_kind(key, objects));
  }
  state.kinds.clear();
  for (auto& [key, kind] : kinds) {
    std::erase_if(kind.versions, [&](const std::string& version) {
      return withdrawn.contains(api_version_of(kind.group, version));
    });
    if (!kind.versions.empty()) state.kinds.push_back(kind);
  }
  std::sort(state.kinds.begin(), state.kinds.end(), [](const Kind& a, const Kind& b) {
    return std::tie(a.group, a.plural) < std::tie(b.group, b.plural);
  });
}

std::string made_up_uid(const std::string& of) {
  const std::string hash = sha256_hex(of);
  return fmt::format("{}-{}-4{}-a{}-{}", hash.substr(0, 8), hash.substr(8, 4), hash.substr(12, 3),
                     hash.substr(15, 3), hash.substr(18, 12));
}

void fill_in(Json& object, const std::string& key, std::uint64_t resource_version) {
  Json& metadata = object["metadata"];
  const auto absent = [&](const char* name) { return text_at(metadata, name).empty(); };
  if (absent("uid")) metadata["uid"] = made_up_uid(key);
  if (absent("creationTimestamp")) metadata["creationTimestamp"] = "2026-01-05T08:00:00Z";
  if (absent("resourceVersion")) metadata["resourceVersion"] = std::to_string(resource_version);
}

}  // namespace

std::string object_key(std::string_view name_space, std::string_view name) {
  return std::string(name_space) + "/" + std::string(name);
}

const Kind* Snapshot::find_kind(std::string_view group, std::string_view version,
                                std::string_view plural) const {
  const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& kind) {
    return kind.group == group && kind.plural == plural && kind.serves(version);
  });
  return found == kinds.end() ? nullptr : &*found;
}

bool Snapshot::has_group_version(std::string_view group, std::string_view version) const {
  return std::any_of(kinds.begin(), kinds.end(),
                     [&](const Kind& kind) { return kind.group == group && kind.serves(version); });
}

const Snapshot::Objects& Snapshot::objects(const Kind& kind) const {
  static const Objects kNone;
  const auto found = kinds_objects.find(kind_key(kind.group, kind.kind));
  return found == kinds_objects.end() ? kNone : found->second;
}

Store::Store() {
  auto first = std::make_shared<Snapshot>();
  find_kinds(*first, withdrawn_);
  snapshots_.emplace(first->resource_version, std::move(first));
}

template <class Change>
void Store::change(Change apply) {
  const std::lock_guard lock(mutex_);
  auto next = std::make_shared<Snapshot>(*snapshots_.rbegin()->second);
  ++next->resource_version;
  apply(*next);
  find_kinds(*next, withdrawn_);
  snapshots_.emplace(next->resource_version, std::move(next));
}

void Store::add(std::vector<Json> objects) {
  change([&](Snapshot& state) {
    for (Json& object : objects) {
      const std::string kind =
          kind_key(group_of(text_at(object, "apiVersion")), text_at(object, "kind"));
      const std::string key =
          object_key(text_at(object, "metadata", "namespace"), text_at(object, "metadata", "name"));
      fill_in(object, kind + "/" + key, state.resource_version);
      state.kinds_objects[kind][key] = std::make_shared<const Json>(std::move(object));
    }
  });
}

void Store::remove(std::string_view kind, std::string_view name_space, std::string_view name) {
  change([&](Snapshot& state) {
    for (auto& [key, objects] : state.kinds_objects) {
      if (key.substr(key.find('/') + 1) == kind) objects.erase(object_key(name_space, name));
    }
  });
}

void Store::add(const SyntheticPods& pods) {
  auto factory = std::make_shared<const PodFactory>(pods);
  add(factory->namespaces());
  change([&](Snapshot& state) { state.pods = factory; });
}

void Store::withdraw(std::string_view group_version) {
  change([&](Snapshot&) { withdrawn_.emplace(group_version); });
}

void Store::mark_stale(std::string_view group_version) {
  change([&](Snapshot& state) { state.stale.emplace(group_version); });
}

std::shared_ptr<const Snapshot> Store::newest() const {
  const std::lock_guard lock(mutex_);
  return snapshots_.rbegin()->second;
}

std::shared_ptr<const Snapshot> Store::at(std::uint64_t resource_version) const {
  const std::lock_guard lock(mutex_);
  const auto found = snapshots_.find(resource_version);
  return found == snapshots_.end() ? nullptr : found->second;
}

}  // namespace meshcheck::kubeapi
