/* The reader of BAI2: every file of tests/data/statements/bai2 gives the records of its file in
 * tests/data/records/bai2, however its bytes arrive. */
#include "table.h"

#include "files.h"
#include "records.h"

static void records_are_as_written(void **state)
{
    (void)state;
    files_check("tests/data/statements/bai2", ".bai", "tests/data/records/bai2", "bai2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_as_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
