// The engine for one instruction set. This file is compiled once for each, with the compiler flags
// of that set and with its name as GLASSNET_VARIANT.
#include "outputs.hpp"
#include "population.hpp"

namespace glassnet::GLASSNET_VARIANT {

template <class Row, int n> INLINE const char* name_of(const Row (&table)[n], int i) {
    return i < n ? table[i].name : nullptr;
}

template <int n> INLINE const char* name_of(const char* const (&names)[n], int i) {
    return i < n ? names[i] : nullptr;
}

const char* row_name(Table table, int i) {
    switch (table) {
        case Table::activations: return name_of(ACTIVATIONS<double, 1>, i);
        case Table::losses: return name_of(LOSSES<double>, i);
        case Table::reductions: return name_of(REDUCTIONS, i);
        case Table::optimizers: return name_of(OPTIMIZERS<double>, i);
        case Table::endings: return name_of(ENDINGS, i);
    }
    return nullptr;
}

int optimizer_settings(int optimizer) { return OPTIMIZERS<double>[optimizer].settings; }
int optimizer_slots(int optimizer) { return OPTIMIZERS<double>[optimizer].slots; }

bool wants_one_vector(bool float64, std::int64_t rows) {
    return float64 ? wants_one_vector<double>(rows) : wants_one_vector<float>(rows);
}

template <class T, int V>
void train_as(
    const Problem& problem, State& state, const Epochs& epochs, Measured& measured,
    const Memory& memory, const Team& team, const Watch& watch
) {
    Training<T, V>(problem, state, memory, team, watch).run(epochs, measured);
}

void train(
    bool float64, const Problem& problem, State& state, const Epochs& epochs, Measured& measured,
    const Memory& memory, const Team& team, const Watch& watch
) {
    auto* chosen = float64 ? train_as<double, 2> : train_as<float, 2>;
    if (wants_one_vector(float64, problem.batch_size))
        chosen = float64 ? train_as<double, 1> : train_as<float, 1>;
    chosen(problem, state, epochs, measured, memory, team, watch);
}

int lanes(bool float64) { return float64 ? LANES<double> : LANES<float>; }

template <class T>
void train_lanes(
    const Member* members, std::int64_t count, const Memory& memory, const Watch& watch
) {
    (new (memory) LaneTrainings<T>(members, count, memory, watch))->run();
}

void train_in_lanes(
    bool float64, const Member* members, std::int64_t count, const Memory& memory,
    const Watch& watch
) {
    (float64 ? train_lanes<double> : train_lanes<float>)(members, count, memory, watch);
}

template <class T>
const void* flat_parameters(const Network& network, void* const* parameters, const Memory& memory) {
    return ParameterLayout<T>(network, memory).read_new(parameters, memory);
}

const void* prepare_predict(
    bool float64, const Network& network, void* const* parameters, const Memory& memory
) {
    return float64 ? flat_parameters<double>(network, parameters, memory)
                   : flat_parameters<float>(network, parameters, memory);
}

void predict_rows(
    bool float64, const Network& network, const void* prepared, const void* x, std::int64_t n,
    void* output, bool add, const Memory& memory, const Team& team
) {
    auto* chosen = float64 ? predict<double, 2> : predict<float, 2>;
    if (wants_one_vector(float64, n)) chosen = float64 ? predict<double, 1> : predict<float, 1>;
    chosen(network, prepared, x, n, output, add, memory, team);
}

void* prepare_gradient(const Problem& problem, const Memory& memory, const Team& team) {
    return new (memory) Objective<double, 2>(problem, memory, team);
}

double gradient_at(
    void* prepared, void* const* parameters, void* const* gradient, double& penalty
) {
    auto& objective = *static_cast<Objective<double, 2>*>(prepared);
    const double loss = objective.evaluate(parameters, gradient);
    penalty = objective.penalty;
    return loss;
}

void* prepare_jacobian(const Problem& problem, const Memory& memory, const Team& team) {
    return new (memory) Jacobian<double, 2>(problem, memory, team);
}

void jacobian_at(void* prepared, void* const* parameters, double* outputs, double* jacobian) {
    static_cast<Jacobian<double, 2>*>(prepared)->evaluate(parameters, outputs, jacobian);
}

#define TEXT_OF(name) #name
#define TEXT(name) TEXT_OF(name)
extern const Engine engine;
const Engine engine = {
    .name = TEXT(GLASSNET_VARIANT),
    .row_name = row_name,
    .optimizer_settings = optimizer_settings,
    .optimizer_slots = optimizer_slots,
    .train = train,
    .lanes = lanes,
    .train_in_lanes = train_in_lanes,
    .prepare_predict = prepare_predict,
    .predict = predict_rows,
    .prepare_gradient = prepare_gradient,
    .gradient = gradient_at,
    .prepare_jacobian = prepare_jacobian,
    .jacobian = jacobian_at,
};

}  // namespace glassnet::GLASSNET_VARIANT
