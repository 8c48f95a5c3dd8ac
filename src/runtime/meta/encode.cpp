#include "base/invariant.hpp"
#include "runtime/meta/model.hpp"
#include "runtime/meta/registry.hpp"

/// Metadata V14, V15 and V16 from one model. The versions differ in which parts they say, in the order of some, and in
/// notes of deprecation, of which this runtime has none.
///
/// Source  frame-metadata 23: v14.rs, v15.rs, v16.rs
namespace runtime::meta {
namespace {

constexpr uint8_t kExtrinsicVersion = 4;
/// The one set of transaction extensions; extrinsics of version 4 have it unnamed.
constexpr uint8_t kExtensionSet = 0;
constexpr uint8_t kNotDeprecated = 0;

class Encoder
{
public:
    Encoder(const Runtime& runtime, uint32_t version) : runtime_(runtime), version_(version) {}

    base::Bytes run()
    {
        // Types come first in the encoding and are known last.
        put_list(runtime_.pallets, [&](const Pallet& pallet) { put_pallet(pallet); });
        put_extrinsic();
        if (version_ < 16)
            put(runtime_.runtime);
        if (version_ >= 15)
        {
            put_list(runtime_.apis, [&](const Api& api) { put_api(api); });
            for (const auto* outer : {runtime_.call, runtime_.event, runtime_.error})
                put(outer);
            put_compact(body_, 0); // custom metadata
        }
        scale::Writer out;
        out.put(base::view("meta"));
        out.put(uint8_t(version_));
        types_.encode(out);
        out.put(body_.bytes());
        return out.take();
    }

private:
    void put(const Type* type) { types_.put(body_, type); }

    void put_list(const auto& items, auto put_item)
    {
        put_compact(body_, uint32_t(items.size()));
        for (const auto& item : items)
            put_item(item);
    }

    void put_bytes(const base::Bytes& bytes)
    {
        put_compact(body_, uint32_t(bytes.size()));
        body_.put(bytes);
    }

    /// For items an enum `NotDeprecated`, for enums an empty map of deprecated variants: both are one zero.
    void put_not_deprecated()
    {
        if (version_ >= 16)
            body_.put(kNotDeprecated);
    }

    void put_optional(const Type* type)
    {
        body_.put(uint8_t(type != nullptr));
        if (type == nullptr)
            return;
        put(type);
        put_not_deprecated();
    }

    void put_pallet(const Pallet& pallet)
    {
        put_text(body_, pallet.name);
        body_.put(uint8_t(!pallet.storage.empty()));
        if (!pallet.storage.empty())
        {
            put_text(body_, pallet.name); // the prefix of its keys
            put_list(pallet.storage, [&](const StorageItem& item) { put_storage(item); });
        }
        put_optional(pallet.calls);
        put_optional(pallet.events);
        put_list(pallet.constants, [&](const Constant& constant) {
            put_text(body_, constant.name);
            put(constant.type);
            put_bytes(constant.value());
            put_docs(body_, {});
            put_not_deprecated();
        });
        put_optional(pallet.errors);
        if (version_ >= 16)
        {
            put_compact(body_, 0); // associated types
            put_compact(body_, 0); // view functions
        }
        body_.put(pallet.index);
        if (version_ >= 15)
            put_docs(body_, pallet.docs);
        put_not_deprecated();
    }

    void put_storage(const StorageItem& item)
    {
        put_text(body_, item.name);
        body_.put(uint8_t(item.has_default));
        body_.put(uint8_t(!item.hashers.empty()));
        if (!item.hashers.empty())
        {
            put_list(item.hashers, [&](Hasher hasher) { body_.put(uint8_t(hasher)); });
            put(item.key);
        }
        put(item.value);
        put_bytes(item.fallback());
        put_docs(body_, {});
        put_not_deprecated();
    }

    void put_extrinsic()
    {
        if (version_ == 14)
            put(runtime_.extrinsic);
        if (version_ >= 16)
            put_compact(body_, 1);
        body_.put(kExtrinsicVersion);
        if (version_ >= 15)
            for (const auto* part : {runtime_.address, runtime_.call, runtime_.signature})
                put(part);
        if (version_ == 15)
            put(runtime_.extra);
        if (version_ >= 16)
        {
            put_compact(body_, 1);
            body_.put(kExtensionSet);
            put_compact(body_, uint32_t(runtime_.extensions.size()));
            for (uint32_t i = 0; i != runtime_.extensions.size(); ++i)
                put_compact(body_, i);
        }
        put_list(runtime_.extensions, [&](const Extension& extension) {
            put_text(body_, extension.identifier);
            put(extension.type);
            put(extension.implicit);
        });
    }

    void put_api(const Api& api)
    {
        put_text(body_, api.name);
        put_list(api.methods, [&](const Method& method) {
            put_text(body_, method.name);
            put_list(method.inputs, [&](const Parameter& input) {
                put_text(body_, input.name);
                put(input.type);
            });
            put(method.output);
            put_docs(body_, {});
            put_not_deprecated();
        });
        put_docs(body_, {});
        if (version_ >= 16)
            put_compact(body_, api.version);
        put_not_deprecated();
    }

    const Runtime& runtime_;
    uint32_t version_;
    Registry types_;
    scale::Writer body_;
};

} // namespace

base::Bytes encode(const Runtime& runtime, uint32_t version)
{
    base::invariant(version >= 14 && version <= 16);
    return Encoder{runtime, version}.run();
}

} // namespace runtime::meta
