#pragma once

#include "primitives/version.hpp"
#include "runtime/frame/host.hpp"
#include "runtime/frame/text.hpp"
#include "runtime/frame/types.hpp"
#include "runtime/meta/describe.hpp"
#include "runtime/meta/model.hpp"

#include <tuple>

/// Runtime APIs as types: Api<"Core", 5, Method<"version", &version>, …>. From one list come the exports, their
/// argument decoding, the versions in Core_version and the description in metadata.
namespace runtime {

namespace detail {

template <class F>
struct Signature;
template <class Out, class... In>
struct Signature<Out (*)(In...)>
{
    using Result = Out;
    using Arguments = std::tuple<std::remove_cvref_t<In>...>;
    static constexpr size_t kCount = sizeof...(In);
};

} // namespace detail

/// One function of an API; `input` names its arguments.
template <Text name, auto function, Text... input>
struct Method
{
    using Types = detail::Signature<decltype(function)>;
    static_assert(Types::kCount == sizeof...(input), "each argument has a name");
    static constexpr std::string_view kName = name.view();

    /// Decodes the arguments, runs, encodes the result. Panics if the arguments are malformed.
    static Bytes call(ByteView encoded)
    {
        const auto arguments = scale::decode<typename Types::Arguments>(encoded);
        if (!arguments)
            host::panic("api: malformed arguments");
        if constexpr (std::is_void_v<typename Types::Result>)
        {
            std::apply(function, *arguments);
            return {};
        }
        else
            return scale::encode(std::apply(function, *arguments));
    }

    static constexpr std::array<std::string_view, sizeof...(input)> kInputNames{input.view()...};
    static constexpr auto kInputs = []<size_t... i>(std::index_sequence<i...>) {
        return std::array<meta::Parameter, sizeof...(i)>{
            meta::Parameter{kInputNames[i], meta::describe<std::tuple_element_t<i, typename Types::Arguments>>()}...};
    }(std::make_index_sequence<sizeof...(input)>{});

    static constexpr meta::Method describe() { return {kName, kInputs, meta::describe<typename Types::Result>()}; }
};

template <Text name, uint32_t api_version, class... M>
struct Api
{
    static constexpr std::string_view kName = name.view();
    static constexpr uint32_t kVersion = api_version;
    using Methods = List<M...>;
    static constexpr std::array<meta::Method, sizeof...(M)> kMethods{M::describe()...};
};

namespace detail {

/// True if `export_name` is API_method.
constexpr bool is_export(std::string_view export_name, std::string_view api, std::string_view method)
{
    return export_name.size() == api.size() + 1 + method.size() && export_name.starts_with(api) &&
           export_name[api.size()] == '_' && export_name.ends_with(method);
}

} // namespace detail

/// The versions of all APIs, for Core_version.
template <class... A>
std::vector<primitives::ApiVersion> api_versions(List<A...>)
{
    return {primitives::ApiVersion{primitives::api_id(A::kName), A::kVersion}...};
}

template <class... A>
constexpr std::array<meta::Api, sizeof...(A)> describe_apis(List<A...>)
{
    return {meta::Api{A::kName, A::kVersion, A::kMethods}...};
}

using ApiFunction = Bytes (*)(ByteView);

/// The function behind an export, or null.
template <class Apis>
constexpr ApiFunction find_export(std::string_view export_name)
{
    ApiFunction found = nullptr;
    Apis::for_each([&]<class A>() {
        A::Methods::for_each([&]<class M>() {
            if (detail::is_export(export_name, A::kName, M::kName))
                found = &M::call;
        });
    });
    return found;
}

} // namespace runtime
