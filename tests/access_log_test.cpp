// Access logs as istiod merges them from the mesh's configuration and Telemetry objects.
#include "meshcheck/access_log.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "meshcheck/investigation.h"
#include "meshcheck/mesh.h"
#include "support/yaml_mesh.h"

using namespace meshcheck;

namespace {

std::string config(const std::string& mesh, const std::string& revision = "") {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio" + revision +
         ", namespace: istio-system}\ndata:\n  mesh: '{" + mesh + "}'\n---\n";
}

std::string telemetry(const std::string& name, const std::string& name_space,
                      const std::string& spec, const std::string& metadata = "") {
  return "apiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: " + name +
         ", namespace: " + name_space + metadata + "}\nspec: {" + spec + "}\n---\n";
}

// "envoy", "envoy off", "envoy if EXPRESSION", "envoy lost"; "accessLogFile" where it decides.
std::string merged(const Mesh& mesh, const std::string& last,
                   LogDirection direction = LogDirection::server) {
  const TelemetryView view = telemetry_views(mesh).front();
  const Telemetry* wanted = nullptr;
  for (const Telemetry& one : mesh.telemetries) {
    if (one.name() == last) wanted = &one;
  }
  const AccessLogs logs = merge_access_logs(view.config(), view.levels(wanted), direction);
  std::vector<std::string> said;
  for (const LogOutput& output : logs.outputs) {
    said.push_back(output.provider + (output.disabled ? " off" : "") +
                   (output.filter ? fmt::format(" if {}", output.filter.text()) : ""));
  }
  for (const LogOutput& output : logs.lost) said.push_back(output.provider + " lost");
  if (logs.fallback()) said.emplace_back("accessLogFile");
  return fmt::format("{}", fmt::join(said, ", "));
}

std::string merged(const std::string& yaml, const std::string& last,
                   LogDirection direction = LogDirection::server) {
  const test::YamlMesh mesh(yaml);
  return merged(*mesh, last, direction);
}

const std::string kProviders =
    "extensionProviders: [{name: otel, envoyOtelAls: {service: o, port: 1}}, "
    "{name: traces, zipkin: {service: z, port: 1}}]";

}  // namespace

TEST_CASE("without a Telemetry default providers log, and else accessLogFile decides") {
  CHECK(merged(config("accessLogFile: /dev/stdout"), "") == "accessLogFile");
  CHECK(merged(config("defaultProviders: {accessLogging: [envoy]}"), "") == "envoy");
  CHECK(merged(config("defaultProviders: {accessLogging: [gone]}"), "") ==
        "gone lost, accessLogFile");
}

TEST_CASE("a level that names providers replaces those of its parents") {
  const std::string yaml =
      config("defaultProviders: {accessLogging: [envoy]}, " + kProviders) +
      telemetry("root", "istio-system", "accessLogging: [{providers: [{name: envoy}]}]") +
      telemetry("own", "shop", "accessLogging: [{providers: [{name: otel}]}]");
  CHECK(merged(yaml, "root") == "envoy");
  CHECK(merged(yaml, "own") == "otel");
}

TEST_CASE("disabling without a provider leaves the log to accessLogFile, with one it does not") {
  const std::string mesh = config("accessLogFile: /dev/stdout");
  CHECK(merged(mesh + telemetry("t", "shop", "accessLogging: [{disabled: true}]"), "t") ==
        "accessLogFile");
  CHECK(merged(mesh + telemetry("t", "shop",
                                "accessLogging: [{providers: [{name: envoy}], disabled: true}]"),
               "t") == "envoy off");
}

TEST_CASE("an entry without providers takes those of the entry before, or of its parents") {
  const std::string root =
      config(kProviders) +
      telemetry("root", "istio-system", "accessLogging: [{providers: [{name: otel}]}]");
  CHECK(merged(root + telemetry("t", "shop", "accessLogging: [{disabled: true}]"), "t") ==
        "otel off");
  CHECK(merged(root + telemetry("t", "shop",
                                "accessLogging: [{providers: [{name: envoy}]}, {disabled: true}]"),
               "t") == "envoy off");
}

TEST_CASE("a filter counts beside explicit providers only") {
  const std::string mesh = config("defaultProviders: {accessLogging: [envoy]}");
  CHECK(merged(mesh + telemetry("t", "shop", "accessLogging: [{filter: {expression: a}}]"), "t") ==
        "envoy");
  CHECK(merged(mesh + telemetry("t", "shop",
                                "accessLogging: [{providers: [{name: envoy}], "
                                "filter: {expression: a}}]"),
               "t") == "envoy if a");
}

TEST_CASE("a mode is for one direction; where no entry fits, default providers do not log either") {
  const std::string yaml = config("defaultProviders: {accessLogging: [envoy]}") +
                           telemetry("t", "shop", "accessLogging: [{match: {mode: CLIENT}}]");
  CHECK(merged(yaml, "t", LogDirection::client) == "envoy");
  CHECK(merged(yaml, "t", LogDirection::server) == "accessLogFile");
}

TEST_CASE("providers are found in any case, and those that are not for logs do not count") {
  const auto naming = [](const std::string& provider) {
    return merged(
        config(kProviders) +
            telemetry("t", "shop", "accessLogging: [{providers: [{name: " + provider + "}]}]"),
        "t");
  };
  CHECK(naming("OTEL") == "OTEL");
  CHECK(naming("traces") == "traces lost, accessLogFile");
  CHECK(naming("prometheus") == "prometheus lost, accessLogFile");
  CHECK(naming("nobody") == "nobody lost, accessLogFile");
}

TEST_CASE("an empty list of entries says nothing") {
  const std::string yaml =
      config("") +
      telemetry("root", "istio-system", "accessLogging: [{providers: [{name: envoy}]}]") +
      telemetry("t", "shop", "accessLogging: []");
  CHECK(merged(yaml, "t") == "envoy");
}

