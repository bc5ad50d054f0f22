// The engine of the page: what lab/src/engine/ calls, compiled to WebAssembly by itself.
//
// No mathematics of training is written here: it is the engine's, in its plainest variant, so the
// numbers are those of the library. An instance is one network with its table. Numbers are float64,
// arrays lie row by row in memory that `reserve` gave, and parameters are one array: the weight
// matrices, then the biases.
#include "../outputs.hpp"
#include "../training.hpp"
#include "formulas.hpp"
#include "moments.hpp"
#include "starting_weights.hpp"
#include "step.hpp"

namespace glassnet::lab {

constexpr int MOST_LAYERS = 16;

int sizes[MOST_LAYERS + 1];
int activations[MOST_LAYERS];
Network network{0, sizes, activations, true, 0, 0, 0.0};
double multipliers[2 * MOST_LAYERS];
double settings[8];  // of the optimizer
Problem problem;
Step step;

// Where the arrays lie of which `flat` holds all the numbers.
struct ParameterArrays {
    void* at[2 * MOST_LAYERS];
    std::size_t size = 0;

    explicit ParameterArrays(double* flat) {
        int count = 0;
        const auto append = [&](int n) {
            at[count++] = flat + size;
            size += n;
        };
        for (int l = 0; l < network.L; ++l) append(sizes[l] * sizes[l + 1]);
        for (int l = 0; l < network.L && network.bias; ++l) append(sizes[l + 1]);
    }
};

// The training on some of its rows as if there were no others: a batch.
Problem batch_of(int first, int rows) {
    Problem batch = problem;
    batch.data.x = static_cast<const double*>(problem.data.x) + std::ptrdiff_t{first} * sizes[0];
    batch.data.y =
        static_cast<const double*>(problem.data.y) + std::ptrdiff_t{first} * sizes[network.L];
    batch.data.n = rows;
    return batch;
}

const char* name_of(int table, int i) {
    const auto row = [i](const auto& rows) {
        return i < int(sizeof rows / sizeof *rows) ? rows[i].name : nullptr;
    };
    switch (table) {
        case 0: return row(ACTIVATIONS<double, 1>);
        case 1: return row(LOSSES<double>);
        case 2: return i < 3 ? REDUCTIONS[i] : nullptr;
        case 3: return row(OPTIMIZERS<double>);
        case 4: return row(INITIALIZERS);
        case 5: return row(INSTRUCTIONS);
    }
    return nullptr;
}

#define EXPORT(name) __attribute__((export_name(#name))) name

extern "C" {

// Memory for good, or until `release`.
char* EXPORT(reserve)(std::size_t bytes) { return take<char>(bytes); }
std::size_t EXPORT(mark)() { return heap.used; }
void EXPORT(release)(std::size_t mark) { heap.used = mark; }

// The name of row number i of a table, or null after the last. The tables: activations, losses,
// reductions, optimizers, initializers, instructions of formulas.
const char* EXPORT(row_name)(int table, int i) { return name_of(table, i); }

// The network: its L + 1 sizes and L activations are to be written before.
int* EXPORT(sizes_at)() { return sizes; }
int* EXPORT(activations_at)() { return activations; }
void EXPORT(set_network)(int L, bool bias, int loss, int reduction, double setting) {
    network = {L, sizes, activations, bias, loss, reduction, setting};
}
std::size_t EXPORT(parameter_count)() { return ParameterArrays(nullptr).size; }

void EXPORT(initialize)(int method, int seed, double* parameters) {
    draw_weights(network, method, seed, parameters);
}

// a of the last of the first `layers` layers, for n rows.
void EXPORT(predict)(int layers, double* parameters, const double* x, int n, double* a) {
    const Scope scope;
    Network cut = network;
    cut.L = layers;
    const ParameterArrays whole(parameters);
    void* arrays[2 * MOST_LAYERS];
    for (int l = 0; l < layers; ++l) {
        arrays[l] = whole.at[l];
        arrays[layers + l] = whole.at[network.L + l];
    }
    const void* prepared = ParameterLayout<double>(cut, memory).read_new(arrays, memory);
    GLASSNET_VARIANT::predict<double, 1>(cut, prepared, x, n, a, false, memory, alone);
}

// The table, and how it is trained on. The settings of the optimizer are to be written before.
double* EXPORT(settings_at)() { return settings; }
void EXPORT(set_training)(const double* x, const double* y, int n, int batch_size, int optimizer) {
    for (double& multiplier : multipliers) multiplier = 1;
    problem = {};
    problem.network = network;
    problem.data.x = x;
    problem.data.y = y;
    problem.data.n = n;
    problem.optimizer = optimizer;
    problem.settings = settings;
    problem.multipliers = multipliers;
    problem.batch_size = batch_size;
    problem.patience = -1;
}

// Trains `count` times on the rows of a batch. `t`: updates made before, of which the slots are the
// optimizer's memory. Writes the loss of each iteration before its update, and gives how many there
// were: after a loss that is not finite there is no update, and the training ends.
int EXPORT(train)(
    double* parameters, double* slot1, double* slot2, int t, int first, int rows, int count,
    double rate, double* losses
) {
    const Scope scope;
    const Problem batch = batch_of(first, rows);
    const ParameterArrays now(parameters);
    const ParameterArrays best(take<double>(now.size));
    const ParameterArrays slots[] = {ParameterArrays(slot1), ParameterArrays(slot2)};
    State state{};
    state.parameters = now.at;
    state.best = best.at;
    state.slots[0] = slots[0].at;
    state.slots[1] = slots[1].at;
    state.t = t;
    state.best_loss = __builtin_inf();
    auto* rates = take<double>(count);
    for (int i = 0; i < count; ++i) rates[i] = rate;
    Measured measured{};
    measured.iteration_loss = losses;
    measured.loss = take<double>(count);
    measured.penalty = take<double>(count);
    measured.output = take<double>(std::size_t(rows) * sizes[network.L]);
    const Epochs epochs{count, nullptr, rates};
    if (wants_one_vector<double>(problem.batch_size))
        Training<double, 1>(batch, state, memory, alone, never).run(epochs, measured);
    else
        Training<double, 2>(batch, state, memory, alone, never).run(epochs, measured);
    return static_cast<int>(measured.iterations);
}

// Every number of an iteration on some rows, a batch or more: `step_array` says where they lie.
void EXPORT(look)(double* parameters, double* gradient, int first, int rows) {
    const Scope scope;
    Problem batch = batch_of(first, rows);
    if (rows > batch.batch_size) batch.batch_size = rows;
    const ParameterArrays now(parameters);
    const ParameterArrays gradients(gradient);
    if (wants_one_vector<double>(problem.batch_size))
        Look<1>(batch, step).run(now.at, gradients.at);
    else
        Look<2>(batch, step).run(now.at, gradients.at);
}

// Reserves what `look` writes for up to n rows.
void EXPORT(reserve_step)(int n) {
    const int K = sizes[network.L];
    step.layers = take<LayerStep>(network.L);
    for (int l = 0; l < network.L; ++l)
        for (double** array : step.layers[l].all())
            *array = take<double>(std::size_t(n) * sizes[l + 1]);
    step.terms = take<double>(std::size_t(n) * K);
    step.derivative = take<double>(std::size_t(n) * K);
}

// Of a layer: z, a, slope, da, delta; of the last one also 5: the terms of the loss, 6: their
// derivatives.
double* EXPORT(step_array)(int which, int layer) {
    if (which == 5) return step.terms;
    if (which == 6) return step.derivative;
    return *step.layers[layer].all()[which];
}
double EXPORT(step_loss)() { return step.loss; }
double EXPORT(step_row_scale)() { return step.row_scale; }

// What a formula makes of n values of each of its variables.
void EXPORT(evaluate)(
    const int* program, int length, const double* constants, const double* variables, int n,
    double* results
) {
    evaluate_rows(program, length, constants, variables, n, results);
}

// Quantiles of n numbers, which are sorted in place.
void EXPORT(quantiles)(double* x, int n, const double* fractions, int count, double* results) {
    sort(x, n);
    for (int i = 0; i < count; ++i) results[i] = quantile(x, n, fractions[i]);
}

// Mean and standard deviation of n numbers, which are changed on the way.
void EXPORT(moments)(double* x, int n, double* results) { write_moments(x, n, results); }

}  // extern "C"

}  // namespace glassnet::lab
