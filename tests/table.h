/* Tables of cases for unit tests. A .tbl file has one case a line: columns with one tab between,
 * the last column is what must come out, `#` starts a comment line. In a cell, \xHH is a byte,
 * \u{HEX} a character, \t \n \r and \\ are themselves; an empty cell is written \e. Paths are
 * relative to the repository, where tests run.
 *
 *     static void decimal_case(const struct table_row *row, char *out, size_t size);
 *     table_check("tests/unit/money.tbl", decimal_case);
 *
 * Every case of a file runs; those that differ are printed as file:line, then the test fails. */
#ifndef DAYBOOK_TESTS_TABLE_H
#define DAYBOOK_TESTS_TABLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/text.h"

enum { TABLE_COLUMNS = 16, TABLE_LINE = 8192, TABLE_OUT = 4096 };

struct table_row {
    const char *path;
    int line;
    size_t count;                    /* of the cells, the expected one left out */
    struct span cells[TABLE_COLUMNS]; /* each NUL-terminated too */
    struct span expected;
};

/* Writes what came out as text, at most size bytes with the NUL; `out` is "" before. */
typedef void (*table_case)(const struct table_row *row, char *out, size_t size);

/* The cell as a string, "" where the row has fewer. */
static inline const char *table_cell(const struct table_row *row, size_t index)
{
    return index < row->count ? row->cells[index].data : "";
}

static inline long table_number(const struct table_row *row, size_t index)
{
    return strtol(table_cell(row, index), NULL, 10);
}

/* Replaces the escapes in place; returns the new length. */
static inline size_t table_unescape(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0';) {
        char *end;
        if (*from != '\\') {
            *to++ = *from++;
        } else if (from[1] == 'x') {
            char hex[3] = {from[2], from[2] != '\0' ? from[3] : '\0', '\0'};
            *to++ = (char)strtol(hex, &end, 16);
            from += 2 + (end - hex);
        } else if (from[1] == 'u' && from[2] == '{') {
            long character = strtol(from + 3, &end, 16);
            to += text_encode((int32_t)character, to);
            from = end + (*end == '}');
        } else {
            static const char letters[] = "tnr\\", meant[] = "\t\n\r\\";
            const char *letter = from[1] != '\0' ? strchr(letters, from[1]) : NULL;
            if (letter != NULL)
                *to++ = meant[letter - letters];
            from += from[1] != '\0' ? 2 : 1;
        }
    }
    *to = '\0';
    return (size_t)(to - text);
}

/* Cuts a line into its cells; the last becomes `expected`. */
static inline void table_split(struct table_row *row, char *line)
{
    row->count = 0;
    for (char *cell = line; cell != NULL;) {
        char *tab = strchr(cell, '\t');
        if (tab != NULL)
            *tab++ = '\0';
        assert_true(row->count < TABLE_COLUMNS);
        row->cells[row->count++] = (struct span){cell, table_unescape(cell)};
        cell = tab;
    }
    row->expected = row->cells[--row->count];
}

/* Prints bytes so that a difference can be seen whatever they are. */
static inline void table_print(const char *label, struct span text)
{
    fprintf(stderr, "    %s [", label);
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        fprintf(stderr, byte < 0x20 || byte >= 0x7F ? "\\x%02x" : "%c", byte);
    }
    fprintf(stderr, "]\n");
}

static inline bool table_row_agrees(const struct table_row *row, table_case run)
{
    static char out[TABLE_OUT];
    memset(out, 0, sizeof out);
    run(row, out, sizeof out);
    if (span_equal(span_of(out), row->expected))
        return true;
    fprintf(stderr, "%s:%d: %s\n", row->path, row->line, table_cell(row, 0));
    table_print("expected", row->expected);
    table_print("got     ", span_of(out));
    return false;
}

static inline void table_check(const char *path, table_case run)
{
    static char line[TABLE_LINE];
    struct table_row row = {.path = path};
    int cases = 0, faults = 0;
    FILE *file = fopen(path, "r");
    if (file == NULL)
        fail_msg("%s cannot be opened; tests run in the repository's directory", path);
    while (fgets(line, sizeof line, file) != NULL) {
        row.line++;
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '\0' || line[0] == '#')
            continue;
        table_split(&row, line);
        cases++;
        if (!table_row_agrees(&row, run))
            faults++;
    }
    fclose(file);
    if (cases == 0 || faults > 0)
        fail_msg("%s: %d of %d cases differ", path, faults, cases);
}

#endif
