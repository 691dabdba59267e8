/* Opening the session while the terminal starts: the key is derived on one worker, the server's
 * name looked up on the other, and the connection begins when both are there. */
#include <stdio.h>
#include <stdlib.h>

#include "daybook/base/date.h"
#include "daybook/base/language.h"
#include "daybook/base/memory.h"
#include "inside.h"

void opening_run_elsewhere(void *context, void (*function)(void *), void *argument)
{
    struct console *console = context;
    worker_do(console->hang, function, NULL, argument);
}

static void connect_when_ready(struct console *console)
{
    if (!console->key_opened || !console->name_known || console->store != NULL)
        return;
    struct store_options options = session_store_options(&console->session);
    options.elsewhere = opening_run_elsewhere;
    options.elsewhere_context = console;
    struct error error;
    console->store = store_new(&options, &error);
    if (console->store == NULL) {
        console_end_with(console, &error);
        return;
    }
    rows_session(console);
    store_start(console->store, clock_monotonic_us());
}

/* --- the key, on the slow worker */

struct opening_key {
    struct console *console;
    struct key *key;
    struct error error;
};

static void key_work(void *argument)
{
    struct opening_key *opening = argument;
    const struct session *session = &opening->console->session;
    const char *passphrase = session->passphrase == NULL ? NULL
                                                         : secret_text(session->passphrase);
    opening->key = key_open(session->config->key, passphrase, &opening->error);
}

static void key_over(void *argument)
{
    struct opening_key *opening = argument;
    struct console *console = opening->console;
    secret_free(console->session.passphrase);
    console->session.passphrase = NULL;
    if (opening->key == NULL) {
        console_end_with(console, &opening->error);
    } else {
        console->session.key = opening->key;
        console->key_opened = true;
        core_begin(console);
        connect_when_ready(console);
    }
    free(opening);
}

/* --- the name, on the worker for what may hang */

struct opening_name {
    struct console *console;
    char address[64];
    bool found;
    struct error error;
};

static void name_work(void *argument)
{
    struct opening_name *opening = argument;
    opening->found = store_resolve(opening->console->session.config->host, opening->address,
                                   sizeof opening->address, &opening->error);
}

static void name_over(void *argument)
{
    struct opening_name *opening = argument;
    struct console *console = opening->console;
    if (!opening->found) {
        console_end_with(console, &opening->error);
    } else {
        snprintf(console->session.address, sizeof console->session.address, "%s",
                 opening->address);
        console->name_known = true;
        connect_when_ready(console);
    }
    free(opening);
}

bool opening_start(struct console *console, struct error *error)
{
    console->wire = wire_new(error);
    if (console->wire == NULL)
        return false;
    console->hang = worker_new(console->wire, error);
    console->slow = console->hang == NULL ? NULL : worker_new(console->wire, error);
    if (console->slow == NULL)
        return false;
    struct opening_key *key = memory_new(sizeof *key);
    key->console = console;
    worker_do(console->slow, key_work, key_over, key);
    if (console->session.config->hostaddr != NULL) {
        console->name_known = true;
        return true;
    }
    struct opening_name *name = memory_new(sizeof *name);
    name->console = console;
    worker_do(console->hang, name_work, name_over, name);
    return true;
}
