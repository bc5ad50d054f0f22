// A training as Python describes it: the problem, which stays the same; the state, which moves on;
// and what was measured on the way. The problem runs.
#pragma once
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>

#include <utility>

#include "arena.hpp"
#include "instruction_sets.hpp"
#include "network_spec.hpp"
#include "packed_inputs.hpp"
#include "python_lock.hpp"
#include "team.hpp"

namespace glassnet {

using Doubles = nb::ndarray<double, nb::c_contig, nb::device::cpu>;
using Orders = nb::ndarray<const std::int64_t, nb::c_contig, nb::device::cpu>;
using RowNumbers = nb::ndarray<const std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Rates = nb::ndarray<const double, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

struct OptimizerSpec {
    int row;  // of the table OPTIMIZERS
    std::vector<double> settings;
    std::vector<double> multipliers;  // one for each parameter array
    double clip;                      // the largest norm of a gradient; 0: any
};

// Where a training stands: Python's arrays, which `TrainingProblem.run` reads and writes.
struct TrainingState {
    OutputArrays parameters;
    OutputArrays best;
    std::vector<OutputArrays> slots;
    std::int64_t t;
    std::int64_t epoch;
    std::int64_t best_epoch;
    std::int64_t waited;
    double best_loss;
    Ending ended = Ending::none;

    const char* name_of_ending() const { return ENDINGS[static_cast<int>(ended)]; }
};

// What one run saw: Python's arrays, with room for all epochs, and how far each is filled.
struct Measurements {
    Doubles iteration_loss;
    Doubles loss;
    Doubles penalty;
    Doubles gradient_norm;
    Doubles validation_loss;
    OutputArray output;
    std::int64_t iterations = 0;
    std::int64_t epochs = 0;
    std::int64_t output_rows = 0;
};

class TrainingProblem {
public:
    const Engine& engine;
    const NetworkSpec network;
    const nb::object look;  // see PythonWatch

    TrainingProblem(
        const std::string& variant, NetworkSpec network, RowArrays data,
        std::optional<RowArrays> validation, std::optional<PackedArrays> packed_data,
        std::optional<PackedArrays> packed_validation, OptimizerSpec optimizer,
        std::pair<double, double> penalty, std::vector<double> dropout, InputArrays weight_masks,
        std::int64_t batch_size, std::int64_t patience, double min_delta, std::uint32_t seed,
        bool measure_gradient, int threads, nb::object look, std::optional<RowNumbers> numbers,
        std::optional<RowNumbers> validation_numbers
    )
        : engine(engine_of(variant)),
          network(std::move(network)),
          look(std::move(look)),
          data(std::move(data)),
          validation(std::move(validation)),
          packed_data(std::move(packed_data)),
          packed_validation(std::move(packed_validation)),
          optimizer(std::move(optimizer)),
          dropout(std::move(dropout)),
          weight_masks(std::move(weight_masks)),
          threads(threads),
          numbers(std::move(numbers)),
          validation_numbers(std::move(validation_numbers)) {
        problem.network = this->network.view();
        problem.batch_size = batch_size;
        problem.patience = patience;
        problem.min_delta = min_delta;
        problem.seed = seed;
        problem.measure_gradient = measure_gradient;
        problem.l2 = penalty.first;
        problem.l1 = penalty.second;
        set_rows();
        set_optimizer();
        set_dropout_and_masks();
    }
    TrainingProblem(const TrainingProblem&) = delete;
    TrainingProblem& operator=(const TrainingProblem&) = delete;

    // Trains for as many epochs as `rates` has rows, or until the training ends itself.
    void run(
        TrainingState& state, const std::optional<Orders>& orders, const Rates& rates,
        Measurements& measurements
    ) const {
        const Epochs epochs = view_of(orders, rates);
        Measured measured = view_of(measurements, epochs.count);
        const Pointers parameters = pointers_to(state.parameters, "parameters");
        const Pointers best = pointers_to(state.best, "best");
        if (int(state.slots.size()) != engine.optimizer_slots(problem.optimizer))
            throw std::invalid_argument("the optimizer has another number of slots");
        Pointers slots[2];
        for (std::size_t k = 0; k < state.slots.size(); ++k)
            slots[k] = pointers_to(state.slots[k], "slots");
        State now{
            .parameters = parameters.data(),
            .best = best.data(),
            .slots = {slots[0].data(), slots[1].data()},
            .t = state.t,
            .epoch = state.epoch,
            .best_epoch = state.best_epoch,
            .waited = state.waited,
            .best_loss = state.best_loss,
            .ended = Ending::none,
        };
        train(now, epochs, measured);
        state.t = now.t;
        state.epoch = now.epoch;
        state.best_epoch = now.best_epoch;
        state.waited = now.waited;
        state.best_loss = now.best_loss;
        state.ended = now.ended;
        measurements.iterations = measured.iterations;
        measurements.epochs = measured.epochs;
        measurements.output_rows = measured.output_rows;
    }

