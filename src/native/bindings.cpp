// The engine's face to Python: arrays are checked and handed over, the GIL is released, the instruction set is chosen. No mathematics.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "team.hpp"

namespace nb = nanobind;

namespace glassnet {
namespace baseline { extern const Engine engine; }
#if defined(__x86_64__)
namespace avx2 { extern const Engine engine; }
#endif

namespace {

using Read = nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>;
using Write = nb::ndarray<nb::c_contig, nb::device::cpu>;

// The engines that this processor can run, the fastest first.
std::vector<const Engine*> engines() {
    std::vector<const Engine*> found;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) found.push_back(&avx2::engine);
#endif
    found.push_back(&baseline::engine);
    return found;
}

const Engine& engine_of(const std::string& name) {
    for (const Engine* engine : engines())
        if (engine->name == name) return *engine;
    throw std::invalid_argument("this processor has no instruction set '" + name + "'");
}

// Memory that is freed all at once; small pieces are cut from larger ones.
class Arena {
public:
    Arena() = default;
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;
    ~Arena() {
        for (void* block : blocks) std::free(block);
    }
    Memory memory() {
        return {this, [](void* self, std::size_t bytes) { return static_cast<Arena*>(self)->take(bytes); }};
    }

private:
    std::vector<void*> blocks;
    char* next = nullptr;
    std::size_t left = 0;

    void* take(std::size_t bytes) {
        const std::size_t size = (bytes + 63) / 64 * 64;
        if (size > left) {
            left = size > MANY ? size : MANY;
            blocks.reserve(blocks.size() + 1);
            next = static_cast<char*>(std::aligned_alloc(64, left));
            if (!next) throw std::bad_alloc();
            blocks.push_back(next);
        }
        void* piece = std::memset(next, 0, size);
        next += size;
        left -= size;
        return piece;
    }
#if defined(__SANITIZE_ADDRESS__)
    static constexpr std::size_t MANY = 0;  // each piece by itself, so that a step out of it is seen
#else
    static constexpr std::size_t MANY = 16384;
#endif
};

// Every array must have the dtype of the training and as many numbers as the engine will read or write.
template <class Array> auto pointer(const Array& array, nb::dlpack::dtype dtype, std::size_t size, const char* name) {
    if (array.dtype() != dtype || array.size() != size)
        throw std::invalid_argument(
            std::string(name) + " has " + std::to_string(array.size()) + " numbers of " + std::to_string(array.dtype().bits) + " bits, wanted " +
            std::to_string(size) + " of " + std::to_string(dtype.bits)
        );
    return array.data();
}

struct NetworkSpec {
    std::vector<int> sizes, activations;
    bool bias;
    int loss, reduction;
    double setting;
    bool f64;

    std::size_t L() const { return activations.size(); }
    std::size_t arrays() const { return L() * (bias ? 2 : 1); }
    std::size_t numbers(std::size_t i) const { return i < L() ? std::size_t(sizes[i]) * sizes[i + 1] : std::size_t(sizes[i - L() + 1]); }
    nb::dlpack::dtype dtype() const { return f64 ? nb::dtype<double>() : nb::dtype<float>(); }
    Network view() const { return {static_cast<int>(L()), sizes.data(), activations.data(), bias, loss, reduction, setting}; }

