#include "kubeapi/rights.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

namespace meshcheck::kubeapi {
namespace {

bool has(const Json& rule, const char* key, const std::string& wanted) {
  const auto list = rule.find(key);
  if (list == rule.end() || !list->is_array()) return false;
  return std::any_of(list->begin(), list->end(),
                     [&](const Json& each) { return each == "*" || each == wanted; });
}

bool names_resource(const Json& rule, const Act& act) {
  const std::string whole =
      act.subresource.empty() ? act.resource : act.resource + "/" + act.subresource;
  if (has(rule, "resources", whole)) return true;
  return !act.subresource.empty() && has(rule, "resources", "*/" + act.subresource);
}

bool names_object(const Json& rule, const Act& act) {
  const auto names = rule.find("resourceNames");
  if (names == rule.end() || names->empty()) return true;
  return std::find(names->begin(), names->end(), Json(act.name)) != names->end();
}

bool names_path(const Json& rule, const std::string& path) {
  const auto paths = rule.find("nonResourceURLs");
  if (paths == rule.end()) return false;
  return std::any_of(paths->begin(), paths->end(), [&](const Json& each) {
    const std::string pattern = each;
    if (!pattern.ends_with('*')) return pattern == path;
    return path.starts_with(std::string_view(pattern).substr(0, pattern.size() - 1));
  });
}

bool rule_allows(const Json& rule, const Act& act) {
  if (!has(rule, "verbs", act.verb)) return false;
  if (!act.path.empty()) return names_path(rule, act.path);
  return has(rule, "apiGroups", act.group) && names_resource(rule, act) && names_object(rule, act);
}

bool member(const User& user, std::string_view group) {
  return std::find(user.groups.begin(), user.groups.end(), group) != user.groups.end();
}

bool subject_is(const Json& subject, const User& user) {
  const std::string kind = text_at(subject, "kind");
  const std::string name = text_at(subject, "name");
  if (kind == "Group") return member(user, name);
  if (kind == "User") return user.name == name;
  return user.name == "system:serviceaccount:" + text_at(subject, "namespace") + ":" + name;
}

}  // namespace

Rights::Rights(const std::vector<Json>& objects) : limited_(true) {
  std::map<std::string, const Json*> roles;
  std::set<std::string> bound;
  const auto role_key = [](const std::string& kind, const std::string& name_space,
                           const std::string& name) {
    return kind + "/" + (kind == "Role" ? name_space : std::string()) + "/" + name;
  };
  for (const Json& object : objects) {
    const std::string kind = text_at(object, "kind");
    if (kind == "Role" || kind == "ClusterRole") {
      roles[role_key(kind, text_at(object, "metadata", "namespace"),
                     text_at(object, "metadata", "name"))] = &object;
    }
  }
  for (const Json& object : objects) {
    if (!text_at(object, "kind").ends_with("RoleBinding")) continue;
    const std::string name_space = text_at(object, "metadata", "namespace");
    const std::string key = role_key(text_at(object, "roleRef", "kind"), name_space,
                                     text_at(object, "roleRef", "name"));
    bound.insert(key);
    const auto role = roles.find(key);
    if (role == roles.end()) continue;
    grants_.push_back({role->second->value("rules", Json::array()),
                       object.value("subjects", std::vector<Json>()), name_space});
  }
  for (const auto& [key, role] : roles) {
    if (bound.contains(key)) continue;
    grants_.push_back({role->value("rules", Json::array()),
                       {{{"kind", "Group"}, {"name", "system:authenticated"}}},
                       text_at(*role, "metadata", "namespace")});
  }
}

bool Rights::allow(const User& user, const Act& act) const {
  if (!limited_ || member(user, "system:masters")) return true;
  return std::any_of(grants_.begin(), grants_.end(), [&](const Grant& grant) {
    if (!grant.name_space.empty() && grant.name_space != act.name_space) return false;
    return std::any_of(grant.subjects.begin(), grant.subjects.end(),
                       [&](const Json& subject) { return subject_is(subject, user); }) &&
           std::any_of(grant.rules.begin(), grant.rules.end(),
                       [&](const Json& rule) { return rule_allows(rule, act); });
  });
}

std::string refusal(const User& user, const Act& act) {
  if (!act.path.empty()) {
    return fmt::format("forbidden: User \"{}\" cannot {} path \"{}\"", user.name, act.verb,
                       act.path);
  }
  const std::string resource =
      act.subresource.empty() ? act.resource : act.resource + "/" + act.subresource;
  std::string what = act.group.empty() ? act.resource : act.resource + "." + act.group;
  if (!act.name.empty()) what += " \"" + act.name + "\"";
  const std::string where = act.name_space.empty() ? "at the cluster scope"
                                                   : "in the namespace \"" + act.name_space + "\"";
  return fmt::format(
      "{} is forbidden: User \"{}\" cannot {} resource \"{}\" in API group \"{}\" {}", what,
      user.name, act.verb, resource, act.group, where);
}

}  // namespace meshcheck::kubeapi
