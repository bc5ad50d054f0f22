// Where the parameters lie: all arrays in one flat vector, so that one loop goes over all of them.
#pragma once
#include "resources.hpp"

namespace glassnet::GLASSNET_VARIANT {

// One parameter array, or some of it, in the flat vector. `size` is a multiple of the lanes.
struct Span {
    std::size_t begin;
    std::size_t size;
    double multiplier;  // the array's learning rate over the run's
    bool is_weights;    // or biases
    bool is_hidden;     // the weights of a layer before the last
};

// Where every parameter array begins in the flat vector: each at a multiple of the lanes, and
// padded with zeros to one.
template <class T> struct ParameterLayout {
    int arrays = 0;
    Span* spans;
    std::size_t* counts;   // of each array, without its padding
    std::size_t size = 0;  // of the flat vector

    // multipliers: of each array, or null: all are 1.
    ParameterLayout(const Network& network, const double* multipliers, const Memory& memory) {
        const int L = network.L;
        spans = allocate<Span>(memory, 2 * L);
        counts = allocate<std::size_t>(memory, 2 * L);
        for (int l = 0; l < L; ++l)
            append(std::size_t(network.sizes[l]) * network.sizes[l + 1], true, multipliers);
        for (int l = 0; l < L - 1; ++l) spans[l].is_hidden = true;
        if (!network.bias) return;
        for (int l = 0; l < L; ++l) append(std::size_t(network.sizes[l + 1]), false, multipliers);
    }

    void read(void* const* from, T* flat) const {
        for (int i = 0; i < arrays; ++i)
            __builtin_memcpy(flat + spans[i].begin, from[i], counts[i] * sizeof(T));
    }

    void write(const T* flat, void* const* to) const {
        for (int i = 0; i < arrays; ++i)
            __builtin_memcpy(to[i], flat + spans[i].begin, counts[i] * sizeof(T));
    }

    // A new flat vector with these numbers.
    T* read_new(void* const* from, const Memory& memory) const {
        T* flat = allocate<T>(memory, size);
        read(from, flat);
        return flat;
    }

    void clear_padding(T* flat) const {
        for (int i = 0; i < arrays; ++i)
            for (std::size_t k = counts[i]; k < spans[i].size; ++k) flat[spans[i].begin + k] = 0;
    }

private:
    void append(std::size_t count, bool is_weights, const double* multipliers) {
        const double multiplier = multipliers ? multipliers[arrays] : 1.0;
        spans[arrays] = {size, round_up(count, LANES<T>), multiplier, is_weights, false};
        counts[arrays] = count;
        size += spans[arrays].size;
        ++arrays;
    }
};

// Copies `n` numbers, a multiple of the lanes.
template <class T> INLINE void copy(T* to, const T* from, std::size_t n) {
    for (std::size_t i = 0; i < n; i += LANES<T>) store<T>(to + i, load(from + i));
}

// Multiplies by a mask, where there is one.
template <class T> INLINE void apply_mask(T* w, const T* mask, std::size_t n) {
    if (!mask) return;
    for (std::size_t i = 0; i < n; ++i) w[i] *= mask[i];
}

}  // namespace glassnet::GLASSNET_VARIANT
