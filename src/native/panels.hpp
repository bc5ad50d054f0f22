// Where the rows, and all that is computed from them, lie: the panels of a group of blocks.
//
// A *block* is the rows that are worked on together, V vectors of them; a *panel* holds what a
// block has for the nodes of a layer (products.hpp); a *group* is as many blocks as stay in the
// cache.
#pragma once
#include "groups.hpp"
#include "network.hpp"
#include "parameters.hpp"

namespace glassnet::GLASSNET_VARIANT {

// Rows whose deltas may be turned for an input that the layer has.
constexpr int ROWS_TURNED_FOR_AN_INPUT = 4;
constexpr int MIN_INPUTS_TO_TURN = 8;
// Bytes of x, y and row_scale up to which those of all rows stay packed.
constexpr std::size_t MAX_PACKED_BYTES = std::size_t{64} << 20;

// Whether a batch is better cut into blocks of one vector than of two, which are faster row by row:
// where one vector holds it, or blocks of one need at least a sixth fewer places for rows.
template <class T> bool wants_one_vector(std::int64_t rows) {
    const auto filled_up = [rows](int to) { return (rows + to - 1) / to * to; };
    return 6 * filled_up(LANES<T>) <= 5 * filled_up(2 * LANES<T>);
}

// The rows of one batch.
struct Batch {
    const Rows* rows;
    const std::int64_t* order;  // row numbers, or null: the rows as they are
    std::int64_t first;         // of the batch, counted in `order`
    std::int64_t count;

