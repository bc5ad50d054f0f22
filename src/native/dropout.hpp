// Dropout's masks of core/dropout.py: Threefry-2x32 with 20 rounds, a pure function of seed,
// iteration, node and row.
#pragma once
#include "arrays.hpp"

namespace glassnet::GLASSNET_VARIANT {

// What the masks of a batch depend on, besides the node.
struct DropoutKey {
    std::uint32_t seed;
    std::uint32_t iteration;
    std::uint32_t first_row;  // of the block or group, counted in its batch
    std::uint32_t rows;       // of the batch
};

// The first random word for each counter (x0, x1).
template <class W>
INLINE W threefry2x32(std::uint32_t key0, std::uint32_t key1, W x0, W x1) {
    constexpr int rotations[] = {13, 15, 26, 6, 17, 29, 16, 24};
    const std::uint32_t keys[] = {key0, key1, key0 ^ key1 ^ 0x1BD11BDA};
    x0 += keys[0];
    x1 += keys[1];
    for (int step = 0; step < 20; ++step) {
        const int r = rotations[step % 8];
        x0 += x1;
        x1 = (x1 << r | x1 >> (32 - r)) ^ x0;
        if (step % 4 == 3) {
            const std::uint32_t s = step / 4 + 1;
            x0 += keys[s % 3];
            x1 += keys[(s + 1) % 3] + s;
        }
    }
    return x0;
}

// The masks of one layer for a block of rows, nodes x V vectors: 0 with probability `rate`, else
// 1 / (1 - rate), eq. (12). What repeats the first row to fill a block has that row's masks too:
// where the first row does not overflow, nothing else in the block must.
template <class T>
void dropout_masks(
    Vec<T>* mask, double rate, std::uint32_t first_node, int nodes, DropoutKey key, int V
) {
    const double wanted = __builtin_rint(rate * 0x1p32);
    const std::uint32_t threshold =
        wanted >= 0x1p32 ? 0xFFFFFFFF : static_cast<std::uint32_t>(wanted);
    const T kept = T(1 / (1 - rate));
    Words<T> lane = {};
    for (int i = 0; i < LANES<T>; ++i) lane[i] = i;
    for (int h = 0; h < nodes; ++h)
        for (int v = 0; v < V; ++v) {
            const Words<T> node = Words<T>{} + (first_node + h);
            Words<T> row = lane + (key.first_row + v * LANES<T>);
            row = row < key.rows ? row : Words<T>{} + key.first_row;
            const Words<T> word = threefry2x32(key.seed, key.iteration, node, row);
            const auto keep = __builtin_convertvector(word >= threshold, Ints<T>);
            mask[h * V + v] = keep != 0 ? broadcast(kept) : Vec<T>{};
        }
}

}  // namespace glassnet::GLASSNET_VARIANT
