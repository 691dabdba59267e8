/* Each thread: take what is due, have the calls run side by side, record what came of each. */
#include "worker.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authority.h"
#include "bank/call.h"
#include "batch.h"
#include "clock.h"
#include "daybook/base/log.h"
#include "daybook/base/memory.h"
#include "daybook/base/text.h"
#include "daybook/domain/payout_answer.h"
#include "task.h"

enum {
    CALLS_MAX = 16,     /* at once, for each thread */
    IDLE_MS = 200,      /* between two looks at the database where nothing was due */
    LEASE_MARGIN_MS = 3000, /* a lease outlives its call by so much */
    MESSAGE_MAX = 16 << 20, /* bytes of a batch's message */
    BATCH_MS = 1000,    /* between two looks for batches */
    REFRESH_MS = 10000, /* between two looks at the invariants, by the first thread */
    NAME_MAX_BYTES = 128
};

/* What a call is about: a payout, or a batch. */
struct job {
    struct core_task task;
    struct core_batch *batch; /* NULL: the task alone */
};

struct thread {
    struct core_worker *worker;
    pthread_t id;
    bool runs;
    struct core_database *database;
    struct bank_caller *caller;
    long most_ms; /* of any call: the lease must outlive it */
    int calls;
    /* Monotonic: when to look again for payouts and for batches, and to refresh the invariants. */
    int64_t look_at_us, batch_at_us, refresh_at_us;
};

struct core_worker {
    const struct core_config *config;
    struct core_authority *authority; /* NULL: nothing is paid again */
    char name[NAME_MAX_BYTES];
    atomic_bool stops;
    size_t count;
    struct thread threads[];
};

/* --- one thread */

static bool permit(void *context, void *call)
{
    struct thread *thread = context;
    const struct job *job = call;
    const struct core_config *config = thread->worker->config;

    return job->batch ? core_batch_is_mine(thread->database, config, job->batch)
                      : core_task_is_mine(thread->database, config, &job->task);
}

static long timeout_of(const struct thread *thread, long timeout_ms)
{
    return timeout_ms < thread->most_ms ? timeout_ms : thread->most_ms;
}

static bool start_job(struct thread *thread, const struct bank_request *request, struct job *job)
{
    if (!bank_caller_start(thread->caller, request, job))
        return false;
    thread->calls++;
    return true;
}

static bool call_bank(struct thread *thread, struct core_task *task)
{
    struct bank_request request = {
        .path = BANK_PAY,
        .is_send = task->is_send,
        .url = task->url,
        .ref = task->no,
        .timeout_ms = timeout_of(thread, task->channel.answer_timeout_ms),
        .epoch = task->payout.epoch,
        .not_after = task->payout.not_after,
        .currency = task->currency,
        .payee_name = task->payee_name,
        .payee_account = task->payee_account,
    };
    struct job *job = memory_new(sizeof *job);

    job->task = *task;
    text_to_int64(span_of(task->amount), &request.amount);
    if (start_job(thread, &request, job))
        return true;
    free(job);
    return false;
}

/* What pays another payout again was signed, or it is not sent. */
static bool is_covered(struct thread *thread, const struct core_task *task)
{
    struct error error = {0};

    if (!task->is_send || task->request[0] == '\0'
        || core_authority_covers(thread->worker->authority, thread->database, task, &error))
        return true;
    log_write(LOG_ERROR, "send.unsigned", "payout=%s request=%s error=%s", task->no, task->request,
              error.message);
    return false;
}

static void start_task(struct thread *thread, struct core_task *task)
{
    const struct core_config *config = thread->worker->config;
    bool only_clock = false;

    core_task_question(task, &only_clock);
    task->asked_at = core_clock_now(config->clock);
    if (only_clock)
        core_task_record(thread->database, config, task, PAYOUT_NEWS_CLOCK, NULL);
    else if (!is_covered(thread, task) || !call_bank(thread, task))
        core_task_record(thread->database, config, task,
                         task->is_send ? PAYOUT_NEWS_NOT_SENT : PAYOUT_NEWS_SILENCE, NULL);
}

