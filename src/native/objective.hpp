// The loss of a batch of rows, penalty included, and its gradient: what trainings and solvers go by.
//
// Of the numpy engine's `_iterate` this is all but the update: `_batch` is Panels::pack; feedforward, the loss and backprop's deltas are
// Objective::loss_of_block, its weight gradients `gradient` in network.hpp, its penalty and masks Objective::regularize. A *tile* is some nodes of a
// product, a *piece* some inputs of a gradient, which is what threads share out.
#pragma once
#include "panels.hpp"
#include "penalties.hpp"

namespace glassnet::GLASSNET_VARIANT {

constexpr std::size_t PIECE_BYTES = 16 * 1024;  // of inputs, that a piece of the gradient goes over again for each few outputs

// The loss of some rows, and its gradient in all parameters.
template <class T, int V> struct Objective {
    static constexpr int R = V * LANES<T>;
    const Problem& problem;
    const Team& team;
    const Network& network;
    const Loss<T>& loss;
    Flat<T> flat;
    T *w, *dw;
    Panels<T, V> batch;
    Vec<T>* output;  // the panels of the last layer, for the whole batch
    Piece* pieces;  // of the gradient
    int n_pieces = 0;
    const bool same_batch, one_block;  // whether every batch is all the rows and stays in the panels; and fits into one block, for one thread
    const bool regularized;  // whether there are penalties or weight masks
    double divisor = 1, weight = 0;  // of the last batch: see `shares`
    double penalty = 0;  // in its loss

    Objective(const Problem& problem, const Memory& memory, const Team& team)
        : problem(problem),
          team(team),
          network(problem.network),
          loss(LOSSES<T>[problem.network.loss]),
          flat(problem.network, problem.multipliers, memory),
          w(take<T>(memory, flat.size)),
          dw(take<T>(memory, flat.size)),
          batch(network, flat, w, dw, problem.dropout, problem.batch_size, true, problem.batch_size == problem.data.n, memory),
          same_batch(problem.batch_size == problem.data.n && batch.whole),
          one_block(problem.batch_size <= R && team.threads == 1),
          regularized(problem.masks || problem.l2 != 0 || problem.l1 != 0) {
        for (int l = 0; l < network.L; ++l) batch.layers[l].mask = problem.masks ? static_cast<const T*>(problem.masks[l]) : nullptr;
        output = take<Vec<T>>(memory, panel<V>(batch.blocks_of(problem.batch_size), batch.K));
        const int fit = static_cast<int>(PIECE_BYTES / (std::size_t(batch.blocks) * R * sizeof(T)) / 4 * 4), inputs = fit < 8 ? 8 : fit;
        for (int l = 0; l < network.L; ++l) n_pieces += (network.sizes[l] + inputs - 1) / inputs;
        pieces = take<Piece>(memory, n_pieces);
        for (int l = 0, n = 0; l < network.L; ++l) {
            const int n_in = network.sizes[l];
            for (int i = 0; i < n_in; i += inputs) pieces[n++] = {l, i, i + inputs < n_in ? i + inputs : n_in};
        }
    }

    // Kept in memory of the caller's.
    static void* operator new(std::size_t bytes, const Memory& memory) { return memory.take(memory.self, bytes); }

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
        Panels<T, V>& panels, const Rows& rows, const std::int64_t* order, std::int64_t first, std::int64_t count, double divisor, const Draw* learn
    ) {
        const int blocks = panels.blocks_of(count);
        Layer<T, V>& last = panels.layers[network.L - 1];
        double total = 0;
        for (int done = 0; done < blocks; done += panels.blocks) {
            const int now = blocks - done < panels.blocks ? blocks - done : panels.blocks;
            panels.go_to(done);
            if (learn) {  // the outputs of all groups of a batch are kept: the last layer's panels lie in `output`, and stay there for the next call
                if (last.z == last.a) last.z = output + panel<V>(done, panels.K);
                last.a = output + panel<V>(done, panels.K);
            }
            const Draw draw = learn ? Draw{learn->seed, learn->iteration, static_cast<std::uint32_t>(done) * R} : Draw{};
            each(team, now, [&](int b) {
                if (!panels.packed) panels.pack(rows, order, first + std::int64_t{done + b} * R, panels.rows_of(count, done + b), divisor, b);
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
    INLINE double loss_of_the_block(const Draw& draw) {
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
            hold(layer.dw, layer.mask, flat.counts[l]);
            if (penalty) value += penalty.add<T>(layer.w, layer.dw, flat.spans[l].size);
        }
        return value;
    }

    // The loss of a batch, penalty included, and its gradient, left in dw. `iteration` counts for dropout only.
    INLINE double loss_and_gradient(const std::int64_t* order, std::int64_t first, std::int64_t rows, std::int64_t iteration) {
        const Draw draw{problem.seed, static_cast<std::uint32_t>(iteration), 0};
        double value;
        if (batch.packed && one_block) {
            value = loss_of_the_block(draw);
        } else {
            if (!batch.packed) shares(problem.data, order, first, rows, divisor, weight);
            value = loss_of(batch, problem.data, order, first, rows, divisor, &draw);
            batch.packed = same_batch && !order;
        }
        if (regularized) value += penalty = regularize(rows);
        return T(value);
    }

    // The same for all rows at some parameters, the gradient written to arrays: `gradient` of the numpy engine.
    double at(void* const* parameters, void* const* gradient) {
        flat.read(parameters, w);
        for (int l = 0; l < network.L; ++l) hold(batch.layers[l].w, batch.layers[l].mask, flat.counts[l]);
        const double value = loss_and_gradient(nullptr, 0, problem.data.n, 0);
        flat.write(dw, gradient);
        return value;
    }
};

}  // namespace glassnet::GLASSNET_VARIANT
