/* Pictures of a payout: the ladder of questions, its postings, what the customer may be told. */
#include "parts.h"

#include <stdio.h>
#include <string.h>

enum {
    LABEL_WIDTH = 14,
    RUNGS_MAX = 16,
    RUNG_WIDTH = 5,
    ANSWERS_SHOWN = 8,
    ANSWER_ROWS = 4,
    ANSWERS_BYTES = 1024
};

static int64_t number_of(const struct page *page, size_t row, const char *name, int64_t other)
{
    int64_t number = other;
    cell_number(page_named(page, row, name), &number);
    return number;
}

static bool time_of(const struct page *page, size_t row, const char *name, time_us *at)
{
    struct rows_cell cell = page_named(page, row, name);
    return !cell.null && timestamp_parse((struct span){cell.text, cell.length}, at);
}

/* --- the ladder */

/* What an answer is called: a word under its rung, words in the line of answers. Only "paid" is
 * green: acceptance is no payment (S1). */
static const struct answer {
    const char *code, *brief, *words; /* N_() */
    enum text_role role;
    enum glyph mark;
} answers[] = {
    {"paid", N_("answer|paid"), N_("paid"), ROLE_OK, GLYPH_CHECK},
    {"failed", N_("answer|fail"), N_("not carried out"), ROLE_BAD, GLYPH_CROSS},
    {"accepted", N_("answer|acc"), N_("accepted"), ROLE_INFO, GLYPH_CHECK},
    {"processing", N_("answer|busy"), N_("processing"), ROLE_INFO, GLYPH_CHECK},
    {"not-found", N_("answer|n/f"), N_("not found"), ROLE_WARNING, GLYPH_CHECK},
    {"silence", N_("answer|none"), N_("no answer"), ROLE_WARNING, GLYPH_COUNT},
    {"error", N_("answer|err"), N_("error"), ROLE_WARNING, GLYPH_COUNT},
};

static const struct answer *answer_find(const char *code)
{
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        if (strcmp(answers[i].code, code) == 0)
            return &answers[i];
    return NULL;
}

/* "2" to "256", then "8m", "2h": the gap before a question. */
static void gap_words(int64_t gap_s, char out[24])
{
    if (gap_s < 1000)
        snprintf(out, 24, "%lld", (long long)gap_s);
    else
        duration_text(gap_s, out);
}

/* The row of the n-th question of the ladder; SIZE_MAX: not asked. */
static size_t rung_row(const struct page *rungs, int n)
{
    int seen = 0;
    for (size_t i = 0; i < rungs->row_count; i++)
        if (strcmp(page_named(rungs, i, "kind").text, "asked") != 0 && ++seen == n)
            return i;
    return SIZE_MAX;
}

struct ladder {
    const struct part_canvas *canvas;
    const struct page *own, *rungs;
    int base, count, asked;
    bool stopped, waits; /* a next question is due at next_at */
    time_us next_at;
};

static void draw_rung(const struct ladder *ladder, int n, int row, int col, int64_t gap_s)
{
    struct surface *surface = ladder->canvas->surface;
    char gap[24], left[24];
    size_t at = rung_row(ladder->rungs, n);
    const struct answer *answer =
        at == SIZE_MAX ? NULL : answer_find(page_named(ladder->rungs, at, "answer").text);
    bool next = at == SIZE_MAX && n == ladder->asked + 1 && ladder->waits;
    enum text_role role = answer != NULL ? answer->role : next ? ROLE_INFO : ROLE_DIM;
    gap_words(gap_s, gap);
    int end = surface_put(surface, row, col, role, gap);
    if (answer != NULL)
        surface_put(surface, row, end, role,
                    answer->mark == GLYPH_COUNT ? "?" : surface_glyph(surface, answer->mark));
    else if (next)
        surface_put(surface, row, end, role, surface_glyph(surface, GLYPH_NEXT));
    if (answer != NULL)
        surface_put(surface, row + 1, col, ROLE_DIM, _(answer->brief));
    else if (next && ladder->stopped)
        surface_put(surface, row + 1, col, ROLE_WARNING, _("ladder|stop"));
    else if (next)
        surface_put(surface, row + 1, col, ROLE_TEXT,
                    countdown_text((ladder->next_at - ladder->canvas->world->clock.now + 999999) /
                                       1000000, left));
}

static int draw_rungs(const struct ladder *ladder)
{
    int row = ladder->canvas->row, col = ladder->canvas->col + LABEL_WIDTH;
    int end = ladder->canvas->col + ladder->canvas->width;
    int64_t gap_s = ladder->base;
    int width = ladder->canvas->width >= 100 ? RUNG_WIDTH + 2 : RUNG_WIDTH;
    surface_text(ladder->canvas->surface, row, ladder->canvas->col, LABEL_WIDTH - 1, ROLE_DIM,
                 _("Ladder"));
    for (int n = 1; n <= ladder->count && n <= RUNGS_MAX; n++, gap_s *= 2) {
        if (col + width > end) {
            col = ladder->canvas->col + LABEL_WIDTH;
            row += 2;
        }
        draw_rung(ladder, n, row, col, gap_s);
        col += width;
    }
    return row + 2;
}

