#include "daybook/trust/audit.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daybook/base/buffer.h"
#include "daybook/base/language.h"
#include "daybook/base/memory.h"
#include "daybook/trust/encode.h"

enum {
    JOURNAL_MAX = 64 << 20, /* bytes of one journal's postings */
    ENTRY_TEXT = 32,
    NULL_LENGTH = -1
};
#define NUMBER_NULL INT64_MIN

const char *const audit_column_names[AUDIT_COLUMNS] = {
    "seq", "source", "entry_id", "hash", "row_hash", "xid", "at", "login", "actor", "action",
    "object", "detail", "day", "event", "payment_id", "cycle", "batch_no", "file_sha256",
    "line_no", "cause", "posted_at", "request_id", "number", "reverses", "posting_no",
    "account", "sub", "currency", "amount",
};

struct audit_check {
    struct audit_options options;
    struct audit_counts counts;
    struct sha256 *sha256;
    int64_t seq;                     /* the link being read; 0: none */
    char entry[ENTRY_TEXT];
    bool gone;                       /* its entry is not there */
    unsigned char before[SHA256_BYTES], link[SHA256_BYTES], row_hash[SHA256_BYTES];
    struct buffer head;              /* an entry's fields up to its postings */
    struct buffer postings;
    uint32_t posting_count;
    int64_t last;                    /* the last link that was read whole */
    struct seal_head *heads;         /* that wait for their links */
    size_t head_count, head_at, head_capacity;
    int64_t head_last;
    struct seal_head line;           /* the witness' next, seq 0: none is left */
    int64_t line_last;
    bool told_no_trust;
};

static void fault(struct audit_check *check, int64_t seq, const char *entry, const char *what)
{
    check->counts.faults++;
    check->options.fault(check->options.context, seq, entry, what);
}

/* --- bytes as the database hashes them */

static void put_number(struct buffer *out, int64_t number, size_t bytes)
{
    char data[8];
    for (size_t i = 0; i < bytes; i++)
        data[i] = (char)((uint64_t)number >> (8 * (bytes - 1 - i)));
    buffer_append(out, data, bytes);
}

static void put_text(struct buffer *out, const char *text)
{
    put_number(out, text == NULL ? NULL_LENGTH : (int64_t)strlen(text), 4);
    if (text != NULL)
        buffer_append(out, text, strlen(text));
}

static int64_t number_of(const char *text)
{
    int64_t number = NUMBER_NULL;
    if (text != NULL && !text_to_int64(span_of(text), &number))
        number = NUMBER_NULL;
    return number;
}

static void put_hex(struct buffer *out, const char *text)
{
    unsigned char bytes[SHA256_BYTES];
    if (text == NULL) {
        put_number(out, NULL_LENGTH, 4);
    } else if (hex_read_exactly(bytes, sizeof bytes, span_of(text))) {
        put_number(out, sizeof bytes, 4);
        buffer_append(out, bytes, sizeof bytes);
    } else {
        put_text(out, text); /* not what the ledger writes: the hash will differ */
    }
}

/* paycore.audit_entry of a journal, up to its postings. */
static void put_journal(struct buffer *out, const char *const cells[AUDIT_COLUMNS])
{
    put_number(out, number_of(cells[AUDIT_DAY]), 4);
    put_text(out, cells[AUDIT_EVENT]);
    put_number(out, number_of(cells[AUDIT_PAYMENT]), 8);
    put_number(out, number_of(cells[AUDIT_CYCLE]), 2);
    put_text(out, cells[AUDIT_BATCH]);
    put_hex(out, cells[AUDIT_FILE]);
    put_number(out, number_of(cells[AUDIT_LINE]), 8);
    put_text(out, cells[AUDIT_CAUSE]);
    put_number(out, number_of(cells[AUDIT_POSTED]), 8);
    put_text(out, cells[AUDIT_REQUEST]);
    put_number(out, cells[AUDIT_NUMBER] == NULL ? INT32_MIN : number_of(cells[AUDIT_NUMBER]), 4);
    put_number(out, number_of(cells[AUDIT_REVERSES]), 8);
}

static void put_entry(struct audit_check *check, const char *const cells[AUDIT_COLUMNS])
{
    struct buffer *out = &check->head;
    buffer_clear(out);
    buffer_append_char(out, cells[AUDIT_SOURCE][0]);
    put_number(out, number_of(cells[AUDIT_ENTRY]), 8);
    put_number(out, number_of(cells[AUDIT_XID]), 8);
    put_number(out, number_of(cells[AUDIT_AT]), 8);
    put_text(out, cells[AUDIT_LOGIN]);
    if (cells[AUDIT_SOURCE][0] == 'C') {
        put_journal(out, cells);
        return;
    }
    put_text(out, cells[AUDIT_ACTOR]);
    put_text(out, cells[AUDIT_ACTION]);
    put_text(out, cells[AUDIT_OBJECT]);
    put_text(out, cells[AUDIT_DETAIL]);
}

