// L1 and L2 of core/penalties.py: value and gradient together, eq. (11).
#pragma once
#include "arrays.hpp"

namespace glassnet::GLASSNET_VARIANT {

struct Penalty {
    double l2 = 0;
    double l1 = 0;

    explicit operator bool() const { return l2 != 0 || l1 != 0; }
    Penalty scaled(double factor) const { return {l2 * factor, l1 * factor}; }

    // Adds the gradient of `n` (a multiple of the lanes) weights to dw; gives the value.
    template <class T> double add_gradient(const T* w, T* dw, std::size_t n) const {
        double total = 0;
        for (std::size_t i = 0; i < n; i += LANES<T>) {
            const Vec<T> x = load(w + i);
            store<T>(dw + i, load(dw + i) + (T(l2) * x + T(l1) * sign<T>(x)));
            total += double(sum<T>(T(0.5 * l2) * x * x + T(l1) * abs<T>(x)));
        }
        return total;
    }
};

}  // namespace glassnet::GLASSNET_VARIANT
