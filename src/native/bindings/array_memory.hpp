// Where NumPy's arrays lie while a table larger than memory is worked on: in memory as far as a
// number of bytes reaches, and beyond it in files without a name, which the system writes out and
// reads back page by page as it needs memory. NumPy lets an allocator of one's own be set for this
// (NEP 49); an array keeps the allocator that it came from, and gives its memory back there.
#pragma once
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <vector>
#if defined(__unix__) || defined(__APPLE__)
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#define GLASSNET_FILE_ARRAYS 1
#else
#define GLASSNET_FILE_ARRAYS 0
#endif

namespace nb = nanobind;

namespace glassnet {

// What NumPy wants of an allocator: PyDataMem_Handler of its numpy/ndarraytypes.h, version 1.
struct NumpyHandler {
    char name[127];
    std::uint8_t version;
    void* context;
    void* (*malloc)(void* context, std::size_t size);
    void* (*calloc)(void* context, std::size_t count, std::size_t size);
    void* (*realloc)(void* context, void* data, std::size_t size);
    void (*free)(void* context, void* data, std::size_t size);
};

// An allocator of arrays; it lives as long as any array of it, for these hold its capsule.
class ArrayAllocator {
public:
    ArrayAllocator(std::string folder, std::size_t limit)
        : folder(std::move(folder)), limit(limit) {
        std::strncpy(handler.name, "glassnet", sizeof handler.name);
        handler.version = 1;
        handler.context = this;
        handler.malloc = [](void* self, std::size_t size) {
            return of(self).allocate(size, false);
        };
        handler.calloc = [](void* self, std::size_t count, std::size_t size) -> void* {
            std::size_t bytes;
            if (__builtin_mul_overflow(count, size, &bytes)) return nullptr;
            return of(self).allocate(bytes, true);
        };
        handler.realloc = [](void* self, void* data, std::size_t size) {
            return of(self).reallocate(data, size);
        };
        handler.free = [](void* self, void* data, std::size_t) { of(self).release(data); };
    }

    ArrayAllocator(const ArrayAllocator&) = delete;
    ArrayAllocator& operator=(const ArrayAllocator&) = delete;
    ~ArrayAllocator() { keep_files(false); }

    // From here on files that no array uses are kept for the next ones, or are not.
    void keep_files(bool keep) {
        const std::lock_guard guard(lock);
        keeps = keep;
        if (keeps) return;
        for (Header* header : kept) unmap(header);
        kept.clear();
        bytes_kept = 0;
    }

    NumpyHandler handler{};
    std::atomic<std::size_t> in_memory{0}, in_files{0};  // bytes
    std::atomic<std::size_t> most_in_memory{0}, most_in_files{0};
    std::atomic<int> error{0};  // errno of the last file that could not be made

private:
    // Before the numbers of each array; as long as a cache line, so that they are aligned.
    struct Header {
        std::size_t size;    // bytes of the array, with those of the header
        std::size_t mapped;  // bytes of its file; 0: it lies in memory
    };
    static constexpr std::size_t BEFORE = 64;
    static constexpr std::size_t SMALLEST_FILE = std::size_t{1} << 16;
    // An array of more than this part of the limit lies in a file at once: then the many small ones
    // that come and go still find memory.
    static constexpr std::size_t LARGE_PART = 8;
    // Files of arrays that are gone are used again, for most are of blocks of rows that come and go:
    // a new one costs several times what is done with the block.
    static constexpr std::size_t LARGEST_KEPT = std::size_t{1} << 26;
    static constexpr std::size_t MOST_KEPT = std::size_t{1} << 28;  // bytes, of all of them

    const std::string folder;
    const std::size_t limit;  // bytes in memory
    std::mutex lock;          // of the files that are kept
    std::vector<Header*> kept;
    std::size_t bytes_kept = 0;
    bool keeps = false;

    static ArrayAllocator& of(void* self) { return *static_cast<ArrayAllocator*>(self); }
    static Header* header_of(void* data) {
        return reinterpret_cast<Header*>(static_cast<char*>(data) - BEFORE);
    }

    void* allocate(std::size_t bytes, bool zero) {
        const std::size_t size = bytes + BEFORE;
        if (size < bytes) return nullptr;
        const bool is_large = size > limit / LARGE_PART || in_memory + size > limit;
        const bool is_file = size >= SMALLEST_FILE && is_large;
        void* memory = is_file ? file_of(size, zero)
                       : zero  ? std::calloc(1, size)
                               : std::malloc(size);
        if (!memory) return nullptr;
        auto& header = *static_cast<Header*>(memory);
        if (!is_file) header.mapped = 0;
        header.size = size;
        count(is_file ? in_files : in_memory, is_file ? most_in_files : most_in_memory, size);
        return static_cast<char*>(memory) + BEFORE;
    }

    void* reallocate(void* data, std::size_t bytes) {
        if (!data) return allocate(bytes, false);
        void* moved = allocate(bytes, false);
        if (!moved) return nullptr;
        const std::size_t before = header_of(data)->size - BEFORE;
        std::memcpy(moved, data, before < bytes ? before : bytes);
        release(data);
        return moved;
    }

    void release(void* data) {
        if (!data) return;
        Header* header = header_of(data);
        (header->mapped ? in_files : in_memory) -= header->size;
        if (header->mapped)
            keep(header);
        else
            std::free(header);
    }

