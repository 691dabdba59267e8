/* Sessions that overlap: one answers, or waits for another's lock. Nothing is timed: the server
 * says who waits for whom. */
#ifndef DAYBOOK_TESTS_OVERLAP_H
#define DAYBOOK_TESTS_OVERLAP_H

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

__attribute__((noreturn)) static void die(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(2);
}

static void ignore_notice(void *context, const PGresult *result)
{
    (void)context;
    (void)result;
}

/* As the superuser, over the unix socket. */
static PGconn *open_connection(const char *host, const char *port, const char *database)
{
    const char *const names[] = {"host", "port", "dbname", "user", NULL};
    const char *const values[] = {host, port, database, "postgres", NULL};
    PGconn *connection = PQconnectdbParams(names, values, 0);
    if (PQstatus(connection) != CONNECTION_OK)
        die(PQerrorMessage(connection));
    PQsetNoticeReceiver(connection, ignore_notice, NULL);
    return connection;
}

/* The first cell of the last answer; a refusal ends the program. */
static void must(PGconn *connection, const char *sql, char *out, size_t size)
{
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
        die(PQerrorMessage(connection));
    snprintf(out, size, "%s", PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
}

static bool is_busy(PGconn *connection)
{
    if (PQconsumeInput(connection) != 1)
        die(PQerrorMessage(connection));
    return PQisBusy(connection) != 0;
}

/* Waits until what was sent is answered, true, or waits for a lock, false. */
static bool answers(PGconn *connection, PGconn *monitor)
{
    char sql[100], waits[10];
    snprintf(sql, sizeof sql, "select cardinality(pg_blocking_pids(%d)) > 0",
             PQbackendPID(connection));
    for (;;) {
        struct pollfd wait = {.fd = PQsocket(connection), .events = POLLIN};
        poll(&wait, 1, 2);
        if (!is_busy(connection))
            return true;
        must(monitor, sql, waits, sizeof waits);
        /* It may have ended between the two questions. */
        if (waits[0] == 't')
            return !is_busy(connection);
    }
}

#endif
