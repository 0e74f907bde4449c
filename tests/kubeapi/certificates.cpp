#include "kubeapi/certificates.h"

#include <atomic>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdexcept>

namespace meshcheck::kubeapi {
namespace {

constexpr long kDay = 24L * 60 * 60;

void require(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(std::string("OpenSSL: ") + what);
}

Key new_key() {
  Key key(EVP_EC_gen("P-256"));
  require(key != nullptr, "no key");
  return key;
}

template <class Write>
std::string pem_text(Write write) {
  std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), BIO_free);
  require(memory != nullptr && write(memory.get()) == 1, "no PEM");
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string certificate_pem(X509* certificate) {
  return pem_text([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

void add_name(X509_NAME* name, const char* field, const std::string& value) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(value.c_str());
  require(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, bytes, -1, -1, 0) == 1, "name");
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  require(extension != nullptr, "extension");
  const int added = X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  require(added == 1, "extension");
}

CertificatePointer unsigned_certificate(const Subject& subject, EVP_PKEY* key) {
  static std::atomic<long> serial{1};
  CertificatePointer certificate(X509_new());
  require(certificate != nullptr, "no certificate");
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), subject.first_day * kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), subject.last_day * kDay);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  for (const std::string& organization : subject.organizations) add_name(name, "O", organization);
  add_name(name, "CN", subject.common_name);
  require(X509_set_pubkey(certificate.get(), key) == 1, "public key");
  return certificate;
}

std::string text_of(const X509_NAME_ENTRY* entry) {
  unsigned char* bytes = nullptr;
  const int size = ASN1_STRING_to_UTF8(&bytes, X509_NAME_ENTRY_get_data(entry));
  if (size < 0) return {};
  std::string text(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return text;
}

}  // namespace

Authority::Authority(const std::string& common_name) : key_(new_key()) {
  certificate_ = unsigned_certificate({common_name, {}, {}, -400, 400}, key_.get());
  X509* self = certificate_.get();
  X509_set_issuer_name(self, X509_get_subject_name(self));
  add_extension(self, self, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(self, self, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(self, self, NID_subject_key_identifier, "hash");
  require(X509_sign(self, key_.get(), EVP_sha256()) > 0, "signature");
}

std::string Authority::pem() const { return certificate_pem(certificate_.get()); }

Identity Authority::issue(const Subject& subject) const {
  const Key key = new_key();
  const CertificatePointer certificate = unsigned_certificate(subject, key.get());
  X509* leaf = certificate.get();
  X509_set_issuer_name(leaf, X509_get_subject_name(certificate_.get()));
  const bool client = subject.alternative_names.empty();
  add_extension(leaf, certificate_.get(), NID_key_usage, "critical,digitalSignature");
  add_extension(leaf, certificate_.get(), NID_ext_key_usage, client ? "clientAuth" : "serverAuth");
  if (!client) {
    add_extension(leaf, certificate_.get(), NID_subject_alt_name, subject.alternative_names);
  }
  require(X509_sign(leaf, key_.get(), EVP_sha256()) > 0, "signature");
  return {certificate_pem(leaf), pem_text([&](BIO* out) {
            return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

User user_of(X509* certificate) {
  User user;
  const X509_NAME* name = X509_get_subject_name(certificate);
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    const int field = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
    if (field == NID_commonName) user.name = text_of(entry);
    if (field == NID_organizationName) user.groups.push_back(text_of(entry));
  }
  return user;
}

}  // namespace meshcheck::kubeapi
