/* daybook manual: the manual page, from the tables that dispatch, help and completion come from, so
 * that it is never older than the program. */
#include <ctype.h>
#include <stdio.h>

#include "commands.h"
#include "daybook/base/language.h"

/* Text for troff: a backslash, a hyphen and a leading point or quote mean something there. */
static void put_text(const char *text)
{
    if (text[0] == '.' || text[0] == '\'')
        fputs("\\&", stdout);
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\\')
            fputs("\\e", stdout);
        else if (*at == '-')
            fputs("\\-", stdout);
        else
            putchar(*at);
    }
}

static void put_line(const char *text)
{
    put_text(text);
    putchar('\n');
}

static void put_section(const char *title)
{
    fputs(".SH ", stdout);
    for (const char *at = title; *at != '\0'; at++)
        putchar(toupper((unsigned char)*at));
    putchar('\n');
}

/* NAME in bold, then what it takes, as the tag of a paragraph. */
static void put_tag(const char *dashes, const char *name, const char *value)
{
    fputs(".TP\n\\fB", stdout);
    put_text(dashes);
    put_text(name);
    fputs("\\fR", stdout);
    if (value != NULL) {
        fputs(" \\fI", stdout);
        put_text(value);
        fputs("\\fR", stdout);
    }
    putchar('\n');
}

/* --- commands */

static void put_usage(const struct action *action)
{
    fputs(".TP\n\\fB", stdout);
    put_text(action->name);
    fputs("\\fR", stdout);
    for (size_t i = 0; i < action_argument_count(action); i++) {
        const struct action_argument *argument = &action->arguments[i];
        fputs(argument->required ? " " : " [", stdout);
        if (argument->positional) {
            printf("\\fI%s\\fR%s", argument->name, argument->type == ACTION_WORDS ? "..." : "");
        } else {
            fputs("\\fB", stdout);
            put_text("--");
            put_text(argument->name);
            fputs(argument->type == ACTION_FLAG ? "\\fR" : "\\fR ...", stdout);
        }
        if (!argument->required)
            putchar(']');
    }
    fputs(!options_take_ids(action) ? "\n" : " \\fIID\\fR...\n", stdout);
}

static void put_action(const struct action *action)
{
    put_usage(action);
    put_line(_(action->help));
    if (action->role != NULL) {
        fputs(_("For: "), stdout);
        for (const char *at = action->role; *at != '\0'; at++)
            fputs(*at == ' ' ? ", " : (char[2]){*at, '\0'}, stdout);
        fputs(".\n", stdout);
    }
    if (action_argument_count(action) == 0)
        return;
    fputs(".RS\n", stdout);
    for (size_t i = 0; i < action_argument_count(action); i++) {
        const struct action_argument *argument = &action->arguments[i];
        put_tag(argument->positional ? "" : "--", argument->name, NULL);
        put_line(_(argument->help));
    }
    fputs(".RE\n", stdout);
}

static void put_commands(void)
{
    put_section(_("Commands"));
    for (size_t i = 0; i < action_count; i++)
        if ((actions[i].where & ACTION_HEADLESS) != 0)
            put_action(&actions[i]);
}

static void put_options(void)
{
    size_t count = 0;
    const struct options_global *globals = options_globals(&count);
    put_section(_("Options"));
    for (size_t i = 0; i < count; i++) {
        put_tag("--", globals[i].name, globals[i].value);
        put_line(_(globals[i].help));
    }
}

/* --- screens */

static const char *kind_word(enum screen_kind kind)
{
    return kind == SCREEN_LIST ? _("list") : kind == SCREEN_DETAIL ? _("detail") : _("form");
}

/* Its name, what it is, and the object it is of. */
static void put_screen_tag(const struct screen *screen)
{
    char kind[128];
    const struct store_statement *statement =
        screen->query == NULL ? NULL : store_statement(screen->query);
    const char *object = statement != NULL && statement->parameter_count == 1
                             ? statement->parameters[0].name : "";
    snprintf(kind, sizeof kind, "%s%s%s", object, object[0] == '\0' ? "" : "  ",
             kind_word(screen->kind));
    put_tag("", screen->name, kind);
}

static void put_screens(void)
{
    struct screen_set *set = command_screens_load();
    put_section(_("Screens"));
    put_line(_("Names for list, export, show and --screen, with the object that they are of:"));
    for (size_t i = 0; i < screen_count(set); i++) {
        const struct screen *screen = screen_at(set, i);
        if (screen->kind == SCREEN_FORM)
            continue;
        put_screen_tag(screen);
        put_line(_(screen->title));
    }
    screen_set_free(set);
}

/* --- exit status */

static void put_statuses(void)
{
    static const struct {
        const char *status, *meaning;
    } statuses[] = {
        {"0", N_("done")}, {"1", N_("failed")}, {"2", N_("usage")}, {"3", N_("no connection")},
        {"4", N_("no answer in time: the result may be unknown")},
        {"5", N_("refused, or it needs approval")}, {"130", N_("cancelled")}};
    put_section(_("Exit status"));
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        put_tag("", statuses[i].status, NULL);
        put_line(_(statuses[i].meaning));
    }
}

static void put_profile(void)
{
    size_t count = 0;
    const struct config_word *words = config_words(&count);
    put_section(_("Files"));
    put_tag("", "~/.config/daybook/config", NULL);
    put_line(_("The profile, a word and its value a line. `daybook doctor` says what is wrong "
               "with it."));
    fputs(".RS\n", stdout);
    for (size_t i = 0; i < count; i++) {
        put_tag("", words[i].word, words[i].required ? NULL : _("(may be left out)"));
        put_line(_(words[i].help));
    }
    fputs(".RE\n", stdout);
}

int command_manual(struct command *command)
{
    (void)command;
    fputs(".\\\" Made by `daybook manual`.\n.TH DAYBOOK 1\n", stdout);
    put_section(_("Name"));
    put_line(_("daybook - the console of a payment company's back office"));
    put_section(_("Synopsis"));
    fputs(".B daybook\n", stdout);
    printf("[%s] [%s ...]\n", _("options"), _("command"));
    put_section(_("Description"));
    put_line(_("Without a command the console opens on its first screen; `?` there says what every "
               "key does. Each command does one thing and ends: data goes to standard output, "
               "what is told about it to standard error."));
    put_commands();
    put_options();
    put_screens();
    put_statuses();
    put_profile();
    return fflush(stdout) == 0 ? 0 : 1;
}