    // A file with room for so many bytes: one that is kept, or a new one.
    void* file_of(std::size_t size, bool zero) {
        {
            const std::lock_guard guard(lock);
            auto best = kept.end();
            for (auto one = kept.begin(); one != kept.end(); ++one) {
                const bool fits = (*one)->mapped >= size && (*one)->mapped / 2 <= size;
                if (fits && (best == kept.end() || (*one)->mapped < (*best)->mapped)) best = one;
            }
            if (best != kept.end()) {
                Header* header = *best;
                kept.erase(best);
                bytes_kept -= header->mapped;
                if (zero) std::memset(reinterpret_cast<char*>(header) + BEFORE, 0, size - BEFORE);
                return header;
            }
        }
        void* memory = map_file(size);
        if (memory) static_cast<Header*>(memory)->mapped = size;
        return memory;
    }

    void keep(Header* header) {
        {
            const std::lock_guard guard(lock);
            if (keeps && header->mapped <= LARGEST_KEPT &&
                bytes_kept + header->mapped <= MOST_KEPT) {
                kept.push_back(header);
                bytes_kept += header->mapped;
                return;
            }
        }
        unmap(header);
    }

    static void unmap([[maybe_unused]] Header* header) {
#if GLASSNET_FILE_ARRAYS
        munmap(header, header->mapped);
#endif
    }

    static void count(
        std::atomic<std::size_t>& bytes, std::atomic<std::size_t>& most, std::size_t size
    ) {
        const std::size_t now = bytes += size;
        std::size_t before = most;
        while (before < now && !most.compare_exchange_weak(before, now)) {}
    }

    // Zeros, in a file of its own, which is gone with its pages when they are given back.
    void* map_file([[maybe_unused]] std::size_t size) {
#if GLASSNET_FILE_ARRAYS
        const std::string pattern = folder + "/glassnet-XXXXXX";
        std::vector<char> path(pattern.c_str(), pattern.c_str() + pattern.size() + 1);
        const int file = mkstemp(path.data());
        if (file < 0) return failed(errno);
        unlink(path.data());
        void* memory = MAP_FAILED;
        int problem = reserve(file, size);
        if (!problem) {
            memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
            if (memory == MAP_FAILED) problem = errno;
        }
        close(file);
        return problem ? failed(problem) : memory;
#else
        return failed(ENOSYS);
#endif
    }

    void* failed(int problem) {
        error = problem;
        return nullptr;
    }

#if GLASSNET_FILE_ARRAYS
    // The bytes are taken on the disk at once: of a page that later finds none, the process dies.
    static int reserve(int file, std::size_t size) {
#if defined(__linux__)
        return posix_fallocate(file, 0, static_cast<off_t>(size));
#else
        return ftruncate(file, static_cast<off_t>(size)) ? errno : 0;
#endif
    }
#endif
};

// A limit on the memory of the arrays that NumPy makes between `begin` and `end`.
class ArrayMemory {
public:
    ArrayMemory(const std::string& folder, std::size_t limit)
        : allocator(new ArrayAllocator(folder, limit)) {
        capsule = nb::steal(PyCapsule_New(&allocator->handler, "mem_handler", [](PyObject* object) {
            auto* handler = static_cast<NumpyHandler*>(PyCapsule_GetPointer(object, "mem_handler"));
            delete static_cast<ArrayAllocator*>(handler->context);
        }));
        if (!capsule.is_valid()) throw nb::python_error();
    }

    void begin() {
        before = set(capsule);
        allocator->keep_files(true);
    }

    void end() {
        if (before.is_valid()) set(before);
        before.reset();
        allocator->keep_files(false);
    }

    std::size_t in_memory() const { return allocator->most_in_memory; }
    std::size_t in_files() const { return allocator->most_in_files; }
    std::string problem() const {
        const int error = allocator->error;
        return error ? std::strerror(error) : "";
    }

private:
    ArrayAllocator* allocator;  // the capsule's
    nb::object capsule, before;

    static nb::object set(const nb::object& handler) {
        using SetHandler = PyObject* (*)(PyObject*);
        static constexpr int SET_HANDLER = 304;  // PyDataMem_SetHandler in NumPy's table, for ever
        const nb::object table =
            nb::module_::import_("numpy._core._multiarray_umath").attr("_ARRAY_API");
        auto** functions = static_cast<void**>(PyCapsule_GetPointer(table.ptr(), nullptr));
        if (!functions) throw nb::python_error();
        const auto set_handler = reinterpret_cast<SetHandler>(functions[SET_HANDLER]);
        nb::object old = nb::steal(set_handler(handler.ptr()));
        if (!old.is_valid()) throw nb::python_error();
        return old;
    }
};

inline void bind_array_memory(nb::module_& module) {
    nb::class_<ArrayMemory>(module, "ArrayMemory")
        .def(nb::init<const std::string&, std::size_t>(), nb::arg("folder"), nb::arg("limit"))
        .def("begin", &ArrayMemory::begin)
        .def("end", &ArrayMemory::end)
        .def_prop_ro("most_in_memory", &ArrayMemory::in_memory)
        .def_prop_ro("most_in_files", &ArrayMemory::in_files)
        .def_prop_ro("problem", &ArrayMemory::problem);
    module.attr("has_array_files") = GLASSNET_FILE_ARRAYS == 1;
}

}  // namespace glassnet
