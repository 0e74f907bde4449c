// Writes objects again as JSON, with what is kept of them (compact.h).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "input/value_json.h"
#include "meshcheck/document.h"

namespace meshcheck::live {

class CompactWriter {
 public:
  using Names = std::span<const std::string_view>;

  explicit CompactWriter(std::string& out) : out_(out) {}

  void object(Node root, std::string_view api_version, std::string_view kind);

 private:
  void open(char bracket) {
    out_ += bracket;
    first_ = true;
  }
  void close(char bracket) {
    out_ += bracket;
    first_ = false;
  }
  void separate() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  void member(std::string_view key) {
    separate();
    append_json_string(key, out_);
    out_ += ':';
  }
  void verbatim(Node value) { append_json(value, out_); }
  void keep(Node mapping, Names keys) {
    for (const std::string_view key : keys) {
      const Node value = mapping[key];
      if (!value) continue;
      member(key);
      any(value);
    }
  }

  void any(Node value);
  void mapping(Node value);
  void scalar(Node value);
  void text(std::string_view text);
  void leave_out(std::string_view instead);
  void program(std::string_view key, Node value);
  void names_alone(Node list);
  void headers(Node mapping);
  void condition(Node value);
  void probe(Node value);
  void container(Node value);
  void environment(Node list, bool istio);
  void metadata(Node value);
  void owners(Node list);
  void arguments(Node list);
  void annotations(Node value);
  void managed_fields(Node list);
  void status(Node value);
  void pod_status(Node value);
  void container_status(Node value);

  std::string& out_;
  std::string_view kind_;
  bool first_ = true;
  bool left_out_ = false;  // something that may be a credential
  int level_ = 0;          // of texts within texts
};

}  // namespace meshcheck::live
