// A machine with nothing on it but the engine: from the processor's first instruction to `run` of
// engine_steps.cpp, for an emulator whose processor has what this one may lack (AVX-512). No
// mathematics.
//
// The emulator reads .rom, where a processor begins, as its read-only memory, and all else at
// PROGRAM: what is linked to lie there, and from CALLS to IMAGE_END the calls, after their number of
// bytes.
#define PROGRAM 0x100000
#define CALLS 0x500000
#define IMAGE_END 0x700000
#define BLOCK 0x20000    // bytes, by which Bochs gives memory
#define ZEROS 0x1000000  // .bss
#define STACK 0x8000000  // downwards
#define TABLES 0x10000   // of pages, zero when the machine starts
#define PRINT 0xe9       // port: what is written there, the emulator prints
#define END 0x8900       // port: "Shutdown" written there ends it

// The first 64 KB below 4 GB, as the linker is told.
.section .rom, "ax"
.code32
protected:
    mov $16, %ax
    mov %ax, %ds
    mov %ax, %es
    mov %ax, %ss
    // Bochs reads an image in one go, but gives the memory block by block, as each is first touched.
    mov $PROGRAM, %esi
touch:
    mov (%esi), %eax
    add $BLOCK, %esi
    cmp $IMAGE_END, %esi
    jb touch
    // The first four GB stand where they are: pages of a GB.
    movl $(TABLES + 0x1000 + 3), TABLES
    movl $0x00000083, TABLES + 0x1000
    movl $0x40000083, TABLES + 0x1008
    movl $0x80000083, TABLES + 0x1010
    movl $0xc0000083, TABLES + 0x1018
    mov $TABLES, %eax
    mov %eax, %cr3
    mov $0x40620, %eax  // PAE, OSFXSR, OSXMMEXCPT, OSXSAVE
    mov %eax, %cr4
    mov $0xc0000080, %ecx  // EFER
    mov $0x100, %eax       // LME
    xor %edx, %edx
    wrmsr
    mov $0x80000033, %eax  // PG, NE, ET, MP, PE
    mov %eax, %cr0
    ljmp $24, $long
.code64
long:
    xor %ecx, %ecx
    xor %edx, %edx
    mov $0xe7, %eax  // x87, SSE, AVX, and the three parts of AVX-512
    xsetbv
    mov $begin, %eax
    jmp *%rax

.balign 16
segments:
    .quad 0
    .quad 0x00cf9a000000ffff  // 8: code of 32 bits
    .quad 0x00cf92000000ffff  // 16: data
    .quad 0x00af9a000000ffff  // 24: code of 64 bits
segments_end:
where_segments_are:
    .word segments_end - segments - 1
    .long segments

.code16
real:
    cli
    lgdtl %cs:(where_segments_are - 0xffff0000)
    mov $0x11, %eax  // ET, PE
    mov %eax, %cr0
    ljmpl $8, $protected

.org 0xfff0
    jmp real
.org 0xffff
    .byte 0

.text
.code64
begin:
    mov $STACK, %rsp
    mov $ZEROS, %edi
    mov $_end, %ecx
    sub %edi, %ecx
    xor %eax, %eax
    rep stosb
    call room_for_calls
    mov %rax, %rdi
    mov $CALLS, %esi
    lodsq
    mov %rax, %rbx
    mov %rax, %rcx
    rep movsb
    mov %rbx, %rdi
    call run
    mov $PRINT, %edx
    lea results(%rip), %rsi
    mov $8, %ecx
    rep outsb
    call room_for_calls
    mov %rax, %rsi
    mov %rbx, %rcx
    mov $PRINT, %edx
    rep outsb
    mov $END, %edx
    lea shutdown(%rip), %rsi
    mov $8, %ecx
    rep outsb
    hlt
results:
    .ascii "results:"
shutdown:
    .ascii "Shutdown"

// What the compiler calls that is C's library elsewhere.
.global memset
memset:
    mov %rdi, %r8
    mov %esi, %eax
    mov %rdx, %rcx
    rep stosb
    mov %r8, %rax
    ret

.global memcpy
memcpy:
    mov %rdi, %rax
    mov %rdx, %rcx
    rep movsb
    ret

.section .note.GNU-stack, "", @progbits
