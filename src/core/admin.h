/* paycore's commands beside `serve`. */
#ifndef DAYBOOK_CORE_ADMIN_H
#define DAYBOOK_CORE_ADMIN_H

#include "config.h"
#include "daybook/base/error.h"

/* Whether the configuration leads to a database with the schema, and certificates can be read. */
bool core_admin_check(const struct core_config *config, struct error *error);
/* Enters a client by its certificate's name. The configuration's login must be the database's
 * owner (PAYCORE_USER): paycore's own may not decide who its clients are. */
bool core_admin_client(const struct core_config *config, const char *name, int count,
                       char **rights, struct error *error);
/* Sets a channel's words, `url=http://127.0.0.1:9001` and so on; the
 * database's owner may. */
bool core_admin_channel(const struct core_config *config, const char *channel, int count,
                        char **words, struct error *error);

#endif
