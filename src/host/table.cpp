#include "host/table.hpp"

namespace host {

std::shared_ptr<const executor::HostTable> host_table()
{
    std::vector<HostFunction> all;
    for (auto chapter : {storage_functions, child_storage_functions, crypto_functions, keystore_functions,
                         hashing_functions, offchain_functions, trie_functions, misc_functions})
        for (auto& function : chapter())
            all.push_back(std::move(function));
    return std::make_shared<const executor::HostTable>(std::move(all));
}

} // namespace host
