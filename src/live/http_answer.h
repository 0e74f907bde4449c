// An HTTP/1.1 answer read from bytes as they come: over a tunnel, libcurl does not read it for us.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "meshcheck/result.h"

namespace meshcheck::live {

struct HttpHead {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case

  // The first header of that name, in lower case; empty: none.
  std::string_view header(std::string_view name) const;
  // Whether the header's comma-separated list has the word, whatever its case.
  bool lists(std::string_view name, std::string_view word) const;
};

// Of the lines before the empty one; nullopt: that is no answer.
std::optional<HttpHead> read_http_head(std::string_view lines);

class HttpAnswerReader {
 public:
  explicit HttpAnswerReader(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  // Takes the next bytes; an Error is final: no HTTP, or more than `most_bytes`.
  std::optional<Error> add(std::string_view bytes);
  // The stream has ended. An Error where the answer had not.
  std::optional<Error> end();

  bool has_head() const { return stage_ != Stage::head; }
  bool done() const { return stage_ == Stage::done; }
  const HttpHead& head() const { return head_; }
  std::string& body() { return body_; }
  // What came after a head that has no body of its own (101): the bytes of another protocol.
  std::string_view rest() const { return std::string_view(buffer_).substr(taken_); }

 private:
  enum class Stage : std::uint8_t {
    head,
    sized,
    to_the_end,
    chunk_size,
    chunk,
    chunk_end,
    trailer,
    done
  };

  std::optional<Error> step(bool& stuck);
  std::optional<Error> read_head(bool& stuck);
  std::optional<Error> read_chunk_size(bool& stuck);
  std::optional<Error> take_body(std::size_t size);
  std::optional<std::string> take_line();

  std::size_t most_bytes_;
  Stage stage_ = Stage::head;
  HttpHead head_;
  std::string buffer_;
  std::size_t taken_ = 0;  // of the buffer
  std::string body_;
  std::uint64_t left_ = 0;  // of the body, or of the chunk
};

}  // namespace meshcheck::live
