// The losses of core/losses.py, row by row: each ONE function that gives the value and its derivative together.
//
// A row's `in_z` says that the derivative is in z (the loss belongs to one output activation), else it is in the output a. Reduction and
// row weights reach `terms` as `share`: what a row's terms are multiplied by, eq. (8).
#pragma once
#include "activations.hpp"

namespace glassnet::GLASSNET_VARIANT {

enum class Reduction { sum, mean, mean_rows };
constexpr const char* REDUCTIONS[] = {"sum", "mean", "mean_rows"};

template <class T> struct Terms { Vec<T> value, slope; };

struct Squares {
    static constexpr bool in_z = false;
    template <class T> static INLINE Terms<T> terms(Vec<T>, Vec<T> a, Vec<T> y, T) { return {(a - y) * (a - y), T(2) * (a - y)}; }
};

struct HalfSquares {
    static constexpr bool in_z = false;
    template <class T> static INLINE Terms<T> terms(Vec<T>, Vec<T> a, Vec<T> y, T) { return {T(0.5) * (a - y) * (a - y), a - y}; }
};

struct Absolute {  // eq. (8.1)
    static constexpr bool in_z = false;
    template <class T> static INLINE Terms<T> terms(Vec<T>, Vec<T> a, Vec<T> y, T) { return {abs<T>(a - y), sign<T>(a - y)}; }
};

struct Huber {  // eq. (8.2)
    static constexpr bool in_z = false;
    template <class T> static INLINE Terms<T> terms(Vec<T>, Vec<T> a, Vec<T> y, T threshold) {
        const Vec<T> held = clip<T>(a - y, -threshold, threshold);
        return {held * (a - y) - T(0.5) * held * held, held};
    }
};

struct Pinball {  // eq. (8.3)
    static constexpr bool in_z = false;
    template <class T> static INLINE Terms<T> terms(Vec<T>, Vec<T> a, Vec<T> y, T quantile) {
        const T tilt = quantile - T(0.5);
        return {T(0.5) * abs<T>(a - y) - tilt * (a - y), T(0.5) * sign<T>(a - y) - tilt};
    }
};

struct BinaryCrossEntropy {  // eq. (9)
    static constexpr bool in_z = true;
    template <class T> static INLINE Terms<T> terms(Vec<T> z, Vec<T> a, Vec<T> y, T) { return {softplus<T>(z) - y * z, a - y}; }
};

struct Poisson {  // eq. (9)
    static constexpr bool in_z = true;
    template <class T> static INLINE Terms<T> terms(Vec<T> z, Vec<T> a, Vec<T> y, T) {
        const Vec<T> y_log_y = y * log<T>(y > T(0) ? y : all(T(1)));
        return {a - y * z + y_log_y - y, a - y};
    }
};

struct BinaryFocal {  // eq. (10.1)
    static constexpr bool in_z = true;
    template <class T> static INLINE Terms<T> terms(Vec<T> z, Vec<T> p, Vec<T> y, T gamma) {
        const Vec<T> q = sigmoid<T>(-z), minus_log_p = softplus<T>(-z), minus_log_q = softplus<T>(z);
        const Vec<T> p_gamma = exp<T>(-gamma * minus_log_p), q_gamma = exp<T>(-gamma * minus_log_q);
        return {
            y * q_gamma * minus_log_p + (T(1) - y) * p_gamma * minus_log_q,
            (T(1) - y) * p_gamma * (p + gamma * q * minus_log_q) - y * q_gamma * (q + gamma * p * minus_log_p)
        };
    }
};

// How one loss is applied to a block of rows: z, a and y are panels of K x V vectors, `share` has one vector for each of the V.
// `slope` becomes share * derivative; what comes back is the sum of share * value, still in lanes.
template <class T> struct Loss {
    const char* name;
    bool in_z;
    Vec<T> (*terms)(const Vec<T>* z, const Vec<T>* a, const Vec<T>* y, const Vec<T>* share, T setting, Vec<T>* slope, int K, int V);
};

template <class T, class L>
Vec<T> terms(const Vec<T>* z, const Vec<T>* a, const Vec<T>* y, const Vec<T>* share, T setting, Vec<T>* slope, int K, int V) {
    Vec<T> total = {};
    for (int k = 0; k < K; ++k)
        for (int v = 0; v < V; ++v) {
            const int i = k * V + v;
            const Terms<T> t = L::template terms<T>(z[i], a[i], y[i], setting);
            slope[i] = share[v] * t.slope;
            total += share[v] * t.value;
        }
    return total;
}

// -y_k log a_k with log a_k = z_k - top - log(sum e^(z - top)); slope a sum(y) - y, eq. (10).
template <class T>
Vec<T> categorical_cross_entropy(const Vec<T>* z, const Vec<T>* a, const Vec<T>* y, const Vec<T>* share, T, Vec<T>* slope, int K, int V) {
    Vec<T> total = {};
    for (int v = 0; v < V; ++v) {
        const Vec<T> top = largest<T>(z + v, K, V);
        Vec<T> sum_e = {}, sum_y = {}, value = {};
        for (int k = 0; k < K; ++k) {
            sum_e += exp<T>(z[k * V + v] - top);
            sum_y += y[k * V + v];
        }
        const Vec<T> log_sum = log<T>(sum_e);
        for (int k = 0; k < K; ++k) {
            const int i = k * V + v;
            value -= y[i] * (z[i] - top - log_sum);
            slope[i] = share[v] * (a[i] * sum_y - y[i]);
        }
        total += share[v] * value;
    }
    return total;
}

// -y_k q_k^gamma log p_k with p = a and q = 1 - p; slope g_k - p_k sum(g), eq. (10.2). The largest e^(z - top) is 1 and would swallow the others.
template <class T>
Vec<T> categorical_focal(const Vec<T>* z, const Vec<T>* p, const Vec<T>* y, const Vec<T>* share, T gamma, Vec<T>* slope, int K, int V) {
    Vec<T> total = {};
    const Vec<T> none = {}, one = all(T(1));
    for (int v = 0; v < V; ++v) {
        const Vec<T> top = largest<T>(z + v, K, V);
        Vec<T> below = {}, tops = {}, sum_g = {}, value = {};
        for (int k = 0; k < K; ++k) {
            const Vec<T> under = z[k * V + v] - top;
            below += under < T(0) ? exp<T>(under) : none;
            tops += under < T(0) ? none : one;
        }
        const Vec<T> log_sum = log1p<T>(below + (tops - one));
        for (int k = 0; k < K; ++k) {
            const int i = k * V + v;
            const Vec<T> log_p = z[i] - top - log_sum, q = -expm1_negative<T>(log_p);
            const Vec<T> q_gamma = q > T(0) ? exp<T>(gamma * log<T>(q)) : none;
            const Vec<T> g = y[i] * q_gamma * (gamma * p[i] * log_p / (q > T(0) ? q : one) - one);
            value -= y[i] * q_gamma * log_p;
            sum_g += g;
            slope[i] = g;
        }
        for (int k = 0; k < K; ++k) slope[k * V + v] = share[v] * (slope[k * V + v] - p[k * V + v] * sum_g);
        total += share[v] * value;
    }
    return total;
}

template <class T, class L> constexpr Loss<T> loss(const char* name) { return {name, L::in_z, terms<T, L>}; }

template <class T> constexpr Loss<T> LOSSES[] = {
    loss<T, Squares>("sum_of_squares"),
    loss<T, Squares>("mean_squared_error"),
    loss<T, HalfSquares>("half_mean_squared_error"),
    loss<T, BinaryCrossEntropy>("binary_cross_entropy"),
    {"categorical_cross_entropy", true, categorical_cross_entropy<T>},
    loss<T, Poisson>("poisson"),
    loss<T, Absolute>("mean_absolute_error"),
    loss<T, Huber>("huber"),
    loss<T, Pinball>("pinball"),
    loss<T, BinaryFocal>("binary_focal"),
    {"categorical_focal", true, categorical_focal<T>},
};

}  // namespace glassnet::GLASSNET_VARIANT
