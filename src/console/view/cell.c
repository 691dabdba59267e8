/* Cells: how a value of a field is written on the screen. */
#include <stdio.h>
#include <string.h>

#include "inside.h"

enum role_limits { MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400 };

enum text_role tone_role(enum field_tone tone)
{
    switch (tone) {
    case TONE_OK: return ROLE_OK;
    case TONE_WARNING: return ROLE_WARNING;
    case TONE_BAD: return ROLE_BAD;
    case TONE_INFO: return ROLE_INFO;
    case TONE_DIM: return ROLE_DIM;
    case TONE_PLAIN: break;
    }
    return ROLE_TEXT;
}

bool cell_number(struct rows_cell cell, int64_t *number)
{
    return !cell.null && text_to_int64((struct span){cell.text, cell.length}, number);
}

bool cell_true(struct rows_cell cell)
{
    return !cell.null && cell.length > 0 && (cell.text[0] == 't' || cell.text[0] == 'T');
}

const char *count_text(int64_t count, char out[MONEY_TEXT])
{
    return money_text(count, 0, true, out);
}

const char *duration_text(int64_t seconds, char out[24])
{
    int64_t whole = seconds < 0 ? 0 : seconds;
    if (whole < MINUTE_S)
        snprintf(out, 24, "%llds", (long long)whole);
    else if (whole < HOUR_S)
        snprintf(out, 24, "%lldm", (long long)(whole / MINUTE_S));
    else if (whole < 2 * DAY_S)
        snprintf(out, 24, "%lldh", (long long)(whole / HOUR_S));
    else
        snprintf(out, 24, "%lldd", (long long)(whole / DAY_S));
    return out;
}

const char *percent_text(int64_t hundredths, char out[24])
{
    if (hundredths < 0 || hundredths > 10000000)
        snprintf(out, 24, "?");
    else if (hundredths % 100 == 0)
        snprintf(out, 24, "%lld %%", (long long)(hundredths / 100));
    else
        snprintf(out, 24, "%lld.%02lld %%", (long long)(hundredths / 100),
                 (long long)(hundredths % 100));
    return out;
}

static int exponent_of(const struct view_world *world, const char *currency)
{
    struct currency code;
    int exponent = currency_parse(span_of(currency), &code) ? currency_exponent(code) : -1;
    return exponent < 0 ? world->exponent : exponent;
}

const char *amount_text(const struct view_world *world, int64_t minor, const char *currency,
                        char out[MONEY_TEXT + 8])
{
    char number[MONEY_TEXT];
    money_text(minor, exponent_of(world, currency), true, number);
    snprintf(out, MONEY_TEXT + 8, "%s%s%.4s", number, currency[0] == '\0' ? "" : " ", currency);
    return out;
}

/* PostgreSQL writes a blank for T and +00 for +00:00. */
bool timestamp_parse(struct span text, time_us *out)
{
    char copy[TIME_TEXT + 8];
    if (text.length < 16 || text.length + 4 > sizeof copy)
        return false;
    memcpy(copy, text.data, text.length);
    copy[text.length] = '\0';
    copy[10] = 'T';
    size_t length = text.length;
    if (copy[length - 3] == '+' || copy[length - 3] == '-') {
        memcpy(copy + length, ":00", 4);
        length += 3;
    }
    return time_parse((struct span){copy, length}, out);
}

const char *moment_text(const struct view_world *world, time_us at, bool seconds, char out[24])
{
    char clock[9], day[DATE_TEXT];
    int length = seconds ? 8 : 5;
    time_clock_text(at, world->utc_offset_s, clock);
    date_day then = time_day(at, world->utc_offset_s);
    date_day today = time_day(world->clock.now, world->utc_offset_s);
    date_text(then, day);
    if (then == today)
        snprintf(out, 24, "%.*s", length, clock);
    else if (then - today > -300 && then - today < 300)
        snprintf(out, 24, "%s %.*s", day + 5, length, clock);
    else
        snprintf(out, 24, "%s", day);
    return out;
}

const char *countdown_text(int64_t seconds, char out[24])
{
    if (seconds < 0)
        seconds = 0;
    if (seconds < HOUR_S)
        snprintf(out, 24, "%02lld:%02lld", (long long)(seconds / 60), (long long)(seconds % 60));
    else
        duration_text(seconds, out);
    return out;
}

static void show_time(const struct view_world *world, const struct field *field,
                      struct rows_cell cell, struct shown *out)
{
    time_us at = 0;
    char text[24];
    if (!timestamp_parse((struct span){cell.text, cell.length}, &at)) {
        snprintf(out->text, sizeof out->text, "%s", cell.text);
        return;
    }
    if (field->type == FIELD_COUNTDOWN)
        /* Rounded up: what is not due yet never shows as due. */
        countdown_text((at - world->clock.now + 999999) / 1000000, text);
    else
        moment_text(world, at, field->type == FIELD_MOMENT, text);
    snprintf(out->text, sizeof out->text, "%s", text);
}

static void show_money(const struct view_world *world, int64_t minor, const char *currency,
                       struct shown *out)
{
    char number[MONEY_TEXT];
    int exponent = exponent_of(world, currency);
    money_text(minor, exponent, true, number);
    /* Points stand under each other: what has fewer digits after the point gets blanks. */
    int blanks = exponent >= 2 ? 0 : exponent == 1 ? 1 : 3;
    snprintf(out->text, sizeof out->text, "%s%*s", number, blanks, "");
    out->role = minor < 0 ? ROLE_NEGATIVE : ROLE_TEXT;
}

