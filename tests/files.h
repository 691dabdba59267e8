/* Files of a folder beside what reading them must give. For cmocka tests, which run in the
 * repository. `DAYBOOK_WRITE_RECORDS=1` writes what came out instead, to be read and committed. */
#ifndef DAYBOOK_TESTS_FILES_H
#define DAYBOOK_TESTS_FILES_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "records.h"

static inline bool files_load(const char *path, struct buffer *out)
{
    FILE *file = fopen(path, "rb");
    size_t got = 1;
    buffer_init(out, RECORDS_LIMIT);
    while (file != NULL && got > 0) {
        char *room = buffer_reserve(out, 65536);
        got = room == NULL ? 0 : fread(room, 1, 65536, file);
        out->length += got;
    }
    if (file != NULL)
        fclose(file);
    return file != NULL;
}

static inline void files_store(const char *path, const struct buffer *text)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(buffer_text(text), 1, text->length, file) != text->length ||
        fclose(file) != 0)
        fail_msg("%s cannot be written", path);
}

static inline bool files_equal(const struct buffer *a, const struct buffer *b)
{
    return a->length == b->length && memcmp(buffer_text(a), buffer_text(b), a->length) == 0;
}

/* Shows the first line that differs. */
static inline void files_differ(const char *path, size_t step, const struct buffer *is,
                                const struct buffer *should)
{
    const char *a = buffer_text(is);
    const char *b = buffer_text(should);
    int line = 1;
    while (*a != '\0' && strcspn(a, "\n") == strcspn(b, "\n") &&
           strncmp(a, b, strcspn(a, "\n") + 1) == 0) {
        a += strcspn(a, "\n") + 1;
        b += strcspn(b, "\n") + 1;
        line++;
    }
    print_error("%s, %zu bytes at a time, record %d\n  is     %.*s\n  should %.*s\n", path, step,
                line, (int)strcspn(a, "\n"), a, (int)strcspn(b, "\n"), b);
}

typedef void (*files_reader)(const char *format, struct span bytes, size_t step,
                             struct buffer *out);

static inline int files_check_one(const char *path, const char *expected, const char *format,
                                  files_reader read)
{
    static const size_t steps[] = {0, 1, 7, 4096};
    struct buffer bytes;
    struct buffer should;
    int failed = 0;
    bool loaded = files_load(path, &bytes);
    bool known = files_load(expected, &should);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct buffer is;
        buffer_init(&is, RECORDS_LIMIT);
        read(format, (struct span){bytes.data, bytes.length}, steps[i], &is);
        if (i == 0 && getenv("DAYBOOK_WRITE_RECORDS") != NULL) {
            files_store(expected, &is);
            buffer_free(&should);
            known = files_load(expected, &should);
        }
        if (!loaded || !known || !files_equal(&is, &should)) {
            files_differ(path, steps[i], &is, &should);
            failed++;
        }
        buffer_free(&is);
    }
    buffer_free(&bytes);
    buffer_free(&should);
    return failed;
}

/* Every file of the folder with that ending; NAME.xml is compared with EXPECTED/NAME.xml. */
static inline void files_check_with(const char *folder, const char *ending, const char *expected,
                                    const char *format, files_reader read)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, alphasort);
    int checked = 0;
    int failed = 0;
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        size_t length = strlen(name);
        char path[512];
        char wanted[512];
        snprintf(path, sizeof path, "%s/%s", folder, name);
        snprintf(wanted, sizeof wanted, "%s/%s", expected, name);
        if (length > strlen(ending) && strcmp(name + length - strlen(ending), ending) == 0) {
            failed += files_check_one(path, wanted, format, read);
            checked++;
        }
        free(entries[i]);
    }
    free(entries);
    assert_true(checked > 0);
    assert_int_equal(failed, 0);
}

static inline void files_read_statement(const char *format, struct span bytes, size_t step,
                                        struct buffer *out)
{
    records_read(format, bytes, step, out);
}

static inline void files_check(const char *folder, const char *ending, const char *expected,
                               const char *format)
{
    files_check_with(folder, ending, expected, format, files_read_statement);
}

#endif
