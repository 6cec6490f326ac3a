/* Stands between a program and its file system, for files under one folder.
 *
 * DISK_FOLDER  absolute path of the folder that is watched
 * DISK_LOG     file to which every call that changes something is appended, with its data
 * DISK_FAIL    "CALL:ERRNO:FIRST:COUNT": calls number FIRST and the following fail (1 is the
 *              first one of that name in the folder); ERRNO 0 writes only half of what was asked
 * DISK_DELAY   "CALL:MICROSECONDS[:FIRST:COUNT]": such calls, or some of them, begin so much
 *              later; others go on meanwhile. Of
 *              "synced" the end of syncs comes so much later
 *
 * A record of the log is struct record and its payload. Writes stand in the log in the order in
 * which they took effect; a sync has a record before and one after it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CREATE, WRITE, RESIZE, SYNC_BEGIN, SYNC_END, RENAME, LINK, UNLINK, CLOSE, LOCK, OPEN,
       MAP, FAILED };

struct record {
    uint32_t kind, payload_bytes;
    uint64_t inode;
    int64_t offset, thread;
};

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int log_descriptor = -1, is_ready;
static char folder[PATH_MAX], failing[64], slow[64];
static int fail_errno, fail_first, fail_count, fail_seen;
static int delay_us, delay_first, delay_count, delay_seen;

/* For a process that was forked from a watched one: fail from now on, calls counted anew. */
void disk_fail(const char *what) {
    failing[0] = 0;
    fail_seen = 0;
    sscanf(what, "%63[^:]:%d:%d:%d", failing, &fail_errno, &fail_first, &fail_count);
}

static void prepare(void) {
    if (is_ready) return;
    is_ready = 1;
    const char *path = getenv("DISK_FOLDER"), *log = getenv("DISK_LOG");
    const char *fail = getenv("DISK_FAIL"), *delay = getenv("DISK_DELAY");
    if (path) strncpy(folder, path, sizeof folder - 1);
    if (log) {
        int (*real_open)(const char *, int, ...) = dlsym(RTLD_NEXT, "open64");
        log_descriptor = real_open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    }
    if (fail) disk_fail(fail);
    delay_first = 1, delay_count = INT_MAX;
    if (delay) sscanf(delay, "%63[^:]:%d:%d:%d", slow, &delay_us, &delay_first, &delay_count);
}

__attribute__((constructor)) static void start(void) { prepare(); }

static int is_under(const char *path) {
    size_t length = strlen(folder);
    return length && !strncmp(path, folder, length) && (path[length] == '/' || !path[length]);
}

/* The absolute path of a name that need not exist. */
static const char *absolute(int base, const char *name, char *out) {
    if (name[0] == '/') return name;
    char link[64], root[PATH_MAX];
    if (base == AT_FDCWD) {
        if (!getcwd(root, sizeof root)) return name;
    } else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", base);
        ssize_t length = readlink(link, root, sizeof root - 1);
        if (length < 0) return name;
        root[length] = 0;
    }
    if (snprintf(out, PATH_MAX, "%s/%s", root, name) >= PATH_MAX) return name;
    return out;
}

static int is_watched_name(int base, const char *name) {
    char buffer[PATH_MAX];
    prepare();
    return name && is_under(absolute(base, name, buffer));
}

/* By the path of the descriptor, so that duplicates count too; a removed file counts as watched. */
static int is_watched(int descriptor, struct stat *status) {
    char link[64], path[PATH_MAX];
    prepare();
    if (!folder[0] || fstat(descriptor, status)) return 0;
    if (!S_ISREG(status->st_mode) && !S_ISDIR(status->st_mode)) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_under(path);
}

static void note(int kind, uint64_t inode, int64_t offset, const void *payload, size_t count) {
    if (log_descriptor < 0) return;
    static ssize_t (*real_writev)(int, const struct iovec *, int);
    if (!real_writev) real_writev = dlsym(RTLD_NEXT, "writev");
    int before = errno;
    struct record record = {kind, count, inode, offset, (int64_t)pthread_self()};
    struct iovec parts[2] = {{&record, sizeof record}, {(void *)payload, count}};
    if (real_writev(log_descriptor, parts, 2) != (ssize_t)(sizeof record + count)) abort();
    errno = before;
}

