// Python's lock while the engine runs: released, and taken now and then to see whether to go on.
//
// When Python ends, it ends a thread that asks for its lock (before 3.14): by unwinding it, which
// would end the process in a noexcept function. Such a thread waits here instead, for the process
// that is ending anyway.
#pragma once
#include <nanobind/nanobind.h>

#include <chrono>
#include <optional>
#include <thread>

#include "engine.hpp"

namespace nb = nanobind;

namespace glassnet {

[[noreturn]] inline void wait_for_the_end() {
    for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
}

class Unlocked {
public:
    Unlocked() : state(PyEval_SaveThread()) {}
    Unlocked(const Unlocked&) = delete;
    Unlocked& operator=(const Unlocked&) = delete;
    ~Unlocked() { lock(); }

    void lock() {
        try {
            PyEval_RestoreThread(state);
        } catch (...) { wait_for_the_end(); }
    }

    void unlock() { state = PyEval_SaveThread(); }

private:
    PyThreadState* state;
};

// Asks Python at most every PAUSE whether to go on: it does not where a signal's handler (Ctrl-C,
// in the main thread) or `look`, a function without arguments, raises an error.
class PythonWatch {
public:
    PythonWatch(Unlocked& python, const nb::object& look) : python(python), look(look) {}

    Watch watch() {
        return {this, [](void* self) { return static_cast<PythonWatch*>(self)->goes_on(); }};
    }

    // With Python's lock, after the engine has run: raises what `look` raised.
    void raise() const {
        if (error) throw *error;
    }

private:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::milliseconds PAUSE{100};

    Unlocked& python;
    const nb::object& look;
    Clock::time_point looked = Clock::now();
    std::optional<nb::python_error> error;

    bool goes_on() {
        if (Clock::now() - looked < PAUSE) return true;
        python.lock();
        try {
            ask();
        } catch (...) {  // Python ends
            wait_for_the_end();
        }
        python.unlock();
        looked = Clock::now();
        return !error;
    }

    void ask() {
        const nb::object answer =
            nb::steal(PyErr_CheckSignals() < 0 ? nullptr : PyObject_CallNoArgs(look.ptr()));
        if (!answer.is_valid()) error.emplace();
    }
};

}  // namespace glassnet
