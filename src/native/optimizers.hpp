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
// fields in core/optimizers.py, from `first_setting` on; the first, 0, is the learning rate.

template <class T, class W> struct GradientDescent {  // eq. (13)
    static constexpr int first_setting = 1;
    static constexpr int settings = 1;
    static constexpr int slots = 0;

    GradientDescent() = default;
    GradientDescent(const double*, std::int64_t) {}

    INLINE void step(Vec<T>& w, Vec<T> g, Vec<T>*, W rate, const Span&) const { w -= rate * g; }
};

template <class T, class W> struct Momentum {  // eq. (14)
    static constexpr int first_setting = 1;
    static constexpr int settings = 2;
    static constexpr int slots = 1;
    W momentum;

    Momentum() = default;
    Momentum(const double* setting, std::int64_t) : momentum(T(setting[1])) {}

    INLINE void step(Vec<T>& w, Vec<T> g, Vec<T>* s, W rate, const Span&) const {
        s[0] = momentum * s[0] - rate * g;
        w += s[0];
    }
};

template <class T, class W> struct Nesterov : Momentum<T, W> {  // eq. (15)
    using Momentum<T, W>::Momentum;

    INLINE void step(Vec<T>& w, Vec<T> g, Vec<T>* s, W rate, const Span&) const {
        s[0] = this->momentum * s[0] - rate * g;
        w = w + this->momentum * s[0] - rate * g;
    }
};

template <class T, class W> struct RMSprop {  // eq. (16)
    static constexpr int first_setting = 1;
    static constexpr int settings = 3;
    static constexpr int slots = 1;
    W rho;
    W one_minus_rho;
    W epsilon;

    RMSprop() = default;
    RMSprop(const double* setting, std::int64_t)
        : rho(T(setting[1])), one_minus_rho(T(1 - setting[1])), epsilon(T(setting[2])) {}

    INLINE void step(Vec<T>& w, Vec<T> g, Vec<T>* s, W rate, const Span&) const {
        s[0] = rho * s[0] + one_minus_rho * g * g;
        w -= rate * g / (sqrt<T>(s[0]) + epsilon);
    }
};

template <class T, class W> struct Adam {  // eq. (17)
    static constexpr int first_setting = 1;
    static constexpr int settings = 4;
    static constexpr int slots = 2;
    W beta1;
    W beta2;
    W one_minus_beta1;
    W one_minus_beta2;
    W epsilon;
    W correction1;  // 1 / (1 - beta1^t)
    W correction2;  // 1 / (1 - beta2^t)

    Adam() = default;
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

    INLINE void step(Vec<T>& w, Vec<T> g, Vec<T>* s, W rate, const Span&) const {
        update_means(g, s);
        w -= rate * (s[0] * correction1) / (sqrt<T>(s[1] * correction2) + epsilon);
    }
};

template <class T, class W> struct AdamEpsilonHat : Adam<T, W> {  // eq. (17.1)
    W scale;

    AdamEpsilonHat() = default;
    AdamEpsilonHat(const double* setting, std::int64_t t) : Adam<T, W>(setting, t) {
        scale = T(__builtin_sqrt(1 - power(setting[2], t)) / (1 - power(setting[1], t)));
    }

    INLINE void step(Vec<T>& w, Vec<T> g, Vec<T>* s, W rate, const Span&) const {
        this->update_means(g, s);
        w -= rate * scale * s[0] / (sqrt<T>(s[1]) + this->epsilon);
    }
};

template <class T, class W> struct AdamW : Adam<T, W> {  // eq. (18)
    static constexpr int settings = 5;
    W decay;

    AdamW() = default;
    AdamW(const double* setting, std::int64_t t) : Adam<T, W>(setting, t), decay(T(setting[4])) {}

    INLINE void step(Vec<T>& w, Vec<T> g, Vec<T>* s, W rate, const Span& span) const {
        w -= rate * (span.is_weights ? decay : W{}) * w;
        Adam<T, W>::step(w, g, s, rate, span);
    }
};

// Of hidden matrices g is their orthogonal direction: see orthogonal.hpp.
template <class T, class W> struct Muon : AdamW<T, W> {  // eq. (18.1)
    static constexpr int settings = 6;
    using AdamW<T, W>::AdamW;

    INLINE void step(Vec<T>& w, Vec<T> g, Vec<T>* s, W rate, const Span& span) const {
        if (span.is_hidden)
            w -= rate * (this->decay * w + g);
        else
            AdamW<T, W>::step(w, g, s, rate, span);
    }
};

template <class T, class W> struct Rprop {  // eq. (19)
    static constexpr int first_setting = 0;
    static constexpr int settings = 5;
    static constexpr int slots = 2;
    W first;
    W grow;
    W shrink;
    W smallest;
    W largest;

    Rprop() = default;
    Rprop(const double* setting, std::int64_t) {
        first = T(setting[0]);
        grow = T(setting[1]);
        shrink = T(setting[2]);
        smallest = T(setting[3]);
        largest = T(setting[4]);
    }

    INLINE void step(Vec<T>& w, Vec<T> g, Vec<T>* s, W rate, const Span&) const {
        const Vec<T> turned = sign<T>(g) * sign<T>(s[0]);
        const Vec<T> not_turned = turned > T(0) ? spread<T>(grow) : broadcast(T(1));
        const Vec<T> factor = turned < T(0) ? spread<T>(shrink) : not_turned;
        s[1] = clip<T>(s[1] * factor, smallest, largest);
        s[0] = turned < T(0) ? Vec<T>{} : g;
        w -= (rate / first) * s[1] * sign<T>(s[0]);
    }
};

