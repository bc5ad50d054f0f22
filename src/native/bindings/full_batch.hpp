// All rows of some data, ready for a solver: their loss and its gradient, or their Jacobian, at
// any parameters theta, which are P numbers in one vector.
#pragma once
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>

#include <mutex>
#include <utility>

#include "arena.hpp"
#include "instruction_sets.hpp"
#include "network_spec.hpp"
#include "python_lock.hpp"
#include "team.hpp"

namespace glassnet {

// What both have: the arrays, and the engine's problem, which points to them. Several Python
// threads may call one object, one at a time.
class FullBatch {
public:
    FullBatch(const FullBatch&) = delete;
    FullBatch& operator=(const FullBatch&) = delete;

protected:
    const Engine& engine;
    const NetworkSpec network;
    const std::size_t P;  // numbers of all parameters
    Problem problem{};
    Arena arena;
    Team team;  // of the call that is at work
    void* prepared = nullptr;

    FullBatch(
        const std::string& variant, NetworkSpec network, RowArrays data, InputArrays weight_masks,
        int threads
    )
        : engine(engine_of(variant)),
          network(std::move(network)),
          P(this->network.parameters()),
          team{nullptr, threads, nullptr},
          data(std::move(data)),
          weight_masks(std::move(weight_masks)),
          threads(threads) {
        if (!this->network.float64) throw std::invalid_argument("a solver works in float64");
        problem.network = this->network.view();
        problem.data = this->network.view_of(this->data, "data", this->network.inputs());
        problem.batch_size = problem.data.n;
        if (this->weight_masks.empty()) return;
        const std::size_t layers = this->network.layers();
        mask_pointers = this->network.pointers_to(this->weight_masks, layers, "weight masks");
        problem.masks = mask_pointers.data();
    }

    const void* pointer_to_theta(const InputArray& theta) const {
        return pointer_to(theta, nb::dtype<double>(), P, "theta");
    }

    static double* pointer_to_output(const OutputArray& array, std::size_t size, const char* name) {
        return static_cast<double*>(pointer_to(array, nb::dtype<double>(), size, name));
    }

    // Where each parameter array begins in a vector of all.
    Pointers arrays_in(const void* vector) const {
        const double* at = static_cast<const double*>(vector);
        Pointers arrays;
        for (std::size_t i = 0; i < network.arrays(); ++i) {
            arrays.push_back(const_cast<double*>(at));
            at += network.count(i);
        }
        return arrays;
    }

    // Runs f with threads and without Python's lock.
    template <class F> void run(const F& f) {
        const Unlocked python;
        const std::lock_guard lock(one_at_a_time);
        Threads workers(threads);
        team = workers.team();
        f();
    }

private:
    RowArrays data;
    InputArrays weight_masks;
    Pointers mask_pointers;
    int threads;
    std::mutex one_at_a_time;
};

// The loss, penalty included, and its gradient.
class FullBatchGradient : FullBatch {
public:
    FullBatchGradient(
        const std::string& variant, NetworkSpec network, RowArrays data,
        std::pair<double, double> penalty, InputArrays weight_masks, int threads
    )
        : FullBatch(
              variant, std::move(network), std::move(data), std::move(weight_masks), threads
          ) {
        if (!problem.data.y) throw std::invalid_argument("without targets there is no loss");
        problem.l2 = penalty.first;
        problem.l1 = penalty.second;
        prepared = engine.prepare_gradient(problem, arena.memory(), team);
    }

    // Writes the gradient at theta; gives the loss and the penalty in it.
    std::pair<double, double> evaluate(const InputArray& theta, const OutputArray& gradient) {
        const Pointers from = arrays_in(pointer_to_theta(theta));
        const Pointers to = arrays_in(pointer_to_output(gradient, P, "gradient"));
        double penalty = 0;
        double loss = 0;
        run([&] { loss = engine.gradient(prepared, from.data(), to.data(), penalty); });
        return {loss, penalty};
    }
};

// The outputs, and the Jacobian, each row of which is multiplied by its sample weight.
class FullBatchJacobian : FullBatch {
public:
    FullBatchJacobian(
        const std::string& variant, NetworkSpec network, InputArray x, InputArray row_scale,
        InputArrays weight_masks, int threads
    )
        : FullBatch(
              variant, std::move(network),
              RowArrays{std::move(x), std::nullopt, std::move(row_scale)}, std::move(weight_masks),
              threads
          ) {
        prepared = engine.prepare_jacobian(problem, arena.memory(), team);
    }

    // Writes the outputs and the Jacobian at theta.
    void evaluate(
        const InputArray& theta, const OutputArray& outputs, const OutputArray& jacobian
    ) {
        const std::size_t size = problem.data.n * network.outputs();
        const Pointers from = arrays_in(pointer_to_theta(theta));
        double* to_outputs = pointer_to_output(outputs, size, "outputs");
        double* to_jacobian = pointer_to_output(jacobian, size * P, "jacobian");
        run([&] { engine.jacobian(prepared, from.data(), to_outputs, to_jacobian); });
    }
};

inline void bind_full_batch(nb::module_& module) {
    nb::class_<FullBatchGradient>(module, "FullBatchGradient")
        .def(
            nb::init<
                const std::string&, NetworkSpec, RowArrays, std::pair<double, double>, InputArrays,
                int>(),
            nb::arg("variant"), nb::arg("network"), nb::arg("data"), nb::arg("penalty"),
            nb::arg("weight_masks"), nb::arg("threads")
        )
        .def(
            "__call__", &FullBatchGradient::evaluate, nb::arg("theta"),
            nb::arg("gradient").noconvert()
        );
    nb::class_<FullBatchJacobian>(module, "FullBatchJacobian")
        .def(
            nb::init<const std::string&, NetworkSpec, InputArray, InputArray, InputArrays, int>(),
            nb::arg("variant"), nb::arg("network"), nb::arg("x"), nb::arg("row_scale"),
            nb::arg("weight_masks"), nb::arg("threads")
        )
        .def(
            "__call__", &FullBatchJacobian::evaluate, nb::arg("theta"),
            nb::arg("outputs").noconvert(), nb::arg("jacobian").noconvert()
        );
}

}  // namespace glassnet
