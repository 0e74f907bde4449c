// The mesh as meshcheck sees it, for `meshcheck inspect`; pure functions over the model.
#pragma once

#include <span>
#include <string>

#include "meshcheck/mesh.h"

namespace meshcheck {

// One JSON document; the entries of several meshes stand in one list, each with its `mesh`. What is
// absent is null.
std::string inspect_json(std::span<const Mesh> meshes);

// The same for people: a table for each kind of thing that was found.
std::string inspect_table(std::span<const Mesh> meshes);

}  // namespace meshcheck
