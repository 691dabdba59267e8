#include "options.h"

#include <stdio.h>
#include <string.h>

#include "daybook/base/language.h"
#include "daybook/base/text.h"

static const struct options_global globals[] = {
    {"config", "FILE", N_("the profile; else $DAYBOOK_CONFIG, else ~/.config/daybook/config")},
    {"password-fd", "N", N_("read the password from this descriptor")},
    {"passphrase-fd", "N", N_("read the login key's passphrase from this descriptor")},
    {"json", NULL, N_("data as JSON")},
    {"csv", NULL, N_("data as CSV")},
    {"where", "WORDS", N_("rows by filter words instead of ids")},
    {"yes", NULL, N_("do it for all rows of --where without asking")},
    {"language", "L", N_("en or zh_CN")},
    {"theme", "NAME", N_("colours of the console")},
    {"color", "WHEN", N_("auto, always or never")},
    {"ascii", NULL, N_("pictures in ASCII")},
    {"screen", "NAME",
     N_("where the console opens; behind it its object, as payout P2026112000417")},
    {"script", "FILE", N_("drive the console by the keys in FILE")},
    {"help", NULL, N_("this help; after a command, that command's")},
    {"version", NULL, N_("the version")},
};
enum { GLOBAL_COUNT = sizeof globals / sizeof globals[0] };

const struct options_global *options_globals(size_t *count)
{
    *count = GLOBAL_COUNT;
    return globals;
}

static const struct options_global *global_find(const char *name, size_t length)
{
    for (size_t i = 0; i < GLOBAL_COUNT; i++)
        if (strlen(globals[i].name) == length && memcmp(globals[i].name, name, length) == 0)
            return &globals[i];
    return NULL;
}

static bool set_fd(int *fd, const char *name, const char *text, struct error *error)
{
    int64_t number;
    if (!text_to_int64(span_of(text), &number) || number < 0 || number > 1023)
        return error_set(error, ERROR_USAGE, _("--%s wants the number of a descriptor"), name);
    *fd = (int)number;
    return true;
}

static bool set_choice(const char **out, const char *name, const char *text,
                       const char *const *choices, size_t count, struct error *error)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(choices[i], text) == 0) {
            *out = text;
            return true;
        }
    const char *near = text_nearest(text, choices, count);
    if (near != NULL)
        return error_set(error, ERROR_USAGE, _("%s: there is no '%s'; did you mean '%s'?"), name,
                         text, near);
    return error_set(error, ERROR_USAGE, _("%s: there is no '%s'"), name, text);
}

