// Memory that is freed all at once: what the engine allocates for one call, or for one object.
#pragma once
#include <cstdlib>
#include <cstring>
#include <new>
#include <vector>

#include "engine.hpp"

namespace glassnet {

// Small requests are cut from larger blocks.
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
#if defined(__SANITIZE_ADDRESS__)
    static constexpr std::size_t MIN_BLOCK = 0;  // a block for each request: overruns are seen
#else
    static constexpr std::size_t MIN_BLOCK = 16384;  // bytes
#endif

    std::vector<void*> blocks;
    char* next = nullptr;  // what is free in the last block
    std::size_t left = 0;  // how many bytes of it

    void* allocate(std::size_t bytes) {
        const std::size_t size = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        if (size > left) add_block(size > MIN_BLOCK ? size : MIN_BLOCK);
        void* result = std::memset(next, 0, size);
        next += size;
        left -= size;
        return result;
    }

    void add_block(std::size_t size) {
        blocks.reserve(blocks.size() + 1);  // so that no block is lost when this throws
        next = static_cast<char*>(std::aligned_alloc(ALIGNMENT, size));
        if (!next) {
            left = 0;
            throw std::bad_alloc();
        }
        left = size;
        blocks.push_back(next);
    }
};

}  // namespace glassnet
