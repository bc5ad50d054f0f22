// A training from state to state: what training/engines/numpy.py does, without coming back to
// Python between iterations, and under the same names.
//
// The map of this folder, each file including those below it:
//   bindings/        what Python sees; no mathematics. team.hpp: its threads
//   variant.cpp      everything below, compiled once for each instruction set
//   population.hpp   the same for several small networks at a time, one in each lane of a vector
//   lanes.hpp        what these networks have, and how one takes a lane and leaves it
//   training.hpp     iterations, updates, epochs, the best one, and when to stop
//   outputs.hpp      predictions and the Jacobian
//   objective.hpp    the loss of a batch and its gradient
//   one_hidden_layer.hpp  the same for the smallest networks
//   panels.hpp       where the rows, and all that is computed from them, lie
//   network.hpp      feedforward and backprop for a block of rows
//   orthogonal.hpp   the directions of Muon
//   losses.hpp, activations.hpp, optimizers.hpp, penalties.hpp, dropout.hpp
//                    the tables and functions of core, row by row
//   parameters.hpp   where the parameters lie
//   products.hpp     the matrix products
//   elementary.hpp   exponentials and logarithms
//   arrays.hpp       vectors of lanes
//   resources.hpp    memory and threads of a call
//   groups.hpp       how many rows are worked on together
//   engine.hpp       what passes between the bindings and all of this
#pragma once
#include "objective.hpp"
#include "orthogonal.hpp"

