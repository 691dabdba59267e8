/* The payout protocol (rules B3.1-B3.8) as a finite model: PAYOUTS payouts, two cores on one
 * database, a bank, the staff. tests/model/run searches every interleaving with spin; STEPS.tsv says
 * which function of the code each step is.
 *
 * What the search covers, by a free choice at the start of each payout: the bank is idempotent or
 * not, keeps to not-after or not, writes a statement or not. At any point a core stalls for as long
 * as it likes (an interleaving) or dies and comes back (`crashes` times); requests and replies are
 * lost or late; the bank executes at once, later, or never, refuses at once or later, says "not
 * found" before it executes and for a while after, returns the money, sends notices of returns that
 * never come.
 *
 * Time is a phase of each payout: 0 before not-after, 1 behind it, 2 behind the bank's documented
 * delay, 3 another business day, with a statement where there is one.
 *
 * What is assumed:
 *   A1 "paid" and "refused" are true when the bank says them; a notice of a return may be false.
 *   A2 a bank that keeps to not-after shows what it executed when the documented delay is over.
 *   A3 the evidence E1 or E3 of rule B5 is the bank's word that this payout was not executed and
 *      that what the bank holds of it is dead; it says nothing of what might still arrive.
 *   A4 where the bank does not keep to not-after, no request is under way for a business day between
 *      the core's last check and the bank (deadlines of seconds see to that; -DFAULT_STOPPED_MID_SEND
 *      shows what a core stopped for a day exactly there could do).
 *
 * What is checked:
 *   P1 no payout is executed twice
 *   P2 no payout is paid and credited back, or paid again: executed - returned + given back <= 1
 *   P3 what the core believes is so: PAID and RECONCILED were executed, FAILED never is
 *   P4 only the edges of rule B3 are taken
 *   P5 no execution goes on for ever, and where all stops every payout is final, or waits for
 *      evidence where no statement exists
 *
 * -DFAULT_... takes one safeguard away; the run expects an error from each. */

#ifndef PAYOUTS
#define PAYOUTS 1
#endif
#ifndef CORES
#define CORES 2
#endif
#ifndef QUESTIONS
#define QUESTIONS 3  /* rungs and follow-ups together, of one payout */
#endif
#ifndef CRASHES
#define CRASHES 2    /* of all cores together */
#endif

#define CREATED 0
#define APPROVED 1
#define CANCELLED 2
#define REJECTED 3
#define SUBMITTED 4
#define ACCEPTED 5
#define UNKNOWN 6
#define PRESUMED_PAID 7
#define PAID 8
#define FAILED 9
#define RECONCILED 10
#define NOT_PAID 11
#define RETURNED 12
#define REPAID 13
#define CREDITED_BACK 14

/* News, as enum payout_news_kind has them. */
#define N_NONE 0
#define N_PAID 1
#define N_REFUSED 2
#define N_ACCEPTED 3
#define N_PROCESSING 4
#define N_NOT_FOUND 5
#define N_SILENCE 6
#define N_NOT_SENT 7

/* A payout's row, the worker's row beside it. */
byte state[PAYOUTS];
byte epoch[PAYOUTS];       /* grows with every lease */
bit to_send[PAYOUTS];      /* the task is SEND; else, once submitted, ASK */
byte asks[PAYOUTS];
bit accepted[PAYOUTS];
byte given_back[PAYOUTS];  /* re-paid or credited back */

/* The channel. */
bit idempotent[PAYOUTS];
bit enforced[PAYOUTS];     /* what the contract says of not-after */
bit statement[PAYOUTS];

/* The bank's truth. */
byte under_way[PAYOUTS];   /* requests on the wire */
bit known[PAYOUTS];
byte queued[PAYOUTS];
byte executed[PAYOUTS];
bit seen[PAYOUTS];         /* by questions */
bit rejected[PAYOUTS];     /* for good */
bit returned[PAYOUTS];

byte phase[PAYOUTS];
byte in_gap[PAYOUTS];      /* cores between the last check and the first byte */
byte crashes = CRASHES;

#ifdef FAULT_NO_INTENT
bit held[PAYOUTS];         /* taken, known to the taker alone */
#endif
#ifdef FAULT_QUESTION_LOST
bit lost[PAYOUTS];         /* taken off the list of what is due, to be put back by the taker */
#endif

/* --- the edges of rule B3; what only a signed request may do is marked by `staff` */

#define final(p) (state[p] == CANCELLED || state[p] == REJECTED || state[p] == RECONCILED || \
    state[p] == REPAID || state[p] == CREDITED_BACK || \
    (!statement[p] && (state[p] == PAID || state[p] == PRESUMED_PAID)))

