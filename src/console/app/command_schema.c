/* daybook schema install|upgrade|status: the database's owner alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "daybook/base/language.h"
#include "daybook/store/schema.h"

static struct store *schema_connect(const struct options *options, struct error *error)
{
    const char *conninfo = options_value(options, "admin");
    if (conninfo == NULL) {
        error_set(error, ERROR_USAGE, _("say --admin \"host=... dbname=... user=...\": only the "
                                        "database's owner may do this"));
        return NULL;
    }
    struct store_options wanted = {.admin_conninfo = conninfo, .application = "daybook schema",
                                   .once = true};
    struct store *store = store_new(&wanted, error);
    if (store != NULL && !store_wait_ready(store, SESSION_CONNECT_MS, error)) {
        store_free(store);
        store = NULL;
    }
    return store;
}

static void tell_applied(void *context, const char *name)
{
    (void)context;
    narrate(_("applied %s"), name);
}

static const char *state_word(enum schema_step_state state)
{
    static const char *const words[] = {[SCHEMA_APPLIED] = "applied", [SCHEMA_MISSING] = "missing",
                                        [SCHEMA_CHANGED] = "changed",
                                        [SCHEMA_UNKNOWN] = "unknown"};
    return words[state];
}

/* 0 where all of the program's files stand as they are here, else 1. */
static int schema_print_status(struct store *store, struct error *error)
{
    size_t count = 0;
    struct schema_step *steps = schema_status(store, &count, error);
    if (steps == NULL)
        return command_fails(error);
    int status = 0;
    for (size_t i = 0; i < count; i++) {
        printf("%s\t%s\t%s\n", steps[i].name, state_word(steps[i].state), steps[i].applied_at);
        if (steps[i].state != SCHEMA_APPLIED)
            status = 1;
    }
    free(steps);
    return status;
}

int command_schema(struct command *command)
{
    const char *verb = options_value(command->options, "verb");
    struct error error;
    bool install = strcmp(verb, "install") == 0, upgrade = strcmp(verb, "upgrade") == 0;
    if (!install && !upgrade && strcmp(verb, "status") != 0) {
        error_set(&error, ERROR_USAGE, _("schema: there is no '%s'; install, upgrade or status"),
                  verb);
        return command_fails(&error);
    }
    struct store *store = schema_connect(command->options, &error);
    if (store == NULL)
        return command_fails(&error);
    int status = 0;
    if (!install && !upgrade)
        status = schema_print_status(store, &error);
    else if (!(install ? schema_install : schema_upgrade)(store, tell_applied, NULL, &error))
        status = command_fails(&error);
    store_free(store);
    return status;
}
