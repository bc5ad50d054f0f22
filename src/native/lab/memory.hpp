// The memory of a lab: WebAssembly's own, handed out from its beginning and given back from its end.
#pragma once
#include "engine.hpp"

extern "C" char __heap_base;  // where the linker's own data ends

namespace glassnet::lab {

constexpr std::size_t ALIGNMENT = 64;
constexpr std::size_t PAGE = 65536;  // bytes of WebAssembly's memory that come together

// Memory is taken from `used` on; `dirty` is how far it has ever been used.
struct Heap {
    std::size_t used = reinterpret_cast<std::size_t>(&__heap_base);
    std::size_t dirty = used;

    // Zeroed memory. Traps where the browser has no more.
    void* take(std::size_t bytes) {
        const std::size_t begin = (used + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        used = begin + bytes;
        grow();
        const std::size_t end = used < dirty ? used : dirty;
        if (begin < end) __builtin_memset(reinterpret_cast<void*>(begin), 0, end - begin);
        if (used > dirty) dirty = used;
        return reinterpret_cast<void*>(begin);
    }

private:
    void grow() const {
        const std::size_t there = __builtin_wasm_memory_size(0) * PAGE;
        if (used <= there) return;
        const std::size_t pages = (used - there + PAGE - 1) / PAGE;
        if (__builtin_wasm_memory_grow(0, pages) == static_cast<std::size_t>(-1)) __builtin_trap();
    }
};

inline Heap heap;

template <class T> T* take(std::size_t count) {
    return static_cast<T*>(heap.take(count * sizeof(T)));
}

// Gives back at its end what was taken since its beginning.
struct Scope {
    const std::size_t begin = heap.used;
    ~Scope() { heap.used = begin; }
};

inline const Memory memory{nullptr, [](void*, std::size_t bytes) { return heap.take(bytes); }};
inline const Team alone{nullptr, 1, nullptr};
inline const Watch never{nullptr, [](void*) { return true; }};

}  // namespace glassnet::lab
