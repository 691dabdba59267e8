/* The command line: `:` and a word. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "inside.h"

enum { WORDS_MAX = 64, LINE_MAX_BYTES = 4096 };

/* A line cut at blanks; "..." keeps blanks. */
struct words {
    char text[LINE_MAX_BYTES];
    const char *word[WORDS_MAX];
    size_t count;
    const char *rest; /* of the line as typed, after the first word */
};

typedef void colon_fn(struct console *console, const struct words *words);

static bool words_cut(struct words *words, const char *line)
{
    size_t length = strlen(line), at = 0;
    if (length >= sizeof words->text)
        return false;
    memcpy(words->text, line, length + 1);
    words->count = 0;
    words->rest = line + strspn(line, " ");
    words->rest += strcspn(words->rest, " ");
    words->rest += strspn(words->rest, " ");
    while (at < length && words->count < WORDS_MAX) {
        char *word = words->text + at;
        char end = *word == '"' ? '"' : ' ';
        word += *word == '"';
        size_t n = 0;
        while (word[n] != '\0' && word[n] != end)
            n++;
        at = (size_t)(word - words->text) + n + 1;
        word[n] = '\0';
        if (n > 0)
            words->word[words->count++] = word;
    }
    return true;
}

static const char *word_at(const struct words *words, size_t index)
{
    return index < words->count ? words->word[index] : NULL;
}

/* The value after --name, or NULL; with `flag` the name itself. */
static const char *word_option(const struct words *words, const char *name, bool flag)
{
    for (size_t i = 1; i < words->count; i++)
        if (strncmp(words->word[i], "--", 2) == 0 && strcmp(words->word[i] + 2, name) == 0)
            return flag ? words->word[i] : word_at(words, i + 1);
    return NULL;
}

static void do_quit(struct console *console, const struct words *words)
{
    (void)words;
    console_end(console, 0);
}

static void do_back(struct console *console, const struct words *words)
{
    (void)words;
    places_back(console);
}

static void do_forward(struct console *console, const struct words *words)
{
    (void)words;
    places_forward(console);
}

static void do_refresh(struct console *console, const struct words *words)
{
    (void)words;
    places_reload(console, false);
}

static void do_go(struct console *console, const struct words *words)
{
    const char *name = word_at(words, 1);
    struct error error;
    if (name == NULL)
        console_say(console, "%s", _("Say where: go exceptions."));
    else if (!places_open_object(console, name, word_at(words, 2), &error))
        console_complain(console, &error);
}

static void do_filter(struct console *console, const struct words *words)
{
    struct error error;
    if (!view_filter_words(places_view(console), words->rest, &error))
        console_complain(console, &error);
}

/* Any id finds a payout: number, order, bank's reference, payee, amount. */
static void do_find(struct console *console, const struct words *words)
{
    struct error error;
    if (words->rest[0] == '\0')
        console_say(console, "%s",
                    _("Say what: find SO-88120417, find 12,480.00."));
    else if (!places_open(console, "payouts-found", words->rest, &error))
        console_complain(console, &error);
}

static void do_import(struct console *console, const struct words *words)
{
    const char *path = word_at(words, 1);
    if (path == NULL || path[0] == '-')
        console_say(console, "%s", _("Say what: import FILE or import DIRECTORY "
                                     "[--channel C] [--format F]."));
    else
        job_import(console, path, word_option(words, "channel", false),
                   word_option(words, "format", false));
}

static void do_reconcile(struct console *console, const struct words *words)
{
    job_reconcile(console, word_option(words, "channel", false),
                  word_option(words, "dry-run", true) != NULL,
                  word_option(words, "rules", false));
}

static void do_export(struct console *console, const struct words *words)
{
    job_export(console, word_at(words, 1));
}

static void do_help(struct console *console, const struct words *words)
{
    (void)words;
    frame_help(console->frame);
}

static void do_reconnect(struct console *console, const struct words *words)
{
    (void)words;
    if (console->store != NULL)
        store_reconnect(console->store, clock_monotonic_us());
}

static const struct {
    const char *name;
    const char *help;
    colon_fn *run;
} table[] = {
    {"back", N_("one place back"), do_back},
    {"export", N_("write this list to a CSV file"), do_export},
    {"filter", N_("ask the database: filter channel:ICBC amount>1000"), do_filter},
    {"find", N_("find payouts by number, order, bank reference, payee or amount"), do_find},
    {"forward", N_("one place forward"), do_forward},
    {"go", N_("go to a screen: go exceptions, go exception 12"), do_go},
    {"help", N_("what can be done here"), do_help},
    {"import", N_("import a statement file, or all of a directory that are ready"), do_import},
    {"quit", N_("leave the console"), do_quit},
    {"reconcile", N_("match what is open: reconcile [--channel C] [--dry-run]"), do_reconcile},
    {"reconnect", N_("connect to the database again"), do_reconnect},
    {"refresh", N_("read everything again"), do_refresh},
};
enum { TABLE_COUNT = sizeof table / sizeof table[0] };

/* Screens that need no object can be gone to by their name alone. */
static bool screen_stands_alone(const struct screen *screen)
{
    const struct store_statement *statement =
        screen->query == NULL ? NULL : store_statement(screen->query);
    if (screen->kind == SCREEN_FORM)
        return false;
    return statement == NULL || statement->parameter_count == 0;
}

static int command_compare(const void *a, const void *b)
{
    return strcmp(((const struct view_command *)a)->name, ((const struct view_command *)b)->name);
}

size_t colon_commands(struct console *console, struct view_command *out, size_t room)
{
    size_t count = 0;
    for (size_t i = 0; i < TABLE_COUNT && count < room; i++)
        out[count++] = (struct view_command){table[i].name, table[i].help};
    for (size_t i = 0; i < screen_count(console->screens) && count < room; i++) {
        const struct screen *screen = screen_at(console->screens, i);
        if (screen_stands_alone(screen))
            out[count++] = (struct view_command){screen->name, screen->title};
    }
    qsort(out, count, sizeof *out, command_compare);
    return count;
}

static void tell_unknown(struct console *console, const char *word)
{
    const char *names[COMMANDS_SHOWN_MAX];
    for (size_t i = 0; i < console->world.command_count; i++)
        names[i] = console->shown_commands[i].name;
    const char *near = text_nearest(word, names, console->world.command_count);
    if (near != NULL)
        console_say(console, _("There is no command '%s'; did you mean '%s'?"), word, near);
    else
        console_say(console, _("There is no command '%s'."), word);
}

void colon_run(struct console *console, const char *text)
{
    struct words words;
    struct error error;
    if (text == NULL || !words_cut(&words, text) || words.count == 0)
        return;
    for (size_t i = 0; i < TABLE_COUNT; i++)
        if (strcmp(table[i].name, words.word[0]) == 0) {
            table[i].run(console, &words);
            return;
        }
    const struct screen *screen = screen_find(console->screens, words.word[0]);
    if (screen == NULL || screen->kind == SCREEN_FORM)
        tell_unknown(console, words.word[0]);
    else if (!places_open_object(console, screen->name, word_at(&words, 1), &error))
        console_complain(console, &error);
}
