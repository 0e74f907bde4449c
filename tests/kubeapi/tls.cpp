#include "kubeapi/tls.h"

#include <openssl/pem.h>
#include <stdexcept>

namespace meshcheck::kubeapi {
namespace {

Identity server_identity(Certificate kind, const Authorities& authorities) {
  const std::string usual = "IP:127.0.0.1,IP:::1,DNS:localhost,DNS:kubernetes.default.svc";
  switch (kind) {
    case Certificate::valid: return authorities.own.issue({"kube-apiserver", {}, usual});
    case Certificate::expired: return authorities.own.issue({"kube-apiserver", {}, usual, -9, -1});
    case Certificate::other_name:
      return authorities.own.issue({"kube-apiserver", {}, "DNS:other.example"});
    case Certificate::foreign: return authorities.foreign.issue({"kube-apiserver", {}, usual});
  }
  throw std::runtime_error("no such certificate");
}

void use_identity(SSL_CTX* context, const Identity& identity) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> certificate_text(
      BIO_new_mem_buf(identity.certificate_pem.data(), -1), BIO_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> key_text(
      BIO_new_mem_buf(identity.key_pem.data(), -1), BIO_free);
  const CertificatePointer certificate(
      PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr));
  const Key key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
  if (SSL_CTX_use_certificate(context, certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    throw std::runtime_error("OpenSSL takes no certificate");
  }
}

void set_versions(SSL_CTX* context, Tls tls) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  if (tls == Tls::only_1_2) SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
  if (tls != Tls::only_1_1) return;
  SSL_CTX_set_min_proto_version(context, TLS1_1_VERSION);
  SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION);
  SSL_CTX_set_cipher_list(context, "DEFAULT@SECLEVEL=0");
}

int accept_any(int, X509_STORE_CTX*) { return 1; }

// Takes HTTP/1.1 of what a client offers; one that offers none speaks it anyway.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned offered_size, void*) {
  static constexpr unsigned char kHttp[] = "\x08http/1.1";
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, size, kHttp, sizeof kHttp - 1, offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

SslContext server_context(const Options& options, const Authorities& authorities) {
  if (options.tls == Tls::none) return nullptr;
  SslContext context(SSL_CTX_new(TLS_server_method()));
  if (!context) throw std::runtime_error("OpenSSL does not start");
  set_versions(context.get(), options.tls);
  use_identity(context.get(), server_identity(options.certificate, authorities));
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), authorities.own.certificate());
  SSL_CTX_add_client_CA(context.get(), authorities.own.certificate());
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER,
                     options.refuse_in_handshake ? nullptr : accept_any);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  // What a session remembers of a certificate is less than the certificate.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context.get(), 0);
  return context;
}

}  // namespace meshcheck::kubeapi
