/* Request documents written: from a head and the parts that SQL makes, or from what was read. */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "daybook/domain/document.h"
#include "lines.h"

static bool put_word(struct buffer *out, const char *word, struct span value)
{
    return buffer_append_string(out, word) && buffer_append_char(out, ' ') &&
           buffer_append(out, value.data, value.length) && buffer_append_char(out, '\n');
}

static bool put_int(struct buffer *out, const char *word, int64_t value)
{
    return buffer_printf(out, "%s %" PRId64 "\n", word, value);
}

static bool put_time(struct buffer *out, const char *word, time_us time)
{
    char text[TIME_TEXT];
    return put_word(out, word, span_of(time_text(time, text)));
}

static bool put_rows(struct buffer *out, const char *counted, const char *word,
                     const struct document_rows *rows)
{
    bool fits = buffer_printf(out, "%s %zu\n", counted, rows->count);
    for (size_t i = 0; fits && i < rows->count; i++)
        fits = buffer_printf(out, "%s.%zu ", word, i + 1) &&
               buffer_append(out, rows->rows[i].data, rows->rows[i].length) &&
               buffer_append_char(out, '\n');
    return fits;
}

static bool put_head(struct buffer *out, const struct document_head *head)
{
    struct span text = head->text.length > 0 ? head->text : SPAN("-");
    return put_word(out, "format", SPAN("daybook-request-1")) &&
           put_word(out, "environment", head->environment) &&
           put_word(out, "request", head->request) && put_int(out, "version", head->version) &&
           put_word(out, "kind", head->kind) && put_word(out, "channel", head->channel) &&
           put_word(out, "currency", head->currency) && put_int(out, "amount", head->amount) &&
           put_int(out, "tier", head->tier) && put_word(out, "maker", head->maker) &&
           put_word(out, "person", head->person) && put_time(out, "made_at", head->made_at) &&
           put_time(out, "approve_by", head->approve_by) &&
           put_time(out, "execute_by", head->execute_by) &&
           put_word(out, "reason", head->reason) && put_word(out, "text", text) &&
           put_rows(out, "excluded", "excluded", &head->excluded);
}

bool document_build(const struct document_head *head, struct span items_part, struct span effect,
                    struct span balances_part, struct buffer *out, struct error *error)
{
    struct document document;
    buffer_clear(out);
    if (!put_head(out, head) || !buffer_append(out, items_part.data, items_part.length) ||
        !buffer_append(out, effect.data, effect.length) ||
        !buffer_append(out, balances_part.data, balances_part.length) ||
        out->length > DOCUMENT_BYTES_MAX) {
        buffer_clear(out);
        return error_set(error, ERROR_LIMIT, "document: it is longer than %d bytes",
                         DOCUMENT_BYTES_MAX);
    }
    struct span bytes = {buffer_text(out), out->length};
    if (!document_parse(&document, bytes, error)) {
        buffer_clear(out);
        return false;
    }
    /* A part that holds more than it should could have moved a border. */
    bool same = document.items_part.length == items_part.length &&
                document.effect.length == effect.length &&
                document.head.excluded.count == head->excluded.count;
    document_free(&document);
    if (same)
        return true;
    buffer_clear(out);
    return error_set(error, ERROR_INPUT, "document: its parts are not items, effect and balances");
}

bool document_write(const struct document *document, struct buffer *out)
{
    assert(document->lines != NULL);
    buffer_clear(out);
    return put_head(out, &document->head) && put_rows(out, "items", "item", &document->items) &&
           put_rows(out, "basis", "basis", &document->basis) &&
           put_rows(out, "moves", "move", &document->moves) &&
           put_rows(out, "postings", "posting", &document->postings) &&
           put_rows(out, "changes", "change", &document->changes) &&
           put_rows(out, "balances", "balance", &document->balances);
}

/* --- words */

bool document_encode(struct span text, struct buffer *out)
{
    if (text.length == 0)
        return buffer_append_char(out, '-');
    bool fits = true;
    for (size_t i = 0; fits && i < text.length; i++) {
        if (value_is_safe(text.data[i]))
            fits = buffer_append_char(out, text.data[i]);
        else
            fits = buffer_printf(out, "%%%02X", (unsigned char)text.data[i]);
    }
    return fits;
}

static int hex_value(char digit)
{
    return digit <= '9' ? digit - '0' : digit - 'A' + 10;
}

static bool is_hex(char digit)
{
    return (digit >= '0' && digit <= '9') || (digit >= 'A' && digit <= 'F');
}

size_t document_decode(struct span value, char *out, size_t out_size)
{
    size_t length = 0;
    assert(out_size > 0);
    for (size_t i = 0; i < value.length && length + 1 < out_size; i++) {
        char byte = value.data[i];
        if (byte == '%' && value.length - i >= 3 && is_hex(value.data[i + 1]) &&
            is_hex(value.data[i + 2])) {
            byte = (char)(hex_value(value.data[i + 1]) * 16 + hex_value(value.data[i + 2]));
            i += 2;
        }
        out[length++] = byte;
    }
    out[length] = '\0';
    return length;
}
