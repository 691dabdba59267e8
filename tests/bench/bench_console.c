/* The console's goals, side by side with the bare program where one is named:
 *   start to the first page of a list of a million, at most 1.25 x bare_console;
 *   any page at any depth within 1.2 x of the first;
 *   private memory (RssAnon) under 8 MiB;
 *   keys answered within 5 ms at the 99th percentile while the database is stopped.
 *
 * usage: bench_console DAYBOOK BARE PROFILE CONNINFO SECRETS_FILE BACKEND_MARK [STARTS]
 * SECRETS_FILE has password and passphrase, a line each; BACKEND_MARK ("clerk1 daybook") is what
 * the server calls the processes to stop. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daybook/store/config.h"
#include "daybook/store/connection.h"
#include "daybook/store/keyset.h"
#include "daybook/trust/key.h"
#include "daybook/trust/secret.h"

enum { KEYS = 1000, PAGES = 101, OUT_MAX = 1 << 20, DEADLINE_MS = 20000, STARTS_MAX = 51 };

struct run {
    pid_t child;
    int master;
    char out[OUT_MAX]; /* what was written since the last mark */
    size_t length;
};

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1000 + (double)now.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double percentile(double *values, size_t count, double part)
{
    qsort(values, count, sizeof *values, compare);
    size_t at = (size_t)(part * (double)(count - 1) + 0.5);
    return values[at];
}

/* --- a program in a terminal */

static void start(struct run *run, const char *secrets, const char *const *argv)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    run->length = 0;
    run->child = forkpty(&run->master, NULL, NULL, &size);
    if (run->child == 0) {
        int fd = open(secrets, O_RDONLY);
        dup2(fd, 3);
        setenv("TERM", "xterm-256color", 1);
        setenv("LANG", "C.UTF-8", 1);
        execv(argv[0], (char *const *)argv);
        _exit(127);
    }
}

/* Reads what comes within wait_ms; false at the end or when nothing came. */
static bool pump(struct run *run, int wait_ms)
{
    struct pollfd fd = {.fd = run->master, .events = POLLIN};
    if (poll(&fd, 1, wait_ms) <= 0)
        return false;
    if (run->length > OUT_MAX / 2)
        run->length = 0;
    ssize_t got = read(run->master, run->out + run->length, OUT_MAX - 1 - run->length);
    if (got <= 0)
        return false;
    run->length += (size_t)got;
    run->out[run->length] = '\0';
    return true;
}

static bool wait_for(struct run *run, const char *text)
{
    double until = now_ms() + DEADLINE_MS;
    while (now_ms() < until) {
        if (run->length > 0 && memmem(run->out, run->length, text, strlen(text)) != NULL)
            return true;
        pump(run, 100);
    }
    fprintf(stderr, "bench_console: waited in vain for '%s'\n", text);
    return false;
}

static void quiet(struct run *run, int ms)
{
    while (pump(run, ms))
        continue;
    run->length = 0;
}

static void stop(struct run *run)
{
    kill(run->child, SIGTERM);
    while (pump(run, 200))
        continue;
    close(run->master);
    waitpid(run->child, NULL, 0);
}

static long memory_kib(pid_t child, const char *name)
{
    char path[64], line[256];
    long value = -1;
    snprintf(path, sizeof path, "/proc/%d/status", (int)child);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            value = strtol(line + strlen(name) + 1, NULL, 10);
    if (file != NULL)
        fclose(file);
    return value;
}

/* --- start */

static double start_ms(const char *secrets, const char *const *argv, long *rss)
{
    static struct run run;
    double begin = now_ms();
    start(&run, secrets, argv);
    bool good = wait_for(&run, "X-");
    double spent = now_ms() - begin;
    if (rss != NULL)
        *rss = memory_kib(run.child, "VmRSS");
    stop(&run);
    return good ? spent : -1;
}

static bool bench_start(const char *secrets, const char *const *ours,
                        const char *const *bare, size_t starts)
{
    double mine[STARTS_MAX], theirs[STARTS_MAX];
    long my_rss = 0, their_rss = 0;
    /* By turns, so that whatever else runs here is shared. */
    for (size_t i = 0; i < starts; i++) {
        theirs[i] = start_ms(secrets, bare, &their_rss);
        mine[i] = start_ms(secrets, ours, &my_rss);
        if (mine[i] < 0 || theirs[i] < 0)
            return false;
    }
    double a = percentile(mine, starts, 0.5), b = percentile(theirs, starts, 0.5);
    printf("start to the first page    %7.1f ms   bare %7.1f ms   ratio %.2f   (goal 1.25)\n", a, b,
           a / b);
    printf("VmRSS after the start      %7ld KiB  bare %7ld KiB\n", my_rss, their_rss);
    return a / b <= 1.25;
}

