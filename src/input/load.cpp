#include "input/load.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "input/arena.h"
#include "input/file_bytes.h"
#include "input/files.h"
#include "input/json_stream.h"
#include "input/kustomization.h"
#include "input/parallel.h"
#include "input/parse.h"
#include "input/reader_findings.h"
#include "input/select.h"
#include "input/split.h"
#include "input/suppressions.h"
#include "input/tool_pins.h"

namespace meshcheck {

struct Loaded::Storage {
  std::string stdin_text;
  std::vector<RenderedText> rendered;
  std::vector<FileBytes> bytes;
  std::deque<Source> sources;
  std::vector<Arena> arenas;
};

Loaded::Loaded() : storage(std::make_unique<Storage>()) {}
Loaded::~Loaded() = default;
Loaded::Loaded(Loaded&&) noexcept = default;
Loaded& Loaded::operator=(Loaded&&) noexcept = default;

namespace {

// Starting threads costs more than they save below these (measured: half a millisecond).
constexpr std::size_t kBytesWorthThreads = 4'000'000;
constexpr std::size_t kFilesWorthThreads = 200;
// What a worker takes at once, so that tiny documents do not make them wait for each other.
constexpr std::size_t kUnit = 65536;
// A generated file can hold thousands; nobody reads the eleventh.
constexpr std::size_t kMostDuplicates = 10;
constexpr std::size_t kMostUnparsable = 100;  // of a file, told one by one

struct File {
  Source* source = nullptr;
  Format format = Format::yaml;
  bool named = false;  // by the user, not found in a folder
  std::vector<Chunk> chunks;
  std::optional<Error> error;
};

// Folders hold much JSON that is nobody's manifest and often no strict JSON (settings of editors
// and compilers). What was named is judged as it stands.
bool is_foreign(const File& file) {
  return !file.named && file.format == Format::json &&
         file.source->text.find("\"apiVersion\"") == std::string_view::npos;
}

// One document to parse, and what became of it.
struct Task {
  const File* file = nullptr;
  const Chunk* chunk = nullptr;
  Document* tree = nullptr;  // stays null for what is empty or could not be read
};

// The documents of a file that cannot be parsed.
struct Broken {
  std::size_t documents = 0;
  std::size_t last_told = 0;  // among the findings
};

struct Problem {
  std::size_t task = 0;
  Parsed parsed;
};

class Loading {
 public:
  Loading(const LoadOptions& options, Loaded& out)
      : options_(options), out_(out), storage_(*out.storage) {
    const unsigned machine = std::max(1U, std::thread::hardware_concurrency());
    threads_ = options.threads != 0 ? options.threads : std::min(machine, 8U);
    for (const std::string& file : options.values_files) {
      values_.insert(display_name(file, current_folder_));
    }
  }

  void run(std::span<const std::string> paths) {
    FileList list = find_files(paths, current_folder_, options_.own_files);
    std::erase_if(list.files,
                  [&](const InputFile& file) { return options_.left_out.contains(file.name); });
    scan_tools(list);
    open(std::move(list));
    select();
    parse_all();
    collect();
  }

 private:
  void scan_tools(FileList& list);
  void open(FileList list);
  void open(const InputFile& from, FileBytes& bytes, File& file) const;
  void open_live(std::span<File> files) const;
  const std::string* text_instead(const std::string& name) const;
  void select();
  void parse_all();
  void collect();
  void collect_problem(const Problem& problem, Broken& broken);
  void tell_rest(const Broken& broken);
  void collect_templates(std::span<const Problem> problems);
  void collect_documents();
  void mark_patches();
  void collect_suppressions();

