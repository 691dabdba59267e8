/* A surface: cells in memory, and the one way by which text gets into them. */
#include "daybook/term/surface.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/memory.h"

enum {
    TEXT_BYTES = 4096,        /* printable bytes of one piece of text */
    SOURCE_BYTES = 64 * 1024  /* more of one cell's bytes is never looked at */
};

static const struct {
    const char *wide;
    const char *ascii;
} glyphs[GLYPH_COUNT] = {
    [GLYPH_DOT] = {.wide = "●", .ascii = "*"},
    [GLYPH_CIRCLE] = {.wide = "○", .ascii = "o"},
    [GLYPH_CHECK] = {.wide = "✓", .ascii = "+"},
    [GLYPH_CROSS] = {.wide = "✗", .ascii = "x"},
    [GLYPH_WARNING] = {.wide = "!", .ascii = "!"},
    [GLYPH_CRUMB] = {.wide = "›", .ascii = ">"},
    [GLYPH_COLUMN] = {.wide = "│", .ascii = "|"},
    [GLYPH_UP] = {.wide = "↑", .ascii = "^"},
    [GLYPH_DOWN] = {.wide = "↓", .ascii = "v"},
    [GLYPH_MIDDLE] = {.wide = "·", .ascii = "-"},
    [GLYPH_DASH] = {.wide = "─", .ascii = "-"},
    [GLYPH_NEXT] = {.wide = "▸", .ascii = ">"},
};

const char *surface_glyph(const struct surface *surface, enum glyph glyph)
{
    return surface->ascii ? glyphs[glyph].ascii : glyphs[glyph].wide;
}

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

void surface_init(struct surface *surface, int rows, int cols)
{
    memset(surface, 0, sizeof *surface);
    surface_resize(surface, rows, cols);
}

void surface_free(struct surface *surface)
{
    free(surface->cells);
    surface->cells = NULL;
}

void surface_resize(struct surface *surface, int rows, int cols)
{
    surface->rows = clamp(rows, 1, SURFACE_ROWS_MAX);
    surface->cols = clamp(cols, 1, SURFACE_COLS_MAX);
    size_t count = (size_t)surface->rows * (size_t)surface->cols;
    surface->cells = memory_resize(surface->cells, count, sizeof *surface->cells);
    surface_begin(surface);
}

static struct surface_cell *cell_at(const struct surface *surface, int row, int col)
{
    if (row < 0 || row >= surface->rows || col < 0 || col >= surface->cols)
        return NULL;
    return &surface->cells[row * surface->cols + col];
}

static void cell_set(struct surface_cell *cell, int32_t character, enum text_role role)
{
    *cell = (struct surface_cell){.characters = {character}, .role = (uint8_t)role};
}

/* Overwriting one half of a wide character leaves a blank in the other. */
static void cell_break(struct surface *surface, int row, int col)
{
    struct surface_cell *cell = cell_at(surface, row, col);
    struct surface_cell *left = cell_at(surface, row, col - 1);
    struct surface_cell *right = cell_at(surface, row, col + 1);
    if (cell == NULL)
        return;
    if (cell->characters[0] == 0 && left != NULL)
        cell_set(left, ' ', left->role);
    else if (cell->characters[0] != 0 && right != NULL && right->characters[0] == 0)
        cell_set(right, ' ', right->role);
}

void surface_begin(struct surface *surface)
{
    int count = surface->rows * surface->cols;
    for (int i = 0; i < count; i++)
        cell_set(&surface->cells[i], ' ', ROLE_TEXT);
    surface->cursor_row = surface->cursor_col = -1;
}

struct area surface_area(const struct surface *surface)
{
    return (struct area){0, 0, surface->rows, surface->cols};
}

void surface_cursor(struct surface *surface, int row, int col)
{
    surface->cursor_row = row;
    surface->cursor_col = col;
}

void surface_fill(struct surface *surface, int row, int col, int width, enum text_role role)
{
    if (width > 0) {
        cell_break(surface, row, col);
        cell_break(surface, row, col + width - 1);
    }
    for (int i = 0; i < width; i++) {
        struct surface_cell *cell = cell_at(surface, row, col + i);
        if (cell != NULL)
            cell_set(cell, ' ', role);
    }
}

void surface_clear(struct surface *surface, struct area area)
{
    for (int row = 0; row < area.rows; row++)
        surface_fill(surface, area.row + row, area.col, area.cols, ROLE_TEXT);
}

void surface_copy(struct surface *surface, struct area area, const struct surface *from,
                  int from_row)
{
    surface_clear(surface, area);
    for (int row = 0; row < area.rows; row++) {
        for (int col = 0; col < area.cols; col++) {
            const struct surface_cell *source = cell_at(from, from_row + row, col);
            struct surface_cell *cell = cell_at(surface, area.row + row, area.col + col);
            if (source != NULL && cell != NULL)
                *cell = *source;
        }
    }
    int row = from->cursor_row - from_row;
    if (from->cursor_row >= 0 && row >= 0 && row < area.rows)
        surface_cursor(surface, area.row + row, area.col + from->cursor_col);
}

void surface_role(struct surface *surface, int row, int col, int width, enum text_role role)
{
    for (int i = 0; i < width; i++) {
        struct surface_cell *cell = cell_at(surface, row, col + i);
        if (cell != NULL)
            cell->role = (uint8_t)role;
    }
}

