/* What this core believes about people: the root's certificate and the charter from its own files,
 * and folded over the charter the executed requests that changed it, each judged anew. The database
 * only keeps these requests; a row that was put there by hand has no signatures that hold. */
#ifndef DAYBOOK_CORE_AUTHORITY_H
#define DAYBOOK_CORE_AUTHORITY_H

#include <jansson.h>

#include "config.h"
#include "daybook/domain/policy.h"
#include "daybook/trust/sign.h"
#include "database.h"
#include "task.h"

struct core_authority;

/* Borrows config. NULL with the error set; also, without an error, where the configuration names
 * no signing key. */
struct core_authority *core_authority_open(const struct core_config *config, struct error *error);
void core_authority_close(struct core_authority *authority); /* NULL is allowed */

const struct signer *core_authority_signer(const struct core_authority *authority);
const struct core_config *core_authority_config(const struct core_authority *authority);
const struct sign_root *core_authority_root(const struct core_authority *authority);

/* The policy as it is now, for one judgement; the caller's. NULL where the database gives no
 * answer, or, *damaged, where a request kept there does not hold: then nobody's signature counts
 * until it is mended, since it may be the one that took a key its power. */
struct policy *core_authority_policy(const struct core_authority *authority,
                                     struct core_database *database, bool *damaged);

/* Reads and verifies the signatures of a request, an array of objects in the contract's form. False
 * with the refusal's word (`signature-bad`, ...) in *word and the fault in error. */
bool core_authority_facts(const struct core_authority *authority, const struct document *document,
                          json_t *signatures, time_us at, struct policy_fact *facts, size_t *count,
                          struct error *error);

/* Whether people have signed that this much be paid again to this payee: asked right before the
 * sending, of the document that is kept with the request and of this core's own trust, so that a
 * request that was put into the database by hand pays nothing. authority may be NULL: then nobody
 * has. */
bool core_authority_covers(const struct core_authority *authority, struct core_database *database,
                           const struct core_task *task, struct error *error);

#endif
