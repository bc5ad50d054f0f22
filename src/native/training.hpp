// A training from state to state: what training/engines/numpy.py does, without coming back to Python between iterations. The names are its names.
#pragma once
#include "objective.hpp"

namespace glassnet::GLASSNET_VARIANT {

constexpr int PART_WEIGHTS = 8192;  // of an update, that one thread makes at a time

struct Iteration { double loss, weight, penalty, gradient_norm; };

// What one call works with.
template <class T, int V> struct Training {
    const Problem& problem;
    const Team& team;
    State& state;
    const Optimizer<T>& optimizer;
    Objective<T, V> objective;
    const Flat<T>& flat;
    T *w, *start, *best, *slots[2];
    Panels<T, V>* judged = nullptr;  // the validation rows
    Span* parts;  // of the spans, for several threads: each makes the updates of some
    int n_parts = 0;
    const bool with_norm;  // whether the gradient's norm is wanted, or clipped

    Training(const Problem& problem, State& state, const Memory& memory, const Team& team)
        : problem(problem),
          team(team),
          state(state),
          optimizer(OPTIMIZERS<T>[problem.optimizer]),
          objective(problem, memory, team),
          flat(objective.flat),
          w(flat.read(state.parameters, objective.w)),
          start(take<T>(memory, flat.size)),
          best(flat.read(state.best, memory)),
          with_norm(problem.clip > 0 || problem.measure_gradient) {
        for (int k = 0; k < optimizer.slots; ++k) slots[k] = flat.read(state.slots[k], memory);
        if (problem.validation.n) {
            judged = take<Panels<T, V>>(memory, 1);
            *judged = Panels<T, V>(problem.network, flat, w, nullptr, nullptr, problem.validation.n, false, false, memory);
        }
        parts = take<Span>(memory, flat.arrays + flat.size / PART_WEIGHTS);
        for (int i = 0; i < flat.arrays; ++i)
            for (std::size_t done = 0; done < flat.spans[i].size; done += PART_WEIGHTS) {
                const std::size_t left = flat.spans[i].size - done;
                parts[n_parts] = flat.spans[i];
                parts[n_parts].begin += done;
                parts[n_parts++].size = left < PART_WEIGHTS ? left : PART_WEIGHTS;
            }
    }

    void update(double rate) {
        ++state.t;
        if (team.threads == 1)
            optimizer.update(w, objective.dw, slots, flat.spans, flat.arrays, rate, problem.settings, state.t);
        else
            each(team, n_parts, [&](int i) { optimizer.update(w, objective.dw, slots, parts + i, 1, rate, problem.settings, state.t); });
        flat.clear_padding(w);  // 0 / 0, where an epsilon is too small for the dtype, must not spread
    }

    // The norm of the gradient, which is then clipped. Not in line, where it would cost those who ask for neither.
    [[gnu::noinline]] double measure_and_clip() {
        const double norm = gradient_norm(objective.dw, flat.size);
        if (problem.clip > 0) clip_gradients(objective.dw, flat.size, norm, problem.clip);
        return norm;
    }

    // One iteration: feedforward, backprop, update. A loss that is not finite ends the run before its update.
    INLINE Iteration iterate(const std::int64_t* order, std::int64_t first, std::int64_t rows, double rate) {
        const double loss = objective.loss_and_gradient(order, first, rows, state.t);
        double norm = 0;
        if (with_norm) norm = measure_and_clip();
        if (__builtin_isfinite(loss))
            update(rate);
        else
            state.ended = Ended::not_finite;
        return {loss, objective.weight, objective.penalty, norm};
    }

    double validation_loss() {
        double divisor, weight;
        objective.shares(problem.validation, nullptr, 0, problem.validation.n, divisor, weight);
        return T(objective.loss_of(*judged, problem.validation, nullptr, 0, problem.validation.n, divisor, nullptr));
    }

    bool finite() const {
        Vec<T> none = {};
        for (std::size_t i = 0; i < flat.size; i += LANES<T>) none += load(w + i) - load(w + i);  // inf - inf is NaN
        return sum<T>(none) == 0;
    }

    // The best epoch, and whether to stop: `_end_epoch` of the numpy engine, with its reasons.
    void end_epoch(double candidate) {
        const bool by_validation = problem.validation.n > 0;
        const bool is_finite = __builtin_isfinite(candidate) && finite();
        state.waited = candidate < state.best_loss - problem.min_delta ? 0 : state.waited + 1;
        if (candidate < state.best_loss && (is_finite || !by_validation)) {
            if (by_validation) {
                copy(best, w, flat.size);
            } else {
                T* spare = best;
                best = start;
                start = spare;
            }
            state.best_loss = candidate;
            state.best_epoch = by_validation ? state.epoch + 1 : state.epoch;
        }
        ++state.epoch;
        if (state.ended == Ended::no && !is_finite)
            state.ended = Ended::not_finite;
        else if (state.ended == Ended::no && problem.patience >= 0 && state.waited >= problem.patience)
            state.ended = Ended::early;
    }

    void run(const std::int64_t* orders, const double* rates, std::int64_t epochs, Measured& measured) {
        const std::int64_t n = problem.data.n, size = problem.batch_size, batches = (n + size - 1) / size;
        const bool sum = problem.network.reduction == static_cast<int>(Reduction::sum);
        for (std::int64_t e = 0; e < epochs && state.ended == Ended::no; ++e) {
            if (!problem.validation.n) copy(start, w, flat.size);
            Iteration total{};
            std::int64_t done = 0;
            for (; done < batches && state.ended == Ended::no; ++done) {
                const std::int64_t rows = n - done * size < size ? n - done * size : size;
                const Iteration now = iterate(orders ? orders + e * n : nullptr, done * size, rows, rates[e * batches + done]);
                measured.loss[measured.iterations++] = now.loss;
                measured.output_rows = rows;
                total.weight += now.weight;
                total.loss += sum ? now.loss : now.loss * now.weight;
                if (objective.regularized) total.penalty += sum ? now.penalty : now.penalty * now.weight;
                if (with_norm) total.gradient_norm += now.gradient_norm;
            }
            const double epoch_loss = sum ? total.loss : (total.weight > 0 ? total.loss / total.weight : 0.0);
            measured.epoch_loss[e] = epoch_loss;
            measured.penalty[e] = sum ? total.penalty : (total.weight > 0 ? total.penalty / total.weight : 0.0);
            if (problem.measure_gradient) measured.gradient_norm[e] = total.gradient_norm / done;
            if (problem.validation.n) measured.validation_loss[e] = validation_loss();
            end_epoch(problem.validation.n ? measured.validation_loss[e] : epoch_loss);
            ++measured.epochs;
        }
        flat.write(w, state.parameters);
        flat.write(best, state.best);
        for (int k = 0; k < optimizer.slots; ++k) flat.write(slots[k], state.slots[k]);
        unpack<T, V>(objective.output, static_cast<T*>(measured.output), measured.output_rows, objective.batch.K);
    }
};

}  // namespace glassnet::GLASSNET_VARIANT
