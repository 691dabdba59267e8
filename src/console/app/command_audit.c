/* daybook audit verify|export: checks the audit's chain from the database, or from a file that was
 * written before, beside what the witness saw. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit_file.h"
#include "commands.h"
#include "daybook/base/language.h"
#include "daybook/trust/encode.h"

enum {
    AUDIT_DEADLINE_MS = 10 * 60 * 1000,
    LINKS_A_TIME = 4000,
    HEADS_A_TIME = 1000,         /* as desk.audit_heads() gives them */
    AUDIT_RESULT_MAX = 256 << 20,
    FAULTS_PRINTED = 1000
};

/* Where rows go: into the check, or into a file that is checked elsewhere. */
struct audit_sink {
    struct audit_check *check;
    struct audit_writer *writer;
    struct audit_lines *witness;
    int64_t printed, faults; /* faults: what is no link's */
};

static void print_fault(void *context, int64_t seq, const char *entry, const char *what)
{
    struct audit_sink *sink = context;
    char line[512], text[400];
    if (sink->printed++ >= FAULTS_PRINTED)
        return;
    text_printable(text, sizeof text, span_of(_(what)));
    int length = snprintf(line, sizeof line, "%lld\t%s\t%s\n", (long long)seq, entry, text);
    (void)write_all(STDOUT_FILENO, line, (size_t)length);
}

static const char *next_line(void *context)
{
    struct audit_sink *sink = context;
    return audit_lines_next(sink->witness);
}

/* --- what is no link's */

static const struct {
    const char *word, *sentence;
} gaps[] = {
    {"journal-without-entry", N_("a journal that was never entered")},
    {"entry-without-journal", N_("an entry of a journal that is not there")},
    {"posting-without-journal", N_("a posting of a journal that is not there")},
    {"approval-without-entry", N_("a signature on a request that nobody gave by the desk's way")},
    {"journal-by-stranger", N_("a journal posted by a login that is not enrolled")},
    {"entry-by-stranger", N_("an entry written by a login that is not its actor or not enrolled")},
    {"unsealed", N_("an entry that should be in the chain and is not")},
};

static void sink_gap(struct audit_sink *sink, const char *word, const char *object)
{
    const char *sentence = word;
    if (sink->writer != NULL) {
        audit_writer_gap(sink->writer, word, object);
        return;
    }
    for (size_t i = 0; i < sizeof gaps / sizeof gaps[0]; i++)
        if (strcmp(gaps[i].word, word) == 0)
            sentence = gaps[i].sentence;
    sink->faults++;
    print_fault(sink, 0, object, sentence);
}

static void sink_row(struct audit_sink *sink, const char *const cells[AUDIT_COLUMNS])
{
    if (sink->writer != NULL)
        audit_writer_row(sink->writer, cells);
    else
        audit_check_row(sink->check, cells);
}

static void sink_head(struct audit_sink *sink, const struct seal_head *head)
{
    if (sink->writer != NULL)
        audit_writer_head(sink->writer, head);
    else
        audit_check_head(sink->check, head);
}

/* --- from the database */

static bool ask(struct store *store, const char *statement, const char *const *values,
                size_t count, struct store_answer *answer, struct error *error)
{
    struct store_call call = {.statement = statement, .values = values, .value_count = count,
                              .writes = strcmp(statement, "audit-begin") == 0,
                              .deadline_ms = AUDIT_DEADLINE_MS, .result_limit = AUDIT_RESULT_MAX};
    if (store_run(store, &call, answer))
        return true;
    *error = answer->error;
    store_answer_release(answer);
    return false;
}

static void read_head(const struct store_result *result, size_t row, struct seal_head *head)
{
    const char *cells[] = {store_cell(result, row, "hash"), store_cell(result, row, "at"),
                           store_cell(result, row, "key"), store_cell(result, row, "signature")};
    *head = (struct seal_head){.seq = store_cell_int(result, row, "seq", 0)};
    /* What does not read stays zero: its signature will not do. */
    (void)hex_read_exactly(head->hash, sizeof head->hash, span_of(cells[0]));
    (void)time_parse(span_of(cells[1]), &head->at);
    (void)snprintf(head->key, sizeof head->key, "%s", cells[2] == NULL ? "" : cells[2]);
    (void)hex_read_exactly(head->signature, sizeof head->signature, span_of(cells[3]));
}

