/* camt: the same records whether the bytes come one by one or in pieces. */
#include "records_steps.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    records_hold("camt", (struct span){(const char *)data, size});
    return 0;
}