static void take_work(struct thread *thread)
{
    struct core_task tasks[CALLS_MAX];
    size_t free_calls = (size_t)(CALLS_MAX - thread->calls);
    int64_t now_us = clock_monotonic_us();

    if (free_calls == 0 || now_us < thread->look_at_us)
        return;
    size_t count = core_tasks_take(thread->database, thread->worker->config, thread->worker->name,
                                   tasks, free_calls);

    for (size_t i = 0; i < count; i++)
        start_task(thread, &tasks[i]);
    thread->look_at_us = count > 0 ? now_us : now_us + IDLE_MS * 1000;
}

/* --- batches */

static bool call_for_batch(struct thread *thread, struct core_batch *batch, struct span message)
{
    struct bank_request request = {
        .path = BANK_BATCH,
        .is_send = !batch->reporting,
        .url = batch->url,
        .ref = batch->message,
        .timeout_ms = timeout_of(thread, batch->timeout_ms),
        .message = message,
    };
    struct job *job = memory_new(sizeof *job);

    job->batch = batch;
    if (start_job(thread, &request, job))
        return true;
    free(job);
    return false;
}

static void take_batch(struct thread *thread)
{
    const struct core_config *config = thread->worker->config;
    int64_t now_us = clock_monotonic_us();
    struct bank_answer not_sent = {.transport = BANK_NOT_SENT};
    struct error error = {0};
    struct buffer message;

    if (now_us < thread->batch_at_us || thread->calls == CALLS_MAX)
        return;
    thread->batch_at_us = now_us + BATCH_MS * 1000;
    struct core_batch *batch = core_batch_take(thread->database, config, thread->worker->name);

    if (batch == NULL)
        return;
    buffer_init(&message, MESSAGE_MAX);
    if (!core_batch_write(batch, &message, &error)
        || !call_for_batch(thread, batch, (struct span){message.data, message.length})) {
        log_write(LOG_ERROR, "worker.batch", "batch=%s error=%s", batch->no, error.message);
        core_batch_sent(thread->database, config, batch, &not_sent);
        core_batch_free(batch);
    }
    buffer_free(&message);
}

/* What was sent is reported at once; what that leaves open the ladder asks for. */
static void take_batch_answer(struct thread *thread, struct core_batch *batch,
                              const struct bank_answer *answer, struct span body)
{
    const struct core_config *config = thread->worker->config;

    if (!batch->reporting) {
        batch->reporting = core_batch_sent(thread->database, config, batch, answer);
        if (batch->reporting && call_for_batch(thread, batch, (struct span){NULL, 0}))
            return;
        if (batch->reporting)
            core_batch_report(thread->database, config, batch,
                              &(struct bank_answer){.transport = BANK_NOT_SENT}, body);
    } else {
        core_batch_report(thread->database, config, batch, answer, body);
    }
    core_batch_free(batch);
}

static void take_answers(struct thread *thread)
{
    struct bank_answer answer;
    struct buffer body;
    struct job *job;

    while ((job = bank_caller_next(thread->caller, &answer, &body)) != NULL) {
        struct core_task *task = &job->task;

        thread->calls--;
        if (job->batch)
            take_batch_answer(thread, job->batch, &answer,
                              (struct span){buffer_text(&body), body.length});
        else
            core_task_record(thread->database, thread->worker->config, task,
                             bank_answer_news(&answer, task->no, !task->is_send), &answer);
        buffer_free(&body);
        free(job);
    }
}

/* --- what must be looked after whoever asks */

