/* Today: drawing. What is fine is quiet, what is not stands out once. */
#include <stdio.h>
#include <string.h>

#include "today.h"

enum { FILES_LEAST = 4, CODES_LEAST = 4, BELOW = 5 /* rules, heading, rate, gates */ };

static const struct page *set_of(const struct pen *pen, enum today_set set)
{
    return pen->today->sets[set].page;
}

static int64_t number_of(const struct page *page, size_t row, const char *name)
{
    int64_t number = 0;
    cell_number(page_named(page, row, name), &number);
    return number;
}

/* The row marker and the hardware cursor. */
static void draw_marker(const struct pen *pen, int row, bool selected)
{
    if (!selected)
        return;
    surface_put(pen->surface, row, pen->area.col, ROLE_SELECTED, ">");
    surface_cursor(pen->surface, row, pen->area.col);
}

static void draw_flush_right(const struct pen *pen, int row, enum text_role role,
                             const char *text)
{
    int width = text_width(span_of(text));
    surface_text(pen->surface, row, pen->area.cols - 1 - width, width, role, text);
}

/* --- the fact line */

static void draw_facts(const struct pen *pen)
{
    static const char *const weekdays[] = {N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"),
                                           N_("Fri"), N_("Sat"), N_("Sun")};
    const struct page *facts = set_of(pen, TODAY_FACTS);
    date_day day = 0;
    char amount[MONEY_TEXT + 8], age[24], text[SHOWN_TEXT_MAX];
    int row = pen->area.row;
    if (facts == NULL || facts->row_count == 0)
        return;
    struct rows_cell today = page_named(facts, 0, "day");
    struct rows_cell statement = page_named(facts, 0, "statement_day");
    int col = pen->area.col + 1;
    if (date_parse((struct span){today.text, today.length}, &day))
        col = surface_printf(pen->surface, row, col, ROLE_TEXT, "%s %s",
                             _(weekdays[date_weekday(day)]), today.text);
    int end = col;
    if (statement.length > 5)
        end = surface_printf(pen->surface, row, col + 2, ROLE_DIM, _("statements of %s"),
                             statement.text + 5);
    int64_t risk = number_of(facts, 0, "risk");
    if (risk == 0) {
        draw_flush_right(pen, row, ROLE_DIM, _("nothing presumed"));
        return;
    }
    amount_text(pen->world, risk, page_named(facts, 0, "currency").text, amount);
    duration_text(number_of(facts, 0, "oldest_s"), age);
    char count[MONEY_TEXT];
    snprintf(text, sizeof text, _("PRESUMED %s / %s  oldest %s"),
             count_text(number_of(facts, 0, "presumed"), count), amount, age);
    /* In a narrow window the day of the statements makes way as a whole. */
    if (end + 2 > pen->area.cols - 1 - text_width(span_of(text)))
        surface_fill(pen->surface, row, col, end - col, ROLE_TEXT);
    draw_flush_right(pen, row, ROLE_WARNING, text);
}

/* --- statement files */

struct file_columns {
    int channel, format, due, state, lines, bar, bar_width, percent, left, risk, risk_width;
};

static struct file_columns file_columns(const struct pen *pen)
{
    int format_more = pen->extra / 4, state_more = pen->extra / 4;
    int bar_more = pen->extra / 4, risk_more = pen->extra - format_more - state_more - bar_more;
    struct file_columns at = {.channel = 1, .format = 8};
    at.due = at.format + 12 + format_more;
    at.state = at.due + 7;
    at.lines = at.state + 12 + state_more;
    at.bar = at.lines + 8;
    at.bar_width = 8 + bar_more;
    at.percent = at.bar + at.bar_width + 1;
    at.left = at.percent + 7;
    at.risk = at.left + 5;
    at.risk_width = 12 + risk_more;
    return at;
}

static void draw_file_headings(const struct pen *pen, const struct file_columns *at)
{
    struct surface *surface = pen->surface;
    int row = pen->row;
    surface_text(surface, row, at->channel, at->due - 2, ROLE_HEADING, _("Statement files"));
    surface_text(surface, row, at->due, 5, ROLE_HEADING, _("due"));
    surface_text(surface, row, at->state, 12, ROLE_HEADING, _("state"));
    surface_right(surface, row, at->lines, 7, ROLE_HEADING, _("lines"));
    surface_text(surface, row, at->bar, at->bar_width + 6, ROLE_HEADING, _("matched"));
    surface_right(surface, row, at->left - 1, 5, ROLE_HEADING, _("left"));
    surface_right(surface, row, at->risk, at->risk_width - 1, ROLE_HEADING, _("at risk"));
}

