/* Columns of a table: which fit, where they stand, and one row of them. */
#include <string.h>

#include "inside.h"

enum { GAP = 2, NARROW_GAP = 1, GROW_MAX = 30, WORDS_MORE = 6, PRIORITY_LAST = 9 };

static int gap_of(const struct placement *placement)
{
    return placement->narrow ? NARROW_GAP : GAP;
}

static const char *label_of(const struct placement *placement, const struct screen_column *column)
{
    return _(placement->narrow && column->narrow > 0 ? column->narrow_label : column->label);
}

/* The widest of a code's words with its mark: cut, a word may be another one. */
static int words_width(const struct field *field)
{
    int widest = 0;
    for (size_t i = 0; i < field->value_count; i++) {
        const struct field_value *value = &field->values[i];
        bool marked = value->tone == TONE_WARNING || value->tone == TONE_BAD;
        int width = text_width(span_of(_(value->label))) + (marked ? 2 : 0);
        widest = width > widest ? width : widest;
    }
    return widest;
}

static int column_width(const struct placement *placement, const struct screen_column *column)
{
    int width = column->width, label = text_width(span_of(label_of(placement, column)));
    if (placement->narrow && column->narrow > 0)
        return label > column->narrow ? label : column->narrow;
    int words = column->field->type == FIELD_CODE ? words_width(column->field) : 0;
    if (words > width)
        width = words < width + WORDS_MORE ? words : width + WORDS_MORE;
    return label > width ? label : width;
}

static int total_width(const struct placement *placement)
{
    int total = 0;
    for (size_t i = 0; i < placement->count; i++)
        total += placement->placed[i].width + (i > 0 ? gap_of(placement) : 0);
    return total;
}

static void remove_at(struct placement *placement, size_t at)
{
    memmove(placement->placed + at, placement->placed + at + 1,
            (placement->count - 1 - at) * sizeof placement->placed[0]);
    placement->count--;
    placement->hidden++;
}

/* The larger, the sooner the column goes: what has no narrow form before what has, then by
 * priority. */
static int expendable(const struct screen_column *column)
{
    if (column->frozen)
        return 0;
    return column->field->priority + (column->narrow > 0 ? 0 : PRIORITY_LAST);
}

/* The column that goes first, of equals the one furthest right. Once the operator has scrolled
 * sideways, simply the last. */
static size_t least_wanted(const struct placement *placement, bool scrolled)
{
    size_t least = placement->count - 1;
    for (size_t i = placement->count; !scrolled && i-- > 0;) {
        if (expendable(placement->placed[i].column) > expendable(placement->placed[least].column))
            least = i;
    }
    return least;
}

static void grow(struct placement *placement, int room)
{
    for (size_t i = 0; i < placement->count && room > 0; i++) {
        struct placed_column *placed = &placement->placed[i];
        if (!placed->column->field->grow)
            continue;
        int more = room < GROW_MAX ? room : GROW_MAX;
        placed->width += more;
        room -= more;
    }
}

static bool is_placed(const struct placement *placement, const struct screen_column *column)
{
    for (size_t i = 0; i < placement->count; i++) {
        if (placement->placed[i].column == column)
            return true;
    }
    return false;
}

static void insert(struct placement *placement, const struct screen_column *column)
{
    size_t at = placement->count;
    while (at > 0 && placement->placed[at - 1].column > column)
        at--;
    memmove(placement->placed + at + 1, placement->placed + at,
            (placement->count - at) * sizeof placement->placed[0]);
    placement->placed[at] = (struct placed_column){.column = column,
                                                   .width = column_width(placement, column)};
    placement->count++;
    placement->hidden--;
}

/* A wide column that had to go leaves room for narrow ones that went before it: best first. */
static void take_back(const struct screen *screen, struct placement *placement, int width)
{
    for (int priority = 1; priority <= PRIORITY_LAST && placement->hidden > 0; priority++) {
        for (size_t i = 0; i < screen->column_count; i++) {
            const struct screen_column *column = &screen->columns[i];
            int room = width - total_width(placement) - gap_of(placement);
            if (column->field->priority == priority &&
                column_width(placement, column) <= room &&
                !is_placed(placement, column))
                insert(placement, column);
        }
    }
}

/* Those that fit, each at its least width. */
static void choose(const struct screen *screen, int width, size_t shift, struct placement *out)
{
    size_t moving = 0;
    for (size_t i = 0; i < screen->column_count; i++) {
        const struct screen_column *column = &screen->columns[i];
        if (!column->frozen && moving++ < shift) {
            out->hidden_left++;
            continue;
        }
        out->placed[out->count++] =
            (struct placed_column){.column = column, .width = column_width(out, column)};
    }
    while (out->count > 1 && total_width(out) > width)
        remove_at(out, least_wanted(out, shift > 0));
    if (shift == 0)
        take_back(screen, out, width);
}

/* A column went that would rather have been narrow. */
static bool misses_narrow(const struct screen *screen, const struct placement *placement)
{
    for (size_t i = 0; i < screen->column_count; i++) {
        if (screen->columns[i].narrow > 0 && !is_placed(placement, &screen->columns[i]))
            return true;
    }
    return false;
}

void columns_place(const struct screen *screen, int col, int width, size_t shift,
                   struct placement *out)
{
    *out = (struct placement){0};
    choose(screen, width, shift, out);
    if (shift == 0 && misses_narrow(screen, out)) {
        *out = (struct placement){.narrow = true};
        choose(screen, width, shift, out);
    }
    grow(out, width - total_width(out));
    for (size_t i = 0; i < out->count; i++) {
        out->placed[i].col = col;
        col += out->placed[i].width + gap_of(out);
    }
}

static bool stands_right(const struct field *field)
{
    return field->type == FIELD_MONEY || field->type == FIELD_COUNT ||
           field->type == FIELD_PERCENT || field->type == FIELD_DURATION ||
           field->type == FIELD_COUNTDOWN;
}

void columns_draw_headings(struct surface *surface, int row, const struct placement *placement)
{
    for (size_t i = 0; i < placement->count; i++) {
        const struct placed_column *placed = &placement->placed[i];
        const char *label = label_of(placement, placed->column);
        if (stands_right(placed->column->field))
            surface_right(surface, row, placed->col, placed->width, ROLE_HEADING, label);
        else
            surface_text(surface, row, placed->col, placed->width, ROLE_HEADING, label);
    }
}

void columns_draw_row(struct surface *surface, int row, const struct view_world *world,
                      const struct placement *placement, const struct page *page, size_t page_row,
                      bool selected)
{
    struct shown shown;
    for (size_t i = 0; i < placement->count; i++) {
        const struct placed_column *placed = &placement->placed[i];
        cell_show(world, placed->column->field, page, page_row, surface->ascii, &shown);
        cell_draw(surface, row, placed->col, placed->width, &shown, selected);
    }
}
