// How weights begin: core/initializers.py with R's random numbers, under the same names.
#pragma once
#include "engine.hpp"

namespace glassnet::lab {

// R's default generator, the Mersenne Twister (Matsumoto & Nishimura 1998), after set.seed(seed).
struct RStream {
    static constexpr int WORDS = 624;
    static constexpr int APART = 397;
    std::uint32_t words[WORDS];
    int next = WORDS;

    explicit RStream(std::int32_t seed) {
        auto word = static_cast<std::uint32_t>(seed);
        const auto step = [&word] { return word = 69069u * word + 1u; };
        for (int i = 0; i < 51; ++i) step();  // 50 to mix, and one for the position
        for (std::uint32_t& to : words) to = step();
    }

    // The next number of `runif`, kept off 0 and 1.
    double operator()() {
        constexpr double half_step = 0.5 * 2.328306437080797e-10;  // of 1 / (2^32 - 1)
        const double u = draw() * 2.3283064365386963e-10;          // 2^-32
        if (u < half_step) return half_step;
        return u > 1 - half_step ? 1 - half_step : u;
    }

private:
    std::uint32_t draw() {
        if (next == WORDS) renew();
        std::uint32_t y = words[next++];
        y ^= y >> 11;
        y ^= y << 7 & 0x9d2c5680u;
        y ^= y << 15 & 0xefc60000u;
        return y ^ y >> 18;
    }

    void renew() {
        for (int k = 0; k < WORDS; ++k) {
            const std::uint32_t joined =
                (words[k] & 0x80000000u) | (words[(k + 1) % WORDS] & 0x7fffffffu);
            words[k] = words[(k + APART) % WORDS] ^ joined >> 1 ^ (joined & 1 ? 0x9908b0dfu : 0);
        }
        next = 0;
    }
};

// The interval that weights are drawn from, given the nodes before and after them.
struct Initializer {
    const char* name;
    double (*low)(int fan_in, int fan_out);
    double (*high)(int fan_in, int fan_out);
};

constexpr Initializer INITIALIZERS[] = {
    {"uniform", [](int, int) { return 0.0; }, [](int, int) { return 1.0; }},
    {
        "glorot",
        [](int in, int out) { return -__builtin_sqrt(6.0 / (in + out)); },
        [](int in, int out) { return __builtin_sqrt(6.0 / (in + out)); },
    },
    {
        "he",
        [](int in, int) { return -__builtin_sqrt(6.0 / in); },
        [](int in, int) { return __builtin_sqrt(6.0 / in); },
    },
    {
        "lecun",
        [](int in, int) { return -__builtin_sqrt(3.0 / in); },
        [](int in, int) { return __builtin_sqrt(3.0 / in); },
    },
};

// Writes the weights, matrix after matrix, row by row; biases are left at 0.
inline void draw_weights(const Network& network, int method, std::int32_t seed, double* weights) {
    RStream runif(seed);
    const Initializer& initializer = INITIALIZERS[method];
    for (int l = 0; l < network.L; ++l) {
        const int in = network.sizes[l];
        const int out = network.sizes[l + 1];
        const double low = initializer.low(in, out);
        const double width = initializer.high(in, out) - low;
        for (int i = 0; i < in * out; ++i) *weights++ = low + width * runif();
    }
}

}  // namespace glassnet::lab