/* Puts one character of `width` cells at a place; a mark (width 0) joins the cell before it. */
static void put_character(struct surface *surface, int row, int col, int32_t character, int width,
                          enum text_role role)
{
    if (width == 0) {
        struct surface_cell *cell = cell_at(surface, row, col - 1);
        if (cell != NULL && cell->characters[0] == 0)
            cell = cell_at(surface, row, col - 2);
        for (int i = 1; cell != NULL && i < 3; i++) {
            if (cell->characters[i] == 0) {
                cell->characters[i] = character;
                break;
            }
        }
        return;
    }
    struct surface_cell *cell = cell_at(surface, row, col);
    struct surface_cell *half = width == 2 ? cell_at(surface, row, col + 1) : NULL;
    if (cell == NULL)
        return;
    cell_break(surface, row, col);
    if (width == 2)
        cell_break(surface, row, col + 1);
    cell_set(cell, width == 2 && half == NULL ? ' ' : character, role);
    if (half != NULL)
        cell_set(half, 0, role);
}

/* Draws printable text cell by cell; returns the cells it took. */
static int put_printable(struct surface *surface, int row, int col, enum text_role role,
                         struct span text)
{
    int at = col;
    for (size_t i = 0; i < text.length;) {
        size_t used = 0;
        int32_t character = text_decode(text.data + i, text.length - i, &used);
        int width = text_width((struct span){text.data + i, used});
        put_character(surface, row, at, character, width, role);
        at += width;
        i += used;
    }
    return at - col;
}

/* Makes text printable and cuts it to width, with `~` for what is left out. */
static struct span fit(char out[TEXT_BYTES], struct span text, int width)
{
    if (text.length > SOURCE_BYTES)
        text.length = SOURCE_BYTES;
    struct span safe = {out, text_printable(out, TEXT_BYTES - 1, text)};
    int cells = 0;
    size_t bytes = text_cut(safe, width, &cells);
    if (bytes == safe.length)
        return safe;
    safe.length = text_cut(safe, width - 1, &cells);
    out[safe.length++] = '~';
    return safe;
}

int surface_span(struct surface *surface, int row, int col, int width, enum text_role role,
                 struct span text)
{
    char safe[TEXT_BYTES];
    if (width <= 0)
        return 0;
    struct span fitted = fit(safe, text, width);
    surface_fill(surface, row, col, width, role);
    return put_printable(surface, row, col, role, fitted);
}

int surface_text(struct surface *surface, int row, int col, int width, enum text_role role,
                 const char *text)
{
    return surface_span(surface, row, col, width, role, span_of(text));
}

void surface_right(struct surface *surface, int row, int col, int width, enum text_role role,
                   const char *text)
{
    char safe[TEXT_BYTES];
    if (width <= 0)
        return;
    struct span fitted = fit(safe, span_of(text), width);
    surface_fill(surface, row, col, width, role);
    put_printable(surface, row, col + width - text_width(fitted), role, fitted);
}

int surface_put(struct surface *surface, int row, int col, enum text_role role, const char *text)
{
    char safe[TEXT_BYTES];
    int width = surface->cols - col;
    if (width <= 0)
        return col;
    return col + put_printable(surface, row, col, role, fit(safe, span_of(text), width));
}

int surface_printf(struct surface *surface, int row, int col, enum text_role role,
                   const char *format, ...)
{
    char text[TEXT_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return surface_put(surface, row, col, role, text);
}

void surface_rule(struct surface *surface, int row, int col, int width)
{
    for (int i = 0; i < width; i++)
        put_character(surface, row, col + i, surface->ascii ? '-' : 0x2500, 1, ROLE_DIM);
}

void surface_bar(struct surface *surface, int row, int col, int width, int64_t part, int64_t whole,
                 enum text_role role)
{
    if (whole <= 0 || part <= 0 || width <= 0)
        return;
    int64_t most = (int64_t)width * 8;
    int64_t eighths = part >= whole ? most : (int64_t)((__int128)part * most / whole);
    if (eighths == 0)
        eighths = 1;
    int full = (int)(eighths / 8), rest = (int)(eighths % 8);
    for (int i = 0; i < full; i++)
        put_character(surface, row, col + i, surface->ascii ? '#' : 0x2588, 1, role);
    /* U+258F is one eighth, U+2588 the whole block. */
    if (rest > 0 && !surface->ascii)
        put_character(surface, row, col + full, 0x2590 - rest, 1, role);
    else if (rest >= 4 || (rest > 0 && full == 0))
        put_character(surface, row, col + full, '#', 1, role);
}

void surface_spark(struct surface *surface, int row, int col, int eighths, enum text_role role)
{
    static const char ascii[] = " .:-=+*#%";
    int level = clamp(eighths, 0, 8);
    int32_t wide = level == 0 ? ' ' : 0x2580 + level;
    put_character(surface, row, col, surface->ascii ? ascii[level] : wide, 1, role);
}

size_t surface_row_text(const struct surface *surface, int row, char *out, size_t out_size)
{
    size_t length = 0, end = 0;
    assert(out_size > 0);
    for (int col = 0; col < surface->cols; col++) {
        const struct surface_cell *cell = cell_at(surface, row, col);
        for (int i = 0; cell != NULL && i < 3 && cell->characters[i] != 0; i++) {
            if (length + 5 > out_size)
                break;
            length += text_encode(cell->characters[i], out + length);
            if (cell->characters[i] != ' ')
                end = length;
        }
    }
    out[end] = '\0';
    return end;
}
