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

// `tile(size, i)` for all numbers i from `first` to `last`, M at a time, and of what is left as many
// as go.
template <int M, class Tile> INLINE void in_tiles(int first, int last, const Tile& tile) {
    const auto next = [&](auto size) INLINE_LAMBDA {
        tile(size, first);
        first += size.value;
    };
    while (last - first >= M) next(Constant<M>{});
    if constexpr (M > 4)
        while (last - first >= 4) next(Constant<4>{});
    if constexpr (M > 2)
        while (last - first >= 2) next(Constant<2>{});
    if (last - first >= 1) next(Constant<1>{});
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
    in_tiles<V == 1 ? 8 : SUMS / V>(0, nodes, [&](auto size, int m) INLINE_LAMBDA {
        const auto finish_tile = [&](int i, Vec<T> sum) INLINE_LAMBDA { finish(m * V + i, sum); };
        const W* tile_start = start ? start + m : nullptr;
        product_tile<T, V, size.value>(
            w + m * by_m, by_k, by_m, tile_start, in, K, finish_tile, in_step
        );
    });
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

// dw = in.T @ delta over all rows of the blocks, for the inputs from `first` to `last` and the nodes
// from number h on; added to what dw holds, or written over it.
template <class T, int V, class W>
INLINE void weights_product(
    const Vec<T>* in, int n_in, const Vec<T>* delta, int n_out, int blocks, W* dw, int first,
    int last, int h, bool add
) {
    const std::ptrdiff_t in_stride = panel<V>(1, n_in);
    const std::ptrdiff_t delta_stride = panel<V>(1, n_out);
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

// Vectors of nodes that a tile of outer products has, two or what is left.
constexpr int OUTER_NODES = 2;

// Where the turned deltas of block b begin, in vectors.
template <class T, int V> constexpr std::ptrdiff_t turned(std::ptrdiff_t b, int n_out) {
    const int vectors = n_out / LANES<T>;
    return b * vectors * V * LANES<T>;
}

// The deltas of a block's rows with the nodes in the lanes: for each tile of vectors of nodes all
// rows, one after another. Nodes beyond the last whole vector are left out.
template <class T, int V> INLINE void turn(const Vec<T>* delta, int n_out, Vec<T>* by_row) {
    constexpr int L = LANES<T>;
    constexpr int R = V * L;
    const int vectors = n_out / L;
    for (int n = 0; n < vectors; ++n) {
        const int first = n / OUTER_NODES * OUTER_NODES;
        const int together = vectors - first < OUTER_NODES ? vectors - first : OUTER_NODES;
        Vec<T>* to = by_row + first * R + n % OUTER_NODES;
        for (int v = 0; v < V; ++v) {
            Vec<T> square[L];
            UNROLL for (int i = 0; i < L; ++i)
                square[i] = delta[(n * L + i) * V + v];
            transpose<T>(square);
            UNROLL for (int i = 0; i < L; ++i)
                to[(v * L + i) * together] = square[i];
        }
    }
}

// weights_product for the nodes of whole vectors, from deltas that were turned: the sum over the
// rows of outer products, whose lanes are weights, so that nothing is left to be added up.
template <class T, int V>
INLINE void outer_products(
    const Vec<T>* in, int n_in, const Vec<T>* by_row, int n_out, int blocks, T* dw, int first,
    int last, bool add
) {
    constexpr int L = LANES<T>;
    constexpr int R = V * L;
    const int vectors = n_out / L;
    in_tiles<OUTER_NODES>(0, vectors, [&](auto H, int n) INLINE_LAMBDA {
        in_tiles<SUMS / OUTER_NODES>(first, last, [&](auto D, int i) INLINE_LAMBDA {
            Vec<T> product[D.value * H.value] = {};
            for (int b = 0; b < blocks; ++b) {
                const T* left = reinterpret_cast<const T*>(in + panel<V>(b, n_in) + i * V);
                const Vec<T>* right = by_row + turned<T, V>(b, n_out) + n * R;
                for (int r = 0; r < R; ++r, ++left, right += H.value) {
                    UNROLL for (int k = 0; k < D.value * H.value; ++k)
                        product[k] += broadcast(left[k / H.value * R]) * right[k % H.value];
                }
            }
            UNROLL for (int k = 0; k < D.value * H.value; ++k) {
                T* to = dw + std::ptrdiff_t{i + k / H.value} * n_out + (n + k % H.value) * L;
                store<T>(to, add ? load(to) + product[k] : product[k]);
            }
        });
    });
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
