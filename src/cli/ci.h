// What the surroundings say of the repository that we run in, for reports that dashboards read.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/run.h"
#include "meshcheck/report.h"
#include "meshcheck/result.h"

namespace meshcheck::cli {

// The root of the repository that `folder` lies in: the nearest folder above with a `.git`. Where
// that does not hold all of `paths`, the one that they lie in; where there is none, what the CI
// system checked out. And where its files can be looked at on GitHub or GitLab.
void describe_repository(const std::filesystem::path& folder, const Surroundings& surroundings,
                         ReportStyle& style, const std::vector<std::string>& paths = {});

// What `automationDetails.id` of SARIF is made of: the folder that holds all of `paths`, from the
// root of the repository; empty where that is the root itself, or no folder.
std::string category_of(const std::vector<std::string>& paths, const ReportStyle& style);

// Appends the Markdown report to the file that GITHUB_STEP_SUMMARY names, where it names one.
std::optional<Error> append_step_summary(const Report& report, ReportStyle style,
                                         const Surroundings& surroundings);

}  // namespace meshcheck::cli
