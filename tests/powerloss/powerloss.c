/*
 * A disk that forgets what was not synced, for tests of what survives a loss of power.
 *
 * kill -9 alone proves nothing: the page cache outlives the process. This library is preloaded below a process
 * (LD_PRELOAD), stands between it and libc, and keeps beside the folder POWERLOSS_ROOT its DURABLE IMAGE in
 * POWERLOSS_IMAGE: what a disk would hold if it kept nothing but what POSIX promises.
 *
 *   - a file's content and length are those of its last fsync or fdatasync; never synced, it is empty;
 *   - a folder's names are those of its last fsync; a file synced without its folder has no name;
 *   - names and contents are independent: a rename without the folder's fsync leaves the old name.
 *
 * POWERLOSS_CUT_AFTER=N kills the process after N operations (changes and syncs below the root), before the next.
 * The kit then makes the folder from the image (tests/src/powerloss.rs).
 *
 * The image:
 *   files/ID     the durable content of a file; none when it was never synced
 *   folders/ID   the durable names of a folder, each "f<ID> <name>\0" for a file or "d<ID> <name>\0" for a folder;
 *                the root is 1
 *   identities   "+ID INODE BIRTH\n" when a file or folder was first seen, "-ID\n" when its last name went
 *   events       "NUMBER OPERATION PATH\n" for each operation of the last process, with the path below the root
 *
 * A process that starts while an image is there goes on with it: what an earlier process wrote and did not sync before
 * it was killed is still not durable. Without an image, the folder as it stands is durable.
 *
 * Identity. Contents belong to the inode, not the name, so that a rename keeps what was synced. Inode numbers are
 * reused at once after the last name goes; so a number is forgotten when that happens, and is only known together with
 * the file's time of birth, where the file system has one.
 *
 * Limits: one process at a time; files and folders only; hard links are names like others; a file without a name
 * (O_TMPFILE) is not kept; changes and syncs made by raw system calls, io_uring or C stdio are not seen; O_SYNC, sync()
 * and syncfs() make nothing durable. All of these err on the strict side: something durable is taken for lost. A sync
 * does not reach the real disk, which makes the tests quick.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/stat.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

_Static_assert(sizeof(long) == 8, "offsets are passed to system calls in one register");

#define EXPORT __attribute__((visibility("default")))
#define TO_THE_END INT64_MAX
#define MAX_RANGES 4096

struct range {
    int64_t from, to;
};

/* A file or folder below the root. Guarded by `lock`. */
struct inode {
    struct inode *next;
    uint64_t number, birth, id;
    /* What changed since the last sync; only files have any. */
    struct range *changed;
    size_t changed_count, changed_room;
    /* Mapped for writing: changes are not seen, so that every sync copies the whole file. */
    int mapped;
};

static int active;                 /* written by the constructor only */
static char root[PATH_MAX];        /* written by the constructor only */
static size_t root_length;         /* written by the constructor only */
static uint64_t cut_after;         /* written by the constructor only */
static int image = -1;             /* the image's folder; written by the constructor only */
static int events = -1;            /* written by the constructor only */
static int identities = -1;        /* written by the constructor only; used under `lock` */
static atomic_uint_fast64_t operations;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct inode *inodes[4096]; /* guarded by `lock` */
static uint64_t last_id;           /* guarded by `lock` */
static char buffer[1 << 18];       /* guarded by `lock` */

/* The kernel's own calls: nothing here goes through the functions replaced below. */
#define raw(name, ...) syscall(SYS_##name, __VA_ARGS__)

/* The image must never be wrong in silence. */
static void die(const char *what) {
    char text[PATH_MAX];
    int length = snprintf(text, sizeof text, "powerloss: %s: %s\n", what, strerror(errno));
    raw(write, 2, text, length);
    abort();
}

static int open_in_image(const char *folder, uint64_t id, int flags) {
    char name[64];
    snprintf(name, sizeof name, "%s/%llu", folder, (unsigned long long)id);
    int fd = raw(openat, image, name, flags | O_CLOEXEC, 0600);
    if (fd < 0) die(name);
    return fd;
}

static void write_all(int fd, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = raw(write, fd, bytes, length);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) die("writing the image");
        bytes += written;
        length -= written;
    }
}

/* ---- What is below the root ---- */

/* Whether the path is the root or below it; returns the part below. */
static const char *below(const char *path) {
    if (strncmp(path, root, root_length) != 0) return NULL;
    if (path[root_length] == 0) return ".";
    return path[root_length] == '/' ? path + root_length + 1 : NULL;
}