#define edge(f, t) \
    ((f == CREATED && (t == APPROVED || t == CANCELLED || t == REJECTED)) || \
     (f == APPROVED && (t == SUBMITTED || t == CANCELLED || t == FAILED)) || \
     (f == SUBMITTED && (t == ACCEPTED || t == PAID || t == FAILED || t == UNKNOWN || \
                         t == RECONCILED)) || \
     (f == ACCEPTED && (t == PAID || t == FAILED || t == UNKNOWN || t == RECONCILED)) || \
     (f == UNKNOWN && (t == PAID || t == FAILED || t == PRESUMED_PAID || t == RECONCILED)) || \
     (f == PRESUMED_PAID && (t == PAID || t == FAILED || t == RECONCILED || t == RETURNED)) || \
     (f == PAID && (t == RECONCILED || t == RETURNED)) || \
     (f == RECONCILED && t == RETURNED))

#define signed_edge(f, t) \
    ((f == PRESUMED_PAID && t == NOT_PAID) || \
     ((f == FAILED || f == NOT_PAID || f == RETURNED) && (t == REPAID || t == CREDITED_BACK)))

/* P1, P2, P3. */
inline money_holds(p)
{
    assert(executed[p] <= 1);
    assert(executed[p] + given_back[p] <= 1 + returned[p]);
    assert((state[p] != PAID && state[p] != RECONCILED) || executed[p] == 1);
    assert(state[p] != FAILED || executed[p] == 0)
}

/* P4. */
inline move(p, to)
{
    assert(edge(state[p], to));
    state[p] = to;
    money_holds(p)
}

inline staff_move(p, to)
{
    assert(edge(state[p], to) || signed_edge(state[p], to));
    state[p] = to;
    money_holds(p)
}

#define open(p) (state[p] == SUBMITTED || state[p] == ACCEPTED || state[p] == UNKNOWN || \
                 state[p] == PRESUMED_PAID)

/* --- recording: fenced by the epoch, then what the news does in that state */

/* "Not found" is final only behind not-after and the documented delay, by when it was asked. */
#ifdef FAULT_NOT_FOUND_AT_ONCE
#define not_found_final(p, at) true
#else
#ifdef FAULT_ANSWER_BY_ARRIVAL
#define not_found_final(p, at) (enforced[p] && phase[p] >= 2 && !accepted[p])
#else
#define not_found_final(p, at) (enforced[p] && at && !accepted[p])
#endif
#endif

inline uncertain(p)
{
    if
    :: state[p] == SUBMITTED || state[p] == ACCEPTED -> move(p, UNKNOWN)
    :: else
    fi
}

inline record(p, mine, news, at)
{
    if
    :: epoch[p] != mine -> skip /* fenced: kept as an event */
    :: epoch[p] == mine && !open(p) -> skip /* late: kept as an event */
    :: epoch[p] == mine && open(p) ->
        if
        :: news == N_PAID -> move(p, PAID)
        :: news == N_REFUSED -> move(p, FAILED)
        :: news == N_ACCEPTED ->
            accepted[p] = 1;
            if
            :: state[p] == SUBMITTED -> move(p, ACCEPTED)
            :: else
            fi
        :: news == N_NOT_FOUND && not_found_final(p, at) -> move(p, FAILED)
        :: news == N_NOT_FOUND && !(not_found_final(p, at)) -> uncertain(p)
        :: news == N_PROCESSING -> uncertain(p)
        :: news == N_SILENCE ->
#ifdef FAULT_SILENCE_FAILS
            if
            :: state[p] == SUBMITTED -> move(p, FAILED)
            :: else
            fi
#else
            uncertain(p)
#endif
        :: news == N_NOT_SENT && state[p] == SUBMITTED -> move(p, FAILED)
        :: news == N_NOT_SENT && state[p] != SUBMITTED -> skip
        fi
    fi
}

/* --- a core */

/* Right before the first byte: still mine, and the bank may still pay. */
#ifdef FAULT_NO_FENCE
#define send_mine(p, mine) true
#else
#define send_mine(p, mine) (epoch[p] == mine && state[p] == SUBMITTED && phase[p] == 0)
#endif

/* What a bank says, by its truth; of a request only what it has received is told. */
inline bank_answers(p, news, question)
{
    if
    :: executed[p] > 0 && (seen[p] || !question) -> news = N_PAID
    :: rejected[p] -> news = N_REFUSED
    :: queued[p] > 0 -> news = N_PROCESSING
    :: queued[p] > 0 -> news = N_ACCEPTED
    :: question && !seen[p] -> news = N_NOT_FOUND
    :: news = N_SILENCE
    fi
}

#ifdef FAULT_NO_INTENT
#define sendable(p) (state[p] == SUBMITTED && to_send[p] && !held[p])
#else
#define sendable(p) (state[p] == SUBMITTED && to_send[p])
#endif

