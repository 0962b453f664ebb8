#define _GNU_SOURCE
#include "clinux_memory.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

static int release(struct dl_phdr_info *object, size_t size, void *context) {
    (void)size, (void)context;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        // What can be written may have been, and would be lost.
        if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
        uintptr_t start = object->dlpi_addr + segment->p_vaddr;
        uintptr_t end = start + segment->p_memsz;
        start = (start + page - 1) / page * page;
        end = end / page * page;
        if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

void clinux_release_startup_memory(void) {
    dl_iterate_phdr(release, 0);
    malloc_trim(0);
}

void clinux_return_large_blocks(void) {
    // To set it at all is what keeps it from growing.
    mallopt(M_MMAP_THRESHOLD, 512 << 10);
    // That has set this one as well, so low that the heap would shrink and grow with each batch of jobs.
    mallopt(M_TRIM_THRESHOLD, 16 << 20);
}
