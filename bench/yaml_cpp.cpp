#include "bench/yaml_cpp.h"

#include <cstdint>
#include <istream>
#include <streambuf>
#include <string>
#include <vector>

#include <yaml-cpp/emitterstyle.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "meshcheck/document.h"

namespace meshcheck::bench {
namespace {

// The text as a stream without a copy.
class View : public std::streambuf {
 public:
  explicit View(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // NOLINT: a streambuf wants it, and only reads
    setg(begin, begin, begin + text.size());
  }
};

class Builder : public YAML::EventHandler {
 public:
  std::size_t nodes() const { return nodes_.size(); }

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    add(mark, NodeKind::null, {});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    add(mark, NodeKind::null, {});
  }
  void OnScalar(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                const std::string& value) override {
    add(mark, NodeKind::scalar, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/,
                       YAML::anchor_t /*anchor*/, YAML::EmitterStyle::value /*style*/) override {
    open(mark, NodeKind::sequence);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {
    open(mark, NodeKind::mapping);
  }
  void OnMapEnd() override { close(); }

 private:
  void add(const YAML::Mark& mark, NodeKind kind, std::string_view text) {
    RawNode node = {};
    node.offset = static_cast<std::uint32_t>(mark.pos);
    node.a = static_cast<std::uint32_t>(text_.size());
    node.b = static_cast<std::uint32_t>(text.size());
    node.kind = static_cast<std::uint32_t>(kind) & 7U;
    node.decoded = 1;
    text_ += text;
    if (!open_.empty()) ++nodes_[open_.back()].b;
    nodes_.push_back(node);
  }
  void open(const YAML::Mark& mark, NodeKind kind) {
    add(mark, kind, {});
    open_.push_back(nodes_.size() - 1);
  }
  void close() {
    nodes_[open_.back()].a = static_cast<std::uint32_t>(nodes_.size());
    open_.pop_back();
  }

  std::vector<RawNode> nodes_;
  std::vector<std::size_t> open_;
  std::string text_;
};

}  // namespace

std::size_t read_with_yaml_cpp(std::string_view text) {
  View view(text);
  std::istream stream(&view);
  YAML::Parser parser(stream);
  Builder builder;
  while (parser.HandleNextDocument(builder)) {
  }
  return builder.nodes();
}

}  // namespace meshcheck::bench
