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
#define UNROLL _Pragma("GCC unroll 32")  // so that an array of up to 32 vectors lives in registers
#define INLINE_LAMBDA __attribute__((always_inline))

namespace glassnet::GLASSNET_VARIANT {

#if defined(__AVX512F__)
constexpr int VECTOR_BYTES = 64;
#elif defined(__AVX2__)
constexpr int VECTOR_BYTES = 32;
#else
constexpr int VECTOR_BYTES = 16;
#endif

// How many sums may be in the making at a time without leaving the registers.
#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int SUMS = 24;
#else
constexpr int SUMS = 12;
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
    asm("" : "+v"(x));
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

// What the processor does in one operation, for the vectors that it has of its own. Of the larger and
// the smaller: the second where one of the two is NaN.
#if defined(__SSE2__)
INLINE __m128 root_of(__m128 x) { return _mm_sqrt_ps(x); }
INLINE __m128d root_of(__m128d x) { return _mm_sqrt_pd(x); }
INLINE __m128 larger_of(__m128 a, __m128 b) { return _mm_max_ps(a, b); }
INLINE __m128d larger_of(__m128d a, __m128d b) { return _mm_max_pd(a, b); }
INLINE __m128 smaller_of(__m128 a, __m128 b) { return _mm_min_ps(a, b); }
INLINE __m128d smaller_of(__m128d a, __m128d b) { return _mm_min_pd(a, b); }
#endif
#if defined(__AVX2__)
INLINE __m256 root_of(__m256 x) { return _mm256_sqrt_ps(x); }
INLINE __m256d root_of(__m256d x) { return _mm256_sqrt_pd(x); }
INLINE __m256 larger_of(__m256 a, __m256 b) { return _mm256_max_ps(a, b); }
INLINE __m256d larger_of(__m256d a, __m256d b) { return _mm256_max_pd(a, b); }
INLINE __m256 smaller_of(__m256 a, __m256 b) { return _mm256_min_ps(a, b); }
INLINE __m256d smaller_of(__m256d a, __m256d b) { return _mm256_min_pd(a, b); }
#endif
#if defined(__AVX512F__)
// With a mask of all lanes: the other forms make GCC warn of its own header.
constexpr __mmask8 ALL_8 = 0xFF;
constexpr __mmask16 ALL_16 = 0xFFFF;
INLINE __m512 root_of(__m512 x) { return _mm512_maskz_sqrt_ps(ALL_16, x); }
INLINE __m512d root_of(__m512d x) { return _mm512_maskz_sqrt_pd(ALL_8, x); }
INLINE __m512 larger_of(__m512 a, __m512 b) { return _mm512_maskz_max_ps(ALL_16, a, b); }
INLINE __m512d larger_of(__m512d a, __m512d b) { return _mm512_maskz_max_pd(ALL_8, a, b); }
INLINE __m512 smaller_of(__m512 a, __m512 b) { return _mm512_maskz_min_ps(ALL_16, a, b); }
INLINE __m512d smaller_of(__m512d a, __m512d b) { return _mm512_maskz_min_pd(ALL_8, a, b); }
#endif

// The larger of x and a number; NaN where x is NaN.
template <class T, class W> INLINE Vec<T> maximum(Vec<T> x, W low) {
    const Vec<T> limit = spread<T>(low);
    if constexpr (requires { larger_of(limit, x); })
        return larger_of(limit, x);
    else
        return x < limit ? limit : x;
}

// The smaller of x and a number; NaN where x is NaN.
template <class T, class W> INLINE Vec<T> minimum(Vec<T> x, W high) {
    const Vec<T> limit = spread<T>(high);
    if constexpr (requires { smaller_of(limit, x); })
        return smaller_of(limit, x);
    else
        return x > limit ? limit : x;
}

template <class T, class W> INLINE Vec<T> clip(Vec<T> x, W low, W high) {
    return minimum<T>(maximum<T>(x, low), high);
}

template <class T> INLINE Vec<T> sign(Vec<T> x) {
    const Vec<T> zero = {};
    const Vec<T> one = broadcast(T(1));
    return x > zero ? one : (x < zero ? -one : (x == zero ? zero : x));
}

template <class T> INLINE Vec<T> sqrt(Vec<T> x) {
    if constexpr (requires { root_of(x); }) {
        return root_of(x);
    } else {
        for (int i = 0; i < LANES<T>; ++i)
            x[i] = sizeof(T) == 4 ? __builtin_sqrtf(x[i]) : __builtin_sqrt(x[i]);
        return x;
    }
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

// Vectors made of the lanes of two: lane i is lane number From::lane(i) of them, counted
// through a and then b.
template <int... I> struct Indices {
};
template <int n, int... I> struct FirstIndices : FirstIndices<n - 1, n - 1, I...> {
};
template <int... I> struct FirstIndices<0, I...> {
    using type = Indices<I...>;
};
template <class T, class From, int... I>
INLINE Vec<T> shuffle(Vec<T> a, Vec<T> b, Indices<I...>) {
#if defined(__has_builtin) && __has_builtin(__builtin_shufflevector)
    return __builtin_shufflevector(a, b, From::lane(I)...);
#else
    return __builtin_shuffle(a, b, Ints<T>{From::lane(I)...});
#endif
}
template <class T, class From> INLINE Vec<T> shuffle(Vec<T> a, Vec<T> b) {
    return shuffle<T, From>(a, b, typename FirstIndices<LANES<T>>::type{});
}

// Lanes that a processor moves about within most easily: 16 bytes.
template <class T> constexpr int NEAR = 16 / sizeof(T);

// In each `NEAR` lanes those of one half of a, and between them those of b.
template <class T, int half> struct Interleaved {
    static constexpr int lane(int i) {
        const int in_half = i % NEAR<T> / 2;
        return i / NEAR<T> * NEAR<T> + half * NEAR<T> / 2 + in_half + i % 2 * LANES<T>;
    }
};

// In each `region` lanes every second group of `size` lanes of a, then of b: the even or the odd.
template <class T, int region, int size, int odd> struct EverySecond {
    static constexpr int lane(int i) {
        const int in_region = i % region;
        const int in_half = in_region % (region / 2);
        const int group = 2 * (in_half / size) + odd;
        return i / region * region + group * size + in_half % size +
               in_region / (region / 2) * LANES<T>;
    }
};

// The even groups of `size` lanes of a, each followed by that of b; or the odd ones.
template <class T, int size, int odd> struct Exchanged {
    static constexpr int lane(int i) {
        const int group = i / size;
        return (group / 2 * 2 + odd) * size + i % size + group % 2 * LANES<T>;
    }
};

// The sums of every second group of lanes with the next, of a, then of b.
template <class T, int region, int size> INLINE Vec<T> pairs_added(Vec<T> a, Vec<T> b) {
    return shuffle<T, EverySecond<T, region, size, 0>>(a, b) +
           shuffle<T, EverySecond<T, region, size, 1>>(a, b);
}

// The sums over the lanes of `count` vectors, at most as many as there are lanes, in the first lanes: pairs are interleaved and added until one vector holds all the sums.
template <class T, int count> INLINE Vec<T> sums_of_lanes(const Vec<T>* v) {
    constexpr int L = LANES<T>;
    constexpr int parts = (count + NEAR<T> - 1) / NEAR<T>;
    Vec<T> part[parts];  // each holds NEAR sums, once its groups of NEAR lanes are added
    UNROLL for (int i = 0; i < parts; ++i) {
        const auto pair = [&](int k) INLINE_LAMBDA {
            const int first = i * NEAR<T> + k;
            const Vec<T> a = v[first < count ? first : 0];
            const Vec<T> b = v[first + 1 < count ? first + 1 : 0];
            return shuffle<T, Interleaved<T, 0>>(a, b) + shuffle<T, Interleaved<T, 1>>(a, b);
        };
        if constexpr (NEAR<T> == 2)
            part[i] = pair(0);
        else
            part[i] = pairs_added<T, NEAR<T>, 2>(pair(0), pair(2));
    }
    if constexpr (L > NEAR<T>) {
        int left = parts;
        UNROLL for (int groups = L / NEAR<T>; groups > 1; groups /= 2) {
            UNROLL for (int i = 0; i < (left + 1) / 2; ++i)
                part[i] = pairs_added<T, L, NEAR<T>>(part[2 * i], part[2 * i + (2 * i + 1 < left)]);
            left = (left + 1) / 2;
        }
    }
    return part[0];
}

// The sum over the lanes of each of `count` vectors, to out[0 .. count).
template <class T, int count> INLINE void sums(const Vec<T>* x, T* out) {
    constexpr int now = count < LANES<T> ? count : LANES<T>;
    const Vec<T> total = sums_of_lanes<T, now>(x);
    __builtin_memcpy(out, &total, now * sizeof(T));
    if constexpr (count > now) sums<T, count - now>(x + now, out + now);
}

// Vectors of as many rows as there are lanes become vectors of columns.
template <class T, int size = 1> INLINE void transpose(Vec<T>* v) {
    constexpr int L = LANES<T>;
    UNROLL for (int i = 0; i < L; ++i) {
        if (i & size) continue;
        const Vec<T> a = v[i];
        const Vec<T> b = v[i + size];
        v[i] = shuffle<T, Exchanged<T, size, 0>>(a, b);
        v[i + size] = shuffle<T, Exchanged<T, size, 1>>(a, b);
    }
    if constexpr (2 * size < L) transpose<T, 2 * size>(v);
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
