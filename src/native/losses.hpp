// The losses of core/losses.py, row by row: each ONE function that gives the value and its
// derivative together.
//
// A row's `derivative_in_z` says that the derivative is in z (the loss belongs to one output
// activation), else it is in the output a. Reduction and sample weights reach a loss as
// `row_scale`: what the values and derivatives of a row are multiplied by, eq. (8).
#pragma once
#include "activations.hpp"

namespace glassnet::GLASSNET_VARIANT {

enum class Reduction { sum, mean, mean_rows };
constexpr const char* REDUCTIONS[] = {"sum", "mean", "mean_rows"};

template <class T> struct ValueAndDerivative {
    Vec<T> value;
    Vec<T> derivative;
};

struct Squares {
    static constexpr bool derivative_in_z = false;
    template <class T>
    static INLINE ValueAndDerivative<T> elementwise(Vec<T>, Vec<T> a, Vec<T> y, T) {
        return {(a - y) * (a - y), T(2) * (a - y)};
    }
};

struct HalfSquares {
    static constexpr bool derivative_in_z = false;
    template <class T>
    static INLINE ValueAndDerivative<T> elementwise(Vec<T>, Vec<T> a, Vec<T> y, T) {
        return {T(0.5) * (a - y) * (a - y), a - y};
    }
};

struct Absolute {  // eq. (8.1)
    static constexpr bool derivative_in_z = false;
    template <class T>
    static INLINE ValueAndDerivative<T> elementwise(Vec<T>, Vec<T> a, Vec<T> y, T) {
        return {abs<T>(a - y), sign<T>(a - y)};
    }
};

struct Huber {  // eq. (8.2)
    static constexpr bool derivative_in_z = false;
    template <class T>
    static INLINE ValueAndDerivative<T> elementwise(Vec<T>, Vec<T> a, Vec<T> y, T threshold) {
        const Vec<T> clipped = clip<T>(a - y, -threshold, threshold);
        return {clipped * (a - y) - T(0.5) * clipped * clipped, clipped};
    }
};

struct Pinball {  // eq. (8.3)
    static constexpr bool derivative_in_z = false;
    template <class T>
    static INLINE ValueAndDerivative<T> elementwise(Vec<T>, Vec<T> a, Vec<T> y, T quantile) {
        const T above_half = quantile - T(0.5);
        return {
            T(0.5) * abs<T>(a - y) - above_half * (a - y),
            T(0.5) * sign<T>(a - y) - above_half,
        };
    }
};

struct BinaryCrossEntropy {  // eq. (9)
    static constexpr bool derivative_in_z = true;
    template <class T>
    static INLINE ValueAndDerivative<T> elementwise(Vec<T> z, Vec<T> a, Vec<T> y, T) {
        return {softplus<T>(z) - y * z, a - y};
    }
};

struct Poisson {  // eq. (9)
    static constexpr bool derivative_in_z = true;
    template <class T>
    static INLINE ValueAndDerivative<T> elementwise(Vec<T> z, Vec<T> a, Vec<T> y, T) {
        const Vec<T> y_log_y = y * log<T>(y > T(0) ? y : broadcast(T(1)));
        return {a - y * z + y_log_y - y, a - y};
    }
};

struct BinaryFocal {  // eq. (10.1)
    static constexpr bool derivative_in_z = true;
    template <class T>
    static INLINE ValueAndDerivative<T> elementwise(Vec<T> z, Vec<T> p, Vec<T> y, T gamma) {
        const Vec<T> q = sigmoid<T>(-z);
        const Vec<T> minus_log_p = softplus<T>(-z);
        const Vec<T> minus_log_q = softplus<T>(z);
        const Vec<T> p_gamma = exp<T>(-gamma * minus_log_p);
        const Vec<T> q_gamma = exp<T>(-gamma * minus_log_q);
        return {
            y * q_gamma * minus_log_p + (T(1) - y) * p_gamma * minus_log_q,
            (T(1) - y) * p_gamma * (p + gamma * q * minus_log_q) -
                y * q_gamma * (q + gamma * p * minus_log_p),
        };
    }
};

// How one loss is applied to a block of rows: z, a and y are panels of K x V vectors, `row_scale`
// has one vector for each of the V. `evaluate` writes row_scale * derivative to `derivative`, and
// gives the sum of row_scale * value, still in lanes.
template <class T> struct Loss {
    const char* name;
    bool derivative_in_z;
    Vec<T> (*evaluate)(
        const Vec<T>* z, const Vec<T>* a, const Vec<T>* y, const Vec<T>* row_scale, T setting,
        Vec<T>* derivative, int K, int V
    );
};

template <class T, class L>
Vec<T> evaluate_elementwise(
    const Vec<T>* z, const Vec<T>* a, const Vec<T>* y, const Vec<T>* row_scale, T setting,
    Vec<T>* derivative, int K, int V
) {
    Vec<T> total = {};
    for (int k = 0; k < K; ++k)
        for (int v = 0; v < V; ++v) {
            const int i = k * V + v;
            const ValueAndDerivative<T> element =
                L::template elementwise<T>(z[i], a[i], y[i], setting);
            derivative[i] = row_scale[v] * element.derivative;
            total += row_scale[v] * element.value;
        }
    return total;
}

// -y_k log a_k with log a_k = z_k - top - log(sum e^(z - top)); derivative a sum(y) - y, eq. (10).
template <class T>
Vec<T> categorical_cross_entropy(
    const Vec<T>* z, const Vec<T>* a, const Vec<T>* y, const Vec<T>* row_scale, T,
    Vec<T>* derivative, int K, int V
) {
    Vec<T> total = {};
    for (int v = 0; v < V; ++v) {
        const Vec<T> top = largest<T>(z + v, K, V);
        Vec<T> sum_e = {};
        Vec<T> sum_y = {};
        for (int k = 0; k < K; ++k) {
            sum_e += exp<T>(z[k * V + v] - top);
            sum_y += y[k * V + v];
        }
        const Vec<T> log_sum = log<T>(sum_e);
        Vec<T> value = {};
        for (int k = 0; k < K; ++k) {
            const int i = k * V + v;
            value -= y[i] * (z[i] - top - log_sum);
            derivative[i] = row_scale[v] * (a[i] * sum_y - y[i]);
        }
        total += row_scale[v] * value;
    }
    return total;
}

// log(sum e^(z - top)) of K vectors that lie V apart. The largest term is 1 and would swallow the
// others, so those below it are added up by themselves.
template <class T> INLINE Vec<T> log_sum_exp(const Vec<T>* z, Vec<T> top, int K, int V) {
    const Vec<T> none = {};
    const Vec<T> one = broadcast(T(1));
    Vec<T> below = {};
    Vec<T> tops = {};
    for (int k = 0; k < K; ++k) {
        const Vec<T> under = z[k * V] - top;
        below += under < T(0) ? exp<T>(under) : none;
        tops += under < T(0) ? none : one;
    }
    return log1p<T>(below + (tops - one));
}

// -y_k q_k^gamma log p_k with p = a and q = 1 - p; derivative g_k - p_k sum(g), eq. (10.2).
template <class T>
Vec<T> categorical_focal(
    const Vec<T>* z, const Vec<T>* p, const Vec<T>* y, const Vec<T>* row_scale, T gamma,
    Vec<T>* derivative, int K, int V
) {
    Vec<T> total = {};
    const Vec<T> none = {};
    const Vec<T> one = broadcast(T(1));
    for (int v = 0; v < V; ++v) {
        const Vec<T> top = largest<T>(z + v, K, V);
        const Vec<T> log_sum = log_sum_exp<T>(z + v, top, K, V);
        Vec<T> sum_g = {};
        Vec<T> value = {};
        for (int k = 0; k < K; ++k) {
            const int i = k * V + v;
            const Vec<T> log_p = z[i] - top - log_sum;
            const Vec<T> q = -expm1_negative<T>(log_p);
            const Vec<T> q_gamma = q > T(0) ? exp<T>(gamma * log<T>(q)) : none;
            const Vec<T> q_or_1 = q > T(0) ? q : one;
            const Vec<T> g = y[i] * q_gamma * (gamma * p[i] * log_p / q_or_1 - one);
            value -= y[i] * q_gamma * log_p;
            sum_g += g;
            derivative[i] = g;
        }
        for (int k = 0; k < K; ++k) {
            const int i = k * V + v;
            derivative[i] = row_scale[v] * (derivative[i] - p[i] * sum_g);
        }
        total += row_scale[v] * value;
    }
    return total;
}

template <class T, class L> constexpr Loss<T> loss(const char* name) {
    return {name, L::derivative_in_z, evaluate_elementwise<T, L>};
}

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
