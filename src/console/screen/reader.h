/* What the files of this room share: words of a line with their places, faults, and the set. */
#ifndef DAYBOOK_CONSOLE_SCREEN_READER_H
#define DAYBOOK_CONSOLE_SCREEN_READER_H

#include "daybook/base/memory.h"
#include "daybook/screen/screen.h"

enum { SET_BYTES_MAX = 8 * 1024 * 1024, FIELDS_MAX = 1000, SCREENS_MAX = 200 };

struct word {
    struct span text; /* what stands in the file; quoted words without their quotes */
    int col;          /* 1..; counted in bytes */
    bool quoted;
};

/* Reads a text line by line. */
struct reader {
    const char *file;
    struct span rest;
    int line;
    struct word words[SCREEN_WORDS_MAX];
    size_t word_count;
    struct screen_faults *faults;
    size_t faults_before;
    struct arena *arena;
};

struct screen_set {
    struct arena *arena;
    const struct field **fields; /* sorted by name */
    size_t field_count;
    const struct screen **screens; /* sorted by name */
    size_t screen_count;
};

void reader_start(struct reader *reader, const char *file, struct span text, struct arena *arena,
                  struct screen_faults *faults);
/* The next line that has words; false at the end. */
bool reader_line(struct reader *reader);
/* A fault at a word of the line (index past the last: behind it). Returns false. */
bool reader_fault(struct reader *reader, size_t word, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with `; did you mean 'x'?` when one of the names is near. */
bool reader_unknown(struct reader *reader, size_t word, const char *what,
                    const char *const *names, size_t name_count);
bool reader_clean(const struct reader *reader); /* no fault since reader_start() */
const char *reader_string(struct reader *reader, size_t word); /* the word's text, in the arena */
bool reader_word_is(const struct reader *reader, size_t word, const char *text);
/* A whole number in low..high, or a fault. */
bool reader_number(struct reader *reader, size_t word, int low, int high, int *value);

void faults_add(struct screen_faults *faults, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A field by the word at `word`; NULL after a fault. */
const struct field *reader_field(struct reader *reader, const struct screen_set *set, size_t word);

/* Grows an array in memory from malloc by one zeroed element and returns that. */
void *array_grow(void *array_pointer, size_t *count, size_t element_size);
void screen_set_add(struct screen_set *set, const struct screen *screen);

#endif