    template <class Array> std::vector<void*> pointers(const std::vector<Array>& given, std::size_t wanted, const char* name) const {
        if (given.size() != wanted) throw std::invalid_argument(std::string(name) + ": wrong number of arrays");
        std::vector<void*> found;
        for (std::size_t i = 0; i < given.size(); ++i)
            found.push_back(const_cast<void*>(static_cast<const void*>(pointer(given[i], dtype(), numbers(i), name))));
        return found;
    }
};

using Given = std::tuple<Read, Read, std::optional<Read>>;  // x, y, row weights

Rows rows_of(const NetworkSpec& network, const Given& given, const char* name) {
    const auto& [x, y, weights] = given;
    const std::size_t n = x.ndim() ? x.shape(0) : 0;
    return {
        pointer(x, network.dtype(), n * network.sizes.front(), name), pointer(y, network.dtype(), n * network.sizes.back(), name),
        weights ? pointer(*weights, network.dtype(), n, name) : nullptr, static_cast<std::int64_t>(n)
    };
}

using Doubles = nb::ndarray<double, nb::c_contig, nb::device::cpu>;

// Trains; gives (iterations run, epochs run, rows of the output, t, epoch, best epoch, waited, best loss, how it ended).
auto run(
    const std::string& variant, const NetworkSpec& network, const Given& data, const std::optional<Given>& validation, int optimizer,
    const std::vector<double>& settings, const std::vector<double>& multipliers, std::pair<double, double> penalty,
    const std::vector<double>& dropout, const std::vector<Read>& masks, std::int64_t batch_size, std::int64_t patience, double min_delta,
    std::uint32_t seed, double clip, bool measure_gradient, const std::vector<Write>& parameters, const std::vector<Write>& best,
    const std::vector<std::vector<Write>>& slots, std::int64_t t, std::int64_t epoch, std::int64_t best_epoch, std::int64_t waited, double best_loss,
    const std::optional<nb::ndarray<const std::int64_t, nb::c_contig, nb::device::cpu>>& orders,
    const nb::ndarray<const double, nb::ndim<2>, nb::c_contig, nb::device::cpu>& rates, const Doubles& loss, const Doubles& epoch_loss,
    const Doubles& penalties, const Doubles& gradient_norm, const Doubles& validation_loss, const Write& output, int threads
) {
    const Engine& engine = engine_of(variant);
    const auto mask_pointers = masks.empty() ? std::vector<void*>() : network.pointers(masks, network.L(), "weight masks");
    const auto parameter_pointers = network.pointers(parameters, network.arrays(), "parameters");
    const auto best_pointers = network.pointers(best, network.arrays(), "best");
    std::vector<std::vector<void*>> slot_pointers;
    for (const auto& slot : slots) slot_pointers.push_back(network.pointers(slot, network.arrays(), "slots"));
    const Rows rows = rows_of(network, data, "data");
    const std::int64_t epochs = rates.shape(0), batches = (rows.n + batch_size - 1) / batch_size;
    if (std::int64_t(rates.shape(1)) != batches || multipliers.size() != network.arrays() || dropout.size() + 1 != network.L() ||
        int(slots.size()) != engine.optimizer_slots(optimizer) || int(settings.size()) != engine.optimizer_settings(optimizer))
        throw std::invalid_argument("rates, multipliers, dropout, slots or settings do not fit the problem");
    const Problem problem{
        network.view(),
        rows,
        validation ? rows_of(network, *validation, "validation") : Rows{},
        optimizer,
        settings.data(),
        multipliers.data(),
        penalty.first,
        penalty.second,
        dropout.data(),
        masks.empty() ? nullptr : mask_pointers.data(),
        batch_size,
        patience,
        min_delta,
        seed,
        clip,
        measure_gradient
    };
    State state{parameter_pointers.data(), best_pointers.data(), {nullptr, nullptr}, t, epoch, best_epoch, waited, best_loss, Ended::no};
    for (std::size_t k = 0; k < slots.size(); ++k) state.slots[k] = slot_pointers[k].data();
    Measured measured{
        static_cast<double*>(pointer(loss, nb::dtype<double>(), epochs * batches, "loss")),
        static_cast<double*>(pointer(epoch_loss, nb::dtype<double>(), epochs, "epoch_loss")),
        static_cast<double*>(pointer(penalties, nb::dtype<double>(), epochs, "penalty")),
        static_cast<double*>(pointer(gradient_norm, nb::dtype<double>(), measure_gradient ? epochs : 0, "gradient_norm")),
        static_cast<double*>(pointer(validation_loss, nb::dtype<double>(), validation ? epochs : 0, "validation_loss")),
        0,
        0,
        pointer(output, network.dtype(), batch_size * network.sizes.back(), "output"),
        0
    };
    const std::int64_t* order =
        orders ? static_cast<const std::int64_t*>(pointer(*orders, nb::dtype<std::int64_t>(), epochs * rows.n, "orders")) : nullptr;
    {
        const nb::gil_scoped_release release;
        Arena arena;
        Threads workers(threads);
        engine.run(network.f64, problem, state, order, rates.data(), epochs, measured, arena.memory(), workers.team());
    }
    return std::make_tuple(
        measured.iterations, measured.epochs, measured.output_rows, state.t, state.epoch, state.best_epoch, state.waited, state.best_loss,
        static_cast<int>(state.ended)
    );
}

// A network's parameters, ready to predict with.
class Predictor {
public:
    Predictor(const std::string& variant, NetworkSpec network, const std::vector<Read>& parameters)
        : engine(engine_of(variant)), network(std::move(network)) {
        const auto pointers = this->network.pointers(parameters, this->network.arrays(), "parameters");
        prepared = engine.prepare(this->network.f64, this->network.view(), pointers.data(), arena.memory());
    }

