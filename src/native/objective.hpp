// The loss of a batch of rows, penalty included, and its gradient: what trainings and solvers
// minimize.
//
// Of the numpy engine's iteration this is all but the update: the rows of a batch are packed by
// Panels::pack; feedforward, loss and deltas are `loss_of_block`, the gradients of the weights
// `gradient` in network.hpp, penalty and weight masks `regularize`. Threads share out the blocks
// of a group, then the parts of the gradient.
#pragma once
#include "one_hidden_layer.hpp"
#include "penalties.hpp"

namespace glassnet::GLASSNET_VARIANT {

// Bytes of inputs in a part of the gradient, which goes over them again for every few outputs.
constexpr std::size_t PART_BYTES = 20 * 1024;
// The inputs of a part are a multiple of this: tiles of outer products then fit in whole.
constexpr int PART_INPUTS = 12;
static_assert(PART_INPUTS % (SUMS / OUTER_NODES) == 0);

// What the rows of a batch count together, and what the weight of each is divided by, eq. (8).
struct BatchWeight {
    double total = 0;
    double divisor = 1;
};

template <class T> BatchWeight weight_of(const Network& network, const Batch& batch) {
    const T* sample_weight = static_cast<const T*>(batch.rows->sample_weight);
    double total = static_cast<double>(batch.count);
    if (sample_weight) {
        total = 0;
        for (std::int64_t r = 0; r < batch.count; ++r) total += sample_weight[batch.row(r)];
    }
    const auto reduction = static_cast<Reduction>(network.reduction);
    if (reduction == Reduction::sum) return {total, 1.0};
    const int columns = reduction == Reduction::mean ? network.sizes[network.L] : 1;
    return {total, (total > 0 ? total : 1.0) * columns};
}

// Forward and backward for one block: gives its loss, of each network; with a key every delta too.
template <class T, int V, class W>
INLINE W loss_of_block(
    Panels<T, V, W>& panels, const Network& network, const Loss<T>& loss, int b,
    const DropoutKey<T, W>* key
) {
    feedforward<T, V, W>(panels.layers, network.L, b, key);
    const Layer<T, V, W>& last = panels.layers[network.L - 1];
    const std::ptrdiff_t at = panel<V>(b, panels.K);
    const Vec<T>* z = last.z + at;
    const Vec<T>* a = last.a + at;
    const Vec<T>* y = panels.y + at;
    const Vec<T>* row_scale = panels.row_scale + panel<V>(b, 1);
    // Without a key nobody wants the derivative, nor y afterwards.
    Vec<T>* derivative = key ? last.delta + at : panels.y + at;
    const W value =
        total<T, W>(loss.evaluate(z, a, y, row_scale, T(network.setting), derivative, panels.K, V));
    if (!key) return value;
    if (!loss.derivative_in_z) last.activation->output_backward(z, a, derivative, panels.K, V);
    backprop<T, V>(panels.layers, network.L, b);
    if (panels.turns_deltas) turn_deltas<T, V>(panels.layers, network.L, b);
    return value;
}

// The loss of some rows, and its gradient in all parameters.
template <class T, int V> struct Objective : InMemory {
    static constexpr int R = V * LANES<T>;
    const Problem& problem;
    const Team& team;
    const Network& network;
    const Loss<T>& loss;
    ParameterLayout<T> layout;
    T* w;                 // all parameters
    T* dw;                // their gradient
    Panels<T, V> panels;
    Vec<T>* output;       // the panels of the last layer, for the whole batch
    GradientPart* parts;  // of the gradient
    int n_parts = 0;
    bool full_batch;      // every batch is all rows, and stays in the panels
    bool one_block;       // a batch fits into one block, and there is one thread
    LossAndGradient<T, V> of_one_block;  // for some networks all that one block needs; or null
    bool regularized;     // there are penalties or weight masks
    BatchWeight weight;   // of the last batch
    double penalty = 0;   // in the loss of the last batch

    Objective(const Problem& problem, const Memory& memory, const Team& team)
        : problem(problem),
          team(team),
          network(problem.network),
          loss(LOSSES<T>[problem.network.loss]),
          layout(problem.network, memory),
          w(allocate<T>(memory, layout.size)),
          dw(allocate<T>(memory, layout.size)),
          panels(network, layout, w, dw, problem.batch_size, panel_options(problem), memory) {
        full_batch = problem.batch_size == problem.data.n && panels.holds_all_rows;
        one_block = problem.batch_size <= R && team.threads == 1;
        regularized = problem.masks || problem.l2 != 0 || problem.l1 != 0;
        if (problem.masks)
            for (int l = 0; l < network.L; ++l)
                panels.layers[l].mask = static_cast<const T*>(problem.masks[l]);
        for (int l = 0; problem.dropout && l < network.L - 1; ++l) {
            panels.layers[l].left_out = levels_left_out(problem.dropout[l]);
            panels.layers[l].kept = T(scale_of_kept(panels.layers[l].left_out));
        }
        const int blocks = Panels<T, V>::blocks_of(problem.batch_size);
        output = allocate<Vec<T>>(memory, panel<V>(blocks, panels.K));
        keep_outputs(panels, 0);
        of_one_block = for_one_hidden_layer<T, V>(panels);
        choose_parts(memory);
    }

    // The loss of a batch, penalty included, and its gradient, left in dw. `iteration` counts for
    // dropout only.
    INLINE double loss_and_gradient(
        const std::int64_t* order, std::int64_t first, std::int64_t rows, std::int64_t iteration
    ) {
        const DropoutKey<T> key{
            problem.seed, static_cast<std::uint32_t>(iteration), static_cast<std::uint32_t>(rows), 0
        };
        const Batch batch{&problem.data, order, first, rows};
        if (!panels.packed) weight = weight_of<T>(network, batch);
        double value;
        if (one_block) {
            if (!panels.packed) panels.pack(&batch, &weight.divisor, 0, 0);
            value = loss_of_packed_block(key);
        } else {
            value = loss_of(panels, batch, weight.divisor, &key);
        }
        panels.packed = full_batch && !order;
        if (regularized) {
            penalty = regularize(rows);
            value += penalty;
        }
        return T(value);
    }

    // The same for all rows at some parameters, the gradient written to arrays: `gradient` of the
    // numpy engine.
    double evaluate(void* const* parameters, void* const* gradient) {
        layout.read(parameters, w);
        for (int l = 0; l < network.L; ++l)
            apply_mask(panels.layers[l].w, panels.layers[l].mask, layout.counts[l]);
        const double value = loss_and_gradient(nullptr, 0, problem.data.n, 0);
        layout.write(dw, gradient);
        return value;
    }

    // The loss of a batch, without penalty; with a key also the gradient, left in dw.
    double loss_of(
        Panels<T, V>& panels, const Batch& batch, double divisor, const DropoutKey<T>* key
    ) {
        const int blocks = Panels<T, V>::blocks_of(batch.count);
        double total = 0;
        for (int done = 0; done < blocks; done += panels.blocks) {
            const int now = blocks - done < panels.blocks ? blocks - done : panels.blocks;
            panels.go_to(done);
            if (key) keep_outputs(panels, done);
            DropoutKey<T> group{};
            if (key) {
                group = *key;
                group.first_row = static_cast<std::uint32_t>(done) * R;
            }
            parallel_for(team, now, [&](int b) {
                if (!panels.packed) panels.pack(&batch, &divisor, std::int64_t{done + b} * R, b);
                const DropoutKey<T>* of_group = key ? &group : nullptr;
                panels.loss[b] = loss_of_block<T, V, T>(panels, network, loss, b, of_group);
            });
            for (int b = 0; b < now; ++b) total += panels.loss[b];
            if (!key) continue;
            parallel_for(team, n_parts, [&](int i) {
                gradient<T, V>(panels.layers, parts[i], now, done > 0);
            });
        }
        return total;
    }

    bool has_reduction(Reduction reduction) const {
        return network.reduction == static_cast<int>(reduction);
    }

private:
    static PanelOptions panel_options(const Problem& problem) {
        return {
            .dropout = problem.dropout,
            .with_delta = true,
            .same_rows_again = problem.batch_size == problem.data.n,
        };
    }

    void choose_parts(const Memory& memory) {
        const std::size_t row_bytes = std::size_t(panels.blocks) * R * sizeof(T);
        const int fit = static_cast<int>(PART_BYTES / row_bytes / PART_INPUTS * PART_INPUTS);
        const int inputs = fit < PART_INPUTS ? PART_INPUTS : fit;
        int count = 0;
        for (int l = 0; l < network.L; ++l) count += (network.sizes[l] + inputs - 1) / inputs;
        parts = allocate<GradientPart>(memory, count);
        for (int l = 0; l < network.L; ++l) {
            const int n_in = network.sizes[l];
            for (int i = 0; i < n_in; i += inputs)
                parts[n_parts++] = {l, i, i + inputs < n_in ? i + inputs : n_in};
        }
    }

    // The outputs of all groups of a batch are kept: the last layer's panels lie in `output`, from
    // the group's first block on, and stay there for the next call.
    void keep_outputs(Panels<T, V>& panels, int first_block) {
        Layer<T, V>& last = panels.layers[network.L - 1];
        const bool z_is_a = last.z == last.a;
        last.a = output + panel<V>(first_block, panels.K);
        if (z_is_a) last.z = last.a;
    }

    // `loss_of` with a key, for a batch that lies in one block already. The smallest trainings do
    // little else, so nothing is around it.
    INLINE double loss_of_packed_block(const DropoutKey<T>& key) {
        if (of_one_block) return of_one_block(panels, network, loss);
        const double value = loss_of_block<T, V, T>(panels, network, loss, 0, &key);
        for (int i = 0; i < n_parts; ++i) gradient<T, V>(panels.layers, parts[i], 1, false);
        return value;
    }

    // Weight masks and penalty on the gradient; gives the penalty's value.
    double regularize(std::int64_t rows) {
        const bool is_sum = has_reduction(Reduction::sum);
        const double scale = is_sum ? static_cast<double>(rows) / problem.data.n : 1.0;
        const bool has_penalty = problem.l2 != 0 || problem.l1 != 0;
        const Penalty<T> scaled(problem.l2 * scale, problem.l1 * scale);
        double value = 0;
        for (int l = 0; l < network.L; ++l) {
            const Layer<T, V>& layer = panels.layers[l];
            apply_mask(layer.dw, layer.mask, layout.counts[l]);
            if (has_penalty) value += scaled.add_gradient(layer.w, layer.dw, layout.spans[l].size);
        }
        return value;
    }
};

}  // namespace glassnet::GLASSNET_VARIANT
