/* The request document on a screen (DESIGN.md 4): drawn from the bytes that were signed and from
 * nothing else. Beside them stand in the detail's own row what the console made of these very
 * bytes: whether the core's signature on them holds, and the six words of their digest. */
#include "parts.h"

#include <stdio.h>
#include <string.h>

#include "daybook/domain/document.h"

enum {
    LABEL_WIDTH = 14,
    AMOUNT_WIDTH = 18,
    INDENT = 2,
    ITEMS_SHOWN = 24,    /* a canvas has 300 rows; every byte is in show request --json */
    POSTINGS_SHOWN = 48,
    ROWS_SHOWN = 24,
    TEXT_ROWS = 6,
    WORD_TEXT_MAX = 1100,
    ITEM_WORD_MAX = 2 * WORD_TEXT_MAX + 16,
    SUMS_MAX = 5
};

struct drawing {
    const struct part_canvas *canvas;
    const struct view_world *world;
    struct surface *surface;
    struct document document;
    char currency[8];
    int row, col, end; /* end: the column after the last */
};

/* --- words and amounts */

static const char *words_of(struct span value, char out[WORD_TEXT_MAX])
{
    document_decode(value, out, WORD_TEXT_MAX);
    return out;
}

/* A code in the words of its field, where the dictionary has it. */
static const char *code_words(const struct drawing *drawing, const char *field_name,
                              struct span code, char out[WORD_TEXT_MAX])
{
    const struct field *field = field_find(drawing->world->screens, field_name);
    words_of(code, out);
    const struct field_value *value = field == NULL ? NULL : field_value_find(field, out);
    if (value != NULL)
        snprintf(out, WORD_TEXT_MAX, "%s", _(value->label));
    return out;
}

static void put_number(struct drawing *drawing, int end, int width, enum text_role role,
                       int64_t minor)
{
    char text[MONEY_TEXT + 8], *code;
    amount_text(drawing->world, minor, drawing->currency, text);
    /* One currency a document: it is said once, over the column. */
    if ((code = strchr(text, ' ')) != NULL)
        *code = '\0';
    surface_right(drawing->surface, drawing->row, end - width, width, role, text);
}

static void put_amount(struct drawing *drawing, int end, enum text_role role, int64_t minor)
{
    put_number(drawing, end, AMOUNT_WIDTH, role, minor);
}

/* Debit positive, as people say it: a side and an amount without a sign. */
static void put_sided(struct drawing *drawing, int end, int64_t minor)
{
    enum { SIDE_WIDTH = 3 };
    put_number(drawing, end - SIDE_WIDTH, AMOUNT_WIDTH - SIDE_WIDTH, ROLE_TEXT,
               minor < 0 ? -minor : minor);
    if (minor != 0)
        surface_put(drawing->surface, drawing->row, end - SIDE_WIDTH + 1, ROLE_DIM,
                    minor < 0 ? _("Cr") : _("Dr"));
}

static void heading(struct drawing *drawing, const char *title)
{
    drawing->row++;
    surface_put(drawing->surface, drawing->row++, drawing->col, ROLE_HEADING, title);
}

static void heading_right(struct drawing *drawing, int end, const char *title)
{
    surface_right(drawing->surface, drawing->row - 1, end - AMOUNT_WIDTH, AMOUNT_WIDTH, ROLE_DIM,
                  title);
}

/* Nothing is cut silently: how many rows are not here, and where they are. */
static void say_rest(struct drawing *drawing, size_t count, size_t shown)
{
    if (count > shown)
        surface_printf(drawing->surface, drawing->row++, drawing->col + INDENT, ROLE_WARNING,
                       _("and %zu more; daybook show request --json has them once it is proposed"),
                       count - shown);
}

static size_t at_most(size_t count, size_t most)
{
    return count < most ? count : most;
}

/* --- the head */

