// Exponentials and logarithms on vectors, to the last bit or two. The polynomials are Taylor's,
// on arguments that were made small enough for them.
#pragma once
#include "arrays.hpp"

namespace glassnet::GLASSNET_VARIANT {

// What depends on the number format: its layout, how many terms a series needs, where e^x ends.
template <class T> struct Format;
template <> struct Format<double> {
    static constexpr int mantissa_bits = 52;
    static constexpr int exponent_bias = 1023;
    static constexpr int exp_terms = 13;
    static constexpr int log_terms = 11;
    static constexpr double overflow = 709.79;    // e^x is infinite above
    static constexpr double underflow = -745.2;   // e^x is 0 below
    static constexpr double normal = 708.0;       // e^-x is a normal number up to here
    static constexpr double smallest = 0x1p-1022; // normal number
    static constexpr double ln2_high = 0x1.62e42feep-1;  // 32 digits, so that n * high is exact
    static constexpr double ln2_low = 0x1.a39ef35793c76p-33;
};
template <> struct Format<float> {
    static constexpr int mantissa_bits = 23;
    static constexpr int exponent_bias = 127;
    static constexpr int exp_terms = 7;
    static constexpr int log_terms = 6;
    static constexpr float overflow = 88.73f;
    static constexpr float underflow = -104.0f;
    static constexpr float normal = 87.0f;
    static constexpr float smallest = 0x1p-126f;
    static constexpr float ln2_high = 0x1.62ep-1f;
    static constexpr float ln2_low = 0x1.0bfbe8p-15f;
};

// Adding it to a number rounds that to a whole number, which then stands in the lowest bits.
template <class T>
constexpr T ROUNDING = T(std::uint64_t{3} << (Format<T>::mantissa_bits - 1));

constexpr double factorial(int n) { return n < 2 ? 1 : n * factorial(n - 1); }
// A variable, so that no compiler works it out anew each time.
template <class T, int n> constexpr T INVERSE_FACTORIAL = T(1 / factorial(n));

// sum over k of r^k / (first + k)!, `count` terms, by halves (Estrin), so that the chain of
// dependent operations is short. powers: r, r^2, r^4, r^8.
template <class T, int first, int count> INLINE Vec<T> taylor(const Vec<T>* powers) {
    if constexpr (count == 1) {
        return broadcast(INVERSE_FACTORIAL<T, first>);
    } else if constexpr (count == 2) {
        return INVERSE_FACTORIAL<T, first> + INVERSE_FACTORIAL<T, first + 1> * powers[0];
    } else {
        constexpr int log = count > 8 ? 3 : (count > 4 ? 2 : 1);
        constexpr int half = 1 << log;
        const Vec<T> low = taylor<T, first, half>(powers);
        return low + powers[log] * taylor<T, first + half, count - half>(powers);
    }
}

// x = n ln 2 + r with |r| <= ln 2 / 2.
template <class T> struct Reduced {
    Vec<T> n;
    Vec<T> r;
    Vec<T> shifted;  // n again, as a whole number in the lowest bits

    INLINE explicit Reduced(Vec<T> x) {
        shifted = x * T(1.4426950408889634074) + ROUNDING<T>;
        n = shifted - ROUNDING<T>;
        r = (x - n * Format<T>::ln2_high) - n * Format<T>::ln2_low;
    }
};

// 2^n for a whole number n of normal size, given as `shifted` above.
template <class T> INLINE Vec<T> power_of_2(Vec<T> shifted) {
    using F = Format<T>;
    return from_bits<T>((bits<T>(shifted) + F::exponent_bias) << F::mantissa_bits);
}

// (e^r - 1) / r for a reduced r.
template <class T> INLINE Vec<T> expm1_over(Vec<T> r) {
    const Vec<T> r2 = r * r;
    const Vec<T> r4 = r2 * r2;
    const Vec<T> powers[4] = {r, r2, r4, r4 * r4};
    return taylor<T, 1, Format<T>::exp_terms>(powers);
}

// e^x the shortest way, for those who only add it to 1: never below the smallest normal number,
// and infinity once 2^n would be.
template <class T> INLINE Vec<T> exp_clipped(Vec<T> x) {
    const Reduced<T> reduced(clip<T>(x, -Format<T>::normal, Format<T>::overflow));
    const Vec<T> r = reduced.r;
    const Vec<T> r2 = r * r;
    const Vec<T> r4 = r2 * r2;
    const Vec<T> powers[4] = {r, r2, r4, r4 * r4};
    return taylor<T, 0, Format<T>::exp_terms + 1>(powers) * power_of_2<T>(reduced.shifted);
}

// e^x everywhere: infinity above, subnormal numbers and 0 below, NaN stays.
template <class T> INLINE Vec<T> exp(Vec<T> x) {
    const Reduced<T> reduced(clip<T>(x, Format<T>::underflow, Format<T>::overflow));
    const Vec<T> half = reduced.n * T(0.5) + ROUNDING<T>;  // 2^n in two factors, each normal
    const Vec<T> rest = (reduced.n - (half - ROUNDING<T>)) + ROUNDING<T>;
    const Vec<T> power = reduced.r * expm1_over<T>(reduced.r) + T(1);  // 1 last: half the error
    return power * power_of_2<T>(half) * power_of_2<T>(rest);
}

// e^x - 1 for x <= 0, without losing digits near 0.
template <class T> INLINE Vec<T> expm1_negative(Vec<T> x) {
    const Reduced<T> reduced(maximum<T>(x, -Format<T>::normal));
    const Vec<T> scale = power_of_2<T>(reduced.shifted);
    return scale * (reduced.r * expm1_over<T>(reduced.r)) + (scale - T(1));
}

// 2 artanh(s) = log((1 + s) / (1 - s)) = 2 (s + s^3/3 + s^5/5 + ...), for |s| <= 0.172.
template <class T> INLINE Vec<T> twice_artanh(Vec<T> s) {
    const Vec<T> square = s * s;
    Vec<T> series = broadcast(T(1.0 / (2 * Format<T>::log_terms + 1)));
    for (int k = Format<T>::log_terms - 1; k > 0; --k)
        series = series * square + T(1.0 / (2 * k + 1));
    return T(2) * (s + s * square * series);
}

// log(1 + u) for 0 <= u <= 1.
template <class T> INLINE Vec<T> log1p_unit(Vec<T> u) {
    const Vec<T> none = {};
    const auto large = u > T(0.41);
    const Vec<T> f = large ? (u - T(1)) * T(0.5) : u;  // 1 + u = 2 (1 + f)
    const Vec<T> log = twice_artanh<T>(f / (f + T(2)));
    const Vec<T> high = large ? broadcast(Format<T>::ln2_high) : none;
    const Vec<T> low = large ? broadcast(Format<T>::ln2_low) : none;
    return high + (low + log);
}

// log x for x > 0 and finite.
template <class T> INLINE Vec<T> log(Vec<T> x) {
    using F = Format<T>;
    using Int = typename Bits<T>::Int;
    constexpr T lift = T(std::uint64_t{1} << (F::mantissa_bits + 1));
    constexpr Int mantissa_mask = (Int{1} << F::mantissa_bits) - 1;
    const auto subnormal = x < F::smallest;
    const Ints<T> b = bits<T>(subnormal ? x * lift : x);
    Ints<T> exponent = (b >> F::mantissa_bits) - F::exponent_bias;
    const Ints<T> exponent_of_1 = (Ints<T>{} + F::exponent_bias) << F::mantissa_bits;
    Vec<T> m = from_bits<T>((b & mantissa_mask) | exponent_of_1);  // 1 <= m < 2
    const auto high = m > T(1.4142135);
    m = high ? m * T(0.5) : m;
    exponent -= high;  // true is -1
    Vec<T> n = __builtin_convertvector(exponent, Vec<T>);
    n = subnormal ? n - T(F::mantissa_bits + 1) : n;
    return n * F::ln2_high + (n * F::ln2_low + twice_artanh<T>((m - T(1)) / (m + T(1))));
}

// log(1 + u) for u >= 0.
template <class T> INLINE Vec<T> log1p(Vec<T> u) {
    return u <= T(1) ? log1p_unit<T>(u) : log<T>(u + T(1));
}

template <class T> INLINE Vec<T> tanh(Vec<T> x) {
    const Vec<T> below = expm1_negative<T>(T(-2) * abs<T>(x));  // e^-2|x| - 1
    const Vec<T> size = -below / (below + T(2));
    return x < T(0) ? -size : (x == T(0) ? x : size);
}

template <class T> INLINE Vec<T> sigmoid(Vec<T> z) { return T(1) / (T(1) + exp_clipped<T>(-z)); }

template <class T> INLINE Vec<T> softplus(Vec<T> z) {
    return maximum<T>(z, T(0)) + log1p_unit<T>(exp<T>(-abs<T>(z)));
}

}  // namespace glassnet::GLASSNET_VARIANT
