// What one core can do with vectors of BYTES bytes (32 for AVX2, 64 for AVX-512): how many multiply-adds, divisions and square roots
// it makes in a nanosecond when none waits for another, and how many nanoseconds one takes that waits for the one before. One JSON
// object.
#include <chrono>
#include <cmath>
#include <cstdio>

using f32 = float __attribute__((vector_size(BYTES)));
using f64 = double __attribute__((vector_size(BYTES)));

// The compiler must believe that v is read and changed here: it can then neither drop nor merge the operations around it.
#define KEEP(v) asm volatile("" : "+v"(v))

// Nanoseconds of one of n turns of f, the best of five tries.
template <class F>
double turn(long n, F f) {
    double best = 1e30;
    for (int tries = 0; tries < 5; ++tries) {
        auto began = std::chrono::steady_clock::now();
        f(n);
        std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - began;
        if (took.count() < best) best = took.count();
    }
    return best / n;
}

// f on twelve vectors in turn, which do not wait for each other: two units with a latency of five would need ten. They are
// twelve variables, not an array, because GCC keeps such an array in memory.
template <class V, class F>
double independent(long n, F f) {
    double ns = turn(n, [f](long n) {
        V one = 1.5f - V{}, a = one, b = one, c = one, d = one, e = one, g = one, h = one, i = one, j = one, k = one, l = one, m = one;
        for (long t = 0; t < n; ++t) {
            f(a), f(b), f(c), f(d), f(e), f(g), f(h), f(i), f(j), f(k), f(l), f(m);
        }
    });
    return 12 * (sizeof(V) / sizeof(V{}[0])) / ns;
}

// f on one vector again and again, each time waiting for the time before.
template <class V, class F>
double dependent(long n, F f) {
    return turn(n, [f](long n) {
        V v = 1.5f - V{};
        for (long t = 0; t < n; ++t) f(v);
    });
}

auto multiply_add = [](auto& v) {
    v = v * 0.999f + 0.001f;
    KEEP(v);
};
auto divide = [](auto& v) {
    v = 1.7f / v;
    KEEP(v);
};
// Square roots a nanosecond, from memory to memory: a vector of them takes longer than its load and store.
template <class S>
double roots(long n) {
    constexpr int count = 12 * sizeof(f32) / sizeof(S);
    double ns = turn(n, [](long n) {
        alignas(BYTES) S from[count], to[count];
        for (S& s : from) s = S(1.5);
        for (long t = 0; t < n; ++t) {
            asm volatile("" : "+m"(from));
            for (int i = 0; i < count; ++i) to[i] = std::sqrt(from[i]);
            asm volatile("" : : "m"(to));
        }
    });
    return count / ns;
}

int main() {
    std::printf("{\"fma32\": %.4f, \"fma64\": %.4f, ", independent<f32>(300000, multiply_add), independent<f64>(300000, multiply_add));
    std::printf("\"div32\": %.4f, \"div64\": %.4f, ", independent<f32>(50000, divide), independent<f64>(50000, divide));
    std::printf("\"sqrt32\": %.4f, \"sqrt64\": %.4f, ", roots<float>(50000), roots<double>(50000));
    std::printf("\"fma_ns\": %.4f, \"div_ns\": %.4f}\n", dependent<f64>(500000, multiply_add), dependent<f64>(200000, divide));
}
