/* Stands in for the functions of libc that change or sync files; image.h says what for. */
#define _GNU_SOURCE
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>

_Static_assert(sizeof(long) == 8, "offsets are passed to system calls in one register");

#define EXPORT __attribute__((visibility("default")))

EXPORT int fsync(int fd) { return sync_below(fd) ? 0 : raw(fsync, fd); }
EXPORT int fdatasync(int fd) { return sync_below(fd) ? 0 : raw(fdatasync, fd); }

/* `call` writes at a known place and answers the number of bytes. */
#define WRITE_AT(fd, offset, call)                                                     \
    do {                                                                               \
        struct statx status;                                                           \
        char path[PATH_MAX];                                                           \
        if (!fd_is_below(fd, &status, path)) return call;                              \
        operation("write", path);                                                      \
        ssize_t written = call;                                                        \
        if (written > 0) note(&status, offset, (int64_t)(offset) + written);           \
        return written;                                                                \
    } while (0)

/* `call` writes at the file's own position, or at its end; two threads that do so wait for each other. */
#define WRITE_ON(fd, call)                                                             \
    do {                                                                               \
        static pthread_mutex_t position = PTHREAD_MUTEX_INITIALIZER;                   \
        struct statx status;                                                           \
        char path[PATH_MAX];                                                           \
        if (!fd_is_below(fd, &status, path)) return call;                              \
        operation("write", path);                                                      \
        pthread_mutex_lock(&position);                                                 \
        ssize_t written = call;                                                        \
        int64_t end = written > 0 ? raw(lseek, fd, 0, SEEK_CUR) : -1;                  \
        pthread_mutex_unlock(&position);                                               \
        if (end >= 0) note(&status, end - written, end);                               \
        return written;                                                                \
    } while (0)

/* `call` changes the file in a way whose place does not matter: all of it from `from` on counts as changed. */
#define CHANGE_FROM(fd, what, from, call, succeeded)                                   \
    do {                                                                               \
        struct statx status;                                                           \
        char path[PATH_MAX];                                                           \
        if (!fd_is_below(fd, &status, path)) return call;                              \
        operation(what, path);                                                         \
        ssize_t answer = call;                                                         \
        if (answer succeeded) note(&status, from, TO_THE_END);                         \
        return answer;                                                                 \
    } while (0)

EXPORT ssize_t write(int fd, const void *bytes, size_t length) { WRITE_ON(fd, raw(write, fd, bytes, length)); }

EXPORT ssize_t writev(int fd, const struct iovec *parts, int count) { WRITE_ON(fd, raw(writev, fd, parts, count)); }

EXPORT ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
    WRITE_AT(fd, at, raw(pwrite64, fd, bytes, length, at));
}

EXPORT ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
    WRITE_AT(fd, at, raw(pwrite64, fd, bytes, length, at));
}

EXPORT ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
    WRITE_AT(fd, at, raw(pwritev, fd, parts, count, at, 0));
}

EXPORT ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) {
    WRITE_AT(fd, at, raw(pwritev, fd, parts, count, at, 0));
}

EXPORT ssize_t pwritev2(int fd, const struct iovec *parts, int count, off_t at, int flags) {
    CHANGE_FROM(fd, "write", 0, raw(pwritev2, fd, parts, count, at, 0, flags), > 0);
}

EXPORT ssize_t pwritev64v2(int fd, const struct iovec *parts, int count, off64_t at, int flags) {
    CHANGE_FROM(fd, "write", 0, raw(pwritev2, fd, parts, count, at, 0, flags), > 0);
}

EXPORT ssize_t copy_file_range(int from, off64_t *from_at, int fd, off64_t *at, size_t length, unsigned flags) {
    CHANGE_FROM(fd, "write", 0, raw(copy_file_range, from, from_at, fd, at, length, flags), > 0);
}

EXPORT ssize_t sendfile(int fd, int from, off_t *at, size_t length) {
    CHANGE_FROM(fd, "write", 0, raw(sendfile, fd, from, at, length), > 0);
}

EXPORT ssize_t sendfile64(int fd, int from, off64_t *at, size_t length) {
    CHANGE_FROM(fd, "write", 0, raw(sendfile, fd, from, at, length), > 0);
}

EXPORT ssize_t splice(int from, off64_t *from_at, int fd, off64_t *at, size_t length, unsigned flags) {
    CHANGE_FROM(fd, "write", 0, raw(splice, from, from_at, fd, at, length, flags), > 0);
}

EXPORT int ftruncate(int fd, off_t length) { CHANGE_FROM(fd, "truncate", length, raw(ftruncate, fd, length), == 0); }

EXPORT int ftruncate64(int fd, off64_t length) { CHANGE_FROM(fd, "truncate", length, raw(ftruncate, fd, length), == 0); }

EXPORT int truncate(const char *name, off_t length) {
    int fd = raw(openat, AT_FDCWD, name, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    int answer = ftruncate(fd, length);
    int saved = errno;
    raw(close, fd);
    errno = saved;
    return answer;
}

EXPORT int truncate64(const char *name, off64_t length) { return truncate(name, length); }

EXPORT int fallocate(int fd, int mode, off_t at, off_t length) {
    CHANGE_FROM(fd, "allocate", 0, raw(fallocate, fd, mode, at, length), == 0);
}

EXPORT int fallocate64(int fd, int mode, off64_t at, off64_t length) { return fallocate(fd, mode, at, length); }

EXPORT int posix_fallocate(int fd, off_t at, off_t length) { return fallocate(fd, 0, at, length) == 0 ? 0 : errno; }

EXPORT int posix_fallocate64(int fd, off64_t at, off64_t length) { return posix_fallocate(fd, at, length); }

EXPORT void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t at) {
    struct statx status;
    char path[PATH_MAX];
    if (fd >= 0 && (flags & MAP_SHARED) && (protection & PROT_WRITE) && fd_is_below(fd, &status, path))
        note_mapping(&status);
    return (void *)raw(mmap, address, length, protection, flags, fd, at);
}

