/* A surface: cells by row and column in memory. Views draw into it, terminal_show() carries what
 * has changed to the terminal. Every text passes text_printable() here, whatever was done
 * before. */
#ifndef DAYBOOK_TERM_SURFACE_H
#define DAYBOOK_TERM_SURFACE_H

#include "daybook/base/text.h"

enum { SURFACE_ROWS_MAX = 300, SURFACE_COLS_MAX = 600 };

/* What a text means; a theme says how that looks (UI.md lesson 9). */
enum text_role {
    ROLE_TEXT,
    ROLE_OK,
    ROLE_WARNING,
    ROLE_BAD,
    ROLE_INFO,
    ROLE_KEY,      /* the letter of a key in the key bar */
    ROLE_NEGATIVE, /* amounts below zero */
    ROLE_SELECTED, /* the cursor's row */
    ROLE_TITLE,    /* the one reversed line */
    ROLE_TITLE_PROD, /* the environment's word in it, when it is PROD */
    ROLE_DIM,
    ROLE_HEADING,
    ROLE_MARKED,
    ROLE_INPUT,    /* a field to type in */
    ROLE_COUNT
};

struct surface_cell {
    int32_t characters[3]; /* a base and at most two marks; 0 ends. characters[0] 0: right half */
    uint8_t role;
};

struct area {
    int row, col, rows, cols;
};

struct surface {
    struct surface_cell *cells; /* rows * cols */
    int rows, cols;
    int cursor_row, cursor_col; /* -1: hidden */
    bool ascii;                 /* draw pictures with ASCII characters */
};

void surface_init(struct surface *surface, int rows, int cols); /* clamped to the maxima */
void surface_free(struct surface *surface);
void surface_resize(struct surface *surface, int rows, int cols);
void surface_begin(struct surface *surface); /* all blank, no cursor */
struct area surface_area(const struct surface *surface);

/* Draws text in at most `width` cells and fills the rest of the width with blanks; returns the
 * cells the text itself took. Text that does not fit ends in `~`. Outside the surface nothing is
 * drawn. */
int surface_text(struct surface *surface, int row, int col, int width, enum text_role role,
                 const char *text);
int surface_span(struct surface *surface, int row, int col, int width, enum text_role role,
                 struct span text);
/* The same, flush right. */
void surface_right(struct surface *surface, int row, int col, int width, enum text_role role,
                   const char *text);
/* As surface_text without the filling; returns the column after the text. */
int surface_put(struct surface *surface, int row, int col, enum text_role role, const char *text);
int surface_printf(struct surface *surface, int row, int col, enum text_role role,
                   const char *format, ...) __attribute__((format(printf, 5, 6)));
void surface_fill(struct surface *surface, int row, int col, int width, enum text_role role);
void surface_clear(struct surface *surface, struct area area);
void surface_role(struct surface *surface, int row, int col, int width, enum text_role role);
void surface_rule(struct surface *surface, int row, int col, int width); /* one thin line */
void surface_cursor(struct surface *surface, int row, int col);
/* Copies rows of another surface into an area, from its row `from_row` on; its cursor comes along
 * when it is inside. */
void surface_copy(struct surface *surface, struct area area, const struct surface *from,
                  int from_row);

/* A bar of `part` in `whole` over `width` cells, in eighth blocks or `#`; at least a sliver for any
 * part above 0. Returns nothing drawn for whole <= 0. */
void surface_bar(struct surface *surface, int row, int col, int width, int64_t part, int64_t whole,
                 enum text_role role);
/* One column of a sparkline: 0..8 eighths high (` ` .. full; ASCII ` .:-=+*#%`). */
void surface_spark(struct surface *surface, int row, int col, int eighths, enum text_role role);

/* Small pictures with an ASCII form. */
enum glyph {
    GLYPH_DOT, GLYPH_CIRCLE, GLYPH_CHECK, GLYPH_CROSS, GLYPH_WARNING, GLYPH_CRUMB, GLYPH_COLUMN,
    GLYPH_UP, GLYPH_DOWN, GLYPH_MIDDLE, GLYPH_DASH, GLYPH_NEXT, GLYPH_COUNT
};
const char *surface_glyph(const struct surface *surface, enum glyph glyph);

/* Text of one row without blanks at the end, for tests; out gets UTF-8. */
size_t surface_row_text(const struct surface *surface, int row, char *out, size_t out_size);

#endif
