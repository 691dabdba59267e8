/* One import and one run of matching through the program's own store, timed phase by phase:
 *
 *     bench_import PROFILE SECRETS FILE
 *
 * SECRETS has a line "NAME PASSWORD PASSPHRASE" for the profile's operator. Prints "PHASE
 * MILLISECONDS" lines; connecting and opening the key are not counted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/date.h"
#include "daybook/base/environment.h"
#include "daybook/store/config.h"
#include "daybook/store/connection.h"
#include "daybook/store/import.h"
#include "daybook/store/request.h"
#include "daybook/trust/key.h"

enum { RECONCILE_MS = 30 * 60 * 1000, CONNECT_MS = 20000 };

static int fails(const char *what, const struct error *error)
{
    fprintf(stderr, "bench_import: %s: %s\n", what, error->message);
    return 1;
}

static bool find_secrets(const char *path, const char *name, char password[64],
                         char passphrase[64])
{
    char line[256], who[64];
    bool found = false;
    FILE *file = fopen(path, "r");

    while (file != NULL && !found && fgets(line, sizeof line, file) != NULL)
        found = sscanf(line, "%63s %63s %63s", who, password, passphrase) == 3 &&
                strcmp(who, name) == 0;
    if (file != NULL)
        fclose(file);
    return found;
}

static struct store *connect_to(const struct config *config, struct key *key, const char *password,
                                struct error *error)
{
    struct store_options options = {.host = config->host, .hostaddr = config->hostaddr,
                                    .port = config->port, .database = config->database,
                                    .user = config->operator_name, .password = password,
                                    .root_certificate = config->root_certificate,
                                    .certificate = config->certificate, .key = key_path(key),
                                    .application = "bench", .once = true};
    struct store *store = store_new(&options, error);

    if (store != NULL && store_wait_ready(store, CONNECT_MS, error))
        return store;
    store_free(store);
    return NULL;
}

struct phases {
    enum import_phase now;
    int64_t since_us, spent_us[IMPORT_ENDED + 1];
};

static void phase_is(struct phases *phases, enum import_phase phase)
{
    int64_t now_us = clock_monotonic_us();

    phases->spent_us[phases->now] += now_us - phases->since_us;
    phases->since_us = now_us;
    phases->now = phase;
}

static bool on_progress(void *context, const struct import_progress *progress)
{
    struct phases *phases = context;

    if (progress->phase != phases->now)
        phase_is(phases, progress->phase);
    return true;
}

static bool import_timed(struct store *store, const char *path, struct error *error)
{
    static const char *const words[] = {[IMPORT_HASHING] = "hash", [IMPORT_KEEPING] = "keep",
                                        [IMPORT_READING] = "stage", [IMPORT_MATCHING] = "finish"};
    struct import_options options = {.path = path};
    struct import_outcome outcome;
    struct phases phases = {.now = IMPORT_HASHING, .since_us = clock_monotonic_us()};

    if (!import_run(store, &options, on_progress, &phases, &outcome, error))
        return false;
    phase_is(&phases, IMPORT_ENDED);
    for (int i = 0; i < IMPORT_ENDED; i++)
        printf("%s %lld\n", words[i], (long long)phases.spent_us[i] / 1000);
    printf("lines %lld\nmatched %lld\n", (long long)outcome.lines_new, (long long)outcome.matched);
    return true;
}

static bool reconcile_timed(struct store *store, struct error *error)
{
    const char *const values[] = {"CCB", "f", NULL};
    struct store_call call = {.statement = "reconcile", .values = values, .value_count = 3,
                              .writes = true, .deadline_ms = RECONCILE_MS};
    struct store_answer answer;
    int64_t start_us = clock_monotonic_us();
    bool good = store_run(store, &call, &answer);

    if (good)
        printf("reconcile %lld\n", (long long)(clock_monotonic_us() - start_us) / 1000);
    else
        *error = answer.error;
    store_answer_release(&answer);
    return good;
}

int main(int argc, char **argv)
{
    struct error error = {0};
    char password[64], passphrase[64];

    if (argc != 4) {
        fputs("usage: bench_import PROFILE SECRETS FILE\n", stderr);
        return 2;
    }
    environment_scrub();
    struct config *config = config_read(argv[1], NULL, NULL, &error);
    if (config == NULL)
        return fails(argv[1], &error);
    if (!find_secrets(argv[2], config->operator_name, password, passphrase)) {
        fprintf(stderr, "bench_import: %s has no line of %s\n", argv[2], config->operator_name);
        return 1;
    }
    struct key *key = key_open(config->key, passphrase, &error);
    if (key == NULL)
        return fails("key", &error);
    struct store *store = connect_to(config, key, password, &error);
    if (store == NULL)
        return fails("connection", &error);
    bool good = import_timed(store, argv[3], &error) && reconcile_timed(store, &error);
    store_free(store);
    key_free(key);
    config_free(config);
    return good ? 0 : fails("import", &error);
}
