// Trainings of several small networks of one shape at a time, one in each lane of a vector: each
// goes its own way, with the numbers it has alone.
//
// The networks take their iterations together. Where one has ended, the next takes its lane at the
// end of the epoch.
#pragma once
#include "lanes.hpp"

namespace glassnet::GLASSNET_VARIANT {

// A training in each lane. What each network has one of is in vectors, or in arrays with an entry
// for each lane.
template <class T> struct LaneTrainings : InMemory {
    static constexpr int V = 4;  // rows of a block
    static constexpr int P = LANES<T>;
    using W = Vec<T>;
    using Numbers = Doubles<T>;
    // What is counted for every network goes through the lanes a vector of doubles at a time.
    static constexpr int STEP = LANES<double>;
    using Some = Vec<double>;
    using Whole = Ints<double>;  // counts, or -1 and 0 for true and false

    const Network& network;
    const Watch& watch;
    const Loss<T>& loss;
    Lanes<T> lanes;
    Panels<T, V, W>* panels;
    Panels<T, V, W>* validation_panels = nullptr;
    Vec<T>* output;  // the panels of the last layer, for the whole batch
    W* rates;        // of each parameter array
    double rate[P] = {};
    Batch batches[P] = {};
    double divisors[P] = {};
    alignas(64) double batch_weight[P] = {};
    alignas(64) double total_loss[P];  // of the epoch, as in EpochTotal
    alignas(64) double total_weight[P];
    alignas(64) double total_penalty[P];
    alignas(64) double total_norm[P];
    std::int64_t iterations[P];  // of the epoch
    DropoutKey<T, W> key = {};
    std::int64_t batch_count;  // of an epoch
    std::int64_t most_rows = 0;
    std::int64_t looks;    // iterations between two looks at the watch
    std::int64_t to_look;  // iterations to the next
    bool stopped = false;  // by the watch
    bool any_left = false;  // a network's run has ended in this epoch
    bool has_validation;
    bool has_penalty = false;
    bool measures_norm = false;
    bool clips = false;
    bool has_more = false;  // to record than losses
    bool is_sum;
    bool stays_packed = true;  // all batches are all rows, as they are

    LaneTrainings(
        const Member* members, std::int64_t count, const Memory& memory, const Watch& watch
    )
        : network(members->problem->network),
          watch(watch),
          loss(LOSSES<T>[network.loss]),
          lanes(members, count, memory) {
        const Problem& shape = lanes.shape;
        is_sum = network.reduction == static_cast<int>(Reduction::sum);
        has_validation = shape.validation.n > 0;
        batch_count = (shape.data.n + shape.batch_size - 1) / shape.batch_size;
        rates = allocate<W>(memory, lanes.layout.arrays);
        read_options(members, count, memory);
        looks = 1 + WATCH_WORK / (double(most_rows) * lanes.layout.size);
        to_look = looks;
    }

    void run() {
        for (int p = 0; p < P; ++p) fill(p);
        while (lanes.n_running > 0 && !stopped) run_epoch();
    }

private:
    // What decides about the memory: whatever one of the networks wants.
    void read_options(const Member* members, std::int64_t count, const Memory& memory) {
        double* dropout = allocate<double>(memory, network.L);
        std::int64_t validation_rows = 0;
        for (const Member* one = members; one != members + count; ++one) {
            const Problem& problem = *one->problem;
            most_rows = most(most_rows, problem.batch_size);
            validation_rows = most(validation_rows, problem.validation.n);
            for (int l = 0; l + 1 < network.L; ++l)
                dropout[l] = most(dropout[l], problem.dropout[l]);
            has_penalty |= problem.l2 != 0 || problem.l1 != 0;
            measures_norm |= problem.measure_gradient;
            clips |= problem.clip > 0;
            stays_packed &= problem.batch_size == problem.data.n && !one->epochs->orders;
        }
        has_more = has_penalty || measures_norm || clips;
        panels = new (memory) Panels<T, V, W>(
            network, lanes.layout, lanes.w, lanes.dw, most_rows,
            {.dropout = dropout, .with_delta = true}, memory
        );
        stays_packed &= panels->holds_all_rows;
        const int blocks = Panels<T, V, W>::blocks_of(most_rows);
        output = allocate<Vec<T>>(memory, panel<V>(blocks, panels->K));
        if (has_validation)
            validation_panels = new (memory) Panels<T, V, W>(
                network, lanes.layout, lanes.w, nullptr, validation_rows, {}, memory
            );
    }

    template <class N> static N most(N a, N b) { return a > b ? a : b; }

    // The next network takes lane p.
    void fill(int p) {
        const bool is_there = lanes.fill(p);
        batches[p] = {&lanes.shape.data, nullptr, 0, 0};
        panels->packed = false;
        if (!is_there) return;
        rate[p] = __builtin_nan("");
        key.seed[p] = lanes.problem(p).seed;
        for (int l = 0; l + 1 < network.L; ++l) {
            const int left_out = levels_left_out(lanes.problem(p).dropout[l]);
            panels->layers[l].left_out[p] = left_out;
            panels->layers[l].kept[p] = T(scale_of_kept(left_out));
        }
    }

    void write_output(int p) {
        Measured& measured = *lanes.member[p]->measured;
        measured.output_rows = batches[p].count;
        T* to = static_cast<T*>(measured.output);
        const T* from = reinterpret_cast<const T*>(output) + p;
        const int K = panels->K;
        for (std::int64_t r = 0; r < measured.output_rows; ++r)
            for (int k = 0; k < K; ++k)
                to[r * K + k] = from[(panel<V>(r / V, K) + k * V + r % V) * P];
    }

    void run_epoch() {
        if (!has_validation) copy(lanes.start, lanes.w, lanes.layout.size);
        for (int p = 0; p < P; p += STEP) {
            store<double>(total_loss + p, Some{});
            store<double>(total_weight + p, Some{});
            store<double>(total_penalty + p, Some{});
            store<double>(total_norm + p, Some{});
        }
        for (int p = 0; has_more && p < P; ++p) iterations[p] = 0;
        for (std::int64_t i = 0; i < batch_count && lanes.n_running > 0; ++i) {
            iterate(i);
            if (--to_look == 0 && !goes_on()) return;
        }
        end_epoch();
    }

    [[gnu::noinline]] bool goes_on() {
        to_look = looks;
        stopped = !watch.goes_on(watch.self);
        return !stopped;
    }

    // One iteration of all networks: feedforward, backprop, update. A loss that is not finite ends
    // its network's run before the update.
    INLINE void iterate(std::int64_t i) {
        if (!panels->packed) choose_batches(i);
        choose_rates();
        for (int p = 0; p < P; ++p) key.iteration[p] = static_cast<std::uint32_t>(lanes.t[p]);
        Numbers losses = loss_of(*panels, &key);
        panels->packed = stays_packed;
        Numbers penalties = {};
        if (lanes.mask || has_penalty) penalties = regularize();
        losses = rounded<T, W>(losses + penalties);
        Numbers norms = {};
        if (measures_norm || clips) norms = measure_and_clip();
        alignas(64) double loss[P], penalty[P], norm[P];
        __builtin_memcpy(loss, &losses, sizeof loss);
        __builtin_memcpy(penalty, &penalties, sizeof penalty);
        __builtin_memcpy(norm, &norms, sizeof norm);
        Whole none = {};
        for (int p = 0; p < P; p += STEP) {
            const Some now = load(loss + p);
            const Whole is_running = whole(lanes.running + p);
            const Some weight = load(batch_weight + p);
            const Some factor = is_sum ? broadcast(1.0) : weight;
            add(total_weight + p, weight, is_running);
            add(total_loss + p, now * factor, is_running);
            none |= is_running & (now - now != 0);
            if (!has_more) continue;
            add(total_penalty + p, load(penalty + p) * factor, is_running);
            add(total_norm + p, load(norm + p), is_running);
            for (int i = p; i < p + STEP; ++i) iterations[i] -= lanes.running[i];
        }
        for (int p = 0; p < P; ++p)
            if (lanes.running[p]) *lanes.iteration_loss[p]++ = loss[p];
        if (any(none)) leave(losses);
        update();
        if (any_left) lanes.restore();
    }

    static INLINE Whole whole(const std::int64_t* from) {
        Whole v;
        __builtin_memcpy(&v, from, sizeof v);
        return v;
    }

    static INLINE bool any(Whole x) {
        std::int64_t found = 0;
        for (int i = 0; i < STEP; ++i) found |= x[i];
        return found != 0;
    }

    static INLINE void add(double* total, Some x, Whole where) {
        const Some before = load(total);
        store<double>(total, where ? before + x : before);
    }

    void choose_batches(std::int64_t i) {
        for (int p = 0; p < P; ++p) {
            if (!lanes.running[p]) continue;
            const Problem& problem = lanes.problem(p);
            const std::int64_t n = problem.data.n;
            const std::int64_t* orders = lanes.member[p]->epochs->orders;
            const std::int64_t first = i * problem.batch_size;
            const std::int64_t left = n - first;
            const std::int64_t rows = left < problem.batch_size ? left : problem.batch_size;
            const std::int64_t e = lanes.member[p]->epochs->count - lanes.epochs_left[p];
            batches[p] = {&problem.data, orders ? orders + e * n : nullptr, first, rows};
            const BatchWeight weight = weight_of<T>(network, batches[p]);
            batch_weight[p] = weight.total;
            divisors[p] = weight.divisor;
            key.rows[p] = static_cast<std::uint32_t>(rows);
        }
    }

    INLINE void choose_rates() {
        bool changed = false;
        for (int p = 0; p < P; ++p) {
            if (!lanes.running[p]) continue;
            const double now = *lanes.next_rate[p]++;
            changed |= now != rate[p];
            rate[p] = now;
        }
        if (changed) use_rates();
    }

    [[gnu::noinline]] void use_rates() {
        for (int p = 0; p < P; ++p)
            for (int k = 0; lanes.running[p] && k < lanes.layout.arrays; ++k)
                rates[k][p] = T(rate[p] * lanes.problem(p).multipliers[k]);
    }

    // The loss of the batches, without penalty; with a key also the gradient, left in lanes.dw.
    Numbers loss_of(Panels<T, V, W>& panels, const DropoutKey<T, W>* key) {
        std::int64_t rows = 0;
        for (int p = 0; p < P; ++p) rows = most(rows, batches[p].count);
        const int blocks = panels.blocks_of(rows);
        Numbers total = {};
        for (int first = 0; first < blocks; first += panels.blocks) {
            const int now = blocks - first < panels.blocks ? blocks - first : panels.blocks;
            panels.go_to(first);
            if (key) keep_outputs(first);
            DropoutKey<T, W> group = this->key;
            group.first_row = first * panels.R;
            for (int b = 0; b < now; ++b) {
                if (!panels.packed)
                    panels.pack(batches, divisors, std::int64_t{first + b} * panels.R, b);
                total += widened<T, W>(
                    loss_of_block<T, V, W>(panels, network, loss, b, key ? &group : nullptr)
                );
            }
            if (!key) continue;
            for (int l = 0; l < network.L; ++l)
                gradient<T, V>(panels.layers, {l, 0, network.sizes[l]}, now, first > 0);
        }
        return total;
    }

    void keep_outputs(int first_block) {
        Layer<T, V, W>& last = panels->layers[network.L - 1];
        const bool z_is_a = last.z == last.a;
        last.a = output + panel<V>(first_block, panels->K);
        if (z_is_a) last.z = last.a;
    }

    // Weight masks and penalty on the gradient; gives the penalties.
    Numbers regularize() {
        Penalty<T, W> penalty = {};
        for (int p = 0; p < P; ++p) {
            if (!lanes.running[p]) continue;
            const Problem& problem = lanes.problem(p);
            const double scale = is_sum ? double(batches[p].count) / problem.data.n : 1.0;
            penalty.l2[p] = T(problem.l2 * scale);
            penalty.half_l2[p] = T(0.5 * (problem.l2 * scale));
            penalty.l1[p] = T(problem.l1 * scale);
        }
        Numbers value = {};
        for (int l = 0; l < network.L; ++l) {
            const Span& span = lanes.layout.spans[l];
            if (lanes.mask) apply_mask(lanes.dw + span.begin, lanes.mask + span.begin, span.size);
            if (has_penalty)
                value +=
                    penalty.add_gradient(lanes.w + span.begin, lanes.dw + span.begin, span.size);
        }
        return value;
    }

    Numbers measure_and_clip() {
        const Numbers norm = gradient_norm<T, W>(lanes.dw, lanes.layout.size);
        W scale = broadcast(T(1));
        for (int p = 0; p < P; ++p) {
            const double largest = lanes.running[p] ? lanes.problem(p).clip : 0;
            if (largest > 0 && !(norm[p] <= largest)) scale[p] = T(largest / norm[p]);
        }
        for (std::size_t i = 0; clips && i < lanes.layout.size; i += P)
            store<T>(lanes.dw + i, scale * load(lanes.dw + i));
        return norm;
    }

    // Networks whose loss is not finite: their runs have ended.
    [[gnu::noinline]] void leave(const Numbers& losses) {
        for (int p = 0; p < P; ++p) {
            if (!lanes.running[p] || losses[p] - losses[p] == 0) continue;
            any_left = true;
            lanes.member[p]->state->ended = Ending::not_finite;
            write_output(p);
            lanes.leave(p);
        }
    }

    INLINE void update() {
        for (int p = 0; p < P; ++p) lanes.t[p] -= lanes.running[p];
        lanes.optimizer.update(
            {lanes.w, lanes.dw, lanes.slots, rates, lanes.settings, lanes.t}, lanes.layout.spans,
            lanes.layout.arrays
        );
    }

    // The end of an epoch for every network, those that have ended in it included.
    INLINE void end_epoch() {
        const Vec<T> none = lanes.not_finite();
        Numbers validation = {};
        if (has_validation) validation = validation_losses();
        alignas(64) double validation_loss[P], spoilt[P];
        alignas(64) std::int64_t is_best[P];
        __builtin_memcpy(validation_loss, &validation, sizeof validation_loss);
        const Numbers none_as_double = widened<T, W>(none);
        __builtin_memcpy(spoilt, &none_as_double, sizeof spoilt);
        alignas(64) double loss[P];
        Whole any_best = {};
        Whole all_best = ~Whole{};
        Whole may_end = {};
        for (int p = 0; p < P; p += STEP) {
            const Some weight = load(total_weight + p);
            Some now = load(total_loss + p);
            if (!is_sum) now = weight > 0 ? now / weight : Some{};
            store<double>(loss + p, now);
            const Some candidate = has_validation ? load(validation_loss + p) : now;
            const Whole is_finite = (candidate - candidate == 0) & (load(spoilt + p) == 0);
            Standing<Some, Whole> standing{
                load(lanes.best_loss + p), whole(lanes.best_epoch + p), whole(lanes.waited + p),
                whole(lanes.epoch + p)
            };
            const Whole best =
                standing.note(candidate, is_finite, load(lanes.min_delta + p), has_validation);
            store<double>(lanes.best_loss + p, standing.best_loss);
            put(lanes.best_epoch + p, standing.best_epoch);
            put(lanes.waited + p, standing.waited);
            put(lanes.epoch + p, standing.epoch);
            const Whole left = whole(lanes.epochs_left + p) - 1;
            put(lanes.epochs_left + p, left);
            put(is_best + p, best);
            any_best |= best;
            all_best &= best;
            may_end |= ~is_finite | (standing.waited >= whole(lanes.patience + p)) | (left <= 0);
        }
        for (int p = 0; p < P; ++p)
            if (lanes.member[p]) *lanes.epoch_loss[p]++ = loss[p];
        if (!has_validation && !any(~all_best))
            lanes.keep_start_as_best();
        else if (any(any_best))
            lanes.keep_as_best(has_validation ? lanes.w : lanes.start, is_best);
        if (has_more || has_validation) record_more(validation);
        if (any(may_end)) replace(none, validation);
        any_left = false;
    }

    static INLINE void put(std::int64_t* to, Whole x) { __builtin_memcpy(to, &x, sizeof x); }

    [[gnu::noinline]] void record_more(const Numbers& validation) {
        for (int p = 0; p < P; ++p) {
            if (!lanes.member[p]) continue;
            const Measured& measured = *lanes.member[p]->measured;
            const std::int64_t e = lanes.epoch_loss[p] - measured.loss - 1;
            measured.penalty[e] = mean(total_penalty[p], total_weight[p]);
            if (has_validation) measured.validation_loss[e] = validation[p];
            if (lanes.problem(p).measure_gradient)
                measured.gradient_norm[e] = total_norm[p] / iterations[p];
        }
    }

    INLINE double mean(double total, double weight) const {
        if (is_sum) return total;
        return weight > 0 ? total / weight : 0.0;
    }

    Numbers validation_losses() {
        Batch training_batches[P];
        double training_divisors[P];
        for (int p = 0; p < P; ++p) {
            training_batches[p] = batches[p];
            training_divisors[p] = divisors[p];
            if (!lanes.member[p]) continue;
            const Rows& rows = lanes.problem(p).validation;
            batches[p] = {&rows, nullptr, 0, rows.n};
            divisors[p] = weight_of<T>(network, batches[p]).divisor;
        }
        const Numbers losses = rounded<T, W>(loss_of(*validation_panels, nullptr));
        for (int p = 0; p < P; ++p) {
            batches[p] = training_batches[p];
            divisors[p] = training_divisors[p];
        }
        return losses;
    }

    // Networks whose run has ended, or has no epochs left in this call, leave their lanes.
    [[gnu::noinline]] void replace(Vec<T> none, const Numbers& validation) {
        for (int p = 0; p < P; ++p) {
            if (!lanes.member[p]) continue;
            State& state = *lanes.member[p]->state;
            if (lanes.running[p]) {
                const double loss = has_validation ? validation[p] : lanes.epoch_loss[p][-1];
                const bool is_finite = __builtin_isfinite(loss) && none[p] == 0;
                state.ended = ending_of(lanes.problem(p), is_finite, lanes.waited[p]);
                if (state.ended == Ending::none && lanes.epochs_left[p] > 0) continue;
                write_output(p);
            }
            lanes.write(p);
            fill(p);
        }
    }
};

}  // namespace glassnet::GLASSNET_VARIANT