    // Writes the outputs for the rows of x.
    void predict(const Read& x, const Write& output, int threads) const {
        const std::size_t n = x.ndim() ? x.shape(0) : 0;
        const void* from = pointer(x, network.dtype(), n * network.sizes.front(), "x");
        void* to = pointer(output, network.dtype(), n * network.sizes.back(), "output");
        std::optional<nb::gil_scoped_release> release;  // not for a few rows, which take less time than letting go and coming back
        if (n * network.sizes.front() > 4096) release.emplace();
        Arena scratch;
        Threads workers(threads);
        engine.predict(network.f64, network.view(), prepared, from, static_cast<std::int64_t>(n), to, scratch.memory(), workers.team());
    }

private:
    const Engine& engine;
    NetworkSpec network;
    Arena arena;
    const void* prepared;
};

// All rows of some data, ready for a solver: for the loss and its gradient where there are targets, else for the Jacobian.
class FullBatch {
public:
    FullBatch(
        const std::string& variant, NetworkSpec network, const std::tuple<Read, std::optional<Read>, std::optional<Read>>& data,
        std::pair<double, double> penalty, const std::vector<Read>& masks, int threads
    )
        : engine(engine_of(variant)), network(std::move(network)), data(data), masks(masks), threads(threads), team{nullptr, threads, nullptr} {
        const auto& [x, y, weights] = this->data;
        const std::size_t n = x.ndim() ? x.shape(0) : 0;
        const auto dtype = nb::dtype<double>();
        if (!masks.empty()) mask_pointers = this->network.pointers(this->masks, this->network.L(), "weight masks");
        for (std::size_t i = 0; i < this->network.arrays(); ++i) P += this->network.numbers(i);
        problem.network = this->network.view();
        problem.data = {
            pointer(x, dtype, n * this->network.sizes.front(), "x"), y ? pointer(*y, dtype, n * this->network.sizes.back(), "y") : nullptr,
            weights ? pointer(*weights, dtype, n, "row weights") : nullptr, static_cast<std::int64_t>(n)
        };
        problem.l2 = penalty.first;
        problem.l1 = penalty.second;
        problem.masks = masks.empty() ? nullptr : mask_pointers.data();
        problem.batch_size = problem.data.n;
        prepared = (y ? engine.prepare_gradient : engine.prepare_jacobian)(problem, arena.memory(), team);
    }

    // Writes the gradient at theta; gives the loss and the penalty in it.
    std::pair<double, double> gradient(const Read& theta, const Write& gradient) {
        if (!problem.data.y) throw std::invalid_argument("without targets there is no loss");
        const auto from = places(pointer(theta, nb::dtype<double>(), P, "theta")), to = places(pointer(gradient, nb::dtype<double>(), P, "gradient"));
        double penalty = 0, loss = 0;
        work([&] { loss = engine.gradient(prepared, from.data(), to.data(), penalty); });
        return {loss, penalty};
    }

    // Writes the outputs and the Jacobian at theta.
    void jacobian(const Read& theta, const Write& outputs, const Write& jacobian) {
        if (problem.data.y) throw std::invalid_argument("with targets there is no Jacobian");
        const std::size_t size = problem.data.n * network.sizes.back();
        const auto from = places(pointer(theta, nb::dtype<double>(), P, "theta"));
        void *a = pointer(outputs, nb::dtype<double>(), size, "outputs"), *to = pointer(jacobian, nb::dtype<double>(), size * P, "jacobian");
        work([&] { engine.jacobian(prepared, from.data(), static_cast<double*>(a), static_cast<double*>(to)); });
    }

private:
    const Engine& engine;
    NetworkSpec network;
    std::tuple<Read, std::optional<Read>, std::optional<Read>> data;
    std::vector<Read> masks;
    std::vector<void*> mask_pointers;
    Problem problem{};
    int threads;
    Team team;  // of the call that is at work
    std::size_t P = 0;
    Arena arena;
    void* prepared;
    std::mutex one_at_a_time;

