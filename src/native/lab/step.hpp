// Every number of one iteration: what a training makes on its way and does not keep.
#pragma once
#include "memory.hpp"
#include "objective.hpp"

namespace glassnet::lab {

using namespace glassnet::GLASSNET_VARIANT;

// One layer for n rows, row after row. All but `da` of the last layer and `de` of others are filled.
struct LayerStep {
    double* z;      // n x nodes
    double* a;      // n x nodes
    double* slope;  // n x nodes: da/dz
    double* da;     // n x nodes: dE/da, what comes back from the layer after it
    double* delta;  // n x nodes: dE/dz

    struct All {
        double** at[5];
        double** const* begin() const { return at; }
        double** const* end() const { return at + 5; }
        double** operator[](int i) const { return at[i]; }
    };
    All all() { return {{&z, &a, &slope, &da, &delta}}; }
};

struct Step {
    LayerStep* layers;
    double* terms;       // n x K: the loss of each output of each row
    double*
        derivative;  // n x K: of that loss, in a, or in z where the loss belongs to its activation
    double loss;  // of the batch
    double row_scale;  // what each row's loss is multiplied by
};

template <int V> struct Look {
    static constexpr int R = V * LANES<double>;
    const Problem& problem;
    Objective<double, V> objective;
    Panels<double, V>& panels;
    Step& step;
    int n;

    Look(const Problem& problem, Step& step)
        : problem(problem),
          objective(problem, memory, alone),
          panels(objective.panels),
          step(step),
          n(problem.data.n) {
        for (int l = 0; l < panels.L; ++l) {
            Layer<double, V>& layer = panels.layers[l];
            if (layer.z == layer.a)
                layer.z = take<Vec<double>>(panel<V>(panels.blocks, layer.n_out));
        }
    }

    void run(void* const* parameters, void* const* gradient) {
        objective.layout.read(parameters, objective.w);
        step.loss = objective.loss_and_gradient(nullptr, 0, n, 0);
        objective.layout.write(objective.dw, gradient);
        panels.packed = false;
        const Batch all{&problem.data, nullptr, 0, n};
        const BatchWeight weight = weight_of<double>(problem.network, all);
        step.row_scale = 1 / weight.divisor;
        const int blocks = panels.blocks_of(n);
        for (int done = 0; done < blocks; done += panels.blocks) {
            const int now = blocks - done < panels.blocks ? blocks - done : panels.blocks;
            panels.go_to(done);
            for (int b = 0; b < now; ++b) {
                const std::int64_t first = std::int64_t{done + b} * R;
                panels.pack(&all, &weight.divisor, first, b);
                const DropoutKey<double> key{};
                loss_of_block<double, V, double>(panels, problem.network, objective.loss, b, &key);
                write_block(b, first, panels.rows_of(n, done + b));
            }
        }
    }

private:
    void write_block(int b, std::int64_t first, int rows) {
        const int K = panels.K;
        for (int l = 0; l < panels.L; ++l) {
            const Layer<double, V>& layer = panels.layers[l];
            const std::ptrdiff_t at = panel<V>(b, layer.n_out);
            const std::ptrdiff_t to = first * layer.n_out;
            const LayerStep& out = step.layers[l];
            unpack<double, V>(layer.z + at, out.z + to, rows, layer.n_out);
            unpack<double, V>(layer.a + at, out.a + to, rows, layer.n_out);
            unpack<double, V>(layer.delta + at, out.delta + to, rows, layer.n_out);
            write_slope(layer, at, out.slope + to, rows);
            if (l + 1 < panels.L) write_da(l, b, out.da + to, rows);
        }
        write_loss(b, first, rows, K);
    }

    // Softmax has no derivative of a single node: its slope stays 0.
    void write_slope(const Layer<double, V>& layer, std::ptrdiff_t at, double* to, int rows) {
        if (!layer.activation->backward) return;
        const Scope scope;
        auto* slope = take<Vec<double>>(panel<V>(1, layer.n_out));
        for (int i = 0; i < layer.n_out * V; ++i) slope[i] = broadcast(1.0);
        layer.activation->output_backward(layer.z + at, layer.a + at, slope, layer.n_out, V);
        unpack<double, V>(slope, to, rows, layer.n_out);
    }

    // dE/da of the nodes of layer l: delta @ w.T of the layer after it.
    void write_da(int l, int b, double* to, int rows) {
        const Scope scope;
        const Layer<double, V>& after = panels.layers[l + 1];
        const int nodes = after.n_in;
        auto* da = take<Vec<double>>(panel<V>(1, nodes));
        const Vec<double>* delta = after.delta + panel<V>(b, after.n_out);
        const double* no_bias = nullptr;
        product<double, V>(
            after.w, 1, after.n_out, no_bias, delta, after.n_out, nodes,
            [&](int i, Vec<double> sum) INLINE_LAMBDA { da[i] = sum; }
        );
        unpack<double, V>(da, to, rows, nodes);
    }

    // The loss of each output of each row, and its derivative. Each vector of rows is taken by itself,
    // and each output: where the loss takes all outputs of a row together, the targets of the others
    // are 0 and add nothing.
    void write_loss(int b, std::int64_t first, int rows, int K) {
        const Scope scope;
        const Layer<double, V>& last = panels.layers[panels.L - 1];
        const std::ptrdiff_t at = panel<V>(b, K);
        const bool of_row = !last.activation->backward && objective.loss.derivative_in_z;
        auto* z = take<Vec<double>>(K);
        auto* a = take<Vec<double>>(K);
        auto* y = take<Vec<double>>(K);
        auto* alone = take<Vec<double>>(K);
        auto* derivative = take<Vec<double>>(K);
        for (int v = 0; v < V; ++v) {
            for (int k = 0; k < K; ++k) {
                z[k] = last.z[at + k * V + v];
                a[k] = last.a[at + k * V + v];
                y[k] = panels.y[at + k * V + v];
            }
            const int row = v * LANES<double>;
            evaluate(z, a, y, derivative, K);
            for (int k = 0; k < K; ++k)
                write_lanes(derivative[k], step.derivative, first, row, rows, k);
            for (int k = 0; k < K; ++k) {
                for (int j = 0; j < K; ++j) alone[j] = j == k ? y[j] : Vec<double>{};
                const Vec<double> term = of_row ? evaluate(z, a, alone, derivative, K)
                                                : evaluate(z + k, a + k, y + k, derivative, 1);
                write_lanes(term, step.terms, first, row, rows, k);
            }
        }
    }

    // The loss of a vector of rows, each counting as 1, still in lanes.
    Vec<double> evaluate(
        const Vec<double>* z, const Vec<double>* a, const Vec<double>* y, Vec<double>* derivative,
        int K
    ) const {
        const Vec<double> one = broadcast(1.0);
        return objective.loss.evaluate(z, a, y, &one, problem.network.setting, derivative, K, 1);
    }

    // The lanes are the block's rows from `row` on; the block begins with the batch's row `first`.
    void write_lanes(
        Vec<double> x, double* to, std::int64_t first, int row, int rows, int k
    ) const {
        for (int i = 0; i < LANES<double> && row + i < rows; ++i)
            to[(first + row + i) * panels.K + k] = x[i];
    }
};

}  // namespace glassnet::lab
