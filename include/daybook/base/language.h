/* Languages by gettext: _() translates, N_() marks a string in a table. */
#ifndef DAYBOOK_BASE_LANGUAGE_H
#define DAYBOOK_BASE_LANGUAGE_H

#include "daybook/base/error.h"

#define N_(text) text

/* The translation of text, or text itself. Never translates "". Where English has one word and
 * others have two, a small word says which is meant: "verb|open", "day|open"; it is not shown. */
const char *_(const char *text) __attribute__((format_arg(1)));
/* Singular and plural forms. */
const char *language_plural(const char *one, const char *many, unsigned long count)
    __attribute__((format_arg(1), format_arg(2)));

/* Chooses the language ("en", "zh_CN", NULL: from LC_ALL, LC_MESSAGES, LANG, LANGUAGE) and makes
 * LC_CTYPE UTF-8 whatever the environment lacks. share_dir holds locale/ (private locales and
 * message catalogues). Call once, before threads. */
bool language_start(const char *language, const char *share_dir, struct error *error);
const char *language_current(void);

#endif
