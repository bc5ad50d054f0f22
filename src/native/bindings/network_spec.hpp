// A network as Python describes it: sizes, row numbers of the tables, and the dtype. It knows how
// many numbers each array of the network must have.
#pragma once
#include "python_arrays.hpp"
#include "groups.hpp"

namespace glassnet {

struct NetworkSpec {
    std::vector<int> sizes;
    std::vector<int> activations;
    bool bias;
    int loss;
    int reduction;
    double setting;
    bool float64;

    int inputs() const { return sizes.front(); }
    int outputs() const { return sizes.back(); }
    std::size_t layers() const { return activations.size(); }
    std::size_t arrays() const { return layers() * (bias ? 2 : 1); }

    // How many numbers parameter array i has.
    std::size_t count(std::size_t i) const {
        const std::size_t L = layers();
        return i < L ? std::size_t(sizes[i]) * sizes[i + 1] : std::size_t(sizes[i - L + 1]);
    }

    // How many numbers all parameter arrays have.
    std::size_t parameters() const {
        std::size_t total = 0;
        for (std::size_t i = 0; i < arrays(); ++i) total += count(i);
        return total;
    }

    // Bytes of a number.
    std::size_t bytes() const { return float64 ? sizeof(double) : sizeof(float); }

    bool operator==(const NetworkSpec&) const = default;

    nb::dlpack::dtype dtype() const { return float64 ? nb::dtype<double>() : nb::dtype<float>(); }

    // What the engine reads, for as long as this object lives.
    Network view() const {
        return {
            .L = static_cast<int>(layers()),
            .sizes = sizes.data(),
            .activations = activations.data(),
            .bias = bias,
            .loss = loss,
            .reduction = reduction,
            .setting = setting,
        };
    }

    // Pointers to `wanted` arrays: all parameters, or the weights alone.
    template <class Array>
    Pointers pointers_to(
        const std::vector<Array>& arrays, std::size_t wanted, const std::string& name
    ) const {
        if (arrays.size() != wanted) throw std::invalid_argument(name + ": wrong number of arrays");
        Pointers pointers;
        pointers.reserve(wanted);
        for (std::size_t i = 0; i < wanted; ++i) {
            const void* pointer = pointer_to(arrays[i], dtype(), count(i), name);
            pointers.push_back(const_cast<void*>(pointer));  // the engine writes to no input
        }
        return pointers;
    }

    // `columns` are those of x.
    Rows view_of(const RowArrays& rows, const std::string& name, std::size_t columns) const {
        const auto& [x, y, sample_weight] = rows;
        const std::size_t n = number_of_rows(x);
        return {
            .x = pointer_to(x, dtype(), n * columns, name),
            .y = y ? pointer_to(*y, dtype(), n * outputs(), name) : nullptr,
            .sample_weight = sample_weight ? pointer_to(*sample_weight, dtype(), n, name) : nullptr,
            .n = static_cast<std::int64_t>(n),
        };
    }
};

inline void bind_network_spec(nb::module_& module) {
    const auto make = [](NetworkSpec* self, std::vector<int> sizes, std::vector<int> activations,
                         bool bias, int loss, int reduction, double setting, bool float64) {
        if (activations.empty() || sizes.size() != activations.size() + 1)
            throw std::invalid_argument("sizes and activations do not fit");
        new (self) NetworkSpec{
            .sizes = std::move(sizes),
            .activations = std::move(activations),
            .bias = bias,
            .loss = loss,
            .reduction = reduction,
            .setting = setting,
            .float64 = float64,
        };
    };
    nb::class_<NetworkSpec>(module, "NetworkSpec")
        .def(
            "__init__", make, nb::arg("sizes"), nb::arg("activations"), nb::arg("bias"),
            nb::arg("loss"), nb::arg("reduction"), nb::arg("setting"), nb::arg("float64")
        )
        .def_ro("float64", &NetworkSpec::float64)
        .def_prop_ro("rows_of_a_group", [](const NetworkSpec& spec) {
            return rows_of_a_group(spec.view(), spec.bytes());
        });
}

}  // namespace glassnet
