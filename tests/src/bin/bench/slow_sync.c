/* A slower disk: each sync of a file waits SLOW_SYNC_US microseconds more. Preloaded by the figures. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void wait_more(void)
{
    const char *text = getenv("SLOW_SYNC_US");
    long microseconds = text ? atol(text) : 0;
    struct timespec left = { microseconds / 1000000, microseconds % 1000000 * 1000 };
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

int fsync(int descriptor)
{
    static int (*next)(int);
    if (!next) {
        next = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    }
    wait_more();
    return next(descriptor);
}

int fdatasync(int descriptor)
{
    static int (*next)(int);
    if (!next) {
        next = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    }
    wait_more();
    return next(descriptor);
}