/* 99.94 % is never called 100: only what is whole is. */
static void short_percent(int64_t hundredths, char out[24])
{
    if (hundredths >= 10000)
        snprintf(out, 24, "100%%");
    else if (hundredths >= 0)
        snprintf(out, 24, "%lld.%lld%%", (long long)(hundredths / 100),
                 (long long)(hundredths % 100 / 10));
    else
        snprintf(out, 24, "?");
}

static void draw_file_numbers(const struct pen *pen, const struct file_columns *at,
                              const struct page *page, size_t row)
{
    char text[MONEY_TEXT + 8];
    int64_t matched = 0, risk = 0, remaining = 0;
    if (cell_number(page_named(page, row, "matched"), &matched)) {
        short_percent(matched, text);
        surface_bar(pen->surface, pen->row, at->bar, at->bar_width, matched, 10000,
                    matched >= 10000 ? ROLE_DIM : ROLE_INFO);
        surface_right(pen->surface, pen->row, at->percent, 6, ROLE_TEXT, text);
    }
    bool some = cell_number(page_named(page, row, "remaining"), &remaining);
    surface_right(pen->surface, pen->row, at->left - 1, 5, remaining > 0 ? ROLE_TEXT : ROLE_DIM,
                  some ? count_text(remaining, text) : "-");
    if (!cell_number(page_named(page, row, "at_risk"), &risk) || risk == 0) {
        surface_right(pen->surface, pen->row, at->risk, at->risk_width - 1, ROLE_DIM, "-");
        return;
    }
    struct shown shown = {.role = ROLE_TEXT};
    static const struct field money = {.name = "at_risk", .type = FIELD_MONEY,
                                       .currency = "currency"};
    cell_show(pen->world, &money, page, row, pen->surface->ascii, &shown);
    cell_draw(pen->surface, pen->row, at->risk, at->risk_width - 1, &shown, false);
}

static void draw_file(const struct pen *pen, const struct file_columns *at,
                      const struct page *page, size_t row)
{
    static const struct field due = {.name = "due_at", .type = FIELD_TIME};
    static const struct field lines = {.name = "lines", .type = FIELD_COUNT};
    struct today *today = pen->today;
    bool selected = today->focus == TODAY_FILES && today->cursor[0] == row;
    const struct field *state = field_find(pen->world->screens, "file_state");
    struct shown shown = {.role = ROLE_TEXT};
    char text[SHOWN_TEXT_MAX];
    draw_marker(pen, pen->row, selected);
    surface_text(pen->surface, pen->row, at->channel, 6, selected ? ROLE_SELECTED : ROLE_TEXT,
                 page_named(page, row, "channel").text);
    surface_text(pen->surface, pen->row, at->format, at->due - at->format - 1, ROLE_TEXT,
                 _(page_named(page, row, "format").text));
    cell_show(pen->world, &due, page, row, pen->surface->ascii, &shown);
    surface_text(pen->surface, pen->row, at->due, 6, shown.role, shown.text);
    snprintf(shown.text, sizeof shown.text, "%s", page_named(page, row, "state").text);
    if (state != NULL)
        value_show(pen->world, state, page_named(page, row, "state"), "", pen->surface->ascii,
                   &shown);
    const char *note = page_named(page, row, "note").text;
    snprintf(text, sizeof text, "%.200s%s%.200s", shown.text, note[0] == '\0' ? "" : " ", note);
    surface_text(pen->surface, pen->row, at->state, at->lines - at->state, shown.role, text);
    cell_show(pen->world, &lines, page, row, pen->surface->ascii, &shown);
    surface_right(pen->surface, pen->row, at->lines, 7, shown.role, shown.text);
    draw_file_numbers(pen, at, page, row);
}

