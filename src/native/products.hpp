// The matrix products of the way forward and back, on panels.
//
// A panel holds some values of each node for a block of V * LANES rows: nodes x V vectors, the rows in the lanes. A batch is blocks
// of rows, each with its panel. So a layer with one node is no worse off than one with a hundred, and nothing is padded but rows.
#pragma once
#include "arrays.hpp"

namespace glassnet::GLASSNET_VARIANT {

// Where the panel of block b begins, and with b the number of blocks how many vectors they take. The distance is an odd number of nodes, because
// caches keep apart badly what lies a power of 2 apart.
template <int V> constexpr std::ptrdiff_t panel(std::ptrdiff_t b, int nodes) { return b * (nodes | 1) * V; }

// sum_k w(k, m) in[k] + start[m] for M nodes, where w(k, m) = w[k * by_k + m * by_m]; `finish(i, sum)` gets each vector while it is still in
// its register.
template <class T, int V, int M, class Finish>
INLINE void product_tile(const T* w, std::ptrdiff_t by_k, std::ptrdiff_t by_m, const T* start, const Vec<T>* in, int K, const Finish& finish) {
    Vec<T> sum[M * V];
    UNROLL for (int i = 0; i < M * V; ++i)
        sum[i] = start ? all(start[i / V]) : Vec<T>{};
    for (int k = 0; k < K; ++k, w += by_k, in += V) {
        UNROLL for (int m = 0; m < M; ++m) {
            const Vec<T> weight = all(w[m * by_m]);
            UNROLL for (int v = 0; v < V; ++v)
                sum[m * V + v] += weight * in[v];
        }
    }
    UNROLL for (int i = 0; i < M * V; ++i)
        finish(i, sum[i]);
}

// The product for all `nodes`, in tiles that fill the registers; `finish(i, sum)` is told which of the nodes * V vectors it gets.
template <class T, int V, class Finish>
INLINE void product(const T* w, std::ptrdiff_t by_k, std::ptrdiff_t by_m, const T* start, const Vec<T>* in, int K, int nodes, const Finish& finish) {
    int m = 0;
    const auto tile = [&](auto size) INLINE_LAMBDA {
        const auto its_own = [&](int i, Vec<T> sum) INLINE_LAMBDA { finish(m * V + i, sum); };
        product_tile<T, V, size.value>(w + m * by_m, by_k, by_m, start ? start + m : nullptr, in, K, its_own);
        m += size.value;
    };
    constexpr int M = V == 1 ? 4 : 6;
    while (nodes - m >= M) tile(Size<M>{});
    while (nodes - m >= 2) tile(Size<2>{});
    if (nodes - m >= 1) tile(Size<1>{});
}

// dw(d, h) = sum over all rows of in[d] * delta[h], for a tile of D x H weights: both panels go by `stride` vectors from block to block. `whole`:
// the tile lies in one piece and nothing is there yet, so that whole vectors can be stored, which will soon be read as such.
template <class T, int V, int D, int H, bool whole>
INLINE void weights_tile(
    const Vec<T>* in, std::ptrdiff_t in_stride, const Vec<T>* delta, std::ptrdiff_t delta_stride, int blocks, T* dw, int n_out, bool add
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
    if constexpr (whole) return sums<T, D * H>(product, dw);
    T sum[D * H];
    sums<T, D * H>(product, sum);
    UNROLL for (int i = 0; i < D * H; ++i) {
        T* to = dw + i / H * n_out + i % H;
        *to = add ? *to + sum[i] : sum[i];
    }
}

// dw = in.T @ delta over all rows of the blocks, for the inputs from d to `last`; added to what is there, or in its place.
template <class T, int V>
INLINE void weights_product(const Vec<T>* in, int n_in, const Vec<T>* delta, int n_out, int blocks, T* dw, int d, int last, bool add) {
    const std::ptrdiff_t in_stride = panel<V>(1, n_in), delta_stride = panel<V>(1, n_out);
    int h = 0;
    const auto inputs = [&](auto D, auto H, auto whole) INLINE_LAMBDA {  // the deltas of a few nodes stay near while all inputs pass by
        const auto tile = [&](auto D, int i) INLINE_LAMBDA {
            weights_tile<T, V, D.value, H.value, whole.value>(
                in + i * V, in_stride, delta + h * V, delta_stride, blocks, dw + std::ptrdiff_t{i} * n_out + h, n_out, add
            );
        };
        int i = d;
        for (; i + D.value <= last; i += D.value) tile(D, i);
        for (; i < last; ++i) tile(Size<1>{}, i);
    };
    const auto outputs = [&](auto D, auto H) INLINE_LAMBDA {
        if (H.value == n_out && !add)
            inputs(D, H, Size<true>{});
        else
            inputs(D, H, Size<false>{});
        h += H.value;
    };
    while (n_out - h >= 4) outputs(Size<2>{}, Size<4>{});
    if (n_out - h >= 2) outputs(Size<2>{}, Size<2>{});
    if (n_out - h >= 1) outputs(Size<4>{}, Size<1>{});
}

// db = the sum of delta over all rows.
template <class T, int V> void rows_sum(const Vec<T>* delta, int blocks, T* db, int nodes, bool add) {
    for (int h = 0; h < nodes; ++h) {
        Vec<T> total = {};
        for (int b = 0; b < blocks; ++b)
            for (int v = 0; v < V; ++v) total += delta[panel<V>(b, nodes) + h * V + v];
        db[h] = (add ? db[h] : T(0)) + sum<T>(total);
    }
}

}  // namespace glassnet::GLASSNET_VARIANT