    // What the engine reads, for as long as this object lives.
    const Problem& view() const { return problem; }

    // Of an epoch.
    std::int64_t batches() const {
        return (problem.data.n + problem.batch_size - 1) / problem.batch_size;
    }

    Epochs view_of(const std::optional<Orders>& orders, const Rates& rates) const {
        const std::int64_t count = rates.shape(0);
        if (std::int64_t(rates.shape(1)) != batches())
            throw std::invalid_argument("rates: wrong number of iterations");
        const std::int64_t* order = nullptr;
        if (orders)
            order =
                pointer_to(*orders, nb::dtype<std::int64_t>(), count * problem.data.n, "orders");
        return {count, order, rates.data()};
    }

private:
    RowArrays data;
    std::optional<RowArrays> validation;
    std::optional<PackedArrays> packed_data;
    std::optional<PackedArrays> packed_validation;
    PackedInputs data_inputs{};
    PackedInputs validation_inputs{};
    OptimizerSpec optimizer;
    std::vector<double> dropout;
    InputArrays weight_masks;
    Pointers mask_pointers;
    int threads;
    std::optional<RowNumbers> numbers;
    std::optional<RowNumbers> validation_numbers;
    Problem problem{};  // which points to all of the above

    void set_rows() {
        problem.data = view_of(data, packed_data, data_inputs, "data");
        if (!problem.data.y) throw std::invalid_argument("data has no targets");
        take(problem.data, numbers);
        if (!validation) return;
        problem.validation =
            view_of(*validation, packed_validation, validation_inputs, "validation");
        if (!problem.validation.y) throw std::invalid_argument("validation has no targets");
        take(problem.validation, validation_numbers);
    }

    // Of the rows only those of these numbers, where there are some.
    static void take(Rows& rows, const std::optional<RowNumbers>& numbers) {
        if (!numbers) return;
        for (std::size_t i = 0; i < numbers->size(); ++i)
            if (numbers->data()[i] < 0 || numbers->data()[i] >= rows.n)
                throw std::invalid_argument("row numbers: there is no such row");
        rows.numbers = numbers->data();
        rows.n = static_cast<std::int64_t>(numbers->size());
    }

    Rows view_of(
        const RowArrays& rows, const std::optional<PackedArrays>& packed, PackedInputs& inputs,
        const char* name
    ) const {
        if (!packed) return network.view_of(rows, name, network.inputs());
        inputs = view_of_packed(*packed, rows, network.inputs(), network.dtype());
        Rows view = network.view_of(rows, name, inputs.plain);
        view.packed = &inputs;
        return view;
    }

    void set_optimizer() {
        if (optimizer.multipliers.size() != network.arrays())
            throw std::invalid_argument("multipliers: wrong number of arrays");
        if (int(optimizer.settings.size()) != engine.optimizer_settings(optimizer.row))
            throw std::invalid_argument("the optimizer has another number of settings");
        problem.optimizer = optimizer.row;
        problem.settings = optimizer.settings.data();
        problem.multipliers = optimizer.multipliers.data();
        problem.clip = optimizer.clip;
    }

    void set_dropout_and_masks() {
        if (dropout.size() + 1 != network.layers())
            throw std::invalid_argument("dropout: wrong number of layers");
        problem.dropout = dropout.data();
        if (weight_masks.empty()) return;
        mask_pointers = network.pointers_to(weight_masks, network.layers(), "weight masks");
        problem.masks = mask_pointers.data();
    }

    Pointers pointers_to(const OutputArrays& arrays, const char* name) const {
        return network.pointers_to(arrays, network.arrays(), name);
    }

    Measured view_of(const Measurements& given, std::int64_t epochs) const {
        const auto doubles = [](const Doubles& array, std::int64_t size, const char* name) {
            return pointer_to(array, nb::dtype<double>(), size, name);
        };
        const std::int64_t norms = problem.measure_gradient ? epochs : 0;
        const std::int64_t validations = validation ? epochs : 0;
        const std::size_t outputs = problem.batch_size * network.outputs();
        Measured measured{};
        measured.iteration_loss =
            doubles(given.iteration_loss, epochs * batches(), "iteration_loss");
        measured.loss = doubles(given.loss, epochs, "loss");
        measured.penalty = doubles(given.penalty, epochs, "penalty");
        measured.gradient_norm = doubles(given.gradient_norm, norms, "gradient_norm");
        measured.validation_loss = doubles(given.validation_loss, validations, "validation_loss");
        measured.output = pointer_to(given.output, network.dtype(), outputs, "output");
        return measured;
    }

