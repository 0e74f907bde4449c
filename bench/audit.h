// The whole audit, stage by stage, and how each rule grows with the mesh.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace meshcheck::bench {

// An input under a name: a file, or a text that comes through standard input.
struct AuditInput {
  std::string name;
  std::string file;
  std::string text;
};

// Prints what reading, the mesh, the rules and the report take, in milliseconds.
void measure_audit(const std::vector<AuditInput>& inputs);

// Doubles a mesh three times and prints the rules whose time grows by more than that, with the
// slowest. False where one grows as the square does.
bool measure_growth();

}  // namespace meshcheck::bench
