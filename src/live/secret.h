// Text that must never reach a screen, a file or a core: tokens, passwords, private keys.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace meshcheck::live {

// Has no stream operator, no formatter and no comparison; its bytes are zeroed when it goes.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      wipe();
      text_ = other.text_;
    }
    return *this;
  }
  Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe();
      text_ = std::move(other.text_);
      other.wipe();
    }
    return *this;
  }
  ~Secret() { wipe(); }

  bool empty() const { return text_.empty(); }
  // For the one place that sends it.
  std::string_view reveal() const { return text_; }

 private:
  void wipe() {
    // The whole buffer, and through volatile: the compiler drops writes to what dies next.
    text_.resize(text_.capacity());
    for (char& byte : text_) *static_cast<volatile char*>(&byte) = 0;
    text_.clear();
  }

  std::string text_;
};

}  // namespace meshcheck::live
