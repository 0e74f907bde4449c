// Finds the JSON values that stand one after the other in a text, as programs that print one for
// each server do.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "input/split.h"

namespace meshcheck {

// Each value that begins a line (an object or an array), as a chunk that ends where its brackets
// close, or with the text. Other lines are left out: prompts and warnings. Empty where no line
// begins with a value.
std::vector<Chunk> find_json_values(std::string_view text);

// The documents of a JSON file: several where values follow each other with nothing but blanks
// between them, as `kubectl get -o json >> f` leaves them and kubectl reads them; else the whole
// text, whatever it is.
std::vector<Chunk> json_documents(std::string_view text);

// A JSON object a line, as a cluster's objects are kept.
std::vector<Chunk> json_lines(std::string_view text);

// YAML documents, also where nothing but a key that the mapping already has tells that the next
// one begins.
std::vector<Chunk> find_yaml_documents(std::string_view text);

}  // namespace meshcheck
