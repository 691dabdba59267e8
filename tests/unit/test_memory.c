/* Memory, arenas, buffers, errors, logs and embedded files, with limits of a few bytes. */
#include "table.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daybook/base/buffer.h"
#include "daybook/base/embed.h"
#include "daybook/base/error.h"
#include "daybook/base/language.h"
#include "daybook/base/log.h"
#include "daybook/base/memory.h"
#include "daybook/base/share.h"

static void test_blocks(void **state)
{
    (void)state;
    char *empty = memory_new(0);
    char *block = memory_new(8);
    for (int i = 0; i < 8; i++)
        assert_int_equal(block[i], 0);
    block = memory_resize(block, 2, 8);
    char *copy = memory_copy_string("text");
    assert_string_equal(copy, "text");
    char *formatted = memory_format("%s-%d", copy, 7);
    assert_string_equal(formatted, "text-7");
    free(memory_copy(NULL, 0));
    free(empty);
    free(block);
    free(copy);
    free(formatted);
}

static void last_words(void)
{
    ssize_t written = write(STDOUT_FILENO, "restored", 8);
    (void)written;
}

/* A size that overflows is the one request that every system refuses. */
static void test_exhausted_memory_ends_the_program(void **state)
{
    (void)state;
    int out[2];
    assert_int_equal(pipe(out), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(out[1], STDOUT_FILENO);
        close(STDERR_FILENO);
        memory_on_exhausted(last_words);
        volatile size_t many = SIZE_MAX / 2;
        free(memory_resize(NULL, many, 4));
        _exit(77);
    }
    close(out[1]);
    char said[32] = "";
    assert_int_equal(read(out[0], said, sizeof said - 1), 8);
    close(out[0]);
    assert_string_equal(said, "restored");
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
}

static void test_arena_keeps_its_limit(void **state)
{
    (void)state;
    struct arena *arena = arena_new(64);
    char *first = arena_take(arena, 10);
    char *second = arena_take(arena, 10);
    assert_non_null(first);
    assert_non_null(second);
    assert_int_equal((uintptr_t)second % 16, 0);
    assert_true(arena_used(arena) >= 20 && arena_used(arena) <= 64);
    assert_null(arena_take(arena, 64));
    assert_null(arena_take(arena, SIZE_MAX));
    assert_null(arena_string(arena, "x", SIZE_MAX));
    char *text = arena_string(arena, "abcdef", 3);
    assert_string_equal(text, "abc");
    char *formatted = arena_format(arena, "%d", 42);
    assert_string_equal(formatted, "42");
    assert_null(arena_format(arena, "%80d", 1));
    memset(first, 'x', 10);
    arena_clear(arena);
    assert_int_equal(arena_used(arena), 0);
    first = arena_take(arena, 64);
    for (int i = 0; i < 64; i++)
        assert_int_equal(first[i], 0);
    assert_null(arena_take(arena, 1));
    arena_free(arena);
    arena_free(NULL);
}

static void test_arena_grows_over_chunks(void **state)
{
    (void)state;
    enum { COUNT = 3000 };
    struct arena *arena = arena_new(8 << 20);
    int **numbers = arena_take(arena, COUNT * sizeof *numbers);
    for (int i = 0; i < COUNT; i++) {
        numbers[i] = arena_take(arena, sizeof(int) + (size_t)i % 200);
        *numbers[i] = i;
    }
    assert_non_null(arena_take(arena, 1 << 20));
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(*numbers[i], i);
    arena_clear(arena);
    assert_non_null(arena_take(arena, 1));
    arena_free(arena);
}

static void test_buffer_keeps_its_limit(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 4);
    assert_string_equal(buffer_text(&buffer), "");
    assert_true(buffer_append_string(&buffer, "ab"));
    assert_false(buffer_append_string(&buffer, "cde"));
    assert_true(buffer.overflow);
    assert_string_equal(buffer_text(&buffer), "ab");
    assert_true(buffer_printf(&buffer, "%d", 12));
    assert_string_equal(buffer.data, "ab12");
    assert_false(buffer_append_char(&buffer, 'x'));
    assert_false(buffer_printf(&buffer, "%d", 1));
    buffer_drop_front(&buffer, 3);
    assert_string_equal(buffer_text(&buffer), "2");
    buffer_clear(&buffer);
    assert_false(buffer.overflow);
    assert_int_equal(buffer.length, 0);
    char *room = buffer_reserve(&buffer, 4);
    assert_non_null(room);
    memcpy(room, "wxyz", 4);
    buffer.length += 3;
    assert_string_equal(buffer_text(&buffer), "wxy");
    assert_null(buffer_reserve(&buffer, 2));
    buffer_free(&buffer);
    assert_true(buffer_append(&buffer, "", 0));
    assert_string_equal(buffer_text(&buffer), "");
    buffer_free(&buffer);
}

