// What a formula makes of numbers: notation/expression.py's `evaluate`, for formulas that the page
// has written as instructions in the order of their execution (lab/src/formulas/compile.ts).
#pragma once
#include "elementary.hpp"
#include "memory.hpp"
#include "optimizers.hpp"

// The browser's own, for formulas that a user types in; those of the library have neither.
extern "C" {
__attribute__((import_module("math"), import_name("sin"))) double math_sin(double x);
__attribute__((import_module("math"), import_name("cos"))) double math_cos(double x);
}

namespace glassnet::lab {

using namespace glassnet::GLASSNET_VARIANT;

inline double vector_exp(double x) { return exp<double>(broadcast(x))[0]; }
inline double vector_log(double x) { return log<double>(broadcast(x))[0]; }

// x to the power of y: products where y is a whole number, as of a polynomial; NaN where it is a
// fraction and x is negative.
inline double power_of(double x, double y) {
    constexpr double MOST = 9007199254740992;  // 2^53, beyond which every number is whole
    const double size = y < 0 ? -y : y;
    if (size == __builtin_floor(size) && size <= MOST) {
        const double product = power(x, static_cast<std::int64_t>(size));
        return y < 0 ? 1 / product : product;
    }
    if (x < 0) return __builtin_nan("");
    if (x == 0) return y > 0 ? 0 : __builtin_inf();
    return vector_exp(y * vector_log(x));
}

// An instruction takes its operands from the end of a stack, the last one on top, and leaves its
// result there.
struct Instruction {
    const char* name;
    int operands;
    double (*result)(const double* operand);
};

constexpr Instruction INSTRUCTIONS[] = {
    {"+", 2, [](const double* x) { return x[0] + x[1]; }},
    {"-", 2, [](const double* x) { return x[0] - x[1]; }},
    {"*", 2, [](const double* x) { return x[0] * x[1]; }},
    {"/", 2, [](const double* x) { return x[0] / x[1]; }},
    {"**", 2, [](const double* x) { return power_of(x[0], x[1]); }},
    {"negative", 1, [](const double* x) { return -x[0]; }},
    {">", 2, [](const double* x) { return double(x[0] > x[1]); }},
    {">=", 2, [](const double* x) { return double(x[0] >= x[1]); }},
    {"<", 2, [](const double* x) { return double(x[0] < x[1]); }},
    {"<=", 2, [](const double* x) { return double(x[0] <= x[1]); }},
    {"==", 2, [](const double* x) { return double(x[0] == x[1]); }},
    {"if", 3, [](const double* x) { return x[1] != 0 ? x[0] : x[2]; }},  // yes, test, no
    {"exp", 1, [](const double* x) { return vector_exp(x[0]); }},
    {"log", 1, [](const double* x) { return vector_log(x[0]); }},
    {"sqrt", 1, [](const double* x) { return __builtin_sqrt(x[0]); }},
    {"tanh", 1, [](const double* x) { return tanh<double>(broadcast(x[0]))[0]; }},
    {"abs", 1, [](const double* x) { return __builtin_fabs(x[0]); }},
    {"sign", 1, [](const double* x) { return double(x[0] > 0) - double(x[0] < 0); }},
    {"max", 2, [](const double* x) { return x[0] > x[1] ? x[0] : x[1]; }},
    {"min", 2, [](const double* x) { return x[0] < x[1] ? x[0] : x[1]; }},
    {"sigmoid", 1, [](const double* x) { return sigmoid<double>(broadcast(x[0]))[0]; }},
    {"softplus", 1, [](const double* x) { return softplus<double>(broadcast(x[0]))[0]; }},
    {"sin", 1, [](const double* x) { return math_sin(x[0]); }},
    {"cos", 1, [](const double* x) { return math_cos(x[0]); }},
};
constexpr int INSTRUCTION_COUNT = sizeof INSTRUCTIONS / sizeof *INSTRUCTIONS;

// A program is pairs of what is done and an argument: an instruction, or one of the two that follow
// them, which put a number on the stack.
constexpr int CONSTANT = INSTRUCTION_COUNT;  // the argument is its number among the constants
constexpr int VARIABLE =
    INSTRUCTION_COUNT + 1;  // ... among the variables, which have n values each
constexpr int STACK = 64;

inline void evaluate_rows(
    const int* program, int length, const double* constants, const double* variables, int n,
    double* results
) {
    for (int row = 0; row < n; ++row) {
        double stack[STACK];
        int top = 0;
        for (int i = 0; i < length; ++i) {
            const int what = program[2 * i];
            const int argument = program[2 * i + 1];
            if (what == CONSTANT) {
                stack[top++] = constants[argument];
            } else if (what == VARIABLE) {
                stack[top++] = variables[argument * n + row];
            } else {
                const Instruction& instruction = INSTRUCTIONS[what];
                top -= instruction.operands;
                stack[top] = instruction.result(stack + top);
                ++top;
            }
        }
        results[row] = stack[0];
    }
}

// Sorts n numbers in place (heapsort).
inline void sort(double* x, int n) {
    const auto sift = [x](int root, int end) {
        while (2 * root + 1 < end) {
            int child = 2 * root + 1;
            if (child + 1 < end && x[child] < x[child + 1]) ++child;
            if (!(x[root] < x[child])) return;
            const double moved = x[root];
            x[root] = x[child];
            x[child] = moved;
            root = child;
        }
    };
    for (int root = n / 2 - 1; root >= 0; --root) sift(root, n);
    for (int end = n - 1; end > 0; --end) {
        const double largest = x[0];
        x[0] = x[end];
        x[end] = largest;
        sift(0, end);
    }
}

// The quantile of n sorted numbers, with a straight line between two of them, as numpy.quantile
// computes it.
inline double quantile(const double* sorted, int n, double fraction) {
    const double at = fraction * (n - 1);
    const int below = static_cast<int>(at);
    const int above = below + 1 < n ? below + 1 : n - 1;
    const double part = at - below;
    const double width = sorted[above] - sorted[below];
    return part >= 0.5 ? sorted[above] - width * (1 - part) : sorted[below] + width * part;
}

}  // namespace glassnet::lab
