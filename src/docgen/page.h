// A manual page or another text as lines, and its parts that are written anew.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meshcheck::docgen {

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text);
std::string text_of(const Lines& lines);

// Half-open, by line.
struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// What stands between the line `heading` and the next heading of mdoc (.Sh or .Ss).
Range section(const Lines& lines, std::string_view heading);
// The lines inside the first .Bl … .El of a part, nested lists included.
Range list_in(const Lines& lines, Range part);
void replace(Lines& lines, Range part, const Lines& with);

// An item of a list: its `.It` line, and the prose behind it.
struct Item {
  std::string tag;
  Lines prose;
};
std::vector<Item> items_of(const Lines& lines, Range list);

// Items with the tags, in the order and with the prose of `wanted`; prose that `lines` already has
// for a tag of the same name is kept, since a person wrote it. `name_of` reads the name of a tag.
Lines merged_items(const Lines& lines, Range list, const std::vector<Item>& wanted,
                   std::string (*name_of)(const std::string& tag));

// A sentence of --help as mdoc: a capital, a full stop, and nothing that mdoc takes for its own.
std::string sentence(std::string text);

}  // namespace meshcheck::docgen