static void pair(struct drawing *drawing, int half, const char *label, const char *text)
{
    int width = (drawing->end - drawing->col) / 2;
    int col = drawing->col + half * width;
    surface_text(drawing->surface, drawing->row, col, LABEL_WIDTH - 1, ROLE_DIM, label);
    surface_text(drawing->surface, drawing->row, col + LABEL_WIDTH, width - LABEL_WIDTH - 1,
                 ROLE_TEXT, text);
}

static void long_pair(struct drawing *drawing, enum text_role role, const char *label,
                      const char *text)
{
    int col = drawing->col + LABEL_WIDTH;
    surface_text(drawing->surface, drawing->row, drawing->col, LABEL_WIDTH - 1, ROLE_DIM, label);
    int used = draw_wrapped(drawing->surface, drawing->row, col, drawing->end - col, TEXT_ROWS,
                            role, text);
    drawing->row += used > 0 ? used : 1;
}

static void draw_what(struct drawing *drawing, const char *digest)
{
    const struct document_head *head = &drawing->document.head;
    char text[WORD_TEXT_MAX], amount[MONEY_TEXT + 8];
    int col = surface_put(drawing->surface, drawing->row, drawing->col, ROLE_HEADING,
                          code_words(drawing, "request_kind", head->kind, text));
    if (drawing->currency[0] != '\0')
        col = surface_put(drawing->surface, drawing->row, col + 2, ROLE_SELECTED,
                          amount_text(drawing->world, head->amount, drawing->currency, amount));
    words_of(head->environment, text);
    surface_right(drawing->surface, drawing->row, drawing->end - 12, 12, ROLE_DIM, text);
    drawing->row++;
    surface_text(drawing->surface, drawing->row, drawing->col, LABEL_WIDTH - 1, ROLE_DIM,
                 _("Digest"));
    surface_text(drawing->surface, drawing->row++, drawing->col + LABEL_WIDTH,
                 drawing->end - drawing->col - LABEL_WIDTH, ROLE_INFO, digest);
}

static void draw_people(struct drawing *drawing)
{
    const struct document_head *head = &drawing->document.head;
    char text[WORD_TEXT_MAX * 2 + 8], made[24];
    snprintf(text, sizeof text, "%.*s (%.*s), %s", (int)head->maker.length, head->maker.data,
             (int)head->person.length, head->person.data,
             moment_text(drawing->world, head->made_at, false, made));
    pair(drawing, 0, _("Proposed by"), text);
    snprintf(text, sizeof text, language_plural("%d other person", "%d other persons",
                                                (unsigned long)head->tier), head->tier);
    pair(drawing, 1, _("Checked by"),
         head->tier == 0 ? _("nobody: below the first limit") : text);
    drawing->row++;
    pair(drawing, 0, _("Sign until"), moment_text(drawing->world, head->approve_by, false, made));
    pair(drawing, 1, _("Execute until"),
         moment_text(drawing->world, head->execute_by, false, made));
    drawing->row++;
}

static void draw_excluded(struct drawing *drawing)
{
    const struct document_rows *excluded = &drawing->document.head.excluded;
    char text[WORD_TEXT_MAX];
    size_t length = 0;
    text[0] = '\0';
    for (size_t i = 0; i < excluded->count && length + DOCUMENT_PERSON_MAX + 2 < sizeof text; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%.*s",
                                   i == 0 ? "" : " ", (int)excluded->rows[i].length,
                                   excluded->rows[i].data);
    if (excluded->count > 0)
        long_pair(drawing, ROLE_TEXT, _("May not sign"), text);
}

static void draw_why(struct drawing *drawing)
{
    const struct document_head *head = &drawing->document.head;
    char text[WORD_TEXT_MAX];
    if (!span_is(head->reason, "-"))
        long_pair(drawing, ROLE_TEXT, _("Reason"),
                  code_words(drawing, "request_reason", head->reason, text));
    snprintf(text, sizeof text, "%.*s", (int)head->text.length, head->text.data);
    if (head->text.length > 0)
        long_pair(drawing, ROLE_TEXT, _("In words"), text);
    draw_excluded(drawing);
}

/* --- what it is about, and what it sets */