/* A code is a word, and what is not well has a mark too (UI.md lesson 9). */
static void show_code(const struct field *field, struct rows_cell cell, bool ascii,
                      struct shown *out)
{
    const struct field_value *value = field_value_find(field, cell.text);
    if (value == NULL) {
        snprintf(out->text, sizeof out->text, "%s", cell.text);
        return;
    }
    const char *mark = value->tone == TONE_WARNING ? "! "
                       : value->tone == TONE_BAD ? (ascii ? "x " : "✗ ") : "";
    snprintf(out->text, sizeof out->text, "%s%s", mark, _(value->label));
    out->role = tone_role(value->tone);
}

/* All but the last four characters are hidden, whatever the length. */
static void show_account(struct rows_cell cell, struct shown *out)
{
    struct span text = {cell.text, cell.length};
    size_t from = text.length;
    for (int i = 0; i < 4 && from > 0; i++)
        from -= text_grapheme_before(text, from);
    bool hidden = from > 0;
    snprintf(out->text, sizeof out->text, "%s%s", hidden ? "**** " : "",
             hidden ? cell.text + from : "****");
}

static void show_number(const struct view_world *world, const struct field *field, int64_t number,
                        const char *currency, struct shown *out)
{
    char text[MONEY_TEXT];
    switch (field->type) {
    case FIELD_MONEY:
        show_money(world, number, currency, out);
        return;
    case FIELD_COUNT:
        count_text(number, text);
        break;
    case FIELD_PERCENT:
        percent_text(number, text);
        break;
    default:
        duration_text(number, text);
        break;
    }
    snprintf(out->text, sizeof out->text, "%s", text);
}

void value_show(const struct view_world *world, const struct field *field, struct rows_cell cell,
                const char *currency, bool ascii, struct shown *out)
{
    int64_t number = 0;
    bool numeric = field->type == FIELD_MONEY || field->type == FIELD_COUNT ||
                   field->type == FIELD_PERCENT || field->type == FIELD_DURATION;
    out->role = ROLE_TEXT;
    out->right = numeric || field->type == FIELD_COUNTDOWN;
    out->text[0] = '\0';
    if (cell.null) {
        snprintf(out->text, sizeof out->text, "%s", numeric ? "-" : "");
        out->role = ROLE_DIM;
    } else if (numeric && cell_number(cell, &number)) {
        show_number(world, field, number, currency, out);
    } else if (field->type == FIELD_TIME || field->type == FIELD_MOMENT ||
               field->type == FIELD_COUNTDOWN) {
        show_time(world, field, cell, out);
    } else if (field->type == FIELD_CODE) {
        show_code(field, cell, ascii, out);
    } else if (field->type == FIELD_ACCOUNT) {
        show_account(cell, out);
    } else if (field->type == FIELD_BOOL) {
        snprintf(out->text, sizeof out->text, "%s", cell_true(cell) ? _("yes") : _("no"));
    } else {
        char words[4 * SHOWN_TEXT_MAX];
        snprintf(out->text, sizeof out->text, "%.*s", SHOWN_TEXT_MAX - 1,
                 field->words ? stored_text(world, cell.text, words, sizeof words) : cell.text);
    }
}

void cell_show(const struct view_world *world, const struct field *field, const struct page *page,
               size_t row, bool ascii, struct shown *out)
{
    const char *currency = "";
    if (field->type == FIELD_MONEY && field->currency != NULL)
        currency = page_named(page, row, field->currency).text;
    value_show(world, field, page_named(page, row, field->name), currency, ascii, out);
}

void cell_draw(struct surface *surface, int row, int col, int width, const struct shown *shown,
               bool selected)
{
    bool plain = shown->role == ROLE_TEXT || shown->role == ROLE_DIM;
    enum text_role role = selected && plain ? ROLE_SELECTED : shown->role;
    if (!shown->right) {
        surface_text(surface, row, col, width, role, shown->text);
        return;
    }
    /* A number without its beginning or end is another number: better none. */
    if (text_width(span_of(shown->text)) > width) {
        surface_fill(surface, row, col, width, role);
        for (int i = 0; i < width; i++)
            surface_text(surface, row, col + i, 1, role, "#");
        return;
    }
    surface_right(surface, row, col, width, role, shown->text);
}

/* Takes the next line of at most `width` cells off a sentence. It breaks at a blank, if there is
 * one in the line; the last line takes everything, so that drawing it shows what was cut. */
static struct span next_line(struct span *rest, int width, bool last)
{
    int cells = 0;
    size_t bytes = text_cut(*rest, width, &cells), length = bytes;
    if (last) {
        length = rest->length;
    } else if (bytes < rest->length) {
        while (length > 0 && rest->data[length] != ' ' && rest->data[length - 1] != ' ')
            length--;
        length = length == 0 ? bytes : length;
    }
    struct span line = {rest->data, length};
    *rest = span_trim((struct span){rest->data + length, rest->length - length});
    return line;
}

int wrapped_rows(int width, int max_rows, const char *text)
{
    char safe[WRAPPED_MAX];
    struct span rest = {safe, text_printable(safe, sizeof safe, span_of(text))};
    int rows = 0;
    while (rest.length > 0 && rows < max_rows && next_line(&rest, width, false).length > 0)
        rows++;
    return rows;
}

int draw_wrapped(struct surface *surface, int row, int col, int width, int max_rows,
                 enum text_role role, const char *text)
{
    char safe[WRAPPED_MAX];
    struct span rest = {safe, text_printable(safe, sizeof safe, span_of(text))};
    int rows = 0;
    while (rest.length > 0 && rows < max_rows) {
        struct span line = next_line(&rest, width, rows + 1 == max_rows);
        if (line.length == 0)
            break;
        surface_span(surface, row + rows++, col, width, role, line);
    }
    return rows;
}
