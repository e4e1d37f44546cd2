/* A wall clock that a test moves while the program runs: LD_PRELOAD this, and FAKE_CLOCK names a file of two int64, microseconds to add to
   the wall clock, and whether the kernel shall call it synchronised. The monotonic clock stays as it is. Debian's libfaketime knows no
   adjtimex. Built by the test: clang -shared -fPIC. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *control;

__attribute__((constructor)) static void open_control(void)
{
    const char *path = getenv("FAKE_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *at = file < 0 ? MAP_FAILED : mmap(NULL, 16, PROT_READ, MAP_SHARED, file, 0);
    if (at == MAP_FAILED)
        abort();
    close(file);
    control = at;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    long result = syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && control && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t micros = (int64_t)now->tv_sec * 1000000 + now->tv_nsec / 1000 + control[0];
        now->tv_sec = micros / 1000000;
        now->tv_nsec = micros % 1000000 * 1000;
    }
    return (int)result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec exact;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *now)
{
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (now)
        *now = exact.tv_sec;
    return exact.tv_sec;
}

int adjtimex(struct timex *answer)
{
    memset(answer, 0, sizeof *answer);
    return control[1] ? TIME_OK : TIME_ERROR;
}

/* The runtime looks functions up in libc itself, past what is preloaded. */
void *dlsym(void *restrict handle, const char *restrict name)
{
    static void *(*real)(void *, const char *);
    if (!real)
        real = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
    if (!real)
        real = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.2.5");
    if (!real)
        real = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.17");
    return strcmp(name, "adjtimex") == 0 ? (void *)adjtimex : real(handle, name);
}