/* "payout P2026112000417  line 7f3a12cd...:14": a digest by its beginning, amounts as money. */
static void item_word(const struct drawing *drawing, const struct document_word *word,
                      char out[ITEM_WORD_MAX])
{
    char value[WORD_TEXT_MAX], money[MONEY_TEXT + 8];
    int64_t minor = 0;
    const char *number = words_of(word->value, value);
    const char *place = strchr(value, ':');
    if (span_is(word->name, "line_amount") && text_to_int64(span_of(value), &minor))
        number = amount_text(drawing->world, minor, drawing->currency, money);
    if (span_is(word->name, "line") && place != NULL && place - value > 12)
        snprintf(out, ITEM_WORD_MAX, "%.*s %.8s...%s", (int)word->name.length,
                 word->name.data, value, place);
    else
        snprintf(out, ITEM_WORD_MAX, "%.*s %s", (int)word->name.length, word->name.data, number);
}

static void draw_item(struct drawing *drawing, size_t index)
{
    struct document_item item = document_item(&drawing->document, index);
    char text[WORD_TEXT_MAX], all[2 * ITEM_WORD_MAX] = "", one[ITEM_WORD_MAX];
    size_t length = 0;
    surface_text(drawing->surface, drawing->row, drawing->col + INDENT,
                 drawing->end - drawing->col - AMOUNT_WIDTH - INDENT, ROLE_TEXT,
                 words_of(item.object, text));
    if (drawing->currency[0] != '\0')
        put_amount(drawing, drawing->end, ROLE_TEXT, item.amount);
    drawing->row++;
    for (size_t i = 0; i < item.count && length < sizeof all; i++) {
        item_word(drawing, &item.words[i], one);
        int added = snprintf(all + length, sizeof all - length, "%s%s", i == 0 ? "" : "  ", one);
        length += added > 0 ? (size_t)added : 0;
    }
    drawing->row += draw_wrapped(drawing->surface, drawing->row, drawing->col + 2 * INDENT,
                                 drawing->end - drawing->col - 2 * INDENT, 4, ROLE_DIM, all);
}

static void draw_items(struct drawing *drawing)
{
    size_t count = drawing->document.items.count, shown = at_most(count, ITEMS_SHOWN);
    char title[64];
    snprintf(title, sizeof title, language_plural("It is about %zu item", "It is about %zu items",
                                                  (unsigned long)count), count);
    heading(drawing, title);
    for (size_t i = 0; i < shown; i++)
        draw_item(drawing, i);
    say_rest(drawing, count, shown);
}

static void draw_moves(struct drawing *drawing)
{
    size_t count = drawing->document.moves.count, shown = at_most(count, ROWS_SHOWN);
    if (count > 0)
        heading(drawing, _("It will set"));
    for (size_t i = 0; i < shown; i++) {
        struct document_move move = document_move(&drawing->document, i);
        char object[WORD_TEXT_MAX], from[WORD_TEXT_MAX], to[WORD_TEXT_MAX];
        surface_printf(drawing->surface, drawing->row++, drawing->col + INDENT, ROLE_TEXT,
                       "%s  %s -> %s", words_of(move.object, object),
                       code_words(drawing, "payment_state", move.from, from),
                       code_words(drawing, "payment_state", move.to, to));
    }
    say_rest(drawing, count, shown);
}

static void draw_changes(struct drawing *drawing)
{
    size_t count = drawing->document.changes.count, shown = at_most(count, ROWS_SHOWN);
    if (count > 0)
        heading(drawing, _("It will change"));
    for (size_t i = 0; i < shown; i++) {
        struct span row = drawing->document.changes.rows[i];
        char text[2 * WORD_TEXT_MAX], word[WORD_TEXT_MAX];
        struct span words[DOCUMENT_WORDS_MAX];
        size_t length = 0, have = document_words(row, words, DOCUMENT_WORDS_MAX);
        text[0] = '\0';
        for (size_t w = 0; w < have && w < DOCUMENT_WORDS_MAX && length < sizeof text; w++) {
            int added = snprintf(text + length, sizeof text - length, "%s%s", w == 0 ? "" : " ",
                                 words_of(words[w], word));
            length += added > 0 ? (size_t)added : 0;
        }
        int used = draw_wrapped(drawing->surface, drawing->row, drawing->col + INDENT,
                                drawing->end - drawing->col - INDENT, 4, ROLE_TEXT, text);
        drawing->row += used > 0 ? used : 1;
    }
    say_rest(drawing, count, shown);
}

