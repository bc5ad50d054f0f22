// L1 and L2 of core/penalties.py: value and gradient together, eq. (11).
#pragma once
#include "arrays.hpp"

namespace glassnet::GLASSNET_VARIANT {

template <class T, class W = T> struct Penalty {
    W l2;
    W half_l2;
    W l1;

    Penalty() = default;
    Penalty(double l2, double l1) : l2(T(l2)), half_l2(T(0.5 * l2)), l1(T(l1)) {}

    // Adds the gradient of `n` (a multiple of the lanes) weights to dw; gives the value.
    DoubleOf<T, W> add_gradient(const T* w, T* dw, std::size_t n) const {
        DoubleOf<T, W> value = {};
        for (std::size_t i = 0; i < n; i += LANES<T>) {
            const Vec<T> x = load(w + i);
            store<T>(dw + i, load(dw + i) + (l2 * x + l1 * sign<T>(x)));
            value += widened<T, W>(total<T, W>(half_l2 * x * x + l1 * abs<T>(x)));
        }
        return value;
    }
};

}  // namespace glassnet::GLASSNET_VARIANT
