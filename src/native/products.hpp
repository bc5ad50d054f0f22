// The matrix products of the forward and backward pass, on panels.
//
// A panel holds some values of each node for a block of V * LANES rows: nodes x V vectors, the
// rows in the lanes. A batch is blocks of rows, each with its panel. So a layer with one node is
// no worse off than one with a hundred, and nothing is padded but rows.
#pragma once
#include "arrays.hpp"

namespace glassnet::GLASSNET_VARIANT {

// Where the panel of block b begins, in vectors; with the number of blocks for b: how many vectors
// they take together. The distance is an odd number of nodes, because a cache puts addresses that
// are a power of 2 apart into the same few lines.
template <int V> constexpr std::ptrdiff_t panel(std::ptrdiff_t b, int nodes) {
    return b * (nodes | 1) * V;
}

// sum_k w(k, m) in[k] + start[m] for M nodes, where w(k, m) = w[k * by_k + m * by_m];
// `finish(i, sum)` gets each vector while it is still in its register. From in[k] to in[k + 1] it
// is `in_step` vectors.
template <class T, int V, int M, class W, class Finish>
INLINE void product_tile(
    const W* w, std::ptrdiff_t by_k, std::ptrdiff_t by_m, const W* start, const Vec<T>* in, int K,
    const Finish& finish, std::ptrdiff_t in_step
) {
    Vec<T> sum[M * V];
    UNROLL for (int i = 0; i < M * V; ++i)
        sum[i] = start ? spread<T>(start[i / V]) : Vec<T>{};
    for (int k = 0; k < K; ++k, w += by_k, in += in_step) {
        UNROLL for (int m = 0; m < M; ++m) {
            const Vec<T> weight = spread<T>(w[m * by_m]);
            UNROLL for (int v = 0; v < V; ++v)
                sum[m * V + v] += weight * in[v];
        }
    }
    UNROLL for (int i = 0; i < M * V; ++i)
        finish(i, sum[i]);
}

// The product for all `nodes`, in tiles that fill the registers; the i of `finish(i, sum)` counts
// the nodes * V vectors.
template <class T, int V, class W, class Finish>
INLINE void product(
    const W* w, std::ptrdiff_t by_k, std::ptrdiff_t by_m, const W* start, const Vec<T>* in, int K,
    int nodes, const Finish& finish, std::ptrdiff_t in_step = V
) {
    int m = 0;
    const auto next_tile = [&](auto size) INLINE_LAMBDA {
        const auto finish_tile = [&](int i, Vec<T> sum) INLINE_LAMBDA { finish(m * V + i, sum); };
        const W* tile_start = start ? start + m : nullptr;
        product_tile<T, V, size.value>(
            w + m * by_m, by_k, by_m, tile_start, in, K, finish_tile, in_step
        );
        m += size.value;
    };
    constexpr int M = V == 1 ? 8 : 12 / V;
    while (nodes - m >= M) next_tile(Constant<M>{});
    if (V == 1 && nodes - m >= 4) next_tile(Constant<4>{});
    while (M > 2 && nodes - m >= 2) next_tile(Constant<2>{});
    if (nodes - m >= 1) next_tile(Constant<1>{});
}

// dw(d, h) = sum over all rows of in[d] * delta[h], for a tile of D x H weights: both panels go on
// by their stride, in vectors, from block to block. `whole`: the tile's weights lie next to each
// other and nothing is added to, so that whole vectors can be stored, which will soon be read so.
template <class T, int V, int D, int H, bool whole, class W>
INLINE void weights_tile(
    const Vec<T>* in, std::ptrdiff_t in_stride, const Vec<T>* delta, std::ptrdiff_t delta_stride,
    int blocks, W* dw, int n_out, bool add
) {
    Vec<T> product[D * H];
    UNROLL for (int i = 0; i < D * H; ++i)
        product[i] = in[i / H * V] * delta[i % H * V];
    UNROLL for (int v = 1; v < V; ++v) {
        UNROLL for (int i = 0; i < D * H; ++i)
            product[i] += in[i / H * V + v] * delta[i % H * V + v];
    }
    for (int b = 1; b < blocks; ++b) {
        in += in_stride;
        delta += delta_stride;
        UNROLL for (int v = 0; v < V; ++v) {
            Vec<T> right[H];
            UNROLL for (int h = 0; h < H; ++h)
                right[h] = in_register<T>(delta[h * V + v]);
            UNROLL for (int d = 0; d < D; ++d) {
                const Vec<T> left = in_register<T>(in[d * V + v]);
                UNROLL for (int h = 0; h < H; ++h)
                    product[d * H + h] += left * right[h];
            }
        }
    }
    W sum[D * H];
    if constexpr (!LANES_ARE_ROWS<T, W>) {
        UNROLL for (int i = 0; i < D * H; ++i)
            sum[i] = product[i];
    } else if constexpr (whole) {
        return sums<T, D * H>(product, dw);
    } else {
        sums<T, D * H>(product, sum);
    }
    UNROLL for (int i = 0; i < D * H; ++i) {
        W* to = dw + i / H * n_out + i % H;
        *to = add ? *to + sum[i] : sum[i];
    }
}

// dw = in.T @ delta over all rows of the blocks, for the inputs from `first` to `last`; added to
// what dw holds, or written over it.
template <class T, int V, class W>
INLINE void weights_product(
    const Vec<T>* in, int n_in, const Vec<T>* delta, int n_out, int blocks, W* dw, int first,
    int last, bool add
) {
    const std::ptrdiff_t in_stride = panel<V>(1, n_in);
    const std::ptrdiff_t delta_stride = panel<V>(1, n_out);
    int h = 0;
    // The deltas of H nodes stay near while all inputs pass by, D at a time.
    const auto all_inputs = [&](auto D, auto H, auto whole) INLINE_LAMBDA {
        const auto tile = [&](auto inputs, int i) INLINE_LAMBDA {
            weights_tile<T, V, inputs.value, H.value, whole.value>(
                in + i * V, in_stride, delta + h * V, delta_stride, blocks,
                dw + std::ptrdiff_t{i} * n_out + h, n_out, add
            );
        };
        int i = first;
        for (; i + D.value <= last; i += D.value) tile(D, i);
        for (; i < last; ++i) tile(Constant<1>{}, i);
    };
    const auto next_outputs = [&](auto D, auto H) INLINE_LAMBDA {
        if (H.value == n_out && !add)
            all_inputs(D, H, Constant<true>{});
        else
            all_inputs(D, H, Constant<false>{});
        h += H.value;
    };
    while (n_out - h >= 4) next_outputs(Constant<2>{}, Constant<4>{});
    if (n_out - h >= 2) next_outputs(Constant<2>{}, Constant<2>{});
    if (n_out - h >= 1) next_outputs(Constant<4>{}, Constant<1>{});
}

// db = the sum of delta over all rows; added to what db holds, or written over it.
template <class T, int V, class W>
void rows_sum(const Vec<T>* delta, int blocks, W* db, int nodes, bool add) {
    for (int h = 0; h < nodes; ++h) {
        Vec<T> sum = {};
        for (int b = 0; b < blocks; ++b)
            for (int v = 0; v < V; ++v) sum += delta[panel<V>(b, nodes) + h * V + v];
        db[h] = (add ? db[h] : W{}) + total<T, W>(sum);
    }
}

}  // namespace glassnet::GLASSNET_VARIANT
