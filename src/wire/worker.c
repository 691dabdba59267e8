#include "daybook/wire/worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daybook/base/memory.h"

struct task {
    struct task *next;
    void (*work)(void *argument);
    void (*over)(void *argument);
    void *argument;
};

struct worker {
    struct wire *wire;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct task *waiting, **waiting_end;
    struct task *finished, **finished_end;
    bool ending, ended;
};

static void task_append(struct task ***end, struct task *task)
{
    task->next = NULL;
    **end = task;
    *end = &task->next;
}

static struct task *task_take(struct task **first, struct task ***end)
{
    struct task *task = *first;
    if (task == NULL)
        return NULL;
    *first = task->next;
    if (*first == NULL)
        *end = first;
    return task;
}

static void *worker_main(void *argument)
{
    struct worker *worker = argument;
    pthread_mutex_lock(&worker->lock);
    while (!worker->ending) {
        struct task *task = task_take(&worker->waiting, &worker->waiting_end);
        if (task == NULL) {
            pthread_cond_wait(&worker->changed, &worker->lock);
            continue;
        }
        pthread_mutex_unlock(&worker->lock);
        task->work(task->argument);
        pthread_mutex_lock(&worker->lock);
        task_append(&worker->finished_end, task);
        /* While ending nobody waits there any more, and the wait point may be gone. */
        if (!worker->ending)
            wire_wake(worker->wire);
    }
    worker->ended = true;
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

static int worker_start(struct worker *worker)
{
    sigset_t all, before;
    sigfillset(&all);
    /* Faults of this thread's own must still reach the handler that restores the terminal. */
    sigdelset(&all, SIGSEGV);
    sigdelset(&all, SIGBUS);
    sigdelset(&all, SIGFPE);
    sigdelset(&all, SIGILL);
    sigdelset(&all, SIGABRT);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&worker->thread, NULL, worker_main, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

struct worker *worker_new(struct wire *wire, struct error *error)
{
    struct worker *worker = memory_new(sizeof *worker);
    worker->wire = wire;
    worker->waiting_end = &worker->waiting;
    worker->finished_end = &worker->finished;
    pthread_mutex_init(&worker->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&worker->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    int failed = worker_start(worker);
    if (failed != 0) {
        error_set(error, ERROR_SYSTEM, "a thread cannot be started: %s", strerror(failed));
        free(worker);
        return NULL;
    }
    return worker;
}

static bool worker_wait_ended(struct worker *worker, int wait_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    while (!worker->ended &&
           pthread_cond_timedwait(&worker->changed, &worker->lock, &until) != ETIMEDOUT)
        continue;
    return worker->ended;
}

static void tasks_free(struct task *task)
{
    while (task != NULL) {
        struct task *next = task->next;
        free(task);
        task = next;
    }
}

bool worker_free(struct worker *worker, int wait_ms)
{
    if (worker == NULL)
        return true;
    pthread_mutex_lock(&worker->lock);
    worker->ending = true;
    pthread_cond_broadcast(&worker->changed);
    bool ended = worker_wait_ended(worker, wait_ms);
    pthread_mutex_unlock(&worker->lock);
    if (!ended) {
        pthread_detach(worker->thread);
        return false;
    }
    pthread_join(worker->thread, NULL);
    tasks_free(worker->waiting);
    tasks_free(worker->finished);
    pthread_cond_destroy(&worker->changed);
    pthread_mutex_destroy(&worker->lock);
    free(worker);
    return true;
}

void worker_do(struct worker *worker, void (*work)(void *argument), void (*over)(void *argument),
               void *argument)
{
    struct task *task = memory_new(sizeof *task);
    task->work = work;
    task->over = over;
    task->argument = argument;
    pthread_mutex_lock(&worker->lock);
    task_append(&worker->waiting_end, task);
    pthread_cond_broadcast(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
}

bool worker_collect(struct worker *worker)
{
    bool any = false;
    for (;;) {
        pthread_mutex_lock(&worker->lock);
        struct task *task = task_take(&worker->finished, &worker->finished_end);
        pthread_mutex_unlock(&worker->lock);
        if (task == NULL)
            return any;
        if (task->over != NULL)
            task->over(task->argument);
        free(task);
        any = true;
    }
}
