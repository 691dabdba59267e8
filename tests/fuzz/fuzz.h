/* What fuzz targets share. A target is tests/fuzz/fuzz_NAME.c with one LLVMFuzzerTestOneInput();
 * its corpus is tests/fuzz/corpus/NAME/, what once failed is in tests/fuzz/regression/NAME/. */
#ifndef DAYBOOK_TESTS_FUZZ_H
#define DAYBOOK_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold for every input. */
#define FUZZ_HOLDS(condition) fuzz_holds((condition), __FILE__, __LINE__, #condition)

static inline void fuzz_holds(int holds, const char *file, int line, const char *condition)
{
    if (holds)
        return;
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
    abort();
}

#endif
