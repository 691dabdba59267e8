/* The schema of the settlement database: the files sql/schema/NNN_*.sql, each applied once, in
 * order, in one transaction, its SHA-256 recorded. For the database's owner. */
#ifndef DAYBOOK_STORE_SCHEMA_H
#define DAYBOOK_STORE_SCHEMA_H

#include <stddef.h>

#include "daybook/base/error.h"
#include "daybook/store/connection.h"

enum schema_step_state {
    SCHEMA_APPLIED, /* recorded, and the program's file is the same */
    SCHEMA_MISSING, /* to be applied */
    SCHEMA_CHANGED, /* recorded, but the program's file is another */
    SCHEMA_UNKNOWN  /* recorded, but the program has no such file: an older program */
};

struct schema_step {
    char name[96]; /* "001_roles.sql" */
    enum schema_step_state state;
    char applied_at[40]; /* "" where it is not */
};

/* What stands and what is missing, in order; from malloc. NULL with the error set. */
struct schema_step *schema_status(struct store *store, size_t *count, struct error *error);

/* Applies what is missing, telling each step; install wants an empty database, upgrade one that is
 * not. Nothing is applied where a recorded file is changed or gone. False with the error set. */
bool schema_install(struct store *store, void (*applied)(void *context, const char *name),
                    void *context, struct error *error);
bool schema_upgrade(struct store *store, void (*applied)(void *context, const char *name),
                    void *context, struct error *error);

#endif
