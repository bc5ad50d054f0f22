// A network's parameters, ready to predict with.
#pragma once
#include <nanobind/stl/string.h>

#include "arena.hpp"
#include "instruction_sets.hpp"
#include "network_spec.hpp"
#include "team.hpp"

namespace glassnet {

class Predictor {
public:
    Predictor(const std::string& variant, NetworkSpec network, const InputArrays& parameters)
        : engine(engine_of(variant)), network(std::move(network)) {
        const auto& spec = this->network;
        const auto pointers = spec.pointers_to(parameters, spec.arrays(), "parameters");
        prepared =
            engine.prepare_predict(spec.float64, spec.view(), pointers.data(), arena.memory());
    }

    // Writes the outputs for the rows of x.
    void predict(const InputArray& x, const OutputArray& output, int threads) const {
        const std::size_t n = number_of_rows(x);
        const std::size_t inputs = n * network.inputs();
        const std::size_t outputs = n * network.outputs();
        const void* from = pointer_to(x, network.dtype(), inputs, "x");
        void* to = pointer_to(output, network.dtype(), outputs, "output");
        std::optional<nb::gil_scoped_release> release;
        if (inputs > FEW_INPUTS) release.emplace();
        Arena scratch;
        Threads workers(threads);
        engine.predict(
            network.float64, network.view(), prepared, from, static_cast<std::int64_t>(n), to,
            scratch.memory(), workers.team()
        );
    }

private:
    // Numbers of x up to which a prediction takes less time than releasing Python's lock.
    static constexpr std::size_t FEW_INPUTS = 4096;

    const Engine& engine;
    NetworkSpec network;
    Arena arena;
    const void* prepared;
};

inline void bind_predictor(nb::module_& module) {
    nb::class_<Predictor>(module, "Predictor")
        .def(
            nb::init<const std::string&, NetworkSpec, const InputArrays&>(), nb::arg("variant"),
            nb::arg("network"), nb::arg("parameters")
        )
        .def(
            "__call__", &Predictor::predict, nb::arg("x"), nb::arg("output").noconvert(),
            nb::arg("threads")
        );
}

}  // namespace glassnet