/* --- pages */

/* The same connection, statement and paging as the console's, without a terminal in between. */
static struct store *connect_store(const char *profile, const char *secrets)
{
    static struct key *key; /* lives as long as the connection */
    struct error error;
    struct config *config = config_read(profile, NULL, NULL, &error);
    struct secret *password = secret_new(), *passphrase = secret_new();
    int fd = open(secrets, O_RDONLY);
    bool good = config != NULL && secret_read(password, fd, &error) &&
                secret_read(passphrase, fd, &error) &&
                (key = key_open(config->key, secret_text(passphrase), &error)) != NULL;
    struct store *store = NULL;
    if (good) {
        struct store_options options = {
            .host = config->host, .hostaddr = config->hostaddr, .port = config->port,
            .database = config->database, .user = config->operator_name,
            .password = secret_text(password), .root_certificate = config->root_certificate,
            .certificate = config->certificate, .key = key_path(key), .application = "bench",
            .once = true};
        store = store_new(&options, &error);
    }
    if (store == NULL || !store_wait_ready(store, DEADLINE_MS, &error))
        fprintf(stderr, "bench_console: %s\n", error.message);
    return store;
}

/* One page; the last row's key is copied to key, where it is not NULL. */
static bool read_page(struct store *store, enum keyset_part part, char key[2][64])
{
    static const char *const order[] = {"opened_at", "exception_id"};
    const char *at[] = {key[0], key[1]};
    struct keyset keyset = {.statement = store_statement("exceptions"), .order = order,
                            .order_count = 2, .part = part, .key = at, .limit = 51};
    struct keyset_sql sql;
    struct store_answer answer;
    if (!keyset_rows(&sql, &keyset, NULL))
        return false;
    struct store_call call = {.sql = buffer_text(&sql.sql), .values = sql.values,
                              .value_count = sql.value_count};
    bool good = store_run(store, &call, &answer) && answer.result->rows == 51;
    for (int c = 0; good && c < 2; c++)
        snprintf(key[c], 64, "%s", store_cell(answer.result, 50, order[c]));
    keyset_sql_free(&sql);
    store_answer_release(&answer);
    return good;
}

/* A row at that part of the list, in thousandths. */
static bool row_at(struct store *store, int thousandth, char key[2][64])
{
    char number[32];
    snprintf(number, sizeof number, "%d", thousandth);
    const char *const values[] = {number};
    struct store_answer answer;
    struct store_call call = {
        .sql = "select opened_at, exception_id from desk.exceptions where exception_id >= (select "
               "min(exception_id) + (max(exception_id) - min(exception_id)) * $1::int / 1000 from "
               "desk.exceptions) order by exception_id limit 1",
        .values = values, .value_count = 1, .deadline_ms = 60000};
    bool good = store_run(store, &call, &answer) && answer.result->rows == 1;
    for (int c = 0; good && c < 2; c++)
        snprintf(key[c], 64, "%s", answer.result->cells[0][c]);
    store_answer_release(&answer);
    return good;
}

struct depth {
    const char *name;
    enum keyset_part part;
    int thousandth;
    char key[2][64];
    double spent[PAGES];
};

static struct depth depths[] = {
    {.name = "first", .part = KEYSET_FIRST},
    {.name = "at 10 %", .part = KEYSET_AFTER, .thousandth = 100},
    {.name = "at 50 %", .part = KEYSET_AFTER, .thousandth = 500},
    {.name = "back from 50 %", .part = KEYSET_BEFORE, .thousandth = 500},
    {.name = "at 99 %", .part = KEYSET_AFTER, .thousandth = 990},
    {.name = "last", .part = KEYSET_LAST},
};
enum { DEPTHS = sizeof depths / sizeof depths[0] };

static bool measure(struct store *store, struct depth *depth, size_t index)
{
    char key[2][64];
    memcpy(key, depth->key, sizeof key);
    double begin = now_ms();
    if (!read_page(store, depth->part, key))
        return false;
    depth->spent[index] = now_ms() - begin;
    return true;
}