static void draw_files(struct pen *pen, int room)
{
    const struct page *page = set_of(pen, TODAY_FILES);
    struct file_columns at = file_columns(pen);
    struct today *today = pen->today;
    draw_file_headings(pen, &at);
    pen->row++;
    if (page == NULL) {
        pen->row += room;
        return;
    }
    if (today->cursor[0] < today->top)
        today->top = today->cursor[0];
    if (today->cursor[0] >= today->top + (size_t)room)
        today->top = today->cursor[0] - (size_t)room + 1;
    for (size_t i = today->top; i < page->row_count && i < today->top + (size_t)room; i++) {
        draw_file(pen, &at, page, i);
        pen->row++;
    }
    if (page->row_count == 0)
        surface_put(pen->surface, pen->row++, 2, ROLE_DIM, _("No channel is set up yet."));
}

/* --- exceptions */

struct block_columns {
    int label, bar, bar_width, count, amount, first_line, ages, age_bar, age_width, age_count,
        second_line, waiting, waiting_count;
};

static struct block_columns block_columns(const struct pen *pen)
{
    int bar_more = pen->extra / 3, age_more = pen->extra / 6;
    struct block_columns at = {.label = 2, .bar = 17, .bar_width = 6 + bar_more};
    at.count = at.bar + at.bar_width;
    at.amount = at.count + 5;
    at.first_line = at.amount + 15;
    at.ages = at.first_line + 2;
    at.age_bar = at.ages + 9;
    at.age_width = 4 + age_more;
    at.age_count = at.age_bar + at.age_width;
    at.second_line = at.age_count + 5;
    at.waiting = at.second_line + 2;
    at.waiting_count = at.waiting + 11 + (pen->extra > 16 ? 8 : 0);
    return at;
}

static int64_t largest_count(const struct page *page)
{
    int64_t largest = 0;
    for (size_t i = 0; page != NULL && i < page->row_count; i++) {
        int64_t count = number_of(page, i, "count");
        largest = count > largest ? count : largest;
    }
    return largest;
}

/* Kinds that do not fit come into sight as the cursor goes down to them. */
static size_t code_top(const struct today *today, size_t total, size_t room)
{
    size_t cursor = today->focus == TODAY_CODES ? today->cursor[1] : 0;
    return cursor < room || total <= room ? 0 : cursor - room + 1;
}

static void draw_codes(const struct pen *pen, const struct block_columns *at, int rows)
{
    const struct page *page = set_of(pen, TODAY_CODES);
    const struct field *code = field_find(pen->world->screens, "code");
    static const struct field money = {.name = "amount", .type = FIELD_MONEY,
                                       .currency = "currency"};
    int64_t largest = largest_count(page);
    size_t total = page == NULL ? 0 : page->row_count;
    size_t room = total > (size_t)rows ? (size_t)rows - 1 : (size_t)rows;
    size_t top = code_top(pen->today, total, room);
    if (total > (size_t)rows)
        surface_printf(pen->surface, pen->row + rows - 1, at->label, ROLE_DIM,
                       language_plural("and %zu kind more", "and %zu kinds more", total - room),
                       total - room);
    for (int i = 0; (size_t)i < room && top + (size_t)i < total; i++) {
        size_t row = top + (size_t)i;
        struct shown shown = {.role = ROLE_TEXT};
        char number[MONEY_TEXT];
        bool selected = pen->today->focus == TODAY_CODES && pen->today->cursor[1] == row;
        snprintf(shown.text, sizeof shown.text, "%s", page_named(page, row, "code").text);
        if (code != NULL)
            value_show(pen->world, code, page_named(page, row, "code"), "", pen->surface->ascii,
                       &shown);
        draw_marker(pen, pen->row + i, selected);
        surface_text(pen->surface, pen->row + i, at->label, at->bar - at->label - 1,
                     selected ? ROLE_SELECTED : ROLE_TEXT, shown.text);
        surface_bar(pen->surface, pen->row + i, at->bar, at->bar_width,
                    number_of(page, row, "count"), largest, ROLE_INFO);
        surface_right(pen->surface, pen->row + i, at->count, 5, ROLE_TEXT,
                      count_text(number_of(page, row, "count"), number));
        cell_show(pen->world, &money, page, row, pen->surface->ascii, &shown);
        cell_draw(pen->surface, pen->row + i, at->amount, 14, &shown, false);
    }
}

