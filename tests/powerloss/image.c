/* Keeps the durable image; image.h says what that is. */
#define _GNU_SOURCE
#include "image.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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
static const char *ignored;        /* written by the constructor only */
static int image = -1;             /* the image's folder; written by the constructor only */
static int events = -1;            /* written by the constructor only */
static int identities = -1;        /* written by the constructor only; used under `lock` */
static atomic_uint_fast64_t operations;
pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct inode *inodes[4096]; /* guarded by `lock` */
static uint64_t last_id;           /* guarded by `lock` */
static char buffer[1 << 18];       /* guarded by `lock` */

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

int look(int folder, const char *name, int flags, struct statx *status) {
    return raw(statx, folder, name, flags | AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME, status);
}

int is_file(const struct statx *status) { return S_ISREG(status->stx_mode); }
int is_folder(const struct statx *status) { return S_ISDIR(status->stx_mode); }

int fd_is_below(int fd, struct statx *status, char *path) {
    if (!active || look(fd, "", AT_EMPTY_PATH, status) != 0) return 0;
    if (!is_file(status) && !is_folder(status)) return 0;
    char whole[PATH_MAX];
    if (read_link_of(fd, whole) != 0) return 0;
    const char *part = below(whole);
    if (part == NULL) return 0;
    strcpy(path, part);
    return 1;
}

int name_is_below(int folder, const char *name, char *path) {
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

void operation(const char *what, const char *path) {
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

void forget(uint64_t number) {
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

static int is_ignored(const char *what, const char *path) {
    size_t length = strlen(what);
    return ignored != NULL && strncmp(ignored, what, length) == 0 && ignored[length] == ' ' &&
           fnmatch(ignored + length + 1, path, FNM_PATHNAME) == 0;
}

int sync_below(int fd) {
    struct statx status;
    char path[PATH_MAX];
    if (!fd_is_below(fd, &status, path)) return 0;
    const char *what = is_folder(&status) ? "sync_folder" : "sync";
    operation(what, path);
    if (is_ignored(what, path)) return 1;
    pthread_mutex_lock(&lock);
    /* The length as of now: what was written before this call is in it. */
    if (look(fd, "", AT_EMPTY_PATH, &status) == 0 && status.stx_nlink > 0) make_durable(fd, &status);
    pthread_mutex_unlock(&lock);
    return 1;
}

void note(const struct statx *status, int64_t from, int64_t to) {
    if (status->stx_nlink == 0 || from < 0) return;
    int saved = errno;
    pthread_mutex_lock(&lock);
    changed(identify(status), from, to);
    pthread_mutex_unlock(&lock);
    errno = saved;
}

void note_mapping(const struct statx *status) {
    if (status->stx_nlink == 0) return;
    pthread_mutex_lock(&lock);
    identify(status)->mapped = 1;
    pthread_mutex_unlock(&lock);
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
    ignored = getenv("POWERLOSS_IGNORE");
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