    // The number of the batch's row r in the table.
    INLINE std::int64_t row(std::int64_t r) const {
        const std::int64_t at = order ? order[first + r] : first + r;
        return rows->numbers ? rows->numbers[at] : at;
    }
};

struct PanelOptions {
    const double* dropout = nullptr;  // the largest rate of each hidden layer; null: none
    bool with_delta = false;
    bool same_rows_again = false;  // the same rows will come again, so it is worth keeping them
};

// The panels of a group of blocks: rows, targets, row scales, and every layer's values.
template <class T, int V, class W = T> struct Panels : InMemory {
    static constexpr int NETWORKS = LANES_ARE_ROWS<T, W> ? 1 : LANES<T>;
    static constexpr int NUMBERS = V * LANES<T>;  // of a node in a block
    static constexpr int R = NUMBERS / NETWORKS;  // rows of a block, of each network
    int L;
    int D;
    int K;
    int blocks;  // in a group, at most
    Layer<T, V, W>* layers;
    Vec<T>* x;
    Vec<T>* y;
    Vec<T>* row_scale;
    double* loss;         // of each block
    bool holds_all_rows;  // x, y and row_scale have room for all rows, one group after another
    bool packed = false;  // all rows are in x, y and row_scale already
    bool turns_deltas = false;  // of some layer
    int first_block = 0;  // of the group that x, y and row_scale point to

    Panels(
        const Network& network, const ParameterLayout<T, W>& layout, T* w, T* dw, std::int64_t rows,
        const PanelOptions& options, const Memory& memory
    ) {
        L = network.L;
        D = network.sizes[0];
        K = network.sizes[L];
        choose_blocks(network, rows, options.same_rows_again);
        const int room = holds_all_rows ? blocks_of(rows) : blocks;
        x = allocate<Vec<T>>(memory, panel<V>(room, D));
        y = allocate<Vec<T>>(memory, panel<V>(room, K));
        row_scale = allocate<Vec<T>>(memory, panel<V>(room, 1));
        loss = allocate<double>(memory, blocks);
        layers = allocate<Layer<T, V, W>>(memory, L);
        point_layers_to(network, layout, w, dw);
        allocate_layers(network, options, memory);
    }

    static int blocks_of(std::int64_t rows) { return static_cast<int>((rows + R - 1) / R); }

    // How many of `rows` are in a block.
    static int rows_of(std::int64_t rows, int block) {
        const std::int64_t left = rows - std::int64_t{block} * R;
        return static_cast<int>(left < R ? left : R);
    }

    // The group is now the blocks from number `first` on.
    void go_to(int first) {
        if (!holds_all_rows || first == first_block) return;
        x += panel<V>(first - first_block, D);
        y += panel<V>(first - first_block, K);
        row_scale += panel<V>(first - first_block, 1);
        layers[0].input = x;
        first_block = first;
    }

    // Copies rows of a batch of each network into the panels of block b: those from number `first`
    // of the batch on. A row's scale is its weight over the network's divisor. Where a batch has no
    // row for a place, the block's first row is repeated with the scale 0, or the batch's.
    void pack(const Batch* batches, const double* divisors, std::int64_t first, int b) {
        T* to_x = reinterpret_cast<T*>(x + panel<V>(b, D));
        T* to_y = reinterpret_cast<T*>(y + panel<V>(b, K));
        T* to_scale = reinterpret_cast<T*>(row_scale + panel<V>(b, 1));
        for (int v = 0; v < V; ++v) {
            const T* from_x[LANES<T>];
            const T* from_y[LANES<T>];
            for (int lane = 0; lane < LANES<T>; ++lane) {
                const int i = v * LANES<T> + lane;
                const int network = NETWORKS == 1 ? 0 : lane;
                const Batch& batch = batches[network];
                const Rows& rows = *batch.rows;
                const std::int64_t r = first + i / NETWORKS;
                const bool is_there = r < batch.count;
                const std::int64_t instead = first < batch.count ? first : 0;
                const std::int64_t row = batch.row(is_there ? r : instead);
                const T* weight = static_cast<const T*>(rows.sample_weight);
                const double counts = weight ? double(weight[row]) : 1.0;
                to_scale[i] = is_there ? T(counts / divisors[network]) : T(0);
                from_y[lane] = static_cast<const T*>(rows.y) + row * K;
                if (rows.packed)
                    unfold(*rows.packed, static_cast<const T*>(rows.x), row, to_x + i);
                else
                    from_x[lane] = static_cast<const T*>(rows.x) + row * D;
            }
            if (!batches->rows->packed) into_lanes<T>(from_x, D, to_x + v * LANES<T>, NUMBERS);
            if (batches->rows->y) into_lanes<T>(from_y, K, to_y + v * LANES<T>, NUMBERS);
        }
    }

private:
    // Writes a row of packed inputs, NUMBERS numbers apart.
    static void unfold(const PackedInputs& packed, const T* plain, std::int64_t row, T* to) {
        plain += row * packed.plain;
        for (int p = 0; p < packed.plain; ++p) to[packed.at[p] * NUMBERS] = plain[p];
        const std::uint8_t* index = packed.index + row * packed.ramps;
        const T* value = static_cast<const T*>(packed.value) + row * packed.ramps;
        for (int s = 0; s < packed.ramps; ++s) {
            T* input = to + packed.spans[2 * s] * NUMBERS;
            const T below = T(packed.ends[2 * s]);
            const T above = T(packed.ends[2 * s + 1]);
            for (int i = 0; i < packed.spans[2 * s + 1]; ++i)
                input[i * NUMBERS] = i < index[s] ? below : above;
            if (index[s] < packed.spans[2 * s + 1]) input[index[s] * NUMBERS] = value[s];
        }
    }

    // How many blocks are a group, and whether there is room for all rows.
    void choose_blocks(const Network& network, std::int64_t rows, bool same_rows_again) {
        const std::int64_t group = rows_of_a_group(network, sizeof(W));
        blocks = blocks_of(rows < group ? rows : group);
        const std::size_t bytes = std::size_t(D + K + 1) * rows * sizeof(W);
        holds_all_rows =
            blocks == blocks_of(rows) || (same_rows_again && bytes <= MAX_PACKED_BYTES);
    }

    void point_layers_to(
        const Network& network, const ParameterLayout<T, W>& layout, T* flat, T* flat_gradient
    ) {
        const auto array = [&](T* from, int i) {
            return from ? reinterpret_cast<W*>(from + layout.spans[i].begin) : nullptr;
        };
        int first_draw = 0;
        for (int l = 0; l < L; ++l) {
            Layer<T, V, W>& layer = layers[l];
            layer.n_in = network.sizes[l];
            layer.n_out = network.sizes[l + 1];
            layer.w = array(flat, l);
            layer.dw = array(flat_gradient, l);
            layer.b = network.bias ? array(flat, L + l) : nullptr;
            layer.db = network.bias ? array(flat_gradient, L + l) : nullptr;
            layer.activation = &ACTIVATIONS<T, V, W>[network.activations[l]];
            layer.first_draw = first_draw;
            first_draw += draws_for(layer.n_out);
        }
    }

    // Turning a layer's deltas costs something for each row, and saves something for each input.
    bool gains_by_turning(const Layer<T, V, W>& layer) const {
        return LANES_ARE_ROWS<T, W> && layer.dw && layer.n_out >= LANES<T> &&
               layer.n_in >= MIN_INPUTS_TO_TURN &&
               layer.n_in >= blocks * R / ROWS_TURNED_FOR_AN_INPUT;
    }

    void allocate_layers(
        const Network& network, const PanelOptions& options, const Memory& memory
    ) {
        Vec<T>* input = x;
        for (int l = 0; l < L; ++l) {
            Layer<T, V, W>& layer = layers[l];
            const std::size_t n = panel<V>(blocks, layer.n_out);
            const bool last = l == L - 1;
            const bool needs_z = layer.activation->derivative_in_z ||
                                 (last && LOSSES<T>[network.loss].derivative_in_z);
            const bool has_dropout = options.dropout && !last && options.dropout[l] > 0;
            layer.input = input;
            layer.a = allocate<Vec<T>>(memory, n);
            layer.z = needs_z ? allocate<Vec<T>>(memory, n) : layer.a;
            layer.delta = options.with_delta ? allocate<Vec<T>>(memory, n) : nullptr;
            if (gains_by_turning(layer)) {
                layer.delta_by_row = allocate<Vec<T>>(memory, turned<T, V>(blocks, layer.n_out));
                turns_deltas = true;
            }
            layer.dropout_mask = has_dropout ? allocate<Vec<T>>(memory, n) : nullptr;
            input = layer.dropout_mask ? allocate<Vec<T>>(memory, n) : layer.a;
        }
    }
};

// Copies n rows of K values out of their panels, or adds them to what `rows` holds.
template <class T, int V>
void unpack(const Vec<T>* panels, T* rows, std::int64_t n, int K, bool add = false) {
    constexpr int R = V * LANES<T>;
    const T* from = reinterpret_cast<const T*>(panels);
    for (std::int64_t r = 0; r < n; ++r) {
        const T* row = from + panel<V>(r / R, K) * LANES<T> + r % R;
        for (int k = 0; k < K; ++k) {
            T& to = rows[r * K + k];
            to = add ? to + row[k * R] : row[k * R];
        }
    }
}

}  // namespace glassnet::GLASSNET_VARIANT
