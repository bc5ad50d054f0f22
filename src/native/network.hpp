// The way forward and the way back of core/network.py, for a block of rows; eq. (1), (2), (5), (6).
#pragma once
#include "dropout.hpp"
#include "losses.hpp"
#include "products.hpp"

namespace glassnet::GLASSNET_VARIANT {

// One layer of weights, the nodes that it leads to, and where their panels lie: those of block number b begin b * V * n_out (for `input`:
// b * V * n_in) vectors on.
template <class T> struct Layer {
    int n_in, n_out;
    T *w, *dw;        // n_in x n_out
    T *b, *db;        // n_out, or null
    const T* mask;    // n_in x n_out, or null: all are trained
    const Activation<T>* activation;
    double dropout;   // of the nodes that it leads to
    int first_node;   // their number, counted through the hidden layers
    Vec<T>* input;    // a of the layer before, after dropout
    Vec<T>* z;        // the same memory as `a` where nobody needs z
    Vec<T>* a;
    Vec<T>* dropped;  // the dropout masks
    Vec<T>* delta;
};

struct Draw {
    std::uint32_t seed, iteration;
};

// z and a of every layer for block b, and the dropout masks where there are any.
template <class T, int V> void feedforward(const Layer<T>* layers, int L, int b, const Draw* draw) {
    for (int l = 0; l < L; ++l) {
        const Layer<T>& layer = layers[l];
        const std::ptrdiff_t at = std::ptrdiff_t{b} * V * layer.n_out;
        product<T, V>(layer.w, layer.n_out, 1, layer.b, layer.input + std::ptrdiff_t{b} * V * layer.n_in, layer.n_in, layer.z + at, layer.n_out);
        layer.activation->value(layer.z + at, layer.a + at, layer.n_out, V);
        if (draw && layer.dropped) {
            Vec<T>*mask = layer.dropped + at, *input = layers[l + 1].input + at;
            dropout_masks<T>(mask, layer.dropout, layer.first_node, layer.n_out, b * V * LANES<T>, V, draw->seed, draw->iteration);
            for (int i = 0; i < layer.n_out * V; ++i) input[i] = layer.a[at + i] * mask[i];
        }
    }
}

// delta of every layer for block b; that of the last is there already. da = delta @ w.T, then dropout's mask, then the slope.
template <class T, int V> void backprop(const Layer<T>* layers, int L, int b) {
    for (int l = L - 1; l > 0; --l) {
        const Layer<T>&layer = layers[l], &before = layers[l - 1];
        const std::ptrdiff_t at = std::ptrdiff_t{b} * V * layer.n_in;
        Vec<T>* delta = before.delta + at;
        product<T, V>(layer.w, 1, layer.n_out, nullptr, layer.delta + std::ptrdiff_t{b} * V * layer.n_out, layer.n_out, delta, layer.n_in);
        if (before.dropped)
            for (int i = 0; i < layer.n_in * V; ++i) delta[i] *= before.dropped[at + i];
        before.activation->backward(before.z + at, before.a + at, delta, layer.n_in, V);
    }
}

// The gradient of a layer's weights from input number d to `last`, and (with the first of them) of its biases, over all blocks of a group.
template <class T, int V> void gradient(const Layer<T>& layer, int blocks, int d, int last, bool add) {
    if (layer.db && d == 0) rows_sum<T, V>(layer.delta, V * layer.n_out, blocks, layer.db, layer.n_out, add);
    weights_product<T, V>(layer.input, V * layer.n_in, layer.delta, V * layer.n_out, blocks, layer.dw, d, last, layer.n_out, add);
}

}  // namespace glassnet::GLASSNET_VARIANT
