#include <string.h>

#include "daybook/action/action.h"
#include "daybook/base/language.h"

#define EXCEPTION .scope = ACTION_ROWS, .columns = {"exception_id", "version"},                  \
                  .statement = "exception-act", .where = ACTION_HEADLESS | ACTION_CONSOLE
#define REASON(needed, text_help)                                                                \
    {.name = "text", .type = ACTION_TEXT, .required = needed, .help = text_help}
#define ATTACHMENT                                                                               \
    {.name = "attachment", .type = ACTION_FILE,                                                  \
     .help = N_("a file it rests on; its hash is kept, not the file")}
#define SIGNED                                                                                   \
    .columns = {"request_id", "document", "core_signature", "core_certificate"}
#define VERIFIED                                                                                 \
    {"document_fault", "", N_("The core's signature on this request does not hold.")}
/* What desk.requests says in why_not; NONE: nothing. */
#define MAY_CHECK                                                                                \
    {"why_not", "NONE role-missing expired same-person voted-already excluded-person",           \
     N_("It waits for no signature any more.")},                                                 \
    {"why_not", "NONE role-missing same-person voted-already excluded-person",                   \
     N_("Its time to be signed is over: it has to be proposed again.")},                         \
    {"why_not", "NONE role-missing voted-already excluded-person",                               \
     N_("You prepared this request; another supervisor must approve it.")},                      \
    {"why_not", "NONE role-missing excluded-person", N_("You have signed it already.")},         \
    {"why_not", "NONE role-missing",                                                             \
     N_("You claimed what it is about or wrote on it; another supervisor must sign it.")},       \
    {"why_not", "NONE", N_("Only a supervisor signs it.")}
#define OURS                                                                                     \
    {"customer_id", "*", N_("It came from another core, which alone can do this.")}
#define IN_DOUBT(text_why)                                                                       \
    {"payment_state", "SUBMITTED ACCEPTED UNKNOWN PRESUMED_PAID", text_why}
#define NO_FILES                                                                                 \
    {"has_statement", "NO", N_("The channel gives statement files: they are the evidence.")}
#define UNTIL(needed)                                                                            \
    {.name = "until", .type = ACTION_DATE, .required = needed,                                   \
     .help = N_("the last day to wait, as 2026-11-30")}

