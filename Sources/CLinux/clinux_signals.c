#define _GNU_SOURCE
#include "clinux_signals.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static const int trapped[] = {SIGTERM, SIGINT, SIGHUP};
// A signal is a byte in this pipe: to write is one of the few things that a signal's handler may do.
static int line[2] = {-1, -1};

static void put_in_line(int signal) {
    int error = errno;
    unsigned char number = (unsigned char)signal;
    // Where so many wait that there is no room, one more says nothing new.
    (void)!write(line[1], &number, 1);
    errno = error;
}

int clinux_signals_trap(void) {
    if (pipe2(line, O_CLOEXEC) < 0) return -1;
    fcntl(line[1], F_SETFL, O_NONBLOCK);
    struct sigaction action = {.sa_handler = put_in_line, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (unsigned index = 0; index < sizeof trapped / sizeof *trapped; index++) sigaction(trapped[index], &action, 0);
    return 0;
}

int clinux_signals_next(void) {
    sigset_t signals;
    sigemptyset(&signals);
    for (unsigned index = 0; index < sizeof trapped / sizeof *trapped; index++) sigaddset(&signals, trapped[index]);
    // The program may have been started with these blocked, and threads of a pool mostly block all.
    pthread_sigmask(SIG_UNBLOCK, &signals, 0);
    unsigned char number;
    while (read(line[0], &number, 1) != 1) {
    }
    return number;
}
