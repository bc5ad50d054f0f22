// The activations of core/activations.py, row by row: a value and a derivative, the latter in the
// pre-activation z or in the output a.
//
// The table at the end holds what the network calls: a layer's product together with its
// activation, forward and backward, made in one go while the values are in registers.
#pragma once
#include "elementary.hpp"
#include "products.hpp"

namespace glassnet::GLASSNET_VARIANT {

struct Sigmoid {  // eq. (3), clipped where e^-z would overflow
    static constexpr bool derivative_in_z = false;
    template <class T> static INLINE Vec<T> value(Vec<T> z) { return sigmoid<T>(z); }
    template <class T> static INLINE Vec<T> derivative(Vec<T> a) { return a * (T(1) - a); }
};

struct Tanh {
    static constexpr bool derivative_in_z = false;
    template <class T> static INLINE Vec<T> value(Vec<T> z) { return tanh<T>(z); }
    template <class T> static INLINE Vec<T> derivative(Vec<T> a) { return T(1) - a * a; }
};

struct Relu {
    static constexpr bool derivative_in_z = false;
    template <class T> static INLINE Vec<T> value(Vec<T> z) { return maximum<T>(z, T(0)); }
    template <class T> static INLINE Vec<T> derivative(Vec<T> a) {
        return a > T(0) ? broadcast(T(1)) : Vec<T>{};
    }
};

struct LeakyRelu {
    static constexpr bool derivative_in_z = false;
    static constexpr double LEAK = 0.01;
    template <class T> static INLINE Vec<T> value(Vec<T> z) { return z > T(0) ? z : T(LEAK) * z; }
    template <class T> static INLINE Vec<T> derivative(Vec<T> a) {
        return a > T(0) ? broadcast(T(1)) : broadcast(T(LEAK));
    }
};

struct Elu {
    static constexpr bool derivative_in_z = false;
    template <class T> static INLINE Vec<T> value(Vec<T> z) {
        return z > T(0) ? z : expm1_negative<T>(minimum<T>(z, T(0)));
    }
    template <class T> static INLINE Vec<T> derivative(Vec<T> a) {
        return a > T(0) ? broadcast(T(1)) : a + T(1);
    }
};

struct Selu {
    static constexpr bool derivative_in_z = false;
    static constexpr double SCALE = 1.0507009873554805;
    static constexpr double ALPHA = 1.6732632423543772;
    template <class T> static INLINE Vec<T> value(Vec<T> z) {
        return T(SCALE) * (z > T(0) ? z : T(ALPHA) * expm1_negative<T>(minimum<T>(z, T(0))));
    }
    template <class T> static INLINE Vec<T> derivative(Vec<T> a) {
        return a > T(0) ? broadcast(T(SCALE)) : a + T(SCALE * ALPHA);
    }
};

struct Gelu {
    static constexpr bool derivative_in_z = true;
    static constexpr double C = 1.5957691216057307118;  // 2 sqrt(2 / pi)
    static constexpr double CUBE = 0.044715;
    static constexpr double RANGE = 30;
    template <class T> static INLINE Vec<T> value(Vec<T> z) {
        const Vec<T> u = clip<T>(z, T(-RANGE), T(RANGE));
        return maximum<T>(z, T(-RANGE)) * sigmoid<T>(T(C) * (u + T(CUBE) * u * u * u));
    }
    template <class T> static INLINE Vec<T> derivative(Vec<T> z) {
        z = clip<T>(z, T(-RANGE), T(RANGE));
        const Vec<T> s = sigmoid<T>(T(C) * (z + T(CUBE) * z * z * z));
        return s + z * s * (T(1) - s) * T(C) * (T(1) + T(3 * CUBE) * z * z);
    }
};

struct Silu {
    static constexpr bool derivative_in_z = true;
    template <class T> static INLINE Vec<T> value(Vec<T> z) { return z * sigmoid<T>(z); }
    template <class T> static INLINE Vec<T> derivative(Vec<T> z) {
        const Vec<T> s = sigmoid<T>(z);
        return s + z * s * (T(1) - s);
    }
};

struct Mish {
    static constexpr bool derivative_in_z = true;
    template <class T> static INLINE Vec<T> value(Vec<T> z) { return z * tanh<T>(softplus<T>(z)); }
    template <class T> static INLINE Vec<T> derivative(Vec<T> z) {
        const Vec<T> t = tanh<T>(softplus<T>(z));
        return t + z * (T(1) - t * t) * sigmoid<T>(z);
    }
};

struct Softplus {
    static constexpr bool derivative_in_z = false;
    template <class T> static INLINE Vec<T> value(Vec<T> z) { return softplus<T>(z); }
    template <class T> static INLINE Vec<T> derivative(Vec<T> a) { return -expm1_negative<T>(-a); }
};

struct Identity {
    static constexpr bool derivative_in_z = false;
    template <class T> static INLINE Vec<T> value(Vec<T> z) { return z; }
    template <class T> static INLINE Vec<T> derivative(Vec<T>) { return broadcast(T(1)); }
};

struct Exponential {
    static constexpr bool derivative_in_z = false;
    template <class T> static INLINE Vec<T> value(Vec<T> z) { return exp<T>(z); }
    template <class T> static INLINE Vec<T> derivative(Vec<T> a) { return a; }
};

// z = in @ w + b and a = value(z), eq. (1) and (2), for a block of rows: `in` has n_in x V
// vectors, z and a have n_out x V. z and a may be the same memory where nobody needs z.
template <class T, int V, class W, class F>
void forward(const W* w, const W* b, const Vec<T>* in, int n_in, Vec<T>* z, Vec<T>* a, int n_out) {
    product<T, V>(w, n_out, 1, b, in, n_in, n_out, [&](int i, Vec<T> sum) INLINE_LAMBDA {
        if (F::derivative_in_z || z != a) z[i] = sum;
        a[i] = F::template value<T>(sum);
    });
}

// dz of these nodes from delta of the layer after them: da = delta @ w.T, times dropout's mask
// where there is one, times the derivative, eq. (5), (6).
template <class T, int V, class W, class F>
void backward(
    const W* w, const Vec<T>* delta, int n_out, const Vec<T>* dropout_mask, const Vec<T>* z,
    const Vec<T>* a, Vec<T>* dz, int n_in
) {
    const W* no_bias = nullptr;
    product<T, V>(w, 1, n_out, no_bias, delta, n_out, n_in, [&](int i, Vec<T> da) INLINE_LAMBDA {
        const Vec<T> derivative = F::template derivative<T>(F::derivative_in_z ? z[i] : a[i]);
        dz[i] = (dropout_mask ? da * dropout_mask[i] : da) * derivative;
    });
}

// a of K nodes from z, which may be the same memory.
template <class T, class F> void values(const Vec<T>* z, Vec<T>* a, int K, int V) {
    for (int i = 0; i < K * V; ++i) a[i] = F::template value<T>(z[i]);
}

// dz of the outputs from da, in place.
template <class T, class F>
void output_backward(const Vec<T>* z, const Vec<T>* a, Vec<T>* d, int K, int V) {
    for (int i = 0; i < K * V; ++i)
        d[i] *= F::template derivative<T>(F::derivative_in_z ? z[i] : a[i]);
}

// The largest of K vectors that lie V apart, in each lane.
template <class T> INLINE Vec<T> largest(const Vec<T>* z, int K, int V) {
    Vec<T> top = z[0];
    for (int k = 1; k < K; ++k) top = z[k * V] > top ? z[k * V] : top;
    return top;
}

// Softmax over the nodes of each row, eq. (4); the row's largest z is subtracted first.
template <class T> void softmax_values(const Vec<T>* z, Vec<T>* a, int K, int V) {
    for (int v = 0; v < V; ++v) {
        const Vec<T> top = largest<T>(z + v, K, V);
        Vec<T> total = {};
        for (int k = 0; k < K; ++k) {
            a[k * V + v] = exp<T>(z[k * V + v] - top);
            total += a[k * V + v];
        }
        for (int k = 0; k < K; ++k) a[k * V + v] /= total;
    }
}

template <class T, int V, class W>
void softmax_forward(
    const W* w, const W* b, const Vec<T>* in, int n_in, Vec<T>* z, Vec<T>* a, int K
) {
    forward<T, V, W, Identity>(w, b, in, n_in, z, z, K);
    softmax_values<T>(z, a, K, V);
}

// dz_k = a_k (da_k - sum_j a_j da_j), eq. (7).
template <class T>
void softmax_backward(const Vec<T>*, const Vec<T>* a, Vec<T>* d, int K, int V) {
    for (int v = 0; v < V; ++v) {
        Vec<T> dot = {};
        for (int k = 0; k < K; ++k) dot += a[k * V + v] * d[k * V + v];
        for (int k = 0; k < K; ++k) d[k * V + v] = a[k * V + v] * (d[k * V + v] - dot);
    }
}

template <class T, int V, class W = T> struct Activation {
    const char* name;
    bool derivative_in_z;
    void (*forward)(
        const W* w, const W* b, const Vec<T>* in, int n_in, Vec<T>* z, Vec<T>* a, int n_out
    );
    void (*backward)(
        const W* w, const Vec<T>* delta, int n_out, const Vec<T>* dropout_mask, const Vec<T>* z,
        const Vec<T>* a, Vec<T>* dz, int n_in
    );
    void (*values)(const Vec<T>* z, Vec<T>* a, int K, int vectors);
    void (*output_backward)(const Vec<T>* z, const Vec<T>* a, Vec<T>* d, int K, int vectors);
};

template <class T, int V, class W, class F>
constexpr Activation<T, V, W> activation(const char* name) {
    return {
        name,         F::derivative_in_z,    forward<T, V, W, F>, backward<T, V, W, F>,
        values<T, F>, output_backward<T, F>,
    };
}

template <class T, int V, class W = T> constexpr Activation<T, V, W> ACTIVATIONS[] = {
    activation<T, V, W, Sigmoid>("sigmoid"),
    activation<T, V, W, Tanh>("tanh"),
    activation<T, V, W, Relu>("relu"),
    activation<T, V, W, LeakyRelu>("leaky_relu"),
    activation<T, V, W, Elu>("elu"),
    activation<T, V, W, Selu>("selu"),
    activation<T, V, W, Gelu>("gelu"),
    activation<T, V, W, Silu>("silu"),
    activation<T, V, W, Mish>("mish"),
    activation<T, V, W, Softplus>("softplus"),
    activation<T, V, W, Identity>("identity"),
    activation<T, V, W, Exponential>("exponential"),
    // For outputs only, so no delta of a later layer comes back to it.
    {"softmax", false, softmax_forward<T, V, W>, nullptr, softmax_values<T>, softmax_backward<T>},
};

}  // namespace glassnet::GLASSNET_VARIANT
