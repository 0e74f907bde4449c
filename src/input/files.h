// Finds the files that a run reads: those named, and those that folders hold.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "meshcheck/report.h"
#include "meshcheck/result.h"

namespace meshcheck {

struct InputFile {
  std::string name;       // as reports call it: relative where it can be, `/` between its parts
  std::string path;       // as the system opens it; "-" for the standard input
  bool named = false;     // asked for by this name, so read whatever it is
  std::size_t place = 0;  // among all that were found
};

struct FileList {
  std::vector<InputFile> files;  // as named; those of a folder sorted; each file once
  // Of those, what is no manifest but may say which istioctl is installed (tool_files.h).
  std::vector<InputFile> tools;
  std::vector<Error> errors;
  std::vector<Inputs::Skipped> skipped;
};

// `paths` are files, folders or "-", relative ones below `current_folder`. Folders are walked for
// .yaml, .yml and .json (and `Kustomization`) as git sees them: what .gitignore excludes is not
// read, nor are hidden folders, but for the CI configuration in those of CI systems. Links to files
// and folders are followed, unless they lead back to where the walk has been; a file that is
// reached twice is listed once, by its own name before a link's.
// `left_out` names files that are not listed, whatever leads to them.
FileList find_files(std::span<const std::string> paths, const std::filesystem::path& current_folder,
                    std::span<const std::string> left_out = {});

// How reports call the file at `path`: clean, and relative where it lies below `current_folder`.
std::string display_name(const std::filesystem::path& path,
                         const std::filesystem::path& current_folder);

// "did you mean deploy.yaml?" where the folder holds a name like it, else what is there at all.
std::string similar_name_hint(const std::filesystem::path& path);

}  // namespace meshcheck
