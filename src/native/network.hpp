// The way forward and the way back of core/network.py, for a block of rows; eq. (1), (2), (5), (6).
#pragma once
#include "dropout.hpp"
#include "losses.hpp"

namespace glassnet::GLASSNET_VARIANT {

// One layer of weights, the nodes that it leads to, and where their panels lie: those of block number b begin panel<V>(b, n_out)
// (for `input`: n_in) vectors on.
template <class T, int V> struct Layer {
    int n_in, n_out;
    T *w, *dw;        // n_in x n_out
    T *b, *db;        // n_out, or null
    const T* mask;    // n_in x n_out, or null: all are trained
    const Activation<T, V>* activation;
    double dropout;   // of the nodes that it leads to
    int first_node;   // their number, counted through the hidden layers
    Vec<T>* input;    // a of the layer before, after dropout
    Vec<T>* z;        // the same memory as `a` where nobody needs z
    Vec<T>* a;
    Vec<T>* dropped;  // the dropout masks
    Vec<T>* delta;
};

struct Draw {
    std::uint32_t seed, iteration, first_row;  // of the group in its batch
};

// z and a of every layer for block b, and the dropout masks where there are any.
template <class T, int V> INLINE void feedforward(const Layer<T, V>* layers, int L, int b, const Draw* draw) {
    for (int l = 0; l < L; ++l) {
        const Layer<T, V>& layer = layers[l];
        const std::ptrdiff_t at = panel<V>(b, layer.n_out);
        const Vec<T>* in = layer.input + panel<V>(b, layer.n_in);
        layer.activation->forward(layer.w, layer.b, in, layer.n_in, layer.z + at, layer.a + at, layer.n_out);
        if (draw && layer.dropped) {
            Vec<T>*mask = layer.dropped + at, *input = layers[l + 1].input + at;
            dropout_masks<T>(mask, layer.dropout, layer.first_node, layer.n_out, draw->first_row + b * V * LANES<T>, V, draw->seed, draw->iteration);
            for (int i = 0; i < layer.n_out * V; ++i) input[i] = layer.a[at + i] * mask[i];
        }
    }
}

// delta of every layer for block b; that of the last is there already.
template <class T, int V> INLINE void backprop(const Layer<T, V>* layers, int L, int b) {
    for (int l = L - 1; l > 0; --l) {
        const Layer<T, V>&layer = layers[l], &before = layers[l - 1];
        const std::ptrdiff_t at = panel<V>(b, layer.n_in);
        const Vec<T>*delta = layer.delta + panel<V>(b, layer.n_out), *dropped = before.dropped ? before.dropped + at : nullptr;
        before.activation->backward(layer.w, delta, layer.n_out, dropped, before.z + at, before.a + at, before.delta + at, layer.n_in);
    }
}

// A piece of the gradient of a layer: that of the weights of some inputs, and with the first of them that of the biases.
struct Piece { int layer, first, last; };

// One piece of the gradient over all blocks of a group; added to what is there, or in its place.
template <class T, int V> INLINE void gradient(const Layer<T, V>* layers, Piece piece, int blocks, bool add) {
    const Layer<T, V>& layer = layers[piece.layer];
    weights_product<T, V>(layer.input, layer.n_in, layer.delta, layer.n_out, blocks, layer.dw, piece.first, piece.last, add);
    if (layer.db && piece.first == 0) rows_sum<T, V>(layer.delta, blocks, layer.db, layer.n_out, add);
}

}  // namespace glassnet::GLASSNET_VARIANT
