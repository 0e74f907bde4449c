// Kubernetes objects as views on documents, and the index that finds them.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "meshcheck/document.h"
#include "meshcheck/location.h"

namespace meshcheck {

// One Kubernetes object: a document's root, or an item of a List. Holds views of the document and
// of `default_namespace`, which must outlive it.
class Resource {
 public:
  Resource(Node root, std::string_view default_namespace);
  // For an item of a typed list, whose type only the list says.
  Resource(Node root, std::string_view default_namespace, std::string_view api_version,
           std::string_view kind);

  Node root() const { return root_; }
  std::string_view api_version() const { return api_version_; }
  std::string_view group() const;  // "apps"; empty for the core group
  std::string_view kind() const { return kind_; }
  std::string_view name() const { return name_; }
  // Effective: the manifest's, else the default for namespaced kinds; empty for cluster-scoped
  // ones.
  std::string_view name_space() const { return name_space_; }

  Node metadata() const { return root_["metadata"]; }
  Node spec() const { return root_["spec"]; }
  Node labels() const { return metadata()["labels"]; }
  Node annotations() const { return metadata()["annotations"]; }
  std::string_view label(std::string_view key) const { return labels()[key].text(); }
  std::string_view annotation(std::string_view key) const { return annotations()[key].text(); }
  // The pod template of a workload of any kind we know (a Pod is its own), else missing.
  Node pod_template() const;
  // The node of metadata.name: where findings about something absent are placed.
  Node anchor() const;

  // True where the API server has seen it: it carries uid, resourceVersion, managedFields or status
  // content, so defaulted values in it need not be the user's.
  bool is_live() const;
  // False for a patch: a document that a kustomization names as one, a workload without
  // spec.selector or with a container without image.
  bool is_complete() const;
  ObjectRef ref() const;

 private:
  Node root_;
  std::string_view api_version_, kind_, name_, name_space_;
};

bool is_cluster_scoped(std::string_view group, std::string_view kind);
bool is_workload_kind(std::string_view kind);

// All objects of one mesh, in input order. Pointers stay valid as the index grows.
class ResourceIndex {
 public:
  // Adds the object at `root`, or each item of a List. Anything that is no Kubernetes object (no
  // apiVersion and kind, or no name) adds nothing, nor does a patch, so that no reader of the index
  // takes one for an object; the number added is returned.
  std::size_t add(Node root, std::string_view default_namespace);

  std::span<const Resource* const> all() const { return all_; }
  // By kind, any API group (kinds of different groups share a list; check group() where it
  // matters).
  std::span<const Resource* const> of_kind(std::string_view kind) const;
  const Resource* find(std::string_view kind, std::string_view name_space,
                       std::string_view name) const;
  std::vector<const Resource*> in_namespace(std::string_view kind,
                                            std::string_view name_space) const;
  std::size_t size() const { return all_.size(); }
  // Objects that one file or stream describes more than once (same group, kind, namespace and
  // name), each group in input order.
  std::vector<std::vector<const Resource*>> duplicates() const;

 private:
  std::size_t add(Node root, std::string_view default_namespace, std::string_view api_version,
                  std::string_view kind);

  std::deque<Resource> resources_;
  std::set<std::string, std::less<>> default_namespaces_;  // that resources_ hold views of
  std::vector<const Resource*> all_;
  std::unordered_map<std::string_view, std::vector<const Resource*>> by_kind_;
  // By a hash of what identifies the object: a dump holds as many keys as objects.
  std::unordered_multimap<std::size_t, const Resource*> by_name_;
};

}  // namespace meshcheck