/* --- postings */

static void put_account(struct drawing *drawing, int indent, struct span account, struct span sub,
                        int columns)
{
    char name[WORD_TEXT_MAX], key[WORD_TEXT_MAX], text[2 * WORD_TEXT_MAX + 80];
    /* Where there is no room for all, the name gives way. */
    snprintf(text, sizeof text, "%.*s %s%s%s", (int)account.length, account.data,
             span_is(sub, "-") ? "" : words_of(sub, key), span_is(sub, "-") ? "" : "  ",
             code_words(drawing, "account_no", account, name));
    int col = drawing->col + indent;
    surface_text(drawing->surface, drawing->row, col,
                 drawing->end - columns * AMOUNT_WIDTH - col - 1, ROLE_TEXT, text);
}

static void draw_posting(struct drawing *drawing, size_t index, int64_t *journal)
{
    struct document_posting posting = document_posting(&drawing->document, index);
    char event[WORD_TEXT_MAX];
    if (posting.journal != *journal)
        surface_printf(drawing->surface, drawing->row++, drawing->col + INDENT, ROLE_DIM,
                       _("journal %lld  %s"), (long long)posting.journal,
                       code_words(drawing, "request_kind", posting.event, event));
    *journal = posting.journal;
    put_account(drawing, posting.amount < 0 ? 3 * INDENT : 2 * INDENT, posting.account,
                posting.sub, 2);
    if (posting.amount < 0)
        put_amount(drawing, drawing->end, ROLE_TEXT, -posting.amount);
    else
        put_amount(drawing, drawing->end - AMOUNT_WIDTH, ROLE_TEXT, posting.amount);
    drawing->row++;
}

static void draw_postings(struct drawing *drawing)
{
    size_t count = drawing->document.postings.count, shown = at_most(count, POSTINGS_SHOWN);
    int64_t journal = 0, debits = 0;
    if (count == 0) {
        heading(drawing, _("It posts nothing"));
        return;
    }
    heading(drawing, _("It will post"));
    heading_right(drawing, drawing->end - AMOUNT_WIDTH, _("debit"));
    heading_right(drawing, drawing->end, _("credit"));
    for (size_t i = 0; i < shown; i++)
        draw_posting(drawing, i, &journal);
    say_rest(drawing, count, shown);
    for (size_t i = 0; i < count; i++) {
        int64_t amount = document_posting(&drawing->document, i).amount;
        if (amount > 0 && __builtin_add_overflow(debits, amount, &debits))
            return;
    }
    surface_put(drawing->surface, drawing->row, drawing->col + 2 * INDENT, ROLE_DIM, _("in all"));
    put_amount(drawing, drawing->end - AMOUNT_WIDTH, ROLE_HEADING, debits);
    put_amount(drawing, drawing->end, ROLE_HEADING, debits);
    drawing->row++;
}

/* --- what that does to the invariants (rule B17): sums over accounts, debit positive */

static const struct invariant_sum {
    const char *words; /* N_() */
    const char *accounts;
} invariant_sums[SUMS_MAX] = {
    {N_("bank accounts"), "1010"},
    {N_("payouts under way"), "2210"},
    {N_("in suspense"), "1310 2310"},
    {N_("owed to customers and shops"), "2010 2020 2021 2030 2040 2220 2230 2240"},
    {N_("income and cost"), "4010 4020 4030 4090 5010 5020 5030"},
};

static bool one_of(struct span account, const char *accounts)
{
    for (const char *at = accounts; *at != '\0'; at += strcspn(at, " "), at += *at == ' ')
        if (strcspn(at, " ") == account.length && memcmp(at, account.data, account.length) == 0)
            return true;
    return false;
}

