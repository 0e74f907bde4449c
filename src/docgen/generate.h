// What the host tool writes from the commands, the rules and the keys of the configuration into
// texts that are otherwise written by hand: run by the build, never shipped.
#pragma once

#include <string>

namespace meshcheck::docgen {

// Each takes the text as it is and answers with what it should be; throws std::runtime_error where
// a part that is to be written is not found.
std::string refresh_manual(const std::string& text);         // man/meshcheck.1
std::string refresh_config_manual(const std::string& text);  // man/meshcheck.yaml.5
std::string refresh_readme(const std::string& readme);

}  // namespace meshcheck::docgen
