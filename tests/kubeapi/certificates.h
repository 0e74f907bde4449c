// Certificates made when a test runs: an authority in memory and what it signs.
#pragma once

#include <memory>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string>
#include <vector>

#include "kubeapi/server.h"

namespace meshcheck::kubeapi {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using CertificatePointer = std::unique_ptr<X509, FreeCertificate>;

struct Subject {
  std::string common_name;
  std::vector<std::string> organizations;  // Kubernetes' groups
  std::string alternative_names;           // as OpenSSL's configuration has them; empty: a client's
  int first_day = -1;                      // of its validity, from today
  int last_day = 1;
};

// A certification authority; everything it makes is signed with ECDSA over P-256.
class Authority {
 public:
  explicit Authority(const std::string& common_name);

  std::string pem() const;
  X509* certificate() const { return certificate_.get(); }
  Identity issue(const Subject& subject) const;

 private:
  Key key_;
  CertificatePointer certificate_;
};

// Of a certificate that a client showed.
User user_of(X509* certificate);

}  // namespace meshcheck::kubeapi