static void draw_sums(struct drawing *drawing)
{
    bool said = false;
    for (size_t s = 0; s < SUMS_MAX; s++) {
        int64_t sum = 0;
        for (size_t i = 0; i < drawing->document.postings.count; i++) {
            struct document_posting posting = document_posting(&drawing->document, i);
            if (one_of(posting.account, invariant_sums[s].accounts) &&
                __builtin_add_overflow(sum, posting.amount, &sum))
                return;
        }
        if (sum == 0)
            continue;
        if (!said)
            heading(drawing, _("Which moves in sum"));
        said = true;
        surface_put(drawing->surface, drawing->row, drawing->col + INDENT, ROLE_TEXT,
                    _(invariant_sums[s].words));
        put_sided(drawing, drawing->end, sum);
        drawing->row++;
    }
}

static void draw_balances(struct drawing *drawing)
{
    size_t count = drawing->document.balances.count, shown = at_most(count, ROWS_SHOWN);
    if (count == 0)
        return;
    heading(drawing, _("Balances when it was proposed"));
    heading_right(drawing, drawing->end - AMOUNT_WIDTH, _("before"));
    heading_right(drawing, drawing->end, _("after"));
    for (size_t i = 0; i < shown; i++) {
        struct document_balance balance = document_balance(&drawing->document, i);
        put_account(drawing, INDENT, balance.account, balance.sub, 2);
        put_sided(drawing, drawing->end - AMOUNT_WIDTH, balance.before);
        put_sided(drawing, drawing->end, balance.after);
        drawing->row++;
    }
    say_rest(drawing, count, shown);
}

static void draw_basis(struct drawing *drawing)
{
    size_t count = drawing->document.basis.count, shown = at_most(count, ROWS_SHOWN);
    if (count > 0)
        heading(drawing, _("It rests on"));
    for (size_t i = 0; i < shown; i++) {
        struct document_basis basis = document_basis(&drawing->document, i);
        char object[WORD_TEXT_MAX];
        surface_printf(drawing->surface, drawing->row++, drawing->col + INDENT, ROLE_DIM,
                       _("%s, version %lld"), words_of(basis.object, object),
                       (long long)basis.version);
    }
    say_rest(drawing, count, shown);
}

/* --- the whole: what it does comes before what it is about, for the first page */

static int refuse(const struct part_canvas *canvas, const char *sentence)
{
    int used = draw_wrapped(canvas->surface, canvas->row, canvas->col, canvas->width, 4, ROLE_BAD,
                            sentence);
    return canvas->row + (used > 0 ? used : 1);
}

int part_document(const struct part_canvas *canvas, const struct page *own)
{
    struct rows_cell bytes = page_named(own, 0, "document");
    struct rows_cell fault = page_named(own, 0, "document_fault");
    struct drawing drawing = {.canvas = canvas, .world = canvas->world,
                              .surface = canvas->surface, .row = canvas->row, .col = canvas->col,
                              .end = canvas->col + canvas->width};
    struct error error;
    /* Without a word that it was verified it was not. */
    if (fault.null || fault.text[0] != '\0')
        return refuse(canvas, fault.null ? _("This document was not verified.") : fault.text);
    if (!document_parse(&drawing.document, (struct span){bytes.text, bytes.length}, &error))
        return refuse(canvas, error.message);
    const struct span currency = drawing.document.head.currency;
    if (!span_is(currency, "-"))
        snprintf(drawing.currency, sizeof drawing.currency, "%.*s", (int)currency.length,
                 currency.data);
    draw_what(&drawing, page_named(own, 0, "document_words").text);
    draw_people(&drawing);
    draw_why(&drawing);
    draw_postings(&drawing);
    draw_moves(&drawing);
    draw_changes(&drawing);
    draw_items(&drawing);
    draw_sums(&drawing);
    draw_balances(&drawing);
    draw_basis(&drawing);
    document_free(&drawing.document);
    return drawing.row;
}
