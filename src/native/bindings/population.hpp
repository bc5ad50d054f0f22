// Many networks of one shape, trained in one call: the states and measurements of all of them lie in
// arrays whose first axis is the network. Networks that differ only in where they stand share a
// problem.
#pragma once
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "training_problem.hpp"

namespace glassnet {

using CountOfEach = nb::ndarray<std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using NumberOfEach = nb::ndarray<double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

// Where each of P trainings stands: Python's arrays, which a run reads and writes.
struct PopulationState {
    OutputArrays parameters;  // P x (shape of the array)
    OutputArrays best;
    std::vector<OutputArrays> slots;
    CountOfEach t;
    CountOfEach epoch;
    CountOfEach best_epoch;
    CountOfEach waited;
    CountOfEach ended;  // row numbers of the table ENDINGS
    NumberOfEach best_loss;
};

// What each of them measured: Python's arrays, with room for the most epochs that one of them runs.
struct PopulationMeasurements {
    Doubles iteration_loss;  // P x (most iterations)
    Doubles loss;  // P x (most epochs), as those below
    Doubles penalty;
    Doubles gradient_norm;  // empty where it is not wanted
    Doubles validation_loss;  // empty without validation rows
    OutputArray output;  // P x (most rows of a batch) x K
    CountOfEach iterations;
    CountOfEach epochs;
    CountOfEach output_rows;
};

// One call: what the engine is given for each network.
class PopulationRun {
public:
    using Problems = std::vector<const TrainingProblem*>;

    PopulationRun(
        const Problems& problems, const CountOfEach& which, PopulationState& state,
        const std::vector<std::optional<Orders>>& orders, const std::vector<Rates>& rates,
        PopulationMeasurements& measurements
    )
        : first(*problems.at(0)), P(which.size()), state(state), measurements(measurements) {
        if (orders.size() != problems.size() || rates.size() != problems.size())
            throw std::invalid_argument("orders and rates: one for each problem is wanted");
        for (std::size_t i = 0; i < problems.size(); ++i)
            epochs.push_back(problems[i]->view_of(orders[i], rates[i]));
        for (const auto* counts : {&state.t, &state.epoch, &state.best_epoch, &state.waited})
            check_size(*counts, "state");
        check_size(state.ended, "state");
        check_size(state.best_loss, "state");
        check_size(measurements.iterations, "measurements");
        check_size(measurements.epochs, "measurements");
        check_size(measurements.output_rows, "measurements");
        states.reserve(P);
        measured.reserve(P);
        for (std::size_t p = 0; p < P; ++p) {
            const std::size_t i = which.data()[p];
            if (i >= problems.size()) throw std::invalid_argument("which: no such problem");
            add_member(*problems[i], epochs[i], p);
        }
    }

    // Trains all of them, several at a time in the lanes of a vector, or each by itself.
    void run(bool in_lanes, int threads) {
        std::optional<Unlocked> python(std::in_place);
        PythonWatch watch(*python, first.look);
        asked = watch.watch();
        train(in_lanes, threads);
        python.reset();
        watch.raise();
        if (failure) std::rethrow_exception(failure);
        for (std::size_t p = 0; p < P; ++p) write_counts(p);
    }

private:
    static constexpr std::size_t TASKS = 4;  // for each thread, so that none waits long for another

    const TrainingProblem& first;
    const std::size_t P;
    PopulationState& state;
    PopulationMeasurements& measurements;
    std::vector<Epochs> epochs;  // of each problem
    std::vector<Pointers> pointers;
    std::vector<State> states;
    std::vector<Measured> measured;
    std::vector<Member> members;

    Watch asked;
    const std::thread::id caller = std::this_thread::get_id();
    std::atomic<bool> stopped{false};
    std::exception_ptr failure;  // of one of the threads
    std::mutex failing;

    template <class Array> void check_size(const Array& array, const char* name) const {
        if (array.size() != P)
            throw std::invalid_argument(std::string(name) + ": one number each is wanted");
    }

