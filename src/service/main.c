/* daybookd: the desk's service. One process, its own certificate, no authority over money. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "daybook/base/date.h"
#include "daybook/base/environment.h"
#include "daybook/base/language.h"
#include "daybook/base/log.h"
#include "daybook/base/share.h"
#include "daybook/base/text.h"
#include "daybook/store/config.h"
#include "daybook/store/request.h"
#include "daybook/trust/key.h"
#include "daybook/wire/wait.h"
#include "service.h"

enum { SECOND_US = 1000000, CONNECT_DEADLINE_MS = 10000 };

static const char usage_text[] =
    "usage: daybookd --config FILE [--inbox DIR] [--once] [--settle SECONDS]\n"
    "                [--reconcile-every SECONDS]\n"
    "       daybookd --config FILE --seal\n"
    "       daybookd --config FILE --witness FILE\n"
    "\n"
    "Imports what arrives in the inbox (done/ and bad/ in it take what was read), reads a second\n"
    "time what operators imported, matches, raises what is left, and tells the payment core what\n"
    "matched and what was approved, where the profile names one. SIGTERM ends it; an import under\n"
    "way is undone.\n"
    "\n"
    "With --seal it chains the audit's entries and signs the chain's head, and does nothing else.\n"
    "With --witness it keeps the signed heads in an append-only file, and ends with an alarm\n"
    "where the chain goes back or is another one. Each has a login of its own.\n"
    "\n"
    "  --inbox DIR               instead of the profile's\n"
    "  --once                    does what there is to do and ends; files need not settle\n"
    "  --settle SECONDS          how long a file must stay as it is (3)\n"
    "  --reconcile-every SECONDS matching without new files, for what becomes due (300)\n";

struct options {
    const char *config;
    const char *inbox; /* instead of the profile's */
    const char *witness; /* the file of the witness; NULL: this is none */
    bool once, help, seal;
    int64_t settle_s, reconcile_s;
};

static bool take_seconds(const char *text, int64_t *out)
{
    return text && text_to_int64(span_of(text), out) && *out >= 0 && *out <= 86400;
}

static bool read_options(int argc, char **argv, struct options *options)
{
    for (int i = 1; i < argc; i++) {
        const char *next = i + 1 < argc ? argv[i + 1] : NULL;

        if (strcmp(argv[i], "--once") == 0) {
            options->once = true;
        } else if (strcmp(argv[i], "--help") == 0) {
            options->help = true;
        } else if (strcmp(argv[i], "--seal") == 0) {
            options->seal = true;
        } else if (strcmp(argv[i], "--witness") == 0 && next) {
            options->witness = next;
            i++;
        } else if (strcmp(argv[i], "--config") == 0 && next) {
            options->config = next;
            i++;
        } else if (strcmp(argv[i], "--inbox") == 0 && next) {
            options->inbox = next;
            i++;
        } else if (strcmp(argv[i], "--settle") == 0 && take_seconds(next, &options->settle_s)) {
            i++;
        } else if (strcmp(argv[i], "--reconcile-every") == 0
                   && take_seconds(next, &options->reconcile_s)) {
            i++;
        } else {
            return false;
        }
    }
    return (options->config || options->help) && !(options->seal && options->witness);
}

/* Signals arrive as bytes, so that no work is cut in half by one. */
static int take_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