/* The heads after one link up to another; *last gets the last one's number. */
static bool read_heads(struct store *store, struct audit_sink *sink, int64_t after, int64_t upto,
                       int64_t *last, struct error *error)
{
    struct store_answer answer;
    char first[24];
    const char *values[] = {first};
    bool more = true;
    while (more) {
        snprintf(first, sizeof first, "%lld", (long long)after + 1);
        if (!ask(store, "audit-heads", values, 1, &answer, error))
            return false;
        more = answer.result->rows == HEADS_A_TIME;
        for (size_t row = 0; row < answer.result->rows; row++) {
            struct seal_head head;
            read_head(answer.result, row, &head);
            more = more && head.seq <= upto;
            after = head.seq;
            if (head.seq > upto)
                break;
            *last = head.seq;
            sink_head(sink, &head);
        }
        store_answer_release(&answer);
    }
    return true;
}

static void read_rows(struct audit_sink *sink, const struct store_result *result)
{
    int place[AUDIT_COLUMNS];
    const char *cells[AUDIT_COLUMNS];
    for (int c = 0; c < AUDIT_COLUMNS; c++)
        place[c] = store_column(result, audit_column_names[c]);
    for (size_t row = 0; row < result->rows; row++) {
        for (int c = 0; c < AUDIT_COLUMNS; c++)
            cells[c] = place[c] < 0 ? NULL : result->cells[row][place[c]];
        sink_row(sink, cells);
    }
}

/* Links after one, `count` of them or fewer where their journals have many postings. */
static bool read_links(struct store *store, struct audit_sink *sink, int64_t *after, int64_t upto,
                       bool with_heads, struct error *error)
{
    int64_t unused = 0;
    struct store_answer answer;
    char from[24], to[24];
    const char *values[] = {from, to};
    int64_t count = LINKS_A_TIME;
    for (;;) {
        int64_t last = upto - *after > count ? *after + count : upto;
        snprintf(from, sizeof from, "%lld", (long long)*after);
        snprintf(to, sizeof to, "%lld", (long long)last);
        if (!ask(store, "audit-rows", values, 2, &answer, error))
            return false;
        if (!answer.result->more) {
            bool read = !with_heads || read_heads(store, sink, *after, last, &unused, error);
            if (read)
                read_rows(sink, answer.result);
            store_answer_release(&answer);
            *after = last;
            return read;
        }
        store_answer_release(&answer);
        if (count == 1)
            return error_set(error, ERROR_LIMIT, _("audit: link %s has more rows than can be read"),
                             to);
        count /= 2;
    }
}

static bool read_gaps(struct store *store, struct audit_sink *sink, struct error *error)
{
    struct store_answer answer;
    if (!ask(store, "audit-unsealed", NULL, 0, &answer, error))
        return false;
    for (size_t row = 0; row < answer.result->rows; row++)
        if (strcmp(store_cell(answer.result, row, "late"), "t") == 0)
            sink_gap(sink, "unsealed", store_cell(answer.result, row, "entry"));
    store_answer_release(&answer);
    if (!ask(store, "audit-gaps", NULL, 0, &answer, error))
        return false;
    for (size_t row = 0; row < answer.result->rows; row++)
        sink_gap(sink, store_cell(answer.result, row, "what"),
                 store_cell(answer.result, row, "object"));
    store_answer_release(&answer);
    return true;
}

static bool read_database(struct store *store, struct audit_sink *sink, struct error *error)
{
    struct store_answer answer;
    int64_t after = 0;
    if (!ask(store, "audit-begin", NULL, 0, &answer, error))
        return false;
    int64_t last = store_cell_int(answer.result, 0, "last", 0);
    store_answer_release(&answer);
    bool good = true;
    while (good && after < last)
        good = read_links(store, sink, &after, last, true, error);
    /* The sealer may have gone on: what was signed by now has its links by now, or never. */
    good = good && read_heads(store, sink, after, INT64_MAX, &last, error);
    while (good && after < last)
        good = read_links(store, sink, &after, last, false, error);
    return good && read_gaps(store, sink, error);
}

