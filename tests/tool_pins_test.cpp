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

TEST_CASE("what a script only says installs nothing") {
  for (const char* text : {
           "command -v istioctl || {\n  echo 'run: curl -L https://istio.io/downloadIstio | sh "
           "-'\n}\n",
           "check:\n\t@echo \"needs istioctl: curl -L https://istio.io/downloadIstio | sh -\"\n",
           "x || die 'no istioctl: curl -sL https://istio.io/downloadIstioctl | sh -'\n",
           "- run: |\n    x || { echo '::error::curl -L https://istio.io/downloadIstio | sh -'; "
           "}\n",
           "echo \"go install istio.io/istio/istioctl/cmd/istioctl@latest\"\n",
           "echo \"install it:\n  curl -L https://istio.io/downloadIstio | sh -\"\n",
           "cat <<EOF\n  curl -L https://istio.io/downloadIstio | sh -\nEOF\n",
           "cat >&2 <<-'EOF'\n  docker run istio/istioctl\n\tEOF\n",
       }) {
    CAPTURE(text);
    CHECK(pins("a.sh", text).empty());
  }
}

TEST_CASE("what stands beside or within words that are said is run all the same") {
  for (const char* text : {
           "echo hi && curl -L https://istio.io/downloadIstio | sh -\n",
           "echo \"istio\"; curl -L https://istio.io/downloadIstio | sh -\n",
           "  - \"echo istio\"\n  - \"curl -L https://istio.io/downloadIstio | sh -\"\n",
           "sh -c \"echo istio; curl -L https://istio.io/downloadIstio | sh -\"\n",
           "RUN [\"sh\",\"-c\",\"curl -L https://istio.io/downloadIstio | sh -\"]\n",
           "echo \"curl -L https://istio.io/downloadIstio | sh -\" > install.sh\n",
           "cat <<EOF > install.sh\ncurl -L https://istio.io/downloadIstio | sh -\nEOF\n",
           "# don't\necho don't\ncurl -L https://istio.io/downloadIstio | sh -\n",
           "RUN curl -sSL \\\n\n  https://istio.io/downloadIstio | sh -\n",
       }) {
    CAPTURE(text);
    CHECK(only("a.sh", text).starts_with("latest@"));
  }
}

TEST_CASE("a variable may come from a file that is read in") {
  constexpr const char* kCurl = "curl -L https://istio.io/downloadIstio | sh -\n";
  for (const char* before : {"source ./versions.sh\n", ". versions.env\n", "include versions.mk\n",
                             "include:\n  - local: /ci/x.yml\n", "[ -f .env ] && . ./.env\n"}) {
    CAPTURE(before);
    CHECK(pins("a.sh", std::string(before) + kCurl).empty());
  }
  for (const char* before : {"source venv/bin/activate\n", "docker build -t \"x\" . && ",
                             "tar xf - . && ", "find . -name x\n"}) {
    CAPTURE(before);
    CHECK(only("a.sh", std::string(before) + kCurl).starts_with("latest@"));
  }
}

TEST_CASE("who asks for the latest release may only want to know") {
  const std::string ask =
      "latest=$(curl -s https://api.github.com/repos/istio/istio/releases/latest | jq .tag_name)\n";
  CHECK(pins("a.sh", ask).empty());
  CHECK(only("a.sh", ask + "wget https://github.com/istio/istio/releases/download/$latest/x\n")
            .starts_with("latest@1:"));
  CHECK(only("a.sh", "curl -L https://github.com/istio/istio/releases/latest/download/x\n")
            .starts_with("latest@1:"));
}

TEST_CASE("images of every registry, wherever one is named") {
  CHECK(only("Dockerfile", "FROM registry.istio.io/release/istioctl:1.28.0 AS i\n") ==
        "1.28.0@1:41");
  CHECK(only("Dockerfile", "from istio/istioctl\n") == "latest@1:6");
  CHECK(only("Dockerfile", "FROM registry.istio.io/release/istioctl\n") == "latest@1:6");
  CHECK(only("Dockerfile", "COPY --from=istio/istioctl /usr/local/bin/istioctl /bin/\n")
            .starts_with("latest@1:"));
  CHECK(only("x.yml", "job:\n  image:\n    name: istio/istioctl\n") == "latest@3:11");
  CHECK(only("x.yml", "- uses: docker://istio/istioctl\n").starts_with("latest@1:"));
}

TEST_CASE("versions in the other ways that people write them") {
  const std::string curl = "curl -L https://istio.io/downloadIstio | ISTIO_VERSION=$V sh -\n";
  CHECK(only("a.sh", "V=\"${1:-1.28.0}\"\n" + curl) == "1.28.0@1:9");
  CHECK(only("a.sh", "V=${V-1.28.0}\n" + curl) == "1.28.0@1:7");
  CHECK(only("a.sh",
             "readonly v='1.28.0'\nwget "
             "https://github.com/istio/istio/releases/download/\"${v}\"/x\n") == "1.28.0@1:13");
  CHECK(pins("a.sh",
             "curl https://istio.io/downloadIstio | ISTIO_VERSION=1.28.0 sh -\n"
             "curl https://istio.io/downloadIstio | ISTIO_VERSION=1.27.0 sh -\n")
            .size() == 2);
  CHECK(
      only("Dockerfile", "ENV\tISTIO_VERSION\t1.28.0\nRUN curl https://istio.io/downloadIstio\n") ==
      "1.28.0@1:19");
  CHECK(only(".gitlab-ci.yml",
             "variables:\n  ISTIO_VERSION:\n    description: x\n    value: \"1.28.0\"\n"
             "job:\n  script:\n  - curl https://istio.io/downloadIstio | sh -\n") == "1.28.0@4:13");
  CHECK(only("mise.toml", "[tools.istioctl]\nversion = '1.28.0'\n") == "1.28.0@2:12");
  CHECK(only("mise.toml", "tools.istioctl = '1.28.0'\n") == "1.28.0@1:19");
}

