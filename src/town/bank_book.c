/* What a bank knows of its orders: in memory, and line by line in the truth. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bank.h"
#include "daybook/base/memory.h"
#include "daybook/base/text.h"

enum { COLUMNS = 20, LINE_MAX_BYTES = 2048, TABLE_START = 1024 };

time_us bank_now(const struct bank_options *options)
{
    char text[32];
    int64_t offset_ms = 0;
    int fd = options->clock_file ? open(options->clock_file, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t length = fd >= 0 ? read(fd, text, sizeof text) : 0;

    if (fd >= 0)
        close(fd);
    if (length > 0)
        text_to_int64(span_trim((struct span){text, (size_t)length}), &offset_ms);
    return clock_now() + offset_ms * 1000;
}

/* --- finding */

static size_t place_of(const struct bank_book *book, const char *ref)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (const char *c = ref; *c; c++)
        hash = (hash ^ (unsigned char)*c) * UINT64_C(1099511628211);
    size_t at = (size_t)(hash % book->table_room);

    while (book->table[at] != SIZE_MAX && strcmp(book->orders[book->table[at]].ref, ref) != 0)
        at = (at + 1) % book->table_room;
    return at;
}

struct bank_order *bank_book_find(struct bank_book *book, const char *ref)
{
    size_t index = book->table_room > 0 ? book->table[place_of(book, ref)] : SIZE_MAX;

    return index == SIZE_MAX ? NULL : &book->orders[index];
}

static void table_grow(struct bank_book *book)
{
    book->table_room = book->table_room ? book->table_room * 2 : TABLE_START;
    book->table = memory_resize(book->table, book->table_room, sizeof *book->table);
    for (size_t i = 0; i < book->table_room; i++)
        book->table[i] = SIZE_MAX;
    for (size_t i = 0; i < book->count; i++)
        book->table[place_of(book, book->orders[i].ref)] = i;
}

struct bank_order *bank_book_add(struct bank_book *book, const char *ref)
{
    if (book->count == BANK_ORDERS_MAX || strlen(ref) >= BANK_REF)
        return NULL;
    if (book->count == book->room) {
        book->room = book->room ? book->room * 2 : 256;
        book->orders = memory_resize(book->orders, book->room, sizeof *book->orders);
    }
    if ((book->count + 1) * 2 > book->table_room)
        table_grow(book);
    struct bank_order *order = &book->orders[book->count];

    *order = (struct bank_order){
        .number = book->count,
        .taken_at = TIME_NONE,
        .not_after = TIME_NONE,
        .visible_at = TIME_NONE,
        .accepted_at = TIME_NONE,
        .execute_at = TIME_NONE,
        .refuse_at = TIME_NONE,
        .return_at = TIME_NONE,
    };
    snprintf(order->ref, sizeof order->ref, "%s", ref);
    book->table[place_of(book, ref)] = book->count++;
    return order;
}

const char *bank_order_number(const struct bank_book *book, const struct bank_order *order,
                              char out[TOWN_REF])
{
    snprintf(out, TOWN_REF, "B%c%010zu", book->options->channel->letter, order->number);
    return out;
}

/* --- what time will change */

static void watch(struct bank_book *book, struct bank_order *order)
{
    if (order->pending
        || (order->execute_at == TIME_NONE && order->refuse_at == TIME_NONE
            && order->return_at == TIME_NONE))
        return;
    if (book->pending_count == book->pending_room) {
        book->pending_room = book->pending_room ? book->pending_room * 2 : 256;
        book->pending = memory_resize(book->pending, book->pending_room, sizeof *book->pending);
    }
    book->pending[book->pending_count++] = (size_t)(order - book->orders);
    order->pending = true;
}

static void enter(struct bank_book *book, const struct bank_order *order, bool is_return,
                  time_us at)
{
    if (book->entry_count == book->entry_room) {
        book->entry_room = book->entry_room ? book->entry_room * 2 : 256;
        book->entries = memory_resize(book->entries, book->entry_room, sizeof *book->entries);
    }
    book->entries[book->entry_count++] =
        (struct bank_entry){at, (size_t)(order - book->orders), is_return};
}

