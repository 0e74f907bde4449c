#include <algorithm>
#include <array>
#include <ctime>
#include <stdexcept>
#include <zlib.h>

#include <fmt/format.h>

#include "kubeapi/http.h"
#include "kubeapi/stream.h"

namespace meshcheck::kubeapi {
namespace {

constexpr std::size_t kCompressedFrom = 128 * 1024;  // as the API server
constexpr std::size_t kChunkedFrom = 2048;           // Go's net/http, where nobody sets a length
constexpr std::size_t kChunk = 32 * 1024;

std::string gzip(std::string_view text) {
  z_stream zip{};
  if (deflateInit2(&zip, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib does not start");
  }
  std::string out(deflateBound(&zip, text.size()), '\0');
  zip.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  zip.avail_in = static_cast<uInt>(text.size());
  zip.next_out = reinterpret_cast<Bytef*>(out.data());
  zip.avail_out = static_cast<uInt>(out.size());
  const int done = deflate(&zip, Z_FINISH);
  out.resize(zip.total_out);
  deflateEnd(&zip);
  if (done != Z_STREAM_END) throw std::runtime_error("zlib does not end");
  return out;
}

enum class Framing : std::uint8_t { length, chunks };

std::string head_text(const Answer& answer, Framing framing, std::size_t length, bool keep_alive) {
  std::string out = fmt::format("HTTP/1.1 {} {}\r\n", answer.status, reason_phrase(answer.status));
  for (const auto& [name, value] : answer.headers) out += fmt::format("{}: {}\r\n", name, value);
  if (first_header(answer.headers, "Date").empty()) out += "Date: " + http_date() + "\r\n";
  if (!answer.type.empty()) out += fmt::format("Content-Type: {}\r\n", answer.type);
  if (framing == Framing::chunks) {
    out += "Transfer-Encoding: chunked\r\n";
  } else {
    out += fmt::format("Content-Length: {}\r\n", length);
  }
  if (!keep_alive) out += "Connection: close\r\n";
  return out + "\r\n";
}

std::string chunks_text(std::string_view body) {
  std::string out;
  while (!body.empty()) {
    const std::string_view piece = body.substr(0, kChunk);
    out += fmt::format("{:x}\r\n", piece.size());
    out.append(piece).append("\r\n");
    body.remove_prefix(piece.size());
  }
  return out;
}

bool is(const Fault* fault, FaultKind kind) { return fault != nullptr && fault->kind == kind; }

// What a fault changes in the body before it is framed.
void spoil(Answer& answer, const Fault& fault, bool compressed) {
  switch (fault.kind) {
    case FaultKind::garbage: answer.body = fault.body.empty() ? "{]" : fault.body; break;
    case FaultKind::cut_clean: answer.body.resize(std::min(answer.body.size(), fault.at)); break;
    case FaultKind::cut_gzip:
      if (!compressed) throw std::runtime_error("cut_gzip: the answer is not compressed");
      answer.body.resize(answer.body.size() - std::min(answer.body.size(), fault.at));
      break;
    default: break;
  }
}

// Sends `bytes` piece by piece.
bool drip(Stream& stream, std::string_view bytes, const Fault& fault, const Wait& wait) {
  const std::size_t piece = std::max<std::size_t>(fault.at, 1);
  while (!bytes.empty()) {
    if (!stream.write(bytes.substr(0, piece)) || !wait(fault.delay)) return false;
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  return true;
}

// What remains of a framed body where the fault ends it early. Framing and all are cut, so that
// exactly `at` bytes of the body come.
std::string broken_frames(std::string_view body, const Fault& fault, Framing framing) {
  const std::string_view part = body.substr(0, fault.at);
  if (framing == Framing::length) return std::string(part);
  if (fault.kind == FaultKind::bad_chunk) return chunks_text(part) + "xyz\r\n" + "{}\r\n0\r\n\r\n";
  return chunks_text(part) + fmt::format("{:x}\r\n", body.size() - part.size() + 1);
}

bool breaks_frames(const Fault* fault) {
  return is(fault, FaultKind::cut) || is(fault, FaultKind::cut_reset) ||
         is(fault, FaultKind::bad_chunk);
}

After write_broken(Stream& stream, const Answer& answer, const Fault& fault, Framing framing) {
  // A short body cannot have a bad chunk without being chunked.
  if (fault.kind == FaultKind::bad_chunk) framing = Framing::chunks;
  stream.write(head_text(answer, framing, answer.body.size(), true) +
               broken_frames(answer.body, fault, framing));
  return fault.kind == FaultKind::cut_reset ? After::reset : After::finish;
}

}  // namespace

std::string_view reason_phrase(int status) {
  static constexpr std::array<std::pair<int, std::string_view>, 24> kPhrases{{
      {101, "Switching Protocols"},
      {200, "OK"},
      {201, "Created"},
      {204, "No Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {410, "Gone"},
      {413, "Request Entity Too Large"},
      {415, "Unsupported Media Type"},
      {422, "Unprocessable Entity"},
      {429, "Too Many Requests"},
      {500, "Internal Server Error"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
  }};
  const auto* found = std::find_if(kPhrases.begin(), kPhrases.end(),
                                   [&](const auto& phrase) { return phrase.first == status; });
  return found == kPhrases.end() ? "Status" : found->second;
}

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  static constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed",
                                                    "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                     kDays.at(static_cast<std::size_t>(utc.tm_wday)), utc.tm_mday,
                     kMonths.at(static_cast<std::size_t>(utc.tm_mon)), utc.tm_year + 1900,
                     utc.tm_hour, utc.tm_min, utc.tm_sec);
}

After write_answer(Stream& stream, const Head& head, Answer answer, const Fault* fault,
                   const Wait& wait) {
  const bool compressed = answer.body.size() > kCompressedFrom &&
                          head.header("Accept-Encoding").find("gzip") != std::string_view::npos &&
                          first_header(answer.headers, "Content-Encoding").empty();
  if (compressed) {
    answer.body = gzip(answer.body);
    answer.headers.emplace_back("Content-Encoding", "gzip");
    answer.headers.emplace_back("Vary", "Accept-Encoding");
  }
  if (fault != nullptr) spoil(answer, *fault, compressed);
  const Framing framing = answer.body.size() > kChunkedFrom ? Framing::chunks : Framing::length;
  if (breaks_frames(fault)) return write_broken(stream, answer, *fault, framing);
  if (is(fault, FaultKind::wrong_length)) {
    stream.write(head_text(answer, Framing::length, answer.body.size() + fault->at, true) +
                 answer.body);
    return After::finish;
  }
  const bool keep = head.keep_alive &&
                    !same_text_ignoring_case(first_header(answer.headers, "Connection"), "close");
  std::string text = head_text(answer, framing, answer.body.size(), head.keep_alive);
  text += framing == Framing::chunks ? chunks_text(answer.body) + "0\r\n\r\n" : answer.body;
  const bool sent =
      is(fault, FaultKind::drip) ? drip(stream, text, *fault, wait) : stream.write(text);
  return sent && keep ? After::keep : After::finish;
}

std::string answer_text(const Answer& answer, bool chunked) {
  const Framing framing = chunked ? Framing::chunks : Framing::length;
  return head_text(answer, framing, answer.body.size(), false) +
         (chunked ? chunks_text(answer.body) + "0\r\n\r\n" : answer.body);
}

}  // namespace meshcheck::kubeapi
