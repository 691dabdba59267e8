/* The dispatcher: one table of formats, one counter of bytes. */
#include "daybook/formats/statement.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/memory.h"
#include "format.h"

static const struct statement_format *const formats[] = {
    &statement_format_mt940, &statement_format_camt, &statement_format_bai2,
    &statement_format_ofx,   &statement_format_csv,
};
enum { FORMAT_COUNT = sizeof(formats) / sizeof(formats[0]) };

struct statement_reader {
    const struct statement_format *format;
    void *state;
    struct statement_source source;
    int64_t bytes;
    enum statement_step last;
};

static long counted_read(void *context, char *out, size_t size, struct error *error)
{
    struct statement_reader *reader = context;
    long count = reader->source.read(reader->source.context, out, size, error);

    if (count > 0)
        reader->bytes += count;
    return count;
}

/* The format of that name; *profile gets what stands after the colon, or NULL. */
static const struct statement_format *format_find(const char *name, const char **profile)
{
    const char *colon = strchr(name, ':');
    size_t length = colon ? (size_t)(colon - name) : strlen(name);

    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        if (strlen(formats[i]->name) != length || memcmp(formats[i]->name, name, length) != 0)
            continue;
        if (formats[i]->profiled != (colon != NULL))
            return NULL;
        *profile = colon ? colon + 1 : NULL;
        return formats[i];
    }
    return NULL;
}

struct statement_reader *statement_reader_new(const char *format, struct statement_source source,
                                              struct error *error)
{
    const char *profile = NULL;
    const struct statement_format *found = format_find(format, &profile);

    if (!found) {
        error_set(error, ERROR_USAGE,
                  "There is no statement format '%s'; there are mt940, camt, bai2, ofx and "
                  "csv:PROFILE.", format);
        return NULL;
    }
    struct statement_reader *reader = memory_new(sizeof(*reader));
    reader->format = found;
    reader->source = source;
    reader->last = STATEMENT_MORE;
    struct statement_source counted = {.read = counted_read, .context = reader};
    reader->state = found->open(profile, counted, error);
    if (reader->state)
        return reader;
    free(reader);
    return NULL;
}

void statement_reader_free(struct statement_reader *reader)
{
    if (!reader)
        return;
    reader->format->close(reader->state);
    free(reader);
}

enum statement_step statement_read(struct statement_reader *reader, struct statement_record *record,
                                   struct error *error)
{
    if (reader->last != STATEMENT_MORE) {
        if (reader->last == STATEMENT_FAILED)
            error_set(error, ERROR_INPUT, "The file could not be read further.");
        return reader->last;
    }
    if (!reader->format->clears)
        *record = (struct statement_record){.kind = STATEMENT_BEGIN};
    reader->last = reader->format->read(reader->state, record, error);
    return reader->last;
}

int64_t statement_reader_bytes(const struct statement_reader *reader)
{
    return reader->bytes;
}

static bool head_has(struct span head, const char *word)
{
    return head.length > 0 && memmem(head.data, head.length, word, strlen(word)) != NULL;
}

static bool head_starts(struct span head, const char *word)
{
    size_t length = strlen(word);

    return head.length >= length && memcmp(head.data, word, length) == 0;
}

/* A tag of MT940 at the start of any line. */
static bool head_has_tag(struct span head)
{
    static const char *const tags[] = {":20:", ":25:", ":28C:", ":60F:", ":61:"};

    for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
        char line[8] = "\n";
        memcpy(line + 1, tags[i], strlen(tags[i]));
        if (head_starts(head, tags[i]) || head_has(head, line))
            return true;
    }
    return head_starts(head, "{1:");
}

const char *statement_detect(struct span head)
{
    if (head_starts(head, "\xEF\xBB\xBF"))
        head = (struct span){head.data + 3, head.length - 3};
    head = span_trim(head);
    if (head_has(head, "OFXHEADER") || head_has(head, "<OFX>"))
        return "ofx";
    if (head_has(head, "camt.05") || head_has(head, "BkToCstmr"))
        return "camt";
    if (head_starts(head, "01,"))
        return "bai2";
    return head_has_tag(head) ? "mt940" : NULL;
}
