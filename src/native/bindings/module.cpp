// The extension module glassnet._native: what Python sees of the engine. The files of this folder
// check arrays and hand them over, release Python's lock, and choose the instruction set. No
// mathematics.
#include <nanobind/nanobind.h>

#include "array_memory.hpp"
#include "full_batch.hpp"
#include "instruction_sets.hpp"
#include "network_spec.hpp"
#include "population.hpp"
#include "predictor.hpp"
#include "training_problem.hpp"

NB_MODULE(_native, module) {
    module.doc() = "The native engine. Called by glassnet.training.engines.native only.";
    nb::set_leak_warnings(false);  // a thread that still trains when Python ends is no leak
    glassnet::bind_array_memory(module);
    glassnet::bind_instruction_sets(module);
    glassnet::bind_network_spec(module);
    glassnet::bind_training(module);
    glassnet::bind_population(module);
    glassnet::bind_predictor(module);
    glassnet::bind_full_batch(module);
}
