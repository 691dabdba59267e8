/* Themes: roles to the terminal's own palette (UI.md lesson 9). No theme sets a background: the
 * terminal's is kept, and the one reversed line and what is bold carry the rest. */
#include "theme.h"

#include <string.h>

enum { RED = 1, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE, BRIGHT = 8 };
#define NONE (-1)

typedef struct style style_table[ROLE_COUNT];

static const style_table automatic = {
    [ROLE_TEXT] = {.color = NONE},
    [ROLE_OK] = {.color = GREEN},
    [ROLE_WARNING] = {.color = YELLOW},
    [ROLE_BAD] = {.color = RED, .flags = STYLE_BOLD},
    [ROLE_INFO] = {.color = CYAN},
    [ROLE_KEY] = {.color = CYAN, .flags = STYLE_BOLD},
    [ROLE_NEGATIVE] = {.color = RED},
    [ROLE_SELECTED] = {.color = NONE, .flags = STYLE_BOLD},
    [ROLE_TITLE] = {.color = NONE, .flags = STYLE_REVERSE},
    [ROLE_TITLE_PROD] = {.color = RED, .flags = STYLE_REVERSE | STYLE_BOLD},
    [ROLE_DIM] = {.color = NONE, .flags = STYLE_DIM},
    [ROLE_HEADING] = {.color = NONE, .flags = STYLE_DIM},
    [ROLE_MARKED] = {.color = YELLOW, .flags = STYLE_BOLD},
    [ROLE_INPUT] = {.color = NONE, .flags = STYLE_UNDERLINE}};

static const style_table mono = {
    [ROLE_TEXT] = {.color = NONE},
    [ROLE_OK] = {.color = NONE},
    [ROLE_WARNING] = {.color = NONE, .flags = STYLE_BOLD},
    [ROLE_BAD] = {.color = NONE, .flags = STYLE_BOLD},
    [ROLE_INFO] = {.color = NONE},
    [ROLE_KEY] = {.color = NONE, .flags = STYLE_BOLD},
    [ROLE_NEGATIVE] = {.color = NONE},
    [ROLE_SELECTED] = {.color = NONE, .flags = STYLE_BOLD},
    [ROLE_TITLE] = {.color = NONE, .flags = STYLE_REVERSE},
    [ROLE_TITLE_PROD] = {.color = NONE, .flags = STYLE_REVERSE | STYLE_BOLD},
    [ROLE_DIM] = {.color = NONE, .flags = STYLE_DIM},
    [ROLE_HEADING] = {.color = NONE, .flags = STYLE_DIM},
    [ROLE_MARKED] = {.color = NONE, .flags = STYLE_BOLD},
    [ROLE_INPUT] = {.color = NONE, .flags = STYLE_UNDERLINE}};

/* What a theme changes of the automatic one: colours by role, 0 keeps. */
struct change {
    int8_t ok, warning, bad, info, key, negative, marked;
};

static const struct change changes[] = {
    [THEME_DARK] = {.ok = BRIGHT + GREEN, .warning = BRIGHT + YELLOW, .bad = BRIGHT + RED,
                    .info = BRIGHT + CYAN, .key = BRIGHT + CYAN, .negative = BRIGHT + RED,
                    .marked = BRIGHT + YELLOW},
    [THEME_LIGHT] = {.ok = GREEN, .warning = MAGENTA, .bad = RED, .info = BLUE, .key = BLUE,
                     .negative = RED, .marked = MAGENTA},
    [THEME_GREEN] = {.ok = GREEN, .warning = BRIGHT + GREEN, .bad = BRIGHT + GREEN, .info = GREEN,
                     .key = BRIGHT + GREEN, .negative = BRIGHT + GREEN, .marked = BRIGHT + GREEN},
    [THEME_HIGH_CONTRAST] = {.ok = BRIGHT + GREEN, .warning = BRIGHT + YELLOW,
                             .bad = BRIGHT + RED, .info = BRIGHT + WHITE, .key = BRIGHT + WHITE,
                             .negative = BRIGHT + RED, .marked = BRIGHT + YELLOW},
    /* Red and green look alike: blue is well, yellow is not. */
    [THEME_DEUTERANOPIA] = {.ok = BRIGHT + BLUE, .warning = YELLOW, .bad = BRIGHT + YELLOW,
                            .info = CYAN, .key = CYAN, .negative = YELLOW, .marked = YELLOW},
    /* Blue and yellow look alike: cyan is well, red and magenta are not. */
    [THEME_TRITANOPIA] = {.ok = CYAN, .warning = MAGENTA, .bad = BRIGHT + RED, .info = WHITE,
                          .key = CYAN, .negative = RED, .marked = MAGENTA}};

static int8_t changed_color(const struct change *change, enum text_role role)
{
    switch (role) {
    case ROLE_OK: return change->ok;
    case ROLE_WARNING: return change->warning;
    case ROLE_BAD: return change->bad;
    case ROLE_INFO: return change->info;
    case ROLE_KEY: return change->key;
    case ROLE_NEGATIVE: return change->negative;
    case ROLE_MARKED: return change->marked;
    default: return 0;
    }
}

struct style theme_style(enum terminal_theme theme, enum text_role role, bool color)
{
    if (!color || theme == THEME_MONO)
        return mono[role];
    struct style style = automatic[role];
    if ((size_t)theme < sizeof changes / sizeof changes[0]) {
        int8_t changed = changed_color(&changes[theme], role);
        style.color = changed != 0 ? changed : style.color;
    }
    if (theme == THEME_GREEN && style.color == NONE)
        style.color = GREEN;
    if (theme == THEME_HIGH_CONTRAST)
        style.flags = (uint8_t)(style.flags & ~STYLE_DIM);
    return style;
}

static const char *const theme_names[] = {
    [THEME_AUTO] = "auto", [THEME_DARK] = "dark", [THEME_LIGHT] = "light", [THEME_MONO] = "mono",
    [THEME_GREEN] = "green", [THEME_HIGH_CONTRAST] = "high-contrast",
    [THEME_DEUTERANOPIA] = "deuteranopia", [THEME_TRITANOPIA] = "tritanopia"};

const char *terminal_theme_name(enum terminal_theme theme)
{
    return theme_names[theme];
}

bool terminal_theme_find(const char *name, enum terminal_theme *theme)
{
    for (size_t i = 0; i < sizeof theme_names / sizeof theme_names[0]; i++) {
        if (strcmp(theme_names[i], name) == 0) {
            *theme = (enum terminal_theme)i;
            return true;
        }
    }
    return false;
}
