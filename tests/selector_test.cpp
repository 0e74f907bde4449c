#include <string>

#include <catch2/catch.hpp>

#include "meshcheck/quantity.h"
#include "support/yaml_mesh.h"

using namespace meshcheck;

TEST_CASE("A label selector selects as the API server's does") {
  const auto [selector, selected] = GENERATE(table<std::string, bool>({
      {"{}", true},
      {"{matchLabels: {app: istiod}}", true},
      {"{matchLabels: {app: istiod, istio: pilot}}", true},
      {"{matchLabels: {app: other}}", false},
      {"{matchLabels: {absent: ''}}", false},
      {"{matchExpressions: [{key: app, operator: In, values: [a, istiod]}]}", true},
      {"{matchExpressions: [{key: app, operator: In, values: [a]}]}", false},
      {"{matchExpressions: [{key: absent, operator: In, values: ['']}]}", false},
      {"{matchExpressions: [{key: app, operator: NotIn, values: [a]}]}", true},
      {"{matchExpressions: [{key: app, operator: NotIn, values: [istiod]}]}", false},
      {"{matchExpressions: [{key: absent, operator: NotIn, values: [a]}]}", true},
      {"{matchExpressions: [{key: empty, operator: Exists}]}", true},
      {"{matchExpressions: [{key: absent, operator: Exists}]}", false},
      {"{matchExpressions: [{key: absent, operator: DoesNotExist}]}", true},
      {"{matchExpressions: [{key: app, operator: DoesNotExist}]}", false},
      {"{matchExpressions: [{key: app, operator: Gt, values: ['1']}]}", false},
      {"{matchLabels: {app: istiod}, matchExpressions: [{key: app, operator: DoesNotExist}]}",
       false},
      {"{matchLabels: {version: 1}}", true},
      {"~", false},
      {"istiod", false},
  }));
  CAPTURE(selector);
  const test::YamlText text(
      "labels: {app: istiod, istio: pilot, empty: '', version: '1'}\nselector: " + selector + "\n");
  CHECK(selects(text.root()["selector"], text.root()["labels"]) == selected);
}

TEST_CASE("A selector against no labels at all asks only for what may be absent") {
  const test::YamlText text("{none: {}, some: {matchLabels: {a: b}}}");
  CHECK(selects(text.root()["none"], Node{}));
  CHECK_FALSE(selects(text.root()["some"], Node{}));
  CHECK_FALSE(selects(Node{}, text.root()["none"]));
}