static void test_buffer_takes_long_formats(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 10000);
    for (int i = 0; i < 5; i++)
        assert_true(buffer_printf(&buffer, "%1000d|", i));
    assert_int_equal(buffer.length, 5005);
    assert_memory_equal(buffer_text(&buffer) + 5003, "4|", 3);
    assert_false(buffer_printf(&buffer, "%9000d", 1));
    assert_int_equal(buffer.length, 5005);
    buffer_free(&buffer);
}

static void test_errors_are_safe_sentences(void **state)
{
    (void)state;
    struct error error;
    error_clear(&error);
    assert_int_equal(error.code, ERROR_NONE);
    assert_false(error_set(&error, ERROR_INPUT, "line %d: %s", 3, "\x1b[2J\xff"));
    assert_string_equal(error.message, "line 3: \xC2\xB7[2J\xEF\xBF\xBD");
    assert_false(error_prefix(&error, "%s", "file.sta"));
    assert_string_equal(error.message, "file.sta: line 3: \xC2\xB7[2J\xEF\xBF\xBD");
    assert_int_equal(error.code, ERROR_INPUT);
    assert_false(error_set(&error, ERROR_LIMIT, "again: %.20s", error.message));
    assert_string_equal(error.message, "again: file.sta: line 3: \xC2\xB7");
    assert_false(error_set(&error, ERROR_LIMIT, "%9000s", "x"));
    assert_int_equal(strlen(error.message), ERROR_MESSAGE_MAX - 1);
    assert_false(error_set(NULL, ERROR_LIMIT, "nobody reads this"));
    assert_false(error_prefix(NULL, "nor this"));
    assert_string_equal(error_code_name(ERROR_NOT_FOUND), "not-found");
    assert_string_equal(error_code_name((enum error_code)99), "unknown");
}

static void test_log_lines(void **state)
{
    (void)state;
    int out[2];
    char line[512] = "";
    assert_int_equal(pipe(out), 0);
    log_set_file(out[1]);
    log_write(LOG_DEBUG, "never.seen", "x=1");
    log_write(LOG_WARNING, "import.done", "file=%s rows=%d", "a\nb\x1b", 7);
    log_set_level(LOG_ERROR);
    log_write(LOG_WARNING, "never.seen", "x=1");
    log_set_level(LOG_INFO);
    log_set_file(-1);
    log_write(LOG_ERROR, "never.seen", "x=1");
    log_set_file(STDERR_FILENO);
    close(out[1]);
    assert_true(read(out[0], line, sizeof line - 1) > 0);
    close(out[0]);
    assert_int_equal(line[4], '-');
    assert_string_equal(strchr(line, ' '),
                        " warning import.done file=a\xC2\xB7"
                        "b\xC2\xB7 rows=7\n");
}

static void test_embedded_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < embedded_file_count; i++) {
        assert_ptr_equal(embedded_find(embedded_files[i].name), &embedded_files[i]);
        assert_int_equal(embedded_files[i].data[embedded_files[i].length], '\0');
        if (i > 0)
            assert_true(strcmp(embedded_files[i - 1].name, embedded_files[i].name) < 0);
    }
    assert_null(embedded_find("sql/query/there is none.sql"));
    size_t count = 9;
    assert_null(embedded_with_prefix("zzz", &count));
    assert_int_equal(count, 0);
    const struct embedded_file *first = embedded_with_prefix("", &count);
    assert_int_equal(count, embedded_file_count);
    assert_true(embedded_file_count == 0 ? first == NULL : first == embedded_files);
}

static void test_languages(void **state)
{
    (void)state;
    struct error error = {0};
    char share[4096];
    share_directory(share, sizeof share);
    assert_false(language_start("xx", share, &error));
    assert_int_equal(error.code, ERROR_USAGE);
    unsetenv("LC_ALL");
    setenv("LANG", "C", 1);
    assert_true(language_start(NULL, share, &error));
    assert_string_equal(language_current(), "en");
    assert_string_equal(_("Amount"), "Amount");
    assert_string_equal(_(""), "");
    assert_string_equal(language_plural("row", "rows", 2), "rows");
    setenv("LANG", "zh_CN.GBK", 1);
    assert_true(language_start(NULL, share, &error));
    assert_string_equal(language_current(), "zh_CN");
    assert_string_equal(_(""), "");
    assert_null(getenv("LOCPATH"));
    assert_true(language_start("en", "/nonexistent", &error));
    assert_string_equal(language_current(), "en");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_exhausted_memory_ends_the_program),
        cmocka_unit_test(test_arena_keeps_its_limit),
        cmocka_unit_test(test_arena_grows_over_chunks),
        cmocka_unit_test(test_buffer_keeps_its_limit),
        cmocka_unit_test(test_buffer_takes_long_formats),
        cmocka_unit_test(test_errors_are_safe_sentences),
        cmocka_unit_test(test_log_lines),
        cmocka_unit_test(test_embedded_files),
        cmocka_unit_test(test_languages),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
