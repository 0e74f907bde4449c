// Reads what a credential plugin printed.
#include <utility>

#include <fmt/format.h>

#include "input/parse.h"
#include "input/split.h"
#include "live/credential_file.h"
#include "live/plugin.h"
#include "meshcheck/time.h"

namespace meshcheck::live {
namespace {

constexpr ParseLimits kLimits = {32, 10'000};
constexpr const char* kHint = "run the plugin by hand to see what it prints, in private";

Error refuse(std::string message) { return fail("", std::move(message), kHint); }

// Text, or empty where there is none; nullopt for anything else.
std::optional<std::string> text(Node node) {
  if (node.is_null()) return std::string();
  if (!node.is_scalar() || node.type() != ScalarType::string) return std::nullopt;
  return std::string(node.text());
}

Result<PluginAnswer> read_status(Node status) {
  if (!status.is_mapping()) {
    return refuse("exec plugin didn't return a status field");
  }
  PluginAnswer answer;
  auto token = text(status["token"]);
  auto certificate = text(status["clientCertificateData"]);
  auto key = text(status["clientKeyData"]);
  auto expires = text(status["expirationTimestamp"]);
  if (!token || !certificate || !key || !expires) {
    return refuse("decoding stdout: a field of its status is not text");
  }
  answer.token = Secret(*std::move(token));
  answer.certificate_pem = *std::move(certificate);
  answer.key_pem = Secret(*std::move(key));
  if (!expires->empty()) {
    answer.expires = parse_time(*expires);
    if (!answer.expires) {
      return refuse("decoding stdout: expirationTimestamp is no time of RFC 3339");
    }
  }
  return answer;
}

std::optional<Error> check(const PluginAnswer& answer) {
  const bool certificate = !answer.certificate_pem.empty();
  const bool key = !answer.key_pem.empty();
  if (answer.token.empty() && !certificate && !key) {
    return refuse("exec plugin didn't return a token or cert/key pair");
  }
  if (certificate != key) {
    return refuse("exec plugin returned only certificate or key, not both");
  }
  if (!is_one_line(answer.token.reveal())) {
    return refuse("exec plugin returned a token with a line end or another control character");
  }
  if (!certificate) return std::nullopt;
  if (!holds_pem(answer.certificate_pem, "CERTIFICATE") ||
      !holds_pem(answer.key_pem.reveal(), "PRIVATE KEY")) {
    return refuse("failed parsing client key/certificate: exec plugin returned no PEM");
  }
  if (is_encrypted_key(answer.key_pem.reveal())) {
    return refuse("failed parsing client key/certificate: the key is protected by a passphrase");
  }
  return std::nullopt;
}

}  // namespace

Result<PluginAnswer> read_plugin_answer(std::string_view text_of_it, std::string_view api_version) {
  const Source source{"stdout", text_of_it};
  Arena arena;
  for (const Chunk& chunk : split(text_of_it)) {
    const Parsed parsed = parse(source, chunk, arena, Format::yaml, Reader::automatic, kLimits);
    if (parsed.outcome == Parsed::Outcome::empty) continue;
    // Not the reader's words: they may repeat what stands there.
    if (parsed.outcome != Parsed::Outcome::tree) {
      return refuse("decoding stdout: it is neither JSON nor YAML");
    }
    const Node root = parsed.document->root();
    if (!root.is_mapping()) return refuse("decoding stdout: it is no ExecCredential");
    if (text(root["kind"]).value_or("") != "ExecCredential") {
      return refuse("decoding stdout: its kind is not ExecCredential");
    }
    const std::string version = text(root["apiVersion"]).value_or("");
    if (version != api_version) {
      const bool known = version == "client.authentication.k8s.io/v1" ||
                         version == "client.authentication.k8s.io/v1beta1" ||
                         version == "client.authentication.k8s.io/v1alpha1";
      return refuse(
          fmt::format("exec plugin is configured to use API version {}, plugin returned version {}",
                      api_version, known ? version : "that is another"));
    }
    auto answer = read_status(root["status"]);
    if (!answer) return answer.error();
    if (auto error = check(answer.value())) return *std::move(error);
    return answer;
  }
  return refuse("decoding stdout: it is empty");
}

}  // namespace meshcheck::live
