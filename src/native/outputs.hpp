// What is asked of a network besides its loss: predictions, and the Jacobian.
#pragma once
#include "panels.hpp"

namespace glassnet::GLASSNET_VARIANT {

template <class T, int V>
void predict(
    const Network& network, const void* prepared, const void* x, std::int64_t n, void* output,
    bool add, const Memory& memory, const Team& team
) {
    constexpr int R = V * LANES<T>;
    const ParameterLayout<T> layout(network, memory);
    T* w = static_cast<T*>(const_cast<void*>(prepared));  // which is only read
    Panels<T, V> panels(network, layout, w, nullptr, n, {}, memory);
    const Rows rows{x, nullptr, nullptr, n};
    const Batch all{&rows, nullptr, 0, n};
    const double divisor = 1;
    const Vec<T>* a = panels.layers[network.L - 1].a;
    const int blocks = panels.blocks_of(n);
    for (int done = 0; done < blocks; done += panels.blocks) {
        const int now = blocks - done < panels.blocks ? blocks - done : panels.blocks;
        parallel_for(team, now, [&](int b) {
            const std::int64_t first = std::int64_t{done + b} * R;
            const int count = panels.rows_of(n, done + b);
            panels.pack(&all, &divisor, first, b);
            feedforward<T, V>(panels.layers, network.L, b, NO_DROPOUT<T>);
            T* to = static_cast<T*>(output) + first * panels.K;
            unpack<T, V>(a + panel<V>(b, panels.K), to, count, panels.K, add);
        });
    }
}

// to(i, j) = in[i * apart] * delta[j], times the mask where there is one.
template <class T>
INLINE void outer_product(
    const T* in, int apart, int n_in, const T* delta, int n_out, const T* mask, T* __restrict to
) {
    for (int i = 0; i < n_in; ++i) {
        const T x = in[i * apart];
        for (int j = 0; j < n_out; ++j) to[std::ptrdiff_t{i} * n_out + j] = x * delta[j];
    }
    apply_mask(to, mask, std::size_t(n_in) * n_out);
}

// How each output changes with each weight and bias: `jacobian` of core/network.py, eq. (7.1).
// The rows' weights are what multiplies them.
template <class T, int V> struct Jacobian : InMemory {
    static constexpr int R = V * LANES<T>;
    const Problem& problem;
    const Team& team;
    ParameterLayout<T> layout;
    T* w;
    Panels<T, V> panels;
    std::size_t P = 0;  // numbers of all parameters
    int widest = 0;     // number of nodes of the largest layer
    T* row_deltas;      // for each block, deltas of a layer, one row after another

    Jacobian(const Problem& problem, const Memory& memory, const Team& team)
        : problem(problem),
          team(team),
          layout(problem.network, memory),
          w(allocate<T>(memory, layout.size)),
          panels(
              problem.network, layout, w, nullptr, problem.data.n,
              {.with_delta = true, .same_rows_again = true}, memory
          ) {
        for (int i = 0; i < layout.arrays; ++i) P += layout.counts[i];
        for (int l = 0; l < panels.L; ++l) {
            Layer<T, V>& layer = panels.layers[l];
            layer.mask = problem.masks ? static_cast<const T*>(problem.masks[l]) : nullptr;
            if (layer.n_out > widest) widest = layer.n_out;
        }
        row_deltas = allocate<T>(memory, std::size_t(panels.blocks) * R * widest);
    }

    // Writes the outputs a, n x K, and the Jacobian, (n K) x P.
    void evaluate(void* const* parameters, T* outputs, T* jacobian) {
        layout.read(parameters, w);
        for (int l = 0; l < panels.L; ++l)
            apply_mask(panels.layers[l].w, panels.layers[l].mask, layout.counts[l]);
        const int K = panels.K;
        const int blocks = panels.blocks_of(problem.data.n);
        const Batch all{&problem.data, nullptr, 0, problem.data.n};
        const double divisor = 1;
        for (int done = 0; done < blocks; done += panels.blocks) {
            const int now = blocks - done < panels.blocks ? blocks - done : panels.blocks;
            panels.go_to(done);
            parallel_for(team, now, [&](int b) {
                const std::int64_t first = std::int64_t{done + b} * R;
                const int count = panels.rows_of(problem.data.n, done + b);
                if (!panels.packed) panels.pack(&all, &divisor, first, b);
                evaluate_block(b, count, outputs + first * K, jacobian + first * K * P);
            });
        }
        panels.packed = panels.holds_all_rows;
    }

private:
    void evaluate_block(int b, int count, T* outputs, T* jacobian) {
        const int K = panels.K;
        const Layer<T, V>& last = panels.layers[panels.L - 1];
        const std::ptrdiff_t at = panel<V>(b, K);
        const Vec<T>* z = last.z + at;
        const Vec<T>* a = last.a + at;
        Vec<T>* delta = last.delta + at;
        const Vec<T>* row_scale = panels.row_scale + panel<V>(b, 1);
        feedforward<T, V>(panels.layers, panels.L, b, NO_DROPOUT<T>);
        unpack<T, V>(a, outputs, count, K);
        for (int k = 0; k < K; ++k) {
            for (int i = 0; i < K * V; ++i) delta[i] = i / V == k ? row_scale[i % V] : Vec<T>{};
            last.activation->output_backward(z, a, delta, K, V);
            backprop<T, V>(panels.layers, panels.L, b);
            write_gradients(b, count, jacobian + k * P);
        }
    }

    // Each row's gradient of one output, from the deltas of block b: `to` is P numbers for the
    // first row, those of the next begin K P numbers on.
    void write_gradients(int b, int count, T* to) {
        const std::size_t row_stride = panels.K * P;
        T* deltas = row_deltas + std::size_t(b) * R * widest;
        T* weights = to;
        T* biases = to;
        for (int l = 0; l < panels.L; ++l) biases += layout.counts[l];
        for (int l = 0; l < panels.L; ++l) {
            const Layer<T, V>& layer = panels.layers[l];
            const T* in = reinterpret_cast<const T*>(layer.input + panel<V>(b, layer.n_in));
            unpack<T, V>(layer.delta + panel<V>(b, layer.n_out), deltas, count, layer.n_out);
            for (int r = 0; r < count; ++r) {
                const T* delta = deltas + r * layer.n_out;
                T* row_weights = weights + r * row_stride;
                outer_product(in + r, R, layer.n_in, delta, layer.n_out, layer.mask, row_weights);
                if (layer.b)
                    __builtin_memcpy(biases + r * row_stride, delta, layer.n_out * sizeof(T));
            }
            weights += layout.counts[l];
            biases += layer.n_out;
        }
    }
};

}  // namespace glassnet::GLASSNET_VARIANT
