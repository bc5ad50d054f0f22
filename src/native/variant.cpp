// The engine for one instruction set. This file is compiled once for each, with its flags and with GLASSNET_VARIANT as its name.
#include "outputs.hpp"
#include "training.hpp"

namespace glassnet::GLASSNET_VARIANT {

template <class Row, int n> INLINE const char* name_of(const Row (&table)[n], int i) { return i < n ? table[i].name : nullptr; }
template <int n> INLINE const char* name_of(const char* const (&names)[n], int i) { return i < n ? names[i] : nullptr; }

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

template <class T, int V>
void run_as(
    const Problem& problem, State& state, const std::int64_t* orders, const double* rates, std::int64_t epochs, Measured& measured,
    const Memory& memory, const Team& team
) {
    Training<T, V>(problem, state, memory, team).run(orders, rates, epochs, measured);
}

// Blocks of one vector where the rows of a batch fit into it, else of two.
void run(
    bool f64, const Problem& problem, State& state, const std::int64_t* orders, const double* rates, std::int64_t epochs, Measured& measured,
    const Memory& memory, const Team& team
) {
    const bool one = problem.batch_size <= (f64 ? LANES<double> : LANES<float>);
    const auto as = f64 ? (one ? run_as<double, 1> : run_as<double, 2>) : (one ? run_as<float, 1> : run_as<float, 2>);
    as(problem, state, orders, rates, epochs, measured, memory, team);
}

template <class T> const void* prepare_as(const Network& network, void* const* parameters, const Memory& memory) {
    return Flat<T>(network, nullptr, memory).read(parameters, memory);
}

const void* prepare(bool f64, const Network& network, void* const* parameters, const Memory& memory) {
    return f64 ? prepare_as<double>(network, parameters, memory) : prepare_as<float>(network, parameters, memory);
}

void predict_rows(
    bool f64, const Network& network, const void* prepared, const void* x, std::int64_t n, void* output, const Memory& memory, const Team& team
) {
    const bool one = n <= (f64 ? LANES<double> : LANES<float>);
    const auto as = f64 ? (one ? predict<double, 1> : predict<double, 2>) : (one ? predict<float, 1> : predict<float, 2>);
    as(network, prepared, x, n, output, memory, team);
}

void* prepare_gradient(const Problem& problem, const Memory& memory, const Team& team) {
    return new (memory) Objective<double, 2>(problem, memory, team);
}

double gradient_at(void* prepared, void* const* parameters, void* const* gradient, double& penalty) {
    auto& objective = *static_cast<Objective<double, 2>*>(prepared);
    const double loss = objective.at(parameters, gradient);
    penalty = objective.penalty;
    return loss;
}

void* prepare_jacobian(const Problem& problem, const Memory& memory, const Team& team) {
    return new (memory) Jacobian<double, 2>(problem, memory, team);
}

void jacobian_at(void* prepared, void* const* parameters, double* outputs, double* jacobian) {
    static_cast<Jacobian<double, 2>*>(prepared)->at(parameters, outputs, jacobian);
}

#define TEXT_OF(name) #name
#define TEXT(name) TEXT_OF(name)
extern const Engine engine;
const Engine engine = {TEXT(GLASSNET_VARIANT), row_name,         optimizer_settings, optimizer_slots,  run,        prepare,
                       predict_rows,           prepare_gradient, gradient_at,        prepare_jacobian, jacobian_at};

}  // namespace glassnet::GLASSNET_VARIANT