    // Where each parameter array begins in a vector of all.
    std::vector<void*> places(const void* all) const {
        std::vector<void*> found;
        const double* at = static_cast<const double*>(all);
        for (std::size_t i = 0; i < network.arrays(); at += network.numbers(i++)) found.push_back(const_cast<double*>(at));
        return found;
    }

    template <class F> void work(const F& f) {
        const nb::gil_scoped_release release;
        const std::lock_guard lock(one_at_a_time);
        Threads workers(threads);
        team = workers.team();
        f();
    }
};

// The names of the rows of each table, in order: Python and the engine mean the same row by the same number.
nb::dict tables() {
    nb::dict found;
    for (const auto& [name, table] :
         {std::pair{"activations", Table::activations},
          {"losses", Table::losses},
          {"reductions", Table::reductions},
          {"optimizers", Table::optimizers},
          {"endings", Table::endings}}) {
        nb::list rows;
        for (int i = 0; const char* row = baseline::engine.row_name(table, i); ++i) rows.append(row);
        found[name] = rows;
    }
    return found;
}

std::vector<std::string> variants() {
    std::vector<std::string> found;
    for (const Engine* engine : engines()) found.emplace_back(engine->name);
    return found;
}

}  // namespace
}  // namespace glassnet

NB_MODULE(_native, module) {
    using namespace glassnet;
    module.doc() = "The native engine. Called by glassnet.training.engines.native only.";
    nb::class_<NetworkSpec>(module, "NetworkSpec")
        .def(
            "__init__", [](NetworkSpec* self, std::vector<int> sizes, std::vector<int> activations, bool bias, int loss, int reduction,
                           double setting, bool f64) {
                if (sizes.size() != activations.size() + 1 || activations.empty()) throw std::invalid_argument("sizes and activations do not fit");
                new (self) NetworkSpec{std::move(sizes), std::move(activations), bias, loss, reduction, setting, f64};
            }
        );
    // What is written to must be what was given: noconvert() keeps nanobind from making copies.
    module.def(
        "run", &run, nb::kw_only(), nb::arg("variant"), nb::arg("network"), nb::arg("data"), nb::arg("validation").none(), nb::arg("optimizer"),
        nb::arg("settings"), nb::arg("multipliers"), nb::arg("penalty"), nb::arg("dropout"), nb::arg("masks"), nb::arg("batch_size"),
        nb::arg("patience"), nb::arg("min_delta"), nb::arg("seed"), nb::arg("clip"), nb::arg("measure_gradient"), nb::arg("parameters").noconvert(),
        nb::arg("best").noconvert(), nb::arg("slots").noconvert(), nb::arg("t"), nb::arg("epoch"), nb::arg("best_epoch"), nb::arg("waited"),
        nb::arg("best_loss"), nb::arg("orders").none(), nb::arg("rates"), nb::arg("loss").noconvert(), nb::arg("epoch_loss").noconvert(),
        nb::arg("penalties").noconvert(), nb::arg("gradient_norm").noconvert(), nb::arg("validation_loss").noconvert(), nb::arg("output").noconvert(),
        nb::arg("threads")
    );
    nb::set_leak_warnings(false);  // a thread that still trains when Python ends is no leak
    nb::class_<Predictor>(module, "Predictor")
        .def(nb::init<const std::string&, NetworkSpec, const std::vector<Read>&>())
        .def("__call__", &Predictor::predict, nb::arg("x"), nb::arg("output").noconvert(), nb::arg("threads"));
    nb::class_<FullBatch>(module, "FullBatch")
        .def(
            nb::init<
                const std::string&, NetworkSpec, const std::tuple<Read, std::optional<Read>, std::optional<Read>>&, std::pair<double, double>,
                const std::vector<Read>&, int>(),
            nb::arg("variant"), nb::arg("network"), nb::arg("data"), nb::arg("penalty"), nb::arg("masks"), nb::arg("threads")
        )
        .def("gradient", &FullBatch::gradient, nb::arg("theta"), nb::arg("gradient").noconvert())
        .def("jacobian", &FullBatch::jacobian, nb::arg("theta"), nb::arg("outputs").noconvert(), nb::arg("jacobian").noconvert());
    module.def("tables", &tables);
    module.def("variants", &variants);
}
