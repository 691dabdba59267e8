/* What the surroundings may say to a program of ours: nothing that steers libraries. */
#ifndef DAYBOOK_BASE_ENVIRONMENT_H
#define DAYBOOK_BASE_ENVIRONMENT_H

/* Removes from the environment what libpq, OpenSSL, GnuTLS, curl, curses, the resolver and the
 * loader would believe (RELIABILITY 4.2). Call once, first thing in main(), before threads. */
void environment_scrub(void);

#endif
