// What passes between the bindings and the engine: plain data, so that the engine of every
// instruction set can be called in the same way. No mathematics, and nothing of Python.
//
// Arrays are row-major, contiguous, and all of one dtype (float or double). Lists of parameter
// arrays are in the order of core/network.py: the weights, then the biases.
#pragma once
#include <cstddef>
#include <cstdint>

namespace glassnet {

// Inputs of several columns each of which stands in few numbers, for all rows (training/packed.py):
// a ramp is `width` inputs from number `first` on, `below` up to number `index` of them, there
// `value`, and `above` from there on.
struct PackedInputs {
    int plain;                  // inputs that stand as they are
    const std::int64_t* at;     // their numbers
    int ramps;
    const std::int64_t* spans;  // ramps x 2: first, width
    const double* ends;         // ramps x 2: below, above
    const std::uint8_t* index;  // n x ramps
    const void* value;          // n x ramps
};

struct Rows {
    const void* x;              // n x D; where inputs are packed, n x (plain ones)
    const void* y;              // n x K, or null where there are no targets
    const void* sample_weight;  // n, or null: every row counts as 1
    std::int64_t n;
    const PackedInputs* packed = nullptr;
    const std::int64_t* numbers = nullptr;  // n row numbers of the table above; null: its first n
};

struct Network {
    int L;  // layers of weights
    const int* sizes;  // L + 1 numbers of nodes
    const int* activations;  // L row numbers of the table ACTIVATIONS
    bool bias;
    int loss;  // row number of the table LOSSES
    int reduction;  // row number of the table REDUCTIONS
    double setting;  // of the loss
};

// What stays the same from a training's first iteration to its last.
struct Problem {
    Network network;
    Rows data;
    Rows validation;  // n == 0: none
    int optimizer;  // row number of the table OPTIMIZERS
    const double* settings;  // of the optimizer
    const double* multipliers;  // one for each parameter array: its learning rate over the run's
    double l2;
    double l1;
    const double* dropout;  // L - 1 rates
    const void* const* masks;  // L matrices, or null: all weights are trained
    std::int64_t batch_size;
    std::int64_t patience;  // epochs without improvement; negative: any number
    double min_delta;
    std::uint32_t seed;
    double clip;  // the largest norm of a gradient; 0: any
    bool measure_gradient;
};

enum class Ending { none, early, not_finite };
constexpr const char* ENDINGS[] = {"", "early", "not_finite"};

// Where a training stands. The arrays are read when a call begins and written when it ends.
struct State {
    void* const* parameters;
    void* const* best;  // the parameters with the lowest loss so far
    void* const* slots[2];  // of the optimizer, each a list like the parameters
    std::int64_t t;  // updates made
    std::int64_t epoch;
    std::int64_t best_epoch;
    std::int64_t waited;  // epochs in a row that were no better
    double best_loss;
    Ending ended;
};

// The epochs that one call runs.
struct Epochs {
    std::int64_t count;
    const std::int64_t* orders;  // count x N row numbers, or null: the rows as they are
    const double* rates;  // count x batches
};

// What one call saw. Each array has room for all of its epochs.
struct Measured {
    double* iteration_loss;
    double* loss;  // of each epoch
    double* penalty;  // of each epoch
    double* gradient_norm;  // of each epoch, where it is measured
    double* validation_loss;  // of each epoch, where there are validation rows
    void* output;  // batch_size x K, of the last iteration
    std::int64_t iterations;  // how many were run
    std::int64_t epochs;  // how many were run
    std::int64_t output_rows;  // how many rows the last iteration had
};

// One network of a population.
struct Member {
    const Problem* problem;
    State* state;
    const Epochs* epochs;
    Measured* measured;
};

// Memory for the length of a call: zeroed, aligned to 64 bytes, freed by the caller.
struct Memory {
    void* self;
    void* (*allocate)(void* self, std::size_t bytes);
};

// Runs task(context, i) for every i below `count` on its threads, and returns when all are done.
struct Team {
    void* self;
    int threads;
    void (*run)(void* self, void (*task)(void* context, int i), void* context, int count);
};

// Asked between iterations whether to go on.
struct Watch {
    void* self;
    bool (*goes_on)(void* self);
};

enum class Table { activations, losses, reductions, optimizers, endings };

// The functions of one instruction set. `float64` says which dtype the arrays have.
struct Engine {
    const char* name;

    // The name of a table's row number i, or null after the last.
    const char* (*row_name)(Table table, int i);
    int (*optimizer_settings)(int optimizer);
    int (*optimizer_slots)(int optimizer);

    // Trains from `state`, which is then where the training stands. Where `watch` ends it, nothing
    // that is left in `state` and `measured` is of use.
    void (*train)(
        bool float64, const Problem& problem, State& state, const Epochs& epochs,
        Measured& measured, const Memory& memory, const Team& team, const Watch& watch
    );

    // The same for several networks of one shape at a time, one in each lane of a vector: of each
    // its problem, state, epochs, and what is measured. An epoch has equally many batches for all
    // of them, either all have validation rows or none, and the optimizer is one and not Muon.
    int (*lanes)(bool float64);
    void (*train_in_lanes)(
        bool float64, const Member* members, std::int64_t count, const Memory& memory,
        const Watch& watch
    );

    // Gives the parameters as `predict` wants them, in memory that must outlive its calls.
    const void* (*prepare_predict)(
        bool float64, const Network& network, void* const* parameters, const Memory& memory
    );
    // Writes the outputs, n x K, for n rows of inputs x; or adds them to what is there.
    void (*predict)(
        bool float64, const Network& network, const void* prepared, const void* x, std::int64_t n,
        void* output, bool add, const Memory& memory, const Team& team
    );

    // For solvers: all rows in one batch of float64. `problem`, `memory` and `team` must outlive
    // the calls that are given what `prepare_...` gives.
    void* (*prepare_gradient)(const Problem& problem, const Memory& memory, const Team& team);
    // Writes the gradient; gives the loss with the penalty, and the penalty alone.
    double (*gradient)(
        void* prepared, void* const* parameters, void* const* gradient, double& penalty
    );

    // Here sample_weight is what multiplies a row of the Jacobian.
    void* (*prepare_jacobian)(const Problem& problem, const Memory& memory, const Team& team);
    // Writes the outputs, n x K, and the Jacobian, (n K) x P.
    void (*jacobian)(void* prepared, void* const* parameters, double* outputs, double* jacobian);
};

}  // namespace glassnet
