// Parameters of one network or several, ready to predict with.
#pragma once
#include <nanobind/stl/string.h>

#include "arena.hpp"
#include "instruction_sets.hpp"
#include "network_spec.hpp"
#include "python_lock.hpp"
#include "team.hpp"

namespace glassnet {

// The sum of the outputs of some networks, which have equally many inputs and equally many outputs.
// One call runs them all: for one row, a call from Python takes as long as a small network.
class Predictor {
public:
    Predictor(
        const std::string& variant, std::vector<NetworkSpec> networks,
        const std::vector<InputArrays>& parameters
    )
        : engine(engine_of(variant)), networks(std::move(networks)) {
        if (this->networks.empty() || this->networks.size() != parameters.size())
            throw std::invalid_argument("networks and parameters do not fit");
        for (std::size_t i = 0; i < parameters.size(); ++i)
            prepared.push_back(prepare(this->networks[i], parameters[i]));
    }

    // Writes the sum of the outputs for the rows of x, added up network after network.
    void predict(const InputArray& x, const OutputArray& output, int threads) const {
        const NetworkSpec& first = networks.front();
        const std::size_t n = number_of_rows(x);
        const std::size_t inputs = n * first.inputs();
        const std::size_t outputs = n * first.outputs();
        const void* from = pointer_to(x, first.dtype(), inputs, "x");
        void* to = pointer_to(output, first.dtype(), outputs, "output");
        std::optional<Unlocked> python;
        if (inputs * networks.size() > FEW_INPUTS) python.emplace();
        Threads workers(threads);
        for (std::size_t i = 0; i < networks.size(); ++i) {
            Arena scratch;
            const bool add = i > 0;
            engine.predict(
                first.float64, networks[i].view(), prepared[i], from, static_cast<std::int64_t>(n),
                to, add, scratch.memory(), workers.team()
            );
        }
    }

private:
    // Numbers of x, once for each network, up to which a prediction takes less time than releasing
    // Python's lock.
    static constexpr std::size_t FEW_INPUTS = 4096;

    const Engine& engine;
    std::vector<NetworkSpec> networks;
    Arena arena;
    std::vector<const void*> prepared;  // the parameters of each network

    const void* prepare(const NetworkSpec& network, const InputArrays& parameters) {
        const NetworkSpec& first = networks.front();
        if (network.inputs() != first.inputs() || network.outputs() != first.outputs() ||
            network.float64 != first.float64)
            throw std::invalid_argument("the networks differ in inputs, outputs or dtype");
        const auto pointers = network.pointers_to(parameters, network.arrays(), "parameters");
        return engine.prepare_predict(
            network.float64, network.view(), pointers.data(), arena.memory()
        );
    }
};

inline void bind_predictor(nb::module_& module) {
    nb::class_<Predictor>(module, "Predictor")
        .def(
            nb::init<
                const std::string&, std::vector<NetworkSpec>, const std::vector<InputArrays>&>(),
            nb::arg("variant"), nb::arg("networks"), nb::arg("parameters")
        )
        .def(
            "__call__", &Predictor::predict, nb::arg("x"), nb::arg("output").noconvert(),
            nb::arg("threads")
        );
}

}  // namespace glassnet