    void train(State& state, const Epochs& epochs, Measured& measured) const {
        std::optional<Unlocked> python(std::in_place);
        PythonWatch watch(*python, look);
        run_engine(state, epochs, measured, watch.watch());
        python.reset();
        watch.raise();
    }

    void run_engine(
        State& state, const Epochs& epochs, Measured& measured, const Watch& watch
    ) const {
        Arena arena;
        Threads workers(threads);
        engine.train(
            network.float64, problem, state, epochs, measured, arena.memory(), workers.team(), watch
        );
    }
};

// What the engine writes to must be what Python gave: noconvert() keeps nanobind from copying.
inline void bind_training(nb::module_& module) {
    const auto make_optimizer = [](OptimizerSpec* self, int row, std::vector<double> settings,
                                   std::vector<double> multipliers, double clip) {
        new (self) OptimizerSpec{row, std::move(settings), std::move(multipliers), clip};
    };
    nb::class_<OptimizerSpec>(module, "OptimizerSpec")
        .def(
            "__init__", make_optimizer, nb::arg("row"), nb::arg("settings"), nb::arg("multipliers"),
            nb::arg("clip")
        );

    const auto make_state = [](TrainingState* self, OutputArrays parameters, OutputArrays best,
                               std::vector<OutputArrays> slots, std::int64_t t, std::int64_t epoch,
                               std::int64_t best_epoch, std::int64_t waited, double best_loss) {
        new (self) TrainingState{
            .parameters = std::move(parameters),
            .best = std::move(best),
            .slots = std::move(slots),
            .t = t,
            .epoch = epoch,
            .best_epoch = best_epoch,
            .waited = waited,
            .best_loss = best_loss,
        };
    };
    nb::class_<TrainingState>(module, "TrainingState")
        .def(
            "__init__", make_state, nb::arg("parameters").noconvert(), nb::arg("best").noconvert(),
            nb::arg("slots").noconvert(), nb::arg("t"), nb::arg("epoch"), nb::arg("best_epoch"),
            nb::arg("waited"), nb::arg("best_loss")
        )
        .def_ro("t", &TrainingState::t)
        .def_ro("epoch", &TrainingState::epoch)
        .def_ro("best_epoch", &TrainingState::best_epoch)
        .def_ro("waited", &TrainingState::waited)
        .def_ro("best_loss", &TrainingState::best_loss)
        .def_prop_ro("ended", &TrainingState::name_of_ending);

    const auto make_measurements = [](Measurements* self, Doubles iteration_loss, Doubles loss,
                                      Doubles penalty, Doubles gradient_norm,
                                      Doubles validation_loss, OutputArray output) {
        new (self) Measurements{
            .iteration_loss = std::move(iteration_loss),
            .loss = std::move(loss),
            .penalty = std::move(penalty),
            .gradient_norm = std::move(gradient_norm),
            .validation_loss = std::move(validation_loss),
            .output = std::move(output),
        };
    };
    nb::class_<Measurements>(module, "Measurements")
        .def(
            "__init__", make_measurements, nb::arg("iteration_loss").noconvert(),
            nb::arg("loss").noconvert(), nb::arg("penalty").noconvert(),
            nb::arg("gradient_norm").noconvert(), nb::arg("validation_loss").noconvert(),
            nb::arg("output").noconvert()
        )
        .def_ro("iterations", &Measurements::iterations)
        .def_ro("epochs", &Measurements::epochs)
        .def_ro("output_rows", &Measurements::output_rows);

    nb::class_<TrainingProblem>(module, "TrainingProblem")
        .def(
            nb::init<
                const std::string&, NetworkSpec, RowArrays, std::optional<RowArrays>,
                std::optional<PackedArrays>, std::optional<PackedArrays>, OptimizerSpec,
                std::pair<double, double>, std::vector<double>, InputArrays, std::int64_t,
                std::int64_t, double, std::uint32_t, bool, int, nb::object,
                std::optional<RowNumbers>, std::optional<RowNumbers>>(),
            nb::kw_only(), nb::arg("variant"), nb::arg("network"), nb::arg("data"),
            nb::arg("validation").none(), nb::arg("packed_data").none(),
            nb::arg("packed_validation").none(), nb::arg("optimizer"), nb::arg("penalty"),
            nb::arg("dropout"), nb::arg("weight_masks"), nb::arg("batch_size"), nb::arg("patience"),
            nb::arg("min_delta"), nb::arg("seed"), nb::arg("measure_gradient"), nb::arg("threads"),
            nb::arg("look"), nb::arg("numbers").none(), nb::arg("validation_numbers").none()
        )
        .def(
            "run", &TrainingProblem::run, nb::arg("state"), nb::arg("orders").none(),
            nb::arg("rates"), nb::arg("measurements")
        );
}

}  // namespace glassnet
