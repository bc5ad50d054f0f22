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

constexpr int NODES_A_DRAW = 4;  // each takes 16 of the 64 random bits of a counter
constexpr int LEVELS = 1 << 16;  // values of those bits
constexpr int CHAINS = 4;        // counters at once, so that none waits for its own last round

// How many counters a layer of so many nodes takes.
constexpr int draws_for(int nodes) { return (nodes + NODES_A_DRAW - 1) / NODES_A_DRAW; }

// The two random words for each counter (x0, x1), which they replace.
template <class W>
INLINE void threefry2x32(std::uint32_t key0, std::uint32_t key1, W* x0, W* x1) {
    constexpr int rotations[] = {13, 15, 26, 6, 17, 29, 16, 24};
    const std::uint32_t keys[] = {key0, key1, key0 ^ key1 ^ 0x1BD11BDA};
    UNROLL for (int c = 0; c < CHAINS; ++c) {
        x0[c] += keys[0];
        x1[c] += keys[1];
    }
    UNROLL for (std::uint32_t s = 1; s <= 5; ++s) {
        UNROLL for (int i = 0; i < 4; ++i) {
            const int r = rotations[(s % 2 ? 0 : 4) + i];
            UNROLL for (int c = 0; c < CHAINS; ++c) {
                x0[c] += x1[c];
                x1[c] = (x1[c] << r | x1[c] >> (32 - r)) ^ x0[c];
            }
        }
        UNROLL for (int c = 0; c < CHAINS; ++c) {
            x0[c] += keys[s % 3];
            x1[c] += keys[(s + 1) % 3] + s;
        }
    }
}

// The masks of one layer for a block of rows, nodes x V vectors: 0 with probability `rate`, to a
// 65,536th, else 1 / (1 - rate), eq. (12). What repeats the first row to fill a block has that
// row's masks too: where the first row does not overflow, nothing else in the block must.
template <class T, int V>
void dropout_masks(Vec<T>* mask, double rate, std::uint32_t first_draw, int nodes, DropoutKey key) {
    const int left_out = static_cast<int>(__builtin_rint(rate * LEVELS));
    const int threshold = left_out < LEVELS ? left_out : LEVELS - 1;
    const Vec<T> kept = broadcast(T(double(LEVELS) / (LEVELS - threshold)));
    Words<T> lane = {};
    for (int i = 0; i < LANES<T>; ++i) lane[i] = i;
    constexpr int DRAWS = CHAINS / V;  // of all rows of the block
    for (int node = 0; node < nodes; node += DRAWS * NODES_A_DRAW) {
        Words<T> x0[CHAINS], x1[CHAINS];
        UNROLL for (int c = 0; c < CHAINS; ++c) {
            x0[c] = Words<T>{} + (first_draw + node / NODES_A_DRAW + c / V);
            x1[c] = lane + (key.first_row + c % V * LANES<T>);
            x1[c] = x1[c] < key.rows ? x1[c] : Words<T>{} + key.first_row;
        }
        threefry2x32(key.seed, key.iteration, x0, x1);
        UNROLL for (int c = 0; c < CHAINS; ++c) {
            const Words<T> parts[] = {x0[c] & 0xFFFF, x0[c] >> 16, x1[c] & 0xFFFF, x1[c] >> 16};
            UNROLL for (int i = 0; i < NODES_A_DRAW; ++i) {
                const int at = node + c / V * NODES_A_DRAW + i;
                if (at >= nodes) break;
                const auto part = __builtin_convertvector(parts[i], Ints<T>);
                mask[at * V + c % V] = part >= threshold ? kept : Vec<T>{};
            }
        }
    }
}

}  // namespace glassnet::GLASSNET_VARIANT
