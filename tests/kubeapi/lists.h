// Lists and single objects: pages, selectors, metadata alone, and tokens that expire.
#pragma once

#include <string>

#include "kubeapi/http.h"
#include "kubeapi/store.h"

namespace meshcheck::kubeapi {

// Which objects of which kind a request asks for.
struct Wanted {
  std::string group;
  std::string version;
  std::string plural;
  std::string name_space;  // empty: all
  std::string name;        // empty: a list
};

Answer list_answer(const Store& store, const Kind& kind, const Wanted& wanted, const Head& head);
Answer object_answer(const Store& store, const Kind& kind, const Wanted& wanted, const Head& head);

// 410 for a list's page; with a token to continue from now where the page had one and `with_token`.
Answer expired_answer(const Head& head, bool with_token);

}  // namespace meshcheck::kubeapi
