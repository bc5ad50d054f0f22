// Memory that is freed all at once: what the engine allocates for one call, or for one object.
#pragma once
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <vector>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "engine.hpp"

namespace glassnet {

// Requests are cut from blocks, each as large as all before it together, within limits.
class Arena {
public:
    Arena() = default;
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;
    ~Arena() {
        for (void* block : blocks) std::free(block);
    }

    Memory memory() {
        return {this, [](void* self, std::size_t bytes) {
                    return static_cast<Arena*>(self)->allocate(bytes);
                }};
    }

private:
    static constexpr std::size_t ALIGNMENT = 64;  // bytes, a cache line
    static constexpr std::size_t LARGE_PAGE = std::size_t{2} << 20;  // bytes, of x86-64 and others
    static constexpr std::size_t MIN_BLOCK = 16384;
    static constexpr std::size_t MAX_GROWTH = std::size_t{32} << 20;
#if defined(__SANITIZE_ADDRESS__)
    static constexpr bool GROWS = false;  // a block for each request: overruns are seen
#else
    static constexpr bool GROWS = true;
#endif

    std::vector<void*> blocks;
    std::size_t total = 0;  // bytes of them
    char* next = nullptr;  // what is free in the last block
    std::size_t left = 0;  // how many bytes of it

    void* allocate(std::size_t bytes) {
        const std::size_t size = rounded_up(bytes, ALIGNMENT);
        if (size > left)
            add_block(GROWS ? std::max({size, std::min(total, MAX_GROWTH), MIN_BLOCK}) : size);
        void* result = std::memset(next, 0, size);
        next += size;
        left -= size;
        return result;
    }

    // Of large blocks the system is asked for large pages: with the usual ones, of 4096 bytes, a
    // training of ten steps of a wide network spends a sixth of its time on being given them.
    void add_block(std::size_t size) {
        const bool is_large = GROWS && size >= LARGE_PAGE;
        const std::size_t alignment = is_large ? LARGE_PAGE : ALIGNMENT;
        size = rounded_up(size, alignment);
        left = 0;
        blocks.reserve(blocks.size() + 1);  // so that no block is lost when this throws
        next = static_cast<char*>(std::aligned_alloc(alignment, size));
        if (!next) throw std::bad_alloc();
#if defined(MADV_HUGEPAGE)
        if (is_large) madvise(next, size, MADV_HUGEPAGE);
#endif
        left = size;
        total += size;
        blocks.push_back(next);
    }

    static std::size_t rounded_up(std::size_t bytes, std::size_t to) {
        return (bytes + to - 1) / to * to;
    }
};

}  // namespace glassnet
