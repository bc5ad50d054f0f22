// The engines, one for each instruction set, and what Python may know of them.
#pragma once
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "engine.hpp"
#include "processor.hpp"

namespace nb = nanobind;

namespace glassnet {

namespace baseline { extern const Engine engine; }
#if defined(__x86_64__)
namespace avx2 { extern const Engine engine; }
namespace avx512 { extern const Engine engine; }
#endif

// The engines that this processor can run, those with the widest vectors first.
inline std::vector<const Engine*> engines() {
    std::vector<const Engine*> found;
#if defined(__x86_64__)
    const Processor processor;
    if (processor.avx512) found.push_back(&avx512::engine);
    if (processor.avx2_fma) found.push_back(&avx2::engine);
#endif
    found.push_back(&baseline::engine);
    return found;
}

inline const Engine& engine_of(const std::string& variant) {
    for (const Engine* engine : engines())
        if (engine->name == variant) return *engine;
    throw std::invalid_argument("this processor has no instruction set '" + variant + "'");
}

inline std::vector<std::string> variants() {
    std::vector<std::string> names;
    for (const Engine* engine : engines()) names.emplace_back(engine->name);
    return names;
}

// The names of the rows of each table, in order: Python and the engine must mean the same row by
// the same number.
inline nb::dict tables() {
    const std::pair<const char*, Table> all_tables[] = {
        {"activations", Table::activations}, {"losses", Table::losses},
        {"reductions", Table::reductions},   {"optimizers", Table::optimizers},
        {"endings", Table::endings},
    };
    nb::dict found;
    for (const auto& [name, table] : all_tables) {
        nb::list rows;
        for (int i = 0; const char* row = baseline::engine.row_name(table, i); ++i)
            rows.append(row);
        found[name] = rows;
    }
    return found;
}

inline void bind_instruction_sets(nb::module_& module) {
    module.def("variants", &variants);
    module.def("tables", &tables);
}

}  // namespace glassnet
