// HTTP/1.1 as a server reads and writes it, with the ways in which a fault may spoil an answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kubeapi/server.h"

namespace meshcheck::kubeapi {

class Stream;

// The head of a request.
struct Head {
  std::string method;
  std::string target;
  std::string path;   // percent-encoded
  std::string query;  // without `?`
  Headers headers;
  bool keep_alive = true;

  std::string_view header(std::string_view name) const;
  // Decoded values of a parameter of the query.
  std::vector<std::string> parameters(std::string_view name) const;
  std::string parameter(std::string_view name) const;  // the first; empty: none
};

struct Answer {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  Headers headers;
};

std::string_view first_header(const Headers& headers, std::string_view name);
bool same_text_ignoring_case(std::string_view a, std::string_view b);
std::string percent_decoded(std::string_view text, bool plus_is_space = false);
std::string_view reason_phrase(int status);
// Now, or the time given, as the header Date has it.
std::string http_date();

// The next request of a connection, its body skipped; nullopt: none comes, or what came is none.
// `buffer` holds what was read beyond it.
std::optional<Head> read_head(Stream& stream, std::string& buffer);
// The head in a text that ends in an empty line.
std::optional<Head> parse_head(std::string_view text);

// Whether the connection may serve another request afterwards.
enum class After : std::uint8_t { keep, finish, reset };

// Waits that long; false where the server stops meanwhile.
using Wait = std::function<bool(std::chrono::milliseconds)>;

// Writes the answer, compressed where it is long and the client asked; spoilt by a fault of the
// body.
After write_answer(Stream& stream, const Head& head, Answer answer, const Fault* fault,
                   const Wait& wait);

// An answer in one piece with `Connection: close`, chunked where `chunked`.
std::string answer_text(const Answer& answer, bool chunked);

}  // namespace meshcheck::kubeapi
