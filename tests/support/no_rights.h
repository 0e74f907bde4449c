// What permissions forbid is forbidden to root too while one of these lives.
#pragma once

#include <sys/prctl.h>
#include <unistd.h>

namespace meshcheck::test {

// Where the tests run as root, as they do in containers, the process is nobody in between; files
// have to be open to nobody then. Anybody else stays who he is.
class NoRights {
 public:
  NoRights() : held_(root_ && ::setresuid(kNobody, kNobody, 0) == 0) {}
  ~NoRights() {
    if (!held_) return;
    if (::setresuid(0, 0, 0) != 0) ::_exit(99);
    ::prctl(PR_SET_DUMPABLE, 1);  // or the search for leaks cannot look at the process
  }
  NoRights(const NoRights&) = delete;
  NoRights& operator=(const NoRights&) = delete;
  NoRights(NoRights&&) = delete;
  NoRights& operator=(NoRights&&) = delete;

  // Whether permissions hold.
  explicit operator bool() const { return held_ || !root_; }

 private:
  static constexpr uid_t kNobody = 65534;
  bool root_ = ::geteuid() == 0;
  bool held_;
};

}  // namespace meshcheck::test
