/* The console's journal: what has no outcome, across ends at any byte. */
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daybook/store/journal.h"

#define DIGEST "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

static char directory[] = "/tmp/daybook-journal-XXXXXX";

static struct journal_entry entry_of(enum journal_step step, const char *request)
{
    struct journal_entry entry = {.step = step, .sha256 = DIGEST};
    snprintf(entry.request, sizeof entry.request, "%s", request);
    return entry;
}

static struct journal *open_named(const char *login)
{
    struct error error;
    struct journal *journal = journal_open(directory, login, &error);
    assert_non_null(journal);
    return journal;
}

static void put(struct journal *journal, enum journal_word word, enum journal_step step,
                const char *request)
{
    struct journal_entry entry = entry_of(step, request);
    assert_true(journal_write(journal, 1795401600000000, word, &entry, NULL));
}

static size_t pending(struct journal *journal, struct journal_entry *out)
{
    size_t count = 99;
    assert_true(journal_pending(journal, out, &count, NULL));
    return count;
}

static void outcomes(void **state)
{
    (void)state;
    struct journal_entry out[JOURNAL_PENDING_MAX];
    struct journal *journal = open_named("outcomes");
    assert_int_equal(pending(journal, out), 0);
    put(journal, JOURNAL_INTEND, JOURNAL_PROPOSE, "R2026112300001");
    put(journal, JOURNAL_INTEND, JOURNAL_EXECUTE, "R2026112300001");
    put(journal, JOURNAL_INTEND, JOURNAL_APPROVE, "R2026112300002");
    assert_int_equal(pending(journal, out), 3);
    put(journal, JOURNAL_DONE, JOURNAL_PROPOSE, "R2026112300001");
    put(journal, JOURNAL_REFUSED, JOURNAL_APPROVE, "R2026112300002");
    put(journal, JOURNAL_UNKNOWN, JOURNAL_EXECUTE, "R2026112300001");
    assert_int_equal(pending(journal, out), 1);
    assert_int_equal(out[0].step, JOURNAL_EXECUTE);
    assert_string_equal(out[0].request, "R2026112300001");
    assert_string_equal(out[0].sha256, DIGEST);
    /* Sent again: still one. Done: none. */
    put(journal, JOURNAL_INTEND, JOURNAL_EXECUTE, "R2026112300001");
    assert_int_equal(pending(journal, out), 1);
    put(journal, JOURNAL_DONE, JOURNAL_EXECUTE, "R2026112300001");
    assert_int_equal(pending(journal, out), 0);
    journal_close(journal);
}

/* An end at any byte of the second line: the first stays, what is written later is whole. */
static void torn(void **state)
{
    (void)state;
    char path[128], bytes[512];
    struct journal_entry out[JOURNAL_PENDING_MAX];
    struct journal *journal = open_named("whole");
    put(journal, JOURNAL_INTEND, JOURNAL_PROPOSE, "R2026112300001");
    put(journal, JOURNAL_INTEND, JOURNAL_EXECUTE, "R2026112300002");
    journal_close(journal);
    snprintf(path, sizeof path, "%s/whole.journal", directory);
    int fd = open(path, O_RDONLY);
    ssize_t length = read(fd, bytes, sizeof bytes);
    close(fd);
    assert_true(length > 100 && length < (ssize_t)sizeof bytes);
    snprintf(path, sizeof path, "%s/torn.journal", directory);
    for (ssize_t cut = length / 2; cut <= length; cut++) {
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        assert_int_equal(write(fd, bytes, (size_t)cut), cut);
        close(fd);
        journal = open_named("torn");
        put(journal, JOURNAL_INTEND, JOURNAL_APPROVE, "R2026112300003");
        size_t count = pending(journal, out);
        /* With all but its line end it is an entry: the next one gave it that. */
        assert_int_equal(count, cut >= length - 1 ? 3 : 2);
        assert_string_equal(out[0].request, "R2026112300001");
        assert_string_equal(out[count - 1].request, "R2026112300003");
        journal_close(journal);
    }
}

static void refused(void **state)
{
    (void)state;
    struct error error;
    assert_null(journal_open("/dev/null/nowhere", "clerk1", &error));
    assert_int_equal(error.code, ERROR_SYSTEM);
    struct journal *journal = open_named("full");
    struct journal_entry out[JOURNAL_PENDING_MAX];
    for (int i = 0; i < JOURNAL_PENDING_MAX + 3; i++) {
        char request[JOURNAL_REQUEST_TEXT];
        snprintf(request, sizeof request, "R20261123%05d", i);
        put(journal, JOURNAL_INTEND, JOURNAL_EXECUTE, request);
    }
    assert_int_equal(pending(journal, out), JOURNAL_PENDING_MAX);
    assert_string_equal(out[JOURNAL_PENDING_MAX - 1].request, "R2026112300258");
    journal_close(journal);
}

static int begin(void **state)
{
    (void)state;
    return mkdtemp(directory) == NULL;
}

static int end(void **state)
{
    static const char *const names[] = {"outcomes", "whole", "torn", "full"};
    char path[128];
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s.journal", directory, names[i]);
        unlink(path);
    }
    return rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(outcomes), cmocka_unit_test(torn),
                                       cmocka_unit_test(refused)};
    return cmocka_run_group_tests(tests, begin, end);
}
