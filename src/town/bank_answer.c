/* How a bank answers: what it does with a request, and what it says of an order. */
#include <assert.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "bank.h"
#include "daybook/base/json.h"
#include "daybook/base/text.h"

enum { REPLY_MAX = 8 << 20, DAY_S = 86400 };

void bank_reply_start(struct bank_reply *reply)
{
    *reply = (struct bank_reply){.status = 200, .type = "application/json"};
    buffer_init(&reply->body, REPLY_MAX);
}

static void say(struct bank_reply *reply, int status, const char *ref, const char *result,
                const char *code, const char *text, const char *number)
{
    struct json json;

    reply->status = status;
    buffer_clear(&reply->body);
    json_write_start(&json, &reply->body);
    json_write_object(&json);
    json_write_key(&json, "ref");
    json_write_string(&json, ref);
    json_write_key(&json, "result");
    json_write_string(&json, result);
    json_write_key(&json, "code");
    json_write_string(&json, code);
    json_write_key(&json, "text");
    json_write_string(&json, text);
    json_write_key(&json, "bank_ref");
    json_write_string(&json, number);
    json_write_end(&json);
}

const char *bank_result(const struct bank_order *order, time_us now)
{
    if (!order->taken || (order->visible_at != TIME_NONE && order->visible_at > now))
        return "not-found";
    if (order->executions > 0)
        return "paid";
    if (order->code[0] != '\0')
        return "refused";
    return order->accepted_at != TIME_NONE ? "accepted" : "processing";
}

