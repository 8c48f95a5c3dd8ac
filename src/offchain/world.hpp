#pragma once

#include "crypto/random.hpp"
#include "offchain/local_storage.hpp"
#include "offchain/requests.hpp"

#include <atomic>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace offchain {

/// Transactions that one run may submit.
inline constexpr size_t kSubmissionsMax = 256;

/// What the node gives its off-chain workers; the functions are called from several threads.
struct Services
{
    LocalStorageFile* storage = nullptr;                                 ///< outlives the workers
    crypto::Entropy* entropy = nullptr;                                  ///< likewise; used by the workers alone
    std::function<bool(ByteView extrinsic)> submit;                      ///< to the pool; false: it refused
    std::function<std::pair<Bytes, std::vector<Bytes>>()> network_state; ///< peer id, listen addresses, binary
    bool validator = false;
    HttpPolicy http;
};

/// What one run of an off-chain worker may do in the world, until `until_ms` or `stopping`. One thread.
class World final : public host::Offchain
{
public:
    World(const Services& services, std::mutex& entropy_lock, uint64_t until_ms, const std::atomic<bool>& stopping)
        : services_(services), entropy_lock_(entropy_lock), until_ms_(until_ms), stopping_(stopping),
          requests_(services.http, until_ms, stopping)
    {
    }

    bool is_validator() override { return services_.validator; }
    bool submit(ByteView extrinsic) override;
    uint64_t timestamp_ms() override;
    /// At the latest until the end of the run.
    void sleep_until(uint64_t deadline_ms) override;
    std::array<uint8_t, 32> random_seed() override;
    std::pair<Bytes, std::vector<Bytes>> network_state() override;

    void store(LocalStorage kind, ByteView key, ByteView value) override { services_.storage->set(kind, key, value); }
    void remove(LocalStorage kind, ByteView key) override { services_.storage->remove(kind, key); }
    std::optional<Bytes> load(LocalStorage kind, ByteView key) override { return services_.storage->get(kind, key); }
    bool compare_and_set(LocalStorage kind, ByteView key, std::optional<ByteView> expected, ByteView value) override
    {
        return services_.storage->compare_and_set(kind, key, expected, value);
    }

    std::optional<uint16_t> http_start(std::string_view method, std::string_view uri) override
    {
        return requests_.start(method, uri);
    }
    bool http_header(uint16_t id, std::string_view name, std::string_view value) override
    {
        return requests_.header(id, name, value);
    }
    std::expected<void, HttpError> http_write(uint16_t id, ByteView chunk, Deadline) override
    {
        return requests_.write(id, chunk);
    }
    std::vector<HttpStatus> http_wait(const std::vector<uint16_t>& ids, Deadline deadline) override
    {
        return requests_.wait(ids, deadline);
    }
    host::Headers http_headers(uint16_t id) override { return requests_.headers(id); }
    std::expected<uint32_t, HttpError> http_read(uint16_t id, std::span<uint8_t> out, Deadline deadline) override
    {
        return requests_.read(id, out, deadline);
    }

private:
    const Services& services_;
    std::mutex& entropy_lock_;
    uint64_t until_ms_;
    const std::atomic<bool>& stopping_;
    size_t submitted_ = 0;
    Requests requests_;
};

} // namespace offchain
