/* What the server counts, as Prometheus text. Counters are atomic: threads share them. */
#ifndef DAYBOOK_CORE_METRICS_H
#define DAYBOOK_CORE_METRICS_H

#include <stdint.h>

#include "daybook/base/buffer.h"
#include "daybook/base/date.h"
#include "database.h"
#include "route.h"

struct core_metrics;

struct core_metrics *core_metrics_new(void);
void core_metrics_free(struct core_metrics *metrics); /* NULL is allowed */

/* Counts one answered request; route NULL: none was found. */
void core_metrics_count(struct core_metrics *metrics, const struct core_route *route, int status,
                        int64_t took_us);
/* Connections that ended without a request: most of them had no certificate, or a wrong one. */
void core_metrics_count_unused(struct core_metrics *metrics);

/* The text. What only the database knows (payouts by state, due queries) is asked there; where it
 * does not answer, paycore_database_up is 0 and those lines are left out. */
void core_metrics_write(struct core_metrics *metrics, struct core_database *database, time_us now,
                        struct buffer *out);

#endif
