// rulegen: turns rules/*.yaml into the compiled catalogue and into documentation.
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "rulegen/generate.h"

namespace {

constexpr const char* kUsage =
    "usage: rulegen catalogue OUT RULE...\n"
    "       rulegen metadata OUT RULE...\n"
    "       rulegen data OUT DATA...\n"
    "       rulegen docs OUT TESTDATA RULE...\n";

namespace rulegen = meshcheck::rulegen;

int run(const std::vector<std::string>& args) {
  if (args.size() < 2) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  const std::span<const std::string> rest{args};
  if (args[0] == "catalogue") {
    rulegen::generate_catalogue(args[1], rest.subspan(2), rulegen::Functions::named);
  } else if (args[0] == "metadata") {
    rulegen::generate_catalogue(args[1], rest.subspan(2), rulegen::Functions::left_out);
  } else if (args[0] == "data") {
    rulegen::generate_data(args[1], rest.subspan(2));
  } else if (args[0] == "docs" && args.size() >= 3) {
    rulegen::generate_docs(args[1], args[2], rest.subspan(3));
  } else {
    std::fputs(kUsage, stderr);
    return 2;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "rulegen: %s\n", error.what());
    return 1;
  }
}