static const char *text_of(const char *code)
{
    static const struct {
        const char *code, *text;
    } texts[] = {
        {"AC01", "账号不存在"}, {"AC04", "账户已销户"}, {"AC06", "账户已冻结"},
        {"AM02", "超过限额"},   {"BE01", "户名不符"},   {"EXPIRED", "超过有效时间"},
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (strcmp(texts[i].code, code) == 0)
            return texts[i].text;
    return "";
}

static void tell(const struct bank_book *book, const struct bank_order *order, time_us now,
                 struct bank_reply *reply)
{
    char number[TOWN_REF];
    const char *result = bank_result(order, now);
    bool found = strcmp(result, "not-found") != 0;
    bool refused = strcmp(result, "refused") == 0;

    say(reply, found ? 200 : 404, order->ref, result, refused ? order->code : "",
        refused ? text_of(order->code) : "",
        found ? bank_order_number(book, order, number) : "");
}

/* --- doing */

static time_us later(struct bank_book *book, time_us now)
{
    static const int parts[] = {60, 10, 2, 1};
    int most_s = book->options->late_s / parts[town_random_below(&book->random, 4)];

    return now + town_random_between(&book->random, 1, most_s > 1 ? most_s : 1) * INT64_C(1000000);
}

static const char *any_code(struct bank_book *book)
{
    static const char *const codes[] = {"AC01", "AC04", "AC06", "AM02", "BE01", "ZZ99"};

    return codes[town_random_below(&book->random, sizeof codes / sizeof codes[0])];
}

/* Which fault a request meets; BANK_FAULTS: none. */
static enum bank_fault any_fault(struct bank_book *book, enum bank_fault first,
                                 enum bank_fault last)
{
    int dice = (int)town_random_below(&book->random, 1000);

    for (int fault = (int)first; fault <= (int)last; fault++) {
        dice -= book->options->per_mille[fault];
        if (dice < 0)
            return (enum bank_fault)fault;
    }
    return BANK_FAULTS;
}

/* A bank that keeps to not-after hides nothing longer than a minute beyond it. */
static time_us hidden_until(struct bank_book *book, const struct bank_order *order, time_us now)
{
    time_us at = later(book, now);

    if (!book->options->enforces || order->not_after == TIME_NONE)
        return at;
    time_us last = order->not_after + INT64_C(60000000);

    return at < last ? at : last;
}

static void plan(struct bank_book *book, struct bank_order *order, bool execute, time_us now)
{
    *(execute ? &order->execute_at : &order->refuse_at) = later(book, now);
    bank_book_tell(book, order, "TAKEN", now);
}

/* Does with a new order what the fault says; returns how it is answered. */
static enum bank_manner meet(struct bank_book *book, struct bank_order *order,
                             enum bank_fault fault, time_us now)
{
    struct town_random *random = &book->random;

    order->taken = fault != BANK_LOST && fault != BANK_RESET_LOST;
    switch (fault) {
    case BANK_LOST:
    case BANK_RESET_LOST:
        bank_book_tell(book, order, "LOST", now);
        return fault == BANK_LOST ? BANK_NEVER : BANK_BREAK;
    case BANK_PROCESSING:
        plan(book, order, town_random_chance(random, 700), now);
        return BANK_AT_ONCE;
    case BANK_LATE:
        plan(book, order, true, now);
        return BANK_NEVER;
    case BANK_HIDDEN:
        order->visible_at = hidden_until(book, order, now);
        plan(book, order, true, now);
        return BANK_NEVER;
    case BANK_ACCEPTED:
        order->accepted_at = now;
        plan(book, order, town_random_chance(random, 900), now);
        return BANK_AT_ONCE;
    case BANK_REFUSED:
        bank_book_refuse(book, order, any_code(book), now);
        return BANK_AT_ONCE;
    default:
        bank_book_execute(book, order, now);
        return fault == BANK_SLOW ? BANK_AFTER
            : fault == BANK_SILENT ? BANK_NEVER
            : fault == BANK_RESET  ? BANK_BREAK
                                   : BANK_AT_ONCE;
    }
}

/* A hold said before the order came is kept; then the bank is silent about it. */
static bool is_held(struct bank_book *book, struct bank_order *order, time_us now)
{
    if (order->hold == BANK_FREE && (book->hold_next || book->hold_all))
        order->hold = BANK_HELD;
    book->hold_next = false;
    if (order->hold == BANK_FREE)
        return false;
    order->taken = true;
    if (order->hold == BANK_FAIL)
        bank_book_refuse(book, order, "AC04", now);
    else
        bank_book_tell(book, order, "HELD", now);
    return true;
}

void bank_take_item(struct bank_book *book, struct bank_order *order, time_us now)
{
    if (!is_held(book, order, now))
        meet(book, order, any_fault(book, BANK_PROCESSING, BANK_REFUSED), now);
}

static int64_t slow_ms(struct bank_book *book)
{
    return town_random_between(&book->random, 5000, 30000);
}

static void take_order(struct bank_book *book, struct bank_order *order, time_us now,
                       struct bank_reply *reply)
{
    bool again = order->taken;

    order->requests++;
    bank_book_tell(book, order, "REQUEST", now);
    if (again && book->options->idempotent) {
        tell(book, order, now, reply);
    } else if (again) {
        bank_book_execute(book, order, now);
        tell(book, order, now, reply);
    } else if (is_held(book, order, now)) {
        reply->manner = order->hold == BANK_FAIL ? BANK_AT_ONCE : BANK_NEVER;
        tell(book, order, now, reply);
    } else if (book->options->enforces && order->not_after != TIME_NONE
               && now > order->not_after) {
        order->taken = true;
        bank_book_refuse(book, order, "EXPIRED", now);
        tell(book, order, now, reply);
    } else {
        reply->manner = meet(book, order, any_fault(book, BANK_SLOW, BANK_REFUSED), now);
        reply->delay_ms = reply->manner == BANK_AFTER ? slow_ms(book) : 0;
        tell(book, order, now, reply);
    }
}

/* --- requests */

static bool copy_text(const json_t *object, const char *key, char *out, size_t size)
{
    const char *text = json_string_value(json_object_get(object, key));

    if (text == NULL || strlen(text) >= size)
        return false;
    snprintf(out, size, "%s", text);
    return true;
}

static bool is_word(const char *text)
{
    for (const char *c = text; *c; c++)
        if (*c <= ' ' || *c > '~' || *c == '/')
            return false;
    return text[0] != '\0';
}

/* The order a body asks for: new, or known by its reference. NULL where it is no order. */
static struct bank_order *read_order(struct bank_book *book, struct span body)
{
    char ref[BANK_REF], not_after[TIME_TEXT] = "";
    struct bank_order *order = NULL;
    json_t *root = json_loadb(body.data, body.length, JSON_REJECT_DUPLICATES, NULL);
    json_int_t amount = json_integer_value(json_object_get(root, "amount"));

    if (copy_text(root, "ref", ref, sizeof ref) && is_word(ref) && amount > 0) {
        order = bank_book_find(book, ref);
        if (order == NULL)
            order = bank_book_add(book, ref);
    }
    if (order != NULL && !order->taken) {
        order->amount = amount;
        order->epoch = json_integer_value(json_object_get(root, "epoch"));
        order->taken_at = bank_now(book->options);
        if (!copy_text(root, "currency", order->currency, sizeof order->currency)
            || !copy_text(root, "payee_name", order->name, sizeof order->name)
            || !copy_text(root, "payee_account", order->account, sizeof order->account))
            order = NULL;
        else if (copy_text(root, "not_after", not_after, sizeof not_after)
                 && !time_parse(span_of(not_after), &order->not_after))
            order = NULL;
    }
    json_decref(root);
    return order;
}

static bool in_maintenance(const struct bank_options *options, time_us now)
{
    int64_t of_day = (now / 1000000 + options->offset_s) % DAY_S;

    return of_day >= options->maintenance_from_s && of_day < options->maintenance_to_s;
}

static void answer_question(struct bank_book *book, const char *ref, time_us now,
                            struct bank_reply *reply)
{
    const struct bank_order *order = bank_book_find(book, ref);

    if (order == NULL) {
        say(reply, 404, ref, "not-found", "", "", "");
        return;
    }
    tell(book, order, now, reply);
    if (order->hold == BANK_HELD) {
        reply->manner = BANK_NEVER;
        return;
    }
    switch (any_fault(book, BANK_ASK_SILENT, BANK_ASK_SLOW)) {
    case BANK_ASK_SILENT: reply->manner = BANK_NEVER; break;
    case BANK_ASK_RESET: reply->manner = BANK_BREAK; break;
    case BANK_ASK_SLOW:
        reply->manner = BANK_AFTER;
        reply->delay_ms = slow_ms(book);
        break;
    default: break;
    }
}

void bank_answer(struct bank_book *book, const char *method, const char *path, struct span body,
                 time_us now, struct bank_reply *reply)
{
    bool is_post = strcmp(method, "POST") == 0, is_get = strcmp(method, "GET") == 0;

    if (in_maintenance(book->options, now)) {
        say(reply, 503, "", "maintenance", "MAINTENANCE", "系统维护", "");
    } else if (is_post && strcmp(path, "/pay") == 0) {
        struct bank_order *order = read_order(book, body);

        if (order != NULL)
            take_order(book, order, now, reply);
        else
            say(reply, 400, "", "malformed", "FF01", "", "");
    } else if (is_get && strncmp(path, "/pay/", 5) == 0 && strlen(path + 5) < BANK_REF) {
        answer_question(book, path + 5, now, reply);
    } else if (is_post && strcmp(path, "/batch") == 0) {
        bank_take_batch(book, body, now, reply);
    } else if (is_get && strncmp(path, "/batch/", 7) == 0 && strlen(path + 7) < BANK_REF) {
        bank_tell_batch(book, path + 7, now, reply);
    } else {
        say(reply, 404, "", "no-such-path", "", "", "");
    }
    if (reply->manner == BANK_AT_ONCE && book->options->answer_ms > 0) {
        reply->manner = BANK_AFTER;
        reply->delay_ms = town_random_between(&book->random, 0, book->options->answer_ms);
    }
}

/* --- what people say */

static const char *act(struct bank_book *book, const char *verb, struct bank_order *order,
                       time_us now)
{
    bool held = order->hold == BANK_HELD;

    if (strcmp(verb, "hold") == 0) {
        if (order->executions > 0 || order->code[0] != '\0')
            return "is settled already";
        order->hold = BANK_HELD;
        bank_book_tell(book, order, "HOLD", now);
        return "is held: the bank says nothing about it";
    }
    order->hold = strcmp(verb, "fail") == 0 ? BANK_FAIL : BANK_FREE;
    bank_book_tell(book, order, order->hold == BANK_FAIL ? "FAIL" : "RELEASE", now);
    if (!order->taken)
        return "has not come yet; the bank will do so";
    if (order->executions > 0 || order->code[0] != '\0')
        return "is settled already";
    if (order->hold == BANK_FAIL)
        bank_book_refuse(book, order, "AC04", now);
    else if (held || order->execute_at != TIME_NONE || order->refuse_at != TIME_NONE)
        bank_book_execute(book, order, now);
    return order->executions > 0 ? "is paid" : "is refused";
}

void bank_command(struct bank_book *book, const char *line, time_us now, char *out, size_t size)
{
    char verb[16] = "", ref[BANK_REF] = "";
    bool known = sscanf(line, "%15s %63s", verb, ref) == 2 && is_word(ref)
        && (strcmp(verb, "hold") == 0 || strcmp(verb, "release") == 0
            || strcmp(verb, "fail") == 0);

    if (!known) {
        snprintf(out, size, "say hold, release or fail, and a reference\n");
    } else if (strcmp(ref, "next") == 0 || strcmp(ref, "all") == 0) {
        bool hold = strcmp(verb, "hold") == 0;

        *(ref[0] == 'n' ? &book->hold_next : &book->hold_all) = hold;
        for (size_t i = 0; !hold && ref[0] == 'a' && i < book->count; i++)
            if (book->orders[i].hold == BANK_HELD)
                act(book, verb, &book->orders[i], now);
        snprintf(out, size, "%s %s\n", verb, ref);
    } else {
        struct bank_order *order = bank_book_find(book, ref);

        if (order == NULL)
            order = bank_book_add(book, ref);
        if (order == NULL)
            snprintf(out, size, "the book is full\n");
        else
            snprintf(out, size, "%s %s\n", ref, act(book, verb, order, now));
    }
}