static void draw_ages(const struct pen *pen, const struct block_columns *at, int rows)
{
    const struct page *page = set_of(pen, TODAY_AGES);
    int64_t largest = largest_count(page);
    for (int i = 0; page != NULL && i < rows && (size_t)i < page->row_count; i++) {
        char number[MONEY_TEXT];
        int64_t count = number_of(page, (size_t)i, "count");
        surface_text(pen->surface, pen->row + i, at->ages, at->age_bar - at->ages - 1, ROLE_TEXT,
                     _(page_named(page, (size_t)i, "label").text));
        surface_bar(pen->surface, pen->row + i, at->age_bar, at->age_width, count, largest,
                    ROLE_INFO);
        surface_right(pen->surface, pen->row + i, at->age_count, 4, ROLE_TEXT,
                      count_text(count, number));
    }
}

static enum text_role word_role(const char *tone)
{
    return strcmp(tone, "warning") == 0 ? ROLE_WARNING
           : strcmp(tone, "bad") == 0 ? ROLE_BAD
           : strcmp(tone, "dim") == 0 ? ROLE_DIM : ROLE_TEXT;
}

static void draw_waiting(const struct pen *pen, const struct block_columns *at, int rows)
{
    const struct page *page = set_of(pen, TODAY_WAITING);
    for (int i = 0; page != NULL && i < rows && (size_t)i < page->row_count; i++) {
        char number[MONEY_TEXT];
        int64_t count = number_of(page, (size_t)i, "count");
        enum text_role role = count == 0 ? ROLE_DIM
                                         : word_role(page_named(page, (size_t)i, "tone").text);
        surface_text(pen->surface, pen->row + i, at->waiting, at->waiting_count - at->waiting,
                     role, _(page_named(page, (size_t)i, "label").text));
        surface_right(pen->surface, pen->row + i, at->waiting_count, 4, role,
                      count_text(count, number));
    }
}

static int64_t open_count(const struct page *page)
{
    int64_t count = 0;
    for (size_t i = 0; page != NULL && i < page->row_count; i++)
        count += number_of(page, i, "count");
    return count;
}

static void draw_exceptions(struct pen *pen, int rows)
{
    struct block_columns at = block_columns(pen);
    char number[MONEY_TEXT];
    const char *line = surface_glyph(pen->surface, GLYPH_COLUMN);
    int row = pen->row;
    if (set_of(pen, TODAY_CODES) == NULL)
        surface_put(pen->surface, row, 1, ROLE_HEADING, _("Exceptions"));
    else
        surface_printf(pen->surface, row, 1, ROLE_HEADING, _("Exceptions  %s open"),
                       count_text(open_count(set_of(pen, TODAY_CODES)), number));
    surface_right(pen->surface, row, at.amount, 14, ROLE_HEADING, _("amount"));
    surface_text(pen->surface, row, at.ages, 8, ROLE_HEADING, _("age"));
    surface_text(pen->surface, row, at.waiting, pen->area.cols - at.waiting - 1, ROLE_HEADING,
                 _("waiting for me"));
    for (int i = 0; i <= rows; i++) {
        surface_put(pen->surface, row + i, at.first_line, ROLE_DIM, line);
        surface_put(pen->surface, row + i, at.second_line, ROLE_DIM, line);
    }
    pen->row++;
    draw_codes(pen, &at, rows);
    draw_ages(pen, &at, rows);
    draw_waiting(pen, &at, rows);
    if (open_count(set_of(pen, TODAY_CODES)) == 0 && set_of(pen, TODAY_CODES) != NULL)
        surface_put(pen->surface, pen->row, at.label, ROLE_DIM, _("Everything agrees."));
    pen->row += rows;
}

/* --- match rate and gates */

