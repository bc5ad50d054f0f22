// What passes between the bindings and the engine: plain data, so that every instruction set's engine has the same face.
//
// Arrays are row-major, contiguous, and all of one dtype (float or double). Lists of arrays are in the order of `flatten` in
// core/network.py: the weights, then the biases.
#pragma once
#include <cstddef>
#include <cstdint>

namespace glassnet {

struct Rows {
    const void *x, *y, *row_weights;  // n x D, n x K, n or null
    std::int64_t n;
};

struct Network {
    int L;                       // layers of weights
    const int* sizes;            // L + 1 numbers of nodes
    const int* activations;      // L numbers of rows in the table ACTIVATIONS
    bool bias;
    int loss, reduction;         // rows of LOSSES and of Reduction
    double setting;              // of the loss
};

struct Problem {
    Network network;
    Rows data, validation;       // validation.n == 0: none
    int optimizer;
    const double* settings;      // of the optimizer
    const double* multipliers;   // one for each parameter array
    double l2, l1;
    const double* dropout;       // L - 1 rates
    const void* const* masks;    // L matrices, or null
    std::int64_t batch_size, patience;  // patience < 0: never
    double min_delta;
    std::uint32_t seed;
    double clip;                 // the largest norm of a gradient; 0: any
    bool measure_gradient;
};

enum class Ended { no, early, not_finite };
constexpr const char* ENDINGS[] = {"", "early", "not_finite"};

struct State {  // the arrays are read at the start and written at the end of a call
    void* const* parameters;
    void* const* best;
    void* const* slots[2];
    std::int64_t t, epoch, best_epoch, waited;
    double best_loss;
    Ended ended;
};

struct Measured {
    double *loss, *epoch_loss, *penalty, *gradient_norm, *validation_loss;  // as long as the epochs to run ask for
    std::int64_t iterations, epochs;              // how many were run
    void* output;                                 // batch_size x K, the last iteration's
    std::int64_t output_rows;
};

// Memory for the length of a call: zeroed, aligned to 64 bytes, freed by whoever called.
struct Memory {
    void* self;
    void* (*take)(void* self, std::size_t bytes);
};

// Runs task(context, i) for every i below `parts`, on as many threads as there are, and comes back when all are done.
struct Team {
    void* self;
    int threads;
    void (*run)(void* self, void (*task)(void* context, int part), void* context, int parts);
};

enum class Table { activations, losses, reductions, optimizers, endings };

struct Engine {
    const char* name;
    const char* (*row_name)(Table table, int i);  // the name of a table's row number i, or null after the last
    int (*optimizer_settings)(int optimizer);
    int (*optimizer_slots)(int optimizer);
    // Train for `epochs` from `state`. orders: epochs x N row numbers, or null: as they are; rates: epochs x batches.
    void (*run)(
        bool f64, const Problem&, State&, const std::int64_t* orders, const double* rates, std::int64_t epochs, Measured&, const Memory&, const Team&
    );
    // The parameters as `predict` wants them, in memory that must outlive its calls; then the outputs, n x K, for n rows of inputs x.
    const void* (*prepare)(bool f64, const Network&, void* const* parameters, const Memory&);
    void (*predict)(bool f64, const Network&, const void* prepared, const void* x, std::int64_t n, void* output, const Memory&, const Team&);
    // All rows in one batch of float64 for a solver, in memory that must outlive its calls, as problem and team must; then their loss at some parameters,
    // with its gradient and the penalty in it; or, with row weights for what multiplies a row, their outputs, n x K, and the Jacobian, (n K) x P.
    void* (*prepare_gradient)(const Problem&, const Memory&, const Team&);
    double (*gradient)(void* prepared, void* const* parameters, void* const* gradient, double& penalty);
    void* (*prepare_jacobian)(const Problem&, const Memory&, const Team&);
    void (*jacobian)(void* prepared, void* const* parameters, double* outputs, double* jacobian);
};

}  // namespace glassnet
