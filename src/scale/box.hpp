#pragma once

#include "scale/codec.hpp"

#include <memory>
#include <utility>

namespace scale {

/// A value on the heap that behaves as the value: copies are deep, equality is the value's, and there always is one,
/// but in a box moved from, which may only be assigned to or destroyed. For types that contain themselves.
template <class T>
class Box
{
public:
    Box() : held_(std::make_unique<T>()) {}
    Box(T value) : held_(std::make_unique<T>(std::move(value))) {}
    Box(const Box& other) : held_(std::make_unique<T>(*other)) {}
    Box(Box&&) noexcept = default;
    Box& operator=(const Box& other)
    {
        if (this != &other)
            held_ = std::make_unique<T>(*other);
        return *this;
    }
    Box& operator=(Box&&) noexcept = default;
    ~Box() = default;

    T& operator*() { return *held_; }
    const T& operator*() const { return *held_; }
    T* operator->() { return held_.get(); }
    const T* operator->() const { return held_.get(); }

    static constexpr size_t kEncodedMin = 1; // T may not be complete yet; what is boxed has a tag
    void encode_to(Writer& writer) const { encode(*held_, writer); }
    bool decode_from(Reader& reader)
    {
        if (!reader.enter())
            return false;
        held_ = std::make_unique<T>();
        const bool ok = decode_into(reader, *held_);
        reader.leave();
        return ok;
    }

    friend bool operator==(const Box& a, const Box& b) { return *a == *b; }

private:
    std::unique_ptr<T> held_;
};

} // namespace scale
