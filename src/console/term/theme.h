/* Themes: how each role looks. Private to term. */
#ifndef DAYBOOK_CONSOLE_TERM_THEME_H
#define DAYBOOK_CONSOLE_TERM_THEME_H

#include "daybook/term/terminal.h"

enum { STYLE_BOLD = 1, STYLE_DIM = 2, STYLE_REVERSE = 4, STYLE_UNDERLINE = 8 };

struct style {
    int8_t color; /* of the terminal's own palette, 0..15; -1: its default */
    uint8_t flags;
};

/* color false: the same as THEME_MONO. */
struct style theme_style(enum terminal_theme theme, enum text_role role, bool color);

#endif