/* "presumed 09:38:28" beside the strip, or where there is no room on a line of its own. */
static int draw_presumption(const struct ladder *ladder, int row)
{
    const struct part_canvas *canvas = ladder->canvas;
    time_us sent = 0, presumed = 0;
    char at[24], text[96];
    if (time_of(ladder->own, 0, "presumed_at", &presumed)) {
        snprintf(text, sizeof text, _("presumed at %s"),
                 moment_text(canvas->world, presumed, true, at));
    } else if (ladder->waits && time_of(ladder->own, 0, "sent_at", &sent)) {
        /* base * (2^n - 1) after sending (rule B3.3). */
        presumed = sent + ladder->base * ((INT64_C(1) << ladder->count) - 1) * 1000000;
        snprintf(text, sizeof text, _("presumed paid at %s"),
                 moment_text(canvas->world, presumed, true, at));
    } else {
        return row;
    }
    int width = text_width(span_of(text));
    int strip = LABEL_WIDTH + ladder->count * (canvas->width >= 100 ? RUNG_WIDTH + 2 : RUNG_WIDTH);
    bool beside = row == canvas->row + 2 && strip + 1 + width <= canvas->width;
    surface_put(canvas->surface, beside ? canvas->row : row,
                canvas->col + (beside ? canvas->width - width : LABEL_WIDTH), ROLE_WARNING, text);
    return beside ? row : row + 1;
}

/* The day stands before the first answer of it alone. */
static void answer_time(const struct ladder *ladder, size_t row, time_us asked, bool first,
                        char out[24])
{
    const struct view_world *world = ladder->canvas->world;
    time_us before = 0;
    bool same = !first && time_of(ladder->rungs, row - 1, "asked_at", &before) &&
                time_day(before, world->utc_offset_s) == time_day(asked, world->utc_offset_s);
    if (same)
        time_clock_text(asked, world->utc_offset_s, out);
    else
        moment_text(world, asked, true, out);
}

static void add_answer(const struct ladder *ladder, size_t row, char *out, size_t size)
{
    time_us asked = 0, answered = 0;
    char at[24];
    const struct page *rungs = ladder->rungs;
    const struct answer *answer = answer_find(page_named(rungs, row, "answer").text);
    size_t length = strlen(out);
    if (!time_of(rungs, row, "asked_at", &asked))
        return;
    answer_time(ladder, row, asked, length == 0, at);
    const char *words = answer == NULL ? page_named(rungs, row, "answer").text : _(answer->words);
    const char *code = page_named(rungs, row, "code").text;
    bool by_hand = strcmp(page_named(rungs, row, "kind").text, "asked") == 0;
    snprintf(out + length, size - length, "%s%s %s%s%.40s",
             length == 0 ? "" : " \xC2\xB7 ", at, words, code[0] == '\0' ? "" : " ", code);
    length = strlen(out);
    if (by_hand)
        snprintf(out + length, size - length, _(" (asked by %.40s)"),
                 page_named(rungs, row, "actor").text);
    length = strlen(out);
    if (answer != NULL && answer->mark == GLYPH_COUNT && length < size &&
        time_of(rungs, row, "answered_at", &answered) && answered > asked)
        snprintf(out + length, size - length, " %lld.%lld s",
                 (long long)((answered - asked) / 1000000),
                 (long long)((answered - asked) % 1000000 / 100000));
}

static int draw_answers(const struct ladder *ladder, int row)
{
    const struct part_canvas *canvas = ladder->canvas;
    char text[ANSWERS_BYTES] = "";
    size_t count = ladder->rungs->row_count;
    if (count == 0)
        return row;
    for (size_t i = count > ANSWERS_SHOWN ? count - ANSWERS_SHOWN : 0; i < count; i++)
        add_answer(ladder, i, text, sizeof text);
    surface_text(canvas->surface, row, canvas->col, LABEL_WIDTH - 1, ROLE_DIM, _("Answers"));
    return row + draw_wrapped(canvas->surface, row, canvas->col + LABEL_WIDTH,
                              canvas->width - LABEL_WIDTH, ANSWER_ROWS, ROLE_TEXT, text);
}

