// A value or the reason there is none; with std::expected's names, which C++20 lacks.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "meshcheck/location.h"

namespace meshcheck {

// What stopped us from looking: never a statement about the user's mesh (that is a Finding).
struct Error {
  std::string source;   // what it is about: a path, a flag, "stdin"; may be empty
  std::string message;  // what we tried, on what, and why not; lower case, no full stop
  std::string hint;     // what to type next; may be empty
  std::optional<Location> location;
};

// Holds T, or an Error made by fail().
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

inline Error fail(std::string source, std::string message, std::string hint = {}) {
  return {std::move(source), std::move(message), std::move(hint), std::nullopt};
}

}  // namespace meshcheck