const struct action actions[] = {
    {.name = "approve", .word = N_("approve and sign"), .role = "supervisor",
     .danger = ACTION_MONEY, .help = N_("Sign a request that somebody else proposed."),
     .scope = ACTION_ONE_ROW, SIGNED, .decision = "approve",
     .conditions = {VERIFIED, MAY_CHECK},
     .done_one = N_("{n} request signed."), .done_many = N_("{n} requests signed."),
     .where = ACTION_HEADLESS | ACTION_CONSOLE},
    {.name = "audit", .word = N_("audit"), .role = "auditor supervisor sysadmin",
     .help = N_("Check the audit's chain, from the database or a file, and say what is wrong."),
     .arguments = {{.name = "verb", .required = true, .positional = true,
                    .help = N_("verify or export")},
                   {.name = "witness", .help = N_("the file of the witness, to compare with")},
                   {.name = "file", .help = N_("the file that export writes and verify reads; "
                                               "without it verify reads the database")}},
     .where = ACTION_HEADLESS},
    {.name = "channel-contact-add", .word = N_("ask the bank"), .role = "clearing supervisor",
     .help = N_("Write down what was asked of a bank, and what came back."),
     .scope = ACTION_ONE_ROW, .columns = {"channel_id", "payment_id"},
     .statement = "channel-contact-add", .form = "bank-contact",
     .arguments = {{.name = "day", .type = ACTION_DATE,
                    .help = N_("the day; today if not said")},
                   REASON(true, N_("what was asked")),
                   {.name = "reply", .help = N_("what came back, if it did")}, ATTACHMENT,
                   {.name = "payment", .help = N_("the payout it is about")}},
     .done_one = N_("{n} bank contact written down."),
     .done_many = N_("{n} bank contacts written down."),
     .where = ACTION_HEADLESS | ACTION_CONSOLE},
    {.name = "channel-contact-answer", .word = N_("answered"), .role = "clearing supervisor",
     .help = N_("Write down what the bank answered; once."),
     .scope = ACTION_ONE_ROW, .columns = {"contact_id"}, .statement = "channel-contact-answer",
     .conditions = {{"answered_at", "", N_("It is answered already; ask again with L.")}},
     .form = "bank-contact-answer",
     .arguments = {{.name = "reply", .required = true, .help = N_("what came back")}, ATTACHMENT},
     .done_one = N_("{n} answer written down."), .done_many = N_("{n} answers written down."),
     .where = ACTION_HEADLESS | ACTION_CONSOLE},
    {.name = "claim", .word = N_("claim"), .role = "clearing supervisor",
     .help = N_("Take exceptions to work on them."), EXCEPTION,
     .done_one = N_("{n} exception claimed."), .done_many = N_("{n} exceptions claimed.")},
    {.name = "comment", .word = N_("comment"), .role = "clearing supervisor support risk",
     .help = N_("Write a comment into the history of exceptions."), EXCEPTION,
     .form = "exception-comment", .arguments = {REASON(true, N_("what to write"))},
     .done_one = N_("{n} comment written."), .done_many = N_("{n} comments written.")},
    {.name = "defer", .word = N_("defer"), .role = "clearing supervisor",
     .help = N_("Put exceptions of yours off until a date, with the reason."), EXCEPTION,
     .form = "exception-defer", .arguments = {UNTIL(true), REASON(true, N_("why it may wait"))},
     .done_one = N_("{n} exception deferred."), .done_many = N_("{n} exceptions deferred.")},
    {.name = "doctor", .word = N_("doctor"),
     .help = N_("Check profile, certificates, key, connection and schema, and say what is wrong."),
     .where = ACTION_HEADLESS | ACTION_OFFLINE},
    {.name = "evidence-add", .word = N_("add evidence"), .role = "clearing supervisor",
     .help = N_("Give evidence of a payout of a channel without statement files."),
     .scope = ACTION_ONE_ROW, .columns = {"payment_id"}, .statement = "evidence-add",
     .conditions = {NO_FILES, IN_DOUBT(N_("Its result is not in doubt: it needs no evidence."))},
     .form = "evidence-add",
     .arguments = {{.name = "class", .required = true, .help = N_("E1, E3, E4 or E5")},
                   {.name = "says", .help = N_("PAID or NOT_PAID; PAID if not said")},
                   REASON(true, N_("what it rests on")), ATTACHMENT},
     .done_one = N_("{n} piece of evidence added."),
     .done_many = N_("{n} pieces of evidence added."),
     .where = ACTION_HEADLESS | ACTION_CONSOLE},
    {.name = "evidence-bracket", .word = N_("balances"), .role = "clearing supervisor",
     .help = N_("Prove a day of a channel without files by its opening and closing balance."),
     .scope = ACTION_ONE_ROW, .columns = {"channel_id"}, .statement = "evidence-bracket",
     .conditions = {NO_FILES},
     .form = "evidence-bracket",
     .arguments = {{.name = "day", .type = ACTION_DATE, .required = true,
                    .help = N_("the day that is over")},
                   {.name = "opening", .type = ACTION_AMOUNT, .required = true,
                    .help = N_("the balance before it, as 812,400.00")},
                   {.name = "closing", .type = ACTION_AMOUNT, .required = true,
                    .help = N_("the balance after it, as 812,400.00")},
                   REASON(true, N_("where the balances stand")), ATTACHMENT},
     .done_one = N_("{n} day proved by its balances."),
     .done_many = N_("{n} days proved by their balances."),
     .where = ACTION_HEADLESS | ACTION_CONSOLE},
    {.name = "export", .word = N_("export"),
     .help = N_("Write a whole list as CSV, or as JSON with --json."),
     .arguments = {{.name = "screen", .required = true, .positional = true,
                    .help = N_("the list, as exceptions")},
                   {.name = "words", .type = ACTION_WORDS, .positional = true,
                    .help = N_("the object where the list is of one, as lines-of-file F-12; then "
                               "filter words, as channel:ICBC amount>1000")},
                   {.name = "parameter", .help = N_("the object, said by name")},
                   {.name = "output", .help = N_("the file to write; standard output without it")}},
     .where = ACTION_HEADLESS},
    {.name = "feed", .word = N_("feed"), .role = "core_writer",
     .help = N_("Load what a core paid out from a CSV file; giving it again changes nothing."),
     .arguments = {{.name = "kind", .required = true, .positional = true,
                    .help = N_("payouts")},
                   {.name = "file", .required = true, .positional = true,
                    .help = N_("the CSV file")}},
     .where = ACTION_HEADLESS},
    {.name = "import", .word = N_("import"), .role = "clearing service",
     .help = N_("Import statement files, or a directory of them."),
     .arguments = {{.name = "paths", .type = ACTION_WORDS, .required = true, .positional = true,
                    .help = N_("files or directories")},
                   {.name = "channel", .help = N_("the channel, where the file names no account")},
                   {.name = "format", .help = N_("mt940, camt, bai2, ofx or csv:PROFILE")}},
     .where = ACTION_HEADLESS | ACTION_CONSOLE},
    {.name = "link", .word = N_("link"), .role = "clearing supervisor", .danger = ACTION_ASKED,
     .help = N_("Match an exception of yours with a candidate that leaves no difference."),
     .scope = ACTION_ONE_ROW, .statement = "exception-link",
     .columns = {"exception_id", "version", "line_id", "value_date", "payment_id"},
     .arguments = {{.name = "line", .type = ACTION_NUMBER, .help = N_("the bank's line")},
                   {.name = "day", .type = ACTION_DATE, .help = N_("the line's value date")},
                   {.name = "payment", .type = ACTION_NUMBER, .help = N_("the payment")}},
     .done_one = N_("{n} exception linked and closed."),
     .done_many = N_("{n} exceptions linked and closed."),
     .where = ACTION_HEADLESS | ACTION_CONSOLE},
    {.name = "list", .word = N_("list"),
     .help = N_("Print the rows of a list; `show` prints one object."),
     .arguments = {{.name = "screen", .required = true, .positional = true,
                    .help = N_("the list, as exceptions")},
                   {.name = "words", .type = ACTION_WORDS, .positional = true,
                    .help = N_("the object where the list is of one, as lines-of-file F-12; then "
                               "filter words, as channel:ICBC amount>1000")},
                   {.name = "parameter", .help = N_("the object, said by name")},
                   {.name = "limit", .type = ACTION_NUMBER, .help = N_("rows; 100 if not said")}},
     .where = ACTION_HEADLESS},
    {.name = "manual", .word = N_("manual"),
     .help = N_("Print the manual page daybook.1, as the tables of this program make it."),
     .where = ACTION_HEADLESS | ACTION_OFFLINE},
    {.name = "open-raw", .word = N_("bytes"),
     .help = N_("Look at the file's bytes as they came."),
     .scope = ACTION_ONE_ROW, .columns = {"file_id"}, .where = ACTION_CONSOLE},
    {.name = "parse", .word = N_("parse"),
     .help = N_("Print the canonical rows of a statement file; needs no database."),
     .arguments = {{.name = "file", .required = true, .positional = true,
                    .help = N_("the statement file")},
                   {.name = "format",
                    .help = N_("mt940, camt, bai2, ofx, pain002 or csv:PROFILE")}},
     .where = ACTION_HEADLESS | ACTION_OFFLINE},
    {.name = "payout-cancel", .word = N_("cancel"), .role = "clearing supervisor",
     .danger = ACTION_MONEY, .help = N_("Cancel a payout that was not sent to the bank yet."),
     .scope = ACTION_ONE_ROW, .columns = {"payment_id", "version"},
     .conditions = {OURS, {"payment_state", "CREATED APPROVED",
                    N_("Only what was not sent to the bank yet can be cancelled.")}},
     .path = "/v1/payouts/{payment_id}:cancel", .versioned = true,
     .done_one = N_("{n} payout cancelled."), .done_many = N_("{n} payouts cancelled."),
     .where = ACTION_HEADLESS | ACTION_CONSOLE},
    {.name = "payout-ladder-resume", .word = N_("resume ladder"), .role = "clearing supervisor",
     .help = N_("Let the core ask the bank about payouts again, where that was stopped."),
     .scope = ACTION_ROWS, .columns = {"payment_id"},
     .conditions = {OURS, IN_DOUBT(N_("Its result is not in doubt: there is no ladder.")),
                    {"ladder_stopped", "t", N_("The ladder was not stopped: it goes on.")}},
     .path = "/v1/payouts/{payment_id}:resume-ladder", .versioned = true,
     .done_one = N_("{n} ladder goes on."), .done_many = N_("{n} ladders go on."),
     .where = ACTION_HEADLESS | ACTION_CONSOLE},
    {.name = "payout-ladder-stop", .word = N_("stop ladder"), .role = "clearing supervisor",
     .danger = ACTION_ASKED,
     .help = N_("Stop asking the bank about payouts; when they are presumed paid stays."),
     .scope = ACTION_ROWS, .columns = {"payment_id"},
     .conditions = {OURS, IN_DOUBT(N_("Its result is not in doubt: there is no ladder.")),
                    {"ladder_stopped", "f", N_("The ladder is stopped already; G lets it go on.")}},
     .path = "/v1/payouts/{payment_id}:stop-ladder", .versioned = true,
     .done_one = N_("{n} ladder stopped."), .done_many = N_("{n} ladders stopped."),
     .where = ACTION_HEADLESS | ACTION_CONSOLE},
    {.name = "payout-query", .word = N_("ask now"), .role = "clearing supervisor support",
     .help = N_("Ask the bank about payouts now."),
     .scope = ACTION_ROWS, .columns = {"payment_id"}, .path = "/v1/payouts/{payment_id}:ask",
     .conditions = {OURS,
                    IN_DOUBT(N_("Its result is not in doubt: nothing is asked about it."))},
     .done_one = N_("The bank is asked about {n} payout."),
     .done_many = N_("The bank is asked about {n} payouts."),
     .where = ACTION_HEADLESS | ACTION_CONSOLE},
    {.name = "propose", .word = N_("propose"), .role = "clearing support supervisor sysadmin",
     .approval = true, .decision = "propose",
     .help = N_("Propose a correction; nothing happens before it is signed as its limits say."),
     .scope = ACTION_ONE_ROW, .columns = {"exception_id", "version", "request_kind"},
     .conditions = {{"may_propose", "t", N_("Your role may not propose this.")}},
     .form = "propose",
     .arguments = {{.name = "kind", .required = true, .positional = true,
                    .help = N_("what to do, as CREDIT_BACK; list exception-dispositions X-17 tells "
                               "what fits")},
                   {.name = "about", .type = ACTION_WORDS, .required = true, .positional = true,
                    .help = N_("exceptions, or a request, payout, day or login; then words of the "
                               "kind, as to=PAID")},
                   {.name = "reason", .required = true,
                    .help = N_("a code, as CHARGED_THOUGH_FAILED")},
                   REASON(false, N_("why, in words"))},
     .done_one = N_("{n} request proposed."), .done_many = N_("{n} requests proposed."),
     .where = ACTION_HEADLESS | ACTION_CONSOLE},
    {.name = "reconcile", .word = N_("reconcile"), .role = "clearing supervisor service",
     .help = N_("Match what is not matched yet and raise what does not agree."),
     .arguments = {{.name = "channel", .help = N_("one channel; all of them without it")},
                   {.name = "dry-run", .type = ACTION_FLAG,
                    .help = N_("change nothing, say what would change")},
                   {.name = "rules", .type = ACTION_NUMBER,
                    .help = N_("another version of the match rules, with --dry-run")}},
     .where = ACTION_HEADLESS | ACTION_CONSOLE},
    {.name = "reject", .word = N_("reject"), .role = "supervisor",
     .help = N_("Refuse a request that somebody else proposed, with the reason; signed too."),
     .scope = ACTION_ONE_ROW, SIGNED, .decision = "reject",
     .conditions = {VERIFIED, MAY_CHECK},
     .form = "request-reject", .arguments = {REASON(true, N_("why it is refused"))},
     .done_one = N_("{n} request rejected."), .done_many = N_("{n} requests rejected."),
     .where = ACTION_HEADLESS | ACTION_CONSOLE},
    {.name = "relay", .word = N_("relay"), .role = "clearing support supervisor sysadmin service",
     .help = N_("Send approved requests to the payment core again where its answer was lost."),
     .where = ACTION_HEADLESS},
    {.name = "release", .word = N_("release"), .role = "clearing supervisor",
     .help = N_("Give exceptions of yours back."), EXCEPTION,
     .done_one = N_("{n} exception released."), .done_many = N_("{n} exceptions released.")},
    {.name = "reopen", .word = N_("reopen"), .role = "clearing supervisor",
     .help = N_("Open closed exceptions again, with the reason."), EXCEPTION,
     .form = "exception-reopen", .arguments = {REASON(true, N_("why it is opened again"))},
     .done_one = N_("{n} exception reopened."), .done_many = N_("{n} exceptions reopened.")},
    {.name = "resume", .word = N_("resume"), .role = "clearing supervisor",
     .help = N_("Go on with exceptions of yours that waited."), EXCEPTION,
     .done_one = N_("{n} exception resumed."), .done_many = N_("{n} exceptions resumed.")},
    {.name = "schema", .word = N_("schema"),
     .help = N_("Install, upgrade or show the database's schema, as its owner."),
     .arguments = {{.name = "verb", .required = true, .positional = true,
                    .help = N_("install, upgrade or status")},
                   {.name = "admin", .help = N_("the owner's connection, as \"host=/run/postgresql "
                                                "dbname=daybook user=postgres\"")}},
     .where = ACTION_HEADLESS | ACTION_OFFLINE},
    {.name = "screens", .word = N_("screens"),
     .help = N_("Check all screen files; with --database their statements too."),
     .arguments = {{.name = "verb", .required = true, .positional = true,
                    .help = N_("check or strings")},
                   {.name = "directory", .positional = true,
                    .help = N_("a site's screen files instead of the built-in ones")},
                   {.name = "database", .type = ACTION_FLAG,
                    .help = N_("prepare every statement and look at its plan")}},
     .where = ACTION_HEADLESS | ACTION_OFFLINE},
    {.name = "show", .word = N_("show"), .help = N_("Print one object; `list` prints rows."),
     .arguments = {{.name = "screen", .required = true, .positional = true,
                    .help = N_("the detail, as exception")},
                   {.name = "id", .positional = true,
                    .help = N_("the object, as X-5512; Today has none")}},
     .where = ACTION_HEADLESS},
    {.name = "sign-proposal", .word = N_("sign and propose"),
     .role = "clearing support supervisor sysadmin", .danger = ACTION_MONEY, .approval = true,
     .help = N_("Sign the document that the payment core made of a proposal, and propose it."),
     .scope = ACTION_ONE_ROW, .columns = {"request_id"}, .decision = "propose",
     .conditions = {VERIFIED},
     .done_one = N_("{n} request proposed."), .done_many = N_("{n} requests proposed."),
     .where = ACTION_CONSOLE},
    {.name = "unlink", .word = N_("unlink"), .role = "clearing supervisor",
     .danger = ACTION_ASKED,
     .help = N_("End a match by a counter-entry; nothing is deleted."),
     .scope = ACTION_ONE_ROW, .columns = {"value_date", "line_id"}, .statement = "match-unlink",
     .conditions = {{"standing", "matched", N_("This line is not matched.")}},
     .form = "match-unlink", .arguments = {REASON(true, N_("why the match is wrong")),
                   {.name = "line", .type = ACTION_NUMBER, .help = N_("the bank's line")},
                   {.name = "day", .type = ACTION_DATE, .help = N_("the line's value date")}},
     .done_one = N_("{n} match ended."), .done_many = N_("{n} matches ended."),
     .where = ACTION_HEADLESS | ACTION_CONSOLE},
    {.name = "wait-bank", .word = N_("wait bank"), .role = "clearing supervisor",
     .help = N_("Wait for the bank's answer, until a date if you like."), EXCEPTION,
     .form = "exception-wait-bank", .arguments = {UNTIL(false), REASON(false, N_("what for"))},
     .done_one = N_("{n} exception waits for the bank."),
     .done_many = N_("{n} exceptions wait for the bank.")},
    {.name = "wait-merchant", .word = N_("wait merchant"), .role = "clearing supervisor",
     .help = N_("Wait for the merchant's answer, until a date if you like."), EXCEPTION,
     .form = "exception-wait-merchant", .arguments = {UNTIL(false), REASON(false, N_("what for"))},
     .done_one = N_("{n} exception waits for the merchant."),
     .done_many = N_("{n} exceptions wait for the merchant.")},
    {.name = "withdraw", .word = N_("withdraw"), .role = "clearing support supervisor sysadmin",
     .danger = ACTION_ASKED,
     .help = N_("Take a request of yours back that is not signed by all yet."),
     .scope = ACTION_ONE_ROW, .columns = {"request_id"}, .statement = "request-withdraw",
     .conditions = {{"mine", "t", N_("Only who proposed it withdraws it.")},
                    {"request_state", "PENDING PARTLY_APPROVED",
                     N_("It waits for no signature any more.")}},
     .arguments = {REASON(false, N_("why it is taken back"))},
     .done_one = N_("{n} request withdrawn."), .done_many = N_("{n} requests withdrawn."),
     .where = ACTION_HEADLESS | ACTION_CONSOLE},
};
const size_t action_count = sizeof actions / sizeof actions[0];