static bool global_set(struct options *options, const struct options_global *global,
                       const char *value, struct error *error)
{
    static const char *const colors[] = {"auto", "always", "never"};
    static const char *const languages[] = {"en", "zh_CN"};
    const char *name = global->name;
    if (strcmp(name, "password-fd") == 0)
        return set_fd(&options->password_fd, name, value, error);
    if (strcmp(name, "passphrase-fd") == 0)
        return set_fd(&options->passphrase_fd, name, value, error);
    if (strcmp(name, "color") == 0)
        return set_choice(&options->color, "--color", value, colors, 3, error);
    if (strcmp(name, "language") == 0)
        return set_choice(&options->language, "--language", value, languages, 2, error);
    const struct {
        const char *name;
        const char **text;
    } texts[] = {{"config", &options->config}, {"where", &options->where},
                 {"theme", &options->theme}, {"screen", &options->screen},
                 {"script", &options->script}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (strcmp(texts[i].name, name) == 0)
            *texts[i].text = value;
    if (strcmp(name, "json") == 0)
        options->format = FORMAT_JSON;
    else if (strcmp(name, "csv") == 0)
        options->format = FORMAT_CSV;
    options->yes = options->yes || strcmp(name, "yes") == 0;
    options->ascii = options->ascii || strcmp(name, "ascii") == 0;
    options->help = options->help || strcmp(name, "help") == 0;
    options->version = options->version || strcmp(name, "version") == 0;
    return true;
}

/* --- arguments of the command */

static bool put_value(struct options *options, const char *name, const char *text,
                      struct error *error)
{
    if (options_value(options, name) != NULL)
        return error_set(error, ERROR_USAGE, _("--%s stands here a second time"), name);
    options->values[options->value_count++] = (struct action_value){name, text};
    return true;
}

static bool put_word(struct options *options, const char *word, struct error *error)
{
    if (options->word_count >= OPTIONS_WORDS_MAX)
        return error_set(error, ERROR_USAGE, _("more than %d words"), OPTIONS_WORDS_MAX);
    options->words[options->word_count++] = word;
    return true;
}

/* A word without dashes: the command, then its positional arguments in order, then its rows. If
 * there is no command it is the object of --screen. */
static bool take_word(struct options *options, const char *word, struct error *error)
{
    if (options->action == NULL) {
        const char *names[64];
        size_t count = 0;
        for (size_t i = 0; i < action_count && count < 64; i++)
            if ((actions[i].where & ACTION_HEADLESS) != 0)
                names[count++] = actions[i].name;
        const char *chosen;
        bool command = action_find(word) != NULL;
        if (options->screen != NULL && options->object == NULL && !command) {
            options->object = word;
            return true;
        }
        if (!set_choice(&chosen, "command", word, names, count, error))
            return false;
        options->action = action_find(word);
        return true;
    }
    for (size_t i = 0; i < action_argument_count(options->action); i++) {
        const struct action_argument *argument = &options->action->arguments[i];
        if (!argument->positional)
            continue;
        if (argument->type == ACTION_WORDS)
            return put_word(options, word, error);
        if (options_value(options, argument->name) == NULL)
            return put_value(options, argument->name, word, error);
    }
    if (options->action->scope != ACTION_ANYWHERE)
        return put_word(options, word, error);
    return error_set(error, ERROR_USAGE, _("%s: '%s' is one word too many"), options->action->name,
                     word);
}

static bool tell_unknown(const struct options *options, const char *name, struct error *error)
{
    const char *known[GLOBAL_COUNT + ACTION_ARGUMENTS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < GLOBAL_COUNT; i++)
        known[count++] = globals[i].name;
    for (size_t i = 0; options->action != NULL && i < action_argument_count(options->action); i++)
        known[count++] = options->action->arguments[i].name;
    const char *near = text_nearest(name, known, count);
    if (near != NULL)
        return error_set(error, ERROR_USAGE, _("there is no option --%s; did you mean --%s?"),
                         name, near);
    return error_set(error, ERROR_USAGE, _("there is no option --%s"), name);
}

/* --name, --name=VALUE or --name VALUE. *used says whether the next word was taken. */
static bool take_option(struct options *options, const char *text, const char *next, bool *used,
                        struct error *error)
{
    const char *equals = strchr(text, '=');
    size_t length = equals == NULL ? strlen(text) : (size_t)(equals - text);
    const struct options_global *global = global_find(text, length);
    const struct action_argument *argument = NULL;
    for (size_t i = 0; global == NULL && options->action != NULL &&
                       i < action_argument_count(options->action); i++) {
        const struct action_argument *candidate = &options->action->arguments[i];
        if (strlen(candidate->name) == length && memcmp(candidate->name, text, length) == 0)
            argument = candidate;
    }
    if (global == NULL && argument == NULL)
        return tell_unknown(options, text, error);
    bool wants = global != NULL ? global->value != NULL : argument->type != ACTION_FLAG;
    const char *value = equals != NULL ? equals + 1 : wants ? next : "true";
    *used = wants && equals == NULL;
    if (wants && value == NULL)
        return error_set(error, ERROR_USAGE, _("--%s wants a value"), text);
    if (!wants && equals != NULL)
        return error_set(error, ERROR_USAGE, _("--%.*s takes no value"), (int)length, text);
    if (global != NULL)
        return global_set(options, global, value, error);
    return put_value(options, argument->name, value, error);
}

static bool complete(const struct options *options, struct error *error)
{
    const struct action *action = options->action;
    if (action == NULL || options->help)
        return true;
    for (size_t i = 0; i < action_argument_count(action); i++) {
        const struct action_argument *argument = &action->arguments[i];
        bool given = options_value(options, argument->name) != NULL;
        if (argument->type == ACTION_WORDS)
            given = options->word_count > 0;
        if (argument->required && !given)
            return error_set(error, ERROR_USAGE, _("%s needs %s: %s"), action->name,
                             argument->name, _(argument->help));
    }
    return true;
}

bool options_parse(struct options *options, int argc, char **argv, struct error *error)
{
    memset(options, 0, sizeof *options);
    options->password_fd = -1;
    options->passphrase_fd = -1;
    bool only_words = false;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        bool used = false;
        if (!only_words && strcmp(word, "--") == 0) {
            only_words = true;
        } else if (!only_words && strncmp(word, "--", 2) == 0) {
            if (!take_option(options, word + 2, i + 1 < argc ? argv[i + 1] : NULL, &used, error))
                return false;
        } else if (!take_word(options, word, error)) {
            return false;
        }
        i += used;
    }
    return complete(options, error);
}

