/* Makes one bank day for the import measurement, always the same:
 *
 *     bench_data DIRECTORY ROWS
 *
 * feed.csv       what the core paid out, for `daybook feed payouts`
 * lines.sta      the bank's statement of that day, MT940
 * lines.tsv      the same lines as rows of COPY: the columns that the file's lines give
 * payments.tsv   the payouts as rows of COPY: the columns of the feed
 *
 * One line in a thousand has a reference that nobody knows; so one payout in a thousand waits. */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"WANG XIAOMING TRADING", "NOVAK AND SONS LTD", "LI NA",
                                    "SHENZHEN EXAMPLE METRO CO", "PETROV", "ZHANG WEI",
                                    "HUANG GUOQIANG LOGISTICS", "CHEN", "SCHMIDT MUELLER GMBH"};
enum { NAMES = sizeof names / sizeof names[0], UNKNOWN_EVERY = 1000, LINES_PER_STATEMENT = 50000 };

struct payment {
    char ref[24], bank_ref[24], account[24];
    const char *name;
    int64_t cents;
    bool unknown; /* to the bank's file, under this reference */
};

/* A permutation of the numbers, so that neither side is in the other's order. */
static uint64_t mix(uint64_t n)
{
    n = (n ^ (n >> 30)) * 0xBF58476D1CE4E5B9u;
    n = (n ^ (n >> 27)) * 0x94D049BB133111EBu;
    return n ^ (n >> 31);
}

static struct payment payment_of(uint64_t n)
{
    uint64_t noise = mix(n);
    struct payment payment = {.name = names[noise % NAMES],
                              .cents = (int64_t)(noise % 99999900) + 100,
                              .unknown = n % UNKNOWN_EVERY == UNKNOWN_EVERY / 2};
    snprintf(payment.ref, sizeof payment.ref, "P261120%09" PRIu64, n);
    snprintf(payment.bank_ref, sizeof payment.bank_ref, "K%015" PRIu64,
             noise % 1000000000000000u);
    snprintf(payment.account, sizeof payment.account, "6222020%012" PRIu64,
             mix(noise) % 1000000000000u);
    return payment;
}

/* --- the core's side */

static void put_feed(FILE *feed, FILE *tsv, uint64_t rows)
{
    fputs("order_no,channel,currency,amount,state,business_date,direction,mode,bank_ref,"
          "payee_name,payee_account,sent_at,expected_fee\n", feed);
    for (uint64_t n = 0; n < rows; n++) {
        struct payment p = payment_of(n);
        fprintf(feed, "O-%09" PRIu64 ",CCB,CNY,%" PRId64 ".%02" PRId64 ",PAID,2026-11-20,OUT,"
                "REALTIME,%s,%s,%s,2026-11-20T02:00:00Z,\n",
                n, p.cents / 100, p.cents % 100, p.ref, p.name, p.account);
        fprintf(tsv, "%" PRIu64 "\tOUT\tCCB\tO-%09" PRIu64 "\tREALTIME\t%" PRId64 "\tCNY\t%s\t%s\t"
                "PAID\t%s\t2026-11-20\t2026-11-20T02:00:00Z\n", n + 1, n, p.cents, p.name,
                p.account, p.ref);
    }
}

/* --- the bank's side */

struct statement {
    FILE *file;
    uint64_t in_statement, number;
    int64_t opening, balance;
};

static void balance_put(struct statement *statement, const char *tag, int64_t cents)
{
    int64_t size = cents < 0 ? -cents : cents;

    fprintf(statement->file, ":%s:%c261120CNY%" PRId64 ",%02" PRId64 "\n", tag,
            cents < 0 ? 'D' : 'C', size / 100, size % 100);
}

static void statement_begin(struct statement *statement)
{
    statement->number++;
    fprintf(statement->file, ":20:DAY%" PRIu64 "\n:25:33001616100050000001\n:28C:%" PRIu64 "/1\n",
            statement->number, statement->number);
    balance_put(statement, "60F", statement->balance);
    statement->in_statement = 0;
}

static void statement_end(struct statement *statement)
{
    balance_put(statement, "62F", statement->balance);
    fputs("-\n", statement->file);
}

static void put_lines(FILE *sta, FILE *tsv, uint64_t rows)
{
    struct statement statement = {.file = sta, .balance = 100000000000000};
    uint64_t step = 7919; /* a prime: through all of them, in another order than the feed's */

    while (rows % step == 0)
        step += 2;
    statement_begin(&statement);
    for (uint64_t i = 0; i < rows; i++) {
        struct payment p = payment_of(i * step % rows);
        if (p.unknown)
            p.ref[0] = 'U';
        if (statement.in_statement++ == LINES_PER_STATEMENT) {
            statement_end(&statement);
            statement_begin(&statement);
            statement.in_statement = 1;
        }
        statement.balance -= p.cents;
        fprintf(sta, ":61:2611201120D%" PRId64 ",%02" PRId64 "NTRF%s//%s\n"
                     ":86:/NAME/%s/IBAN/%s/REMI/PAYOUT %s\n",
                p.cents / 100, p.cents % 100, p.ref, p.bank_ref, p.name, p.account, p.ref);
        fprintf(tsv, "%" PRIu64 "\t33001616100050000001\t2026-11-20\t2026-11-20\t-%" PRId64
                     "\tCNY\tBOOKED\t%s\t%s\tNTRF\t%s\t%s\t/NAME/%s/IBAN/%s/REMI/PAYOUT %s\n",
                i + 1, p.cents, p.ref, p.bank_ref, p.name, p.account, p.name, p.account, p.ref);
    }
    statement_end(&statement);
}

static FILE *create(const char *directory, const char *name)
{
    char path[1024];

    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(1);
    }
    return file;
}

static void finish(FILE *file)
{
    bool good = ferror(file) == 0;

    if (fclose(file) != 0 || !good) {
        fputs("bench_data: a file could not be written\n", stderr);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3 || strtoull(argv[2], NULL, 10) == 0) {
        fputs("usage: bench_data DIRECTORY ROWS\n", stderr);
        return 2;
    }
    uint64_t rows = strtoull(argv[2], NULL, 10);
    FILE *feed = create(argv[1], "feed.csv"), *payments = create(argv[1], "payments.tsv");
    put_feed(feed, payments, rows);
    finish(feed);
    finish(payments);
    FILE *sta = create(argv[1], "lines.sta"), *lines = create(argv[1], "lines.tsv");
    put_lines(sta, lines, rows);
    finish(sta);
    finish(lines);
    return 0;
}
