// The optimizers of core/optimizers.py, row by row: what one parameter array remembers, and how it
// steps.
//
// In a step: w the parameters, g their gradient, s the slots, rate the learning rate, t the number
// of this update, from 1.
#pragma once
#include "parameters.hpp"

namespace glassnet::GLASSNET_VARIANT {

constexpr int MAX_SLOTS = 2;

// b^t by squaring: a pure function of t, so that a run in chunks gives the same numbers as one run.
INLINE double power(double b, std::int64_t t) {
    double result = 1;
    for (; t > 0; t >>= 1, b *= b)
        if (t & 1) result *= b;
    return result;
}

// Each optimizer is made anew for each update from its settings, which come in the order of its
// fields in core/optimizers.py; the first is the learning rate.

template <class T> struct GradientDescent {  // eq. (13)
    static constexpr int settings = 1;
    static constexpr int slots = 0;

    GradientDescent(const double*, std::int64_t) {}

    INLINE void step(Vec<T>& w, Vec<T> g, Vec<T>*, T rate, const Span&) const { w -= rate * g; }
};

template <class T> struct Momentum {  // eq. (14)
    static constexpr int settings = 2;
    static constexpr int slots = 1;
    T momentum;

    Momentum(const double* setting, std::int64_t) : momentum(T(setting[1])) {}

    INLINE void step(Vec<T>& w, Vec<T> g, Vec<T>* s, T rate, const Span&) const {
        s[0] = momentum * s[0] - rate * g;
        w += s[0];
    }
};

template <class T> struct Nesterov : Momentum<T> {  // eq. (15)
    using Momentum<T>::Momentum;

    INLINE void step(Vec<T>& w, Vec<T> g, Vec<T>* s, T rate, const Span&) const {
        s[0] = this->momentum * s[0] - rate * g;
        w = w + this->momentum * s[0] - rate * g;
    }
};

template <class T> struct RMSprop {  // eq. (16)
    static constexpr int settings = 3;
    static constexpr int slots = 1;
    T rho;
    T one_minus_rho;
    T epsilon;

    RMSprop(const double* setting, std::int64_t)
        : rho(T(setting[1])), one_minus_rho(T(1 - setting[1])), epsilon(T(setting[2])) {}

    INLINE void step(Vec<T>& w, Vec<T> g, Vec<T>* s, T rate, const Span&) const {
        s[0] = rho * s[0] + one_minus_rho * g * g;
        w -= rate * g / (sqrt(s[0]) + epsilon);
    }
};

template <class T> struct Adam {  // eq. (17)
    static constexpr int settings = 4;
    static constexpr int slots = 2;
    T beta1;
    T beta2;
    T one_minus_beta1;
    T one_minus_beta2;
    T epsilon;
    T correction1;  // 1 / (1 - beta1^t)
    T correction2;  // 1 / (1 - beta2^t)

    Adam(const double* setting, std::int64_t t) {
        beta1 = T(setting[1]);
        beta2 = T(setting[2]);
        one_minus_beta1 = T(1 - setting[1]);
        one_minus_beta2 = T(1 - setting[2]);
        epsilon = T(setting[3]);
        correction1 = T(1 / (1 - power(setting[1], t)));
        correction2 = T(1 / (1 - power(setting[2], t)));
    }

    INLINE void update_means(Vec<T> g, Vec<T>* s) const {
        s[0] = beta1 * s[0] + one_minus_beta1 * g;
        s[1] = beta2 * s[1] + one_minus_beta2 * g * g;
    }

    INLINE void step(Vec<T>& w, Vec<T> g, Vec<T>* s, T rate, const Span&) const {
        update_means(g, s);
        w -= rate * (s[0] * correction1) / (sqrt(s[1] * correction2) + epsilon);
    }
};

template <class T> struct AdamEpsilonHat : Adam<T> {  // eq. (17.1)
    T scale;

    AdamEpsilonHat(const double* setting, std::int64_t t) : Adam<T>(setting, t) {
        scale = T(__builtin_sqrt(1 - power(setting[2], t)) / (1 - power(setting[1], t)));
    }

    INLINE void step(Vec<T>& w, Vec<T> g, Vec<T>* s, T rate, const Span&) const {
        this->update_means(g, s);
        w -= rate * scale * s[0] / (sqrt(s[1]) + this->epsilon);
    }
};

template <class T> struct AdamW : Adam<T> {  // eq. (18)
    static constexpr int settings = 5;
    T decay;

    AdamW(const double* setting, std::int64_t t) : Adam<T>(setting, t), decay(T(setting[4])) {}

    INLINE void step(Vec<T>& w, Vec<T> g, Vec<T>* s, T rate, const Span& span) const {
        w -= rate * (span.is_weights ? decay : T(0)) * w;
        Adam<T>::step(w, g, s, rate, span);
    }
};

// Of hidden matrices g is their orthogonal direction: see orthogonal.hpp.
template <class T> struct Muon : AdamW<T> {  // eq. (18.1)
    static constexpr int settings = 6;
    using AdamW<T>::AdamW;

    INLINE void step(Vec<T>& w, Vec<T> g, Vec<T>* s, T rate, const Span& span) const {
        if (span.is_hidden)
            w -= rate * (this->decay * w + g);
        else
            AdamW<T>::step(w, g, s, rate, span);
    }
};

template <class T> struct Rprop {  // eq. (19)
    static constexpr int settings = 5;
    static constexpr int slots = 2;
    T first;
    T grow;
    T shrink;
    T smallest;
    T largest;

    Rprop(const double* setting, std::int64_t) {
        first = T(setting[0]);
        grow = T(setting[1]);
        shrink = T(setting[2]);
        smallest = T(setting[3]);
        largest = T(setting[4]);
    }

    INLINE void step(Vec<T>& w, Vec<T> g, Vec<T>* s, T rate, const Span&) const {
        const Vec<T> turned = sign<T>(g) * sign<T>(s[0]);
        const Vec<T> not_turned = turned > T(0) ? broadcast(grow) : broadcast(T(1));
        const Vec<T> factor = turned < T(0) ? broadcast(shrink) : not_turned;
        s[1] = clip<T>(s[1] * factor, smallest, largest);
        s[0] = turned < T(0) ? Vec<T>{} : g;
        w -= (rate / first) * s[1] * sign<T>(s[0]);
    }
};

// The Euclidean norm of a whole gradient, n numbers padded with zeros to a multiple of the lanes.
template <class T> double gradient_norm(const T* g, std::size_t n) {
    double total = 0;
    for (std::size_t i = 0; i < n; i += LANES<T>)
        total += double(sum<T>(load(g + i) * load(g + i)));
    return T(__builtin_sqrt(total));
}

// Scales a gradient of that norm to the norm `largest` where it has a larger one, eq. (12.2).
template <class T> void clip_gradients(T* g, std::size_t n, double norm, double largest) {
    if (norm <= largest) return;
    const T scale = T(largest / norm);
    for (std::size_t i = 0; i < n; i += LANES<T>) store<T>(g + i, scale * load(g + i));
}

template <class T> struct Optimizer {
    const char* name;
    int settings;  // how many there are
    int slots;     // how many there are
    bool is_muon;  // hidden matrices are given directions for gradients
    void (*update)(
        T* w, const T* g, T* const* slots, const Span* spans, int count, double rate,
        const double* setting, std::int64_t t
    );
};

template <class T, class O>
void update(
    T* w, const T* g, T* const* slots, const Span* spans, int count, double rate,
    const double* setting, std::int64_t t
) {
    const O optimizer(setting, t);
    for (int n = 0; n < count; ++n) {
        const Span span = spans[n];
        const T array_rate = T(rate * span.multiplier);
        for (std::size_t i = span.begin; i < span.begin + span.size; i += LANES<T>) {
            Vec<T> x = load(w + i);
            Vec<T> s[MAX_SLOTS];
            for (int k = 0; k < O::slots; ++k) s[k] = load(slots[k] + i);
            optimizer.step(x, load(g + i), s, array_rate, span);
            store<T>(w + i, x);
            for (int k = 0; k < O::slots; ++k) store<T>(slots[k] + i, s[k]);
        }
    }
}

template <class T, class O>
constexpr Optimizer<T> optimizer(const char* name, bool is_muon = false) {
    return {name, O::settings, O::slots, is_muon, update<T, O>};
}

template <class T> constexpr Optimizer<T> OPTIMIZERS[] = {
    optimizer<T, GradientDescent<T>>("gradient_descent"),
    optimizer<T, Momentum<T>>("momentum"),
    optimizer<T, Nesterov<T>>("nesterov"),
    optimizer<T, RMSprop<T>>("rmsprop"),
    optimizer<T, Adam<T>>("adam"),
    optimizer<T, AdamEpsilonHat<T>>("adam_epsilon_hat"),
    optimizer<T, AdamW<T>>("adamw"),
    optimizer<T, Muon<T>>("muon", true),
    optimizer<T, Rprop<T>>("rprop"),
};

}  // namespace glassnet::GLASSNET_VARIANT
