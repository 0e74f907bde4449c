// What an unrendered template may make is not taken for absent.
#include <filesystem>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>

#include "cli/run.h"
#include "support/golden.h"
#include "support/temporary_folder.h"

using namespace meshcheck;

namespace {

std::string audit(const test::TemporaryFolder& folder) {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  cli::run({"audit", "--quiet", "--select", "MC303,MC307", "-o", "concise", folder / ""},
           {in, out, err, false, 0, [](const char*) { return std::nullopt; }});
  return out.str();
}

void write_mesh(const test::TemporaryFolder& folder) {
  folder.write("istiod.yaml", test::read_file(test::testdata() / "_stock/rendered-1.30.yaml"));
  folder.write("shop.yaml",
               "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels:\n"
               "    istio.io/rev: prod\n");
}

}  // namespace

TEST_CASE("a label that names no revision is said where every revision is in the input") {
  const test::TemporaryFolder folder;
  write_mesh(folder);
  CHECK(audit(folder).find("MC303") != std::string::npos);
}

TEST_CASE("a revision that a template may make is not said to be missing") {
  const test::TemporaryFolder folder;
  write_mesh(folder);
  folder.write("tags/templates/tag.yaml",
               "{{- range .Values.tags }}\napiVersion: v1\nkind: Service\nmetadata:\n"
               "  name: istiod-revision-tag-{{ . }}\n  labels:\n    istio.io/tag: {{ . }}\n"
               "{{- end }}\n");
  CHECK(audit(folder) == "");
}
