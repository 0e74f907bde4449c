// What several fixes change of one object, said once.
#pragma once

#include <string>
#include <string_view>

namespace meshcheck {

// The documents of `patch` and those of `more`. Where both change the same object it is one
// document: of two numbers of replicas the larger, so that a range keeps its room; of other scalars
// that of `patch`. Of a Deployment for which there is an autoscaler no replicas are left.
std::string merge_patches(std::string_view patch, std::string_view more);

}  // namespace meshcheck