// The Euclidean norm of a whole gradient, n numbers padded with zeros to a multiple of the lanes.
template <class T, class W = T> DoubleOf<T, W> gradient_norm(const T* g, std::size_t n) {
    DoubleOf<T, W> squares = {};
    for (std::size_t i = 0; i < n; i += LANES<T>)
        squares += widened<T, W>(total<T, W>(load(g + i) * load(g + i)));
    return rounded<T, W>(root<T, W>(squares));
}

// Scales a gradient of that norm to the norm `largest` where it has a larger one, eq. (12.2).
template <class T> void clip_gradients(T* g, std::size_t n, double norm, double largest) {
    if (norm <= largest) return;
    const T scale = T(largest / norm);
    for (std::size_t i = 0; i < n; i += LANES<T>) store<T>(g + i, scale * load(g + i));
}

// What an update is made of. Each array has an entry for each network in the lanes; where the lanes
// are rows, for one.
template <class T, class W> struct Update {
    T* w;
    const T* g;
    T* const* slots;
    const W* rates;                  // the learning rate of each parameter array
    const double* const* settings;   // of the optimizer
    const std::int64_t* t;           // the number of this update, from 1
};

template <class T, class W = T> struct Optimizer {
    const char* name;
    int settings;  // how many there are
    int slots;     // how many there are
    bool is_muon;  // hidden matrices are given directions for gradients
    void (*update)(const Update<T, W>& update, const Span* spans, int count);
};

// Whether a network's settings, as far as the optimizer reads them, are not those of the one before.
template <class O> INLINE bool differ(const double* const* settings) {
    for (int k = O::first_setting; k < O::settings; ++k)
        if (settings[0][k] != settings[-1][k]) return true;
    return false;
}

// The optimizer `O` of every network, one in each lane: all its numbers are vectors, of which each
// network has made its own.
template <class T, template <class, class> class O>
INLINE O<T, Vec<T>> in_lanes(const double* const* settings, const std::int64_t* t) {
    using Alone = O<T, T>;
    using Lanes = O<T, Vec<T>>;
    Lanes lanes;
    if constexpr (!__is_empty(Lanes)) {
        static_assert(sizeof(Lanes) == LANES<T> * sizeof(Alone));
        T* numbers = reinterpret_cast<T*>(&lanes);
        Alone alone(settings[0], t[0]);
        for (int network = 0; network < LANES<T>; ++network) {
            if (network > 0 && (t[network] != t[network - 1] || differ<Alone>(settings + network)))
                alone = Alone(settings[network], t[network]);
            const T* from = reinterpret_cast<const T*>(&alone);
            for (std::size_t i = 0; i < sizeof(Alone) / sizeof(T); ++i)
                numbers[i * LANES<T> + network] = from[i];
        }
    }
    return lanes;
}

template <class T, class W, template <class, class> class O>
INLINE O<T, W> prepared(const double* const* settings, const std::int64_t* t) {
    if constexpr (LANES_ARE_ROWS<T, W>)
        return O<T, W>(settings[0], t[0]);
    else
        return in_lanes<T, O>(settings, t);
}

template <class T, class W, template <class, class> class O>
void update(const Update<T, W>& now, const Span* spans, int count) {
    const O<T, W> optimizer = prepared<T, W, O>(now.settings, now.t);
    constexpr int slots = O<T, W>::slots;
    for (int n = 0; n < count; ++n) {
        const Span span = spans[n];
        const W rate = now.rates[span.array];
        for (std::size_t i = span.begin; i < span.begin + span.size; i += LANES<T>) {
            Vec<T> x = load(now.w + i);
            Vec<T> s[MAX_SLOTS];
            for (int k = 0; k < slots; ++k) s[k] = load(now.slots[k] + i);
            optimizer.step(x, load(now.g + i), s, rate, span);
            store<T>(now.w + i, x);
            for (int k = 0; k < slots; ++k) store<T>(now.slots[k] + i, s[k]);
        }
    }
}

template <class T, class W, template <class, class> class O>
constexpr Optimizer<T, W> optimizer(const char* name, bool is_muon = false) {
    return {name, O<T, W>::settings, O<T, W>::slots, is_muon, update<T, W, O>};
}

template <class T, class W = T> constexpr Optimizer<T, W> OPTIMIZERS[] = {
    optimizer<T, W, GradientDescent>("gradient_descent"),
    optimizer<T, W, Momentum>("momentum"),
    optimizer<T, W, Nesterov>("nesterov"),
    optimizer<T, W, RMSprop>("rmsprop"),
    optimizer<T, W, Adam>("adam"),
    optimizer<T, W, AdamEpsilonHat>("adam_epsilon_hat"),
    optimizer<T, W, AdamW>("adamw"),
    optimizer<T, W, Muon>("muon", true),
    optimizer<T, W, Rprop>("rprop"),
};

}  // namespace glassnet::GLASSNET_VARIANT
