// Real files that tests read where they are at hand; nothing of them is part of the project.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>

namespace meshcheck::test {

// MESHCHECK_SHARED/corpus, or ../shared/corpus beside the project. Says so where it is absent.
std::optional<std::filesystem::path> shared_corpus(std::string_view part);

}  // namespace meshcheck::test