/* "asked 4 of 8, next in 00:23"; what is presumed is asked on, slowly. */
static int draw_standing(const struct ladder *ladder)
{
    const struct part_canvas *canvas = ladder->canvas;
    char text[160], left[24], at[24];
    const char *state = page_named(ladder->own, 0, "payment_state").text;
    int64_t left_s = (ladder->next_at - canvas->world->clock.now + 999999) / 1000000;
    int length = snprintf(text, sizeof text, _("asked %d of %d"),
                          ladder->asked < ladder->count ? ladder->asked : ladder->count,
                          ladder->count);
    size_t used = length < 0 ? 0 : (size_t)length;
    if (ladder->stopped)
        snprintf(text + used, sizeof text - used, ", %s", _("stopped by hand"));
    else if (ladder->waits && left_s < 3600)
        snprintf(text + used, sizeof text - used, _(", next in %s"), countdown_text(left_s, left));
    else if (ladder->waits)
        snprintf(text + used, sizeof text - used, _(", next at %s"),
                 moment_text(canvas->world, ladder->next_at, false, at));
    int col = surface_put(canvas->surface, canvas->row, canvas->col, ROLE_TEXT, text) + 3;
    if (strcmp(state, "UNKNOWN") == 0 || strcmp(state, "PRESUMED_PAID") == 0) {
        const char *bar = _("may not be sent again or credited back");
        int width = text_width(span_of(bar));
        if (col + width <= canvas->col + canvas->width)
            surface_put(canvas->surface, canvas->row, canvas->col + canvas->width - width,
                        ROLE_WARNING, bar);
        else
            surface_put(canvas->surface, canvas->row + 1, canvas->col, ROLE_WARNING, bar);
        return col + width <= canvas->col + canvas->width ? 1 : 2;
    }
    return 1;
}

int part_ladder(const struct part_canvas *canvas, const struct page *own,
                const struct page *page)
{
    struct ladder ladder = {.canvas = canvas, .own = own, .rungs = page,
                            .base = (int)number_of(own, 0, "ladder_base_s", 2),
                            .count = (int)number_of(own, 0, "ladder_count", 8),
                            .asked = (int)number_of(own, 0, "queries", 0),
                            .stopped = cell_true(page_named(own, 0, "ladder_stopped"))};
    ladder.count = ladder.count > RUNGS_MAX ? RUNGS_MAX : ladder.count < 1 ? 1 : ladder.count;
    ladder.waits = time_of(own, 0, "next_query_at", &ladder.next_at);
    time_us sent = 0;
    if (!time_of(own, 0, "sent_at", &sent)) {
        surface_put(canvas->surface, canvas->row, canvas->col, ROLE_DIM, _("Not sent yet."));
        return canvas->row + 1;
    }
    struct part_canvas below = *canvas;
    below.row += draw_standing(&ladder);
    ladder.canvas = &below;
    int row = draw_presumption(&ladder, draw_rungs(&ladder));
    return draw_answers(&ladder, row);
}

/* --- postings */

int part_postings(const struct part_canvas *canvas, const struct page *own,
                  const struct page *page)
{
    enum { TIME_WIDTH = 15, EVENT_WIDTH = 5, SIDE_WIDTH = 4, SUB_WIDTH = 26, AMOUNT_WIDTH = 17 };
    (void)own;
    int row = canvas->row;
    const char *last = "";
    for (size_t i = 0; i < page->row_count; i++, row++) {
        time_us at = 0;
        char text[24], amount[MONEY_TEXT + 8], account[96];
        int col = canvas->col;
        const char *journal = page_named(page, i, "journal_id").text;
        int64_t minor = number_of(page, i, "amount", 0);
        if (strcmp(journal, last) != 0) {
            if (time_of(page, i, "posted_at", &at))
                surface_put(canvas->surface, row, col, ROLE_DIM,
                            moment_text(canvas->world, at, true, text));
            surface_put(canvas->surface, row, col + TIME_WIDTH, ROLE_DIM,
                        page_named(page, i, "event").text);
        }
        last = journal;
        col += TIME_WIDTH + EVENT_WIDTH + (minor < 0 ? 2 : 0);
        surface_put(canvas->surface, row, col, ROLE_TEXT, minor < 0 ? _("Cr") : _("Dr"));
        snprintf(account, sizeof account, "%.8s %.60s", page_named(page, i, "account").text,
                 page_named(page, i, "sub").text);
        col += SIDE_WIDTH;
        surface_text(canvas->surface, row, col, SUB_WIDTH, ROLE_TEXT, account);
        amount_text(canvas->world, minor < 0 ? -minor : minor,
                    page_named(page, i, "currency").text, amount);
        surface_right(canvas->surface, row,
                      canvas->col + TIME_WIDTH + EVENT_WIDTH + SIDE_WIDTH + SUB_WIDTH + 2,
                      AMOUNT_WIDTH, ROLE_TEXT, amount);
    }
    if (page->row_count == 0)
        surface_put(canvas->surface, row++, canvas->col, ROLE_DIM, _("Nothing is posted."));
    return row;
}