  const LoadOptions& options_;
  Loaded& out_;
  Loaded::Storage& storage_;
  std::filesystem::path current_folder_ = std::filesystem::current_path();
  std::set<std::string> values_;  // files named by --values
  std::size_t threads_ = 1;
  std::vector<File> files_;
  std::vector<Task> tasks_;
  std::vector<Problem> problems_;
};

void Loading::scan_tools(FileList& list) {
  for (const InputFile& file : list.tools) {
    out_.named_tools = out_.named_tools || file.named;
    const auto bytes = FileBytes::read(file.path, file.name);
    if (!bytes) {
      list.errors.push_back(bytes.error());
      continue;
    }
    Source source;
    source.name = file.name;
    source.text = bytes->text();
    std::ranges::move(find_tool_pins(source), std::back_inserter(out_.tool_pins));
    std::ranges::move(find_line_suppressions(source), std::back_inserter(out_.suppressions));
  }
}

void Loading::open(FileList list) {
  out_.errors = std::move(list.errors);
  out_.inputs.skipped = std::move(list.skipped);
  storage_.rendered = options_.rendered;
  files_.resize(list.files.size() + storage_.rendered.size() + options_.live.size());
  storage_.bytes.resize(list.files.size());
  for (File& file : files_) file.source = &storage_.sources.emplace_back();
  const std::size_t workers = files_.size() < kFilesWorthThreads ? 1 : threads_;
  in_parallel(workers, list.files.size(), [&](std::size_t, std::size_t i) {
    open(list.files[i], storage_.bytes[i], files_[i]);
  });
  for (std::size_t i = 0; i < storage_.rendered.size(); ++i) {
    File& file = files_[list.files.size() + i];
    file.source->name = storage_.rendered[i].name;
    file.source->text = storage_.rendered[i].text;
    file.chunks = split(file.source->text);
  }
  open_live(std::span(files_).last(options_.live.size()));
  for (File& file : std::span(files_).first(files_.size() - options_.live.size())) {
    if (file.error) {
      out_.errors.push_back(*std::move(file.error));
    } else {
      ++out_.inputs.files;
    }
  }
}

void Loading::open_live(std::span<File> files) const {
  for (std::size_t i = 0; i < files.size(); ++i) {
    File& file = files[i];
    file.source->name = options_.live[i].name;
    file.source->text = options_.live[i].text;
    file.format = Format::json;
    file.chunks = json_lines(file.source->text);
  }
}

const std::string* Loading::text_instead(const std::string& name) const {
  if (options_.instead == nullptr) return nullptr;
  const auto found = options_.instead->find(name);
  return found == options_.instead->end() ? nullptr : &found->second;
}

void Loading::open(const InputFile& from, FileBytes& bytes, File& file) const {
  file.source->name = from.name;
  file.named = from.named;
  if (from.path == "-") file.source->name = options_.stdin_name;
  const std::string* instead = text_instead(file.source->name);
  if (instead != nullptr) {
    file.source->text = *instead;
  } else if (from.path == "-") {
    storage_.stdin_text = options_.stdin_text;
    file.source->text = storage_.stdin_text;
  } else {
    auto read = FileBytes::read(from.path, from.name);
    if (!read) {
      file.error = read.error();
      return;
    }
    bytes = *std::move(read);
    file.source->text = bytes.text();
  }
  if (file.source->name.ends_with(".json")) {
    file.format = Format::json;
    file.chunks = json_documents(file.source->text);
  } else {
    file.chunks = split(file.source->text);
  }
}

void Loading::select() {
  for (const File& file : files_) {
    std::map<std::string_view, std::size_t> skipped;  // by kind
    for (const Chunk& chunk : file.chunks) {
      const bool may_leave_out = !options_.parse_all && file.format == Format::yaml;
      if (may_leave_out && may_skip(chunk, file.source->text)) {
        ++skipped[chunk.kind];
      } else {
        tasks_.push_back({&file, &chunk, nullptr});
      }
    }
    if (skipped.empty()) continue;
    std::vector<std::string> kinds;
    for (const auto& [kind, count] : skipped) {
      kinds.push_back(fmt::format("{} {}", count, kind));
      out_.skipped_objects += count;
      out_.inputs.documents += count;
    }
    out_.inputs.skipped.push_back(
        {file.source->name, fmt::format("no rule reads {}", fmt::join(kinds, ", "))});
  }
}

void Loading::parse_all() {
  std::vector<std::size_t> units = {0};  // the first task of each, and the end
  std::size_t total = 0;
  std::size_t unit = 0;
  for (std::size_t i = 0; i < tasks_.size(); ++i) {
    unit += tasks_[i].chunk->end - tasks_[i].chunk->begin;
    if (unit < kUnit && i + 1 < tasks_.size()) continue;
    units.push_back(i + 1);
    total += std::exchange(unit, 0);
  }
  const std::size_t workers = total < kBytesWorthThreads ? 1 : threads_;
  storage_.arenas.resize(workers);
  std::vector<std::vector<Problem>> problems(workers);
  in_parallel(workers, units.size() - 1, [&](std::size_t worker, std::size_t number) {
    for (std::size_t i = units[number]; i < units[number + 1]; ++i) {
      Task& task = tasks_[i];
      Parsed parsed =
          parse(*task.file->source, *task.chunk, storage_.arenas[worker], task.file->format);
      if (parsed.outcome == Parsed::Outcome::tree) task.tree = parsed.document;
      const bool read =
          parsed.outcome == Parsed::Outcome::tree || parsed.outcome == Parsed::Outcome::empty;
      if (!read || !parsed.duplicates.empty()) problems[worker].push_back({i, std::move(parsed)});
    }
  });
  for (std::vector<Problem>& some : problems) {
    std::ranges::move(some, std::back_inserter(problems_));
  }
  std::ranges::sort(problems_, {}, &Problem::task);
}

void Loading::collect() {
  mark_patches();
  for (std::size_t i = 0; i < problems_.size();) {
    const File* file = tasks_[problems_[i].task].file;
    std::size_t end = i;
    Broken broken;
    for (; end < problems_.size() && tasks_[problems_[end].task].file == file; ++end) {
      collect_problem(problems_[end], broken);
    }
    tell_rest(broken);
    collect_templates(std::span(problems_).subspan(i, end - i));
    i = end;
  }
  collect_documents();
  collect_suppressions();
}

void Loading::collect_problem(const Problem& problem, Broken& broken) {
  const Task& task = tasks_[problem.task];
  const Parsed& parsed = problem.parsed;
  const Source& source = *task.file->source;
  if (parsed.outcome == Parsed::Outcome::error) {
    ++out_.inputs.documents;
    if (is_foreign(*task.file)) {
      out_.inputs.skipped.push_back({source.name, "JSON that names no apiVersion: no manifest"});
      return;
    }
    if (++broken.documents > kMostUnparsable) return;
    broken.last_told = out_.findings.size();
    out_.findings.push_back(unparsable_document(source, *task.chunk, parsed));
  }
  if (task.tree == nullptr) return;
  // Other tools' files lie among manifests, and what their readers do with such keys is not ours
  // to say.
  const Node root = task.tree->root();
  if (!root["kind"] && !values_.contains(source.name) && !is_kustomization(source.name)) return;
  const std::size_t count = std::min(parsed.duplicates.size(), kMostDuplicates);
  for (const DuplicateKey& duplicate : std::span(parsed.duplicates).first(count)) {
    out_.findings.push_back(duplicate_key(*task.tree, duplicate));
  }
}

// A file that is no YAML at all may break at every line.
void Loading::tell_rest(const Broken& broken) {
  if (broken.documents <= kMostUnparsable) return;
  out_.findings[broken.last_told].message += fmt::format(
      "; {} more documents of this file cannot be parsed", broken.documents - kMostUnparsable);
}

// One finding a file: a chart has many templates, and each of them many documents.
void Loading::collect_templates(std::span<const Problem> problems) {
  const auto is_template = [](const Problem& problem) {
    return problem.parsed.outcome == Parsed::Outcome::template_markup;
  };
  const auto first = std::ranges::find_if(problems, is_template);
  if (first == problems.end()) return;
  const auto count = static_cast<std::size_t>(std::ranges::count_if(problems, is_template));
  const Task& task = tasks_[first->task];
  const Source& source = *task.file->source;
  for (const Problem& problem : problems) {
    const Chunk& chunk = *tasks_[problem.task].chunk;
    const auto text = source.text.substr(chunk.begin, chunk.end - chunk.begin);
    if (is_template(problem) && names_revisions(text)) out_.hides_revisions = true;
  }
  out_.inputs.documents += count;
  out_.inputs.skipped.push_back({source.name, "template, not rendered"});
  out_.findings.push_back(unrendered_template(source, *task.chunk, first->parsed, count));
}

void Loading::mark_patches() {
  std::set<std::string> files;
  for (const Task& task : tasks_) {
    if (task.tree == nullptr || !is_kustomization(task.tree->source->name)) continue;
    std::ranges::move(patch_files(*task.tree), std::inserter(files, files.end()));
    if (auto finding = unrendered(*task.tree)) out_.findings.push_back(*std::move(finding));
  }
  if (files.empty()) return;
  for (Task& task : tasks_) {
    if (task.tree != nullptr) task.tree->patch = files.contains(task.tree->source->name);
  }
}

void Loading::collect_documents() {
  out_.documents.reserve(tasks_.size());
  for (const Task& task : tasks_) {
    if (task.tree == nullptr) continue;
    ++out_.inputs.documents;
    const Node root = task.tree->root();
    if (root["kind"] || options_.keep_values || values_.contains(task.file->source->name)) {
      out_.documents.push_back(task.tree);
    }
  }
}

void Loading::collect_suppressions() {
  std::vector<ReadChunk> chunks;
  for (std::size_t i = 0; i < tasks_.size();) {
    const File& file = *tasks_[i].file;
    chunks.clear();
    for (; i < tasks_.size() && tasks_[i].file == &file; ++i) {
      chunks.push_back({tasks_[i].chunk, tasks_[i].tree});
    }
    if (file.format == Format::json) continue;
    std::ranges::move(find_suppressions(*file.source, chunks),
                      std::back_inserter(out_.suppressions));
  }
}

}  // namespace

Loaded load(std::span<const std::string> paths, const LoadOptions& options) {
  Loaded loaded;
  std::vector<std::string> all(paths.begin(), paths.end());
  for (const std::string& file : options.values_files) {
    if (std::ranges::find(all, file) == all.end()) all.push_back(file);
  }
  Loading(options, loaded).run(all);
  return loaded;
}

}  // namespace meshcheck
