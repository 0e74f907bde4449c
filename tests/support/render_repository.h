// A repository with stand-ins for helm and kustomize, for tests of --render.
#pragma once

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "cli/run.h"
#include "support/contains.h"
#include "support/temporary_folder.h"

namespace meshcheck::test {

struct Ran {
  int status = 0;
  std::string out;
  std::string err;
};

// A repository with the tools that it is to find.
class Repository {
 public:
  void write(const std::string& name, const std::string& text) const { folder_.write(name, text); }
  void tool(const std::string& name, const std::string& body) const {
    tools_.write(name, "#!/bin/sh\n" + body);
    std::filesystem::permissions(tools_.path() / name, std::filesystem::perms::owner_all);
  }
  // What a tool prints.
  std::string output(const std::string& name, const std::string& text) const {
    tools_.write(name, text);
    return tools_ / name;
  }
  std::string path(const std::string& name) const { return tools_ / name; }
  std::string folder() const { return folder_.path().string(); }

  Ran run(const std::vector<std::string>& args,
          const std::function<const std::atomic<bool>*()>& interrupt = {}) const {
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    const auto environment = [&](const char* name) -> std::optional<std::string> {
      if (std::string_view(name) == "PATH") return tools_.path().string();
      return std::nullopt;
    };
    const std::filesystem::path before = std::filesystem::current_path();
    std::filesystem::current_path(folder_.path());
    const int status = cli::run(args, {.in = in,
                                       .out = out,
                                       .err = err,
                                       .environment = environment,
                                       .catch_interrupt = interrupt});
    std::filesystem::current_path(before);
    return {status, out.str(), err.str()};
  }
  Ran audit(std::vector<std::string> more = {}) const {
    std::vector<std::string> args = {"audit", "--render", "-o", "concise", "."};
    args.insert(args.end(), more.begin(), more.end());
    return run(args);
  }

 private:
  TemporaryFolder folder_, tools_;
};

inline constexpr const char* kTemplate = R"(apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  namespace: shop
spec:
  selector: {matchLabels: {app: cart}}
  template:
    metadata:
      labels: {app: cart}
      annotations:
        sidecar.istio.io/proxyCPU: {{ .Values.cpu | quote }}
        sidecar.istio.io/proxyMemory: 256 Mi
    spec:
      containers:
      - name: cart
        image: cart:1
)";

inline std::string rendered(const std::string& source) {
  return (source.empty() ? "---\n" : "---\n# Source: " + source + "\n") +
         R"(apiVersion: apps/v1
kind: Deployment
metadata:
  name: cart
  namespace: shop
spec:
  selector: {matchLabels: {app: cart}}
  template:
    metadata:
      labels: {app: cart}
      annotations:
        sidecar.istio.io/proxyCPU: "200mCPU"
        sidecar.istio.io/proxyMemory: 256 Mi
    spec:
      containers:
      - name: cart
        image: cart:1
)";
}

// A chart called app in charts/cart, and a helm that renders it.
inline void add_chart(const Repository& repository, const std::string& before = {}) {
  repository.write("charts/cart/Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\n");
  repository.write("charts/cart/values.yaml", "cpu: 200mCPU\n");
  repository.write("charts/cart/templates/deployment.yaml", kTemplate);
  const std::string out =
      repository.output("rendered.yaml", rendered("app/templates/deployment.yaml"));
  repository.tool("helm", "PATH=/usr/bin:/bin\n" + before + "echo \"$@\" > " +
                              repository.path("said") + "\ncat " + out + "\n");
}

inline std::string read(const std::string& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace meshcheck::test
