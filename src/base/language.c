/* Languages by gettext, whatever locales the system has. */
#include "daybook/base/language.h"

#include <langinfo.h>
#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOMAIN "daybook"

struct language {
    const char *name;   /* as in screens/po */
    const char *prefix; /* of a locale's name */
    const char *locale; /* for LC_MESSAGES: "C" switches translation off */
};

static const struct language languages[] = {
    {.name = "en", .prefix = "en", .locale = "C"},
    {.name = "zh_CN", .prefix = "zh", .locale = "zh_CN.UTF-8"},
};

/* A process speaks one language, as it has one locale; set before threads start. */
static const struct language *language_chosen = &languages[0];

const char *_(const char *text)
{
    /* gettext answers "" with the catalogue's header. */
    const char *said = text[0] == '\0' ? text : dgettext(DOMAIN, text);
    if (said != text)
        return said;
    size_t context = strspn(text, "abcdefghijklmnopqrstuvwxyz");
    return context > 0 && text[context] == '|' ? text + context + 1 : text;
}

const char *language_plural(const char *one, const char *many, unsigned long count)
{
    return dngettext(DOMAIN, one, many, count);
}

const char *language_current(void)
{
    return language_chosen->name;
}

/* The language a locale's name begins with; English for "C" and where there is no catalogue. */
static const struct language *language_of_locale(const char *locale)
{
    for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++)
        if (strncmp(locale, languages[i].prefix, strlen(languages[i].prefix)) == 0)
            return &languages[i];
    return &languages[0];
}

static const struct language *language_of_environment(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = getenv(variables[i]);
        if (value == NULL || value[0] == '\0')
            continue;
        /* C.UTF-8 says an encoding and no language: the next variable may say one. */
        if (strncmp(value, "C.", 2) == 0)
            continue;
        return language_of_locale(value);
    }
    return &languages[0];
}

static const struct language *language_by_name(const char *name)
{
    for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++)
        if (strcmp(name, languages[i].name) == 0)
            return &languages[i];
    return NULL;
}

static bool locale_is_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* setlocale() with our own locales in front of the system's. LOCPATH is put back: it is ours to use
 * and not the environment's to keep. */
static bool setlocale_private(int category, const char *name, const char *locale_dir)
{
    char saved[PATH_MAX];
    const char *before = getenv("LOCPATH");
    int length = snprintf(saved, sizeof saved, "%s", before != NULL ? before : "");
    bool keep = before != NULL && length >= 0 && (size_t)length < sizeof saved;
    if (setenv("LOCPATH", locale_dir, 1) != 0)
        return false;
    bool found = setlocale(category, name) != NULL;
    if (keep)
        setenv("LOCPATH", saved, 1);
    else
        unsetenv("LOCPATH");
    return found;
}

static bool ctype_start(const char *locale_dir)
{
    if (setlocale(LC_CTYPE, "") != NULL && locale_is_utf8())
        return true;
    if (setlocale(LC_CTYPE, "C.UTF-8") != NULL && locale_is_utf8())
        return true;
    return setlocale_private(LC_CTYPE, "zh_CN.UTF-8", locale_dir) && locale_is_utf8();
}

static bool messages_start(const struct language *language, const char *locale_dir)
{
    if (setlocale(LC_MESSAGES, language->locale) == NULL
        && !setlocale_private(LC_MESSAGES, language->locale, locale_dir)
        && setlocale(LC_MESSAGES, "C.UTF-8") == NULL)
        return false;
    /* gettext prefers LANGUAGE to the locale, so it must say the same. */
    return setenv("LANGUAGE", language->name, 1) == 0
           && bindtextdomain(DOMAIN, locale_dir) != NULL
           && bind_textdomain_codeset(DOMAIN, "UTF-8") != NULL;
}

bool language_start(const char *language, const char *share_dir, struct error *error)
{
    const struct language *chosen =
        language != NULL ? language_by_name(language) : language_of_environment();
    if (chosen == NULL)
        return error_set(error, ERROR_USAGE,
                         "There is no language '%s'; there are en and zh_CN.", language);
    char locale_dir[PATH_MAX];
    int length = snprintf(locale_dir, sizeof locale_dir, "%s/locale", share_dir);
    if (length < 0 || (size_t)length >= sizeof locale_dir)
        return error_set(error, ERROR_LIMIT, "The path of the shared files is too long.");
    if (!ctype_start(locale_dir))
        return error_set(error, ERROR_SYSTEM,
                         "No UTF-8 locale was found, neither the system's C.UTF-8 nor one in %s.",
                         locale_dir);
    if (!messages_start(chosen, locale_dir))
        return error_set(error, ERROR_SYSTEM, "The locale %s was not found, nor one in %s.",
                         chosen->locale, locale_dir);
    language_chosen = chosen;
    return true;
}