/* --- the customer */

/* Sentences that stay true whatever comes later; a payment that was not made is never called a
 * bank's return (S7). {when} is the time from which the statement tells. */
static const struct sentence {
    const char *state, *known, *open; /* N_(); open: where no time is known */
} sentences[] = {
    {"CREATED", N_("Your payment is being prepared. It has not gone to the bank yet."), NULL},
    {"APPROVED", N_("Your payment is being prepared. It has not gone to the bank yet."), NULL},
    {"CANCELLED", N_("This payment was cancelled before it was sent. No money has moved."), NULL},
    {"REJECTED", N_("This payment was not approved. No money has moved."), NULL},
    {"SUBMITTED",
     N_("The bank has our instruction and has not confirmed it yet. The money is reserved for "
        "you. We know for certain by {when}."),
     N_("The bank has our instruction and has not confirmed it yet. The money is reserved for "
        "you. We ask the bank and tell you as soon as we know.")},
    {"ACCEPTED",
     N_("The bank has accepted the instruction. That the money has moved is not confirmed yet. "
        "We know for certain by {when}."),
     N_("The bank has accepted the instruction. That the money has moved is not confirmed yet. "
        "We ask the bank and tell you as soon as we know.")},
    {"PAID", N_("The bank confirms that the money has left. When it arrives depends on the "
                "payee's bank."), NULL},
    {"RECONCILED", N_("The payment stands on the bank's statement: the money has left. When it "
                      "arrives depends on the payee's bank."), NULL},
    {"FAILED", N_("The bank did not carry this payment out. The money has not left; it is being "
                  "settled with you."), NULL},
    {"NOT_PAID", N_("This payment was not carried out. The money has not left; it is being "
                    "settled with you."), NULL},
    {"RETURNED", N_("The payee's bank sent the money back to us. It is being settled with "
                    "you."), NULL},
    {"REPAID", N_("This payment was made again by another one."), NULL},
    {"CREDITED_BACK", N_("This payment was not made. The money is back on your account."), NULL},
    {"DISPUTED", N_("The bank and we do not agree about this payment. We are working on it with "
                    "the bank and tell you as soon as we know; please do not pay again."), NULL},
};

/* What a statement line told goes before what the core still says: a customer is never told that a
 * payment is open which stands on the bank's statement. */
static const char *customer_state(const struct page *own)
{
    static const char *const open[] = {"SUBMITTED", "ACCEPTED", "UNKNOWN", "PRESUMED_PAID"};
    const char *state = page_named(own, 0, "payment_state").text;
    const char *told = page_named(own, 0, "told").text;
    if (strcmp(told, "DISPUTED") == 0)
        return told;
    for (size_t i = 0; told[0] != '\0' && i < sizeof open / sizeof open[0]; i++)
        if (strcmp(state, open[i]) == 0)
            return strcmp(told, "BACK") == 0 ? "RETURNED" : "RECONCILED";
    return state;
}

static const struct sentence *sentence_find(const char *state)
{
    /* To the customer a presumption is what it is: not confirmed yet. */
    if (strcmp(state, "UNKNOWN") == 0 || strcmp(state, "PRESUMED_PAID") == 0)
        state = "SUBMITTED";
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++)
        if (strcmp(sentences[i].state, state) == 0)
            return &sentences[i];
    return NULL;
}

static void fill_when(const struct view_world *world, const char *sentence, time_us at, char *out,
                      size_t size)
{
    char clock[9], day[DATE_TEXT];
    const char *mark = strstr(sentence, "{when}");
    date_text(time_day(at, world->utc_offset_s), day);
    time_clock_text(at, world->utc_offset_s, clock);
    if (mark == NULL)
        snprintf(out, size, "%s", sentence);
    else
        snprintf(out, size, "%.*s%s %.5s%s", (int)(mark - sentence), sentence, day, clock,
                 mark + 6);
}

int part_customer(const struct part_canvas *canvas, const struct page *own)
{
    const struct sentence *sentence = sentence_find(customer_state(own));
    time_us certain = 0;
    char text[512];
    if (sentence == NULL)
        return canvas->row;
    /* A time that has passed promises nothing any more. */
    bool timed = time_of(own, 0, "certain_at", &certain) && certain > canvas->world->clock.now;
    fill_when(canvas->world, _(timed || sentence->open == NULL ? sentence->known : sentence->open),
              certain, text, sizeof text);
    surface_text(canvas->surface, canvas->row, canvas->col, LABEL_WIDTH - 1, ROLE_DIM,
                 _("Tell them"));
    return canvas->row + draw_wrapped(canvas->surface, canvas->row, canvas->col + LABEL_WIDTH,
                                      canvas->width - LABEL_WIDTH, 4, ROLE_TEXT, text);
}