namespace glassnet::GLASSNET_VARIANT {

// Parameters in a part of an update, which one thread makes at a time.
constexpr int UPDATE_PART = 8192;

// Multiplications, about, between two looks at the watch: some milliseconds.
constexpr double WATCH_WORK = 1e7;

// What an iteration measured.
struct Iteration {
    double loss;
    double weight;  // of its rows
    double penalty;
    double gradient_norm;
};

// The iterations of an epoch together.
struct EpochTotal {
    double loss = 0;  // each iteration's times its weight, or as it is where the loss is a sum
    double weight = 0;
    double penalty = 0;  // as the loss
    double gradient_norm = 0;
};

// How far the epochs of a run have come, or of several runs, in vectors.
template <class Number = double, class Count = std::int64_t> struct Standing {
    Number best_loss;
    Count best_epoch;
    Count waited;  // epochs in a row that were no better
    Count epoch;

    // Notes that an epoch has ended; gives whether it is the best one so far: `_end_epoch` of the
    // numpy engine, with its reasons. With validation rows the candidate is the loss of the
    // parameters now; without, that of those with which the epoch began.
    template <class Flag>
    INLINE Flag note(Number candidate, Flag is_finite, Number min_delta, bool has_validation) {
        const Flag improved = candidate < best_loss - min_delta;
        Flag is_best = candidate < best_loss;
        if (has_validation) is_best = is_best & is_finite;
        waited = improved ? Count{} : waited + 1;
        best_loss = is_best ? candidate : best_loss;
        best_epoch = is_best ? epoch + has_validation : best_epoch;
        epoch += 1;
        return is_best;
    }
};

// Why a run ends after an epoch, if it does.
INLINE Ending ending_of(const Problem& problem, bool is_finite, std::int64_t waited) {
    if (!is_finite) return Ending::not_finite;
    return problem.patience >= 0 && waited >= problem.patience ? Ending::early : Ending::none;
}

// What one call works with.
template <class T, int V> struct Training {
    const Problem& problem;
    const Team& team;
    const Watch& watch;
    State& state;
    Standing<> standing;
    const Optimizer<T>& optimizer;
    Objective<T, V> objective;
    const ParameterLayout<T>& layout;
    T* w;      // the parameters: those of the objective
    T* start;  // those at the start of the epoch
    T* best;   // those with the lowest loss so far
    T* slots[MAX_SLOTS];
    T* rates;  // of each parameter array
    double rate = __builtin_nan("");  // the learning rate that they are for
    Directions<T>* directions = nullptr;  // of Muon
    Panels<T, V>* validation_panels = nullptr;
    Span* update_parts;  // the spans, cut up for several threads
    int n_update_parts = 0;
    std::int64_t batches;  // of an epoch
    bool is_sum;           // the loss is a sum over the rows
    bool has_validation;
    bool needs_norm;  // the gradient's norm is measured, or clipped
    std::int64_t looks;    // iterations between two looks at the watch
    std::int64_t to_look;  // iterations to the next
    bool stopped = false;  // by the watch

    Training(
        const Problem& problem, State& state, const Memory& memory, const Team& team,
        const Watch& watch
    )
        : problem(problem),
          team(team),
          watch(watch),
          state(state),
          optimizer(OPTIMIZERS<T>[problem.optimizer]),
          objective(problem, memory, team),
          layout(objective.layout),
          w(objective.w) {
        batches = (problem.data.n + problem.batch_size - 1) / problem.batch_size;
        is_sum = objective.has_reduction(Reduction::sum);
        has_validation = problem.validation.n > 0;
        needs_norm = problem.clip > 0 || problem.measure_gradient;
        looks = 1 + WATCH_WORK / (double(problem.batch_size) * layout.size);
        to_look = looks;
        read_state(memory);
        choose_update_parts(memory);
        if (optimizer.is_muon)
            directions = new (memory) Directions<T>(problem.network, memory, team);
        if (has_validation)
            validation_panels = new (memory)
                Panels<T, V>(problem.network, layout, w, nullptr, problem.validation.n, {}, memory);
    }

    void run(const Epochs& epochs, Measured& measured) {
        for (std::int64_t e = 0; e < epochs.count && state.ended == Ending::none && !stopped; ++e)
            run_epoch(epochs, e, measured);
        write_state();
        T* output = static_cast<T*>(measured.output);
        unpack<T, V>(objective.output, output, measured.output_rows, objective.panels.K);
    }

private:
    void read_state(const Memory& memory) {
        standing = {state.best_loss, state.best_epoch, state.waited, state.epoch};
        layout.read(state.parameters, w);
        start = allocate<T>(memory, layout.size);
        best = layout.read_new(state.best, memory);
        for (int k = 0; k < optimizer.slots; ++k)
            slots[k] = layout.read_new(state.slots[k], memory);
        rates = allocate<T>(memory, layout.arrays);
    }

    void write_state() const {
        state.best_loss = standing.best_loss;
        state.best_epoch = standing.best_epoch;
        state.waited = standing.waited;
        state.epoch = standing.epoch;
        layout.write(w, state.parameters);
        layout.write(best, state.best);
        for (int k = 0; k < optimizer.slots; ++k) layout.write(slots[k], state.slots[k]);
    }

    void choose_update_parts(const Memory& memory) {
        update_parts = allocate<Span>(memory, layout.arrays + layout.size / UPDATE_PART);
        for (int i = 0; i < layout.arrays; ++i) {
            const Span& array = layout.spans[i];
            for (std::size_t done = 0; done < array.size; done += UPDATE_PART) {
                const std::size_t left = array.size - done;
                Span& part = update_parts[n_update_parts++];
                part = array;
                part.begin += done;
                part.size = left < UPDATE_PART ? left : UPDATE_PART;
            }
        }
    }

    INLINE void run_epoch(const Epochs& epochs, std::int64_t e, Measured& measured) {
        const std::int64_t n = problem.data.n;
        const std::int64_t size = problem.batch_size;
        const std::int64_t* order = epochs.orders ? epochs.orders + e * n : nullptr;
        const double* rates = epochs.rates + e * batches;
        if (!has_validation) copy(start, w, layout.size);
        EpochTotal total;
        std::int64_t i = 0;
        for (; i < batches && state.ended == Ending::none; ++i) {
            const std::int64_t first = i * size;
            const std::int64_t rows = n - first < size ? n - first : size;
            const Iteration iteration = iterate(order, first, rows, rates[i]);
            measured.iteration_loss[measured.iterations++] = iteration.loss;
            measured.output_rows = rows;
            add(total, iteration);
            if (--to_look == 0 && !goes_on()) return;
        }
        const double loss = mean(total.loss, total.weight);
        measured.loss[e] = loss;
        measured.penalty[e] = mean(total.penalty, total.weight);
        if (problem.measure_gradient) measured.gradient_norm[e] = total.gradient_norm / i;
        if (has_validation) measured.validation_loss[e] = validation_loss();
        end_epoch(has_validation ? measured.validation_loss[e] : loss);
        ++measured.epochs;
    }

    [[gnu::noinline]] bool goes_on() {
        to_look = looks;
        stopped = !watch.goes_on(watch.self);
        return !stopped;
    }

    INLINE void add(EpochTotal& total, const Iteration& iteration) const {
        const double weight = iteration.weight;
        total.weight += weight;
        total.loss += is_sum ? iteration.loss : iteration.loss * weight;
        if (objective.regularized)
            total.penalty += is_sum ? iteration.penalty : iteration.penalty * weight;
        if (needs_norm) total.gradient_norm += iteration.gradient_norm;
    }

    INLINE double mean(double total, double weight) const {
        if (is_sum) return total;
        return weight > 0 ? total / weight : 0.0;
    }

    // One iteration: feedforward, backprop, update. A loss that is not finite ends the run before
    // its update.
    INLINE Iteration
    iterate(const std::int64_t* order, std::int64_t first, std::int64_t rows, double rate) {
        const double loss = objective.loss_and_gradient(order, first, rows, state.t);
        double norm = 0;
        if (needs_norm) norm = measure_and_clip();
        if (__builtin_isfinite(loss))
            update(rate);
        else
            state.ended = Ending::not_finite;
        return {loss, objective.weight.total, objective.penalty, norm};
    }

    // The norm of the gradient, which is then clipped. Not inline, where it would cost time to
    // those who ask for neither.
    [[gnu::noinline]] double measure_and_clip() {
        const double norm = gradient_norm<T>(objective.dw, layout.size);
        if (problem.clip > 0) clip_gradients(objective.dw, layout.size, norm, problem.clip);
        return norm;
    }

    void update(double rate) {
        ++state.t;
        if (directions) find_directions();
        if (rate != this->rate) use_rate(rate);
        if (team.threads == 1)
            update_spans(layout.spans, layout.arrays);
        else
            parallel_for(team, n_update_parts, [&](int i) { update_spans(update_parts + i, 1); });
        // 0 / 0, where an epsilon is too small for the dtype, must not spread.
        if (optimizer.slots > 0 && layout.has_padding) layout.clear_padding(w);
    }

    [[gnu::noinline]] void use_rate(double rate) {
        this->rate = rate;
        for (int i = 0; i < layout.arrays; ++i) rates[i] = T(rate * problem.multipliers[i]);
    }

    // The gradients of hidden matrices become the directions they step along. Masked weights stay.
    [[gnu::noinline]] void find_directions() {
        const int* sizes = problem.network.sizes;
        for (int l = 0; l + 1 < problem.network.L; ++l) {
            const Span& span = layout.spans[l];
            T* g = objective.dw + span.begin;
            const T momentum = T(problem.settings[5]);
            directions->find(g, slots[0] + span.begin, span.size, sizes[l], sizes[l + 1], momentum);
            apply_mask(g, objective.panels.layers[l].mask, layout.counts[l]);
        }
    }

    INLINE void update_spans(const Span* spans, int count) {
        optimizer.update(
            {w, objective.dw, slots, rates, &problem.settings, &state.t}, spans, count
        );
    }

    double validation_loss() {
        const Batch batch{&problem.validation, nullptr, 0, problem.validation.n};
        const double divisor = weight_of<T>(problem.network, batch).divisor;
        return T(objective.loss_of(*validation_panels, batch, divisor, nullptr));
    }

    void end_epoch(double candidate) {
        const bool is_finite = __builtin_isfinite(candidate) && parameters_are_finite();
        if (standing.note(candidate, is_finite, problem.min_delta, has_validation)) keep_as_best();
        if (state.ended == Ending::none)
            state.ended = ending_of(problem, is_finite, standing.waited);
    }

    void keep_as_best() {
        if (has_validation) {
            copy(best, w, layout.size);
        } else {
            T* spare = best;
            best = start;
            start = spare;
        }
    }

    bool parameters_are_finite() const {
        Vec<T> none = {};
        for (std::size_t i = 0; i < layout.size; i += LANES<T>) {
            const Vec<T> x = load(w + i);
            none += x - x;  // inf - inf is NaN
        }
        return sum<T>(none) == 0;
    }
};

}  // namespace glassnet::GLASSNET_VARIANT