bool service_goes_on(struct service *service)
{
    struct signalfd_siginfo info;

    while (read(service->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        /* A service that lost its terminal goes on. */
        if (info.ssi_signo != SIGHUP)
            service->stopping = true;
    }
    return !service->stopping;
}

static void tell_fault(void *context, const char *fault)
{
    (void)context;
    log_write(LOG_ERROR, "config.fault", "%s", fault);
}

/* When the next piece of work may be due. */
static int64_t next_turn(const struct service *service)
{
    int64_t until_us = service->next_reconcile_us;

    if (service->next_verify_us < until_us)
        until_us = service->next_verify_us;
    if (service->core && service->next_tell_us < until_us)
        until_us = service->next_tell_us;
    if (service->core && service->next_relay_us < until_us)
        until_us = service->next_relay_us;
    if (service->inbox && inbox_next_look(service->inbox) < until_us)
        until_us = inbox_next_look(service->inbox);
    return until_us;
}

void service_wait(struct service *service, struct wire *wire, int64_t until_us)
{
    struct store_interest want = store_interest(service->store);
    struct wire_fd fds[] = {
        {.fd = want.fd, .read = want.read, .write = want.write},
        {.fd = service->signals, .read = true},
        {.fd = service->inbox ? inbox_fd(service->inbox) : -1, .read = true},
    };

    if (want.deadline_us < until_us)
        until_us = want.deadline_us;
    wire_wait(wire, fds, sizeof fds / sizeof fds[0], until_us);
    store_advance(service->store, clock_monotonic_us());
}

/* Tells when the connection goes and comes; false where the server refuses this login. */
bool service_watch_connection(struct service *service, enum store_state *before)
{
    enum store_state state = store_state(service->store);

    if (state == *before)
        return true;
    *before = state;
    if (state == STORE_READY)
        log_write(LOG_INFO, "store.ready", "pending=%zu", store_pending(service->store));
    else if (state == STORE_WAITING)
        log_write(LOG_WARNING, "store.lost", "error=%s", store_last_error(service->store)->message);
    else if (state == STORE_REFUSED)
        log_write(LOG_ERROR, "store.refused", "error=%s",
                  store_last_error(service->store)->message);
    return state != STORE_REFUSED;
}

static int run(struct service *service, struct wire *wire)
{
    enum store_state state = STORE_IDLE;

    store_start(service->store, clock_monotonic_us());
    while (service_goes_on(service)) {
        if (!service_watch_connection(service, &state))
            return 1;
        if (state == STORE_READY && service_work(service))
            continue;
        service_wait(service, wire, state == STORE_READY ? next_turn(service) : INT64_MAX);
    }
    log_write(LOG_INFO, "service.stopped", "signal=yes");
    return 0;
}

static int run_once(struct service *service)
{
    struct error error = {0};

    if (!store_wait_ready(service->store, CONNECT_DEADLINE_MS, &error)) {
        log_write(LOG_ERROR, "store.lost", "error=%s", error.message);
        return 3;
    }
    while (service_goes_on(service) && service_work(service))
        continue;
    return 0;
}

static struct store *connect_as(const struct config *config, const struct key *key,
                                struct error *error)
{
    struct store_options options = {
        .host = config->host,
        .hostaddr = config->hostaddr,
        .port = config->port,
        .database = config->database,
        .user = config->operator_name,
        .root_certificate = config->root_certificate,
        .certificate = config->certificate,
        .key = key_path(key),
        .application = "daybookd",
    };

    return store_new(&options, error);
}

/* Without an address in the profile the core is a foreign one, which nothing is told. */
static bool find_core(struct service *service, const struct config *config, const struct key *key,
                      struct wire *wire, struct error *error)
{
    struct core_options options = {.url = config->core_url, .root = config->core_root,
                                   .certificate = config->certificate, .key = key_bytes(key)};

    if (config->core_url == NULL)
        return true;
    service->core = core_new(wire, &options, error);
    return service->core != NULL;
}

static int serve(const struct options *options, const struct config *config,
                 struct error *error)
{
    struct service service = {
        .signals = take_signals(),
        .verify_every_us = 5 * SECOND_US,
        .reconcile_every_us = (options->reconcile_s > 0 ? options->reconcile_s : 1) * SECOND_US,
    };
    struct key *key = key_open(config->key, NULL, error);
    struct wire *wire = key ? wire_new(error) : NULL;
    bool fine = wire != NULL;
    const char *inbox = options->inbox ? options->inbox : config->inbox;
    int status = 1;

    if (fine && inbox) {
        service.inbox = inbox_new(inbox, options->once ? 0 : options->settle_s * SECOND_US, error);
        fine = service.inbox != NULL;
    }
    fine = fine && find_core(&service, config, key, wire, error);
    service.store = fine ? connect_as(config, key, error) : NULL;
    if (service.store && (options->seal || options->witness)) {
        status = options->seal ? service_seal(&service, wire, config, options->once, error)
                               : service_witness(&service, wire, config, options->witness,
                                                 options->once, error);
    } else if (service.store) {
        log_write(LOG_INFO, "service.started", "database=%s inbox=%s", config->database,
                  inbox ? inbox : "");
        status = options->once ? run_once(&service) : run(&service, wire);
    }
    store_free(service.store);
    inbox_free(service.inbox);
    core_free(service.core);
    wire_free(wire);
    key_free(key);
    if (service.signals >= 0)
        close(service.signals);
    return status;
}

int main(int argc, char **argv)
{
    struct options options = {.settle_s = 3, .reconcile_s = 300};
    struct error error = {0};
    char share[4096];

    environment_scrub();
    if (!read_options(argc, argv, &options) || options.help) {
        fputs(usage_text, options.help ? stdout : stderr);
        return options.help ? 0 : 2;
    }
    if (!language_start("en", share_directory(share, sizeof share), &error))
        log_write(LOG_WARNING, "language", "error=%s", error.message);
    struct config *config = config_read(options.config, tell_fault, NULL, &error);

    if (!config)
        return 2;
    int status = serve(&options, config, &error);

    if (error.code != ERROR_NONE)
        log_write(LOG_ERROR, "service.failed", "error=%s", error.message);
    config_free(config);
    return status;
}
