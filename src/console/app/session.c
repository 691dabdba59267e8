#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "daybook/base/language.h"
#include "daybook/store/request.h"

static void tell_fault(void *context, const char *fault)
{
    (void)context;
    fprintf(stderr, "%s\n", fault);
}

bool session_configure(struct session *session, const struct options *options,
                       struct error *error)
{
    char *path = config_find(options->config);
    if (path == NULL)
        return error_set(error, ERROR_USAGE, _("no profile: give --config FILE"));
    session->config = config_read(path, tell_fault, NULL, error);
    free(path);
    if (session->config == NULL) {
        if (error != NULL)
            error->code = ERROR_USAGE;
        return false;
    }
    return key_is_protected(session->config->key, &session->is_person, error);
}

void session_release(struct session *session)
{
    key_free(session->key);
    secret_free(session->password);
    secret_free(session->passphrase);
    config_free(session->config);
    *session = (struct session){0};
}

/* --- secrets */

/* The terminal without echo while a secret is typed; what it was before comes back. */
static bool ask_on_terminal(struct secret *secret, const char *question, struct error *error)
{
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (tty < 0)
        return error_set(error, ERROR_USAGE,
                         _("there is no terminal to ask on: use --password-fd and "
                           "--passphrase-fd"));
    struct termios before, silent;
    bool is_silent = tcgetattr(tty, &before) == 0;
    if (is_silent) {
        silent = before;
        silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
        is_silent = tcsetattr(tty, TCSAFLUSH, &silent) == 0;
    }
    bool good = is_silent;
    if (!is_silent)
        error_set(error, ERROR_SYSTEM, _("the terminal cannot be made silent"));
    else
        good = dprintf(tty, "%s: ", question) > 0 && secret_read(secret, tty, error);
    if (is_silent)
        (void)tcsetattr(tty, TCSAFLUSH, &before);
    (void)dprintf(tty, "\n");
    close(tty);
    return good;
}

static bool ask(struct secret **secret, int fd, const char *question, struct error *error)
{
    *secret = secret_new();
    if (fd >= 0)
        return secret_read(*secret, fd, error);
    return ask_on_terminal(*secret, question, error);
}

bool session_ask_secrets(struct session *session, const struct options *options,
                         struct error *error)
{
    if (!session->is_person)
        return true;
    char question[256];
    snprintf(question, sizeof question, _("Password of %s"), session->config->operator_name);
    if (!ask(&session->password, options->password_fd, question, error))
        return false;
    snprintf(question, sizeof question, _("Passphrase of %s"), session->config->key);
    return ask(&session->passphrase, options->passphrase_fd, question, error);
}

bool session_ask_signing(struct session *session, const struct options *options,
                         struct secret **passphrase, struct error *error)
{
    char question[256];
    snprintf(question, sizeof question, _("Passphrase of %s"), session->config->sign_key);
    return ask(passphrase, options->passphrase_fd, question, error);
}

/* --- connecting */

struct store_options session_store_options(const struct session *session)
{
    const struct config *config = session->config;
    return (struct store_options){
        .host = config->host,
        .hostaddr = config->hostaddr != NULL ? config->hostaddr : session->address,
        .port = config->port,
        .database = config->database,
        .user = config->operator_name,
        .password = session->password == NULL ? NULL : secret_text(session->password),
        .root_certificate = config->root_certificate,
        .certificate = config->certificate,
        .key = key_path(session->key),
        .application = "daybook",
        .statement_timeout_ms = SESSION_STATEMENT_TIMEOUT_MS,
        .connect_deadline_ms = SESSION_CONNECT_MS,
    };
}

bool session_open_key(struct session *session, const struct options *options,
                      struct error *error)
{
    if (session->config == NULL && !session_configure(session, options, error))
        return false;
    if (session->key != NULL)
        return true;
    if (!session_ask_secrets(session, options, error))
        return false;
    session->key = key_open(session->config->key, session->passphrase == NULL
                                                      ? NULL : secret_text(session->passphrase),
                            error);
    secret_free(session->passphrase);
    session->passphrase = NULL;
    return session->key != NULL;
}

static bool look_up(struct session *session, struct error *error)
{
    return session->config->hostaddr != NULL || session->address[0] != '\0' ||
           store_resolve(session->config->host, session->address, sizeof session->address, error);
}

struct store *session_connect(struct session *session, const struct options *options,
                              int statement_timeout_ms, struct error *error)
{
    if (!session_open_key(session, options, error) || !look_up(session, error))
        return NULL;
    struct store_options wanted = session_store_options(session);
    wanted.once = true;
    wanted.statement_timeout_ms = statement_timeout_ms;
    struct store *store = store_new(&wanted, error);
    if (store != NULL && !store_wait_ready(store, SESSION_CONNECT_MS, error)) {
        store_free(store);
        store = NULL;
    }
    return store;
}

/* --- the payment core */

bool session_has_core(const struct session *session)
{
    return session->config->core_url != NULL;
}

struct core *session_core(const struct session *session, struct wire *wire, struct error *error)
{
    const struct config *config = session->config;
    struct core_options options = {.url = config->core_url, .root = config->core_root,
                                   .certificate = config->certificate,
                                   .key = key_bytes(session->key)};
    return core_new(wire, &options, error);
}
