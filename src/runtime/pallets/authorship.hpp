#pragma once

#include "runtime/pallets/babe.hpp"
#include "runtime/pallets/session.hpp"

/// Who authored the block under construction; R gives on_block_authored(author).
namespace runtime::authorship {

using Author = OptionalValue<"Authorship", "Author", AccountId>;

template <class R>
struct Pallet
{
    static constexpr std::string_view kName = "Authorship";
    static constexpr std::string_view kCrate = "pallet_authorship";
    using Storage = List<Author>;

    static void on_initialize(BlockNumber)
    {
        if (const auto claim = babe::pre_digest())
            if (const auto validators = session::Validators::get(); claim->authority_index() < validators.size())
            {
                const auto& author = validators[claim->authority_index()];
                Author::put(author);
                R::on_block_authored(author);
            }
    }

    static void on_finalize(BlockNumber) { Author::kill(); }
};

} // namespace runtime::authorship
