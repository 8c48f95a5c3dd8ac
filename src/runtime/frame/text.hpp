#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace runtime {

/// A string literal as a template argument: StorageValue<"System", "Number", …>.
template <size_t n>
struct Text
{
    char text[n]{};

    consteval Text(const char (&literal)[n])
    {
        for (size_t i = 0; i != n; ++i)
            text[i] = literal[i];
    }
    constexpr std::string_view view() const { return {text, n - 1}; }
};

/// Text made while compiling, as long as it is.
template <size_t n>
struct Letters
{
    std::array<char, n + 1> text{};
    constexpr operator std::string_view() const { return {text.data(), n}; }
    friend constexpr bool operator==(const Letters& a, std::string_view b) { return std::string_view{a} == b; }
};

namespace detail {

constexpr bool upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool digit(char c) { return c >= '0' && c <= '9'; }

// out(c) for every letter of the converted name.
constexpr void snake(std::string_view name, auto out)
{
    for (size_t i = 0; i != name.size(); ++i)
    {
        if (i != 0 && upper(name[i]))
            out('_');
        out(upper(name[i]) ? char(name[i] - 'A' + 'a') : name[i]);
    }
}

constexpr void pascal(std::string_view name, auto out)
{
    bool start = true;
    for (const char c : name)
    {
        if (c != '_')
            out(start && c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c);
        start = c == '_';
    }
}

constexpr size_t length_of(auto write)
{
    size_t n = 0;
    write([&](char) { ++n; });
    return n;
}

template <size_t n>
constexpr Letters<n> collect(auto write)
{
    Letters<n> out;
    size_t at = 0;
    write([&](char c) { out.text[at++] = c; });
    return out;
}

} // namespace detail

/// A type's or enumerator's name as Rust's clients expect it. `name` is a function object without state that returns
/// the text: snake_case<[] { return "TransferAll"; }> is "transfer_all".
template <auto name>
inline constexpr auto snake_case = [] {
    constexpr auto write = [](auto out) { detail::snake(name(), out); };
    return detail::collect<detail::length_of(write)>(write);
}();

/// pascal_case<[] { return "bad_origin"; }> is "BadOrigin".
template <auto name>
inline constexpr auto pascal_case = [] {
    constexpr auto write = [](auto out) { detail::pascal(name(), out); };
    return detail::collect<detail::length_of(write)>(write);
}();

/// Texts one after the other.
template <auto... name>
inline constexpr auto joined = [] {
    constexpr auto write = [](auto out) {
        for (const std::string_view part : {std::string_view{name()}...})
            for (const char c : part)
                out(c);
    };
    return detail::collect<detail::length_of(write)>(write);
}();

static_assert(snake_case<[] { return std::string_view{"TransferAll"}; }> == std::string_view{"transfer_all"});
static_assert(pascal_case<[] { return std::string_view{"bad_origin"}; }> == std::string_view{"BadOrigin"});

} // namespace runtime
