// kubeapi: the API server of the tests as a process, for kubectl and for measurements.
#include <csignal>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "kubeapi/objects.h"
#include "kubeapi/server.h"

namespace {

using namespace meshcheck::kubeapi;

constexpr std::string_view kUsage =
    R"(usage: kubeapi [--port N] [--kubeconfig FILE] [--pods N] [--discovery v2|v2beta1|plain]
               [--roles FILE] [--token TOKEN=USER] [--plain] FOLDER...
Serves the objects of the folders on 127.0.0.1 until it is ended; prints its address.
)";

struct Arguments {
  Options options;
  SyntheticPods pods;
  std::string kubeconfig;
  std::string roles;
  std::vector<std::string> folders;
};

Discovery discovery_of(const std::string& text) {
  if (text == "plain") return Discovery::plain;
  return text == "v2beta1" ? Discovery::v2beta1 : Discovery::v2;
}

void add_token(Options& options, const std::string& text) {
  const std::size_t equals = text.find('=');
  options.tokens[text.substr(0, equals)] = {text.substr(equals + 1), {}};
}

// False where they make no sense.
bool read_arguments(const std::vector<std::string>& words, Arguments& out) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--plain") {
      out.options.tls = Tls::none;
      continue;
    }
    if (!word.starts_with("--")) {
      out.folders.push_back(word);
      continue;
    }
    if (++i == words.size()) return false;
    const std::string& value = words[i];
    if (word == "--port")
      out.options.port = static_cast<std::uint16_t>(std::stoul(value));
    else if (word == "--kubeconfig")
      out.kubeconfig = value;
    else if (word == "--pods")
      out.pods.count = std::stoul(value);
    else if (word == "--discovery")
      out.options.discovery = discovery_of(value);
    else if (word == "--roles")
      out.roles = value;
    else if (word == "--token")
      add_token(out.options, value);
    else
      return false;
  }
  return true;
}

int run(const std::vector<std::string>& words) {
  Arguments arguments;
  if (!read_arguments(words, arguments)) {
    fmt::print(stderr, "{}", kUsage);
    return 2;
  }
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before there are threads
  Server server(arguments.options);
  for (const std::string& folder : arguments.folders) server.add_folder(folder);
  if (arguments.pods.count != 0) server.add(arguments.pods);
  if (!arguments.roles.empty()) server.enforce(file_text(arguments.roles));
  if (!arguments.kubeconfig.empty()) {
    std::ofstream(arguments.kubeconfig) << server.kubeconfig();
  }
  fmt::print("{}\n", server.url());
  std::fflush(stdout);
  int ended = 0;
  sigwait(&signals, &ended);
  for (const Request& request : server.requests()) {
    fmt::print("{} {} {} {}\n", request.status, request.user, request.method, request.target);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    fmt::print(stderr, "kubeapi: {}\n", error.what());
    return 1;
  }
}