TEST_CASE("the inputs of an action stand above or below its name, or in braces") {
  CHECK(only("x.yml", "- with:\n    version: 1.28.0\n  uses: a/setup-istioctl@v1\n") ==
        "1.28.0@2:14");
  CHECK(only("x.yml", "- uses: a/setup-istioctl@v1\n  with: {version: 1.28.0}\n") == "1.28.0@2:19");
  CHECK(pins("x.yml",
             "- with:\n    version: 1.2.3\n  uses: b/other@v1\n"
             "- uses: a/setup-istioctl@v1\n")
            .empty());
  CHECK(pins("x.yml", "- uses: org/setup-istio-bench@v1\n  with:\n    version: 1.2.3\n").empty());
}

TEST_CASE("a version in a comment at a line's end is installed by nobody") {
  CHECK(only("a.sh",
             "ISTIO_VERSION=1.30.3\ncurl -L https://istio.io/downloadIstio | sh - # was "
             "https://github.com/istio/istio/releases/download/1.27.0/x\n") == "1.30.3@1:15");
  CHECK(only(".github/workflows/a.yml",
             "env:\n  ISTIO_VERSION: 1.30.3  # before: ISTIO_VERSION: 1.28.1\njobs:\n  a:\n"
             "    steps:\n    - run: curl -L https://istio.io/downloadIstio | sh -\n") ==
        "1.30.3@2:18");
  CHECK(pins("Makefile", "x:\n\t@: # istio/istioctl:1.27.0\n").empty());
  // A `#` in quotes or in a word is none.
  CHECK(only("a.sh", "echo ' # ' && curl https://istio.io/downloadIstio#x | sh -\n")
            .starts_with("latest@"));
}

TEST_CASE("a variable may pass on what another has, and is no part of a version") {
  const std::string url = "curl -LO https://github.com/istio/istio/releases/download/";
  CHECK(only("Makefile", "V := 1.28.1\nP := $(V)\nQ := $(P)\nget:\n\t" + url + "$(Q)/x\n") ==
        "1.28.1@1:6");
  CHECK(only("Dockerfile", "ARG A=1.28.1\nENV B=${A}\nRUN " + url + "${B}/x\n") == "1.28.1@1:7");
  CHECK(pins("Makefile", "X := 1.3\nget:\n\t" + url + "$(X)0.3/x\n").empty());
  CHECK(pins("Makefile", "X := 1.30\nget:\n\t" + url + "$(X).3/x\n").empty());
  CHECK(pins("Makefile", "X := 1.3\nV := $(X)0.3\nget:\n\t" + url + "$(V)/x\n").empty());
}

TEST_CASE("versions in quotes, behind anchors, and in the braces of task runners") {
  const std::string url = "https://github.com/istio/istio/releases/download/";
  CHECK(only("a.sh", "curl " + url + "${V:-\"1.28.1\"}/x\n") == "1.28.1@1:61");
  CHECK(only(".gitlab-ci.yml", "variables:\n  V: &v \"1.28.1\"\njob:\n  script: curl " + url +
                                   "$V/x\n") == "1.28.1@2:10");
  CHECK(only(".gitlab-ci.yml", "variables:\n  V: !!str 1.28.1\njob:\n  script: curl " + url +
                                   "$V/x\n") == "1.28.1@2:12");
  CHECK(only("Taskfile.yml", "vars:\n  V: 1.28.1\ntasks:\n  get: curl " + url + "{{.V}}/x\n") ==
        "1.28.1@2:6");
  CHECK(only("justfile", "v := \"1.28.1\"\nget:\n  curl " + url + "{{v}}/x\n") == "1.28.1@1:7");
  CHECK(only("justfile", "v := \"1.28.1\"\nget:\n  curl " + url + "{{ v }}/x\n") == "1.28.1@1:7");
  CHECK(pins("Taskfile.yml", "tasks:\n  get: curl " + url + "{{.V | default \"1\"}}/x\n").empty());
}

TEST_CASE("each job has its own variables") {
  const std::string run = "    steps:\n    - run: curl -L https://istio.io/downloadIstio | sh -\n";
  const std::string jobs = "jobs:\n  a:\n    env: {ISTIO_VERSION: 1.28.1}\n" + run +
                           "  b:\n    env:\n      ISTIO_VERSION: 1.29.1\n" + run;
  const auto both = pins(".github/workflows/a.yml", jobs);
  REQUIRE(both.size() == 2);
  CHECK(both[0].text == "1.28.1");
  CHECK(both[1].text == "1.29.1");
  const auto all =
      pins(".github/workflows/a.yml", "env:\n  ISTIO_VERSION: 1.30.0\n" + jobs + "  c:\n" + run);
  REQUIRE(all.size() == 3);
  CHECK(all[0].text == "1.30.0");
  // Two values in one job: nobody knows.
  CHECK(pins(".github/workflows/a.yml",
             "jobs:\n  a:\n    env: {ISTIO_VERSION: 1.28.1}\n    steps:\n    - env: "
             "{ISTIO_VERSION: 1.29.1}\n      run: curl https://istio.io/downloadIstio | sh -\n")
            .empty());
}
