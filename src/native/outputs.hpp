// What is asked of a network besides its loss: predictions, and the Jacobian.
#pragma once
#include "panels.hpp"

namespace glassnet::GLASSNET_VARIANT {

template <class T, int V>
void predict(const Network& network, const void* prepared, const void* x, std::int64_t n, void* output, const Memory& memory, const Team& team) {
    constexpr int R = V * LANES<T>;
    const Flat<T> flat(network, nullptr, memory);
    Panels<T, V> panels(network, flat, static_cast<T*>(const_cast<void*>(prepared)), nullptr, nullptr, n, false, false, memory);
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

// to(i, j) = in[i * apart] * delta[j], times the mask where there is one.
template <class T> INLINE void outer(const T* in, int apart, int n_in, const T* delta, int n_out, const T* mask, T* __restrict to) {
    for (int i = 0; i < n_in; ++i) {
        const T x = in[i * apart];
        for (int j = 0; j < n_out; ++j) to[std::ptrdiff_t{i} * n_out + j] = x * delta[j];
    }
    hold(to, mask, std::size_t(n_in) * n_out);
}

// How each output changes with each weight and bias: `jacobian` of core/network.py, eq. (7.1). The rows' weights are what multiplies them.
template <class T, int V> struct Jacobian {
    static constexpr int R = V * LANES<T>;
    const Problem& problem;
    const Team& team;
    Flat<T> flat;
    T* w;
    Panels<T, V> panels;
    std::size_t P = 0;  // numbers of parameters
    int widest = 0;
    T* rows;  // deltas of a layer, one row after another, for each block

    Jacobian(const Problem& problem, const Memory& memory, const Team& team)
        : problem(problem),
          team(team),
          flat(problem.network, nullptr, memory),
          w(take<T>(memory, flat.size)),
          panels(problem.network, flat, w, nullptr, nullptr, problem.data.n, true, true, memory) {
        for (int i = 0; i < flat.arrays; ++i) P += flat.counts[i];
        for (int l = 0; l < panels.L; ++l) {
            panels.layers[l].mask = problem.masks ? static_cast<const T*>(problem.masks[l]) : nullptr;
            if (panels.layers[l].n_out > widest) widest = panels.layers[l].n_out;
        }
        rows = take<T>(memory, std::size_t(panels.blocks) * R * widest);
    }
    static void* operator new(std::size_t bytes, const Memory& memory) { return memory.take(memory.self, bytes); }

    // The outputs a, n x K, and the Jacobian, (n K) x P.
    void at(void* const* parameters, T* outputs, T* jacobian) {
        flat.read(parameters, w);
        for (int l = 0; l < panels.L; ++l) hold(panels.layers[l].w, panels.layers[l].mask, flat.counts[l]);
        const int blocks = panels.blocks_of(problem.data.n), K = panels.K;
        for (int done = 0; done < blocks; done += panels.blocks) {
            const int now = blocks - done < panels.blocks ? blocks - done : panels.blocks;
            panels.go_to(done);
            each(team, now, [&](int b) {
                const std::int64_t first = std::int64_t{done + b} * R;
                const int count = panels.rows_of(problem.data.n, done + b);
                if (!panels.packed) panels.pack(problem.data, nullptr, first, count, 1.0, b);
                of_block(b, count, outputs + first * K, jacobian + first * K * P);
            });
        }
        panels.packed = panels.whole;
    }

    void of_block(int b, int count, T* outputs, T* jacobian) {
        const int L = panels.L, K = panels.K;
        const Layer<T, V>* layers = panels.layers;
        const Layer<T, V>& last = layers[L - 1];
        const std::ptrdiff_t at = panel<V>(b, K);
        T* deltas = rows + std::size_t(b) * R * widest;
        feedforward<T, V>(layers, L, b, nullptr);
        unpack<T, V>(last.a + at, outputs, count, K);
        for (int k = 0; k < K; ++k) {
            for (int i = 0; i < K * V; ++i) last.delta[at + i] = i / V == k ? panels.share[panel<V>(b, 1) + i % V] : Vec<T>{};
            last.activation->output_backward(last.z + at, last.a + at, last.delta + at, K, V);
            backprop<T, V>(layers, L, b);
            T *weights = jacobian + k * P, *biases = weights;
            for (int l = 0; l < L; ++l) biases += flat.counts[l];
            for (int l = 0; l < L; weights += flat.counts[l], biases += layers[l++].n_out) {
                const Layer<T, V>& layer = layers[l];
                const T* in = reinterpret_cast<const T*>(layer.input + panel<V>(b, layer.n_in));
                unpack<T, V>(layer.delta + panel<V>(b, layer.n_out), deltas, count, layer.n_out);
                for (int r = 0; r < count; ++r) {
                    const T* delta = deltas + r * layer.n_out;
                    outer(in + r, R, layer.n_in, delta, layer.n_out, layer.mask, weights + r * K * P);
                    if (layer.b) __builtin_memcpy(biases + r * K * P, delta, layer.n_out * sizeof(T));
                }
            }
        }
    }
};

}  // namespace glassnet::GLASSNET_VARIANT
