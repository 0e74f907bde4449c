#include "live/snapshot.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "live/archive.h"

namespace meshcheck::live {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormat = 1;
constexpr std::string_view kContents = "snapshot.json";
constexpr std::array<std::string_view, 5> kStates = {"whole", "absent", "partial", "forbidden",
                                                     "failed"};

std::optional<ListState> state_of(std::string_view word) {
  const auto* found = std::ranges::find(kStates, word);
  if (found == kStates.end()) return std::nullopt;
  return static_cast<ListState>(found - kStates.begin());
}

std::string list_file(std::size_t cluster, const ObjectList& list) {
  return fmt::format("{}/objects/{}{}{}.jsonl", cluster, list.resource,
                     list.group.empty() ? "" : ".", list.group);
}

// By its number: a pod's name may be longer than an archive can hold.
std::string answer_file(std::size_t cluster, std::size_t number) {
  return fmt::format("{}/istiods/{}.txt", cluster, number);
}

Json describe(const ObjectList& list) {
  return {{"group", list.group},
          {"resource", list.resource},
          {"kind", list.kind},
          {"version", list.version},
          {"state", to_string(list.state)},
          {"namespaces", list.namespaces},
          {"reason", list.reason},
          {"hint", list.hint},
          {"count", list.count},
          {"inconsistent", list.inconsistent}};
}

Json describe(const IstiodAnswer& answer) {
  return {{"namespace", answer.name_space},
          {"pod", answer.pod},
          {"revision", answer.revision},
          {"path", answer.path},
          {"at", answer.at},
          {"look", answer.look},
          {"problem", answer.problem},
          {"hint", answer.hint}};
}

class Reader {
 public:
  explicit Reader(std::vector<ArchivedFile> files) {
    for (ArchivedFile& file : files) files_[std::move(file.name)] = std::move(file.text);
  }

  Result<Snapshot> run() {
    const auto contents = files_.find(kContents);
    if (contents == files_.end()) {
      return fail("", fmt::format("it holds no {}: it is no snapshot", kContents));
    }
    try {
      const Json json = Json::parse(contents->second);
      if (json.at("format").get<int>() != kFormat) {
        return fail("",
                    fmt::format("its format is {}, and this meshcheck reads {}",
                                json.at("format").get<int>(), kFormat),
                    "use the meshcheck that wrote it");
      }
      Snapshot snapshot;
      snapshot.taken = json.at("taken").get<std::string>();
      for (const Json& one : json.at("clusters")) {
        const std::size_t number = snapshot.clusters.size();
        snapshot.clusters.push_back(cluster(one, number));
      }
      if (!damage_.empty()) return fail("", damage_, "take it anew: meshcheck snapshot");
      return snapshot;
    } catch (const Json::exception&) {
      return fail("", fmt::format("its {} is broken", kContents));
    }
  }

 private:
  std::string take(const std::string& name) {
    const auto found = files_.find(name);
    return found == files_.end() ? std::string{} : std::move(found->second);
  }

  Cluster cluster(const Json& json, std::size_t number) {
    Cluster out;
    out.name = json.at("name").get<std::string>();
    out.server = json.at("server").get<std::string>();
    out.version = json.at("version").get<std::string>();
    out.user = json.at("user").get<std::string>();
    out.insecure = json.at("insecure").get<bool>();
    out.failure = json.at("failure").get<std::string>();
    out.hint = json.at("hint").get<std::string>();
    out.interrupted = json.value("interrupted", "");
    for (const Json& one : json.at("lists")) out.lists.push_back(list(one, number));
    for (const Json& one : json.at("answers")) {
      out.answers.push_back(answer(one));
      out.answers.back().text = take(answer_file(number, out.answers.size() - 1));
    }
    return out;
  }

  ObjectList list(const Json& json, std::size_t number) {
    ObjectList out;
    out.group = json.at("group").get<std::string>();
    out.resource = json.at("resource").get<std::string>();
    out.kind = json.at("kind").get<std::string>();
    out.version = json.at("version").get<std::string>();
    const auto state = state_of(json.at("state").get<std::string>());
    if (!state) damage_ = fmt::format("its {} is broken", kContents);
    out.state = state.value_or(ListState::failed);
    out.namespaces = json.at("namespaces").get<std::vector<std::string>>();
    out.reason = json.at("reason").get<std::string>();
    out.hint = json.at("hint").get<std::string>();
    out.count = json.at("count").get<std::size_t>();
    out.inconsistent = json.at("inconsistent").get<bool>();
    const std::string file = list_file(number, out);
    out.text = take(file);
    // What is lost would pass for what the cluster does not have.
    if (static_cast<std::size_t>(std::ranges::count(out.text, '\n')) != out.count) {
      damage_ = fmt::format("{} should hold {} objects, and does not", file, out.count);
    }
    return out;
  }

  static IstiodAnswer answer(const Json& json) {
    IstiodAnswer out;
    out.name_space = json.at("namespace").get<std::string>();
    out.pod = json.at("pod").get<std::string>();
    out.revision = json.at("revision").get<std::string>();
    out.path = json.at("path").get<std::string>();
    out.at = json.at("at").get<std::int64_t>();
    out.look = json.at("look").get<std::size_t>();
    out.problem = json.at("problem").get<std::string>();
    out.hint = json.at("hint").get<std::string>();
    return out;
  }

  std::map<std::string, std::string, std::less<>> files_;
  std::string damage_;  // what is lost; else empty
};

}  // namespace

std::string_view to_string(ListState state) { return kStates.at(static_cast<std::size_t>(state)); }

std::string write_snapshot(const Snapshot& snapshot) {
  Json clusters = Json::array();
  std::vector<ArchivedFile> files(1);
  for (std::size_t i = 0; i < snapshot.clusters.size(); ++i) {
    const Cluster& cluster = snapshot.clusters[i];
    Json lists = Json::array();
    for (const ObjectList& list : cluster.lists) {
      lists.push_back(describe(list));
      if (!list.text.empty()) files.push_back({list_file(i, list), list.text});
    }
    Json answers = Json::array();
    for (const IstiodAnswer& answer : cluster.answers) {
      if (!answer.text.empty()) files.push_back({answer_file(i, answers.size()), answer.text});
      answers.push_back(describe(answer));
    }
    clusters.push_back({{"name", cluster.name},
                        {"server", cluster.server},
                        {"version", cluster.version},
                        {"user", cluster.user},
                        {"insecure", cluster.insecure},
                        {"failure", cluster.failure},
                        {"hint", cluster.hint},
                        {"interrupted", cluster.interrupted},
                        {"lists", std::move(lists)},
                        {"answers", std::move(answers)}});
  }
  const Json contents = {
      {"format", kFormat}, {"taken", snapshot.taken}, {"clusters", std::move(clusters)}};
  files.front() = {std::string(kContents),
                   contents.dump(1, ' ', false, Json::error_handler_t::replace) + "\n"};
  return write_archive(files);
}

Result<Snapshot> read_snapshot(std::string_view bytes) {
  auto files = read_archive(bytes);
  if (!files) return files.error();
  return Reader(*std::move(files)).run();
}

}  // namespace meshcheck::live