static int read_link_of(int fd, char *path) {
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t length = raw(readlinkat, AT_FDCWD, name, path, PATH_MAX - 1);
    if (length < 0) return -1;
    path[length] = 0;
    return 0;
}

static int look(int folder, const char *name, int flags, struct statx *status) {
    return raw(statx, folder, name, flags | AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME, status);
}

static int is_file(const struct statx *status) { return S_ISREG(status->stx_mode); }
static int is_folder(const struct statx *status) { return S_ISDIR(status->stx_mode); }

/* Whether an open file or folder is below the root; `path` gets its place there, `status` what it is. */
static int fd_is_below(int fd, struct statx *status, char *path) {
    if (!active || look(fd, "", AT_EMPTY_PATH, status) != 0) return 0;
    if (!is_file(status) && !is_folder(status)) return 0;
    char whole[PATH_MAX];
    if (read_link_of(fd, whole) != 0) return 0;
    const char *part = below(whole);
    if (part == NULL) return 0;
    strcpy(path, part);
    return 1;
}

/* The same for a name, which need not exist: its folder decides. */
static int name_is_below(int folder, const char *name, char *path) {
    if (!active || name == NULL) return 0;
    size_t length = strlen(name);
    while (length > 1 && name[length - 1] == '/') length--;
    if (length == 0 || length >= PATH_MAX) return 0;
    char parent[PATH_MAX], whole[PATH_MAX];
    size_t cut = length;
    while (cut > 0 && name[cut - 1] != '/') cut--;
    memcpy(parent, name, cut);
    strcpy(parent + cut, cut == 0 ? "." : "");
    int fd = raw(openat, folder, parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return 0;
    int known = read_link_of(fd, whole);
    raw(close, fd);
    if (known != 0) return 0;
    const char *part = below(whole);
    if (part == NULL) return 0;
    int written = snprintf(path, PATH_MAX, "%s%s%.*s", strcmp(part, ".") == 0 ? "" : part,
                           strcmp(part, ".") == 0 ? "" : "/", (int)(length - cut), name + cut);
    return written > 0 && written < PATH_MAX;
}

/* Counts an operation that is about to happen, or ends the process instead. */
static void operation(const char *what, const char *path) {
    uint64_t number = atomic_fetch_add(&operations, 1);
    if (number >= cut_after) {
        raw(kill, getpid(), SIGKILL);
        for (;;) pause();
    }
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%llu %s %s\n", (unsigned long long)number, what, path);
    write_all(events, line, length);
}

/* ---- Identity; all under `lock` ---- */

static struct inode **slot(uint64_t number) { return &inodes[number % (sizeof inodes / sizeof *inodes)]; }

static uint64_t birth_of(const struct statx *status) {
    if (!(status->stx_mask & STATX_BTIME)) return 0;
    return (uint64_t)status->stx_btime.tv_sec * 1000000000u + status->stx_btime.tv_nsec;
}

static void forget(uint64_t number) {
    for (struct inode **link = slot(number); *link != NULL; link = &(*link)->next) {
        struct inode *gone = *link;
        if (gone->number != number) continue;
        char line[64];
        write_all(identities, line, snprintf(line, sizeof line, "-%llu\n", (unsigned long long)gone->id));
        *link = gone->next;
        free(gone->changed);
        free(gone);
        return;
    }
}

static struct inode *remember(uint64_t number, uint64_t birth, uint64_t id) {
    struct inode *made = calloc(1, sizeof *made);
    if (made == NULL) die("memory");
    made->number = number;
    made->birth = birth;
    made->id = id;
    made->next = *slot(number);
    *slot(number) = made;
    if (id > last_id) last_id = id;
    return made;
}

static void changed(struct inode *file, int64_t from, int64_t to);

/* The file or folder with this status, made known when it was not. */
static struct inode *identify(const struct statx *status) {
    uint64_t birth = birth_of(status);
    for (struct inode *one = *slot(status->stx_ino); one != NULL; one = one->next) {
        if (one->number != status->stx_ino) continue;
        if (one->birth == birth) return one;
        forget(one->number); /* its last name went without our seeing it */
        break;
    }
    struct inode *made = remember(status->stx_ino, birth, last_id + 1);
    char line[96];
    write_all(identities, line,
              snprintf(line, sizeof line, "+%llu %llu %llu\n", (unsigned long long)made->id,
                       (unsigned long long)made->number, (unsigned long long)made->birth));
    changed(made, 0, TO_THE_END);
    return made;
}

static void changed(struct inode *file, int64_t from, int64_t to) {
    if (from >= to) return;
    if (file->changed_count > 0) {
        struct range *last = &file->changed[file->changed_count - 1];
        if (from <= last->to && to >= last->from) {
            if (from < last->from) last->from = from;
            if (to > last->to) last->to = to;
            return;
        }
    }
    if (file->changed_count == MAX_RANGES) {
        file->changed[0] = (struct range){0, TO_THE_END};
        file->changed_count = 1;
        return;
    }
    if (file->changed_count == file->changed_room) {
        size_t room = file->changed_room == 0 ? 8 : file->changed_room * 2;
        struct range *larger = realloc(file->changed, room * sizeof *larger);
        if (larger == NULL) die("memory");
        file->changed = larger;
        file->changed_room = room;
    }
    file->changed[file->changed_count++] = (struct range){from, to};
}

/* ---- Making durable; all under `lock` ---- */

/*
 * Overwrites the durable content in place and cuts it last: a process killed in between leaves what a loss of power
 * within a sync may leave, some of the changes, and never takes away what was durable before.
 */
static void make_file_durable(struct inode *file, int live, int64_t size) {
    int durable = open_in_image("files", file->id, O_WRONLY | O_CREAT);
    if (file->mapped) changed(file, 0, TO_THE_END);
    for (size_t i = 0; i < file->changed_count; i++) {
        int64_t at = file->changed[i].from;
        int64_t end = file->changed[i].to < size ? file->changed[i].to : size;
        while (at < end) {
            size_t wanted = end - at < (int64_t)sizeof buffer ? (size_t)(end - at) : sizeof buffer;
            ssize_t got = raw(pread64, live, buffer, wanted, at);
            if (got < 0) die("reading a file");
            if (got == 0) break; /* cut meanwhile by another thread */
            for (ssize_t done = 0; done < got;) {
                ssize_t written = raw(pwrite64, durable, buffer + done, got - done, at + done);
                if (written < 0) die("writing the image");
                done += written;
            }
            at += got;
        }
    }
    if (raw(ftruncate, durable, size) != 0) die("cutting a file of the image");
    raw(close, durable);
    file->changed_count = 0;
}

static int reopen(int fd, int flags) {
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    int again = raw(openat, AT_FDCWD, name, flags | O_CLOEXEC);
    if (again < 0) die("opening again what is synced");
    return again;
}

/* Calls `each` for every file and folder in the folder. Takes over `fd`. */
static void for_each_name(int fd, void (*each)(int, const char *, const struct statx *, void *), void *with) {
    DIR *listing = fdopendir(fd);
    if (listing == NULL) die("reading a folder");
    struct dirent *entry;
    while ((entry = readdir(listing)) != NULL) {
        struct statx status;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (look(fd, entry->d_name, 0, &status) != 0) continue; /* removed meanwhile by another thread */
        if (is_file(&status) || is_folder(&status)) each(fd, entry->d_name, &status, with);
    }
    closedir(listing);
}

static void list_name(int fd, const char *name, const struct statx *status, void *list) {
    (void)fd;
    char line[NAME_MAX + 64];
    int length = snprintf(line, sizeof line, "%c%llu %s", is_folder(status) ? 'd' : 'f',
                          (unsigned long long)identify(status)->id, name);
    write_all(*(int *)list, line, length + 1);
}

static void make_folder_durable(struct inode *folder, int fd) {
    int list = open_in_image("folders", 0, O_WRONLY | O_CREAT | O_TRUNC);
    for_each_name(reopen(fd, O_RDONLY | O_DIRECTORY), list_name, &list);
    raw(close, list);
    char name[64];
    snprintf(name, sizeof name, "folders/%llu", (unsigned long long)folder->id);
    if (raw(renameat2, image, "folders/0", image, name, 0) != 0) die(name);
}

static void make_durable(int fd, const struct statx *status) {
    struct inode *one = identify(status);
    if (is_folder(status)) {
        make_folder_durable(one, fd);
    } else {
        int live = reopen(fd, O_RDONLY);
        make_file_durable(one, live, status->stx_size);
        raw(close, live);
    }
}

/* Whether the file or folder was below the root, and is durable now. */
static int sync_below(int fd) {
    struct statx status;
    char path[PATH_MAX];
    if (!fd_is_below(fd, &status, path)) return 0;
    operation(is_folder(&status) ? "sync_folder" : "sync", path);
    pthread_mutex_lock(&lock);
    /* The length as of now: what was written before this call is in it. */
    if (look(fd, "", AT_EMPTY_PATH, &status) == 0 && status.stx_nlink > 0) make_durable(fd, &status);
    pthread_mutex_unlock(&lock);
    return 1;
}

/* ---- Start ---- */

static void take_over(int folder, const char *name, const struct statx *status, void *with) {
    (void)with;
    int fd = raw(openat, folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) die(name);
    if (is_folder(status)) {
        identify(status);
        for_each_name(reopen(fd, O_RDONLY | O_DIRECTORY), take_over, NULL);
    }
    make_durable(fd, status);
    raw(close, fd);
}

static void go_on(int fd) {
    FILE *known = fdopen(fd, "r");
    char line[128];
    if (known == NULL) die("identities");
    while (fgets(line, sizeof line, known) != NULL) {
        unsigned long long id, number, birth;
        if (strchr(line, '\n') == NULL) break; /* the process was killed while it wrote this */
        if (sscanf(line, "+%llu %llu %llu", &id, &number, &birth) == 3) {
            /* What an earlier process changed and did not sync is no longer known in detail. */
            changed(remember(number, birth, id), 0, TO_THE_END);
        } else if (sscanf(line, "-%llu", &id) == 1) {
            for (size_t i = 0; i < sizeof inodes / sizeof *inodes; i++) {
                for (struct inode **link = &inodes[i]; *link != NULL; link = &(*link)->next) {
                    if ((*link)->id != id) continue;
                    *link = (*link)->next;
                    break;
                }
            }
        }
    }
    fclose(known);
}

__attribute__((constructor)) static void start(void) {
    const char *root_name = getenv("POWERLOSS_ROOT"), *image_name = getenv("POWERLOSS_IMAGE");
    const char *cut = getenv("POWERLOSS_CUT_AFTER");
    if (root_name == NULL || image_name == NULL) return;
    unsetenv("LD_PRELOAD"); /* one process: not its children */
    if (realpath(root_name, root) == NULL) die(root_name);
    root_length = strlen(root);
    cut_after = cut == NULL ? UINT64_MAX : strtoull(cut, NULL, 10);
    image = raw(openat, AT_FDCWD, image_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (image < 0) die(image_name);
    char path[PATH_MAX];
    if (read_link_of(image, path) != 0 || below(path) != NULL) die("the image lies below the root");
    events = raw(openat, image, "events", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (events < 0) die("events");

    pthread_mutex_lock(&lock);
    int earlier = raw(openat, image, "folders/1", O_RDONLY | O_CLOEXEC);
    if (earlier < 0) {
        /* No image, or one whose making was cut off: the root's names are written last. */
        raw(unlinkat, image, "identities", 0);
        raw(mkdirat, image, "files", 0700);
        raw(mkdirat, image, "folders", 0700);
    } else {
        raw(close, earlier);
        go_on(raw(openat, image, "identities", O_RDONLY | O_CLOEXEC));
    }
    identities = raw(openat, image, "identities", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (identities < 0) die("identities");
    if (earlier < 0) {
        struct statx status;
        if (look(AT_FDCWD, root, 0, &status) != 0) die(root);
        take_over(AT_FDCWD, root, &status, NULL);
    }
    pthread_mutex_unlock(&lock);
    active = 1;
}

/* ---- What the process calls ---- */

EXPORT int fsync(int fd) { return sync_below(fd) ? 0 : raw(fsync, fd); }
EXPORT int fdatasync(int fd) { return sync_below(fd) ? 0 : raw(fdatasync, fd); }

/* Notes a change after it happened, so that no sync in between can take it for done. */
static void note(const struct statx *status, int64_t from, int64_t to) {
    if (status->stx_nlink == 0 || from < 0) return;
    int saved = errno;
    pthread_mutex_lock(&lock);
    changed(identify(status), from, to);
    pthread_mutex_unlock(&lock);
    errno = saved;
}

/* `call` writes at a known place and answers the number of bytes. */
#define WRITE_AT(fd, offset, call)                                                     \
    do {                                                                               \
        struct statx status;                                                           \
        char path[PATH_MAX];                                                           \
        if (!fd_is_below(fd, &status, path)) return call;                              \
        operation("write", path);                                                      \
        ssize_t written = call;                                                        \
        if (written > 0) note(&status, offset, (int64_t)(offset) + written);       \
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
        if (end >= 0) note(&status, end - written, end);                           \
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
        if (answer succeeded) note(&status, from, TO_THE_END);                     \
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
    if (fd >= 0 && (flags & MAP_SHARED) && (protection & PROT_WRITE) && fd_is_below(fd, &status, path)) {
        pthread_mutex_lock(&lock);
        if (status.stx_nlink > 0) identify(&status)->mapped = 1;
        pthread_mutex_unlock(&lock);
    }
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
