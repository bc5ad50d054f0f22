// Arrays as Python gives them. Each is checked before the engine gets a pointer to its numbers: it
// must have the dtype of the training, and as many numbers as the engine will read or write.
//
// An array object here keeps the memory of Python's array alive.
#pragma once
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

namespace nb = nanobind;

namespace glassnet {

using InputArray = nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>;
using OutputArray = nb::ndarray<nb::c_contig, nb::device::cpu>;
using InputArrays = std::vector<InputArray>;
using OutputArrays = std::vector<OutputArray>;
using Pointers = std::vector<void*>;

// x, y or nothing, sample weights or nothing.
using RowArrays = std::tuple<InputArray, std::optional<InputArray>, std::optional<InputArray>>;

template <class Array>
auto pointer_to(
    const Array& array, nb::dlpack::dtype dtype, std::size_t size, const std::string& name
) {
    if (array.dtype() != dtype || array.size() != size)
        throw std::invalid_argument(
            name + " has " + std::to_string(array.size()) + " numbers of " +
            std::to_string(array.dtype().bits) + " bits, wanted " + std::to_string(size) + " of " +
            std::to_string(dtype.bits)
        );
    return array.data();
}

inline std::size_t number_of_rows(const InputArray& x) { return x.ndim() ? x.shape(0) : 0; }

}  // namespace glassnet
