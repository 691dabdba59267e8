/* What the files of faults share: choosing plain payouts and telling the truth about them. */
#ifndef DAYBOOK_TOWN_FAULTS_H
#define DAYBOOK_TOWN_FAULTS_H

#include "daybook/town/town.h"

/* One kind of fault. plant changes one more place of the week and tells the truth about it; false
 * where there is no place left. */
struct town_fault {
    const char *name;
    const char *code;  /* "-": something that must raise nothing */
    const char *state;
    const char *what;
    int count;         /* a week, at 100 percent */
    bool (*plant)(struct town *town, const struct town_fault *fault);
};

extern const struct town_fault town_payout_faults[]; /* ends with a row without a name */
extern const struct town_fault town_file_faults[];

/* Which channels a fault may choose. */
enum { TOWN_ANY_FILE = -1 };

/* A payout that nothing has happened to: PAID, its own line by reference on its day, an amount of
 * its own. It is marked taken. NULL: none left. */
struct town_payout *town_plain(struct town *town, int channel, int first_day, int last_day);
/* Whether the statement of that day arrives. */
bool town_file_comes(const struct town *town, int channel, int day);
/* Truth about a payout and, where line is not NULL, a line. */
void town_tell(struct town *town, const struct town_fault *fault, const struct town_payout *payout,
               const struct town_line *line, int64_t amount);

#endif
