/* Today: payouts in doubt. One line where room is short, else a line a channel. */
#include <stdio.h>

#include "today.h"

enum { ROOMY = 26, CHANNELS_MAX = 8, CURVE_STEPS = 9 };

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

static size_t channels(const struct pen *pen)
{
    const struct page *page = set_of(pen, TODAY_EXPOSURE);
    return page == NULL ? 0 : page->row_count;
}

int today_doubt_rows(const struct pen *pen, int room)
{
    size_t count = channels(pen);
    if (room < ROOMY || count == 0)
        return 1;
    return 1 + (int)(count > CHANNELS_MAX ? CHANNELS_MAX : count);
}

static int64_t doubtful(const struct page *page)
{
    int64_t count = 0;
    for (size_t i = 0; page != NULL && i < page->row_count; i++)
        count += number_of(page, i, "doubtful");
    return count;
}

/* After how many questions the bank gave its last word: a column a question, the last one for all
 * that took longer. Drawn flush right; returns where it begins. */
static int draw_curve(const struct pen *pen, int row)
{
    const struct page *page = set_of(pen, TODAY_RESOLVED);
    int64_t counts[CURVE_STEPS + 1] = {0}, largest = 0;
    const char *label = _("answered after");
    int end = pen->area.cols - 1, width = text_width(span_of(label));
    for (size_t i = 0; page != NULL && i < page->row_count; i++) {
        int64_t after = number_of(page, i, "after");
        int64_t *count = &counts[after < 0 ? 0 : after > CURVE_STEPS ? CURVE_STEPS : after];
        *count += number_of(page, i, "count");
        largest = *count > largest ? *count : largest;
    }
    if (largest == 0)
        return end;
    int col = end - CURVE_STEPS - 1;
    for (int i = 0; i <= CURVE_STEPS; i++) {
        int level = counts[i] == 0 ? 0 : 1 + (int)(counts[i] * 7 / largest);
        surface_spark(pen->surface, row, col + i, level, ROLE_INFO);
    }
    surface_text(pen->surface, row, col - width - 2, width, ROLE_DIM, label);
    return col - width - 2;
}

static void short_line(const struct pen *pen, int col, int end)
{
    const struct page *page = set_of(pen, TODAY_EXPOSURE);
    for (size_t i = 0; i < channels(pen); i++) {
        char text[96], count[MONEY_TEXT];
        snprintf(text, sizeof text, "%.16s %s", page_named(page, i, "channel").text,
                 count_text(number_of(page, i, "doubtful"), count));
        int width = text_width(span_of(text));
        if (col + width + 2 > end)
            return;
        col = surface_put(pen->surface, pen->row, col, ROLE_TEXT, text) + 3;
    }
}

static void channel_line(const struct pen *pen, size_t i)
{
    static const struct field due = {.name = "due_at", .type = FIELD_TIME};
    const struct page *page = set_of(pen, TODAY_EXPOSURE);
    struct shown shown;
    char text[MONEY_TEXT + 8], age[24];
    int row = pen->row;
    surface_text(pen->surface, row, 2, 14, ROLE_TEXT, page_named(page, i, "channel").text);
    surface_right(pen->surface, row, 17, 6, ROLE_TEXT,
                  count_text(number_of(page, i, "doubtful"), text));
    amount_text(pen->world, number_of(page, i, "amount"), page_named(page, i, "currency").text,
                text);
    surface_right(pen->surface, row, 24, 19, ROLE_TEXT, text);
    int col = surface_printf(pen->surface, row, 46, ROLE_WARNING, _("presumed %s"),
                             count_text(number_of(page, i, "presumed"), text)) + 2;
    if (!page_named(page, i, "oldest_s").null)
        surface_printf(pen->surface, row, col < 62 ? 62 : col, ROLE_TEXT, _("oldest %s"),
                       duration_text(number_of(page, i, "oldest_s"), age));
    cell_show(pen->world, &due, page, i, pen->surface->ascii, &shown);
    if (shown.text[0] != '\0')
        surface_printf(pen->surface, row, 76, ROLE_DIM, _("file due %s"), shown.text);
    else if (page_named(page, i, "has_statement").text[0] == 'N')
        surface_put(pen->surface, row, 76, ROLE_DIM, _("no file comes"));
}

void today_draw_doubt(struct pen *pen, int rows)
{
    const struct page *page = set_of(pen, TODAY_EXPOSURE);
    char count[MONEY_TEXT];
    if (page == NULL) {
        pen->row += rows;
        return;
    }
    int64_t all = doubtful(page);
    int end = draw_curve(pen, pen->row);
    int col = all == 0 ? surface_put(pen->surface, pen->row, 1, ROLE_DIM,
                                     _("Every bank has answered."))
                       : surface_printf(pen->surface, pen->row, 1, ROLE_HEADING,
                                        _("Payouts in doubt  %s"), count_text(all, count));
    if (rows == 1)
        short_line(pen, col + 3, end);
    pen->row++;
    for (int i = 1; i < rows; i++, pen->row++)
        channel_line(pen, (size_t)i - 1);
}
