/* A disk that goes bad and well again while a program runs on it: LD_PRELOAD this. BAD_DISK names a file of two int64: milliseconds that each
   flush takes, and the errno that writes, flushes and opening for writing answer; 0 for none. BAD_DISK_FOLDER is a folder on the disk:
   files of other disks stay as they are. Built by the test: clang -shared -fPIC. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *control;
static dev_t disk;

__attribute__((constructor)) static void open_control(void)
{
    const char *path = getenv("BAD_DISK"), *folder = getenv("BAD_DISK_FOLDER");
    struct stat of;
    int file = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0) : -1;
    void *at = file < 0 ? MAP_FAILED : mmap(NULL, 16, PROT_READ, MAP_SHARED, file, 0);
    if (at == MAP_FAILED || !folder || stat(folder, &of) != 0)
        abort();
    close(file);
    disk = of.st_dev;
    control = at;
}

static int refused(int file)
{
    struct stat of;
    if (!control || !control[1] || fstat(file, &of) != 0 || of.st_dev != disk)
        return 0;
    errno = (int)control[1];
    return 1;
}

static int flush(int file, long call)
{
    struct stat of;
    if (refused(file))
        return -1;
    if (control && control[0] && fstat(file, &of) == 0 && of.st_dev == disk) {
        struct timespec left = { control[0] / 1000, control[0] % 1000 * 1000000 };
        while (nanosleep(&left, &left) != 0 && errno == EINTR)
            ;
    }
    return (int)syscall(call, file);
}

int fdatasync(int file) { return flush(file, SYS_fdatasync); }

int fsync(int file) { return flush(file, SYS_fsync); }

ssize_t write(int file, const void *from, size_t count)
{
    return refused(file) ? -1 : syscall(SYS_write, file, from, count);
}

ssize_t pwrite(int file, const void *from, size_t count, off_t at)
{
    return refused(file) ? -1 : syscall(SYS_pwrite64, file, from, count, at);
}

ssize_t pwrite64(int file, const void *from, size_t count, off64_t at)
{
    return refused(file) ? -1 : syscall(SYS_pwrite64, file, from, count, at);
}

/* A file that is opened for writing and then refused is closed again: what exists stays, and one that O_CREAT made is empty. */
int open(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(more, mode_t) : 0;
    va_end(more);
    int writes = (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC);
    int file = (int)syscall(SYS_openat, AT_FDCWD, path, control && control[1] && writes ? flags & ~O_TRUNC : flags, mode);
    if (file >= 0 && writes && refused(file)) {
        int why = errno;
        close(file);
        errno = why;
        return -1;
    }
    return file;
}

int open64(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(more, mode_t) : 0;
    va_end(more);
    return open(path, flags, mode);
}

/* The runtime looks functions up in libc itself, past what is preloaded. */
void *dlsym(void *restrict handle, const char *restrict name)
{
    static void *(*real)(void *, const char *);
    static const struct { const char *name; void *ours; } known[] = {
        { "fdatasync", (void *)fdatasync }, { "fsync", (void *)fsync }, { "write", (void *)write }, { "pwrite", (void *)pwrite },
        { "pwrite64", (void *)pwrite64 }, { "open", (void *)open }, { "open64", (void *)open64 },
    };
    if (!real)
        real = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
    if (!real)
        real = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.2.5");
    if (!real)
        real = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.17");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(name, known[i].name) == 0)
            return known[i].ours;
    return real(handle, name);
}