    // Pointers to what network p has of some arrays.
    void* const* part_of(const OutputArrays& arrays, std::size_t p, const char* name) {
        const NetworkSpec& network = first.network;
        Pointers found;
        if (arrays.size() != network.arrays())
            throw std::invalid_argument(std::string(name) + ": wrong number of arrays");
        for (std::size_t i = 0; i < arrays.size(); ++i) {
            const std::size_t count = network.count(i);
            void* all = pointer_to(arrays[i], network.dtype(), P * count, name);
            found.push_back(static_cast<char*>(all) + p * count * network.bytes());
        }
        pointers.push_back(std::move(found));
        return pointers.back().data();
    }

    // The part of an array that is network p's, with room for `wanted` numbers.
    static double* part_of(const Doubles& array, std::size_t P, std::size_t p, std::size_t wanted) {
        const std::size_t room = array.size() / P;
        if (room < wanted) throw std::invalid_argument("measurements: no room for all epochs");
        return array.data() + p * room;
    }

    void add_member(const TrainingProblem& problem, const Epochs& epochs, std::size_t p) {
        if (!(problem.network == first.network))
            throw std::invalid_argument("the networks have different shapes");
        const Problem& view = problem.view();
        State now{
            .parameters = part_of(state.parameters, p, "parameters"),
            .best = part_of(state.best, p, "best"),
            .slots = {},
            .t = state.t.data()[p],
            .epoch = state.epoch.data()[p],
            .best_epoch = state.best_epoch.data()[p],
            .waited = state.waited.data()[p],
            .best_loss = state.best_loss.data()[p],
            .ended = Ending::none,
        };
        if (int(state.slots.size()) != first.engine.optimizer_slots(view.optimizer))
            throw std::invalid_argument("the optimizer has another number of slots");
        for (std::size_t k = 0; k < state.slots.size(); ++k)
            now.slots[k] = part_of(state.slots[k], p, "slots");
        const std::size_t norms = view.measure_gradient ? epochs.count : 0;
        const std::size_t validations = view.validation.n > 0 ? epochs.count : 0;
        const std::size_t outputs = view.batch_size * first.network.outputs();
        const std::size_t room = measurements.output.size() / P;
        void* output = pointer_to(
            measurements.output, first.network.dtype(), measurements.output.size(), "output"
        );
        if (room < outputs) throw std::invalid_argument("output: no room for a batch");
        Measured place{};
        place.iteration_loss =
            part_of(measurements.iteration_loss, P, p, epochs.count * problem.batches());
        place.loss = part_of(measurements.loss, P, p, epochs.count);
        place.penalty = part_of(measurements.penalty, P, p, epochs.count);
        place.gradient_norm = part_of(measurements.gradient_norm, P, p, norms);
        place.validation_loss = part_of(measurements.validation_loss, P, p, validations);
        place.output = static_cast<char*>(output) + p * room * first.network.bytes();
        states.push_back(now);
        measured.push_back(place);
        members.push_back({&view, &states.back(), &epochs, &measured.back()});
    }

    void write_counts(std::size_t p) {
        const State& now = states[p];
        state.t.data()[p] = now.t;
        state.epoch.data()[p] = now.epoch;
        state.best_epoch.data()[p] = now.best_epoch;
        state.waited.data()[p] = now.waited;
        state.best_loss.data()[p] = now.best_loss;
        state.ended.data()[p] = static_cast<std::int64_t>(now.ended);
        measurements.iterations.data()[p] = measured[p].iterations;
        measurements.epochs.data()[p] = measured[p].epochs;
        measurements.output_rows.data()[p] = measured[p].output_rows;
    }

    // Only the thread that was called may ask Python whether to go on; the others see what it heard.
    bool goes_on() {
        if (std::this_thread::get_id() == caller && !asked.goes_on(asked.self)) stopped = true;
        return !stopped;
    }

    void train(bool in_lanes, int threads) {
        Threads workers(threads);
        const Team team = workers.team();
        const std::size_t a_task = in_lanes ? members_a_task(team.threads) : 1;
        const auto task = [&](std::size_t i) {
            const std::size_t from = i * a_task;
            const std::size_t count = std::min(a_task, P - from);
            try {
                if (goes_on()) train_some(in_lanes, &members[from], count);
            } catch (...) {
                const std::lock_guard lock(failing);
                failure = std::current_exception();
                stopped = true;
            }
        };
        const auto call = [](void* context, int i) {
            (*static_cast<decltype(task)*>(context))(static_cast<std::size_t>(i));
        };
        const int tasks = static_cast<int>((P + a_task - 1) / a_task);
        if (team.threads == 1)
            for (int i = 0; i < tasks; ++i) task(i);
        else
            team.run(team.self, call, const_cast<void*>(static_cast<const void*>(&task)), tasks);
    }