static void put_posting(struct audit_check *check, const char *const cells[AUDIT_COLUMNS])
{
    struct buffer *out = &check->postings;
    if (cells[AUDIT_POSTING] == NULL)
        return;
    check->posting_count++;
    put_number(out, number_of(cells[AUDIT_POSTING]), 2);
    put_text(out, cells[AUDIT_ACCOUNT]);
    put_text(out, cells[AUDIT_SUB]);
    put_text(out, cells[AUDIT_CURRENCY]);
    put_number(out, number_of(cells[AUDIT_AMOUNT]), 8);
}

/* --- heads and the witness */

static void signature_check(struct audit_check *check, const struct seal_head *head,
                            const char *what)
{
    if (check->options.trust == NULL) {
        if (!check->told_no_trust)
            fault(check, head->seq, "",
                  N_("no certificate of the sealer: signatures are unchecked"));
        check->told_no_trust = true;
    } else if (!seal_verify(check->options.trust, check->options.environment, head)) {
        fault(check, head->seq, "", what);
    }
}

void audit_check_head(struct audit_check *check, const struct seal_head *head)
{
    if (head->seq <= check->head_last)
        fault(check, head->seq, "", N_("a signed head out of order"));
    check->head_last = head->seq;
    if (check->head_at == check->head_count)
        check->head_at = check->head_count = 0;
    if (check->head_count == check->head_capacity) {
        check->head_capacity = check->head_capacity * 2 + 64;
        check->heads = memory_resize(check->heads, check->head_capacity, sizeof *check->heads);
    }
    check->heads[check->head_count++] = *head;
}

/* The next line of the witness; a line that does not read is told and passed over. */
static void line_next(struct audit_check *check)
{
    const char *text;
    check->line = (struct seal_head){0};
    while (check->options.line != NULL &&
           (text = check->options.line(check->options.context)) != NULL) {
        check->counts.lines++;
        if (!seal_line_read(text, strlen(text), &check->line))
            fault(check, 0, "", N_("a line of the witness is damaged"));
        else if (check->line.seq <= check->line_last)
            fault(check, check->line.seq, "", N_("the witness' lines go back"));
        else
            break;
        check->line = (struct seal_head){0};
    }
    if (check->line.seq != 0)
        check->line_last = check->line.seq;
}

static bool head_same(const struct seal_head *a, const struct seal_head *b)
{
    return a->seq == b->seq && memcmp(a->hash, b->hash, sizeof a->hash) == 0 && a->at == b->at &&
           memcmp(a->key, b->key, sizeof a->key) == 0 &&
           memcmp(a->signature, b->signature, sizeof a->signature) == 0;
}

/* What vouches for link `seq`: NULL where nothing does. Heads of links that are not there go by. */
static const struct seal_head *head_take(struct audit_check *check, int64_t seq)
{
    while (check->head_at < check->head_count && check->heads[check->head_at].seq < seq)
        fault(check, check->heads[check->head_at++].seq, "", N_("a signed head of no link"));
    if (check->head_at == check->head_count || check->heads[check->head_at].seq != seq)
        return NULL;
    return &check->heads[check->head_at++];
}

static void vouchers_check(struct audit_check *check)
{
    const struct seal_head *head = head_take(check, check->seq);
    if (head != NULL) {
        check->counts.heads++;
        check->counts.signed_seq = head->seq;
        if (memcmp(head->hash, check->link, SHA256_BYTES) != 0)
            fault(check, check->seq, "", N_("the signed head is of another chain"));
        signature_check(check, head, N_("the head's signature is not the sealer's"));
    }
    while (check->line.seq != 0 && check->line.seq < check->seq) {
        fault(check, check->line.seq, "", N_("the witness saw a link that is gone"));
        line_next(check);
    }
    if (check->line.seq != check->seq)
        return;
    if (memcmp(check->line.hash, check->link, SHA256_BYTES) != 0)
        fault(check, check->seq, "", N_("the witness saw another chain"));
    if (head == NULL)
        fault(check, check->seq, "", N_("the witness saw a signed head that is gone"));
    if (head == NULL || !head_same(head, &check->line))
        signature_check(check, &check->line,
                        N_("the witness' line has no signature of the sealer"));
    line_next(check);
}

/* --- links */

static void row_hash_compute(struct audit_check *check, bool journal,
                             unsigned char out[SHA256_BYTES])
{
    struct buffer count;
    buffer_init(&count, 16);
    put_number(&count, check->posting_count, 4);
    sha256_restart(check->sha256);
    sha256_add(check->sha256, check->head.data, check->head.length);
    if (journal) {
        sha256_add(check->sha256, count.data, count.length);
        sha256_add(check->sha256, buffer_text(&check->postings), check->postings.length);
    }
    sha256_finish(check->sha256, out);
    buffer_free(&count);
}

