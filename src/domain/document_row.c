/* Rows of a document: what stands in a line after its word and number. */
#include "document_row.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/memory.h"
#include "lines.h"

static bool is_word(struct span value)
{
    return value_is_word(value, "");
}

/* Exactly `count` words, all good. */
static bool cut_words(struct span row, struct span *words, size_t count, const char **fault)
{
    *fault = "not the words that belong there:";
    if (!row_cut(row, words, count))
        return false;
    *fault = "a word that is not written as it must be:";
    for (size_t i = 0; i < count; i++)
        if (!is_word(words[i]))
            return false;
    return true;
}

/* --- items */

static bool is_word_name(struct span name)
{
    if (!value_is_name(name, DOCUMENT_PERSON_MAX))
        return false;
    return memchr(name.data, '-', name.length) == NULL;
}

static bool add_word(struct document_item *item, struct span text)
{
    const char *equals = memchr(text.data, '=', text.length);
    if (equals == NULL || item->count == DOCUMENT_WORDS_MAX)
        return false;
    size_t length = (size_t)(equals - text.data);
    struct document_word word = {{text.data, length},
                                 {equals + 1, text.length - length - 1}};
    struct span already;
    char name[DOCUMENT_PERSON_MAX];
    if (!is_word_name(word.name) || !is_word(word.value))
        return false;
    memcpy(name, word.name.data, length);
    name[length] = '\0';
    if (document_item_word(item, name, &already))
        return false;
    item->words[item->count++] = word;
    return true;
}

bool row_item(struct span row, struct document_item *item, const char **fault)
{
    struct span amount;
    *item = (struct document_item){0};
    *fault = "not an object and its amount:";
    if (!row_next(&row, &item->object) || !is_word(item->object) || !row_next(&row, &amount) ||
        !value_to_int(amount, &item->amount) || item->amount < 0)
        return false;
    *fault = "a word of the item is not name=value, or comes twice:";
    while (row.length > 0) {
        struct span word;
        if (!row_next(&row, &word) || !add_word(item, word))
            return false;
    }
    return true;
}

bool document_item_word(const struct document_item *item, const char *name, struct span *value)
{
    for (size_t i = 0; i < item->count; i++)
        if (span_is(item->words[i].name, name)) {
            *value = item->words[i].value;
            return true;
        }
    return false;
}

/* --- the effect */

bool row_basis(struct span row, struct document_basis *basis, const char **fault)
{
    struct span words[2];
    if (!cut_words(row, words, 2, fault))
        return false;
    basis->object = words[0];
    *fault = "a version that is no number:";
    return value_to_int(words[1], &basis->version) && basis->version >= 0;
}

bool row_move(struct span row, struct document_move *move, const char **fault)
{
    struct span words[3];
    if (!cut_words(row, words, 3, fault))
        return false;
    *move = (struct document_move){words[0], words[1], words[2]};
    return true;
}

bool row_posting(struct span row, struct document_posting *posting, const char **fault)
{
    struct span words[6];
    if (!cut_words(row, words, 6, fault))
        return false;
    posting->event = words[1];
    posting->account = words[2];
    posting->sub = words[3];
    posting->currency = words[4];
    *fault = "a number or a currency of the posting is wrong:";
    return value_to_int(words[0], &posting->journal) && posting->journal > 0 &&
           value_is_currency(posting->currency) && value_to_int(words[5], &posting->amount) &&
           posting->amount != 0 && posting->amount != INT64_MIN;
}

bool row_change(struct span row, const char **fault)
{
    *fault = "a word that is not written as it must be:";
    while (row.length > 0) {
        struct span word;
        if (!row_next(&row, &word) || !value_is_word(word, ",*="))
            return false;
    }
    return true;
}

bool row_balance(struct span row, struct document_balance *balance, const char **fault)
{
    struct span words[5];
    if (!cut_words(row, words, 5, fault))
        return false;
    *balance = (struct document_balance){
        .account = words[0], .sub = words[1], .currency = words[2]};
    *fault = "a number or a currency of the balance is wrong:";
    return value_is_currency(balance->currency) && value_to_int(words[3], &balance->before) &&
           value_to_int(words[4], &balance->after);
}

/* --- what was read cannot fail again */

static struct span row_at(const struct document_rows *rows, size_t index)
{
    assert(index < rows->count);
    return rows->rows[index];
}

struct document_item document_item(const struct document *document, size_t index)
{
    struct document_item item;
    const char *fault;
    bool read = row_item(row_at(&document->items, index), &item, &fault);
    assert(read);
    (void)read;
    return item;
}

struct document_basis document_basis(const struct document *document, size_t index)
{
    struct document_basis basis = {0};
    const char *fault;
    bool read = row_basis(row_at(&document->basis, index), &basis, &fault);
    assert(read);
    (void)read;
    return basis;
}

struct document_move document_move(const struct document *document, size_t index)
{
    struct document_move move = {0};
    const char *fault;
    bool read = row_move(row_at(&document->moves, index), &move, &fault);
    assert(read);
    (void)read;
    return move;
}

struct document_posting document_posting(const struct document *document, size_t index)
{
    struct document_posting posting = {0};
    const char *fault;
    bool read = row_posting(row_at(&document->postings, index), &posting, &fault);
    assert(read);
    (void)read;
    return posting;
}

struct document_balance document_balance(const struct document *document, size_t index)
{
    struct document_balance balance = {0};
    const char *fault;
    bool read = row_balance(row_at(&document->balances, index), &balance, &fault);
    assert(read);
    (void)read;
    return balance;
}

size_t document_words(struct span row, struct span *words, size_t max)
{
    size_t count = 0;
    struct span word;
    while (row.length > 0 && row_next(&row, &word)) {
        if (count < max)
            words[count] = word;
        count++;
    }
    return count;
}

/* --- no two alike */

static int compare_spans(const void *left, const void *right)
{
    const struct span *a = left, *b = right;
    size_t shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->data, b->data, shorter);
    if (order != 0)
        return order;
    return (a->length > b->length) - (a->length < b->length);
}

bool rows_differ(const struct document_rows *rows)
{
    bool differ = true;
    if (rows->count < 2)
        return true;
    struct span *sorted = memory_resize(NULL, rows->count, sizeof *sorted);
    for (size_t i = 0; i < rows->count; i++) {
        struct span row = rows->rows[i];
        bool cut = row_next(&row, &sorted[i]);
        assert(cut);
        (void)cut;
    }
    qsort(sorted, rows->count, sizeof *sorted, compare_spans);
    for (size_t i = 1; differ && i < rows->count; i++)
        differ = compare_spans(&sorted[i - 1], &sorted[i]) != 0;
    free(sorted);
    return differ;
}
