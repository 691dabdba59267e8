#include "metrics.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/memory.h"

enum { ROUTES_MAX = 64, STATUSES_MAX = 24, BUCKETS = 11 };

/* Upper bounds in microseconds; the last is beyond all. */
static const int64_t bounds_us[BUCKETS] = {1000,   2500,   5000,    10000,   25000, 50000,
                                           100000, 250000, 1000000, 5000000, INT64_MAX};

static const int statuses[] = {200, 201, 202, 204, 400, 403, 404, 405, 409, 410, 411, 412,
                               413, 414, 415, 420, 422, 423, 428, 429, 500, 503, 504, 0};

struct series {
    _Atomic uint64_t answered[STATUSES_MAX]; /* by the place in statuses; 0 is any other */
    _Atomic uint64_t within[BUCKETS];
    _Atomic uint64_t took_us;
};

struct core_metrics {
    struct series of[ROUTES_MAX + 1]; /* by the place in the table; the last: no route */
    _Atomic uint64_t unused;
};

struct core_metrics *core_metrics_new(void)
{
    return memory_new(sizeof(struct core_metrics));
}

void core_metrics_free(struct core_metrics *metrics)
{
    free(metrics);
}

static size_t place_of_status(int status)
{
    size_t i = 0;

    while (statuses[i] != 0 && statuses[i] != status)
        i++;
    return i;
}

void core_metrics_count(struct core_metrics *metrics, const struct core_route *route, int status,
                        int64_t took_us)
{
    size_t count, bucket = 0;
    const struct core_route *all = core_routes(&count);
    struct series *series = &metrics->of[route ? (size_t)(route - all) : ROUTES_MAX];

    while (took_us > bounds_us[bucket])
        bucket++;
    atomic_fetch_add(&series->answered[place_of_status(status)], 1);
    atomic_fetch_add(&series->within[bucket], 1);
    atomic_fetch_add(&series->took_us, (uint64_t)took_us);
}

void core_metrics_count_unused(struct core_metrics *metrics)
{
    atomic_fetch_add(&metrics->unused, 1);
}

/* --- the text */

static void write_answered(const struct series *series, const char *operation, struct buffer *out)
{
    for (size_t i = 0; i < STATUSES_MAX; i++) {
        uint64_t count = atomic_load(&series->answered[i]);

        if (count > 0)
            buffer_printf(out, "paycore_requests_total{operation=\"%s\",status=\"%d\"} %llu\n",
                          operation, statuses[i], (unsigned long long)count);
    }
}

static void write_latency(const struct series *series, const char *operation, struct buffer *out)
{
    uint64_t sum = 0, took_us = atomic_load(&series->took_us);

    for (size_t i = 0; i < BUCKETS; i++)
        sum += atomic_load(&series->within[i]);
    if (sum == 0)
        return;
    sum = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        sum += atomic_load(&series->within[i]);
        buffer_printf(out, "paycore_request_seconds_bucket{operation=\"%s\",le=\"", operation);
        if (bounds_us[i] == INT64_MAX)
            buffer_append_string(out, "+Inf");
        else
            buffer_printf(out, "%d.%04d", (int)(bounds_us[i] / 1000000),
                          (int)(bounds_us[i] % 1000000 / 100));
        buffer_printf(out, "\"} %llu\n", (unsigned long long)sum);
    }
    buffer_printf(out, "paycore_request_seconds_sum{operation=\"%s\"} %llu.%06llu\n", operation,
                  (unsigned long long)(took_us / 1000000), (unsigned long long)(took_us % 1000000));
    buffer_printf(out, "paycore_request_seconds_count{operation=\"%s\"} %llu\n", operation,
                  (unsigned long long)sum);
}

static void write_head(struct buffer *out, const char *name, const char *type, const char *help)
{
    buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void write_all(struct core_metrics *metrics, struct buffer *out,
                      void (*write)(const struct series *, const char *, struct buffer *))
{
    size_t count;
    const struct core_route *all = core_routes(&count);

    for (size_t i = 0; i < count; i++)
        write(&metrics->of[i], all[i].operation, out);
    write(&metrics->of[ROUTES_MAX], "none", out);
}

/* Rows of paycore.figures(): name, label, value; rows of one name stand together. */
static void write_figures(const PGresult *rows, struct buffer *out)
{
    const char *last = "";

    for (int i = 0; i < PQntuples(rows); i++) {
        const char *name = PQgetvalue(rows, i, 0), *label = PQgetvalue(rows, i, 1);

        if (strcmp(name, last) != 0)
            buffer_printf(out, "# TYPE %s gauge\n", name);
        last = name;
        if (*label)
            buffer_printf(out, "%s{%s} %s\n", name, label, PQgetvalue(rows, i, 2));
        else
            buffer_printf(out, "%s %s\n", name, PQgetvalue(rows, i, 2));
    }
}

void core_metrics_write(struct core_metrics *metrics, struct core_database *database, time_us now,
                        struct buffer *out)
{
    struct core_refusal refusal;
    PGresult *rows = NULL;
    char when[TIME_TEXT];
    const char *const values[] = {time_text(now, when)};
    bool up = core_database_run(database, "select name, label, value from paycore.figures($1)", 1,
                                values, &rows, &refusal) == CORE_DONE;

    write_head(out, "paycore_requests_total", "counter", "Requests answered.");
    write_all(metrics, out, write_answered);
    write_head(out, "paycore_request_seconds", "histogram", "Time to answer a request.");
    write_all(metrics, out, write_latency);
    write_head(out, "paycore_connections_unused_total", "counter",
               "Connections without a request, as those without a good certificate.");
    buffer_printf(out, "paycore_connections_unused_total %llu\n",
                  (unsigned long long)atomic_load(&metrics->unused));
    write_head(out, "paycore_database_up", "gauge", "Whether the database answered.");
    buffer_printf(out, "paycore_database_up %d\n", up);
    if (up)
        write_figures(rows, out);
    PQclear(rows);
}
