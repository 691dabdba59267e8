/* Transactions that all overlap: each begins and does its part before any of them commits, as far
 * as locks let it. Then those that have answered commit in their order, and whoever waited goes on.
 *
 * usage: together DIRECTORY PORT DATABASE COUNT SQL...
 *
 * Session n of COUNT runs SQL number n modulo their count, with :n replaced by n. Prints a line for
 * each, in order: what it was answered, or SQLSTATE and word of the refusal. */
#include "orders/overlap.h"

enum { SESSIONS_MAX = 64, TEXT_ROOM = 2000 };

static struct session {
    PGconn *connection;
    bool busy, ended;
    char answer[TEXT_ROOM];
} sessions[SESSIONS_MAX]; /* one program, one run */

/* :n becomes the session's number. */
static void put_number(const char *sql, int n, char *out, size_t size)
{
    size_t used = (size_t)snprintf(out, size, "begin; ");
    for (const char *at = sql; *at != '\0' && used + 20 < size; at++) {
        bool hole = at[0] == ':' && at[1] == 'n' && (at == sql || at[-1] != ':');
        used += (size_t)(hole ? snprintf(out + used, size - used, "%d", n)
                              : snprintf(out + used, size - used, "%c", *at));
        at += hole;
    }
}

static void note(struct session *session, const PGresult *result)
{
    if (PQresultStatus(result) == PGRES_FATAL_ERROR)
        snprintf(session->answer, sizeof session->answer, "%s %s",
                 PQresultErrorField(result, PG_DIAG_SQLSTATE),
                 PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
    else if (PQntuples(result) > 0)
        snprintf(session->answer, sizeof session->answer, "%s", PQgetvalue(result, 0, 0));
}

/* Takes what has been answered; the rest waits for locks. */
static void rest(int count, PGconn *monitor)
{
    for (int i = 0; i < count; i++) {
        struct session *session = &sessions[i];
        PGresult *result;
        if (!session->busy || !answers(session->connection, monitor))
            continue;
        while ((result = PQgetResult(session->connection)) != NULL) {
            note(session, result);
            PQclear(result);
        }
        session->busy = false;
    }
}

/* The first that has answered commits; false: there is none. */
static bool commit_one(int count)
{
    for (int i = 0; i < count; i++) {
        if (sessions[i].busy || sessions[i].ended)
            continue;
        PGresult *result = PQexec(sessions[i].connection, "commit");
        if (PQresultStatus(result) != PGRES_COMMAND_OK)
            note(&sessions[i], result);
        PQclear(result);
        sessions[i].ended = true;
        return true;
    }
    return false;
}

int main(int count, char **arguments)
{
    char sql[4 * TEXT_ROOM];
    if (count < 6)
        die("usage: together DIRECTORY PORT DATABASE COUNT SQL...");
    int wanted = (int)strtol(arguments[4], NULL, 10);
    PGconn *monitor = open_connection(arguments[1], arguments[2], arguments[3]);
    if (wanted < 1 || wanted > SESSIONS_MAX)
        die("1 to 64 sessions");
    for (int i = 0; i < wanted; i++)
        sessions[i].connection = open_connection(arguments[1], arguments[2], arguments[3]);
    for (int i = 0; i < wanted; i++) {
        put_number(arguments[5 + i % (count - 5)], i, sql, sizeof sql);
        if (PQsendQuery(sessions[i].connection, sql) != 1)
            die(PQerrorMessage(sessions[i].connection));
        sessions[i].busy = true;
        rest(i + 1, monitor);
    }
    while (commit_one(wanted))
        rest(wanted, monitor);
    for (int i = 0; i < wanted; i++) {
        puts(sessions[i].answer);
        PQfinish(sessions[i].connection);
    }
    PQfinish(monitor);
    return 0;
}
