// What a call of the engine works with besides its data: memory and threads, both lent by the
// bindings.
#pragma once
#include "arrays.hpp"
#include "engine.hpp"

namespace glassnet::GLASSNET_VARIANT {

template <class T> T* allocate(const Memory& memory, std::size_t count) {
    return static_cast<T*>(memory.allocate(memory.self, count * sizeof(T)));
}

// For objects that lie in such memory: `new (memory) Object(...)`. (The usual placement new is an
// inline function of the standard library; see arrays.hpp.)
struct InMemory {
    static void* operator new(std::size_t bytes, const Memory& memory) {
        return memory.allocate(memory.self, bytes);
    }
};

// f(i) for every i below `count`, shared out among the threads.
template <class F> INLINE void parallel_for(const Team& team, int count, const F& f) {
    if (team.threads == 1 || count == 1) {
        for (int i = 0; i < count; ++i) f(i);
    } else {
        const auto call = [](void* context, int i) { (*static_cast<const F*>(context))(i); };
        team.run(team.self, call, const_cast<F*>(&f), count);
    }
}

}  // namespace glassnet::GLASSNET_VARIANT
