// Dropout's masks of core/dropout.py: Threefry-2x32 with 20 rounds, a pure function of seed,
// iteration, node and row.
#pragma once
#include "arrays.hpp"

namespace glassnet::GLASSNET_VARIANT {

// What the masks of a batch depend on, besides the node.
template <class T, class W = T> struct DropoutKey {
    WordOf<T, W> seed;
    WordOf<T, W> iteration;
    WordOf<T, W> rows;        // of the batch
    std::uint32_t first_row;  // of the block or group, counted in its batch
};

template <class T, class W = T> constexpr const DropoutKey<T, W>* NO_DROPOUT = nullptr;

constexpr int NODES_A_DRAW = 4;  // each takes 16 of the 64 random bits of a counter
constexpr int LEVELS = 1 << 16;  // values of those bits
constexpr int CHAINS = 4;        // counters at once, so that none waits for its own last round

// How many counters a layer of so many nodes takes.
constexpr int draws_for(int nodes) { return (nodes + NODES_A_DRAW - 1) / NODES_A_DRAW; }

// The two random words for each counter (x0, x1), which they replace.
template <class Key, class Words>
INLINE void threefry2x32(Key key0, Key key1, Words* x0, Words* x1) {
    constexpr int rotations[] = {13, 15, 26, 6, 17, 29, 16, 24};
    const Key keys[] = {key0, key1, key0 ^ key1 ^ 0x1BD11BDA};
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

// How many levels leave a node out, for a rate to a 65,536th.
INLINE int levels_left_out(double rate) {
    const int left_out = static_cast<int>(__builtin_rint(rate * LEVELS));
    return left_out < LEVELS ? left_out : LEVELS - 1;
}

// What the others are multiplied by: 1 / (1 - rate), eq. (12).
INLINE double scale_of_kept(int left_out) { return double(LEVELS) / (LEVELS - left_out); }

// The masks of one layer for a block of rows, nodes x V vectors: 0 below so many levels, else
// `kept`. What repeats the first row to fill a block has that row's masks too: where the first row
// does not overflow, nothing else in the block must.
template <class T, int V, class W>
void dropout_masks(
    Vec<T>* mask, LevelOf<T, W> left_out, W kept, std::uint32_t first_draw, int nodes,
    DropoutKey<T, W> key
) {
    constexpr int ROWS = LANES_ARE_ROWS<T, W> ? LANES<T> : 1;  // of a vector
    Words<T> lane = {};
    for (int i = 0; i < LANES<T>; ++i) lane[i] = i % ROWS;
    constexpr int DRAWS = CHAINS / V;  // of all rows of the block
    for (int node = 0; node < nodes; node += DRAWS * NODES_A_DRAW) {
        Words<T> x0[CHAINS], x1[CHAINS];
        UNROLL for (int c = 0; c < CHAINS; ++c) {
            x0[c] = Words<T>{} + (first_draw + node / NODES_A_DRAW + c / V);
            x1[c] = lane + (key.first_row + c % V * ROWS);
            x1[c] = x1[c] < key.rows ? x1[c] : Words<T>{} + key.first_row;
        }
        threefry2x32(key.seed, key.iteration, x0, x1);
        UNROLL for (int c = 0; c < CHAINS; ++c) {
            const Words<T> parts[] = {x0[c] & 0xFFFF, x0[c] >> 16, x1[c] & 0xFFFF, x1[c] >> 16};
            UNROLL for (int i = 0; i < NODES_A_DRAW; ++i) {
                const int at = node + c / V * NODES_A_DRAW + i;
                if (at >= nodes) break;
                const auto part = __builtin_convertvector(parts[i], Ints<T>);
                mask[at * V + c % V] = part >= left_out ? spread<T>(kept) : Vec<T>{};
            }
        }
    }
}

}  // namespace glassnet::GLASSNET_VARIANT
