/* A request document as anybody may send it. What is read comes out again byte for byte, row by row
 * and from its parts; its texts can be shown as they are; what is said of the rest can be shown. */
#include <string.h>

#include "daybook/domain/document.h"
#include "fuzz.h"

static void same_bytes(const struct buffer *out, struct span bytes)
{
    FUZZ_HOLDS(out->length == bytes.length);
    FUZZ_HOLDS(memcmp(buffer_text(out), bytes.data, bytes.length) == 0);
}

/* Decoding and encoding a word again gives the word: it has one form. */
static void word_holds(struct span word)
{
    char text[DOCUMENT_VALUE_MAX + 1];
    struct buffer again;

    size_t length = document_decode(word, text, sizeof text);
    buffer_init(&again, 3 * DOCUMENT_VALUE_MAX);
    FUZZ_HOLDS(document_encode((struct span){text, length}, &again));
    same_bytes(&again, word);
    buffer_free(&again);
}

static void rows_hold(const struct document *document)
{
    int64_t sum = 0;

    for (size_t i = 0; i < document->items.count; i++) {
        struct document_item item = document_item(document, i);

        FUZZ_HOLDS(item.amount >= 0);
        sum += item.amount;
        word_holds(item.object);
        for (size_t j = 0; j < item.count; j++)
            word_holds(item.words[j].value);
    }
    FUZZ_HOLDS(sum == document->head.amount);
    for (size_t i = 0; i < document->basis.count; i++)
        FUZZ_HOLDS(document_basis(document, i).version >= 0);
    for (size_t i = 0; i < document->moves.count; i++)
        word_holds(document_move(document, i).to);
    for (size_t i = 0; i < document->postings.count; i++)
        FUZZ_HOLDS(document_posting(document, i).amount != 0);
    for (size_t i = 0; i < document->balances.count; i++)
        word_holds(document_balance(document, i).sub);
}

static void whole_holds(const struct document *document)
{
    struct buffer out;
    struct error error;

    buffer_init(&out, DOCUMENT_BYTES_MAX);
    FUZZ_HOLDS(document_write(document, &out));
    same_bytes(&out, document->bytes);
    FUZZ_HOLDS(document_build(&document->head, document->items_part, document->effect,
                              document->balances_part, &out, &error));
    same_bytes(&out, document->bytes);
    buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct document document;
    struct error error = {0};
    struct span bytes = {(const char *)data, size};

    if (document_parse(&document, bytes, &error)) {
        rows_hold(&document);
        whole_holds(&document);
        document_free(&document);
    } else {
        char shown[ERROR_MESSAGE_MAX + 8];
        struct span said = span_of(error.message);

        FUZZ_HOLDS(error.code == ERROR_INPUT || error.code == ERROR_LIMIT);
        FUZZ_HOLDS(text_printable(shown, sizeof shown, said) == said.length);
    }
    return 0;
}
