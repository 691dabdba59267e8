/* CSV statements: the first byte chooses a profile we ship, the rest is the file. */
#include "records_steps.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const formats[] = {
        "csv:daybook-gbk", "csv:alipay",       "csv:boc-credit",   "csv:bocom-debit",
        "csv:cmb-credit",  "csv:cmb-debit",    "csv:hsbchk-debit", "csv:icbc-debit-v1"};
    if (size < 1)
        return 0;
    records_hold(formats[data[0] % 8], (struct span){(const char *)data + 1, size - 1});
    return 0;
}
