/* Reads every statement file that has an expected canonical form and compares exactly: the
 * published ones beside the repository (where they are there) and our own in tests/data. Each file
 * is read three times, with sources that give 1 byte, 4 bytes and everything at once; the three
 * must agree. Files without an expected form must be read to an end, whatever it is.
 *
 *     conformance REPOSITORY
 */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daybook/base/buffer.h"
#include "daybook/base/memory.h"
#include "daybook/formats/parse.h"
#include "daybook/formats/source.h"

enum { FILE_LIMIT = 64 << 20 };

/* Differences from the published expectations that are right, by file name. Empty: none is. */
static const struct {
    const char *file, *why;
} tolerated[] = {
    {"", ""},
};

/* Rows of published CSV files that their expected forms leave out, because the upstream tool was
 * told to: its configuration ignores certain payees, and it drops trades that were closed together
 * with their refunds. We list every row, the closed ones as failed. */
static const struct {
    const char *file, *row, *why; /* row: date, amount, currency, order id */
} left_out[] = {
    {"alipay", "2023-01-10\t82.00\tCNY\txxxx", "a closed trade"},
    {"alipay", "2023-01-09\t50.00\tCNY\t2023xxxxx88_2023xx57", "the refund of a closed trade"},
    {"alipay", "2023-01-09\t50.00\tCNY\t2023xxxxx88", "a closed trade"},
    {"boc__credit", "2024-12-16\t0.59\tCNY\t", "ignored payee"},
    {"boc__credit", "2024-12-20\t361.19\tCNY\t", "ignored payee"},
    {"boc__credit", "2024-12-22\t68.19\tCNY\t", "ignored payee"},
    {"boc__credit", "2024-12-25\t468.32\tCNY\t", "ignored payee"},
    {"boc__credit", "2024-12-25\t448.32\tCNY\t", "ignored payee"},
    {"boc__credit", "2024-12-29\t131.77\tCNY\t", "ignored payee"},
    {"boc__credit", "2024-12-31\t60.90\tCNY\t", "ignored payee"},
    {"cmb__credit", "2023-12-30\t345.67\tCNY\t", "ignored payee"},
    {"hsbchk__debit", "2025-03-24\t1.00\tHKD\t", "ignored payee"},
    {"icbc__debit-v1", "2023-04-25\t1234.56\tCNY\t", "ignored payee"},
    {"icbc__debit-v1", "2023-02-28\t341.58\tCNY\t", "ignored payee"},
    {"icbc__debit-v1", "2023-02-09\t24.00\tCNY\t", "ignored payee"},
    {"icbc__debit-v1", "2023-02-08\t1.04\tCNY\t", "ignored payee"},
};
enum { LEFT_OUT = sizeof(left_out) / sizeof(left_out[0]) };

struct totals {
    const char *format;
    int files, unchecked, differences, tolerated, failed;
    int64_t entries;
};

static struct totals totals[] = {{.format = "mt940"}, {.format = "camt"}, {.format = "bai2"},
                                 {.format = "ofx"},   {.format = "pain002"}, {.format = "csv"}};
enum { FORMATS = sizeof(totals) / sizeof(totals[0]) };

/* Published CSV layouts: which records belong to which expected file, and the profile. */
static const struct {
    const char *expected, *records, *profile;
} layouts[] = {
    {"alipay__example-alipay-output", "alipay__example-alipay-records.csv", "alipay"},
    {"boc__credit__example-boc-credit-output", "boc__credit__example-boc-records.csv",
     "boc-credit"},
    {"bocom_debit__example-bocom_debit-output", "bocom_debit__example-bocom_debit-records.csv",
     "bocom-debit"},
    {"cmb__credit__example-cmb-credit-output", "cmb__credit__example-cmb-records.csv",
     "cmb-credit"},
    {"cmb__debit__example-cmb-debit-output", "cmb__debit__example-cmb-records.csv", "cmb-debit"},
    {"hsbchk__debit__example-hsbchk-debit-output",
     "hsbchk__debit__example-hsbchk-debit-records.csv", "hsbchk-debit"},
    {"icbc__debit-v1__example-icbc-debit-v1-output",
     "icbc__debit-v1__example-icbc-debit-v1-records.csv", "icbc-debit-v1"},
};
enum { LAYOUTS = sizeof(layouts) / sizeof(layouts[0]) };

struct reading {
    struct buffer rows;
    int64_t entries;
    int status;
    int balanced, judged; /* statements that add up, of those where that can be said */
    struct error error;
};