TEST_CASE("the oldest Telemetry without selector counts, those with one all do") {
  const std::string yaml =
      config("") +
      telemetry("new", "shop", "accessLogging: [{providers: [{name: envoy}]}]",
                ", creationTimestamp: \"2026-02-01T00:00:00Z\"") +
      telemetry("old", "shop", "tracing: []", ", creationTimestamp: \"2025-02-01T00:00:00Z\"") +
      telemetry("cart", "shop",
                "selector: {matchLabels: {app: cart}}, accessLogging: [{providers: [{name: "
                "envoy}]}]");
  const test::YamlMesh mesh(yaml);
  const TelemetryView view = telemetry_views(*mesh).front();
  const auto wide = view.wide("shop");
  REQUIRE(wide.size() == 2);
  CHECK(wide.front()->name() == "old");
  CHECK(is_certain(wide));
  CHECK(view.scoped("shop").size() == 1);
  CHECK(merged(*mesh, "cart") == "envoy");
}

TEST_CASE("without timestamps nobody knows which Telemetry is the oldest") {
  const test::YamlMesh mesh(config("") + telemetry("a", "istio-system", "tracing: []") +
                            telemetry("b", "istio-system", "metrics: []"));
  const TelemetryView view = telemetry_views(*mesh).front();
  CHECK_FALSE(is_certain(view.wide("istio-system")));
  // Neither says anything of access logs.
  CHECK(mesh_wide_log(view).known);
  const test::YamlMesh rivals(config("") + telemetry("a", "istio-system", "tracing: []") +
                              telemetry("b", "istio-system", "accessLogging: [{disabled: true}]"));
  CHECK_FALSE(mesh_wide_log(telemetry_views(*rivals).front()).known);
}

TEST_CASE("of those that select the same pods the youngest has the last word") {
  const auto web = [](const std::string& name, const std::string& entry, const std::string& day,
                      const std::string& labels = "app: web") {
    return telemetry(name, "shop",
                     "selector: {matchLabels: {" + labels + "}}, accessLogging: [" + entry + "]",
                     day.empty() ? "" : ", creationTimestamp: \"2026-01-" + day + "T00:00:00Z\"");
  };
  const std::string on = "{providers: [{name: envoy}]}";
  const std::string off = "{providers: [{name: envoy}], disabled: true}";
  CHECK(merged(config("") + web("on", on, "01") + web("off", off, "02"), "on") == "envoy off");
  CHECK(merged(config("") + web("off", off, "02") + web("on", on, "03"), "on") == "envoy");
  // It may be the older one, or be for other pods.
  CHECK(merged(config("") + web("on", on, "") + web("off", off, "02"), "on") == "envoy");
  CHECK(merged(config("") + web("on", on, "01") + web("off", off, "02", "app: web, v: two"),
               "on") == "envoy");
}

TEST_CASE("a revision reads the Telemetry objects that name it, and the default one the rest") {
  const std::string all = "accessLogging: [{providers: [{name: envoy}]}]";
  const test::YamlMesh mesh(
      config("") + config("", "-canary") + telemetry("plain", "istio-system", all) +
      telemetry("new", "istio-system", all, ", labels: {istio.io/rev: canary}"));
  const auto views = telemetry_views(*mesh);
  REQUIRE(views.size() == 2);
  for (const TelemetryView& view : views) {
    const std::string expected = view.config()->revision == "canary" ? "new" : "plain";
    REQUIRE(view.wide("istio-system").size() == 1);
    CHECK(view.wide("istio-system").front()->name() == expected);
  }
}

TEST_CASE("a file that is no file logs nothing mesh-wide, a variable is not known") {
  const auto wide = [](const std::string& mesh) {
    const test::YamlMesh yaml(config(mesh));
    const MeshWideLog log = mesh_wide_log(telemetry_views(*yaml).front());
    return !log.known ? "unknown" : log.on ? "on" : "off";
  };
  CHECK(std::string(wide("accessLogFile: /dev/stdout")) == "on");
  CHECK(std::string(wide("accessLogFile: /dev/null")) == "off");
  CHECK(std::string(wide("accessLogFile: \"\"")) == "off");
  CHECK(std::string(wide("enableEnvoyAccessLogService: true")) == "on");
  CHECK(std::string(wide("accessLogFile: \"${LOG}\"")) == "unknown");
}

TEST_CASE("an investigation holds to the end of its last day") {
  InvestigationMark mark;
  mark.until = parse_day("2026-11-22");
  CHECK(mark.holds(*parse_day("2026-11-22")));
  CHECK_FALSE(mark.holds(*parse_day("2026-11-23")));
  mark.until.reset();
  CHECK(mark.holds(*parse_day("2026-11-23")));
  mark.unreadable = "soon";
  CHECK_FALSE(mark.holds(*parse_day("2026-11-22")));
}

TEST_CASE("the settings name a namespace under investigation, or one workload of it") {
  Settings settings;
  settings.investigations.push_back(
      {.name_space = "shop", .workload = "cart", .until = parse_day("2026-12-01"), .reason = "x"});
  settings.investigations.push_back(
      {.name_space = "billing", .workload = "", .until = std::nullopt, .reason = "y"});
  BuildOptions options;
  options.settings = &settings;
  const test::YamlMesh mesh(config(""), options);
  CHECK(investigation_of(*mesh, "shop", "cart"));
  CHECK_FALSE(investigation_of(*mesh, "shop", "web"));
  CHECK_FALSE(investigation_of(*mesh, "shop"));
  CHECK(investigation_of(*mesh, "billing", "any"));
  CHECK(investigation_of(*mesh, "billing")->reason == "y");
}