static void refresh(struct thread *thread)
{
    static const char sql[] = "select paycore.invariants_refresh($1)";
    const struct core_worker *worker = thread->worker;
    int64_t now_us = clock_monotonic_us();
    struct core_refusal refusal;
    char now[TIME_TEXT];
    PGresult *result;

    if (thread != &worker->threads[0] || now_us < thread->refresh_at_us)
        return;
    thread->refresh_at_us = now_us + REFRESH_MS * 1000;
    const char *values[] = {time_text(core_clock_now(worker->config->clock), now)};

    if (core_database_run(thread->database, sql, 1, values, &result, &refusal) != CORE_DONE) {
        if (!core_database_is_away(thread->database))
            log_write(LOG_WARNING, "worker.invariants", "error=%s", refusal.message);
        return;
    }
    const char *failed = PQgetvalue(result, 0, 0);

    if (failed[0] != '\0' && strcmp(failed, "0") != 0)
        log_write(LOG_ERROR, "worker.invariants", "failed=%s", failed);
    PQclear(result);
}

static int wait_ms(const struct thread *thread)
{
    int64_t left_us = thread->look_at_us - clock_monotonic_us();

    if (thread->calls == CALLS_MAX || left_us > IDLE_MS * 1000)
        return IDLE_MS;
    return left_us <= 0 ? 0 : (int)(left_us / 1000 + 1);
}

/* Once told to stop, what was taken still comes to its end: every call has a deadline. */
static void *run(void *context)
{
    struct thread *thread = context;

    for (;;) {
        bool stops = atomic_load(&thread->worker->stops);

        if (stops && thread->calls == 0)
            return NULL;
        if (!stops) {
            take_work(thread);
            take_batch(thread);
            refresh(thread);
        }
        take_answers(thread);
        bank_caller_wait(thread->caller, stops ? IDLE_MS : wait_ms(thread));
    }
}

/* --- starting and stopping */

static void set_name(struct core_worker *worker)
{
    char host[64] = "core";

    if (worker->config->worker) {
        snprintf(worker->name, sizeof worker->name, "%s", worker->config->worker);
        return;
    }
    gethostname(host, sizeof host - 1);
    snprintf(worker->name, sizeof worker->name, "%s-%d", host, (int)getpid());
}

static bool start_thread(struct core_worker *worker, struct thread *thread, struct error *error)
{
    const struct core_config *config = worker->config;
    int64_t most_ms = config->lease_ms - LEASE_MARGIN_MS;

    thread->worker = worker;
    thread->database = core_database_new(config);
    thread->most_ms = most_ms > 500 ? (long)most_ms : 500;
    thread->caller = bank_caller_new(config->bank_ca, permit, thread);
    if (!thread->caller)
        return error_set(error, ERROR_SYSTEM, "curl cannot be started");
    int fault = pthread_create(&thread->id, NULL, run, thread);

    if (fault != 0)
        return error_set(error, ERROR_SYSTEM, "thread: %s", strerror(fault));
    thread->runs = true;
    return true;
}

struct core_worker *core_worker_start(const struct core_config *config, struct error *error)
{
    size_t count = (size_t)config->workers;
    struct core_worker *worker = memory_new(sizeof *worker + count * sizeof(struct thread));

    worker->config = config;
    worker->count = count;
    set_name(worker);
    if (config->sign_key && !(worker->authority = core_authority_open(config, error))) {
        free(worker);
        return NULL;
    }
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        error_set(error, ERROR_SYSTEM, "curl cannot be started");
        core_authority_close(worker->authority);
        free(worker);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        if (!start_thread(worker, &worker->threads[i], error)) {
            core_worker_stop(worker);
            return NULL;
        }
    }
    return worker;
}

void core_worker_stop(struct core_worker *worker)
{
    if (!worker)
        return;
    atomic_store(&worker->stops, true);
    for (size_t i = 0; i < worker->count; i++) {
        struct thread *thread = &worker->threads[i];

        if (thread->runs) {
            bank_caller_wake(thread->caller);
            pthread_join(thread->id, NULL);
        }
        bank_caller_free(thread->caller);
        core_database_free(thread->database);
    }
    curl_global_cleanup();
    core_authority_close(worker->authority);
    free(worker);
}
