// The matrix products of the way forward and back, on panels.
//
// A panel holds some values of each node for a block of V * LANES rows: nodes x V vectors, the rows in the lanes. A batch is blocks
// of rows, each with its panel. So a layer with one node is no worse off than one with a hundred, and nothing is padded but rows.
#pragma once
#include "arrays.hpp"

namespace glassnet::GLASSNET_VARIANT {

// out[m] = start[m] + sum_k w(k, m) in[k] for M nodes, where w(k, m) = w[k * by_k + m * by_m].
template <class T, int V, int M>
INLINE void product_tile(const T* w, std::ptrdiff_t by_k, std::ptrdiff_t by_m, const T* start, const Vec<T>* in, int K, Vec<T>* out) {
    Vec<T> sum[M][V];
    for (int m = 0; m < M; ++m)
        for (int v = 0; v < V; ++v) sum[m][v] = start ? all(start[m]) : Vec<T>{};
    for (int k = 0; k < K; ++k, w += by_k)
        for (int m = 0; m < M; ++m) {
            const Vec<T> weight = all(w[m * by_m]);
            for (int v = 0; v < V; ++v) sum[m][v] += weight * in[k * V + v];
        }
    for (int m = 0; m < M; ++m)
        for (int v = 0; v < V; ++v) out[m * V + v] = sum[m][v];
}

// The product for all `nodes`, in tiles that fill the registers.
template <class T, int V>
void product(const T* w, std::ptrdiff_t by_k, std::ptrdiff_t by_m, const T* start, const Vec<T>* in, int K, Vec<T>* out, int nodes) {
    constexpr int M = V == 1 ? 8 : 6;
    int m = 0;
    const auto tile = [&](auto size) INLINE_LAMBDA {
        product_tile<T, V, size.value>(w + m * by_m, by_k, by_m, start ? start + m : nullptr, in, K, out + m * V);
        m += size.value;
    };
    while (nodes - m >= M) tile(Size<M>{});
    switch (nodes - m) {
        case 7: if constexpr (M > 7) tile(Size<7>{}); break;
        case 6: if constexpr (M > 6) tile(Size<6>{}); break;
        case 5: tile(Size<5>{}); break;
        case 4: tile(Size<4>{}); break;
        case 3: tile(Size<3>{}); break;
        case 2: tile(Size<2>{}); break;
        case 1: tile(Size<1>{}); break;
        default: break;
    }
}

// dw(d, h) = sum over all rows of in[d] * delta[h], for a tile of D x H weights: both panels go by `stride` vectors from block to block.
template <class T, int V, int D, int H>
INLINE void weights_tile(
    const Vec<T>* in, std::ptrdiff_t in_stride, const Vec<T>* delta, std::ptrdiff_t delta_stride, int blocks, T* dw, int n_out, bool add
) {
    Vec<T> product[D * H] = {};
    for (int b = 0; b < blocks; ++b, in += in_stride, delta += delta_stride)
        for (int v = 0; v < V; ++v)
            for (int d = 0; d < D; ++d)
                for (int h = 0; h < H; ++h) product[d * H + h] += in[d * V + v] * delta[h * V + v];
    T sum[D * H];
    sums<T, D * H>(product, sum);
    for (int d = 0; d < D; ++d)
        for (int h = 0; h < H; ++h) dw[d * n_out + h] = add ? dw[d * n_out + h] + sum[d * H + h] : sum[d * H + h];
}

// dw = in.T @ delta over all rows of the blocks, for the inputs from d to `last`; added to what is there, or in its place.
template <class T, int V>
void weights_product(
    const Vec<T>* in, std::ptrdiff_t in_stride, const Vec<T>* delta, std::ptrdiff_t delta_stride, int blocks, T* dw, int d, int last, int n_out,
    bool add
) {
    const auto tile = [&](auto D, auto H, int h) INLINE_LAMBDA {
        weights_tile<T, V, D.value, H.value>(in + d * V, in_stride, delta + h * V, delta_stride, blocks, dw + d * n_out + h, n_out, add);
    };
    const auto inputs = [&](auto D) INLINE_LAMBDA {
        int h = 0;
        for (; h + 4 <= n_out; h += 4) tile(D, Size<4>{}, h);
        switch (n_out - h) {
            case 3: tile(D, Size<3>{}, h); break;
            case 2: tile(D, Size<2>{}, h); break;
            case 1: tile(D, Size<1>{}, h); break;
            default: break;
        }
        d += D.value;
    };
    while (d + 2 <= last) inputs(Size<2>{});
    if (d < last) inputs(Size<1>{});
}

// db = the sum of delta over all rows.
template <class T, int V> void rows_sum(const Vec<T>* delta, std::ptrdiff_t stride, int blocks, T* db, int nodes, bool add) {
    for (int h = 0; h < nodes; ++h) {
        Vec<T> total = {};
        for (int b = 0; b < blocks; ++b)
            for (int v = 0; v < V; ++v) total += delta[b * stride + h * V + v];
        db[h] = (add ? db[h] : T(0)) + sum<T>(total);
    }
}

}  // namespace glassnet::GLASSNET_VARIANT
