// The direction of a matrix, for Muon: `orthogonalized` of core/optimizers.py, and the momentum
// before it.
#pragma once
#include "optimizers.hpp"
#include "products.hpp"

namespace glassnet::GLASSNET_VARIANT {

// Finds directions in memory of its own, which is as large as the largest hidden matrix wants.
template <class T> struct Directions : InMemory {
    const Team& team;
    T* x;      // the matrix, the shorter side along its rows
    T* after;  // that after an iteration
    T* gram;   // x.T x
    T* mixed;  // b gram + c gram^2

    Directions(const Network& network, const Memory& memory, const Team& team) : team(team) {
        std::size_t most = 0;
        std::size_t most_short = 0;
        for (int l = 0; l + 1 < network.L; ++l) {
            const Sides sides(network.sizes[l], network.sizes[l + 1]);
            const std::size_t size = std::size_t(sides.longer) * sides.stride;
            const std::size_t size_short = std::size_t(sides.shorter) * sides.stride;
            most = size > most ? size : most;
            most_short = size_short > most_short ? size_short : most_short;
        }
        x = allocate<T>(memory, most);
        after = allocate<T>(memory, most);
        gram = allocate<T>(memory, most_short);
        mixed = allocate<T>(memory, most_short);
    }

    // g (rows x columns, padded to `size`) and what is remembered of it, m, after this update's
    // momentum; g becomes 0.2 sqrt(max(rows, columns)) times the direction.
    void find(T* g, T* m, std::size_t size, int rows, int columns, T momentum) {
        for (std::size_t i = 0; i < size; i += LANES<T>) {
            const Vec<T> now = momentum * load(m + i) + load(g + i);
            store<T>(m + i, now);
            store<T>(g + i, load(g + i) + momentum * now);
        }
        const Sides sides(rows, columns);
        read(g, sides, T(1) / (T(gradient_norm<T>(g, size)) + T(1e-7)));
        for (int i = 0; i < 5; ++i) iterate(sides);
        write(g, sides, T(0.2 * __builtin_sqrt(double(sides.longer))));
    }

private:
    static constexpr int V = 2;
    static constexpr int TASK_ROWS = 48;  // of a product, which one thread makes at a time

    struct Sides {
        int shorter;
        int longer;
        int stride;   // of a row of x, gram and mixed; what is beyond `shorter` is 0
        int by_long;  // in g
        int by_short;

        Sides(int rows, int columns) {
            const bool is_wide = columns > rows;
            shorter = is_wide ? rows : columns;
            longer = is_wide ? columns : rows;
            stride = static_cast<int>(round_up(shorter, V * LANES<T>));
            by_long = is_wide ? 1 : columns;
            by_short = is_wide ? columns : 1;
        }
    };

    void read(const T* g, const Sides& s, T scale) {
        for (int i = 0; i < s.longer; ++i) {
            T* row = x + std::ptrdiff_t{i} * s.stride;
            for (int j = 0; j < s.shorter; ++j)
                row[j] = scale * g[std::ptrdiff_t{i} * s.by_long + std::ptrdiff_t{j} * s.by_short];
            for (int j = s.shorter; j < s.stride; ++j) row[j] = 0;
        }
    }

    void write(T* g, const Sides& s, T scale) const {
        for (int i = 0; i < s.longer; ++i) {
            const T* row = x + std::ptrdiff_t{i} * s.stride;
            for (int j = 0; j < s.shorter; ++j)
                g[std::ptrdiff_t{i} * s.by_long + std::ptrdiff_t{j} * s.by_short] = scale * row[j];
        }
    }

    // x becomes x (a + b gram + c gram^2).
    void iterate(const Sides& s) {
        constexpr T a = T(3.4445), b = T(-4.7750), c = T(2.0315);
        const auto keep = [](Vec<T> sum, Vec<T>) INLINE_LAMBDA { return sum; };
        const auto mix = [](Vec<T> sum, Vec<T> old) INLINE_LAMBDA { return b * old + c * sum; };
        const auto step = [](Vec<T> sum, Vec<T> old) INLINE_LAMBDA { return a * old + sum; };
        multiply(x, s.stride, 1, x, s.longer, s.shorter, s, gram, gram, keep);
        multiply(gram, 1, s.stride, gram, s.shorter, s.shorter, s, gram, mixed, mix);
        multiply(x, 1, s.stride, mixed, s.shorter, s.longer, s, x, after, step);
        T* const spare = x;
        x = after;
        after = spare;
    }

    // out(m, :) = finish(sum_k left(k, m) right(k, :), old(m, :)) for all `rows` m, where
    // left(k, m) = left[k * by_k + m * by_m].
    template <class Finish>
    void multiply(
        const T* left, std::ptrdiff_t by_k, std::ptrdiff_t by_m, const T* right, int K, int rows,
        const Sides& s, const T* old, T* out, const Finish& finish
    ) const {
        parallel_for(team, (rows + TASK_ROWS - 1) / TASK_ROWS, [&](int task) {
            const int first = task * TASK_ROWS;
            const int count = rows - first < TASK_ROWS ? rows - first : TASK_ROWS;
            for (int j = 0; j < s.stride; j += V * LANES<T>) {
                const auto store_sum = [&](int i, Vec<T> sum) INLINE_LAMBDA {
                    const std::ptrdiff_t at =
                        std::ptrdiff_t{first + i / V} * s.stride + j + i % V * LANES<T>;
                    store<T>(out + at, finish(sum, load(old + at)));
                };
                const auto* columns = reinterpret_cast<const Vec<T>*>(right + j);
                product<T, V>(
                    left + first * by_m, by_k, by_m, static_cast<const T*>(nullptr), columns, K,
                    count, store_sum, s.stride / LANES<T>
                );
            }
        });
    }
};

}  // namespace glassnet::GLASSNET_VARIANT
