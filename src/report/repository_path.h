// What dashboards call a file: its path from the root of the repository, whatever folder we ran in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "meshcheck/finding.h"
#include "meshcheck/report.h"

namespace meshcheck::report {

// Nothing where the file is not below the repository's root: "/etc/mesh.yaml", "../x.yaml",
// "<stdin>". Where the root is not known it is taken to be the current folder.
std::optional<std::string> repository_path(std::string_view file, const ReportStyle& style);

// For dashboards that refuse results without a file in the repository: its path or, where it has
// none, one that no checkout holds and that shows what it is.
std::string dashboard_path(std::string_view file, const ReportStyle& style);

// The same of a finding; of an object of the cluster "cluster/Deployment/istio-system/istiod".
std::string dashboard_path(const Finding& finding, const ReportStyle& style);

// Where a person may look at the line; empty where the style knows no such place.
std::string link_to(const Location& location, const ReportStyle& style);

// As it stands in a URI (RFC 3986): percent-encoded, but for `/`.
std::string to_uri(std::string_view path);

}  // namespace meshcheck::report
