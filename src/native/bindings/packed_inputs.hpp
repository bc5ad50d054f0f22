// Packed inputs as Python gives them (training/packed.py), each array checked before the engine gets
// a pointer to its numbers.
#pragma once
#include "engine.hpp"
#include "python_arrays.hpp"

namespace glassnet {

using WholeNumbers = nb::ndarray<const std::int64_t, nb::c_contig, nb::device::cpu>;
using Ends = nb::ndarray<const double, nb::c_contig, nb::device::cpu>;
using RampIndices = nb::ndarray<const std::uint8_t, nb::c_contig, nb::device::cpu>;

// The numbers of the inputs that stand as they are; the ramps' spans and ends; of each row its
// index in every ramp, and its value there.
using PackedArrays = std::tuple<WholeNumbers, WholeNumbers, Ends, RampIndices, InputArray>;

// Raises unless every input is there once.
inline void check_inputs(const PackedInputs& packed, std::int64_t inputs) {
    std::vector<int> times(inputs, 0);
    const auto count = [&](std::int64_t first, std::int64_t width) {
        if (first < 0 || width < 0 || first > inputs || width > inputs - first)
            throw std::invalid_argument("packed inputs: no such input");
        for (std::int64_t i = first; i < first + width; ++i) ++times[i];
    };
    for (int p = 0; p < packed.plain; ++p) count(packed.at[p], 1);
    for (int s = 0; s < packed.ramps; ++s) count(packed.spans[2 * s], packed.spans[2 * s + 1]);
    for (const int found : times)
        if (found != 1) throw std::invalid_argument("packed inputs: each input must be there once");
}

inline PackedInputs view_of_packed(
    const PackedArrays& arrays, const RowArrays& rows, std::int64_t inputs, nb::dlpack::dtype dtype
) {
    const auto& [at, spans, ends, index, value] = arrays;
    const std::size_t n = number_of_rows(std::get<0>(rows));
    const std::size_t ramps = spans.size() / 2;
    const auto whole = nb::dtype<std::int64_t>();
    const PackedInputs packed{
        .plain = static_cast<int>(at.size()),
        .at = at.data(),
        .ramps = static_cast<int>(ramps),
        .spans = pointer_to(spans, whole, ramps * 2, "spans"),
        .ends = pointer_to(ends, nb::dtype<double>(), ramps * 2, "ends"),
        .index = pointer_to(index, nb::dtype<std::uint8_t>(), n * ramps, "index"),
        .value = pointer_to(value, dtype, n * ramps, "value"),
    };
    check_inputs(packed, inputs);
    return packed;
}

}  // namespace glassnet
