// Where the rows and all that is computed from them lie: the parameters in one vector, and the panels of a group of blocks.
//
// In words: a *block* is the rows that are worked on together, V vectors of them; a *panel* holds what a block has for the nodes of a layer
// (products.hpp); a *group* is as many blocks as stay in the cache. A *span* is one parameter array in the flat vector of all of them.
#pragma once
#include "engine.hpp"
#include "network.hpp"
#include "optimizers.hpp"

namespace glassnet::GLASSNET_VARIANT {

constexpr std::size_t GROUP_BYTES = 256 * 1024;  // of panels at a time, so that they stay in the cache ...
constexpr std::size_t WHOLE_BYTES = std::size_t{64} << 20;  // of all the rows, that are kept in panels where every batch is all of them
constexpr int GROUP_ROWS = 128;  // ... but at least so many rows, for the sake of the gradient's products

template <class T> T* take(const Memory& memory, std::size_t count) { return static_cast<T*>(memory.take(memory.self, count * sizeof(T))); }

template <class F> INLINE void each(const Team& team, int parts, const F& f) {
    if (team.threads == 1 || parts == 1)
        for (int i = 0; i < parts; ++i) f(i);
    else
        team.run(team.self, [](void* context, int i) { (*static_cast<const F*>(context))(i); }, const_cast<F*>(&f), parts);
}

template <class T> INLINE void copy(T* to, const T* from, std::size_t padded) {
    for (std::size_t i = 0; i < padded; i += LANES<T>) store<T>(to + i, load(from + i));
}

// Every parameter array in one flat vector, each from a multiple of the lanes on and padded with zeros to one.
template <class T> struct Flat {
    int arrays = 0;
    Span* spans;
    std::size_t* counts;  // of each array, without its padding
    std::size_t size = 0;

    Flat(const Network& network, const double* multipliers, const Memory& memory) {
        const int L = network.L;
        spans = take<Span>(memory, 2 * L);
        counts = take<std::size_t>(memory, 2 * L);
        for (int bias = 0; bias < 1 + network.bias; ++bias)
            for (int l = 0; l < L; ++l) {
                const std::size_t n = std::size_t(bias ? 1 : network.sizes[l]) * network.sizes[l + 1];
                spans[arrays] = {size, round_up(n, LANES<T>), multipliers ? multipliers[arrays] : 1.0, !bias};
                counts[arrays] = n;
                size += spans[arrays++].size;
            }
    }

    T* read(void* const* from, T* flat) const {
        for (int i = 0; i < arrays; ++i) __builtin_memcpy(flat + spans[i].begin, from[i], counts[i] * sizeof(T));
        return flat;
    }
    T* read(void* const* from, const Memory& memory) const { return read(from, take<T>(memory, size)); }

    void clear_padding(T* flat) const {
        for (int i = 0; i < arrays; ++i)
            for (std::size_t k = counts[i]; k < spans[i].size; ++k) flat[spans[i].begin + k] = 0;
    }

    void write(const T* flat, void* const* to) const {
        for (int i = 0; i < arrays; ++i) __builtin_memcpy(to[i], flat + spans[i].begin, counts[i] * sizeof(T));
    }
};

// Times a mask, where there is one.
template <class T> INLINE void hold(T* w, const T* mask, std::size_t n) {
    if (mask)
        for (std::size_t i = 0; i < n; ++i) w[i] *= mask[i];
}

// The panels of a group of blocks: rows, targets, shares, and every layer's values.
template <class T, int V> struct Panels {
    static constexpr int R = V * LANES<T>;
    int L, D, K, blocks;  // blocks: how many there is room for
    Layer<T, V>* layers;
    Vec<T>*x, *y, *share;
    double* loss;  // of each block
    bool whole;  // all the rows have their place in x, y and share, one group after another
    bool packed = false;  // and lie there already
    int group = 0;  // the block that the group begins with, which x, y and share point to

    // Room for `rows`, of which as many as stay in the cache are worked on together. `keep`: the deltas too; `again`: the same rows will come again.
    Panels(
        const Network& network, const Flat<T>& flat, T* w, T* dw, const double* dropout, std::int64_t rows, bool keep, bool again,
        const Memory& memory
    )
        : L(network.L), D(network.sizes[0]), K(network.sizes[network.L]) {
        std::size_t nodes = 0;
        for (int l = 0; l <= L; ++l) nodes += network.sizes[l];
        const std::int64_t fits = static_cast<std::int64_t>(GROUP_BYTES / (2 * nodes * sizeof(T)));
        const std::int64_t group = fits < GROUP_ROWS ? GROUP_ROWS : fits;
        blocks = static_cast<int>(((rows < group ? rows : group) + R - 1) / R);
        whole = blocks == blocks_of(rows) || (again && std::size_t(D + K + 1) * rows * sizeof(T) <= WHOLE_BYTES);
        const int places = whole ? blocks_of(rows) : blocks;
        x = take<Vec<T>>(memory, panel<V>(places, D));
        y = take<Vec<T>>(memory, panel<V>(places, K));
        share = take<Vec<T>>(memory, panel<V>(places, 1));
        loss = take<double>(memory, blocks);
        layers = take<Layer<T, V>>(memory, L);
        int first_node = 0;
        Vec<T>* input = x;
        for (int l = 0; l < L; ++l) {
            Layer<T, V>& layer = layers[l];
            const std::size_t n = panel<V>(blocks, network.sizes[l + 1]);
            const bool last = l == L - 1;
            layer.n_in = network.sizes[l];
            layer.n_out = network.sizes[l + 1];
            layer.w = w + flat.spans[l].begin;
            layer.dw = dw ? dw + flat.spans[l].begin : nullptr;
            layer.b = network.bias ? w + flat.spans[L + l].begin : nullptr;
            layer.db = network.bias && dw ? dw + flat.spans[L + l].begin : nullptr;
            layer.activation = &ACTIVATIONS<T, V>[network.activations[l]];
            layer.dropout = dropout && !last ? dropout[l] : 0;
            layer.first_node = first_node;
            layer.input = input;
            layer.a = take<Vec<T>>(memory, n);
            layer.z = layer.activation->slope_in_z || (last && LOSSES<T>[network.loss].in_z) ? take<Vec<T>>(memory, n) : layer.a;
            layer.delta = keep ? take<Vec<T>>(memory, n) : nullptr;
            layer.dropped = layer.dropout > 0 ? take<Vec<T>>(memory, n) : nullptr;
            input = layer.dropped ? take<Vec<T>>(memory, n) : layer.a;
            first_node += layer.n_out;
        }
    }

    static int blocks_of(std::int64_t rows) { return static_cast<int>((rows + R - 1) / R); }
    static int rows_of(std::int64_t rows, int block) {
        return static_cast<int>(rows - std::int64_t{block} * R < R ? rows - std::int64_t{block} * R : R);
    }

    // Makes the blocks from number `first` on the group.
    void go_to(int first) {
        if (!whole || first == group) return;
        x += panel<V>(first - group, D);
        y += panel<V>(first - group, K);
        share += panel<V>(first - group, 1);
        layers[0].input = x;
        group = first;
    }

    // Rows from number `first` of a batch, `count` of them at most R, into the panels of block b; row numbers through `order`, or as they are. A
    // block that is not full repeats its first row, and gives it no share.
    void pack(const Rows& rows, const std::int64_t* order, std::int64_t first, int count, double divisor, int b) {
        const T *from_x = static_cast<const T*>(rows.x), *from_y = static_cast<const T*>(rows.y);
        const T* weight = static_cast<const T*>(rows.row_weights);
        T *to_x = reinterpret_cast<T*>(x + panel<V>(b, D)), *to_y = reinterpret_cast<T*>(y + panel<V>(b, K));
        T* to_share = reinterpret_cast<T*>(share + panel<V>(b, 1));
        for (int r = 0; r < R; ++r) {
            const std::int64_t at = first + (r < count ? r : 0), row = order ? order[at] : at;
            for (int d = 0; d < D; ++d) to_x[d * R + r] = from_x[row * D + d];
            if (from_y)
                for (int k = 0; k < K; ++k) to_y[k * R + r] = from_y[row * K + k];
            to_share[r] = r < count ? T((weight ? double(weight[row]) : 1.0) / divisor) : T(0);
        }
    }
};

// Panels of n rows of K values to rows.
template <class T, int V> void unpack(const Vec<T>* panels, T* rows, std::int64_t n, int K) {
    constexpr int R = V * LANES<T>;
    const T* from = reinterpret_cast<const T*>(panels);
    for (std::int64_t r = 0; r < n; ++r)
        for (int k = 0; k < K; ++k) rows[r * K + k] = from[panel<V>(r / R, K) * LANES<T> + k * R + r % R];
}

}  // namespace glassnet::GLASSNET_VARIANT