static void draw_rate(struct pen *pen)
{
    const struct page *page = set_of(pen, TODAY_RATE);
    char last[24], before[24];
    if (page == NULL || page->row_count == 0)
        return;
    int64_t least = 10000;
    for (size_t i = 0; i < page->row_count; i++) {
        int64_t rate = number_of(page, i, "matched");
        least = rate < least ? rate : least;
    }
    int64_t span = 10000 - least;
    int col = surface_printf(pen->surface, pen->row, 1, ROLE_DIM,
                             language_plural("Match rate, %zu day", "Match rate, %zu days",
                                             page->row_count),
                             page->row_count) + 3;
    for (size_t i = 0; i < page->row_count && i < 30; i++, col++) {
        int64_t rate = number_of(page, i, "matched");
        int level = span == 0 ? 7 : 1 + (int)((rate - least) * 6 / span);
        surface_spark(pen->surface, pen->row, col, level, ROLE_INFO);
    }
    percent_text(number_of(page, page->row_count - 1, "matched"), last);
    col = surface_put(pen->surface, pen->row, col + 3, ROLE_TEXT, last) + 2;
    if (page->row_count > 1) {
        percent_text(number_of(page, page->row_count - 2, "matched"), before);
        surface_printf(pen->surface, pen->row, col, ROLE_DIM, _("before %s"), before);
    }
    pen->row++;
}

static void draw_gates(struct pen *pen)
{
    const struct page *page = set_of(pen, TODAY_GATES);
    if (page == NULL || page->row_count == 0)
        return;
    int col = surface_put(pen->surface, pen->row, 1, ROLE_DIM, _("Day close")) + 1;
    /* The gates are of the oldest open day, which need not be the day the files are of. */
    const char *day = page_named(page, 0, "of_day").text;
    col = day[0] == '\0' ? col + 1 : surface_put(pen->surface, pen->row, col, ROLE_DIM, day) + 2;
    for (size_t i = 0; i < page->row_count; i++) {
        bool done = cell_true(page_named(page, i, "done"));
        const char *note = page_named(page, i, "note").text;
        enum glyph glyph = done ? GLYPH_CHECK : GLYPH_MIDDLE;
        col = surface_put(pen->surface, pen->row, col, done ? ROLE_OK : ROLE_WARNING,
                          surface_glyph(pen->surface, glyph)) + 1;
        col = surface_put(pen->surface, pen->row, col, ROLE_TEXT,
                          _(page_named(page, i, "gate").text));
        if (note[0] != '\0')
            col = surface_put(pen->surface, pen->row, col + 1, ROLE_DIM, note);
        col += 3;
    }
    pen->row++;
}

static size_t rows_of(const struct pen *pen, enum today_set set)
{
    const struct page *page = set_of(pen, set);
    return page == NULL ? 0 : page->row_count;
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static void draw_sections(struct pen *pen)
{
    int doubt = today_doubt_rows(pen, pen->area.rows - 3 - BELOW - 1);
    int room = pen->area.rows - 3 - BELOW - 1 - doubt;
    int files = larger((int)rows_of(pen, TODAY_FILES), 1);
    int codes = larger(larger((int)rows_of(pen, TODAY_CODES), (int)rows_of(pen, TODAY_AGES)),
                       CODES_LEAST);
    int codes_most = larger(room - files, CODES_LEAST);
    codes = codes > codes_most ? codes_most : codes;
    files = files > room - codes ? larger(room - codes, FILES_LEAST) : files;
    draw_files(pen, files);
    surface_rule(pen->surface, pen->row++, 1, pen->area.cols - 2);
    draw_exceptions(pen, codes);
    surface_rule(pen->surface, pen->row++, 1, pen->area.cols - 2);
    today_draw_doubt(pen, doubt);
    draw_rate(pen);
    draw_gates(pen);
}

void today_draw(struct view *view, struct surface *surface, struct area area)
{
    struct today *today = (struct today *)view;
    struct pen pen = {.today = today, .surface = surface, .world = view->world, .area = area,
                      .row = area.row + 2, .extra = area.cols > 80 ? area.cols - 80 : 0};
    surface_cursor(surface, area.row + 3, area.col);
    draw_facts(&pen);
    draw_sections(&pen);
    const struct page *facts = set_of(&pen, TODAY_FACTS);
    bool has = facts != NULL && facts->row_count > 0;
    const char *message = today->error[0] != '\0' ? today->error
                          : has ? page_named(facts, 0, "message").text : "";
    if (pen.row + 1 < area.row + area.rows)
        pen.row++;
    draw_wrapped(surface, pen.row, area.col + 1, area.cols - 2, 2,
                 today->error[0] != '\0' ? ROLE_BAD : ROLE_TEXT, message);
}