EXPORT void *mmap64(void *address, size_t length, int protection, int flags, int fd, off64_t at) {
    return mmap(address, length, protection, flags, fd, at);
}

/* ---- Names ---- */

static int open_at(int folder, const char *name, int flags, mode_t mode) {
    char path[PATH_MAX];
    struct statx status;
    if (!(flags & (O_CREAT | O_TRUNC)) || (flags & O_TMPFILE) == O_TMPFILE || !name_is_below(folder, name, path))
        return raw(openat, folder, name, flags, mode);
    int there = look(folder, name, 0, &status) == 0;
    int cuts = there && (flags & O_TRUNC) && is_file(&status);
    if (!there && (flags & O_CREAT)) operation("create", path);
    if (cuts) operation("truncate", path);
    int fd = raw(openat, folder, name, flags, mode);
    if (fd >= 0 && cuts) note(&status, 0, TO_THE_END);
    return fd;
}

static mode_t mode_argument(int flags, va_list arguments) {
    return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(arguments, mode_t) : 0;
}

#define WITH_MODE(folder)                                                              \
    va_list arguments;                                                                 \
    va_start(arguments, flags);                                                        \
    mode_t mode = mode_argument(flags, arguments);                                     \
    va_end(arguments);                                                                 \
    return open_at(folder, name, flags, mode)

EXPORT int open(const char *name, int flags, ...) { WITH_MODE(AT_FDCWD); }
EXPORT int open64(const char *name, int flags, ...) { WITH_MODE(AT_FDCWD); }
EXPORT int openat(int folder, const char *name, int flags, ...) { WITH_MODE(folder); }
EXPORT int openat64(int folder, const char *name, int flags, ...) { WITH_MODE(folder); }
/* What calls become when a program is compiled with _FORTIFY_SOURCE. */
EXPORT int __open_2(const char *name, int flags) { return open_at(AT_FDCWD, name, flags, 0); }
EXPORT int __open64_2(const char *name, int flags) { return open_at(AT_FDCWD, name, flags, 0); }
EXPORT int __openat_2(int folder, const char *name, int flags) { return open_at(folder, name, flags, 0); }
EXPORT int __openat64_2(int folder, const char *name, int flags) { return open_at(folder, name, flags, 0); }

EXPORT int creat(const char *name, mode_t mode) { return open_at(AT_FDCWD, name, O_WRONLY | O_CREAT | O_TRUNC, mode); }
EXPORT int creat64(const char *name, mode_t mode) { return creat(name, mode); }

/* Whether the name is the last of its file or folder, so that its inode number may be reused when it goes. */
static int is_last_name(int folder, const char *name, struct statx *status) {
    return look(folder, name, 0, status) == 0 && (is_folder(status) || status->stx_nlink == 1);
}

EXPORT int unlinkat(int folder, const char *name, int flags) {
    char path[PATH_MAX];
    struct statx status;
    if (!name_is_below(folder, name, path)) return raw(unlinkat, folder, name, flags);
    operation("remove", path);
    pthread_mutex_lock(&lock);
    int last = is_last_name(folder, name, &status);
    int answer = raw(unlinkat, folder, name, flags);
    int saved = errno;
    if (answer == 0 && last) forget(status.stx_ino);
    pthread_mutex_unlock(&lock);
    errno = saved;
    return answer;
}

EXPORT int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }
EXPORT int rmdir(const char *name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }

EXPORT int remove(const char *name) {
    int answer = unlink(name);
    return answer != 0 && (errno == EISDIR || errno == EPERM) ? rmdir(name) : answer;
}

EXPORT int renameat2(int from, const char *old_name, int to, const char *new_name, unsigned flags) {
    char path[PATH_MAX], new_path[PATH_MAX];
    struct statx moved, replaced;
    int from_below = name_is_below(from, old_name, path), to_below = name_is_below(to, new_name, new_path);
    if (!from_below && !to_below) return raw(renameat2, from, old_name, to, new_name, flags);
    operation("rename", from_below ? path : new_path);
    pthread_mutex_lock(&lock);
    int last = !(flags & RENAME_EXCHANGE) && is_last_name(to, new_name, &replaced) &&
               look(from, old_name, 0, &moved) == 0 && moved.stx_ino != replaced.stx_ino;
    int answer = raw(renameat2, from, old_name, to, new_name, flags);
    int saved = errno;
    if (answer == 0 && last && to_below) forget(replaced.stx_ino);
    pthread_mutex_unlock(&lock);
    errno = saved;
    return answer;
}

EXPORT int renameat(int from, const char *old_name, int to, const char *new_name) {
    return renameat2(from, old_name, to, new_name, 0);
}

EXPORT int rename(const char *old_name, const char *new_name) {
    return renameat2(AT_FDCWD, old_name, AT_FDCWD, new_name, 0);
}

EXPORT int mkdirat(int folder, const char *name, mode_t mode) {
    char path[PATH_MAX];
    if (name_is_below(folder, name, path)) operation("create", path);
    return raw(mkdirat, folder, name, mode);
}

EXPORT int mkdir(const char *name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }

EXPORT int linkat(int from, const char *old_name, int to, const char *new_name, int flags) {
    char path[PATH_MAX];
    if (name_is_below(to, new_name, path)) operation("link", path);
    return raw(linkat, from, old_name, to, new_name, flags);
}

EXPORT int link(const char *old_name, const char *new_name) {
    return linkat(AT_FDCWD, old_name, AT_FDCWD, new_name, 0);
}
