// What installs istioctl, and in which version.
#include "input/tool_pins.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "input/tool_files.h"

using namespace meshcheck;

namespace {

std::vector<ToolPin> pins(const std::string& name, std::string_view text) {
  Source source;
  source.name = name;
  source.text = text;
  return find_tool_pins(source);
}

// "1.29.2@3:5", or "latest@…".
std::string only(const std::string& name, std::string_view text) {
  const auto all = pins(name, text);
  if (all.size() != 1) return std::to_string(all.size()) + " pins";
  const ToolPin& pin = all[0];
  return (pin.kind == ToolPin::Kind::latest ? "latest" : pin.text) + "@" +
         std::to_string(pin.at.line) + ":" + std::to_string(pin.at.column);
}

}  // namespace

TEST_CASE("a pin is marked where its version is written, through variables") {
  CHECK(only("Dockerfile",
             "ARG V=1.29.2\nENV ISTIO_VERSION=$V\nRUN curl -L https://istio.io/downloadIstio | sh "
             "-\n") == "1.29.2@1:7");
  CHECK(only("Dockerfile", "FROM istio/istioctl:1.29.2-distroless\n") == "1.29.2-distroless@1:21");
  CHECK(only("Makefile",
             "ISTIO ?= 1.29.2\nx:\n\tcurl "
             "https://github.com/istio/istio/releases/download/$(ISTIO)/y\n") == "1.29.2@1:10");
  CHECK(only("a.sh", "V=${V:-1.28.0}\ncurl -sL istio.io/downloadIstio | ISTIO_VERSION=$V sh -\n") ==
        "1.28.0@1:8");
  CHECK(only(".tool-versions", "helm 3\nistioctl 1.29.2\n") == "1.29.2@2:10");
  CHECK(only("mise.toml", "[tools]\nistioctl = \"1.29\"\n") == "1.29@2:13");
  CHECK(only("x.yml", "- uses: a/setup-istioctl@v1\n  with:\n    version: 1.29.2\n") ==
        "1.29.2@3:14");
}

TEST_CASE("a download without a version installs the latest") {
  CHECK(only("Dockerfile", "RUN curl -L https://istio.io/downloadIstio | sh -\n") == "latest@1:13");
  CHECK(only("Dockerfile", "FROM istio/istioctl\n") == "latest@1:6");
}

TEST_CASE("what a file does not settle, or what is no istioctl, is no pin") {
  for (const char* text : {
           "RUN curl -L https://istio.io/downloadIstio | ISTIO_VERSION=$X sh -\n",
           "ISTIO_VERSION: ${{ matrix.v }}\nrun: curl https://istio.io/downloadIstio | sh -\n",
           "ISTIO_VERSION=1.29.2\nhelm install\n",
           "# curl -L https://istio.io/downloadIstio | sh -\n",
           "echo see https://istio.io/downloadIstio\n",
           "COPY istio/istioctl /bin\n",
           "FROM istio/istioctl@sha256:0123\n",
           "curl https://github.com/istio/istio/releases/download/$(curl x)/istioctl\n",
           "curl https://github.com/cert-manager/istio-csr/releases/download/v0.5.0/x\n",
       }) {
    CAPTURE(text);
    CHECK(pins("Dockerfile", text).empty());
  }
}

TEST_CASE("package managers install what they are told, or the latest") {
  CHECK(only("a.sh", "asdf install istioctl 1.29.2\n") == "1.29.2@1:23");
  CHECK(only("a.sh", "V=1.29.2\nasdf global istioctl $V\n") == "1.29.2@1:3");
  CHECK(only("a.sh", "asdf install istioctl latest\n") == "latest@1:23");
  CHECK(only("a.sh", "asdf install istioctl latest:1.29\n") == "latest:1.29@1:23");
  CHECK(only("a.sh", "mise use -g helm@3 istioctl@1.29.2\n") == "1.29.2@1:29");
  CHECK(only("Makefile", "tools:\n\t@brew install kubectl istioctl\n") == "latest@2:24");
  CHECK(only("x.yml", "- run: brew update && brew install istioctl\n") == "latest@1:36");
  CHECK(only("x.yml", "- run: choco install istioctl --version=1.29.2 -y\n") == "1.29.2@1:41");
  CHECK(only("x.yml", "- run: choco install istioctl\n") == "latest@1:22");
  CHECK(only("x.yml", "- run: go install istio.io/istio/istioctl/cmd/istioctl@latest\n") ==
        "latest@1:56");
  for (const char* text : {
           "asdf install istioctl\n",       // .tool-versions has the version
           "asdf plugin add istioctl\n",    // installs nothing
           "asdf install istioctl ${V}\n",  // the file does not say it
           "mise use istioctl\n",           // mise.toml has it
           "echo \"run: brew install istioctl\"\n",
           "echo please brew install istioctl\n",
           "# brew install istioctl\n",
           "brew install kubectl && echo istioctl\n",
           "brew install istioctl-tools\n",
       }) {
    CAPTURE(text);
    CHECK(pins("a.sh", text).empty());
  }
}

TEST_CASE("a variable may have its name on one line and its value on the next") {
  CHECK(only("azure-pipelines.yml",
             "variables:\n- name: ISTIO_VERSION\n  value: '1.29.2'\nsteps:\n"
             "- script: curl -L https://istio.io/downloadIstio | sh -\n") == "1.29.2@3:11");
  CHECK(only("azure-pipelines.yml",
             "variables:\n- name: istio\n  value: 1.29.2\nsteps:\n- script: curl -L "
             "https://github.com/istio/istio/releases/download/$(istio)/x\n") == "1.29.2@3:10");
}

TEST_CASE("what a bot is told in a comment is no version, and several lines are one command") {
  CHECK(only("Dockerfile",
             "# renovate: datasource=github-releases depName=istio/istio ISTIO_VERSION=1.2.3\n"
             "ARG ISTIO_VERSION=1.29.2\n"
             "RUN curl -L https://istio.io/downloadIstio \\\n    | sh -\n") == "1.29.2@2:19");
  CHECK(only("Dockerfile", "RUN curl -L \\\n  https://istio.io/downloadIstio \\\n  | sh -\n") ==
        "latest@2:3");
  CHECK(only("x.yml", "- uses: a/setup-istio@v2\n  with:\n    version: '1.29.2'\n") ==
        "1.29.2@3:15");
}

TEST_CASE("only files that install tools are scanned") {
  for (const char* path :
       {"Dockerfile", "a/Dockerfile.ci", "a/x.Dockerfile", "Makefile", ".tool-versions", "x.sh",
        ".github/workflows/a.yml", "/r/.circleci/config.yml", ".gitlab-ci.yml"}) {
    CAPTURE(path);
    CHECK(is_tool_file(path));
  }
  for (const char* path : {"a.yaml", "Dockerfile.yaml", ".github/dependabot.yml",
                           "/home/x/.circleci/repo/istiod.yaml", "workflows/a.yml"}) {
    CAPTURE(path);
    CHECK_FALSE(is_tool_file(path));
  }
}
