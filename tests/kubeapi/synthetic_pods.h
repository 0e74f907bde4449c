// Pods by the ten thousand, of which no more is kept than how to write one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "kubeapi/objects.h"
#include "kubeapi/server.h"

namespace meshcheck::kubeapi {

class PodFactory {
 public:
  explicit PodFactory(const SyntheticPods& pods);

  std::size_t count() const { return pods_.count; }
  std::vector<Json> namespaces() const;
  std::string name_space(std::size_t i) const;
  std::string name(std::size_t i) const;
  // The pod, or only its metadata, as one object of a list has it.
  std::string text(std::size_t i) const { return write(pod_, i); }
  std::string metadata_text(std::size_t i) const { return write(metadata_, i); }

 private:
  // Text between the places where a pod differs from the next, and which place follows each.
  struct Template {
    std::vector<std::string> texts;
    std::vector<char> places;
  };
  static Template cut(const std::string& text);
  std::string write(const Template& from, std::size_t i) const;

  SyntheticPods pods_;
  Template pod_;
  Template metadata_;
};

}  // namespace meshcheck::kubeapi
