// What /api and /apis answer, in the dialects of three generations of API servers.
#pragma once

#include <string>
#include <string_view>

#include "kubeapi/http.h"
#include "kubeapi/store.h"

namespace meshcheck::kubeapi {

// Of /api (`core`) or /apis.
Answer discover(const Snapshot& state, Discovery dialect, bool core, std::string_view accept);
// /api/v1, /apis/GROUP/VERSION: an APIResourceList.
Answer resource_list(const Snapshot& state, std::string_view group, std::string_view version);
// /apis/GROUP: an APIGroup.
Answer group_answer(const Snapshot& state, std::string_view group);

}  // namespace meshcheck::kubeapi