const char *options_value(const struct options *options, const char *name)
{
    for (size_t i = 0; i < options->value_count; i++)
        if (strcmp(options->values[i].name, name) == 0)
            return options->values[i].text;
    return NULL;
}

/* --- help */

bool options_take_ids(const struct action *action)
{
    for (size_t i = 0; i < action_argument_count(action); i++)
        if (action->arguments[i].type == ACTION_WORDS)
            return false;
    return action->scope != ACTION_ANYWHERE;
}

static void help_action(const struct action *action)
{
    printf("daybook %s", action->name);
    if (options_take_ids(action))
        printf(" ID...");
    for (size_t i = 0; i < action_argument_count(action); i++) {
        const struct action_argument *argument = &action->arguments[i];
        const char *dots = argument->type == ACTION_WORDS ? "..." : "";
        const char *open = argument->required ? "" : "[", *close = argument->required ? "" : "]";
        if (argument->positional)
            printf(" %s%s%s%s", open, argument->name, dots, close);
        else
            printf(" %s--%s%s%s", open, argument->name,
                   argument->type == ACTION_FLAG ? "" : " ...", close);
    }
    printf("\n    %s\n", _(action->help));
    for (size_t i = 0; i < action_argument_count(action); i++)
        printf("      %-12s %s\n", action->arguments[i].name, _(action->arguments[i].help));
}

void options_help(const struct action *action)
{
    if (action != NULL) {
        help_action(action);
        return;
    }
    printf("%s\n\n", _("daybook: the console of a payment company's back office"));
    printf("%s\n", _("  daybook [options]               open the console"));
    printf("%s\n\n", _("  daybook [options] command ...   do one thing and end"));
    printf("%s\n", _("Commands:"));
    for (size_t i = 0; i < action_count; i++)
        if ((actions[i].where & ACTION_HEADLESS) != 0)
            printf("  %-14s %s\n", actions[i].name, _(actions[i].help));
    printf("\n%s\n", _("Options:"));
    for (size_t i = 0; i < GLOBAL_COUNT; i++) {
        char name[40];
        snprintf(name, sizeof name, "--%s%s%s", globals[i].name,
                 globals[i].value == NULL ? "" : " ",
                 globals[i].value == NULL ? "" : globals[i].value);
        printf("  %-20s %s\n", name, _(globals[i].help));
    }
    printf("\n%s\n", _("Exit status: 0 done, 1 failed, 2 usage, 3 no connection, 4 no answer in "
                       "time, 5 refused or needs approval, 130 cancelled."));
}
