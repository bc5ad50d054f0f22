// The loss and gradient of networks of one hidden layer with few nodes, whose batch is one block of
// rows: the same operations as in network.hpp, with the number of hidden nodes known at compile
// time, so that nothing is left of loops but the numbers. The smallest trainings do little else.
#pragma once
#include "panels.hpp"

namespace glassnet::GLASSNET_VARIANT {

template <class T, int V>
using LossAndGradient = double (*)(Panels<T, V>& panels, const Network& network, const Loss<T>&);

// dw[h * apart] = sum over the rows of in[h * in_step] * delta[h * delta_step], for H weights. A step
// of 0 is one and the same vector for all: the input of a weight of each hidden node, or the delta
// of the output that they lead to.
template <class T, int V, int H>
INLINE void row_of_weights(
    const Vec<T>* in, int in_step, const Vec<T>* delta, int delta_step, T* dw, int apart
) {
    Vec<T> product[H];
    UNROLL for (int h = 0; h < H; ++h) {
        product[h] = in[h * in_step] * delta[h * delta_step];
        UNROLL for (int v = 1; v < V; ++v)
            product[h] += in[h * in_step + v] * delta[h * delta_step + v];
    }
    if (apart == 1) return sums<T, H>(product, dw);
    T sum[H];
    sums<T, H>(product, sum);
    for (int h = 0; h < H; ++h) dw[h * apart] = sum[h];
}

// The loss of the rows in the panels, and the gradient, with H hidden nodes.
template <class T, int V, int H>
double loss_and_gradient(Panels<T, V>& panels, const Network& network, const Loss<T>& loss) {
    const Layer<T, V>& hidden = panels.layers[0];
    const Layer<T, V>& last = panels.layers[1];
    const int D = panels.D;
    const int K = panels.K;
    const T* no_bias = nullptr;
    const auto write_to = [](Vec<T>* to) INLINE_LAMBDA {
        return [to](int i, Vec<T> sum) INLINE_LAMBDA { to[i] = sum; };
    };

    product_tile<T, V, H>(hidden.w, H, 1, hidden.b, hidden.input, D, write_to(hidden.z), V);
    hidden.activation->values(hidden.z, hidden.a, H, V);
    product<T, V>(last.w, K, 1, last.b, hidden.a, H, K, write_to(last.z));
    last.activation->values(last.z, last.a, K, V);
    const double value = sum<T>(loss.evaluate(
        last.z, last.a, panels.y, panels.row_scale, T(network.setting), last.delta, K, V
    ));
    if (!loss.derivative_in_z) last.activation->output_backward(last.z, last.a, last.delta, K, V);
    product_tile<T, V, H>(last.w, 1, K, no_bias, last.delta, K, write_to(hidden.delta), V);
    hidden.activation->output_backward(hidden.z, hidden.a, hidden.delta, H, V);

    for (int d = 0; d < D; ++d)
        row_of_weights<T, V, H>(hidden.input + d * V, 0, hidden.delta, V, hidden.dw + d * H, 1);
    for (int k = 0; k < K; ++k)
        row_of_weights<T, V, H>(hidden.a, V, last.delta + k * V, 0, last.dw + k, K);
    if (hidden.db) rows_sum<T, V>(hidden.delta, 1, hidden.db, H, false);
    if (last.db) rows_sum<T, V>(last.delta, 1, last.db, K, false);
    return value;
}

template <class T, int V> constexpr LossAndGradient<T, V> OF_HIDDEN_NODES[] = {
    loss_and_gradient<T, V, 1>, loss_and_gradient<T, V, 2>, loss_and_gradient<T, V, 3>,
    loss_and_gradient<T, V, 4>, loss_and_gradient<T, V, 5>, loss_and_gradient<T, V, 6>,
    loss_and_gradient<T, V, 7>, loss_and_gradient<T, V, 8>,
};

// The function for a network, or null where it is none of these networks.
template <class T, int V>
LossAndGradient<T, V> for_one_hidden_layer(const Panels<T, V>& panels) {
    constexpr int most = sizeof(OF_HIDDEN_NODES<T, V>) / sizeof(LossAndGradient<T, V>);
    const Layer<T, V>& hidden = panels.layers[0];
    const bool fits = panels.L == 2 && hidden.n_out <= most && !hidden.dropout_mask;
    return fits ? OF_HIDDEN_NODES<T, V>[hidden.n_out - 1] : nullptr;
}

}  // namespace glassnet::GLASSNET_VARIANT
