// A training from state to state: what training/engines/numpy.py does, without coming back to Python between iterations.
//
// In words: a *block* is the rows that are worked on together, V vectors of them; a *panel* holds what a block has for the nodes of a layer
// (products.hpp); a *group* is as many blocks as stay in the cache. A *tile* is some nodes of a product, a *piece* some inputs of a gradient, a *part*
// some weights of an update: the last two are what threads share out. A *span* is one parameter array in the flat vector of all of them.
//
// Where to find what the numpy engine does: `_batch` is Panels::pack; feedforward, the loss and backprop's deltas are Training::loss_of_block, its weight
// gradients `gradient` in network.hpp, its penalty and masks Training::regularize; `_epoch_loss` stands in Training::run; the other names are the same.
#pragma once
#include "engine.hpp"
#include "network.hpp"
#include "optimizers.hpp"
#include "penalties.hpp"

namespace glassnet::GLASSNET_VARIANT {

constexpr std::size_t GROUP_BYTES = 256 * 1024;  // of panels at a time, so that they stay in the cache ...
constexpr int GROUP_ROWS = 128;  // ... but at least so many rows, for the sake of the gradient's products
constexpr std::size_t PIECE_BYTES = 16 * 1024;  // of inputs, that a piece of the gradient goes over again for each few outputs
constexpr int PART_WEIGHTS = 8192;  // of an update, that one thread makes at a time

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

    T* read(void* const* from, const Memory& memory) const {
        T* flat = take<T>(memory, size);
        for (int i = 0; i < arrays; ++i) __builtin_memcpy(flat + spans[i].begin, from[i], counts[i] * sizeof(T));
        return flat;
    }

    void clear_padding(T* flat) const {
        for (int i = 0; i < arrays; ++i)
            for (std::size_t k = counts[i]; k < spans[i].size; ++k) flat[spans[i].begin + k] = 0;
    }

    void write(const T* flat, void* const* to) const {
        for (int i = 0; i < arrays; ++i) __builtin_memcpy(to[i], flat + spans[i].begin, counts[i] * sizeof(T));
    }
};

