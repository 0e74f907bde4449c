#include <algorithm>
#include <iterator>
#include <ostream>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/read.h"
#include "input/document_lines.h"
#include "report/inspect.h"

namespace meshcheck::cli {
namespace {

Exit say_all(const std::vector<Error>& errors, const Surroundings& surroundings) {
  say(errors, surroundings.err);
  return errors.empty() ? Exit::clean : Exit::incomplete;
}

Exit print_documents(const InputOptions& options, const Config& config,
                     const Surroundings& surroundings) {
  Inquiry inquiry;
  auto errors = fill(inquiry, options, config, surroundings);
  auto unread = write_document_lines(inquiry.paths, inquiry.load,
                                     [&](std::string_view lines) { surroundings.out << lines; });
  std::ranges::move(unread, std::back_inserter(errors));
  surroundings.out.flush();
  return say_all(errors, surroundings);
}

}  // namespace

Exit inspect(const InspectOptions& options, const Surroundings& surroundings) {
  if (const auto error = check_table_or_json(options.output)) {
    say(*error, surroundings.err);
    return Exit::usage;
  }
  const ConfigRead configured = configure(options.input);
  if (!configured.errors.empty()) {
    say(configured.errors, surroundings.err);
    return Exit::usage;
  }
  if (options.documents) return print_documents(options.input, configured.config, surroundings);
  const auto read = read_meshes(options.input, configured.config, surroundings);
  if (!read) {
    say(read.error(), surroundings.err);
    return Exit::usage;
  }
  surroundings.out << (options.output == "json" ? inspect_json(read->meshes.meshes)
                                                : inspect_table(read->meshes.meshes));
  surroundings.out.flush();
  return say_all(read->loaded.errors, surroundings);
}

}  // namespace meshcheck::cli