static void link_compute(struct audit_check *check, const unsigned char row[SHA256_BYTES],
                         unsigned char out[SHA256_BYTES])
{
    unsigned char number[9] = {1};
    for (size_t i = 0; i < 8; i++)
        number[1 + i] = (unsigned char)((uint64_t)check->seq >> (8 * (7 - i)));
    sha256_restart(check->sha256);
    sha256_add(check->sha256, number, 1);
    if (check->seq > 1)
        sha256_add(check->sha256, check->before, SHA256_BYTES);
    sha256_add(check->sha256, number + 1, 8);
    sha256_add(check->sha256, row, SHA256_BYTES);
    sha256_finish(check->sha256, out);
}

/* The link that was being read is whole. */
static void link_finish(struct audit_check *check)
{
    unsigned char row[SHA256_BYTES], link[SHA256_BYTES];
    if (check->seq == 0)
        return;
    if (check->postings.overflow)
        fault(check, check->seq, check->entry, N_("more postings than a journal may have"));
    if (check->gone) {
        fault(check, check->seq, check->entry, N_("the entry is gone"));
    } else {
        row_hash_compute(check, check->entry[0] == 'C', row);
        link_compute(check, row, link);
        if (memcmp(row, check->row_hash, SHA256_BYTES) != 0)
            fault(check, check->seq, check->entry, N_("the entry is not what was hashed"));
        if (memcmp(link, check->link, SHA256_BYTES) != 0)
            fault(check, check->seq, check->entry,
                  N_("the link does not follow from what it chains"));
    }
    vouchers_check(check);
    memcpy(check->before, check->link, SHA256_BYTES);
    check->counts.links++;
    check->last = check->seq;
    check->seq = 0;
}

static void link_begin(struct audit_check *check, int64_t seq,
                       const char *const cells[AUDIT_COLUMNS])
{
    check->seq = seq;
    snprintf(check->entry, sizeof check->entry, "%.1s-%lld", cells[AUDIT_SOURCE],
             (long long)number_of(cells[AUDIT_ENTRY]));
    if (seq != check->last + 1)
        fault(check, check->last + 1, "", seq > check->last ? N_("links are missing from here on")
                                                            : N_("a link stands twice"));
    /* After a gap what came before is unknown: the difference is told once more, at this link. */
    check->gone = cells[AUDIT_ROW_HASH] == NULL || cells[AUDIT_XID] == NULL;
    memset(check->link, 0, sizeof check->link);
    memset(check->row_hash, 0, sizeof check->row_hash);
    if (cells[AUDIT_LINK] == NULL ||
        !hex_read_exactly(check->link, SHA256_BYTES, span_of(cells[AUDIT_LINK])))
        fault(check, seq, check->entry, N_("the link has no hash"));
    if (!check->gone)
        (void)hex_read_exactly(check->row_hash, SHA256_BYTES, span_of(cells[AUDIT_ROW_HASH]));
    buffer_clear(&check->postings);
    check->posting_count = 0;
    put_entry(check, cells);
}

void audit_check_row(struct audit_check *check, const char *const cells[AUDIT_COLUMNS])
{
    int64_t seq = number_of(cells[AUDIT_SEQ]);
    if (seq == NUMBER_NULL || seq <= 0 || cells[AUDIT_SOURCE] == NULL ||
        cells[AUDIT_SOURCE][0] == '\0' || cells[AUDIT_ENTRY] == NULL) {
        fault(check, 0, "", N_("a row without a number"));
        return;
    }
    if (seq != check->seq) {
        link_finish(check);
        link_begin(check, seq, cells);
    }
    put_posting(check, cells);
}

void audit_check_end(struct audit_check *check)
{
    link_finish(check);
    for (; check->head_at < check->head_count; check->head_at++)
        fault(check, check->heads[check->head_at].seq, "",
              N_("a signed head past the chain's end"));
    for (; check->line.seq != 0; line_next(check))
        fault(check, check->line.seq, "", N_("the witness saw a link past the chain's end"));
}

struct audit_counts audit_check_counts(const struct audit_check *check)
{
    return check->counts;
}

struct audit_check *audit_check_new(const struct audit_options *options)
{
    assert(options->fault != NULL);
    struct audit_check *check = memory_new(sizeof *check);
    check->options = *options;
    check->sha256 = sha256_new();
    buffer_init(&check->head, JOURNAL_MAX);
    buffer_init(&check->postings, JOURNAL_MAX);
    line_next(check);
    return check;
}

void audit_check_free(struct audit_check *check)
{
    if (check == NULL)
        return;
    sha256_free(check->sha256);
    buffer_free(&check->head);
    buffer_free(&check->postings);
    free(check->heads);
    free(check);
}