/* 1: fail with errno as set; 2: do half; 0: go on. To be called with the lock held. */
static int must_fail(const char *name) {
    if (strcmp(name, failing)) return 0;
    fail_seen++;
    if (fail_seen < fail_first || fail_seen >= fail_first + fail_count) return 0;
    note(FAILED, 0, fail_errno, name, strlen(name));
    if (!fail_errno && !strcmp(name, "write")) return 2;
    errno = fail_errno;
    return 1;
}

/* Before the lock is taken: other threads go on. */
static void wait_for(const char *name) {
    if (!delay_us || strcmp(name, slow)) return;
    int number = __atomic_add_fetch(&delay_seen, 1, __ATOMIC_RELAXED);
    if (number >= delay_first && number - delay_first < delay_count) usleep(delay_us);
}

static int begin(const char *name) {
    wait_for(name);
    pthread_mutex_lock(&lock);
    int failed = must_fail(name);
    if (failed == 1) pthread_mutex_unlock(&lock);
    return failed;
}

static void end(void) { pthread_mutex_unlock(&lock); }

/* ---- names ---- */

static int opened(int base, const char *name, int flags, int mode, int existed, int descriptor) {
    char buffer[PATH_MAX];
    struct stat status;
    (void)mode;
    if (descriptor >= 0 && !fstat(descriptor, &status)) {
        const char *path = absolute(base, name, buffer);
        if ((flags & __O_TMPFILE) == __O_TMPFILE) path = ""; /* it has no name yet */
        if (!existed || !path[0]) note(CREATE, status.st_ino, 0, path, strlen(path));
        else if (flags & O_TRUNC) note(RESIZE, status.st_ino, 0, NULL, 0);
        note(OPEN, status.st_ino, flags, path, strlen(path));
    }
    return descriptor;
}

static int open_any(int base, const char *name, int flags, int mode) {
    REAL(openat64);
    if (!is_watched_name(base, name)) return real(base, name, flags, mode);
    if (begin("open")) return -1;
    struct stat status;
    int existed = !fstatat(base, name, &status, 0);
    int result = opened(base, name, flags, mode, existed, real(base, name, flags, mode));
    end();
    return result;
}

#define MODE(flags) \
    int mode = 0; \
    if ((flags) & (O_CREAT | __O_TMPFILE)) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = va_arg(rest, int); \
        va_end(rest); \
    }

