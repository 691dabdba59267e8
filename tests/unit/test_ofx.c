/* The reader of OFX: every file of tests/data/statements/ofx gives the records of its file in
 * tests/data/records/ofx, however its bytes arrive. */
#include "table.h"

#include "files.h"
#include "records.h"

static void records_are_as_written(void **state)
{
    (void)state;
    files_check("tests/data/statements/ofx", ".ofx", "tests/data/records/ofx", "ofx");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_as_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
