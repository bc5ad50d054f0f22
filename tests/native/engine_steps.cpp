// The engine without Python: it runs the calls that it is given in one block of memory, and writes
// what they gave over what they were given. So the engine can be tried on a processor, or in a
// browser, where there is no Python; the calls are written, and read again, by message.py.
//
// A call is a row of arrays, each a number of bytes and then the bytes, filled up to a multiple of
// 8. No file of the C++ library is linked, and none of C where there is no system (WebAssembly).
#include "engine.hpp"

namespace glassnet::GLASSNET_VARIANT { extern const Engine engine; }

namespace {

using namespace glassnet;
using Whole = std::int64_t;
constexpr const Engine& engine = glassnet::GLASSNET_VARIANT::engine;

// Zeroed memory, where the calls lie, and behind them what the call at work asks for.
constexpr std::size_t ROOM = std::size_t{16} << 20;  // bytes
constexpr std::size_t ALIGNMENT = 64;
alignas(ALIGNMENT) char room[ROOM];
std::size_t used;

std::size_t rounded_up(std::size_t bytes, std::size_t to) { return (bytes + to - 1) / to * to; }

void* allocate(void*, std::size_t bytes) {
    const std::size_t size = rounded_up(bytes, ALIGNMENT);
    if (size > ROOM - used) __builtin_trap();
    used += size;
    return room + used - size;
}

constexpr Memory memory{nullptr, allocate};
constexpr Team alone{nullptr, 1, nullptr};
constexpr Watch watch{nullptr, [](void*) { return true; }};

template <class T> T* allocated(std::size_t count) {
    return static_cast<T*>(allocate(nullptr, count * sizeof(T)));
}

template <class T> struct Array {
    T* at;  // null where it has no numbers
    Whole count;
};

char* next;  // of the calls, what has not been taken yet

template <class T> Array<T> take() {
    const Whole bytes = *reinterpret_cast<const Whole*>(next);
    char* at = next + sizeof bytes;
    next = at + rounded_up(bytes, sizeof bytes);
    return {bytes ? reinterpret_cast<T*>(at) : nullptr, bytes / Whole(sizeof(T))};
}

// Several arrays, after the number of them; null where there are none.
void** take_list() {
    const Whole count = *take<Whole>().at;
    void** list = count ? allocated<void*>(count) : nullptr;
    for (Whole i = 0; i < count; ++i) list[i] = take<char>().at;
    return list;
}

Network take_network() {
    const int* numbers = take<int>().at;  // bias, loss, reduction
    const Array<int> sizes = take<int>();
    return {
        .L = static_cast<int>(sizes.count - 1),
        .sizes = sizes.at,
        .activations = take<int>().at,
        .bias = numbers[0] != 0,
        .loss = numbers[1],
        .reduction = numbers[2],
        .setting = *take<double>().at,
    };
}

const PackedInputs* take_packed() {
    const Array<Whole> at = take<Whole>();
    const Array<Whole> spans = take<Whole>();
    auto* packed = allocated<PackedInputs>(1);
    packed->plain = static_cast<int>(at.count);
    packed->at = at.at;
    packed->ramps = static_cast<int>(spans.count / 2);
    packed->spans = spans.at;
    packed->ends = take<double>().at;
    packed->index = take<std::uint8_t>().at;
    packed->value = take<char>().at;
    return packed->ramps ? packed : nullptr;
}

Rows take_rows() {
    Rows rows{};
    rows.n = *take<Whole>().at;
    rows.x = take<char>().at;
    rows.y = take<char>().at;
    rows.sample_weight = take<char>().at;
    rows.numbers = take<Whole>().at;
    rows.packed = take_packed();
    return rows;
}

const Problem* take_problem() {
    auto* problem = allocated<Problem>(1);
    problem->network = take_network();
    problem->data = take_rows();
    problem->validation = take_rows();
    const Whole* numbers = take<Whole>().at;
    problem->optimizer = static_cast<int>(numbers[0]);
    problem->batch_size = numbers[1];
    problem->patience = numbers[2];
    problem->seed = static_cast<std::uint32_t>(numbers[3]);
    problem->measure_gradient = numbers[4] != 0;
    const double* settings = take<double>().at;
    problem->l2 = settings[0];
    problem->l1 = settings[1];
    problem->min_delta = settings[2];
    problem->clip = settings[3];
    problem->settings = take<double>().at;
    problem->multipliers = take<double>().at;
    problem->dropout = take<double>().at;
    problem->masks = take_list();
    return problem;
}

// A training, and where the numbers lie that are no arrays.
struct Training {
    Member member;
    State state;
    Epochs epochs;
    Measured measured;
    Whole* counts;  // t, epoch, best_epoch, waited, ended; iterations, epochs, output rows
    double* best_loss;
};

void take_training(Training& training) {
    training.member = {take_problem(), &training.state, &training.epochs, &training.measured};
    State& state = training.state;
    training.counts = take<Whole>().at;
    training.best_loss = take<double>().at;
    state = {
        .parameters = take_list(),
        .best = take_list(),
        .slots = {take_list(), take_list()},
        .t = training.counts[0],
        .epoch = training.counts[1],
        .best_epoch = training.counts[2],
        .waited = training.counts[3],
        .best_loss = *training.best_loss,
        .ended = Ending::none,
    };
    training.epochs.count = *take<Whole>().at;
    training.epochs.orders = take<Whole>().at;
    training.epochs.rates = take<double>().at;
    Measured& measured = training.measured;
    measured.iteration_loss = take<double>().at;
    measured.loss = take<double>().at;
    measured.penalty = take<double>().at;
    measured.gradient_norm = take<double>().at;
    measured.validation_loss = take<double>().at;
    measured.output = take<char>().at;
}

void write_counts(const Training& training) {
    const State& state = training.state;
    const Measured& measured = training.measured;
    const Whole counts[] = {
        state.t,
        state.epoch,
        state.best_epoch,
        state.waited,
        static_cast<Whole>(state.ended),
        measured.iterations,
        measured.epochs,
        measured.output_rows,
    };
    int i = 0;
    for (const Whole count : counts) training.counts[i++] = count;
    *training.best_loss = state.best_loss;
}

void train(bool float64) {
    const Whole count = *take<Whole>().at;
    const bool in_lanes = *take<Whole>().at != 0;
    auto* trainings = allocated<Training>(count);
    auto* members = allocated<Member>(count);
    for (Whole i = 0; i < count; ++i) {
        take_training(trainings[i]);
        members[i] = trainings[i].member;
    }
    if (in_lanes) engine.train_in_lanes(float64, members, count, memory, watch);
    for (Whole i = 0; i < count; ++i) {
        const Member& m = members[i];
        if (!in_lanes)
            engine.train(
                float64, *m.problem, *m.state, *m.epochs, *m.measured, memory, alone, watch
            );
        write_counts(trainings[i]);
    }
}

// The sum of the outputs of several networks.
void predict(bool float64) {
    const Whole n = *take<Whole>().at;
    const void* x = take<char>().at;
    void* output = take<char>().at;
    const Whole count = *take<Whole>().at;
    for (Whole i = 0; i < count; ++i) {
        const Network network = take_network();
        const void* prepared = engine.prepare_predict(float64, network, take_list(), memory);
        engine.predict(float64, network, prepared, x, n, output, i > 0, memory, alone);
    }
}

void gradient(bool) {
    const Problem& problem = *take_problem();
    void* const* parameters = take_list();
    void* const* gradients = take_list();
    double* loss_and_penalty = take<double>().at;
    void* prepared = engine.prepare_gradient(problem, memory, alone);
    loss_and_penalty[0] = engine.gradient(prepared, parameters, gradients, loss_and_penalty[1]);
}

void jacobian(bool) {
    const Problem& problem = *take_problem();
    void* const* parameters = take_list();
    double* outputs = take<double>().at;
    double* jacobian = take<double>().at;
    engine.jacobian(engine.prepare_jacobian(problem, memory, alone), parameters, outputs, jacobian);
}

constexpr void (*CALLS[])(bool float64) = {train, predict, gradient, jacobian};

}  // namespace

#if defined(__wasm__)
#define EXPORTED(name) __attribute__((export_name(name)))
#else
#define EXPORTED(name)
#endif

extern "C" {

// Where the calls are to be written.
EXPORTED("room_for_calls") char* room_for_calls() { return room; }

// Runs them.
EXPORTED("run") void run(std::size_t bytes) {
    static std::size_t filled = 0;  // of the room, by the last call
    const std::size_t begin = rounded_up(bytes, ALIGNMENT);
    for (next = room; next < room + bytes;) {
        if (filled > begin) __builtin_memset(room + begin, 0, filled - begin);
        used = begin;
        const Whole* call = take<Whole>().at;  // which, and whether its numbers are float64
        CALLS[call[0]](call[1] != 0);
        filled = used;
    }
}

}  // extern "C"

#if __STDC_HOSTED__ && !defined(__wasm__)
#include <cstdio>

int main() {
    const std::size_t bytes = std::fread(room, 1, ROOM, stdin);
    run(bytes);
    return std::fwrite(room, 1, bytes, stdout) == bytes ? 0 : 1;
}
#endif
