/* What the console's start is measured against: the least program that logs in with the same
 * certificate, key and password and draws the first page of exceptions with ncurses. libpq opens
 * the key itself.
 *
 * usage: bare_console CONNINFO PASSPHRASE_FD   (conninfo without sslpassword) */
#include <curses.h>
#include <libpq-fe.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char query[] =
    "select exception_id, exception_no, code, state, channel_id, business_date, direction,"
    " currency, amount, cash_effect, severity, payment_no, party, reason, opened_at, age_days,"
    " claimed_by, due, version from desk.exceptions where open"
    " order by opened_at, exception_id limit 20";

static PGconn *login(const char *conninfo, int fd)
{
    char secrets[256] = "", all[2048];
    ssize_t got = read(fd, secrets, sizeof secrets - 1);
    char *end = got <= 0 ? NULL : strchr(secrets, '\n');
    if (end == NULL)
        return NULL;
    *end = '\0';
    end[1 + strcspn(end + 1, "\n")] = '\0';
    snprintf(all, sizeof all, "%s password=%s sslpassword=%s", conninfo, secrets, end + 1);
    return PQconnectdb(all);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    setlocale(LC_ALL, "");
    initscr();
    cbreak();
    noecho();
    PGconn *connection = login(argv[1], (int)strtol(argv[2], NULL, 10));
    PGresult *rows = connection == NULL ? NULL : PQexec(connection, query);
    if (PQresultStatus(rows) != PGRES_TUPLES_OK) {
        endwin();
        fprintf(stderr, "%s\n", PQerrorMessage(connection));
        return 1;
    }
    for (int r = 0; r < PQntuples(rows) && r < 20; r++)
        for (int c = 1; c < 6; c++)
            mvprintw(2 + r, (c - 1) * 16, "%.15s", PQgetvalue(rows, r, c));
    PQclear(rows);
    refresh();
    while (getch() != 'q')
        continue;
    endwin();
    PQfinish(connection);
    return 0;
}