void bank_book_execute(struct bank_book *book, struct bank_order *order, time_us now)
{
    order->execute_at = order->refuse_at = TIME_NONE;
    if (book->options->enforces && order->not_after != TIME_NONE && now > order->not_after) {
        bank_book_refuse(book, order, "EXPIRED", now);
        return;
    }
    order->executions++;
    enter(book, order, false, now);
    if (town_random_chance(&book->random, book->options->per_mille[BANK_RETURNED]))
        order->return_at = now
            + town_random_between(&book->random, 1, book->options->return_s) * INT64_C(1000000);
    bank_book_tell(book, order, "EXECUTED", now);
}

void bank_book_refuse(struct bank_book *book, struct bank_order *order, const char *code,
                      time_us now)
{
    order->execute_at = order->refuse_at = TIME_NONE;
    snprintf(order->code, sizeof order->code, "%s", code);
    bank_book_tell(book, order, "REFUSED", now);
}

static bool is_due(time_us at, time_us now)
{
    return at != TIME_NONE && at <= now;
}

static time_us sooner(time_us a, time_us b)
{
    return a == TIME_NONE || (b != TIME_NONE && b < a) ? b : a;
}

time_us bank_book_pass_time(struct bank_book *book, time_us now)
{
    time_us next = TIME_NONE;
    size_t kept = 0;

    for (size_t i = 0; i < book->pending_count; i++) {
        struct bank_order *order = &book->orders[book->pending[i]];

        if (order->hold != BANK_HELD) {
            if (is_due(order->execute_at, now))
                bank_book_execute(book, order, now);
            if (is_due(order->refuse_at, now))
                bank_book_refuse(book, order, "AC06", now);
        }
        if (is_due(order->return_at, now)) {
            order->return_at = TIME_NONE;
            order->returns++;
            enter(book, order, true, now);
            bank_book_tell(book, order, "RETURNED", now);
        }
        time_us due = sooner(sooner(order->execute_at, order->refuse_at), order->return_at);

        order->pending = due != TIME_NONE;
        if (order->pending) {
            if (order->hold != BANK_HELD)
                next = sooner(next, due);
            book->pending[kept++] = (size_t)(order - book->orders);
        }
    }
    book->pending_count = kept;
    return next;
}

/* --- the truth */

static const char *cell_time(time_us at, char out[TIME_TEXT])
{
    if (at == TIME_NONE)
        snprintf(out, TIME_TEXT, "-");
    else
        time_text(at, out);
    return out;
}

/* Names come from outside and must not break the columns. */
static const char *cell(const char *text, char *out, size_t size)
{
    size_t length = text_printable(out, size, span_of(text));

    if (length == 0)
        snprintf(out, size, "-");
    return out;
}

void bank_book_tell(struct bank_book *book, struct bank_order *order, const char *event,
                    time_us now)
{
    char line[LINE_MAX_BYTES], times[8][TIME_TEXT], name[TOWN_NAME * 2], account[BANK_REF];
    int length = snprintf(
        line, sizeof line,
        "%s\t%s\t%s\t%zu\t%" PRId64 "\t%" PRId64 "\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t%s\t%s\t%s\t%s\t"
        "%s\t%s\t%s\n",
        cell_time(now, times[0]), event, order->ref, order->number, order->epoch, order->amount,
        order->currency[0] ? order->currency : "-", cell(order->account, account, sizeof account),
        cell(order->name, name, sizeof name), order->batch[0] ? order->batch : "-",
        order->code[0] ? order->code : "-", (int)order->hold, (int)order->taken,
        cell_time(order->taken_at, times[1]), cell_time(order->not_after, times[2]),
        cell_time(order->visible_at, times[3]), cell_time(order->accepted_at, times[4]),
        cell_time(order->execute_at, times[5]), cell_time(order->refuse_at, times[6]),
        cell_time(order->return_at, times[7]));

    assert(length > 0 && (size_t)length < sizeof line);
    if (book->truth != NULL && fwrite(line, 1, (size_t)length, book->truth) != (size_t)length)
        fprintf(stderr, "town: the truth cannot be written\n");
    watch(book, order);
}

static time_us read_time(const char *text)
{
    time_us at = TIME_NONE;

    if (strcmp(text, "-") != 0 && !time_parse(span_of(text), &at))
        return TIME_NONE;
    return at;
}

