/* Files of payouts: pain.001 in, pain.002 out. A batch whose totals are not those of its items is
 * refused as a whole, and nothing of it is executed. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bank.h"
#include "daybook/base/json.h"
#include "daybook/base/memory.h"
#include "daybook/formats/pain.h"

enum { ITEMS_MAX = 10000 };

struct memory_source {
    struct span text;
    size_t at;
};

static long read_memory(void *context, char *out, size_t size, struct error *error)
{
    struct memory_source *source = context;
    size_t left = source->text.length - source->at;
    size_t count = left < size ? left : size;

    (void)error;
    memcpy(out, source->text.data + source->at, count);
    source->at += count;
    return (long)count;
}

struct item {
    char ref[BANK_REF], name[TOWN_NAME * 2], account[BANK_REF];
    char currency[4];
    int64_t amount, epoch;
    time_us not_after;
};

struct batch {
    char message[BANK_REF];
    struct item *items;
    size_t count;
};

static void copy(char *out, size_t size, struct span span)
{
    snprintf(out, size, "%.*s", (int)(span.length < size ? span.length : size - 1),
             span.length > 0 ? span.data : "");
}

static bool add_item(struct batch *batch, const struct pain001_record *record, time_us not_after)
{
    const struct pain001_item *from = &record->item;
    struct item *item = &batch->items[batch->count];

    if (batch->count == ITEMS_MAX || from->end_to_end.length >= BANK_REF)
        return false;
    batch->count++;
    copy(item->ref, sizeof item->ref, from->end_to_end);
    copy(item->name, sizeof item->name, from->payee_name);
    copy(item->account, sizeof item->account, from->payee_account);
    memcpy(item->currency, from->currency.code, sizeof item->currency);
    text_to_int64(from->instruction_id, &item->epoch);
    item->amount = from->amount;
    item->not_after = not_after;
    return true;
}

/* False where it cannot be read, or claims other totals than it has. */
static bool read_batch(struct batch *batch, struct span body, struct error *error)
{
    struct memory_source memory = {.text = body};
    struct pain001_reader *reader =
        pain001_reader_new((struct statement_source){read_memory, &memory});
    struct pain001_record record;
    enum statement_step step;
    time_us not_after = TIME_NONE;
    bool fine = true;

    while ((step = pain001_read(reader, &record, error)) == STATEMENT_MORE && fine) {
        if (record.kind == PAIN001_BATCH) {
            not_after = record.batch.not_after;
        } else if (record.kind == PAIN001_ITEM) {
            fine = add_item(batch, &record, not_after)
                || error_set(error, ERROR_LIMIT, "too many items, or too long a reference");
        } else {
            copy(batch->message, sizeof batch->message, record.batch.message_id);
            if ((record.batch.items >= 0 && record.batch.items != record.items)
                || (record.batch.total >= 0 && record.batch.total != record.total))
                fine = error_set(error, ERROR_INPUT, "the totals are not those of the items");
        }
    }
    pain001_reader_free(reader);
    return fine && step == STATEMENT_DONE && batch->message[0] != '\0';
}

static void say(struct bank_reply *reply, int status, const char *result, const char *text)
{
    struct json json;

    reply->status = status;
    buffer_clear(&reply->body);
    json_write_start(&json, &reply->body);
    json_write_object(&json);
    json_write_key(&json, "result");
    json_write_string(&json, result);
    json_write_key(&json, "text");
    json_write_string(&json, text);
    json_write_end(&json);
}

void bank_take_batch(struct bank_book *book, struct span body, time_us now,
                     struct bank_reply *reply)
{
    struct batch batch = {.items = memory_new(ITEMS_MAX * sizeof(struct item))};
    struct error error = {0};

    if (!read_batch(&batch, body, &error)) {
        say(reply, 422, "refused", error.message);
        free(batch.items);
        return;
    }
    for (size_t i = 0; i < batch.count; i++) {
        const struct item *item = &batch.items[i];
        struct bank_order *order = bank_book_find(book, item->ref);

        if (order == NULL)
            order = bank_book_add(book, item->ref);
        if (order == NULL || order->taken)
            continue;
        snprintf(order->batch, sizeof order->batch, "%s", batch.message);
        memcpy(order->name, item->name, sizeof order->name);
        memcpy(order->account, item->account, sizeof order->account);
        memcpy(order->currency, item->currency, sizeof order->currency);
        order->amount = item->amount;
        order->epoch = item->epoch;
        order->not_after = item->not_after;
        order->taken_at = now;
        order->requests++;
        bank_book_tell(book, order, "REQUEST", now);
        bank_take_item(book, order, now);
    }
    free(batch.items);
    say(reply, 202, "taken", "");
}

static const char *status_of(const char *result)
{
    return strcmp(result, "paid") == 0     ? "ACSC"
        : strcmp(result, "refused") == 0  ? "RJCT"
        : strcmp(result, "accepted") == 0 ? "ACSP"
                                          : "PDNG";
}

static bool put_items(struct bank_book *book, const char *message, time_us now,
                      struct pain002_writer *writer, struct error *error)
{
    for (size_t i = 0; i < book->count; i++) {
        const struct bank_order *order = &book->orders[i];
        const char *result = bank_result(order, now);
        char number[TOWN_REF];

        if (strcmp(order->batch, message) != 0 || strcmp(result, "not-found") == 0
            || order->hold == BANK_HELD)
            continue;
        struct pain002_record item = {
            .kind = PAIN002_ITEM,
            .end_to_end = span_of(order->ref),
            .status = span_of(status_of(result)),
            .reasons = span_of(strcmp(result, "refused") == 0 ? order->code : ""),
            .bank_ref = span_of(bank_order_number(book, order, number)),
            .accepted_at = order->accepted_at,
        };

        if (!pain002_write(writer, &item, error))
            return false;
    }
    return true;
}

void bank_tell_batch(struct bank_book *book, const char *message, time_us now,
                     struct bank_reply *reply)
{
    struct pain002_writer writer;
    struct error error = {0};
    struct pain002_record group = {
        .kind = PAIN002_GROUP,
        .report_id = span_of(message),
        .message_id = span_of(message),
        .message_name = SPAN("pain.001.001.09"),
        .status = SPAN("PART"),
        .accepted_at = TIME_NONE,
    };
    struct pain002_record payment = {.kind = PAIN002_PAYMENT,
                                     .batch_id = span_of(message),
                                     .status = SPAN("PART"),
                                     .accepted_at = TIME_NONE};
    bool known = false;

    for (size_t i = 0; !known && i < book->count; i++)
        known = strcmp(book->orders[i].batch, message) == 0;
    if (!known) {
        say(reply, 404, "not-found", "");
        return;
    }
    buffer_clear(&reply->body);
    reply->type = "application/xml";
    if (!pain002_write_start(&writer, &reply->body, &group, now, &error)
        || !pain002_write(&writer, &payment, &error)
        || !put_items(book, message, now, &writer, &error)
        || !pain002_write_end(&writer, &error))
        say(reply, 500, "error", error.message);
}
