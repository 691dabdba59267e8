#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daybook/base/buffer.h"
#include "daybook/base/memory.h"
#include "daybook/base/text.h"

/* --- the words */

enum word_kind { WORD_TEXT, WORD_PATH, WORD_NUMBER, WORD_LEVEL };

struct word {
    struct core_config_word shown;
    enum word_kind kind;
    bool required;
    size_t offset;      /* of a char * or an int64_t in struct core_config */
    int64_t least, most; /* of a number */
};

#define AT(member) offsetof(struct core_config, member)
#define TEXT(name, its_default, text)                                                   \
    {.shown = {.word = #name, .help = text, .standard = its_default}, .kind = WORD_TEXT, \
     .offset = AT(name)}
#define PATH(name, is_required, text)                                    \
    {.shown = {.word = #name, .help = text}, .kind = WORD_PATH,          \
     .required = is_required, .offset = AT(name)}
#define NUMBER(name, its_default, its_least, its_most, text)                              \
    {.shown = {.word = #name, .help = text, .standard = its_default}, .kind = WORD_NUMBER, \
     .offset = AT(name), .least = its_least, .most = its_most}

static const struct word words[] = {
    TEXT(listen, "127.0.0.1", "the address to listen on"),
    NUMBER(port, "8443", 0, 65535, "the port to listen on; 0: any free one"),
    PATH(tls_certificate, true, "this server's certificate"),
    PATH(tls_key, true, "its key, readable by its owner alone"),
    PATH(client_ca, true, "the authority that signed the clients' certificates"),
    NUMBER(threads, "8", 1, 256, "threads, each with one connection to the database"),
    NUMBER(connections, "1024", 1, 65536, "clients' connections at most"),
    NUMBER(request_ms, "10000", 100, 600000, "time for a request to come in and be taken back"),
    NUMBER(idle_ms, "75000", 100, 3600000, "time for the next request on a kept connection"),
    NUMBER(drain_ms, "15000", 0, 600000, "time for running requests at the end"),
    TEXT(host, "/run/postgresql", "the database server: a socket directory, or a name to verify"),
    TEXT(hostaddr, NULL, "its address; without it the name is looked up"),
    NUMBER(database_port, "5432", 1, 65535, "its port"),
    TEXT(database, "daybook", "the database's name"),
    TEXT(user, "paycore", "the login there"),
    PATH(certificate, false, "the login's certificate, where host is a name"),
    PATH(key, false, "its key, readable by its owner alone"),
    PATH(root, false, "the authority that signed the database server's certificate"),
    NUMBER(statement_ms, "5000", 10, 600000, "time for a statement"),
    TEXT(worker, NULL, "this core's name in leases; without it host name and process"),
    NUMBER(workers, "4", 0, 256, "threads that talk to banks; 0: none"),
    NUMBER(lease_ms, "60000", 1000, 3600000, "how long a send or a query is leased"),
    PATH(bank_ca, false, "the authority of the banks' certificates"),
    TEXT(environment, "TRAINING", "TRAINING, TEST or PROD: requests of another are refused"),
    PATH(sign_certificate, false, "this core's certificate for signing documents and receipts"),
    PATH(sign_key, false, "its key, readable by its owner alone; without it no requests"),
    PATH(sign_root, false, "the authority of people's signing certificates and of the charter"),
    PATH(charter, false, "who may sign what, signed by that authority: FILE, and FILE.sig"),
    NUMBER(approve_s, "86400", 60, 31536000, "time for a request to be approved"),
    NUMBER(execute_s, "172800", 60, 31536000, "time for it to be executed"),
    PATH(clock, false, "a file that moves the clock, for tests and training"),
    {.shown = {.word = "log", .help = "debug, info, warning or error", .standard = "info"},
     .kind = WORD_LEVEL, .offset = AT(log)},
};
enum { WORD_COUNT = sizeof words / sizeof words[0] };

const struct core_config_word *core_config_word(size_t index)
{
    return index < WORD_COUNT ? &words[index].shown : NULL;
}

/* --- reading */

struct reading {
    struct core_config *config;
    bool seen[WORD_COUNT];
    core_config_fault_fn *fault;
    void *context;
    struct error *error;
    size_t line; /* 0: not of a line of the file */
    size_t faults;
};

static char **word_text(struct core_config *config, const struct word *word)
{
    return (char **)(void *)((char *)config + word->offset);
}

static int64_t *word_number(struct core_config *config, const struct word *word)
{
    return (int64_t *)(void *)((char *)config + word->offset);
}

__attribute__((format(printf, 2, 3))) static void tell(struct reading *reading,
                                                       const char *format, ...)
{
    char sentence[ERROR_MESSAGE_MAX];
    struct error fault;
    va_list args;

    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    if (reading->line > 0)
        error_set(&fault, ERROR_INPUT, "%s:%zu: %s", reading->config->path, reading->line,
                  sentence);
    else
        error_set(&fault, ERROR_INPUT, "%s", sentence);
    if (reading->faults++ == 0 && reading->error)
        *reading->error = fault;
    if (reading->fault)
        reading->fault(reading->context, fault.message);
}

static size_t word_find(struct span name)
{
    size_t i = 0;

    while (i < WORD_COUNT && !span_is(name, words[i].shown.word))
        i++;
    return i;
}

/* A path as written, or below the file's directory. */
static char *path_from(const char *config_path, struct span value)
{
    const char *slash = strrchr(config_path, '/');

    if (value.data[0] == '/' || !slash)
        return memory_format("%.*s", (int)value.length, value.data);
    return memory_format("%.*s/%.*s", (int)(slash - config_path), config_path, (int)value.length,
                         value.data);
}

static bool is_level(struct span value)
{
    return span_is(value, "debug") || span_is(value, "info") || span_is(value, "warning")
        || span_is(value, "error");
}

/* Takes a value for a word; `where` is what the value is called in a fault. */
static void take(struct reading *reading, const struct word *word, struct span value,
                 const char *where)
{
    int64_t number;

    if (value.length == 0 || value.length >= CORE_CONFIG_VALUE_MAX || !text_is_utf8(value)
        || memchr(value.data, '\0', value.length)) {
        tell(reading, "%s needs a value of at most %d bytes of UTF-8", where,
             CORE_CONFIG_VALUE_MAX - 1);
    } else if (word->kind == WORD_NUMBER) {
        if (text_to_int64(value, &number) && number >= word->least && number <= word->most)
            *word_number(reading->config, word) = number;
        else
            tell(reading, "%s is a number from %lld to %lld", where, (long long)word->least,
                 (long long)word->most);
    } else if (word->kind == WORD_LEVEL && !is_level(value)) {
        tell(reading, "%s is debug, info, warning or error", where);
    } else {
        char **text = word_text(reading->config, word);

        free(*text);
        *text = word->kind == WORD_PATH
            ? path_from(reading->config->path, value)
            : memory_format("%.*s", (int)value.length, value.data);
    }
}

static void tell_unknown(struct reading *reading, struct span name)
{
    const char *known[WORD_COUNT], *near;
    char shown[64];

    text_printable(shown, sizeof shown, name);
    for (size_t i = 0; i < WORD_COUNT; i++)
        known[i] = words[i].shown.word;
    near = text_nearest(shown, known, WORD_COUNT);
    if (near)
        tell(reading, "there is no word '%s'; did you mean '%s'?", shown, near);
    else
        tell(reading, "there is no word '%s'", shown);
}

static void read_line(struct reading *reading, struct span line)
{
    struct span text = span_trim(line), name = text, value;

    if (text.length == 0 || text.data[0] == '#')
        return;
    name.length = 0;
    while (name.length < text.length && text.data[name.length] != ' '
           && text.data[name.length] != '\t')
        name.length++;
    value = span_trim((struct span){text.data + name.length, text.length - name.length});
    size_t index = word_find(name);

    if (index == WORD_COUNT) {
        tell_unknown(reading, name);
    } else if (reading->seen[index]) {
        tell(reading, "'%s' stands here a second time", words[index].shown.word);
    } else {
        reading->seen[index] = true;
        take(reading, &words[index], value, words[index].shown.word);
    }
}

static void read_text(struct reading *reading, const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        const char *end = memchr(text + at, '\n', length - at);
        size_t line = end ? (size_t)(end - text) - at : length - at;

        reading->line++;
        read_line(reading, (struct span){text + at, line});
        at += line + 1;
    }
    reading->line = 0;
}

static void read_environment(struct reading *reading)
{
    for (size_t i = 0; i < WORD_COUNT; i++) {
        char name[64] = "PAYCORE_";
        size_t length = strlen(name);

        for (const char *at = words[i].shown.word; *at; at++)
            name[length++] = *at == '_' ? '_' : (char)(*at - 'a' + 'A');
        name[length] = '\0';
        const char *value = getenv(name);

        if (value) {
            reading->seen[i] = true;
            take(reading, &words[i], span_of(value), name);
        }
    }
}

/* Requests want all four; without any of them this core executes none. */
static void check_signing(struct reading *reading)
{
    const struct core_config *config = reading->config;
    int set = !!config->sign_certificate + !!config->sign_key + !!config->sign_root
        + !!config->charter;

    if (set != 0 && set != 4)
        tell(reading, "%s: sign_certificate, sign_key, sign_root and charter go together",
             config->path);
    if (config->execute_s < config->approve_s)
        tell(reading, "%s: execute_s is not less than approve_s", config->path);
}

static void check_whole(struct reading *reading)
{
    const struct core_config *config = reading->config;

    for (size_t i = 0; i < WORD_COUNT; i++)
        if (words[i].required && !reading->seen[i])
            tell(reading, "%s: the line '%s' is missing: %s", config->path, words[i].shown.word,
                 words[i].shown.help);
    /* Whoever answers under a name must prove it, and so must we: verify-full, nothing less. */
    if (config->host[0] != '/' && (!config->certificate || !config->key || !config->root))
        tell(reading, "%s: host %s is a name: certificate, key and root are needed", config->path,
             config->host);
    check_signing(reading);
}

static void take_defaults(struct reading *reading)
{
    for (size_t i = 0; i < WORD_COUNT; i++)
        if (words[i].shown.standard)
            take(reading, &words[i], span_of(words[i].shown.standard), words[i].shown.word);
}

/* The whole file, from malloc; NULL with the error set. */
static char *file_text(const char *path, size_t *length, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0) {
        error_set(error, ERROR_USAGE, "configuration %s: %s", path, strerror(errno));
        return NULL;
    }
    char *text = memory_new(CORE_CONFIG_FILE_MAX + 1);
    size_t have = 0;
    ssize_t got;

    while (have <= CORE_CONFIG_FILE_MAX
           && (got = read(fd, text + have, CORE_CONFIG_FILE_MAX + 1 - have)) > 0)
        have += (size_t)got;
    close(fd);
    if (have > CORE_CONFIG_FILE_MAX) {
        error_set(error, ERROR_LIMIT, "configuration %s: longer than %d bytes", path,
                  CORE_CONFIG_FILE_MAX);
        free(text);
        return NULL;
    }
    *length = have;
    return text;
}

struct core_config *core_config_read(const char *path, core_config_fault_fn *fault, void *context,
                                     struct error *error)
{
    size_t length = 0;
    char *text = file_text(path, &length, error);

    if (!text)
        return NULL;
    struct reading reading = {.fault = fault, .context = context, .error = error};

    reading.config = memory_new(sizeof *reading.config);
    reading.config->path = memory_copy_string(path);
    take_defaults(&reading);
    read_text(&reading, text, length);
    free(text);
    read_environment(&reading);
    check_whole(&reading);
    if (reading.faults == 0)
        return reading.config;
    core_config_free(reading.config);
    return NULL;
}

void core_config_free(struct core_config *config)
{
    if (!config)
        return;
    for (size_t i = 0; i < WORD_COUNT; i++)
        if (words[i].kind != WORD_NUMBER)
            free(*word_text(config, &words[i]));
    free(config->path);
    free(config);
}
