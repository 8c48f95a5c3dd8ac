#include "node/reports.hpp"

#include "host/offchain.hpp"
#include "scale/scale.hpp"

#include <array>
#include <vector>

namespace node {
namespace {

/// Off-chain functions for a call that does nothing but hand in an extrinsic.
class HandIn final : public host::Offchain
{
public:
    explicit HandIn(const std::function<bool(base::ByteView)>& submit) : submit_(submit) {}

    bool is_validator() override { return true; }
    bool submit(base::ByteView extrinsic) override { return submitted = submit_(extrinsic); }
    uint64_t timestamp_ms() override { return 0; }
    void sleep_until(uint64_t) override {}
    std::array<uint8_t, 32> random_seed() override { return {}; }
    std::pair<base::Bytes, std::vector<base::Bytes>> network_state() override { return {}; }
    void store(host::LocalStorage, base::ByteView, base::ByteView) override {}
    void remove(host::LocalStorage, base::ByteView) override {}
    std::optional<base::Bytes> load(host::LocalStorage, base::ByteView) override { return std::nullopt; }
    bool compare_and_set(host::LocalStorage, base::ByteView, std::optional<base::ByteView>, base::ByteView) override
    {
        return false;
    }
    std::optional<uint16_t> http_start(std::string_view, std::string_view) override { return std::nullopt; }
    bool http_header(uint16_t, std::string_view, std::string_view) override { return false; }
    std::expected<void, host::HttpError> http_write(uint16_t, base::ByteView, Deadline) override { return refused(); }
    std::vector<host::HttpStatus> http_wait(const std::vector<uint16_t>& ids, Deadline) override
    {
        return std::vector<host::HttpStatus>(ids.size(), {.kind = host::HttpStatus::Kind::invalid});
    }
    host::Headers http_headers(uint16_t) override { return {}; }
    std::expected<uint32_t, host::HttpError> http_read(uint16_t, std::span<uint8_t>, Deadline) override
    {
        return refused();
    }

    bool submitted = false;

private:
    static std::unexpected<host::HttpError> refused() { return std::unexpected(host::HttpError::invalid_id); }

    const std::function<bool(base::ByteView)>& submit_;
};

} // namespace

/// api      the name before the underscore
/// proof    encoded
/// offence  what the ownership of the key is asked by: slot or set, and the key; encoded
/// places   blocks after which the key's session or set may rule: a runtime proves ownership for the present one alone
/// Source   sp_consensus_babe::BabeApi, sp_consensus_grandpa::GrandpaApi
bool Reports::report(std::string_view api, base::ByteView proof, base::ByteView offence,
                     std::span<const ledger::Hash> places) const
{
    std::optional<base::Bytes> owner;
    for (const auto& place : places)
    {
        const auto owned = ledger_.call(place, std::string(api) + "_generate_key_ownership_proof", offence);
        if (!owned)
            continue;
        const auto read = scale::decode<std::optional<base::Bytes>>(base::ByteView(*owned));
        if (read && *read)
        {
            owner = **read;
            break;
        }
    }
    if (!owner)
        return false;
    base::Bytes input(proof.begin(), proof.end());
    const auto encoded = scale::encode(*owner);
    input.insert(input.end(), encoded.begin(), encoded.end());
    HandIn hand_in(submit_);
    host::Surroundings around;
    around.offchain = &hand_in;
    const auto function = std::string(api) + "_submit_report_equivocation_unsigned_extrinsic";
    return ledger_.call(ledger_.best().hash, function, input, around) && hand_in.submitted;
}

bool Reports::author(const primitives::babe::EquivocationProof& proof, const ledger::Hash& seen_in) const
{
    return report("BabeApi", scale::encode(proof), scale::encode(std::pair(proof.slot, proof.offender)),
                  std::array{seen_in, ledger_.best().hash});
}

bool Reports::voter(const primitives::grandpa::EquivocationProof& proof) const
{
    const auto& offender =
        proof.equivocation.visit([](const auto& each) -> const primitives::Ed25519Public& { return each.identity; });
    // The set that votes is the finalised block's; the best one may have changed it already. Of a set that has just
    // ended the last block is the parent of the one at which it did.
    const auto final = ledger_.finalised();
    std::vector<ledger::Hash> places{final.hash, ledger_.best().hash};
    if (const auto header = ledger_.header(final.hash))
        places.push_back(header->parent_hash);
    return report("GrandpaApi", scale::encode(proof), scale::encode(std::pair(proof.set_id, offender)), places);
}

} // namespace node
