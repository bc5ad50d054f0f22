// The forward and backward pass of core/network.py, for a block of rows; eq. (1), (2), (5), (6).
#pragma once
#include "dropout.hpp"
#include "losses.hpp"

namespace glassnet::GLASSNET_VARIANT {

// One layer of weights, the nodes that it leads to, and where their panels lie: those of block
// number b begin panel<V>(b, n_out) vectors on, those of `input` panel<V>(b, n_in).
template <class T, int V, class W = T> struct Layer {
    int n_in;
    int n_out;
    W* w;           // n_in x n_out
    W* dw;          // n_in x n_out
    W* b;           // n_out, or null
    W* db;          // n_out, or null
    const T* mask;  // n_in x n_out, or null: all weights are trained
    const Activation<T, V, W>* activation;
    LevelOf<T, W> left_out;  // of dropout, for the nodes that it leads to: see dropout.hpp
    W kept;
    int first_draw;        // of dropout, counted through the hidden layers
    Vec<T>* input;         // a of the layer before, after dropout
    Vec<T>* z;             // the same memory as `a` where nobody needs z
    Vec<T>* a;
    Vec<T>* dropout_mask;  // or null
    Vec<T>* delta;
    Vec<T>* delta_by_row;  // see outer_products; or null
};

// z and a of every layer for block b; with a key the dropout masks too, where there is dropout.
template <class T, int V, class W>
INLINE void feedforward(const Layer<T, V, W>* layers, int L, int b, const DropoutKey<T, W>* key) {
    for (int l = 0; l < L; ++l) {
        const Layer<T, V, W>& layer = layers[l];
        const std::ptrdiff_t at = panel<V>(b, layer.n_out);
        const Vec<T>* in = layer.input + panel<V>(b, layer.n_in);
        Vec<T>* z = layer.z + at;
        Vec<T>* a = layer.a + at;
        layer.activation->forward(layer.w, layer.b, in, layer.n_in, z, a, layer.n_out);
        if (key && layer.dropout_mask) {
            Vec<T>* mask = layer.dropout_mask + at;
            Vec<T>* next_input = layers[l + 1].input + at;
            DropoutKey<T, W> block = *key;
            block.first_row += b * V * (LANES_ARE_ROWS<T, W> ? LANES<T> : 1);
            dropout_masks<T, V, W>(
                mask, layer.left_out, layer.kept, layer.first_draw, layer.n_out, block
            );
            for (int i = 0; i < layer.n_out * V; ++i) next_input[i] = a[i] * mask[i];
        }
    }
}

// delta of every layer for block b, from that of the last.
template <class T, int V, class W>
INLINE void backprop(const Layer<T, V, W>* layers, int L, int b) {
    for (int l = L - 1; l > 0; --l) {
        const Layer<T, V, W>& layer = layers[l];
        const Layer<T, V, W>& before = layers[l - 1];
        const std::ptrdiff_t at = panel<V>(b, layer.n_in);
        const Vec<T>* delta = layer.delta + panel<V>(b, layer.n_out);
        const Vec<T>* mask = before.dropout_mask ? before.dropout_mask + at : nullptr;
        before.activation->backward(
            layer.w, delta, layer.n_out, mask, before.z + at, before.a + at, before.delta + at,
            layer.n_in
        );
    }
}

// The deltas of block b as `outer_products` wants them, of those layers whose gradient it makes.
template <class T, int V, class W> void turn_deltas(const Layer<T, V, W>* layers, int L, int b) {
    for (int l = 0; l < L; ++l) {
        const Layer<T, V, W>& layer = layers[l];
        if (!layer.delta_by_row) continue;
        const Vec<T>* delta = layer.delta + panel<V>(b, layer.n_out);
        turn<T, V>(delta, layer.n_out, layer.delta_by_row + turned<T, V>(b, layer.n_out));
    }
}

// A part of the gradient of a layer: that of the weights of the inputs from `first` to `last`, and
// together with the first input that of the biases.
struct GradientPart {
    int layer;
    int first;
    int last;
};

// A part of the gradient over all blocks of a group; added to what is there, or written over it.
template <class T, int V, class W>
INLINE void gradient(const Layer<T, V, W>* layers, GradientPart part, int blocks, bool add) {
    const Layer<T, V, W>& layer = layers[part.layer];
    int done = 0;
    if constexpr (LANES_ARE_ROWS<T, W>) {
        if (layer.delta_by_row) {
            outer_products<T, V>(
                layer.input, layer.n_in, layer.delta_by_row, layer.n_out, blocks, layer.dw,
                part.first, part.last, add
            );
            done = layer.n_out / LANES<T> * LANES<T>;
        }
    }
    weights_product<T, V>(
        layer.input, layer.n_in, layer.delta, layer.n_out, blocks, layer.dw, part.first, part.last,
        done, add
    );
    if (layer.db && part.first == 0)
        rows_sum<T, V>(layer.delta, blocks, layer.db, layer.n_out, add);
}

}  // namespace glassnet::GLASSNET_VARIANT
