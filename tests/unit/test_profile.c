/* Profiles of bank CSV: those with faults name all of them, those we ship have none. */
#include "table.h"

#include <sys/stat.h>
#include <unistd.h>

#include "daybook/formats/profile.h"
#include "files.h"

/* The faults of a profile, or its title. */
static void read_profile(const char *format, struct span bytes, size_t step, struct buffer *out)
{
    struct buffer faults;
    (void)format, (void)step;
    buffer_init(&faults, RECORDS_LIMIT);
    struct profile *profile = profile_parse("p", bytes, &faults);
    if (profile != NULL)
        buffer_printf(out, "title %s\n", profile_title(profile));
    buffer_append(out, buffer_text(&faults), faults.length);
    assert_true((profile == NULL) == (faults.length > 0));
    profile_free(profile);
    buffer_free(&faults);
}

static void faults_are_named(void **state)
{
    (void)state;
    files_check_with("tests/data/profiles", ".profile", "tests/data/records/profiles", "",
                     read_profile);
}

static void profile_has_a_size(void **state)
{
    (void)state;
    struct buffer text;
    struct buffer faults;
    buffer_init(&text, RECORDS_LIMIT);
    buffer_init(&faults, RECORDS_LIMIT);
    for (int i = 0; i < PROFILE_TEXT_MAX; i++)
        buffer_append_char(&text, '\n');
    assert_null(profile_parse("p", (struct span){text.data, text.length}, &faults));
    assert_null(strstr(faults.data, "larger"));
    buffer_append_char(&text, '\n');
    buffer_clear(&faults);
    assert_null(profile_parse("p", (struct span){text.data, text.length}, &faults));
    assert_string_equal(faults.data, "p:1:1: The profile is larger than 65536 bytes.\n");
    buffer_free(&text);
    buffer_free(&faults);
}

static void shipped_ones_have_no_faults(void **state)
{
    char name[64];
    size_t count = 0;
    (void)state;
    for (; profile_shipped(count, name, sizeof name); count++) {
        struct error error = {.code = ERROR_NONE};
        struct profile *profile = profile_load(name, &error);
        assert_string_equal(error.message, "");
        assert_non_null(profile);
        assert_true(profile_title(profile)[0] != '\0');
        profile_free(profile);
    }
    assert_true(count >= 8);
}

static void names_are_no_paths(void **state)
{
    static const char *const names[] = {"", "../alipay", "a/b", "a.b", "x y", "\xE4"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct error error = {.code = ERROR_NONE};
        assert_null(profile_load(names[i], &error));
        assert_int_equal(error.code, ERROR_USAGE);
    }
    struct error error = {.code = ERROR_NONE};
    assert_null(profile_load("no-such", &error));
    assert_int_equal(error.code, ERROR_NOT_FOUND);
}

static void store(const char *directory, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* A site's profile comes before ours; one with faults is not silently replaced by ours. */
static void sites_come_first(void **state)
{
    char directory[] = "/tmp/daybook-profiles-XXXXXX";
    char path[256];
    struct error error = {.code = ERROR_NONE};
    (void)state;
    assert_non_null(mkdtemp(directory));
    store(directory, "alipay.profile", "title Ours\ndate YYYY-MM-DD\ncurrency CNY\n"
                                       "column date D\ncolumn amount A\n");
    store(directory, "cmb-debit.profile", "title\nfoo\nbar\n");
    setenv("DAYBOOK_PROFILES", directory, 1);
    struct profile *profile = profile_load("alipay", &error);
    assert_non_null(profile);
    assert_string_equal(profile_title(profile), "Ours");
    profile_free(profile);
    assert_null(profile_load("cmb-debit", &error));
    assert_non_null(strstr(error.message, "cmb-debit.profile:1:1: After 'title' goes 1 word"));
    assert_non_null(strstr(error.message, "(and 2 more)"));
    profile = profile_load("boc-credit", &error);
    assert_non_null(profile);
    profile_free(profile);
    unsetenv("DAYBOOK_PROFILES");
    snprintf(path, sizeof path, "%s/alipay.profile", directory);
    unlink(path);
    snprintf(path, sizeof path, "%s/cmb-debit.profile", directory);
    unlink(path);
    rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_named),
        cmocka_unit_test(profile_has_a_size),
        cmocka_unit_test(shipped_ones_have_no_faults),
        cmocka_unit_test(names_are_no_paths),
        cmocka_unit_test(sites_come_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
