// What the whole engine needs to know about arrays: vectors of lanes, and the operations on them
// for which the language has no operator.
//
// Everything here and in the other headers is compiled once for each instruction set, in a
// namespace of its own. So no header of the standard library that holds templates or inline
// functions is included: the linker keeps one copy of such a function, and it could keep the one
// that an older processor cannot run.
#pragma once
#include <cstddef>
#include <cstdint>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

#define INLINE inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 16")  // so that an array of vectors lives in registers
#define INLINE_LAMBDA __attribute__((always_inline))

namespace glassnet::GLASSNET_VARIANT {

#if defined(__AVX2__)
constexpr int VECTOR_BYTES = 32;
#else
constexpr int VECTOR_BYTES = 16;
#endif

// A number that a lambda can be given at compile time.
template <int n> struct Constant {
    static constexpr int value = n;
};

template <class T> struct Bits;
template <> struct Bits<float> {
    using Int = std::int32_t;
};
template <> struct Bits<double> {
    using Int = std::int64_t;
};

template <class T> struct Vectors {
    typedef T Floats __attribute__((vector_size(VECTOR_BYTES)));
    typedef typename Bits<T>::Int Ints __attribute__((vector_size(VECTOR_BYTES)));
    typedef std::uint32_t Words __attribute__((vector_size(VECTOR_BYTES / sizeof(T) * 4)));
};
template <class T> using Vec = typename Vectors<T>::Floats;
template <class T> using Ints = typename Vectors<T>::Ints;
template <class T> using Words = typename Vectors<T>::Words;  // 32 bits for each lane
template <class T> constexpr int LANES = VECTOR_BYTES / sizeof(T);

// x in every lane; x - 0 keeps the sign of -0.
template <class T> INLINE Vec<T> broadcast(T x) { return x - Vec<T>{}; }

template <class T> INLINE Vec<T> load(const T* p) {
    Vec<T> v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

template <class T> INLINE void store(T* p, Vec<T> v) { __builtin_memcpy(p, &v, sizeof v); }

// x, to be kept in a register: the compiler would rather load it anew for each of its uses, and
// loads are the scarcest resource.
template <class T> INLINE Vec<T> in_register(Vec<T> x) {
#if defined(__x86_64__)
    asm("" : "+x"(x));
#endif
    return x;
}

template <class T> INLINE Ints<T> bits(Vec<T> x) { return (Ints<T>)x; }
template <class T> INLINE Vec<T> from_bits(Ints<T> x) { return (Vec<T>)x; }

template <class T> INLINE Vec<T> abs(Vec<T> x) {
    constexpr std::uint64_t sign_bit = std::uint64_t{1} << (8 * sizeof(T) - 1);
    constexpr auto magnitude = static_cast<typename Bits<T>::Int>(~sign_bit);
    return from_bits<T>(bits<T>(x) & magnitude);
}

// The larger of x and a number; NaN where x is NaN.
template <class T> INLINE Vec<T> maximum(Vec<T> x, T low) {
    const Vec<T> limit = broadcast(low);
#if defined(__AVX2__)
    if constexpr (sizeof(T) == 4)
        return _mm256_max_ps(limit, x);
    else
        return _mm256_max_pd(limit, x);
#else
    return x < limit ? limit : x;
#endif
}

// The smaller of x and a number; NaN where x is NaN.
template <class T> INLINE Vec<T> minimum(Vec<T> x, T high) {
    const Vec<T> limit = broadcast(high);
#if defined(__AVX2__)
    if constexpr (sizeof(T) == 4)
        return _mm256_min_ps(limit, x);
    else
        return _mm256_min_pd(limit, x);
#else
    return x > limit ? limit : x;
#endif
}

template <class T> INLINE Vec<T> clip(Vec<T> x, T low, T high) {
    return minimum<T>(maximum<T>(x, low), high);
}

template <class T> INLINE Vec<T> sign(Vec<T> x) {
    const Vec<T> zero = {};
    const Vec<T> one = broadcast(T(1));
    return x > zero ? one : (x < zero ? -one : (x == zero ? zero : x));
}

INLINE Vec<float> sqrt(Vec<float> x) {
#if defined(__AVX2__)
    return _mm256_sqrt_ps(x);
#elif defined(__SSE2__)
    return _mm_sqrt_ps(x);
#else
    for (int i = 0; i < LANES<float>; ++i) x[i] = __builtin_sqrtf(x[i]);
    return x;
#endif
}

INLINE Vec<double> sqrt(Vec<double> x) {
#if defined(__AVX2__)
    return _mm256_sqrt_pd(x);
#elif defined(__SSE2__)
    return _mm_sqrt_pd(x);
#else
    for (int i = 0; i < LANES<double>; ++i) x[i] = __builtin_sqrt(x[i]);
    return x;
#endif
}

// The sum over the lanes.
template <class T> INLINE T sum(Vec<T> x) {
    T total = x[0];
    for (int i = 1; i < LANES<T>; ++i) total += x[i];
    return total;
}

template <class T, int... I> INLINE Vec<T> shuffle(Vec<T> a, Vec<T> b) {
#if defined(__has_builtin) && __has_builtin(__builtin_shufflevector)
    return __builtin_shufflevector(a, b, I...);
#else
    return __builtin_shuffle(a, b, Ints<T>{I...});
#endif
}

// The sums over the lanes of as many vectors as there are lanes: pairs are interleaved and added
// until one vector holds all the sums.
template <class T> INLINE Vec<T> sums_of_lanes(const Vec<T>* v) {
    constexpr int L = LANES<T>;
    if constexpr (L == 2) {
        return shuffle<T, 0, 2>(v[0], v[1]) + shuffle<T, 1, 3>(v[0], v[1]);
    } else if constexpr (L == 4 && sizeof(T) == 8) {
        const Vec<T> ab = shuffle<T, 0, 4, 2, 6>(v[0], v[1]) + shuffle<T, 1, 5, 3, 7>(v[0], v[1]);
        const Vec<T> cd = shuffle<T, 0, 4, 2, 6>(v[2], v[3]) + shuffle<T, 1, 5, 3, 7>(v[2], v[3]);
        return shuffle<T, 0, 1, 4, 5>(ab, cd) + shuffle<T, 2, 3, 6, 7>(ab, cd);
    } else if constexpr (L == 4) {
        const Vec<T> ab = shuffle<T, 0, 4, 1, 5>(v[0], v[1]) + shuffle<T, 2, 6, 3, 7>(v[0], v[1]);
        const Vec<T> cd = shuffle<T, 0, 4, 1, 5>(v[2], v[3]) + shuffle<T, 2, 6, 3, 7>(v[2], v[3]);
        return shuffle<T, 0, 1, 4, 5>(ab, cd) + shuffle<T, 2, 3, 6, 7>(ab, cd);
    } else {
        static_assert(L == 8);
        Vec<T> quad[2];
        UNROLL for (int q = 0; q < 2; ++q) {
            const Vec<T>* u = v + 4 * q;
            const Vec<T> ab = shuffle<T, 0, 8, 1, 9, 4, 12, 5, 13>(u[0], u[1]) +
                              shuffle<T, 2, 10, 3, 11, 6, 14, 7, 15>(u[0], u[1]);
            const Vec<T> cd = shuffle<T, 0, 8, 1, 9, 4, 12, 5, 13>(u[2], u[3]) +
                              shuffle<T, 2, 10, 3, 11, 6, 14, 7, 15>(u[2], u[3]);
            quad[q] = shuffle<T, 0, 1, 8, 9, 4, 5, 12, 13>(ab, cd) +
                      shuffle<T, 2, 3, 10, 11, 6, 7, 14, 15>(ab, cd);
        }
        return shuffle<T, 0, 1, 2, 3, 8, 9, 10, 11>(quad[0], quad[1]) +
               shuffle<T, 4, 5, 6, 7, 12, 13, 14, 15>(quad[0], quad[1]);
    }
}

// The sum over the lanes of each of `count` (8 at most) vectors, to out[0 .. count).
template <class T, int count> INLINE void sums(const Vec<T>* x, T* out) {
    constexpr int L = LANES<T>;
    constexpr int groups = (count + L - 1) / L;
    constexpr int in_last_group = count - (groups - 1) * L;
    UNROLL for (int g = 0; g < groups; ++g) {
        Vec<T> v[L];
        UNROLL for (int i = 0; i < L; ++i)
            v[i] = g * L + i < count ? x[g * L + i] : Vec<T>{};
        const Vec<T> total = sums_of_lanes<T>(v);
        if (g < groups - 1 || in_last_group == L) {
            store<T>(out + g * L, total);
        } else {
            UNROLL for (int i = 0; i < in_last_group; ++i)
                out[g * L + i] = total[i];
        }
    }
}

INLINE std::size_t round_up(std::size_t n, std::size_t to) { return (n + to - 1) / to * to; }

}  // namespace glassnet::GLASSNET_VARIANT