const struct action *action_find(const char *name)
{
    for (size_t i = 0; i < action_count; i++)
        if (strcmp(actions[i].name, name) == 0)
            return &actions[i];
    return NULL;
}

size_t action_argument_count(const struct action *action)
{
    size_t count = 0;
    while (count < ACTION_ARGUMENTS_MAX && action->arguments[count].name != NULL)
        count++;
    return count;
}

const struct action_argument *action_argument(const struct action *action, const char *name)
{
    for (size_t i = 0; i < action_argument_count(action); i++)
        if (strcmp(action->arguments[i].name, name) == 0)
            return &action->arguments[i];
    return NULL;
}

/* Whether a word stands among words separated by blanks. */
static bool has_word(const char *words, const char *word, size_t length)
{
    for (const char *at = words; *at != '\0';) {
        size_t n = strcspn(at, " ");
        if (n == length && memcmp(at, word, n) == 0)
            return true;
        at += n + (at[n] == ' ');
    }
    return false;
}

const char *action_off(const struct action *action, const char *roles)
{
    if (action->role == NULL || roles == NULL)
        return NULL;
    for (const char *at = action->role; *at != '\0';) {
        size_t n = strcspn(at, " ");
        if (has_word(roles, at, n))
            return NULL;
        at += n + (at[n] == ' ');
    }
    return N_("Your role may not do this.");
}
