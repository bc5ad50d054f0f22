// Where the parameters lie: all arrays in one flat vector, so that one loop goes over all of them.
#pragma once
#include "resources.hpp"

namespace glassnet::GLASSNET_VARIANT {

// One parameter array, or some of it, in the flat vector. `size` is a multiple of the lanes.
struct Span {
    std::size_t begin;
    std::size_t size;
    int array;          // its number
    bool is_weights;    // or biases
    bool is_hidden;     // the weights of a layer before the last
};

// Where every parameter array begins in the flat vector: each at a multiple of the lanes, and
// padded with zeros to one. Where the lanes are networks, each parameter is a vector.
template <class T, class W = T> struct ParameterLayout {
    static constexpr int NETWORKS = LANES_ARE_ROWS<T, W> ? 1 : LANES<T>;
    int arrays = 0;
    Span* spans;
    std::size_t* counts;   // of each array, without its padding
    std::size_t size = 0;  // of the flat vector
    bool has_padding = false;

    ParameterLayout(const Network& network, const Memory& memory) {
        const int L = network.L;
        spans = allocate<Span>(memory, 2 * L);
        counts = allocate<std::size_t>(memory, 2 * L);
        for (int l = 0; l < L; ++l)
            append(std::size_t(network.sizes[l]) * network.sizes[l + 1], true);
        for (int l = 0; l < L - 1; ++l) spans[l].is_hidden = true;
        if (!network.bias) return;
        for (int l = 0; l < L; ++l) append(std::size_t(network.sizes[l + 1]), false);
    }

    // `network`: whose parameters these are, of those in the lanes.
    void read(void* const* from, T* flat, int network = 0) const {
        for (int i = 0; i < arrays; ++i) {
            const T* array = static_cast<const T*>(from[i]);
            T* to = flat + spans[i].begin + network;
            for (std::size_t k = 0; k < counts[i]; ++k) to[k * NETWORKS] = array[k];
        }
    }

    void write(const T* flat, void* const* to, int network = 0) const {
        for (int i = 0; i < arrays; ++i) {
            T* array = static_cast<T*>(to[i]);
            const T* from = flat + spans[i].begin + network;
            for (std::size_t k = 0; k < counts[i]; ++k) array[k] = from[k * NETWORKS];
        }
    }

    // A new flat vector with these numbers.
    T* read_new(void* const* from, const Memory& memory) const {
        T* flat = allocate<T>(memory, size);
        read(from, flat);
        return flat;
    }

    void clear_padding(T* flat) const {
        for (int i = 0; i < arrays; ++i)
            for (std::size_t k = counts[i] * NETWORKS; k < spans[i].size; ++k)
                flat[spans[i].begin + k] = 0;
    }

private:
    void append(std::size_t count, bool is_weights) {
        spans[arrays] = {size, round_up(count * NETWORKS, LANES<T>), arrays, is_weights, false};
        counts[arrays] = count;
        size += spans[arrays].size;
        has_padding |= spans[arrays].size > count * NETWORKS;
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
