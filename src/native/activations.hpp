// The activations of core/activations.py, row by row: a value and a slope, in the pre-activation z or in the output a.
//
// `maps` applies one to a panel of vectors; softmax, which goes over the nodes of a row, stands at the end.
#pragma once
#include "elementary.hpp"

namespace glassnet::GLASSNET_VARIANT {

struct Sigmoid {
    static constexpr bool slope_in_z = false;
    template <class T> static INLINE Vec<T> value(Vec<T> z) { return sigmoid<T>(z); }  // eq. (3), held where e^-z would overflow
    template <class T> static INLINE Vec<T> slope(Vec<T> a) { return a * (T(1) - a); }
};

struct Tanh {
    static constexpr bool slope_in_z = false;
    template <class T> static INLINE Vec<T> value(Vec<T> z) { return tanh<T>(z); }
    template <class T> static INLINE Vec<T> slope(Vec<T> a) { return T(1) - a * a; }
};

struct Relu {
    static constexpr bool slope_in_z = false;
    template <class T> static INLINE Vec<T> value(Vec<T> z) { return maximum<T>(z, T(0)); }
    template <class T> static INLINE Vec<T> slope(Vec<T> a) { return a > T(0) ? all(T(1)) : Vec<T>{}; }
};

struct LeakyRelu {
    static constexpr bool slope_in_z = false;
    static constexpr double LEAK = 0.01;
    template <class T> static INLINE Vec<T> value(Vec<T> z) { return z > T(0) ? z : T(LEAK) * z; }
    template <class T> static INLINE Vec<T> slope(Vec<T> a) { return a > T(0) ? all(T(1)) : all(T(LEAK)); }
};

struct Elu {
    static constexpr bool slope_in_z = false;
    template <class T> static INLINE Vec<T> value(Vec<T> z) { return z > T(0) ? z : expm1_negative<T>(minimum<T>(z, T(0))); }
    template <class T> static INLINE Vec<T> slope(Vec<T> a) { return a > T(0) ? all(T(1)) : a + T(1); }
};

struct Selu {
    static constexpr bool slope_in_z = false;
    static constexpr double SCALE = 1.0507009873554805, ALPHA = 1.6732632423543772;
    template <class T> static INLINE Vec<T> value(Vec<T> z) {
        return T(SCALE) * (z > T(0) ? z : T(ALPHA) * expm1_negative<T>(minimum<T>(z, T(0))));
    }
    template <class T> static INLINE Vec<T> slope(Vec<T> a) { return a > T(0) ? all(T(SCALE)) : a + T(SCALE * ALPHA); }
};

struct Gelu {
    static constexpr bool slope_in_z = true;
    static constexpr double C = 0.79788456080286535588, CUBE = 0.044715;  // C = sqrt(2 / pi)
    template <class T> static INLINE Vec<T> value(Vec<T> z) {
        const Vec<T> near = clip<T>(z, T(-30), T(30));
        return T(0.5) * z * (T(1) + tanh<T>(T(C) * (near + T(CUBE) * near * near * near)));
    }
    template <class T> static INLINE Vec<T> slope(Vec<T> z) {
        z = clip<T>(z, T(-30), T(30));
        const Vec<T> t = tanh<T>(T(C) * (z + T(CUBE) * z * z * z));
        return T(0.5) * (T(1) + t) + T(0.5) * z * (T(1) - t * t) * T(C) * (T(1) + T(3 * CUBE) * z * z);
    }
};

struct Silu {
    static constexpr bool slope_in_z = true;
    template <class T> static INLINE Vec<T> value(Vec<T> z) { return z * sigmoid<T>(z); }
    template <class T> static INLINE Vec<T> slope(Vec<T> z) {
        const Vec<T> s = sigmoid<T>(z);
        return s + z * s * (T(1) - s);
    }
};

struct Mish {
    static constexpr bool slope_in_z = true;
    template <class T> static INLINE Vec<T> value(Vec<T> z) { return z * tanh<T>(softplus<T>(z)); }
    template <class T> static INLINE Vec<T> slope(Vec<T> z) {
        const Vec<T> t = tanh<T>(softplus<T>(z));
        return t + z * (T(1) - t * t) * sigmoid<T>(z);
    }
};

struct Softplus {
    static constexpr bool slope_in_z = false;
    template <class T> static INLINE Vec<T> value(Vec<T> z) { return softplus<T>(z); }
    template <class T> static INLINE Vec<T> slope(Vec<T> a) { return -expm1_negative<T>(-a); }
};

struct Identity {
    static constexpr bool slope_in_z = false;
    template <class T> static INLINE Vec<T> value(Vec<T> z) { return z; }
    template <class T> static INLINE Vec<T> slope(Vec<T>) { return all(T(1)); }
};

struct Exponential {
    static constexpr bool slope_in_z = false;
    template <class T> static INLINE Vec<T> value(Vec<T> z) { return exp<T>(z); }
    template <class T> static INLINE Vec<T> slope(Vec<T> a) { return a; }
};

// How one activation is applied to a layer's panel of `nodes` x `V` vectors; z and a may be the same memory where the slope is in a.
template <class T> struct Activation {
    const char* name;
    bool slope_in_z;
    void (*value)(const Vec<T>* z, Vec<T>* a, int nodes, int V);
    void (*backward)(const Vec<T>* z, const Vec<T>* a, Vec<T>* d, int nodes, int V);  // d: da becomes dz, eq. (6)
};

template <class T, class F> void value(const Vec<T>* z, Vec<T>* a, int nodes, int V) {
    for (int i = 0; i < nodes * V; ++i) a[i] = F::template value<T>(z[i]);
}

template <class T, class F> void backward(const Vec<T>* z, const Vec<T>* a, Vec<T>* d, int nodes, int V) {
    for (int i = 0; i < nodes * V; ++i) d[i] *= F::template slope<T>(F::slope_in_z ? z[i] : a[i]);
}

// Softmax over the nodes of each row, eq. (4); the row's largest z is subtracted first.
template <class T> void softmax(const Vec<T>* z, Vec<T>* a, int nodes, int V) {
    for (int v = 0; v < V; ++v) {
        Vec<T> top = z[v], total = {};
        for (int k = 1; k < nodes; ++k) top = z[k * V + v] > top ? z[k * V + v] : top;
        for (int k = 0; k < nodes; ++k) total += a[k * V + v] = exp<T>(z[k * V + v] - top);
        for (int k = 0; k < nodes; ++k) a[k * V + v] /= total;
    }
}

// dz_k = a_k (da_k - sum_j a_j da_j), eq. (7).
template <class T> void softmax_backward(const Vec<T>*, const Vec<T>* a, Vec<T>* d, int nodes, int V) {
    for (int v = 0; v < V; ++v) {
        Vec<T> dot = {};
        for (int k = 0; k < nodes; ++k) dot += a[k * V + v] * d[k * V + v];
        for (int k = 0; k < nodes; ++k) d[k * V + v] = a[k * V + v] * (d[k * V + v] - dot);
    }
}

template <class T, class F> constexpr Activation<T> row(const char* name) { return {name, F::slope_in_z, value<T, F>, backward<T, F>}; }

template <class T> constexpr Activation<T> ACTIVATIONS[] = {
    row<T, Sigmoid>("sigmoid"),
    row<T, Tanh>("tanh"),
    row<T, Relu>("relu"),
    row<T, LeakyRelu>("leaky_relu"),
    row<T, Elu>("elu"),
    row<T, Selu>("selu"),
    row<T, Gelu>("gelu"),
    row<T, Silu>("silu"),
    row<T, Mish>("mish"),
    row<T, Softplus>("softplus"),
    row<T, Identity>("identity"),
    row<T, Exponential>("exponential"),
    {"softmax", false, softmax<T>, softmax_backward<T>},
};

}  // namespace glassnet::GLASSNET_VARIANT
