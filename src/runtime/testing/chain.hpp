#pragma once

#include "primitives/babe.hpp"
#include "primitives/grandpa.hpp"
#include "runtime/native/call.hpp"
#include "runtime/product/apis.hpp"
#include "runtime/testing/memory.hpp"
#include "signature/derive.hpp"

namespace runtime::testing {

using product::Runtime;

/// A development account, its key, and what it signs.
class Person
{
public:
    explicit Person(std::string_view uri) : pair_(signature::sr25519::from_uri(uri).value()) {}

    AccountId id() const { return {pair_.public_key()}; }
    host::Signature64 sign(ByteView message) const;

private:
    signature::sr25519::Keypair pair_;
};

const Person& alice();
const Person& bob();

/// What may differ from the plain extrinsic.
struct Terms
{
    Nonce nonce = 0;
    Balance tip = 0;
    primitives::Era era{};
    std::optional<primitives::Hash> genesis{};
    uint32_t spec_version = Runtime::kSpecVersion;
};

/// An extrinsic signed with sr25519, without the length in front.
///
/// call   encoded
/// birth  the hash of the block at which its era begins; the genesis hash if it is immortal
Bytes signed_extrinsic(const Person& who, ByteView call, const Terms& terms, const primitives::Hash& genesis,
                       const primitives::Hash& birth);

/// A chain of one node: builds blocks through the runtime APIs, as an author does, and executes each once more on the
/// parent's state, as an importer does.
class Chain
{
public:
    explicit Chain(std::string_view preset = "development");

    Memory& state() { return state_; }
    const std::vector<Header>& headers() const { return headers_; }
    const Header& best() const { return headers_.back(); }
    Slot slot() const { return slot_; }

    /// Calls an API on the current state, whose changes stay.
    std::expected<Bytes, std::string> call(std::string_view name, const Bytes& arguments = {});
    /// Calls an API and takes back what it changed; the result must decode.
    template <class T>
    T query(std::string_view name, const Bytes& arguments = {})
    {
        const auto before = state_.top;
        const auto result = call(name, arguments);
        state_.top = before;
        return scale::decode<T>(ByteView{result.value()}).value();
    }

    /// Builds a block `slots` after the last and executes it once more; its extrinsics follow the timestamp.
    struct Built
    {
        std::vector<ApplyResult> results;
        std::vector<Bytes> bodies; ///< of the extrinsics that were taken in
        Header header;
        std::expected<Bytes, std::string> executed;
    };
    Built build(const std::vector<Bytes>& extrinsics = {}, Slot slots = 1);

    /// A signed extrinsic, without the length in front.
    Bytes signed_by(const Person& who, const Call<Runtime>& call, const Terms& terms = {});

    /// Reads storage.
    template <class Read>
    auto read(Read body)
    {
        const native::Enter enter{state_};
        return body();
    }
    Balance free(const AccountId& who)
    {
        return read([&] { return system::Account::get(who).data.free; });
    }
    /// Events of the last block, encoded, the number in front removed.
    bool has_event(const Bytes& event);

    Header open_header(Slot slots) const;
    primitives::InherentData inherents(Slot slot) const;

    std::map<Bytes, Bytes> parent_state; ///< before the last block
    uint32_t seat = 0;                   ///< which claims the slots of the blocks to come
private:
    Memory state_;
    std::vector<Header> headers_;
    Slot slot_ = 1'000'000;
};

/// The encoded event as it lies in storage: pallet, number, fields.
template <class E>
Bytes event(const E& one)
{
    scale::Writer writer;
    writer.put(ByteView{kEventPlace<Runtime, E>});
    scale::encode(one, writer);
    return writer.take();
}

} // namespace runtime::testing
