// The networks in the lanes of vectors: what each has, and how it comes into its lane and leaves it.
#pragma once
#include "training.hpp"

namespace glassnet::GLASSNET_VARIANT {

constexpr std::int64_t MAX_COUNT = std::int64_t{1} << 62;

// What several networks of one shape have, one in each lane: in vectors, or in arrays with an entry
// for each lane.
template <class T> struct Lanes {
    static constexpr int P = LANES<T>;
    using W = Vec<T>;

    const Member* next;  // the first member that waits for a lane
    const Member* end;
    const Problem& shape;  // the first one's problem: what is the same for all
    const Optimizer<T, W>& optimizer;
    ParameterLayout<T, W> layout;
    T* w;
    T* dw;
    T* start;  // the parameters at the start of the epoch
    T* best;  // those with the lowest loss so far
    T* slots[MAX_SLOTS];
    T* saved[1 + MAX_SLOTS];  // parameters and slots of a network that `leave` was told of
    T* mask = nullptr;  // of the parameters; null: all are trained
    const Member* member[P] = {};  // null: the lane is empty
    int n_running = 0;
    alignas(64) std::int64_t running[P] = {};  // -1: a network whose run has not ended, else 0
    alignas(64) double best_loss[P] = {};
    alignas(64) std::int64_t best_epoch[P] = {};
    alignas(64) std::int64_t waited[P] = {};
    alignas(64) std::int64_t epoch[P] = {};
    alignas(64) std::int64_t epochs_left[P] = {};  // of this call
    alignas(64) double min_delta[P] = {};
    alignas(64) std::int64_t patience[P] = {};
    std::int64_t t[P] = {};  // updates made
    const double* settings[P] = {};  // of the optimizer
    const double* next_rate[P] = {};
    double* iteration_loss[P] = {};  // where the next one goes
    double* epoch_loss[P] = {};

    Lanes(const Member* members, std::int64_t count, const Memory& memory)
        : next(members),
          end(members + count),
          shape(*members->problem),
          optimizer(OPTIMIZERS<T, W>[shape.optimizer]),
          layout(shape.network, memory) {
        w = allocate<T>(memory, layout.size);
        dw = allocate<T>(memory, layout.size);
        start = allocate<T>(memory, layout.size);
        best = allocate<T>(memory, layout.size);
        for (int k = 0; k < optimizer.slots; ++k) slots[k] = allocate<T>(memory, layout.size);
        for (int k = 0; k < 1 + optimizer.slots; ++k) saved[k] = allocate<T>(memory, layout.size);
        for (int p = 0; p < P; ++p) settings[p] = shape.settings;
        for (const Member* one = members; one != end && !mask; ++one)
            if (one->problem->masks) mask = allocate<T>(memory, layout.size);
    }

    const Problem& problem(int p) const { return *member[p]->problem; }

    // The next network takes lane p, which stays empty where there is none; gives whether there is.
    bool fill(int p) {
        n_running += running[p];
        running[p] = next != end ? -1 : 0;
        n_running -= running[p];
        member[p] = running[p] ? next++ : nullptr;
        if (!member[p]) return false;
        read_state(*member[p]->state, p);
        read_mask(p);
        const Measured& measured = *member[p]->measured;
        iteration_loss[p] = measured.iteration_loss;
        epoch_loss[p] = measured.loss;
        next_rate[p] = member[p]->epochs->rates;
        epochs_left[p] = member[p]->epochs->count;
        for (std::int64_t e = 0; e < epochs_left[p]; ++e) measured.penalty[e] = 0;
        settings[p] = problem(p).settings;
        min_delta[p] = problem(p).min_delta;
        patience[p] = problem(p).patience < 0 ? MAX_COUNT : problem(p).patience;
        return true;
    }

    // Where the network of lane p stands becomes its member's state.
    void write(int p) const {
        write_state(*member[p]->state, p);
        Measured& measured = *member[p]->measured;
        measured.iterations = iteration_loss[p] - measured.iteration_loss;
        measured.epochs = epoch_loss[p] - measured.loss;
    }

    // The network's run has ended in the midst of an epoch. Its lane goes on to the end of the epoch,
    // and what it does there, `restore` takes back.
    void leave(int p) {
        running[p] = 0;
        --n_running;
        for (std::size_t i = p; i < layout.size; i += P) {
            saved[0][i] = w[i];
            for (int k = 0; k < optimizer.slots; ++k) saved[1 + k][i] = slots[k][i];
        }
    }

    void restore() {
        for (int p = 0; p < P; ++p) {
            if (!member[p] || running[p]) continue;
            for (std::size_t i = p; i < layout.size; i += P) {
                w[i] = saved[0][i];
                for (int k = 0; k < optimizer.slots; ++k) slots[k][i] = saved[1 + k][i];
            }
        }
    }

    // 0 in the lanes of networks whose parameters are all finite, else NaN.
    INLINE Vec<T> not_finite() const {
        Vec<T> none = {};
        for (std::size_t i = 0; i < layout.size; i += P) {
            const Vec<T> x = load(w + i);
            none += x - x;  // inf - inf is NaN
        }
        return none;
    }

    // The parameters at the start of the epoch are the best so far, in all lanes.
    INLINE void keep_start_as_best() {
        T* spare = best;
        best = start;
        start = spare;
    }

    // The parameters in these lanes, those of `from`, are the best so far.
    INLINE void keep_as_best(const T* from, const std::int64_t* lanes) {
        typename Bits<T>::Int narrow[P];
        for (int p = 0; p < P; ++p) narrow[p] = lanes[p];
        Ints<T> is_best;
        __builtin_memcpy(&is_best, narrow, sizeof is_best);
        for (std::size_t i = 0; i < layout.size; i += P)
            store<T>(best + i, is_best ? load(from + i) : load(best + i));
    }

private:
    void read_state(const State& state, int p) {
        layout.read(state.parameters, w, p);
        layout.read(state.best, best, p);
        for (int k = 0; k < optimizer.slots; ++k) layout.read(state.slots[k], slots[k], p);
        t[p] = state.t;
        best_loss[p] = state.best_loss;
        best_epoch[p] = state.best_epoch;
        waited[p] = state.waited;
        epoch[p] = state.epoch;
    }

    void write_state(State& state, int p) const {
        layout.write(w, state.parameters, p);
        layout.write(best, state.best, p);
        for (int k = 0; k < optimizer.slots; ++k) layout.write(slots[k], state.slots[k], p);
        state.t = t[p];
        state.best_loss = best_loss[p];
        state.best_epoch = best_epoch[p];
        state.waited = waited[p];
        state.epoch = epoch[p];
    }

    void read_mask(int p) {
        if (!mask) return;
        for (std::size_t k = p; k < layout.size; k += P) mask[k] = 1;
        if (!problem(p).masks) return;
        for (int l = 0; l < shape.network.L; ++l) {
            const T* from = static_cast<const T*>(problem(p).masks[l]);
            T* to = mask + layout.spans[l].begin + p;
            for (std::size_t k = 0; k < layout.counts[l]; ++k) to[k * P] = from[k];
        }
    }
};

}  // namespace glassnet::GLASSNET_VARIANT
