// The threads of one call: made when it begins, gone when it ends, so that calls in several Python threads have nothing in common.
#pragma once
#include <atomic>
#include <thread>
#include <vector>

#include "engine.hpp"

namespace glassnet {

class Threads {
public:
    explicit Threads(int threads) {
        for (int i = 1; i < threads; ++i) workers.emplace_back([this] { work(); });
    }
    Threads(const Threads&) = delete;
    Threads& operator=(const Threads&) = delete;

    ~Threads() {
        ending = true;
        round.fetch_add(1);
        round.notify_all();
        for (auto& worker : workers) worker.join();
    }

    Team team() { return {this, static_cast<int>(workers.size()) + 1, run}; }

private:
    using Task = void (*)(void* context, int part);
    std::vector<std::thread> workers;
    std::atomic<unsigned> round{0};
    std::atomic<int> next{0}, busy{0};
    std::atomic<bool> ending{false};
    Task task = nullptr;
    void* context = nullptr;
    int parts = 0;

    static void run(void* self, Task task, void* context, int parts) {
        auto& threads = *static_cast<Threads*>(self);
        threads.task = task;
        threads.context = context;
        threads.parts = parts;
        threads.next = 0;
        threads.busy = static_cast<int>(threads.workers.size());
        threads.round.fetch_add(1);
        threads.round.notify_all();
        threads.take_parts();
        wait_while(threads.busy, [](int busy) { return busy != 0; });
    }

    void take_parts() {
        for (int i = next.fetch_add(1); i < parts; i = next.fetch_add(1)) task(context, i);
    }

    void work() {
        for (unsigned seen = 0;; ) {
            wait_while(round, [seen](unsigned now) { return now == seen; });
            ++seen;
            if (ending) return;
            take_parts();
            if (busy.fetch_sub(1) == 1) busy.notify_one();
        }
    }

    // The next task mostly comes within microseconds, so look some times before going to sleep.
    template <class T, class Condition> static void wait_while(std::atomic<T>& value, Condition holds) {
        for (int looks = 0; looks < 20000; ++looks) {
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
