// The threads of one call: made when it begins, gone when it ends, so that calls in several Python
// threads have nothing in common.
#pragma once
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

#include "engine.hpp"

namespace glassnet {

class Threads {
public:
    explicit Threads(int threads) {
        if (threads < 2) return;
        workers.reserve(threads - 1);
        try {
            for (int i = 1; i < threads; ++i) workers.emplace_back([this] { work(); });
        } catch (const std::system_error&) {
            // The system gives no more threads. No result depends on how many there are, so go on
            // with those that came.
        }
    }
    Threads(const Threads&) = delete;
    Threads& operator=(const Threads&) = delete;

    ~Threads() {
        if (workers.empty()) return;
        ending = true;
        ticket.fetch_add(ROUND);
        ticket.notify_all();
        for (auto& worker : workers) worker.join();
    }

    Team team() { return {this, static_cast<int>(workers.size()) + 1, run}; }

private:
    using Task = void (*)(void* context, int i);
    static constexpr std::uint64_t ROUND = std::uint64_t{1} << 32;
    static constexpr int SPINS = 2000;  // looks at a value before a thread goes to sleep

    std::vector<std::thread> workers;
    // The number of the round, and in the lower half how many of its tasks nobody has taken yet.
    // Whoever takes one changes both halves at once, so that a thread that comes late can take
    // nothing of a round that is over, and nobody waits for a thread that has taken nothing.
    std::atomic<std::uint64_t> ticket{0};
    std::atomic<int> unfinished{0};
    std::atomic<bool> ending{false};
    Task task = nullptr;
    void* context = nullptr;

    static void run(void* self, Task task, void* context, int count) {
        auto& threads = *static_cast<Threads*>(self);
        threads.task = task;
        threads.context = context;
        threads.unfinished = count;
        threads.ticket = (threads.ticket / ROUND + 1) * ROUND + static_cast<unsigned>(count);
        threads.ticket.notify_all();
        threads.take_tasks();
        wait_while(threads.unfinished, [](int left) { return left != 0; });
    }

    void take_tasks() {
        for (std::uint64_t now = ticket; now % ROUND != 0; now = ticket) {
            if (!ticket.compare_exchange_weak(now, now - 1)) continue;
            task(context, static_cast<int>(now % ROUND) - 1);
            if (unfinished.fetch_sub(1) == 1) unfinished.notify_one();
        }
    }

    void work() {
        while (!ending) {
            take_tasks();
            wait_while(ticket, [this](std::uint64_t now) { return now % ROUND == 0 && !ending; });
        }
    }

    // The next task mostly comes within microseconds, so look some times before going to sleep.
    template <class T, class Condition>
    static void wait_while(std::atomic<T>& value, Condition holds) {
        for (int spin = 0; spin < SPINS; ++spin) {
            if (!holds(value.load())) return;
            pause();
        }
        for (T now = value.load(); holds(now); now = value.load()) value.wait(now);
    }

    static void pause() {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
    }
};

}  // namespace glassnet
