// The formats that are XML: junit and checkstyle.
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include <catch2/catch.hpp>

#include "report/formats.h"
#include "report/xml.h"
#include "support/sample_reports.h"
#include "support/xml.h"

using namespace meshcheck;

namespace {

test::XmlElement junit(const Report& report, const ReportStyle& style = {}) {
  std::ostringstream out;
  report::write_junit(report, style, out);
  return test::parse_xml(out.str());
}

test::XmlElement checkstyle(const Report& report) {
  std::ostringstream out;
  report::write_checkstyle(report, {}, out);
  return test::parse_xml(out.str());
}

const test::XmlElement& case_named(const test::XmlElement& root, const std::string& name) {
  for (const test::XmlElement* one : root.all("testcase")) {
    if ((*one)["name"] == name) return *one;
  }
  FAIL("no case " << name);
  return root;
}

}  // namespace

TEST_CASE("XML text is printable and escaped", "[xml]") {
  CHECK(report::xml_text("a<b> & \"c\" 'd' ]]>") ==
        "a&lt;b&gt; &amp; &quot;c&quot; &apos;d&apos; ]]&gt;");
  CHECK(report::xml_text("\x1b[2J\n\uFFFE\u202E") == "\\x1b[2J\\n\uFFFD\uFFFD");
  CHECK(report::xml_attribute("name", "").empty());
}

TEST_CASE("the counts of JUnit are those of its cases", "[junit]") {
  for (const auto& [name, report] : test::sample_reports()) {
    const test::XmlElement root = junit(report);
    std::map<std::string, std::size_t> sums;
    for (const test::XmlElement& suite : root.children) {
      CAPTURE(name, suite["name"]);
      CHECK(suite["tests"] == std::to_string(suite.all("testcase").size()));
      CHECK(suite["failures"] == std::to_string(suite.all("failure").size()));
      CHECK(suite["errors"] == std::to_string(suite.all("error").size()));
      CHECK(suite["skipped"] == std::to_string(suite.all("skipped").size()));
      for (const char* count : {"tests", "failures", "errors", "skipped"}) {
        sums[count] += std::stoul(suite[count]);
      }
    }
    for (const auto& [count, sum] : sums) CHECK(root[count] == std::to_string(sum));
  }
}

TEST_CASE("JUnit has a case for every rule, passed, failed or skipped", "[junit]") {
  const test::XmlElement root = junit(test::sample_report("many"));
  const auto& failed =
      case_named(root, "MC201 HorizontalPodAutoscaler istio-system/istiod spec.minReplicas");
  CHECK(failed["classname"] == "install/istiod.yaml");
  CHECK(failed["line"] == "214");
  CHECK(failed.children.at(0)["type"] == "error");
  CHECK(failed.children.at(0)["message"] ==
        "istiod may run as a single replica: the HPA's minimum is 1");
  CHECK(failed.children.at(0).text.find("\n  autoscaleMin: 2") != std::string::npos);
  CHECK(case_named(root, "MC602 policy-selects-nothing").children.empty());
  CHECK(case_named(root, "MC701 proxies-stale").children.at(0)["message"] ==
        "not evaluated: no proxy status in the input");
  CHECK(root["failures"] == "2");  // the info passes
  CHECK(case_named(root, "MC006 ConfigMap istio-system/istio data.mesh.accessLogFile")
            .children.at(0)
            .name == "system-out");
}

TEST_CASE("no two JUnit cases of a suite share class and name", "[junit]") {
  for (const auto& [name, report] : test::sample_reports()) {
    for (const test::XmlElement& suite : junit(report).children) {
      std::set<std::pair<std::string, std::string>> names;
      for (const test::XmlElement* one : suite.all("testcase")) {
        CAPTURE(name, (*one)["name"]);
        CHECK(names.insert({(*one)["classname"], (*one)["name"]}).second);
      }
    }
  }
}

TEST_CASE("what was not read is an error in JUnit, never a pass", "[junit]") {
  const test::XmlElement root = junit(test::sample_report("errors"));
  CHECK(root["errors"] == "2");
  CHECK(case_named(root, "read prod.yaml").children.at(0)["message"] ==
        "cannot read prod.yaml: permission denied");
}

TEST_CASE("JUnit tells accepted findings as skipped where they are asked for", "[junit]") {
  const test::XmlElement plain = junit(test::sample_report("accepted"));
  CHECK(plain.all("failure").size() == 1);
  const std::size_t skipped = plain.all("skipped").size();
  const test::XmlElement root = junit(test::sample_report("accepted"), {.suppressed = true});
  CHECK(root.all("skipped").size() == skipped + 2);
  CHECK(case_named(root, "MC501 ConfigMap istio-system/istio data.mesh.accessLogFile")
            .children.at(0)["message"]
            .starts_with("suppressed: incident [INC-1](http://x), until \\x1b[2Jthe end"));
}

TEST_CASE("checkstyle groups by file and counts columns in characters", "[checkstyle]") {
  const test::XmlElement root = checkstyle(test::sample_report("many"));
  REQUIRE(root.children.size() == 3);
  CHECK(root.children[0]["name"] == "charts/a b/100%/deploy:ment.yaml");
  CHECK(root.children[0].children.at(0)["line"] == "1");
  const test::XmlElement& error = root.children[1].children.at(0);
  CHECK(error["line"] == "214");
  CHECK(error["column"] == "16");
  CHECK(error["severity"] == "error");
  CHECK(error["source"] == "meshcheck.MC201");
  CHECK(checkstyle(test::sample_report("unicode")).children.at(0).children.at(0)["column"] == "14");
}

TEST_CASE("checkstyle names an object of the cluster as a file", "[checkstyle]") {
  CHECK(checkstyle(test::sample_report("no_location")).children.at(0)["name"] ==
        "cluster/HorizontalPodAutoscaler/istio-system/istiod");
}