static bool file_load(const char *folder, const char *name, struct buffer *out)
{
    char *path = memory_format("%s/%s", folder, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t count = fd >= 0 ? 1 : -1;

    while (count > 0) {
        char *room = buffer_reserve(out, 65536);
        count = room ? read(fd, room, 65536) : -1;
        out->length += count > 0 ? (size_t)count : 0;
    }
    if (fd >= 0)
        close(fd);
    free(path);
    return count == 0;
}

static bool file_is_there(const char *folder, const char *name)
{
    char *path = memory_format("%s/%s", folder, name);
    bool there = access(path, R_OK) == 0;

    free(path);
    return there;
}

static bool rows_write(void *context, const char *data, size_t length, struct error *error)
{
    struct reading *reading = context;

    (void)error;
    return buffer_append(&reading->rows, data, length);
}

static void reading_free(struct reading *reading)
{
    buffer_free(&reading->rows);
}

/* Counts entries and flags by the reader itself, beside the canonical rows; of what is no
 * statement, its rows. */
static void reading_count(struct reading *reading, const char *format, struct span bytes)
{
    struct source_memory memory = {.rest = bytes};
    struct error error;
    struct statement_reader *reader = statement_reader_new(format, source_of_memory(&memory),
                                                           &error);
    static struct statement_record record;

    if (!reader) {
        for (size_t i = 0; i < reading->rows.length; i++)
            reading->entries += reading->rows.data[i] == '\n';
        return;
    }
    while (statement_read(reader, &record, &error) == STATEMENT_MORE) {
        reading->entries += record.kind == STATEMENT_ENTRY;
        if (record.kind == STATEMENT_END) {
            reading->balanced += record.header.balanced == 1;
            reading->judged += record.header.balanced >= 0;
        }
    }
    statement_reader_free(reader);
}

static void reading_make(struct reading *reading, const char *format, struct span bytes,
                         size_t step)
{
    struct source_memory memory = {.rest = bytes, .step = step};
    struct canonical_output output = {.write = rows_write, .context = reading};

    *reading = (struct reading){.status = 0};
    buffer_init(&reading->rows, FILE_LIMIT);
    reading->status = canonical_parse(format, source_of_memory(&memory), &output, &reading->error);
}

static bool readings_agree(const struct reading *a, const struct reading *b)
{
    return a->status == b->status && a->rows.length == b->rows.length &&
           (a->rows.length == 0 || memcmp(a->rows.data, b->rows.data, a->rows.length) == 0) &&
           strcmp(a->error.message, b->error.message) == 0;
}

/* Reads whole, by 4 and by 1; false, said on stdout, where they differ. */
static bool file_read(struct reading *whole, const char *name, const char *format,
                      struct span bytes)
{
    bool agree = true;

    reading_make(whole, format, bytes, 0);
    reading_count(whole, format, bytes);
    for (size_t step = 1; step <= 4; step += 3) {
        struct reading small;
        reading_make(&small, format, bytes, step);
        if (!readings_agree(whole, &small)) {
            printf("FAIL %s: read by %zu bytes it is another file: %d '%s', %d '%s'\n", name, step,
                   whole->status, whole->error.message, small.status, small.error.message);
            agree = false;
        }
        reading_free(&small);
    }
    return agree;
}

/* --- comparing */

static struct span line_take(struct span *text)
{
    const char *newline = text->length ? memchr(text->data, '\n', text->length) : NULL;
    size_t length = newline ? (size_t)(newline - text->data) : text->length;
    struct span line = {text->data, length};

    text->data += newline ? length + 1 : length;
    text->length -= newline ? length + 1 : length;
    return line;
}

/* Of a CSV row: date, amount, currency, order id. */
static char *csv_key(struct span row)
{
    struct buffer key;
    buffer_init(&key, 4096);
    for (int column = 0; column < 6; column++) {
        const char *tab = row.length ? memchr(row.data, '\t', row.length) : NULL;
        size_t length = tab ? (size_t)(tab - row.data) : row.length;
        if (column != 1 && column != 2) {
            buffer_append_string(&key, column ? "\t" : "");
            buffer_append(&key, row.data, length);
        }
        length += tab != NULL;
        row = (struct span){row.data + length, row.length - length};
    }
    return key.data; /* malloc's */
}

static bool csv_left_out(const char *name, const char *key)
{
    for (int i = 0; i < LEFT_OUT; i++) {
        if (strstr(name, left_out[i].file) == NULL || strcmp(left_out[i].row, key) != 0)
            continue;
        printf("note %s: %.*s is left out upstream: %s\n", name, (int)strcspn(key, "\t"), key,
               left_out[i].why);
        return true;
    }
    return false;
}

static int csv_key_order(const void *a, const void *b)
{
    const char *const *left = a, *const *right = b;
    return strcmp(*left, *right);
}

enum { CSV_ROWS_MAX = 4096 };

static int csv_keys(struct span rows, char *keys[CSV_ROWS_MAX])
{
    int count = 0;
    while (rows.length > 0 && count < CSV_ROWS_MAX)
        keys[count++] = csv_key(line_take(&rows));
    qsort(keys, (size_t)count, sizeof keys[0], csv_key_order);
    return count;
}

/* As sets with repetition: the expected files are sorted by date. */
static int csv_compare(struct totals *total, const char *name, struct span got, struct span wanted)
{
    static char *is[CSV_ROWS_MAX], *should[CSV_ROWS_MAX];
    int is_count = csv_keys(got, is), should_count = csv_keys(wanted, should);
    int differences = 0;

    for (int i = 0, k = 0; i < is_count || k < should_count;) {
        int order = i == is_count ? 1 : k == should_count ? -1 : strcmp(is[i], should[k]);
        if (order < 0 && csv_left_out(name, is[i]))
            total->tolerated++;
        else if (order != 0 && ++differences)
            printf("  %s\n    %s |%s|\n", name, order < 0 ? "is    " : "wanted",
                   order < 0 ? is[i] : should[k]);
        i += order <= 0;
        k += order >= 0;
    }
    for (int i = 0; i < is_count; i++)
        free(is[i]);
    for (int k = 0; k < should_count; k++)
        free(should[k]);
    return differences;
}

static int rows_compare(const char *name, struct span got, struct span wanted)
{
    int differences = 0;

    for (int line = 1; got.length > 0 || wanted.length > 0; line++) {
        struct span a = line_take(&got), b = line_take(&wanted);
        if (span_equal(a, b))
            continue;
        if (++differences <= 3)
            printf("  %s row %d\n    is     |%.*s|\n    wanted |%.*s|\n", name, line, (int)a.length,
                   a.data, (int)b.length, b.data);
    }
    return differences;
}

static bool is_tolerated(const char *name)
{
    for (size_t i = 0; i < sizeof(tolerated) / sizeof(tolerated[0]); i++) {
        if (strcmp(tolerated[i].file, name) != 0)
            continue;
        printf("note %s differs, rightly: %s\n", name, tolerated[i].why);
        return true;
    }
    return false;
}

/* INDEX.tsv: the balance_ok column of that file, as "n/m"; false where there is none. */
static bool index_balances(struct span index, const char *path, char out[16])
{
    while (index.length > 0) {
        struct span line = line_take(&index), columns[6];
        for (int i = 0; i < 6; i++) {
            const char *tab = line.length ? memchr(line.data, '\t', line.length) : NULL;
            size_t length = tab ? (size_t)(tab - line.data) : line.length;
            columns[i] = (struct span){line.data, length};
            length += tab != NULL;
            line = (struct span){line.data + length, line.length - length};
        }
        if (!span_is(columns[1], path) || columns[5].length >= 16 || columns[5].length < 3)
            continue;
        memcpy(out, columns[5].data, columns[5].length);
        out[columns[5].length] = '\0';
        return strchr(out, '/') != NULL;
    }
    return false;
}

/* --- one file */

struct suite {
    const char *root;   /* where the statements are */
    struct buffer index;
};

static void balances_compare(struct totals *total, const struct suite *suite, const char *path,
                             const struct reading *reading)
{
    char wanted[16], got[32];
    char *indexed = memory_format("statements/%s", path);
    bool known = index_balances((struct span){buffer_text(&suite->index), suite->index.length},
                                indexed, wanted);

    free(indexed);
    if (!known)
        return;
    snprintf(got, sizeof(got), "%d/%d", reading->balanced, reading->judged);
    if (strcmp(got, wanted) == 0)
        return;
    printf("FAIL %s: %s statements add up, the index says %s\n", path, got, wanted);
    total->differences++;
    total->failed++;
}

static void file_check(struct totals *total, const struct suite *suite, const char *path,
                       const char *expected, const char *format)
{
    struct buffer bytes, wanted;
    struct reading reading;
    bool csv = strncmp(format, "csv", 3) == 0;

    buffer_init(&bytes, FILE_LIMIT);
    buffer_init(&wanted, FILE_LIMIT);
    bool loaded = file_load(suite->root, path, &bytes) &&
                  file_load(suite->root, expected ? expected : path, &wanted);
    bool agree = file_read(&reading, path, format,
                           (struct span){buffer_text(&bytes), bytes.length});
    total->files += expected != NULL;
    total->unchecked += expected == NULL;
    total->entries += expected ? reading.entries : 0;
    struct span is = {buffer_text(&reading.rows), reading.rows.length};
    struct span should = {buffer_text(&wanted), wanted.length};
    int differences = 0;
    if (expected)
        differences = csv ? csv_compare(total, path, is, should) : rows_compare(path, is, should);
    if (differences > 0 && is_tolerated(path))
        total->tolerated += differences, differences = 0;
    if (!loaded || !agree || differences > 0) {
        printf("FAIL %s: %d differences%s%s\n", path, differences,
               reading.error.message[0] ? "; " : "", reading.error.message);
        total->failed++;
    }
    total->differences += differences;
    balances_compare(total, suite, path, &reading);
    reading_free(&reading);
    buffer_free(&bytes);
    buffer_free(&wanted);
}

/* --- finding files */

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);

    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static int entry_order(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool is_statement(const char *name)
{
    return !ends_with(name, ".expected.tsv") && !ends_with(name, ".json") &&
           !strstr(name, "LICENSE") && name[0] != '.';
}

/* Every file below `folder`, with its expected rows where FILE.expected.tsv stands beside it. */
static void folder_check(struct totals *total, const struct suite *suite, const char *folder,
                         const char *format)
{
    char *full = memory_format("%s/%s", suite->root, folder);
    struct dirent **entries;
    int count = scandir(full, &entries, NULL, entry_order);

    free(full);
    for (int i = 0; i < count; i++) {
        char *path = memory_format("%s/%s", folder, entries[i]->d_name);
        char *expected = memory_format("%s.expected.tsv", path);
        if (entries[i]->d_type == DT_DIR && entries[i]->d_name[0] != '.')
            folder_check(total, suite, path, format);
        else if (entries[i]->d_type == DT_REG && is_statement(entries[i]->d_name))
            file_check(total, suite, path,
                       file_is_there(suite->root, expected) ? expected : NULL, format);
        free(path);
        free(expected);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

static void layouts_check(struct totals *total, const struct suite *suite)
{
    for (int i = 0; i < LAYOUTS; i++) {
        char *path = memory_format("cn-csv/double-entry-generator/%s", layouts[i].records);
        char *expected = memory_format("cn-csv/double-entry-generator/%s.expected.tsv",
                                       layouts[i].expected);
        char *format = memory_format("csv:%s", layouts[i].profile);
        file_check(total, suite, path, expected, format);
        free(path);
        free(expected);
        free(format);
    }
}

/* Our own CSV fixtures name their profile: tests/data/statements/csv/PROFILE/... */
static void own_csv_check(struct totals *total, const struct suite *suite)
{
    char *full = memory_format("%s/csv", suite->root);
    struct dirent **entries;
    int count = scandir(full, &entries, NULL, entry_order);

    free(full);
    for (int i = 0; i < count; i++) {
        char *path = memory_format("csv/%s", entries[i]->d_name);
        char *format = memory_format("csv:%s", entries[i]->d_name);
        if (entries[i]->d_name[0] != '.')
            folder_check(total, suite, path, format);
        free(path);
        free(format);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

static int totals_print(const char *title)
{
    int failed = 0;

    printf("%s\n", title);
    for (int i = 0; i < FORMATS; i++) {
        printf("  %-7s %4d files %6" PRId64 " entries %3d differences", totals[i].format,
               totals[i].files, totals[i].entries, totals[i].differences);
        printf(" (%d explained), %d more files read to an end\n", totals[i].tolerated,
               totals[i].unchecked);
        failed += totals[i].failed;
    }
    return failed;
}

static int totals_files(void)
{
    int files = 0;

    for (int i = 0; i < FORMATS; i++)
        files += totals[i].files + totals[i].unchecked;
    return files;
}

static void totals_clear(void)
{
    for (int i = 0; i < FORMATS; i++)
        totals[i] = (struct totals){.format = totals[i].format};
}

static void suite_run(struct suite *suite, bool shared)
{
    buffer_init(&suite->index, FILE_LIMIT);
    if (file_is_there(suite->root, "INDEX.tsv") &&
        !file_load(suite->root, "INDEX.tsv", &suite->index))
        printf("FAIL %s/INDEX.tsv cannot be read\n", suite->root);
    for (int i = 0; i < FORMATS - 1; i++)
        folder_check(&totals[i], suite, strcmp(totals[i].format, "pain002") == 0
                     ? "pain" : totals[i].format, totals[i].format);
    if (shared)
        layouts_check(&totals[FORMATS - 1], suite);
    else
        own_csv_check(&totals[FORMATS - 1], suite);
    buffer_free(&suite->index);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: conformance REPOSITORY\n");
        return 2;
    }
    char *own = memory_format("%s/tests/data/statements", argv[1]);
    char *published = memory_format("%s/../shared/data/statements", argv[1]);
    struct suite suite = {.root = own};
    suite_run(&suite, false);
    int failed = totals_print("Our own statement files:"), files = totals_files(), skipped = 0;
    totals_clear();
    suite.root = published;
    if (file_is_there(published, "INDEX.tsv")) {
        suite_run(&suite, true);
        failed += totals_print("Published statement files:");
        files += totals_files();
    } else {
        printf("The published statement files are not here (%s): skipped.\n", published);
        skipped = 1;
    }
    printf("%d passed, %d failed, %d skipped\n", files - failed, failed, skipped);
    free(own);
    free(published);
    return failed > 0;
}