    // Whole vectors of networks.
    std::size_t members_a_task(int threads) const {
        const std::size_t lanes = first.engine.lanes(first.network.float64);
        const std::size_t vectors = (P + lanes - 1) / lanes;
        const std::size_t tasks = threads == 1 ? 1 : TASKS * threads;
        return (vectors + tasks - 1) / tasks * lanes;
    }

    void train_some(bool in_lanes, const Member* some, std::size_t count) {
        const Engine& engine = first.engine;
        const bool float64 = first.network.float64;
        const Watch watch{this, [](void* self) {
                              return static_cast<PopulationRun*>(self)->goes_on();
                          }};
        Arena arena;
        if (in_lanes) return engine.train_in_lanes(float64, some, count, arena.memory(), watch);
        const Team alone{nullptr, 1, nullptr};
        engine.train(
            float64, *some->problem, *some->state, *some->epochs, *some->measured, arena.memory(),
            alone, watch
        );
    }
};

inline void bind_population(nb::module_& module) {
    const auto make_state = [](PopulationState* self, OutputArrays parameters, OutputArrays best,
                               std::vector<OutputArrays> slots, CountOfEach t, CountOfEach epoch,
                               CountOfEach best_epoch, CountOfEach waited, CountOfEach ended,
                               NumberOfEach best_loss) {
        new (self) PopulationState{std::move(parameters), std::move(best),  std::move(slots),
                                   std::move(t),          std::move(epoch), std::move(best_epoch),
                                   std::move(waited),     std::move(ended), std::move(best_loss)};
    };
    nb::class_<PopulationState>(module, "PopulationState")
        .def(
            "__init__", make_state, nb::arg("parameters").noconvert(), nb::arg("best").noconvert(),
            nb::arg("slots").noconvert(), nb::arg("t").noconvert(), nb::arg("epoch").noconvert(),
            nb::arg("best_epoch").noconvert(), nb::arg("waited").noconvert(),
            nb::arg("ended").noconvert(), nb::arg("best_loss").noconvert()
        );

    const auto make_measurements =
        [](PopulationMeasurements* self, Doubles iteration_loss, Doubles loss, Doubles penalty,
           Doubles gradient_norm, Doubles validation_loss, OutputArray output,
           CountOfEach iterations, CountOfEach epochs, CountOfEach output_rows) {
            new (self) PopulationMeasurements{std::move(iteration_loss),  std::move(loss),
                                              std::move(penalty),         std::move(gradient_norm),
                                              std::move(validation_loss), std::move(output),
                                              std::move(iterations),      std::move(epochs),
                                              std::move(output_rows)};
        };
    nb::class_<PopulationMeasurements>(module, "PopulationMeasurements")
        .def(
            "__init__", make_measurements, nb::arg("iteration_loss").noconvert(),
            nb::arg("loss").noconvert(), nb::arg("penalty").noconvert(),
            nb::arg("gradient_norm").noconvert(), nb::arg("validation_loss").noconvert(),
            nb::arg("output").noconvert(), nb::arg("iterations").noconvert(),
            nb::arg("epochs").noconvert(), nb::arg("output_rows").noconvert()
        );

    const auto run = [](const PopulationRun::Problems& problems, const CountOfEach& which,
                        PopulationState& state, const std::vector<std::optional<Orders>>& orders,
                        const std::vector<Rates>& rates, PopulationMeasurements& measurements,
                        bool in_lanes, int threads) {
        PopulationRun(problems, which, state, orders, rates, measurements).run(in_lanes, threads);
    };
    module.def(
        "train_population", run, nb::arg("problems"), nb::arg("which"), nb::arg("state"),
        nb::arg("orders"), nb::arg("rates"), nb::arg("measurements"), nb::kw_only(),
        nb::arg("in_lanes"), nb::arg("threads")
    );
}

}  // namespace glassnet