int open(const char *name, int flags, ...) { MODE(flags) return open_any(AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE(flags) return open_any(AT_FDCWD, name, flags, mode); }
int openat(int base, const char *name, int flags, ...) { MODE(flags) return open_any(base, name, flags, mode); }
int openat64(int base, const char *name, int flags, ...) { MODE(flags) return open_any(base, name, flags, mode); }

static void note_names(int kind, int base, const char *from, int to_base, const char *to) {
    char first[PATH_MAX], second[PATH_MAX], both[2 * PATH_MAX];
    const char *begin_path = absolute(base, from, first), *end_path = absolute(to_base, to, second);
    size_t length = strlen(begin_path) + 1;
    memcpy(both, begin_path, length);
    memcpy(both + length, end_path, strlen(end_path));
    struct stat status = {0};
    if (kind != UNLINK) fstatat(to_base, to, &status, AT_SYMLINK_NOFOLLOW);
    note(kind, status.st_ino, 0, both, length + strlen(end_path));
}

static int done(int kind, int result, int base, const char *from, int to_base, const char *to) {
    if (!result) note_names(kind, base, from, to_base, to);
    end();
    return result;
}

int rename(const char *from, const char *to) {
    REAL(rename);
    if (!is_watched_name(AT_FDCWD, to)) return real(from, to);
    if (begin("rename")) return -1;
    return done(RENAME, real(from, to), AT_FDCWD, from, AT_FDCWD, to);
}

int renameat(int base, const char *from, int to_base, const char *to) {
    REAL(renameat);
    if (!is_watched_name(to_base, to)) return real(base, from, to_base, to);
    if (begin("rename")) return -1;
    return done(RENAME, real(base, from, to_base, to), base, from, to_base, to);
}

int renameat2(int base, const char *from, int to_base, const char *to, unsigned flags) {
    REAL(renameat2);
    if (!is_watched_name(to_base, to)) return real(base, from, to_base, to, flags);
    if (begin("rename")) return -1;
    return done(RENAME, real(base, from, to_base, to, flags), base, from, to_base, to);
}

int link(const char *from, const char *to) {
    REAL(link);
    if (!is_watched_name(AT_FDCWD, to)) return real(from, to);
    if (begin("link")) return -1;
    return done(LINK, real(from, to), AT_FDCWD, from, AT_FDCWD, to);
}

int linkat(int base, const char *from, int to_base, const char *to, int flags) {
    REAL(linkat);
    if (!is_watched_name(to_base, to)) return real(base, from, to_base, to, flags);
    if (begin("link")) return -1;
    return done(LINK, real(base, from, to_base, to, flags), base, from, to_base, to);
}

int unlink(const char *name) {
    REAL(unlink);
    if (!is_watched_name(AT_FDCWD, name)) return real(name);
    if (begin("unlink")) return -1;
    return done(UNLINK, real(name), AT_FDCWD, name, AT_FDCWD, name);
}

int unlinkat(int base, const char *name, int flags) {
    REAL(unlinkat);
    if (!is_watched_name(base, name)) return real(base, name, flags);
    if (begin("unlink")) return -1;
    return done(UNLINK, real(base, name, flags), base, name, base, name);
}

/* ---- contents ---- */

static ssize_t written(struct stat *status, off64_t at, const void *data, ssize_t count) {
    if (count > 0) note(WRITE, status->st_ino, at, data, count);
    end();
    return count;
}

static ssize_t pwrite_any(int descriptor, const void *data, size_t count, off64_t at) {
    REAL(pwrite64);
    struct stat status;
    if (!is_watched(descriptor, &status)) return real(descriptor, data, count, at);
    int failed = begin("write");
    if (failed == 1) return -1;
    return written(&status, at, data, real(descriptor, data, failed ? count / 2 : count, at));
}

ssize_t pwrite(int descriptor, const void *data, size_t count, off_t at) { return pwrite_any(descriptor, data, count, at); }
ssize_t pwrite64(int descriptor, const void *data, size_t count, off64_t at) { return pwrite_any(descriptor, data, count, at); }

ssize_t write(int descriptor, const void *data, size_t count) {
    REAL(write);
    struct stat status;
    if (!is_watched(descriptor, &status)) return real(descriptor, data, count);
    int failed = begin("write");
    if (failed == 1) return -1;
    ssize_t result = real(descriptor, data, failed ? count / 2 : count);
    return written(&status, result < 0 ? 0 : lseek(descriptor, 0, SEEK_CUR) - result, data, result);
}

static ssize_t pwritev_any(int descriptor, const struct iovec *parts, int count, off64_t at) {
    ssize_t total = 0;
    for (int number = 0; number < count; number++) {
        ssize_t result = pwrite_any(descriptor, parts[number].iov_base, parts[number].iov_len, at + total);
        if (result < 0) return total ? total : -1;
        total += result;
        if ((size_t)result < parts[number].iov_len) break;
    }
    return total;
}

ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t at) {
    REAL(pwritev);
    struct stat status;
    if (!is_watched(descriptor, &status)) return real(descriptor, parts, count, at);
    return pwritev_any(descriptor, parts, count, at);
}

ssize_t pwritev64(int descriptor, const struct iovec *parts, int count, off64_t at) { return pwritev(descriptor, parts, count, at); }

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
    REAL(writev);
    struct stat status;
    if (!is_watched(descriptor, &status)) return real(descriptor, parts, count);
    off64_t at = lseek(descriptor, 0, SEEK_CUR);
    ssize_t result = pwritev_any(descriptor, parts, count, at);
    if (result > 0) lseek(descriptor, result, SEEK_CUR);
    return result;
}

static int resized(struct stat *status, int result, off64_t length) {
    if (!result) note(RESIZE, status->st_ino, length, NULL, 0);
    end();
    return result;
}

static int ftruncate_any(int descriptor, off64_t length) {
    REAL(ftruncate64);
    struct stat status;
    if (!is_watched(descriptor, &status)) return real(descriptor, length);
    if (begin("truncate")) return -1;
    return resized(&status, real(descriptor, length), length);
}

int ftruncate(int descriptor, off_t length) { return ftruncate_any(descriptor, length); }
int ftruncate64(int descriptor, off64_t length) { return ftruncate_any(descriptor, length); }

static int truncate_any(const char *name, off64_t length) {
    REAL(truncate64);
    struct stat status;
    if (!is_watched_name(AT_FDCWD, name) || stat(name, &status)) return real(name, length);
    if (begin("truncate")) return -1;
    return resized(&status, real(name, length), length);
}

