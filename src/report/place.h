// How people's formats name a place.
#pragma once

#include <string>

#include "meshcheck/finding.h"

namespace meshcheck::report {

// "file:line:column", or as much of it as is known.
std::string place(const Location& location);

// A finding's place; the logical name where it has none in a file.
std::string place(const Finding& finding);

// "Deployment istio-system/istiod".
std::string name_of(const ObjectRef& object);

// "Deployment/istio-system/istiod", as it is; not made printable.
std::string qualified_name(const ObjectRef& object);

}  // namespace meshcheck::report
