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
    typedef double Doubles __attribute__((vector_size(VECTOR_BYTES / sizeof(T) * 8)));
};
template <class T> using Vec = typename Vectors<T>::Floats;
template <class T> using Ints = typename Vectors<T>::Ints;
template <class T> using Words = typename Vectors<T>::Words;  // 32 bits for each lane
template <class T> using Doubles = typename Vectors<T>::Doubles;  // a double for each lane
template <class T> constexpr int LANES = VECTOR_BYTES / sizeof(T);

// x in every lane; x - 0 keeps the sign of -0.
template <class T> INLINE Vec<T> broadcast(T x) { return x - Vec<T>{}; }

// The lanes of a vector are rows of a batch, or the networks of a population. What a network has one
// of, a weight or a learning rate, is a W: a number T where the lanes are rows, a vector with one
// number for each network where they are networks.
template <class T, class W> constexpr bool LANES_ARE_ROWS = __is_same(T, W);

// The same for numbers that are no T: `One` where the lanes are rows, else `Each`.
template <bool rows, class One, class Each> struct OneOrEach {
    using type = One;
};
template <class One, class Each> struct OneOrEach<false, One, Each> {
    using type = Each;
};
template <class T, class W>
using WordOf = typename OneOrEach<LANES_ARE_ROWS<T, W>, std::uint32_t, Words<T>>::type;
template <class T, class W>
using LevelOf = typename OneOrEach<LANES_ARE_ROWS<T, W>, int, Ints<T>>::type;
template <class T, class W>
using DoubleOf = typename OneOrEach<LANES_ARE_ROWS<T, W>, double, Doubles<T>>::type;

// In each lane the number of its network.
template <class T, class W> INLINE Vec<T> spread(W x) {
    if constexpr (LANES_ARE_ROWS<T, W>)
        return broadcast(x);
    else
        return x;
}

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
template <class T, class W> INLINE Vec<T> maximum(Vec<T> x, W low) {
    const Vec<T> limit = spread<T>(low);
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
template <class T, class W> INLINE Vec<T> minimum(Vec<T> x, W high) {
    const Vec<T> limit = spread<T>(high);
#if defined(__AVX2__)
    if constexpr (sizeof(T) == 4)
        return _mm256_min_ps(limit, x);
    else
        return _mm256_min_pd(limit, x);
#else
    return x > limit ? limit : x;
#endif
}

template <class T, class W> INLINE Vec<T> clip(Vec<T> x, W low, W high) {
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

// The sum over the lanes that belong to one network.
template <class T, class W> INLINE W total(Vec<T> x) {
    if constexpr (LANES_ARE_ROWS<T, W>)
        return sum<T>(x);
    else
        return x;
}

// The same numbers as doubles.
template <class T, class W> INLINE DoubleOf<T, W> widened(W x) {
    if constexpr (LANES_ARE_ROWS<T, W>)
        return x;
    else
        return __builtin_convertvector(x, Doubles<T>);
}

// Doubles rounded to T's digits.
template <class T, class W> INLINE DoubleOf<T, W> rounded(DoubleOf<T, W> x) {
    if constexpr (LANES_ARE_ROWS<T, W>)
        return T(x);
    else
        return __builtin_convertvector(__builtin_convertvector(x, Vec<T>), Doubles<T>);
}

template <class T, class W> INLINE DoubleOf<T, W> root(DoubleOf<T, W> x) {
    if constexpr (LANES_ARE_ROWS<T, W>) {
        return __builtin_sqrt(x);
    } else {
        for (int i = 0; i < LANES<T>; ++i) x[i] = __builtin_sqrt(x[i]);
        return x;
    }
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

// Vectors of as many rows as there are lanes become vectors of columns.
template <class T> INLINE void transpose(Vec<T>* v) {
    constexpr int L = LANES<T>;
    Vec<T> u[L];
    if constexpr (L == 2) {
        u[0] = shuffle<T, 0, 2>(v[0], v[1]);
        u[1] = shuffle<T, 1, 3>(v[0], v[1]);
    } else if constexpr (L == 4) {
        const Vec<T> a = shuffle<T, 0, 4, 2, 6>(v[0], v[1]);
        const Vec<T> b = shuffle<T, 1, 5, 3, 7>(v[0], v[1]);
        const Vec<T> c = shuffle<T, 0, 4, 2, 6>(v[2], v[3]);
        const Vec<T> d = shuffle<T, 1, 5, 3, 7>(v[2], v[3]);
        u[0] = shuffle<T, 0, 1, 4, 5>(a, c);
        u[1] = shuffle<T, 0, 1, 4, 5>(b, d);
        u[2] = shuffle<T, 2, 3, 6, 7>(a, c);
        u[3] = shuffle<T, 2, 3, 6, 7>(b, d);
    } else {
        static_assert(L == 8);
        Vec<T> pairs[L];
        UNROLL for (int i = 0; i < L; i += 2) {
            pairs[i] = shuffle<T, 0, 8, 2, 10, 4, 12, 6, 14>(v[i], v[i + 1]);
            pairs[i + 1] = shuffle<T, 1, 9, 3, 11, 5, 13, 7, 15>(v[i], v[i + 1]);
        }
        UNROLL for (int h = 0; h < L; h += 4) {
            UNROLL for (int i = 0; i < 2; ++i) {
                const Vec<T> low = pairs[h + i];
                const Vec<T> high = pairs[h + i + 2];
                u[h + i] = shuffle<T, 0, 1, 8, 9, 4, 5, 12, 13>(low, high);
                u[h + i + 2] = shuffle<T, 2, 3, 10, 11, 6, 7, 14, 15>(low, high);
            }
        }
        UNROLL for (int i = 0; i < 4; ++i) {
            v[i] = shuffle<T, 0, 1, 2, 3, 8, 9, 10, 11>(u[i], u[i + 4]);
            v[i + 4] = shuffle<T, 4, 5, 6, 7, 12, 13, 14, 15>(u[i], u[i + 4]);
        }
        return;
    }
    UNROLL for (int i = 0; i < L; ++i)
        v[i] = u[i];
}

// Copies n numbers of as many rows as there are lanes, one row to a lane: from one number of `to` to
// the next it is `apart` numbers.
template <class T> INLINE void into_lanes(const T* const* rows, int n, T* to, int apart) {
    constexpr int L = LANES<T>;
    if (n < L) {
        for (int k = 0; k < n; ++k)
            for (int lane = 0; lane < L; ++lane) to[k * apart + lane] = rows[lane][k];
        return;
    }
    for (int done = 0; done < n; done += L) {
        const int k = done + L <= n ? done : n - L;  // the last ones again rather than one by one
        Vec<T> v[L];
        UNROLL for (int lane = 0; lane < L; ++lane)
            v[lane] = load(rows[lane] + k);
        transpose<T>(v);
        UNROLL for (int i = 0; i < L; ++i)
            store<T>(to + (k + i) * apart, v[i]);
    }
}

INLINE std::size_t round_up(std::size_t n, std::size_t to) { return (n + to - 1) / to * to; }

}  // namespace glassnet::GLASSNET_VARIANT
