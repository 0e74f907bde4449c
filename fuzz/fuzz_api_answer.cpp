// Any bytes as the body of an API server's answer: a list, a Status, discovery. What nlohmann
// accepts as JSON is JSON for us too, and of JSON no part is.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <nlohmann/json.hpp>

#include "live/answer_head.h"
#include "live/discovery.h"
#include "live/json_skim.h"
#include "live/list_page.h"
#include "live/server_address.h"
#include "live/status.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meshcheck::live;
  const std::string_view body{reinterpret_cast<const char*>(data), size};
  const bool ours = is_json(body);
  // nlohmann skips a byte order mark, ends at a NUL, neither of which an API server writes, and
  // nests without limit.
  const bool deep =
      std::count_if(body.begin(), body.end(), [](char c) { return c == '[' || c == '{'; }) > 500;
  const bool marked = body.starts_with("\xEF\xBB\xBF") || body.find('\0') != std::string_view::npos;
  if (!deep && !marked && !ours && nlohmann::json::accept(body)) std::abort();
  const auto last = body.find_last_not_of(" \t\r\n");
  const bool container = ours && (body[last] == '}' || body[last] == ']');
  if (container && is_json(body.substr(0, last))) std::abort();

  const auto page = read_list_page(body);
  if (page && !ours) std::abort();
  if (page) {
    for (const auto item : page->items) {
      if (!is_json(item)) std::abort();
      item_uid(item);
    }
  }
  Answer answer;
  answer.status = 500;
  answer.content_type = "text/plain";
  for (const char c : describe(answer, body)) {
    if (static_cast<unsigned char>(c) < 0x20) std::abort();
  }
  Discovery discovery;
  read_discovery(body, discovery);
  read_header_line(body, answer);
  if (const auto address = read_server_address(body)) dialling(*address, "name.example");
  return 0;
}