/* --- from a file */

static bool read_file(const char *path, struct audit_sink *sink, struct error *error)
{
    struct audit_reader *reader = audit_reader_open(path, error);
    struct audit_record record;
    bool good = reader != NULL;
    while (good && audit_reader_next(reader, &record, error))
        if (record.kind == AUDIT_RECORD_ROW)
            sink_row(sink, record.cells);
        else if (record.kind == AUDIT_RECORD_HEAD)
            sink_head(sink, &record.head);
        else
            sink_gap(sink, record.cells[0], record.cells[1]);
    good = good && audit_reader_ended(reader, error);
    audit_reader_close(reader);
    return good;
}

/* --- the command */

static int tell(const struct audit_sink *sink)
{
    struct audit_counts counts = audit_check_counts(sink->check);
    int64_t faults = counts.faults + sink->faults;
    if (sink->printed > FAULTS_PRINTED)
        narrate(_("audit: %lld more are not printed"),
                (long long)(sink->printed - FAULTS_PRINTED));
    narrate(_("audit: %lld links, %lld signed heads up to link %lld, %lld lines of the witness, "
              "%lld faults"), (long long)counts.links, (long long)counts.heads,
            (long long)counts.signed_seq, (long long)counts.lines, (long long)faults);
    return faults == 0 ? 0 : 1;
}

static int verify(struct command *command, struct audit_sink *sink, struct store *store,
                  struct error *error)
{
    const struct config *config = command->session.config;
    const char *file = options_value(command->options, "file");
    struct audit_options options = {.environment = config->environment_word,
                                    .line = sink->witness == NULL ? NULL : next_line,
                                    .fault = print_fault, .context = sink};
    struct seal_trust *trust = NULL;
    if (config->seal_certificate != NULL) {
        trust = seal_trust_open(config->seal_certificate, config->root_certificate, error);
        if (trust == NULL)
            return command_fails(error);
    }
    options.trust = trust;
    sink->check = audit_check_new(&options);
    bool good = file != NULL ? read_file(file, sink, error) : read_database(store, sink, error);
    if (good)
        audit_check_end(sink->check);
    int status = good ? tell(sink) : command_fails(error);
    audit_check_free(sink->check);
    seal_trust_free(trust);
    return status;
}

static int write_file(struct command *command, struct audit_sink *sink, struct store *store,
                      struct error *error)
{
    sink->writer = audit_writer_open(options_value(command->options, "file"), error);
    if (sink->writer == NULL)
        return command_fails(error);
    bool read = read_database(store, sink, error);
    bool written = audit_writer_close(sink->writer, read, error);
    return read && written ? 0 : command_fails(error);
}

int command_audit(struct command *command)
{
    const struct options *options = command->options;
    const char *verb = options_value(options, "verb"), *file = options_value(options, "file");
    const char *witness = options_value(options, "witness");
    bool exports = strcmp(verb, "export") == 0;
    struct audit_sink sink = {0};
    struct store *store = NULL;
    struct error error = {0};
    int status = 0;
    if ((!exports && strcmp(verb, "verify") != 0) || (exports && file == NULL)) {
        error_set(&error, ERROR_USAGE, _("audit: say `verify`, or `export --file FILE`"));
        return command_fails(&error);
    }
    if (witness != NULL && (sink.witness = audit_lines_open(witness, &error)) == NULL)
        return command_fails(&error);
    if (file != NULL && !exports)
        status = session_configure(&command->session, options, &error) ? 0 : command_fails(&error);
    else if ((store = session_connect(&command->session, options, 0, &error)) == NULL)
        status = command_fails(&error);
    if (status == 0)
        status = (exports ? write_file : verify)(command, &sink, store, &error);
    store_free(store);
    audit_lines_close(sink.witness);
    return status;
}
