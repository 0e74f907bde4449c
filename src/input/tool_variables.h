// The variables of shell scripts, Dockerfiles, Makefiles and CI configuration, as far as they hold
// versions: who is assigned what, and what an expression comes to.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "input/text_lines.h"

namespace meshcheck {

// A piece of one line.
struct TextPart {
  const TextLine* line = nullptr;
  std::string_view text;
};

// The version at the start of `text`, literal or held by a variable: "1.29.2" of "1.29.2/istio",
// "${ISTIO_VERSION}" of "${ISTIO_VERSION}-distroless", "${{ env.V }}". Empty where there is none.
std::string_view version_expression(std::string_view text);

class ToolVariables {
 public:
  struct Resolved {
    TextPart version;
    std::string_view variable;  // that holds it at last; empty for a literal
  };

  explicit ToolVariables(std::span<const TextLine> lines);

  // What the expression comes to. Nothing where it hangs on a variable that the file does not
  // assign, or assigns more than one value. Of several jobs each has its own.
  std::optional<Resolved> resolve(TextPart expression) const;
  // The same for a variable by its name, as `at` has it.
  std::optional<Resolved> resolve_variable(std::string_view name, const TextLine& at) const;

 private:
  std::optional<Resolved> resolve(TextPart expression, const TextLine& at, int depth) const;
  std::optional<Resolved> resolve_variable(std::string_view name, const TextLine& at,
                                           int depth) const;
  std::vector<TextPart> values_of(std::string_view name, const TextLine& at) const;
  std::size_t job_of(const TextLine& line) const;
  void find_jobs(std::span<const TextLine> lines);
  void read(const TextLine& line);
  void read_pair(const TextLine& name, const TextLine& value);
  void read_block(std::span<const TextLine> lines);
  void assign(std::string_view name, const TextLine& line, std::string_view text);

  std::unordered_map<std::string_view, std::vector<TextPart>> assigned_;
  std::vector<std::size_t> jobs_;  // of each line, from 1 on; 0: of none
};

}  // namespace meshcheck