int truncate(const char *name, off_t length) { return truncate_any(name, length); }
int truncate64(const char *name, off64_t length) { return truncate_any(name, length); }

/* Only the length is of interest: what is allocated reads as zeros. */
static int allocated(struct stat *status, int result, int keeps_size, off64_t stop) {
    if (!result && !keeps_size && stop > status->st_size) note(RESIZE, status->st_ino, stop, NULL, 0);
    end();
    return result;
}

static int fallocate_any(int descriptor, int mode, off64_t at, off64_t count) {
    REAL(fallocate64);
    struct stat status;
    if (!is_watched(descriptor, &status)) return real(descriptor, mode, at, count);
    if (begin("allocate")) return -1;
    fstat(descriptor, &status);
    if (mode & FALLOC_FL_PUNCH_HOLE) note(MAP, status.st_ino, at, "punch", 5);
    return allocated(&status, real(descriptor, mode, at, count), mode & FALLOC_FL_KEEP_SIZE, at + count);
}

int fallocate(int descriptor, int mode, off_t at, off_t count) { return fallocate_any(descriptor, mode, at, count); }
int fallocate64(int descriptor, int mode, off64_t at, off64_t count) { return fallocate_any(descriptor, mode, at, count); }

static int posix_fallocate_any(int descriptor, off64_t at, off64_t count) {
    REAL(posix_fallocate64);
    struct stat status;
    if (!is_watched(descriptor, &status)) return real(descriptor, at, count);
    if (begin("allocate")) return errno;
    fstat(descriptor, &status);
    return allocated(&status, real(descriptor, at, count), 0, at + count);
}

int posix_fallocate(int descriptor, off_t at, off_t count) { return posix_fallocate_any(descriptor, at, count); }
int posix_fallocate64(int descriptor, off64_t at, off64_t count) { return posix_fallocate_any(descriptor, at, count); }

/* What is written through a map cannot be followed; the log tells that there is one. */
static void *mmap_any(void *address, size_t count, int protection, int flags, int descriptor, off64_t at) {
    REAL(mmap64);
    struct stat status;
    if (descriptor >= 0 && (flags & MAP_SHARED) && (protection & PROT_WRITE) && is_watched(descriptor, &status)) {
        pthread_mutex_lock(&lock);
        note(MAP, status.st_ino, at, "map", 3);
        pthread_mutex_unlock(&lock);
    }
    return real(address, count, protection, flags, descriptor, at);
}

void *mmap(void *address, size_t count, int protection, int flags, int descriptor, off_t at) {
    return mmap_any(address, count, protection, flags, descriptor, at);
}
void *mmap64(void *address, size_t count, int protection, int flags, int descriptor, off64_t at) {
    return mmap_any(address, count, protection, flags, descriptor, at);
}

/* ---- syncs, locks, ends ---- */

static int sync_any(int descriptor, int (*real)(int)) {
    struct stat status;
    if (!is_watched(descriptor, &status)) return real(descriptor);
    if (begin("sync")) return -1;
    note(SYNC_BEGIN, status.st_ino, descriptor, NULL, 0);
    end();
    int result = real(descriptor);
    wait_for("synced");
    pthread_mutex_lock(&lock);
    if (!result) note(SYNC_END, status.st_ino, descriptor, NULL, 0);
    end();
    return result;
}

int fsync(int descriptor) { REAL(fsync); return sync_any(descriptor, real); }
int fdatasync(int descriptor) { REAL(fdatasync); return sync_any(descriptor, real); }

int flock(int descriptor, int operation) {
    int (*real)(int, int) = dlsym(RTLD_NEXT, "flock");
    struct stat status;
    if (!is_watched(descriptor, &status)) return real(descriptor, operation);
    if (begin("lock")) return -1;
    int result = real(descriptor, operation);
    note(LOCK, status.st_ino, operation, &result, sizeof result);
    end();
    return result;
}

int close(int descriptor) {
    REAL(close);
    struct stat status;
    if (!is_watched(descriptor, &status)) return real(descriptor);
    if (begin("close")) { /* it is closed none the less, as by Linux */
        int before = errno;
        real(descriptor);
        errno = before;
        return -1;
    }
    note(CLOSE, status.st_ino, descriptor, NULL, 0);
    int result = real(descriptor);
    end();
    return result;
}