// The panels of a group of blocks: rows, targets, shares, and every layer's values.
template <class T, int V> struct Panels {
    static constexpr int R = V * LANES<T>;
    int L, D, K, blocks;  // blocks: how many there is room for
    Layer<T, V>* layers;
    Vec<T>*x, *y, *share;
    double* loss;  // of each block
    bool packed = false;  // all the rows there are lie in x, y and share already

    Panels(const Network& network, const Flat<T>& flat, T* w, T* dw, const double* dropout, std::int64_t rows, bool keep, const Memory& memory)
        : L(network.L), D(network.sizes[0]), K(network.sizes[network.L]) {
        std::size_t nodes = 0;
        for (int l = 0; l <= L; ++l) nodes += network.sizes[l];
        const std::int64_t fits = static_cast<std::int64_t>(GROUP_BYTES / (2 * nodes * sizeof(T)));
        const std::int64_t group = fits < GROUP_ROWS ? GROUP_ROWS : fits;
        blocks = static_cast<int>(((rows < group ? rows : group) + R - 1) / R);
        x = take<Vec<T>>(memory, panel<V>(blocks, D));
        y = take<Vec<T>>(memory, panel<V>(blocks, K));
        share = take<Vec<T>>(memory, panel<V>(blocks, 1));
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

// What one call works with.
template <class T, int V> struct Training {
    static constexpr int R = V * LANES<T>;
    const Problem& problem;
    const Team& team;
    State& state;
    const Network& network;
    const Optimizer<T>& optimizer;
    const Loss<T>& loss;
    Flat<T> flat;
    T *w, *dw, *start, *best, *slots[2];
    Panels<T, V> batch;
    Panels<T, V>* judged = nullptr;  // the validation rows
    Vec<T>* output;  // the panels of the last layer, for the whole batch
    Piece* pieces;  // of the gradient
    Span* parts;  // of the spans, for several threads
    int n_pieces = 0, n_parts = 0;
    const bool same_batch, one_block;  // whether every batch is all the rows and fits into the panels; and into one block, for one thread
    const bool regularized;  // whether there are penalties or weight masks
    double divisor = 1, batch_weight = 0;  // of the batch: see `shares`

    Training(const Problem& problem, State& state, const Memory& memory, const Team& team)
        : problem(problem),
          team(team),
          state(state),
          network(problem.network),
          optimizer(OPTIMIZERS<T>[problem.optimizer]),
          loss(LOSSES<T>[problem.network.loss]),
          flat(problem.network, problem.multipliers, memory),
          w(flat.read(state.parameters, memory)),
          dw(take<T>(memory, flat.size)),
          start(take<T>(memory, flat.size)),
          best(flat.read(state.best, memory)),
          batch(network, flat, w, dw, problem.dropout, problem.batch_size, true, memory),
          same_batch(problem.batch_size == problem.data.n && blocks_of(problem.data.n) <= batch.blocks),
          one_block(problem.batch_size <= R && team.threads == 1),
          regularized(problem.masks || problem.l2 != 0 || problem.l1 != 0) {
        for (int k = 0; k < optimizer.slots; ++k) slots[k] = flat.read(state.slots[k], memory);
        for (int l = 0; l < network.L; ++l) batch.layers[l].mask = problem.masks ? static_cast<const T*>(problem.masks[l]) : nullptr;
        output = take<Vec<T>>(memory, panel<V>(blocks_of(problem.batch_size), batch.K));
        if (problem.validation.n) {
            judged = take<Panels<T, V>>(memory, 1);
            *judged = Panels<T, V>(network, flat, w, nullptr, nullptr, problem.validation.n, false, memory);
        }
        const int fit = static_cast<int>(PIECE_BYTES / (std::size_t(batch.blocks) * R * sizeof(T)) / 4 * 4), inputs = fit < 8 ? 8 : fit;
        for (int l = 0; l < network.L; ++l) n_pieces += (network.sizes[l] + inputs - 1) / inputs;
        pieces = take<Piece>(memory, n_pieces);
        for (int l = 0, n = 0; l < network.L; ++l) {
            const int n_in = network.sizes[l];
            for (int i = 0; i < n_in; i += inputs) pieces[n++] = {l, i, i + inputs < n_in ? i + inputs : n_in};
        }
        parts = take<Span>(memory, flat.arrays + flat.size / PART_WEIGHTS);
        for (int i = 0; i < flat.arrays; ++i)
            for (std::size_t done = 0; done < flat.spans[i].size; done += PART_WEIGHTS) {
                const std::size_t left = flat.spans[i].size - done;
                parts[n_parts] = flat.spans[i];
                parts[n_parts].begin += done;
                parts[n_parts++].size = left < PART_WEIGHTS ? left : PART_WEIGHTS;
            }
    }

    static int blocks_of(std::int64_t rows) { return static_cast<int>((rows + R - 1) / R); }
    static int rows_of(std::int64_t rows, int block) {
        return static_cast<int>(rows - std::int64_t{block} * R < R ? rows - std::int64_t{block} * R : R);
    }

    // What every row's weight is divided by, and the weight of all the rows: eq. (8).
    void shares(const Rows& rows, const std::int64_t* order, std::int64_t first, std::int64_t count, double& divisor, double& weight) const {
        const T* given = static_cast<const T*>(rows.row_weights);
        weight = static_cast<double>(count);
        if (given) {
            weight = 0;
            for (std::int64_t i = first; i < first + count; ++i) weight += given[order ? order[i] : i];
        }
        const int columns = network.reduction == static_cast<int>(Reduction::mean) ? batch.K : 1;
        divisor = network.reduction == static_cast<int>(Reduction::sum) ? 1.0 : (weight > 0 ? weight : 1.0) * columns;
    }

    // The loss of some rows, without penalty; with `learn` also the gradient, left in dw.
    double loss_of(
        Panels<T, V>& panels, const Rows& rows, const std::int64_t* order, std::int64_t first, std::int64_t count, double divisor, bool learn
    ) {
        const int blocks = blocks_of(count);
        Layer<T, V>& last = panels.layers[network.L - 1];
        double total = 0;
        for (int done = 0; done < blocks; done += panels.blocks) {
            const int now = blocks - done < panels.blocks ? blocks - done : panels.blocks;
            if (learn) {  // the outputs of all groups of a batch are kept: the last layer's panels lie in `output`, and stay there for the next call
                if (last.z == last.a) last.z = output + panel<V>(done, panels.K);
                last.a = output + panel<V>(done, panels.K);
            }
            const Draw draw{problem.seed, static_cast<std::uint32_t>(state.t), static_cast<std::uint32_t>(done) * R};
            each(team, now, [&](int b) {
                if (!panels.packed) panels.pack(rows, order, first + std::int64_t{done + b} * R, rows_of(count, done + b), divisor, b);
                loss_of_block(panels, b, learn ? &draw : nullptr);
            });
            for (int b = 0; b < now; ++b) total += panels.loss[b];
            if (learn) each(team, n_pieces, [&](int i) { gradient<T, V>(panels.layers, pieces[i], now, done > 0); });
        }
        return total;
    }

    // There and back for one block: its loss, left in panels.loss, and where there is a draw every delta.
    INLINE void loss_of_block(Panels<T, V>& panels, int b, const Draw* learn) {
        feedforward<T, V>(panels.layers, network.L, b, learn);
        const Layer<T, V>& last = panels.layers[network.L - 1];
        const std::ptrdiff_t at = panel<V>(b, panels.K);
        Vec<T>* slope = learn ? last.delta + at : panels.y + at;  // without learning it is not wanted, nor is y afterwards
        panels.loss[b] =
            sum<T>(loss.terms(last.z + at, last.a + at, panels.y + at, panels.share + panel<V>(b, 1), T(network.setting), slope, panels.K, V));
        if (!learn) return;
        if (!loss.in_z) last.activation->output_backward(last.z + at, last.a + at, slope, panels.K, V);
        backprop<T, V>(panels.layers, network.L, b);
    }

    // `loss_of` with `learn`, for a batch that lies in one block already: all there is of it for the smallest trainings, so nothing is around it.
    INLINE double loss_of_the_block() {
        const Draw draw{problem.seed, static_cast<std::uint32_t>(state.t), 0};
        loss_of_block(batch, 0, &draw);
        for (int i = 0; i < n_pieces; ++i) gradient<T, V>(batch.layers, pieces[i], 1, false);
        return batch.loss[0];
    }

    // Penalty and weight masks on the gradient; gives the penalty's value.
    double regularize(std::int64_t rows) {
        const bool sum = network.reduction == static_cast<int>(Reduction::sum);
        const Penalty penalty = Penalty{problem.l2, problem.l1}.share(sum ? static_cast<double>(rows) / problem.data.n : 1.0);
        double value = 0;
        for (int l = 0; l < network.L; ++l) {
            const Layer<T, V>& layer = batch.layers[l];
            if (layer.mask)
                for (std::size_t i = 0; i < flat.counts[l]; ++i) layer.dw[i] *= layer.mask[i];
            if (penalty) value += penalty.add<T>(layer.w, layer.dw, flat.spans[l].size);
        }
        return value;
    }

    void update(double rate) {
        ++state.t;
        if (team.threads == 1)
            optimizer.update(w, dw, slots, flat.spans, flat.arrays, rate, problem.settings, state.t);
        else
            each(team, n_parts, [&](int i) { optimizer.update(w, dw, slots, parts + i, 1, rate, problem.settings, state.t); });
        flat.clear_padding(w);  // 0 / 0, where an epsilon is too small for the dtype, must not spread
    }

    // One iteration: feedforward, backprop, update. A loss that is not finite ends the run before its update.
    double iterate(const std::int64_t* order, std::int64_t first, std::int64_t rows, double rate, double& weight) {
        double value;
        if (batch.packed && one_block) {
            value = loss_of_the_block();
        } else {
            if (!batch.packed) shares(problem.data, order, first, rows, divisor, batch_weight);
            value = loss_of(batch, problem.data, order, first, rows, divisor, true);
            batch.packed = same_batch && !order;
        }
        weight = batch_weight;
        if (regularized) value += regularize(rows);
        value = T(value);
        if (__builtin_isfinite(value))
            update(rate);
        else
            state.ended = Ended::not_finite;
        return value;
    }

    double validation_loss() {
        double divisor, weight;
        shares(problem.validation, nullptr, 0, problem.validation.n, divisor, weight);
        return T(loss_of(*judged, problem.validation, nullptr, 0, problem.validation.n, divisor, false));
    }

    bool finite() const {
        Vec<T> none = {};
        for (std::size_t i = 0; i < flat.size; i += LANES<T>) none += load(w + i) - load(w + i);  // inf - inf is NaN
        return sum<T>(none) == 0;
    }

    // The best epoch, and whether to stop: `_end_epoch` of the numpy engine, with its reasons.
    void end_epoch(double candidate) {
        const bool by_validation = problem.validation.n > 0;
        const bool is_finite = __builtin_isfinite(candidate) && finite();
        state.waited = candidate < state.best_loss - problem.min_delta ? 0 : state.waited + 1;
        if (candidate < state.best_loss && (is_finite || !by_validation)) {
            if (by_validation) {
                copy(best, w, flat.size);
            } else {
                T* spare = best;
                best = start;
                start = spare;
            }
            state.best_loss = candidate;
            state.best_epoch = by_validation ? state.epoch + 1 : state.epoch;
        }
        ++state.epoch;
        if (state.ended == Ended::no && !is_finite)
            state.ended = Ended::not_finite;
        else if (state.ended == Ended::no && problem.patience >= 0 && state.waited >= problem.patience)
            state.ended = Ended::early;
    }

    void run(const std::int64_t* orders, const double* rates, std::int64_t epochs, Measured& measured) {
        const std::int64_t n = problem.data.n, size = problem.batch_size, batches = (n + size - 1) / size;
        const bool sum = network.reduction == static_cast<int>(Reduction::sum);
        for (std::int64_t e = 0; e < epochs && state.ended == Ended::no; ++e) {
            if (!problem.validation.n) copy(start, w, flat.size);
            double total = 0, total_weight = 0;
            for (std::int64_t i = 0; i < batches && state.ended == Ended::no; ++i) {
                const std::int64_t rows = n - i * size < size ? n - i * size : size;
                double weight;
                const double value = iterate(orders ? orders + e * n : nullptr, i * size, rows, rates[e * batches + i], weight);
                measured.loss[measured.iterations++] = value;
                measured.output_rows = rows;
                total += sum ? value : value * weight;
                total_weight += weight;
            }
            const double epoch_loss = sum ? total : (total_weight > 0 ? total / total_weight : 0.0);
            measured.epoch_loss[measured.epochs] = epoch_loss;
            if (problem.validation.n) measured.validation_loss[measured.epochs] = validation_loss();
            end_epoch(problem.validation.n ? measured.validation_loss[measured.epochs] : epoch_loss);
            ++measured.epochs;
        }
        flat.write(w, state.parameters);
        flat.write(best, state.best);
        for (int k = 0; k < optimizer.slots; ++k) flat.write(slots[k], state.slots[k]);
        unpack<T, V>(output, static_cast<T*>(measured.output), measured.output_rows, batch.K);
    }
};

template <class T, int V>
void predict(const Network& network, const void* prepared, const void* x, std::int64_t n, void* output, const Memory& memory, const Team& team) {
    constexpr int R = V * LANES<T>;
    const Flat<T> flat(network, nullptr, memory);
    Panels<T, V> panels(network, flat, static_cast<T*>(const_cast<void*>(prepared)), nullptr, nullptr, n, false, memory);
    const Rows rows{x, nullptr, nullptr, n};
    const Vec<T>* a = panels.layers[network.L - 1].a;
    for (std::int64_t done = 0; done < n; done += std::int64_t{panels.blocks} * R) {
        const std::int64_t left = n - done < std::int64_t{panels.blocks} * R ? n - done : std::int64_t{panels.blocks} * R;
        each(team, static_cast<int>((left + R - 1) / R), [&](int b) {
            const std::int64_t first = std::int64_t{b} * R;
            const int count = static_cast<int>(left - first < R ? left - first : R);
            panels.pack(rows, nullptr, done + first, count, T(1), b);
            feedforward<T, V>(panels.layers, network.L, b, nullptr);
            unpack<T, V>(a + panel<V>(b, panels.K), static_cast<T*>(output) + (done + first) * panels.K, count, panels.K);
        });
    }
}

}  // namespace glassnet::GLASSNET_VARIANT
