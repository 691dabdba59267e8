#include "daybook/store/config.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daybook/base/language.h"
#include "daybook/base/memory.h"
#include "daybook/base/text.h"

/* --- the words */

enum word_kind { WORD_TEXT, WORD_PATH, WORD_ENVIRONMENT, WORD_SSLMODE, WORD_ZONE, WORD_PORT };

struct word {
    struct config_word shown;
    enum word_kind kind;
    size_t offset; /* of the char * in struct config */
};

#define WORD(name, member, is_required, its_kind, text)                    \
    {.shown = {.word = name, .help = text, .required = is_required},       \
     .kind = its_kind, .offset = offsetof(struct config, member)}

static const struct word words[] = {
    WORD("environment", environment_word, true, WORD_ENVIRONMENT,
         N_("TRAINING, TEST or PROD; it stands in the title line")),
    WORD("host", host, true, WORD_TEXT, N_("the database server's name, as in its certificate")),
    WORD("hostaddr", hostaddr, false, WORD_TEXT,
         N_("its address; without it the name is looked up")),
    WORD("port", port, true, WORD_PORT, N_("its port")),
    WORD("database", database, true, WORD_TEXT, N_("the settlement database's name")),
    WORD("root-certificate", root_certificate, true, WORD_PATH,
         N_("the authority that signed the server's certificate")),
    WORD("certificate", certificate, true, WORD_PATH, N_("the operator's certificate")),
    WORD("key", key, true, WORD_PATH, N_("the operator's login key, protected by a passphrase")),
    WORD("operator", operator_name, true, WORD_TEXT, N_("the operator's login")),
    WORD("language", language, false, WORD_TEXT, N_("en or zh_CN")),
    WORD("theme", theme, false, WORD_TEXT, N_("auto, dark, light, mono, green, high-contrast, "
         "deuteranopia or tritanopia")),
    WORD("time-zone", clock_zone, false, WORD_ZONE, N_("the desk's offset from UTC, as +08:00")),
    WORD("inbox", inbox, false, WORD_PATH, N_("the directory where statement files arrive")),
    WORD("log", log, false, WORD_PATH, N_("the console's log file")),
    WORD("core-url", core_url, false, WORD_TEXT,
         N_("the payment core, as https://core.example:8443; none without it")),
    WORD("core-root", core_root, false, WORD_PATH,
         N_("the authority that signed the core's certificate; needed with core-url")),
    WORD("sign-certificate", sign_certificate, false, WORD_PATH,
         N_("the operator's certificate for signing; nothing is proposed or approved without it")),
    WORD("sign-key", sign_key, false, WORD_PATH,
         N_("the operator's signing key, protected by a passphrase of its own; needed with "
            "sign-certificate")),
    WORD("journal", journal, false, WORD_PATH,
         N_("the directory of the journal of what was signed and sent; needed with "
            "sign-certificate")),
    WORD("seal-certificate", seal_certificate, false, WORD_PATH,
         N_("the audit sealer's certificate, with which signed heads are checked")),
    WORD("seal-key", seal_key, false, WORD_PATH, N_("the audit sealer's own key")),
    WORD("sslmode", sslmode, false, WORD_SSLMODE, N_("verify-full, the only one allowed")),
};
enum { WORD_COUNT = sizeof words / sizeof words[0] };

const struct config_word *config_words(size_t *count)
{
    /* A copy of the shown halves, filled once: what the table says cannot change. */
    static struct config_word shown[WORD_COUNT];
    for (size_t i = 0; i < WORD_COUNT; i++)
        shown[i] = words[i].shown;
    *count = WORD_COUNT;
    return shown;
}

/* --- reading */

struct reading {
    const char *path;
    struct config *config;
    config_fault_fn *fault;
    void *context;
    struct error *error;
    size_t line;
    size_t faults;
};

static char **word_value(struct config *config, const struct word *word)
{
    return (char **)(void *)((char *)config + word->offset);
}

