// How many rows are worked on together, a group (panels.hpp). The bindings ask too, because threads
// wait for each other after every group.
#pragma once
#include "engine.hpp"

namespace glassnet {

// As many as fit into the cache with their values of all nodes and their deltas; but enough for
// the gradient's products to be fast. `bytes` are those of a number. Static, so that every object
// file has a function of its own: see arrays.hpp.
static inline std::int64_t rows_of_a_group(const Network& network, std::size_t bytes) {
    constexpr std::size_t cache = 256 * 1024;
    constexpr std::int64_t fewest = 128;
    std::size_t nodes = 0;
    for (int l = 0; l <= network.L; ++l) nodes += network.sizes[l];
    const auto fits = static_cast<std::int64_t>(cache / (2 * nodes * bytes));
    return fits < fewest ? fewest : fits;
}

}  // namespace glassnet