#ifdef FAULT_QUESTION_LOST
#define due(p) (!to_send[p] && !lost[p])
#else
#define due(p) (!to_send[p])
#endif
#define askable(p) (open(p) && due(p) && asks[p] < QUESTIONS)
#define overdue(p) ((state[p] == SUBMITTED || state[p] == ACCEPTED) && due(p))
#define silent(p) (state[p] == UNKNOWN && due(p) && asks[p] > 0)

inline take_question(q)
{
    p = q;
    epoch[p]++;
    asks[p]++;
    mine = epoch[p];
    at = (phase[p] >= 2);
#ifdef FAULT_QUESTION_LOST
    lost[p] = 1
#endif
}

inline take_send(q)
{
    p = q;
#ifdef FAULT_NO_INTENT
    held[p] = 1;
#else
    to_send[p] = 0;
#endif
    epoch[p]++;
    mine = epoch[p]
}

inline forget()
{
    p = 0; mine = 0; at = 0; news = N_NONE
}

inline die()
{
    crashes--;
#ifdef FAULT_NO_INTENT
    held[p] = 0;
#endif
    forget()
}

proctype core()
{
    byte p, mine, news;
    bit at; /* the question was asked behind the documented delay */
end_idle:
    if
#ifdef FAULT_NO_ROW_LOCK
    :: atomic { sendable(0) -> p = 0 }
       atomic { take_send(0) }
       goto checking
#else
    :: atomic { sendable(0) -> take_send(0) }
       goto checking
#endif
    :: atomic { askable(0) -> take_question(0) }
       goto asking
    :: atomic { overdue(0) -> epoch[0]++; move(0, UNKNOWN) }
       goto end_idle
    :: atomic { silent(0) -> epoch[0]++;
#ifdef FAULT_PRESUMED_FAILED
                move(0, FAILED)
#else
                move(0, PRESUMED_PAID)
#endif
       }
       goto end_idle
#ifdef FAULT_RESEND_WHILE_UNKNOWN
    :: atomic { state[0] == UNKNOWN && asks[0] < QUESTIONS ->
                epoch[0]++; asks[0]++; state[0] = SUBMITTED; to_send[0] = 1 }
       goto end_idle
#endif
#if PAYOUTS > 1
    :: atomic { sendable(1) -> take_send(1) }
       goto checking
    :: atomic { askable(1) -> take_question(1) }
       goto asking
    :: atomic { overdue(1) -> epoch[1]++; move(1, UNKNOWN) }
       goto end_idle
    :: atomic { silent(1) -> epoch[1]++; move(1, PRESUMED_PAID) }
       goto end_idle
#endif
    fi;

checking:
    if
    :: atomic { send_mine(p, mine) -> in_gap[p]++ }
    :: atomic { !(send_mine(p, mine)) -> forget() }
       goto end_idle
    :: atomic { crashes > 0 -> die() }
       goto end_idle
    fi;

    if
    :: atomic { in_gap[p]--; under_way[p]++ }
    :: atomic { in_gap[p]--; news = N_NOT_SENT } /* no byte left */
       goto recording
    :: atomic { crashes > 0 -> in_gap[p]--; die() }
       goto end_idle
    fi;

    /* The answer to the sending, whenever it comes. */
    if
    :: atomic { bank_answers(p, news, 0) }
    :: atomic { crashes > 0 -> die() }
       goto end_idle
    fi;
    goto recording;

asking:
    if
    :: atomic { bank_answers(p, news, 1) }
    :: atomic { crashes > 0 -> die() }
       goto end_idle
    fi;

recording:
    if
    :: atomic { record(p, mine, news, at);
#ifdef FAULT_NO_INTENT
                to_send[p] = 0; held[p] = 0;
#endif
#ifdef FAULT_QUESTION_LOST
                lost[p] = 0;
#endif
                forget() }
    :: atomic { crashes > 0 -> die() }
    fi;
    goto end_idle
}

/* --- the bank */

#ifdef FAULT_NO_NOT_AFTER
#define may_execute(p) true /* it was told no time */
#else
#define may_execute(p) (!enforced[p] || phase[p] == 0)
#endif

inline execute(p)
{
    executed[p]++;
    money_holds(p)
}

