// Which instruction sets this processor has, and the system too, which must keep their registers.
// The compilers' __builtin_cpu_supports would tell, but not as `zig c++` links it (0.17): it says no
// to everything.
#pragma once
#if defined(__x86_64__)
#include <cpuid.h>

namespace glassnet {

struct Processor {
    bool avx2_fma = false;
    bool avx512 = false;  // F, DQ, BW and VL of it

    Processor() {
        unsigned a, b, c, d;
        if (!__get_cpuid(1, &a, &b, &c, &d)) return;
        const bool fma = c >> 12 & 1;
        const bool tells_registers = c >> 27 & 1;  // OSXSAVE
        if (!tells_registers || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return;
        const bool avx2 = b >> 5 & 1;
        const bool wide = b >> 16 & b >> 17 & b >> 30 & b >> 31 & 1;
        asm("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
        const bool keeps_vectors = (a & 0b110) == 0b110;  // the lower and upper halves of 32 bytes
        const bool keeps_wide = (a & 0b11100000) == 0b11100000;  // masks, 64 bytes, all 32 of them
        avx2_fma = fma && avx2 && keeps_vectors;
        avx512 = avx2_fma && wide && keeps_wide;
    }
};

}  // namespace glassnet
#endif
