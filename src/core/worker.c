#include "worker.h"

#include <stdlib.h>

#include "daybook/base/memory.h"

struct core_worker {
    const struct core_config *config;
};

struct core_worker *core_worker_start(const struct core_config *config, struct error *error)
{
    struct core_worker *worker = memory_new(sizeof *worker);

    (void)error;
    worker->config = config;
    return worker;
}

void core_worker_stop(struct core_worker *worker)
{
    free(worker);
}
