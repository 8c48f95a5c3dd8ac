#include "runtime/product/presets.hpp"

#include <array>
#include <span>
#include <string_view>

namespace runtime::product::genesis {
namespace {

/// The well-known development accounts of Substrate.
constexpr std::string_view kEndowed = R"("balances": {"balances": [
    ["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", "1000000000000000000000000"],
    ["5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty", "1000000000000000000000000"],
    ["5FLSigC9HGRKVhB9FiEo4Y3koPsNmBmLJbpXg2mp1hXcS59Y", "1000000000000000000000000"],
    ["5DAAnrj7VHTznn2AWBemMuyBwZWs6FNFjdyVXUeYum3PTXFy", "1000000000000000000000000"],
    ["5HGjWAeFDfFCWPsjFQdVV2Msvz2XtMktvgocEZcCj68kUMaw", "1000000000000000000000000"],
    ["5CiPPseXPECbkjWCa6MnjNokrgYjMqmKndv2rSnekmSK2DjL", "1000000000000000000000000"]]},
  "sudo": {"key": "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"},
  "evmChainId": {"chainId": 1280},
  "babe": {"slotDuration": 1000, "epochLength": 20},
)";

struct Seat
{
    std::string_view ed25519, sr25519;
};
constexpr size_t kSeatsEach = 4;
/// Those of a validator one after the other. The sr25519 key of its first is its account.
constexpr std::array<Seat, 4 * kSeatsEach> kSeats{{
    {"5FA9nQDVg267DEd8m1ZypXLBnvN7SFxYwV7ndqSYGiN9TTpu", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"}, // //Alice
    {"5CRv9EqLLS96NE71T2PynSNdzneJbj2EB2AEtHxPYB9HJ46S", "5CG7NEYAHM71Brsy2q5zhTiYXXxYS85eeotLNye6dTjvjoHL"},
    {"5HU18evXm6STxu5c4FU2zvoz56hJwpVVVYjDtvJCR8JJPLiw", "5Hb6WCmMqttxhdUkokYHhHDEgA1B3r3q8aAGtdofZemkDtHb"},
    {"5HLKEDtu4FE8hGqcbTLprd5dpZ7S8rSyXzyxUbBWmUztn8Gc", "5CSxJzknY7HwYs195PwCuicSrW9eHETx5KcKuLhKCsoYdC3U"},
    {"5GoNkf6WdbxCFnPdAnYYQyCjAKPJgLNxXwPjwTh6DGg6gN3E", "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"}, // //Bob
    {"5EaYdmtgGUiNxUt5PQCt13Ps9LvskeFDM8HxGvyf8WGPsGSr", "5FnD7UDYuPGidiBMNo8Nwo34xEVaVU4oazWvJE7ifVS1gfjB"},
    {"5FGhwigamM8tdXtXCm9AunReFmPeZbh8ARLrE7Cf3peEWfDA", "5Gbh4KMWJ7co73Xt7Pgoac4tFEqtjY1QRTf8SSs451h2cX2x"},
    {"5CibvcdYjDwk5N3YcFzFmmZBNu6iQLxecNntQW8dwEfGV4C9", "5Dc4N3EEi89tq7L7Fx564vVkKwgK1LkfEkL98X16HukeipUW"},
    {"5DbKjhNLpqX3zqZdNBc9BGb4fHU1cRBaDhJUskrvkwfraDi6",
     "5FLSigC9HGRKVhB9FiEo4Y3koPsNmBmLJbpXg2mp1hXcS59Y"}, // //Charlie
    {"5DHy7asseebPk4VMQcMRZDG3jE2d9rdWmoCCBZzB8TNjrJyk", "5DHe7FfCbyKnG5zaNKoy69CPHMycDFn7yzkXvvwzdvpseAeH"},
    {"5G3Nrs3jZuK2wa1QwdoZhf84BTNQkMHdYcAY1ACvuCckyijr", "5DeiTpZWmz9HZ6AeQmM4KkJCS4cCyQ27W1AcjTRFmbFbniSG"},
    {"5F6h2skiqeeoGgDHXTUnXPxKD2vJ22U7xQ5pend3KL82Fe76", "5GmtUWwseDdJEgVfK8uWiqAFPKKoL4p2shsgtPrtj4zVkLHz"},
    {"5ECTwv6cZ5nJQPk6tWfaTrEk8YH2L7X1VT4EL5Tx2ikfFwb7", "5DAAnrj7VHTznn2AWBemMuyBwZWs6FNFjdyVXUeYum3PTXFy"}, // //Dave
    {"5EmSvuPR5nQxWSuWMhgBh6i54L8C9utKyeM8fC7GvEqN2sHD", "5GpKpzNDun6uD72bQ7fLFHyvwNvHD5sMzBRp6c1XJ8myZ456"},
    {"5EGnPAUoT9SWzmTbmhuxpfigTFXKyWT5BjPCVYh17T6Zc9tY", "5CvY7NSczL8Cd1TJuBPZnC1EBzmAKdruT85KDqRwRyKuPiz4"},
    {"5GZ3cTfZEYtxdXgdKJRf2tdWpTHc1hhD69z3yksGp2pnTGif", "5EckYPc8skKH3yoyuRKNiQggqi3WvGktJQm6KomoaAPAtnVF"},
}};

std::string entry(std::string_view owner, const Seat& seat)
{
    std::string text = R"(["account", "account", {"grandpa": "ed25519", "babe": "sr25519",)"
                       R"( "authority_discovery": "sr25519"}])";
    const auto put = [&](std::string_view place, std::string_view value) {
        for (auto at = text.find(place); at != text.npos; at = text.find(place, at + value.size()))
            text.replace(at, place.size(), value);
    };
    put("ed25519", seat.ed25519);
    put("sr25519", seat.sr25519);
    put(R"("account")", std::string{'"'} + std::string{owner} + '"');
    return text;
}

std::string session_keys(std::span<const Seat> seats, size_t each)
{
    std::string text;
    for (size_t i = 0; i != seats.size(); ++i)
    {
        if (i != 0)
            text += ",\n    ";
        text += entry(seats[i / each * each].sr25519, seats[i]);
    }
    return text;
}

} // namespace

std::optional<base::Bytes> get_preset(const std::optional<PresetId>& id)
{
    std::string text;
    if (!id)
        text = R"({"babe": {"slotDuration": 3000, "epochLength": 1200}})";
    else if (*id == "development" || *id == "local_testnet")
    {
        text += "{";
        text += kEndowed;
        text += R"(  "session": {"keys": [)";
        text += *id == "development" ? session_keys(std::span{kSeats}.first(1), 1) : session_keys(kSeats, kSeatsEach);
        text += "]}}";
    }
    else
        return std::nullopt;
    return base::Bytes(text.begin(), text.end());
}

std::vector<PresetId> preset_names() { return {"development", "local_testnet"}; }

} // namespace runtime::product::genesis