/* By turns, so that whatever else runs here is shared. */
static bool bench_pages(const char *profile, const char *secrets)
{
    struct store *store = connect_store(profile, secrets);
    if (store == NULL)
        return false;
    for (size_t d = 0; d < DEPTHS; d++)
        if (depths[d].thousandth > 0 && !row_at(store, depths[d].thousandth, depths[d].key))
            return false;
    for (size_t i = 0; i < PAGES; i++)
        for (size_t d = 0; d < DEPTHS; d++)
            if (!measure(store, &depths[d], i))
                return false;
    store_free(store);
    double first = percentile(depths[0].spent, PAGES, 0.5), worst = first;
    printf("a page of 50 rows          first %.2f ms", first);
    for (size_t d = 1; d < DEPTHS; d++) {
        double spent = percentile(depths[d].spent, PAGES, 0.5);
        printf(", %s %.2f", depths[d].name, spent);
        worst = spent > worst ? spent : worst;
    }
    printf("   ratio %.2f   (goal 1.2)\n", worst / first);
    return worst <= 1.2 * first;
}

static void scroll(struct run *run)
{
    for (int i = 0; i < 300; i++) {
        if (write(run->master, i < 200 ? "\033[6~" : "\033[5~", 4) != 4)
            return;
        while (pump(run, 5))
            continue;
    }
}

/* --- keys while the database is stopped */

static int stopped[512];
static size_t stopped_count;

/* Stops every process whose command line says it is a server for this database. */
static void stop_server(const char *database)
{
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    stopped_count = 0;
    while (proc != NULL && (entry = readdir(proc)) != NULL) {
        char path[300], line[512] = "";
        long pid = strtol(entry->d_name, NULL, 10);
        snprintf(path, sizeof path, "/proc/%s/cmdline", entry->d_name);
        FILE *file = pid > 1 ? fopen(path, "r") : NULL;
        if (file == NULL)
            continue;
        size_t got = fread(line, 1, sizeof line - 1, file);
        fclose(file);
        if (got > 9 && strncmp(line, "postgres:", 9) == 0 && strstr(line, database) != NULL &&
            stopped_count < 512) {
            stopped[stopped_count++] = (int)pid;
            kill((pid_t)pid, SIGSTOP);
        }
    }
    if (proc != NULL)
        closedir(proc);
}

static void continue_server(void)
{
    for (size_t i = 0; i < stopped_count; i++)
        kill((pid_t)stopped[i], SIGCONT);
}

static bool bench_keys(struct run *run, const char *mark)
{
    static double spent[KEYS];
    quiet(run, 300);
    stop_server(mark);
    size_t answered = 0;
    for (size_t i = 0; i < KEYS; i++) {
        const char *key = i / 8 % 2 == 0 ? "\033[B" : "\033[A";
        double begin = now_ms();
        run->length = 0;
        if (write(run->master, key, 3) == 3 && pump(run, 1000))
            spent[answered++] = now_ms() - begin;
        while (pump(run, 2))
            continue;
    }
    continue_server();
    if (answered < KEYS * 9 / 10 || stopped_count == 0) {
        printf("keys: only %zu of %d were answered, %zu processes stopped\n", answered, KEYS,
               stopped_count);
        return false;
    }
    double p99 = percentile(spent, answered, 0.99);
    printf("key answered, db stopped   %7.2f ms p99, %.2f ms p50, %.2f ms worst   (goal 5)\n", p99,
           percentile(spent, answered, 0.5), spent[answered - 1]);
    return p99 <= 5;
}

int main(int argc, char **argv)
{
    if (argc < 7) {
        fprintf(stderr, "usage: bench_console DAYBOOK BARE PROFILE CONNINFO SECRETS BACKEND_MARK "
                        "[STARTS]\n");
        return 2;
    }
    const char *ours[] = {argv[1], "--config", argv[3], "--password-fd", "3", "--passphrase-fd",
                          "3", "--screen", "exceptions", NULL};
    const char *bare[] = {argv[2], argv[4], "3", NULL};
    const char *secrets = argv[5];
    size_t starts = argc > 7 ? (size_t)strtol(argv[7], NULL, 10) : 11;
    if (starts < 1 || starts > STARTS_MAX)
        starts = 11;
    bool good = bench_start(secrets, ours, bare, starts);
    good = bench_pages(argv[3], secrets) && good;
    static struct run run;
    start(&run, secrets, ours);
    if (!wait_for(&run, "X-"))
        return 1;
    quiet(&run, 500);
    scroll(&run);
    long anon = memory_kib(run.child, "RssAnon"), rss = memory_kib(run.child, "VmRSS");
    printf("RssAnon after all pages    %7ld KiB  (goal 8192), VmRSS %ld KiB\n", anon, rss);
    good = anon > 0 && anon < 8192 && good;
    good = bench_keys(&run, argv[6]) && good;
    stop(&run);
    return good ? 0 : 1;
}