__attribute__((format(printf, 3, 4)))
static void tell(struct reading *reading, size_t column, const char *format, ...)
{
    char sentence[ERROR_MESSAGE_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    struct error fault;
    error_set(&fault, ERROR_INPUT, "%s:%zu:%zu: %s", reading->path, reading->line, column,
              sentence);
    if (reading->faults++ == 0 && reading->error != NULL)
        *reading->error = fault;
    if (reading->fault != NULL)
        reading->fault(reading->context, fault.message);
}

static const struct word *word_find(struct span name)
{
    for (size_t i = 0; i < WORD_COUNT; i++)
        if (span_is(name, words[i].shown.word))
            return &words[i];
    return NULL;
}

static void tell_unknown(struct reading *reading, size_t column, struct span name)
{
    char word[64];
    text_printable(word, sizeof word, name);
    const char *known[WORD_COUNT];
    for (size_t i = 0; i < WORD_COUNT; i++)
        known[i] = words[i].shown.word;
    const char *near = text_nearest(word, known, WORD_COUNT);
    if (near != NULL)
        tell(reading, column, _("there is no word '%s'; did you mean '%s'?"), word, near);
    else
        tell(reading, column, _("there is no word '%s'"), word);
}

static bool environment_parse(struct span value, enum config_environment *out)
{
    if (span_is(value, "TRAINING"))
        *out = CONFIG_TRAINING;
    else if (span_is(value, "TEST"))
        *out = CONFIG_TEST;
    else if (span_is(value, "PROD"))
        *out = CONFIG_PROD;
    else
        return false;
    return true;
}

/* "+08:00" or "-03:30": seconds east of UTC, at most 18 hours. */
static bool zone_parse(struct span value, int *offset_s)
{
    const char *t = value.data;
    if (value.length != 6 || (t[0] != '+' && t[0] != '-') || t[3] != ':')
        return false;
    int64_t hours, minutes;
    if (!text_to_int64((struct span){t + 1, 2}, &hours) || t[1] == '-' ||
        !text_to_int64((struct span){t + 4, 2}, &minutes) || t[4] == '-' || hours > 18 ||
        minutes > 59)
        return false;
    *offset_s = (int)(hours * 3600 + minutes * 60) * (t[0] == '-' ? -1 : 1);
    return true;
}

static bool value_is_right(struct reading *reading, size_t column, const struct word *word,
                           struct span value)
{
    int64_t port;
    switch (word->kind) {
    case WORD_ENVIRONMENT:
        if (!environment_parse(value, &reading->config->environment))
            return tell(reading, column, _("the environment is TRAINING, TEST or PROD")), false;
        return true;
    case WORD_SSLMODE:
        if (!span_is(value, "verify-full"))
            return tell(reading, column, _("only sslmode verify-full is allowed: the others do "
                                           "not check who answers")), false;
        return true;
    case WORD_ZONE:
        if (!zone_parse(value, &reading->config->zone_offset_s))
            return tell(reading, column, _("a time zone is written as +08:00")), false;
        return true;
    case WORD_PORT:
        if (!text_to_int64(value, &port) || port < 1 || port > 65535)
            return tell(reading, column, _("a port is a number from 1 to 65535")), false;
        return true;
    case WORD_TEXT:
    case WORD_PATH:
        return true;
    }
    return true;
}

/* A path as written, or below the profile's directory. */
static char *path_from(const char *config_path, struct span value)
{
    const char *slash = strrchr(config_path, '/');
    if (value.data[0] == '/' || slash == NULL)
        return memory_format("%.*s", (int)value.length, value.data);
    return memory_format("%.*s/%.*s", (int)(slash - config_path), config_path,
                         (int)value.length, value.data);
}

static void read_line(struct reading *reading, struct span line)
{
    struct span text = span_trim(line);
    if (text.length == 0 || text.data[0] == '#')
        return;
    size_t column = (size_t)(text.data - line.data) + 1;
    struct span name = text;
    name.length = 0;
    while (name.length < text.length && text.data[name.length] != ' ' &&
           text.data[name.length] != '\t')
        name.length++;
    struct span value = span_trim((struct span){text.data + name.length,
                                                text.length - name.length});
    const struct word *word = word_find(name);
    if (word == NULL) {
        tell_unknown(reading, column, name);
        return;
    }
    size_t value_column = column + (value.length == 0 ? name.length
                                                      : (size_t)(value.data - text.data));
    char **member = word_value(reading->config, word);
    if (value.length == 0)
        tell(reading, value_column, _("'%s' needs a value"), word->shown.word);
    else if (value.length >= CONFIG_VALUE_MAX || memchr(value.data, '\0', value.length) != NULL ||
             !text_is_utf8(value))
        tell(reading, value_column, _("this value is too long or not UTF-8"));
    else if (*member != NULL)
        tell(reading, column, _("'%s' stands here a second time"), word->shown.word);
    else if (value_is_right(reading, value_column, word, value))
        *member = word->kind == WORD_PATH
                      ? path_from(reading->path, value)
                      : memory_format("%.*s", (int)value.length, value.data);
}

static void check_complete(struct reading *reading)
{
    for (size_t i = 0; i < WORD_COUNT; i++)
        if (words[i].shown.required && *word_value(reading->config, &words[i]) == NULL)
            tell(reading, 1, _("the line '%s' is missing: %s"), words[i].shown.word,
                 _(words[i].shown.help));
    static const struct {
        size_t has;
        const char *needs;
    } pairs[] = {{offsetof(struct config, core_url), "core-root"},
                 {offsetof(struct config, sign_certificate), "sign-key"},
                 {offsetof(struct config, sign_certificate), "journal"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        const struct word *needed = word_find(span_of(pairs[i].needs));
        const char *has = *(char **)(void *)((char *)reading->config + pairs[i].has);
        if (has != NULL && *word_value(reading->config, needed) == NULL)
            tell(reading, 1, _("the line '%s' is missing: %s"), needed->shown.word,
                 _(needed->shown.help));
    }
}

struct config *config_parse(const char *path, const char *text, size_t length,
                              config_fault_fn *fault, void *context, struct error *error)
{
    struct reading reading = {.path = path, .fault = fault, .context = context, .error = error};
    reading.config = memory_new(sizeof *reading.config);
    reading.config->path = memory_copy_string(path);
    for (size_t at = 0; at < length;) {
        const char *end = memchr(text + at, '\n', length - at);
        size_t line = end == NULL ? length - at : (size_t)(end - text) - at;
        reading.line++;
        read_line(&reading, (struct span){text + at, line});
        at += line + 1;
    }
    /* A wrong line says itself what it lacks: missing ones are told when all else is well. */
    reading.line++;
    if (reading.faults == 0)
        check_complete(&reading);
    if (reading.faults == 0)
        return reading.config;
    config_free(reading.config);
    return NULL;
}

struct config *config_read(const char *path, config_fault_fn *fault, void *context,
                             struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        error_set(error, ERROR_USAGE, _("profile %s: %s"), path, strerror(errno));
        return NULL;
    }
    char *text = memory_new(CONFIG_FILE_MAX + 1);
    size_t have = 0;
    ssize_t got;
    while (have <= CONFIG_FILE_MAX &&
           (got = read(fd, text + have, CONFIG_FILE_MAX + 1 - have)) > 0)
        have += (size_t)got;
    close(fd);
    struct config *config = NULL;
    if (have > CONFIG_FILE_MAX)
        error_set(error, ERROR_LIMIT, _("profile %s: longer than %d bytes"), path,
                  CONFIG_FILE_MAX);
    else
        config = config_parse(path, text, have, fault, context, error);
    free(text);
    return config;
}

void config_free(struct config *config)
{
    if (config == NULL)
        return;
    for (size_t i = 0; i < WORD_COUNT; i++)
        free(*word_value(config, &words[i]));
    free(config->path);
    free(config);
}

char *config_find(const char *option)
{
    if (option != NULL)
        return memory_copy_string(option);
    const char *named = getenv("DAYBOOK_CONFIG");
    if (named != NULL && named[0] != '\0')
        return memory_copy_string(named);
    const char *home = getenv("HOME");
    if (home == NULL || home[0] == '\0')
        return NULL;
    return memory_format("%s/.config/daybook/config", home);
}
