// SPDX-License-Identifier: MIT
#pragma once
#include <utility>
#include <variant>

namespace base {

/// The error half of a Result: `return Unexpected(Error{...});`. Names follow std::expected (C++23).
template <class E>
class Unexpected {
  public:
    explicit Unexpected(E error) : error_(std::move(error)) {}
    E& error() { return error_; }

  private:
    E error_;
};

/// A value of type T, or an error of type E that says what the caller must do.
/// A subset of std::expected under its names, so that replacing it is a search. Never throws of itself;
/// value() and error() on the wrong half are programming errors.
template <class T, class E>
class [[nodiscard]] Result {
  public:
    // Not explicit, so that functions simply return a value or an Unexpected.
    // NOLINTNEXTLINE(google-explicit-constructor)
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    // NOLINTNEXTLINE(google-explicit-constructor)
    Result(Unexpected<E> u) : state_(std::in_place_index<1>, std::move(u.error())) {}

    bool has_value() const { return state_.index() == 0; }
    explicit operator bool() const { return has_value(); }

    T& value() & { return *std::get_if<0>(&state_); }
    const T& value() const& { return *std::get_if<0>(&state_); }
    T&& value() && { return std::move(*std::get_if<0>(&state_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return std::get_if<0>(&state_); }
    const T* operator->() const { return std::get_if<0>(&state_); }

    E& error() { return *std::get_if<1>(&state_); }
    const E& error() const { return *std::get_if<1>(&state_); }

  private:
    std::variant<T, E> state_;
};

}  // namespace base
