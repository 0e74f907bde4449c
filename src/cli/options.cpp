#include "cli/options.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "cli/command_line_app.h"
#include "cli/help_format.h"
#include "cli/options_groups.h"
#include "cli/usage_error.h"

namespace meshcheck::cli {
namespace {

// The innermost command that was named.
const CLI::App* chosen(const CLI::App& app) {
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  return command;
}

std::string help_of(const CLI::App& command) {
  std::string above;
  for (const CLI::App* parent = command.get_parent(); parent != nullptr;
       parent = parent->get_parent()) {
    if (!above.empty()) above.insert(0, 1, ' ');
    above.insert(0, parent->get_name());
  }
  return command.help(above);
}

// The variable that the flag a message speaks of was read from; empty where the flag was typed.
std::string variable_of(std::string_view message, const std::vector<std::string>& args,
                        const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    const std::string& variable = option->get_envname();
    if (variable.empty() || std::getenv(variable.c_str()) == nullptr) continue;
    for (const std::string& name : option->get_lnames()) {
      const std::string flag = "--" + name;
      const std::size_t at = message.find(flag);
      if (at == std::string_view::npos) continue;
      const std::string_view behind = message.substr(at + flag.size());
      const bool longer =
          !behind.empty() &&
          (std::isalnum(static_cast<unsigned char>(behind.front())) != 0 || behind[0] == '-');
      const bool typed = std::ranges::any_of(
          args, [&](const std::string& word) { return word.starts_with(flag); });
      if (!longer && !typed) return variable;
    }
  }
  return {};
}

// `--config=` with nothing behind it, for which CLI11 would take the next word.
std::optional<Error> value_missing(const std::vector<std::string>& args) {
  for (const std::string& word : args) {
    if (word == "--") break;
    if (!word.starts_with("--") || word.find('=') != word.size() - 1) continue;
    return empty_value(std::string_view(word).substr(0, word.size() - 1));
  }
  return std::nullopt;
}

// Who reads a cluster and no file means by -n what kubectl means by it.
// What is typed goes before what the environment says.
std::optional<Error> take_namespace(InputOptions& input, const std::vector<std::string>& args) {
  LiveOptions& live = input.live;
  const std::string name = std::exchange(input.name_space, {});
  if (name.empty()) return std::nullopt;
  const auto typed = [&](std::string_view flag) {
    return std::ranges::any_of(args,
                               [&](const std::string& word) { return word.starts_with(flag); });
  };
  const bool alone = live.on && input.paths.empty() && input.filenames.empty();
  const std::string_view flag = alone ? "--namespace" : "--default-namespace";
  if (typed(flag)) {
    return fail("-n", fmt::format("it means {} here, which is given too", flag),
                "give one of the two");
  }
  if (!alone) {
    input.default_namespace = name;
  } else if (!live.all_namespaces) {
    live.namespaces = {name};
  }
  return std::nullopt;
}

constexpr std::pair<std::string_view, CommandName> kCommands[] = {
    {"audit", CommandName::audit},
    {"baseline", CommandName::baseline},
    {"explain", CommandName::explain},
    {"rules", CommandName::rules},
    {"inspect", CommandName::inspect},
    {"show", CommandName::config_show},
    {"schema", CommandName::config_schema},
    {"init", CommandName::config_init},
    {"completion", CommandName::completion},
    {"snapshot", CommandName::snapshot},
    {"rbac", CommandName::rbac},
    {"watch", CommandName::watch},
    {"version", CommandName::version},
};

}  // namespace

CommandLineApp::CommandLineApp(CommandLine& line)
    : app("Finds what takes an Istio mesh down before it does.", "meshcheck") {
  app.formatter(std::make_shared<HelpFormat>());
  app.require_subcommand(0, 1);
  app.set_help_flag("-h,--help", "Print this and end");
  app.add_flag("-V,--version", version_flag, "Print the version and end");
  add_audit(*app.add_subcommand("audit", "Find what is wrong in manifests, values, installs"),
            line.audit);
  add_baseline(*app.add_subcommand("baseline", "Accept today's findings; only new ones fail"),
               line.baseline);
  add_explain(*app.add_subcommand("explain", "Say what a rule finds, why, and the fix"),
              line.explain);
  add_rules(*app.add_subcommand("rules", "List the rules"), line.rules);
  add_inspect(*app.add_subcommand("inspect", "Show the mesh as meshcheck sees it"), line.inspect);
  add_snapshot(*app.add_subcommand("snapshot", "Save what an audit reads of a running cluster"),
               line.snapshot);
  add_rbac(*app.add_subcommand("rbac", "Print the rights that reading a cluster takes"), line.rbac);
  add_watch(*app.add_subcommand("watch", "Follow whether proxies take their configuration"),
            line.watch);
  add_config(*app.add_subcommand("config", "Show, describe or begin the configuration"),
             line.config);
  add_completion(*app.add_subcommand("completion", "Print the completions for a shell"),
                 line.completion);
  app.add_subcommand("version", "Print the version");
  app.footer(
      "Start with `meshcheck audit PATH`.\n"
      "Its flags and examples: `meshcheck audit --help`.\n"
      "A rule's reason and remedy: `meshcheck explain MC201`.");
  for (CLI::App* sub : app.get_subcommands({})) sub->group("Commands");
}

Result<CommandLine> parse_command_line(const std::vector<std::string>& args) {
  CommandLine line;
  CommandLineApp parser(line);
  CLI::App& app = parser.app;
  if (auto error = value_missing(args)) return *std::move(error);
  try {
    std::vector<std::string> reversed(args.rbegin(), args.rend());
    app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    line.help = help_of(*chosen(app));
    return line;
  } catch (const CLI::ParseError& error) {
    Error wrong = usage_error(error, app);
    if (wrong.source.empty()) wrong.source = variable_of(wrong.message, args, *chosen(app));
    return wrong;
  }
  const CLI::App* command = chosen(app);
  for (const auto& [name, value] : kCommands) {
    if (command->get_name() == name) line.command = value;
  }
  for (InputOptions* input : {&line.audit.input, &line.inspect.input, &line.baseline.audit.input}) {
    if (auto error = take_namespace(*input, args)) return *std::move(error);
  }
  if (parser.version_flag) line.command = CommandName::version;
  if (line.command == CommandName::help) line.help = help_of(app);
  return line;
}

}  // namespace meshcheck::cli