static void read_cell(const char *text, char *out, size_t size)
{
    snprintf(out, size, "%s", strcmp(text, "-") == 0 ? "" : text);
}

/* One line of the truth; false where it is none, as after an end in the midst of writing. */
static bool read_line(struct bank_book *book, char *line)
{
    char *cells[COLUMNS];
    int count = 0;
    int64_t number = 0, flag = 0;

    for (char *at = line; at != NULL && count < COLUMNS;) {
        cells[count++] = at;
        at = strchr(at, '\t');
        if (at != NULL)
            *at++ = '\0';
    }
    if (count != COLUMNS || !text_to_int64(span_of(cells[3]), &number))
        return false;
    struct bank_order *order = bank_book_find(book, cells[2]);

    if (order == NULL)
        order = bank_book_add(book, cells[2]);
    if (order == NULL || order->number != (size_t)number
        || !text_to_int64(span_of(cells[4]), &order->epoch)
        || !text_to_int64(span_of(cells[5]), &order->amount))
        return false;
    read_cell(cells[6], order->currency, sizeof order->currency);
    read_cell(cells[7], order->account, sizeof order->account);
    read_cell(cells[8], order->name, sizeof order->name);
    read_cell(cells[9], order->batch, sizeof order->batch);
    read_cell(cells[10], order->code, sizeof order->code);
    if (text_to_int64(span_of(cells[11]), &flag) && flag >= BANK_FREE && flag <= BANK_FAIL)
        order->hold = (enum bank_hold)flag;
    order->taken = strcmp(cells[12], "1") == 0;
    time_us *times[] = {&order->taken_at,    &order->not_after,  &order->visible_at,
                        &order->accepted_at, &order->execute_at, &order->refuse_at,
                        &order->return_at};

    for (int i = 0; i < 7; i++)
        *times[i] = read_time(cells[13 + i]);
    order->requests += strcmp(cells[1], "REQUEST") == 0;
    if (strcmp(cells[1], "EXECUTED") == 0 || strcmp(cells[1], "RETURNED") == 0) {
        bool is_return = cells[1][0] == 'R';

        *(is_return ? &order->returns : &order->executions) += 1;
        enter(book, order, is_return, read_time(cells[0]));
    }
    watch(book, order);
    return true;
}

static bool read_truth(struct bank_book *book, const char *path, struct error *error)
{
    char line[LINE_MAX_BYTES];
    FILE *file = fopen(path, "r");
    bool fine = true, whole = true;

    if (file == NULL)
        return errno == ENOENT || error_set(error, ERROR_SYSTEM, "%s: %s", path, strerror(errno));
    for (int number = 1; fine && fgets(line, sizeof line, file) != NULL; number++) {
        size_t length = strcspn(line, "\n");

        whole = line[length] == '\n';
        line[length] = '\0';
        if (line[0] != '#' && !read_line(book, line) && whole)
            fine = error_set(error, ERROR_INPUT, "%s:%d: no line of a bank's truth", path, number);
    }
    fclose(file);
    if (fine && !whole)
        fine = error_set(error, ERROR_INPUT, "%s: the last line is torn", path);
    return fine;
}

bool bank_book_open(struct bank_book *book, const struct bank_options *options, bool write,
                    struct error *error)
{
    char path[BANK_PATH];

    *book = (struct bank_book){.options = options};
    town_random_seed(&book->random, options->seed);
    if (snprintf(path, sizeof path, "%s/truth.tsv", options->state) >= (int)sizeof path)
        return error_set(error, ERROR_USAGE, "The directory's name is too long.");
    if (!read_truth(book, path, error))
        return false;
    if (!write)
        return true;
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);

    book->truth = fd >= 0 ? fdopen(fd, "a") : NULL;
    if (book->truth == NULL) {
        if (fd >= 0)
            close(fd);
        return error_set(error, ERROR_SYSTEM, "%s: %s", path, strerror(errno));
    }
    /* Each line is one write, so that an end at any point leaves whole lines. */
    setvbuf(book->truth, NULL, _IONBF, 0);
    return true;
}

void bank_book_close(struct bank_book *book)
{
    if (book->truth != NULL)
        fclose(book->truth);
    free(book->orders);
    free(book->table);
    free(book->pending);
    free(book->entries);
}
