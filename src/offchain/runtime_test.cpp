#include "env/clock.hpp"
#include "env/entropy.hpp"
#include "executor/engine.hpp"
#include "executor/testing/wat.hpp"
#include "host/state.hpp"
#include "host/table.hpp"
#include "offchain/testing/server.hpp"
#include "offchain/workers.hpp"
#include "trie/update.hpp"

#include <gtest/gtest.h>

/// A runtime's off-chain worker, as Wasm, doing what workers are for: it asks a server and submits the answer.
namespace offchain {
namespace {

class EmptyState final : public executor::Backend
{
public:
    std::expected<std::optional<executor::Slice>, executor::Trap> read(executor::Child, ByteView) override
    {
        return std::nullopt;
    }
    std::expected<std::optional<Bytes>, executor::Trap> next_key(executor::Child, ByteView) override
    {
        return std::nullopt;
    }
};

std::string packed(size_t at, size_t size) { return "(i64.const " + std::to_string(uint64_t{size} << 32 | at) + ")"; }
std::string data(size_t at, const std::string& text)
{
    return "(data (i32.const " + std::to_string(at) + ") \"" + text + "\")";
}

/// GET of `url`; the body, of at most 63 bytes, becomes an extrinsic; "done" is stored under "key". The runtime keeps
/// the request's number in $id, and the body's size in $size.
Bytes worker_runtime(const std::string& url)
{
    return executor::testing::wat(R"((module
      (import "env" "memory" (memory 1))
      (import "env" "ext_offchain_http_request_start_version_1" (func $start (param i64 i64 i64) (result i64)))
      (import "env" "ext_offchain_http_request_add_header_version_1" (func $header (param i32 i64 i64) (result i64)))
      (import "env" "ext_offchain_http_response_wait_version_1" (func $wait (param i64 i64) (result i64)))
      (import "env" "ext_offchain_http_response_read_body_version_1" (func $read (param i32 i64 i64) (result i64)))
      (import "env" "ext_offchain_submit_transaction_version_1" (func $submit (param i64) (result i64)))
      (import "env" "ext_offchain_local_storage_set_version_1" (func $store (param i32 i64 i64)))
      (global (export "__heap_base") i32 (i32.const 65536))
      )" + data(0, "GET") + data(16, url) +
                                  data(300, "x-key") + data(310, "value") + data(320, "key") + data(330, "done") + R"(
      (func (export "OffchainWorkerApi_offchain_worker") (param i32 i32) (result i64)
        (local $id i32) (local $size i32)
        (local.set $id (i32.load16_u offset=1 (i32.wrap_i64 (call $start )" +
                                  packed(0, 3) + packed(16, url.size()) + packed(0, 0) + R"())))
        (drop (call $header (local.get $id) )" +
                                  packed(300, 5) + packed(310, 5) + R"())
        (i32.store8 (i32.const 400) (i32.const 4)) ;; a vector of one request
        (i32.store16 offset=1 (i32.const 400) (local.get $id))
        (drop (call $wait )" + packed(400, 3) +
                                  packed(450, 1) + R"())
        (local.set $size (i32.load offset=1 (i32.wrap_i64 (call $read (local.get $id) )" +
                                  packed(501, 63) + packed(450, 1) + R"())))
        (i32.store8 (i32.const 500) (i32.shl (local.get $size) (i32.const 2))) ;; the extrinsic's length
        (drop (call $submit (i64.or (i64.const 500)
          (i64.shl (i64.extend_i32_u (i32.add (local.get $size) (i32.const 1))) (i64.const 32)))))
        (call $store (i32.const 1) )" +
                                  packed(320, 3) + packed(330, 4) + R"()
        (i64.const 0)))
    )");
}

TEST(OffchainRuntime, a_worker_asks_a_server_submits_the_answer_and_remembers_it)
{
    std::string asked;
    const testing::Server server([&](testing::Wire& wire) {
        asked = wire.read_until("\r\n\r\n");
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nextrinsic");
    });
    const auto engine = *executor::wasmtime_engine();
    const auto compiled = engine->compile(worker_runtime(server.url("/price")), host::host_table(), {});
    ASSERT_TRUE(compiled) << compiled.error().words;

    const auto storage = *LocalStorageFile::open("");
    env::OsEntropy entropy;
    std::atomic<bool> done = false;
    Bytes submitted;
    Services services{.storage = storage.get(), .entropy = &entropy, .http = {.allow_private = true, .roots = {}}};
    services.submit = [&](ByteView extrinsic) {
        submitted.assign(extrinsic.begin(), extrinsic.end());
        return true;
    };
    Workers workers(services, [&](const Job& job, host::Offchain& world) {
        EmptyState values;
        trie::EmptyStore nodes;
        const host::Surroundings around{.offchain = &world};
        host::State state({.values = &values, .nodes = &nodes, .root = trie::empty_root()}, around);
        const auto result = (*compiled)->call("OffchainWorkerApi_offchain_worker", job.header, state);
        EXPECT_TRUE(result) << result.error().detail;
        done = true;
        done.notify_all();
    });
    workers.start({.hash = {}, .header = Bytes(100)});
    done.wait(false);
    workers.stop();
    EXPECT_EQ(submitted, Bytes(base::view("extrinsic").begin(), base::view("extrinsic").end()));
    EXPECT_EQ(storage->get(LocalStorage::persistent, base::view("key")), (Bytes{'d', 'o', 'n', 'e'}));
    EXPECT_NE(asked.find("GET /price HTTP/1.1\r\n"), std::string::npos);
    EXPECT_NE(asked.find("x-key: value\r\n"), std::string::npos);
}

} // namespace
} // namespace offchain
