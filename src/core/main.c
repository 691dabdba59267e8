/* paycore: the reference payment core. REST over mutual TLS on one side, banks on the other, the
 * ledger in PostgreSQL. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "admin.h"
#include "config.h"
#include "daybook/base/environment.h"
#include "daybook/base/log.h"
#include "http.h"
#include "worker.h"

static const char usage_text[] =
    "usage: paycore --config FILE serve\n"
    "       paycore --config FILE check\n"
    "       paycore --config FILE client add NAME RIGHT...\n"
    "       paycore --config FILE channel put NAME WORD=VALUE...\n"
    "\n"
    "serve answers requests and talks to banks until SIGTERM. check reads the configuration, the\n"
    "certificates and the database, and says what is wrong. client add enters a client, by its\n"
    "certificate's name, with its rights: payouts desk operator read admin. channel put sets a\n"
    "channel: url currency accounts ladder_base_s ladder_count follow_up_s not_after_s\n"
    "not_after_enforced idempotent not_found_final_s answer_timeout_ms. A new one must be given\n"
    "accounts, ours at that bank, by commas: what its statements say of others is refused;\n"
    "'accounts=' alone says that it writes none. For both the login must be the database's owner\n"
    "(PAYCORE_USER, PAYCORE_HOST).\n"
    "\n"
    "words of FILE (or the environment, PAYCORE_WORD):\n";

static void print_usage(FILE *out)
{
    fputs(usage_text, out);
    for (size_t i = 0;; i++) {
        const struct core_config_word *word = core_config_word(i);

        if (!word)
            return;
        fprintf(out, "  %-16s %s%s%s%s\n", word->word, word->help,
                word->standard ? " (" : "", word->standard ? word->standard : "",
                word->standard ? ")" : "");
    }
}

static void tell_fault(void *context, const char *fault)
{
    (void)context;
    log_write(LOG_ERROR, "config.fault", "%s", fault);
}

static void set_log_level(const char *word)
{
    static const char *const names[] = {"debug", "info", "warning", "error"};

    for (int i = 0; i < 4; i++)
        if (strcmp(word, names[i]) == 0)
            log_set_level((enum log_level)i);
}

/* Blocked before any thread starts, so that every thread has them blocked and this one takes them
 * where it waits. */
static void block_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
    sigprocmask(SIG_BLOCK, set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* A server that lost its terminal goes on. */
static void wait_for_the_end(const sigset_t *set)
{
    int number;

    while (sigwait(set, &number) == 0 && number == SIGHUP)
        continue;
}

static int serve(const struct core_config *config, struct error *error)
{
    sigset_t signals;

    block_signals(&signals);
    struct core_server *server = core_server_start(config, error);

    if (!server)
        return 1;
    struct core_worker *worker = core_worker_start(config, error);

    if (!worker) {
        core_server_stop(server);
        return 1;
    }
    log_write(LOG_INFO, "core.started", "listen=%s port=%d threads=%d workers=%d", config->listen,
              core_server_port(server), (int)config->threads, (int)config->workers);
    wait_for_the_end(&signals);
    log_write(LOG_INFO, "core.stopping", "signal=yes");
    core_server_stop(server);
    core_worker_stop(worker);
    log_write(LOG_INFO, "core.stopped", "signal=yes");
    return 0;
}

static int run(int count, char **words, const struct core_config *config, struct error *error)
{
    if (count == 1 && strcmp(words[0], "serve") == 0)
        return serve(config, error);
    if (count == 1 && strcmp(words[0], "check") == 0)
        return core_admin_check(config, error) ? 0 : 1;
    if (count >= 4 && strcmp(words[0], "client") == 0 && strcmp(words[1], "add") == 0)
        return core_admin_client(config, words[2], count - 3, words + 3, error) ? 0 : 1;
    if (count >= 4 && strcmp(words[0], "channel") == 0 && strcmp(words[1], "put") == 0)
        return core_admin_channel(config, words[2], count - 3, words + 3, error) ? 0 : 1;
    print_usage(stderr);
    return 2;
}

int main(int argc, char **argv)
{
    struct rlimit none = {0};
    struct error error = {0};

    environment_scrub();
    /* Keys stand in this process's memory. */
    setrlimit(RLIMIT_CORE, &none);
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        print_usage(stdout);
        return 0;
    }
    if (argc < 4 || strcmp(argv[1], "--config") != 0) {
        print_usage(stderr);
        return 2;
    }
    struct core_config *config = core_config_read(argv[2], tell_fault, NULL, &error);

    if (!config)
        return 2;
    set_log_level(config->log);
    int status = run(argc - 3, argv + 3, config, &error);

    if (error.code != ERROR_NONE)
        log_write(LOG_ERROR, "core.failed", "error=%s", error.message);
    core_config_free(config);
    return status;
}