proctype bank(byte p)
{
end:
    do
    :: atomic { under_way[p] > 0 ->
        under_way[p]--;
        if
        :: true /* lost on the way */
        :: idempotent[p] && known[p]
        :: !(idempotent[p] && known[p]) ->
            known[p] = 1;
            if
            :: may_execute(p) -> execute(p)
            :: may_execute(p) -> queued[p]++
            :: executed[p] == 0 && queued[p] == 0 -> rejected[p] = 1
            :: !may_execute(p) /* too late: as if it had not come */
            fi
        fi }
    :: atomic { queued[p] > 0 && may_execute(p) && !rejected[p] -> queued[p]--; execute(p) }
    :: atomic { queued[p] > 0 && executed[p] == 0 && queued[p] == 1 ->
        queued[p]--; rejected[p] = 1 }
    :: atomic { queued[p] > 0 && !may_execute(p) -> queued[p]-- }
    :: atomic { executed[p] > 0 && !seen[p] -> seen[p] = 1 }
    :: atomic { executed[p] > 0 && phase[p] == 3 && !returned[p] -> returned[p] = 1 }
#ifdef FAULT_RETURN_WITHOUT_CREDIT
    /* A notice of a return, true or not; without this fault it is an event and changes nothing. */
    :: atomic { executed[p] > 0 && (state[p] == PAID || state[p] == RECONCILED) ->
        move(p, RETURNED) }
#endif
    od
}

/* --- time */

proctype clock(byte p)
{
end:
    atomic { !to_send[p] && epoch[p] > 0 -> phase[p] = 1 }
    /* A2 */
    atomic { !enforced[p] || executed[p] == 0 || seen[p] -> phase[p] = 2 }
    /* A4 */
#ifdef FAULT_STOPPED_MID_SEND
    atomic { phase[p] = 3 }
#else
    atomic { enforced[p] || (in_gap[p] == 0 && under_way[p] == 0) -> phase[p] = 3 }
#endif
}

/* --- the staff, and the desk with its statements */

inline give_back(p)
{
    given_back[p]++;
    if
    :: staff_move(p, REPAID)
    :: staff_move(p, CREDITED_BACK)
    fi
}

/* E1 or E3 (A3). */
#define bank_vouches(p) (executed[p] == 0)

proctype staff(byte p)
{
    /* The channel that this payout takes. */
    if
    :: idempotent[p] = 1
    :: true
    fi;
    if
    :: enforced[p] = 1
    :: true
    fi;
    if
    :: statement[p] = 1
    :: true
    fi;
    if
    :: atomic { staff_move(p, APPROVED) }
    :: atomic { staff_move(p, REJECTED) }
       goto end
    fi;
    if
    :: atomic { staff_move(p, SUBMITTED); to_send[p] = 1 }
    :: atomic { given_back[p]++; staff_move(p, CANCELLED) }
       goto end
    fi;
#ifdef FAULT_CANCEL_UNDER_WAY
    /* The state was looked at before a core took it. */
    if
    :: atomic { state[p] == SUBMITTED -> given_back[p]++; to_send[p] = 0; state[p] = CANCELLED;
                money_holds(p) }
       goto end
    :: true
    fi;
#endif
end:
    do
    :: atomic { phase[p] == 3 && statement[p] && executed[p] > 0 &&
                (open(p) || state[p] == PAID) -> move(p, RECONCILED) }
    :: atomic { returned[p] && statement[p] &&
                (state[p] == PAID || state[p] == RECONCILED || state[p] == PRESUMED_PAID) ->
                move(p, RETURNED) }
    :: atomic { state[p] == FAILED || (state[p] == RETURNED && given_back[p] == 0) ->
                give_back(p) }
#ifdef FAULT_GIVEN_BACK_TWICE
    :: atomic { state[p] == REPAID && given_back[p] == 1 -> given_back[p]++; money_holds(p) }
#endif
    /* Absence proposes; a person decides, with evidence, never from UNKNOWN. */
    :: atomic { phase[p] == 3 && state[p] == PRESUMED_PAID && bank_vouches(p) ->
#ifndef FAULT_WEAK_EVIDENCE
                queued[p] = 0;
#endif
                staff_move(p, NOT_PAID); give_back(p) }
    :: atomic { phase[p] == 3 && !statement[p] && state[p] == PRESUMED_PAID && executed[p] > 0 ->
                staff_move(p, PAID) }
#ifdef FAULT_ABSENCE_CREDITS
    :: atomic { phase[p] == 3 && statement[p] && executed[p] == 0 && open(p) ->
                given_back[p]++; state[p] = CREDITED_BACK; money_holds(p) }
#endif
#ifdef FAULT_CREDIT_WHILE_UNKNOWN
    :: atomic { state[p] == UNKNOWN ->
                given_back[p]++; state[p] = CREDITED_BACK; money_holds(p) }
#endif
    od
}

/* P5: where nothing can go on any more, this must have been passed. */
proctype watch()
{
    final(0);
#if PAYOUTS > 1
    final(1)
#endif
}

init
{
    byte i;
    atomic {
        for (i : 1 .. CORES) { run core() }
        for (i : 0 .. PAYOUTS - 1) {
            run bank(i); run clock(i); run staff(i)
        }
        i = 0;
        run watch()
    }
}
