/* The scope of random_driver.c: what it samples, what it loses, and what of that waits.

   All indices are those of the signal as it would have come without a loss and without an end:
   sample n was taken n intervals after the first start. Each sample is computed from the seed, its
   input and its index, so that whoever looks at it knows which it is.
*/
#include <inttypes.h>
#include <time.h>

#include "random_habits.h"

enum { A, B, C, D, PORT0, PORT1, INPUTS, MOST_STRETCHES = 4096 };

/* Samples that follow each other. */
struct stretch {
    int64_t first, count;
    bool is_behind_loss;
};

struct mishap {
    int kind;
    double at_ns, takes_ns;
    bool is_over;
};

static struct {
    struct habits habits;
    struct chance chance; /* of what happens call by call */
    struct mishap mishaps[MISHAPS];
    FILE *log;

    double interval_ns; /* as it is, not as it is told */
    int64_t zero_ns;    /* of index 0; 0 before the first start */
    int64_t sampled;    /* index of the next sample */
    int64_t lost_up_to; /* where the newest loss ends */
    double to_leak;

    struct stretch waiting[MOST_STRETCHES];
    int stretches;
    int64_t waits; /* samples in all of them */

    bool has_loss_to_tell;
    int64_t tell_from_ns;
    int64_t tells_up_to; /* losses that lie before this index */
} scope;

/* --- time --- */

static int64_t *virtual_ns; /* a clock that somebody else advances, or the computer's */

static int64_t now_ns(void)
{
    struct timespec now;
    if (virtual_ns)
        return *virtual_ns;
    clock_gettime(CLOCK_MONOTONIC_RAW, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static void take_time(double ns)
{
    if (ns <= 0)
        return;
    if (virtual_ns) {
        *virtual_ns += (int64_t)ns;
        return;
    }
    struct timespec left = {(time_t)(ns / 1e9), (long)fmod(ns, 1e9)};
    while (nanosleep(&left, &left) != 0)
        ;
}

static void note(const char *what, int64_t first, int64_t count)
{
    if (scope.log)
        fprintf(scope.log, "%s %" PRId64 " %" PRId64 " %" PRId64 "\n", what, now_ns(), first,
                count);
}

/* --- the samples --- */

static uint16_t sample(int input, int64_t index)
{
    uint64_t key = scrambled((uint64_t)scope.habits.seed * INPUTS + input);
    return (uint16_t)(scrambled(key + (uint64_t)index) >> 32);
}

/* --- losses --- */

static void lose(int64_t first, int64_t count)
{
    if (count <= 0)
        return;
    note("loss", first, count);
    bool goes_on = first == scope.lost_up_to;
    if (scope.habits.told_when == TOLD_AT_ONCE && (!goes_on || scope.habits.told_again)) {
        scope.has_loss_to_tell = true;
        scope.tell_from_ns = now_ns();
    }
    scope.lost_up_to = first + count;
    if (scope.habits.told_when == TOLD_AT_ONCE)
        scope.tells_up_to = scope.lost_up_to;
}

/* What lies behind a loss is handed over: who tells then, or somewhat later, does. */
static void pass_loss(int64_t index)
{
    if (scope.habits.told_when == TOLD_AT_ONCE)
        return;
    scope.tells_up_to = index;
    if (scope.has_loss_to_tell)
        return;
    double late_ns = scope.habits.told_when == TOLD_LATE ? scope.habits.late_ms * 1e6 : 0;
    scope.has_loss_to_tell = true;
    scope.tell_from_ns = now_ns() + (int64_t)late_ns;
}

/* Whether a loss is to be told now; it is done with then. */
static bool tells_loss(void)
{
    bool tells = scope.has_loss_to_tell && now_ns() >= scope.tell_from_ns;
    if (tells)
        scope.has_loss_to_tell = false;
    return tells && scope.habits.told != TOLD_BY_NOTHING;
}

/* --- the memory --- */

static void forget_oldest(int64_t count)
{
    scope.waits -= count;
    while (count > 0) {
        struct stretch *oldest = &scope.waiting[0];
        int64_t part = count < oldest->count ? count : oldest->count;
        oldest->first += part;
        oldest->count -= part;
        oldest->is_behind_loss = false;
        count -= part;
        if (oldest->count == 0)
            memmove(oldest, oldest + 1, --scope.stretches * sizeof *oldest);
    }
}

static void remember(int64_t first, int64_t count)
{
    if (count <= 0)
        return;
    struct stretch *newest = &scope.waiting[scope.stretches - 1];
    bool is_behind_loss = first == scope.lost_up_to;
    if (scope.stretches > 0 && newest->first + newest->count == first) {
        newest->count += count;
    } else if (scope.stretches < MOST_STRETCHES) {
        scope.waiting[scope.stretches++] = (struct stretch){first, count, is_behind_loss};
    } else {
        lose(first, count);
        return;
    }
    scope.waits += count;
}

/* Take samples into the memory; what has no room there, or the oldest, is lost. */
static void store(int64_t first, int64_t count)
{
    int64_t most = (int64_t)(scope.habits.memory_ms * 1e6 / scope.interval_ns) + 1;
    int64_t excess = scope.waits + count - most;
    if (excess > 0 && scope.habits.drops_newest) {
        int64_t room = count > excess ? count - excess : 0;
        remember(first, room);
        lose(first + room, count - room);
        return;
    }
    remember(first, count);
    if (excess > 0) {
        int64_t oldest = scope.waiting[0].first;
        forget_oldest(excess);
        lose(oldest, excess);
        scope.waiting[0].is_behind_loss = true;
    }
}

static int64_t index_at(double since_zero_ns)
{
    return (int64_t)(since_zero_ns / scope.interval_ns);
}

/* --- what it samples --- */

/* How many samples from an index on vanish in a hole, or how many there are before the next. */
static int64_t to_hole(int64_t first, int64_t stop, bool *is_hole)
{
    *is_hole = false;
    for (int number = 0; number < MISHAPS; number++) {
        const struct mishap *one = &scope.mishaps[number];
        int64_t begin = index_at(one->at_ns), end = index_at(one->at_ns + one->takes_ns);
        if (one->kind != HOLE || end <= first || begin >= stop)
            continue;
        *is_hole = begin <= first;
        int64_t bound = *is_hole ? end : begin;
        stop = bound < stop ? bound : stop;
        if (*is_hole)
            break;
    }
    return stop - first;
}

/* Sample up to now. */
static void sample_on(void)
{
    int64_t stop = index_at((double)(now_ns() - scope.zero_ns));
    scope.to_leak += scope.habits.leak * (stop > scope.sampled ? stop - scope.sampled : 0);
    while (scope.sampled < stop) {
        bool is_hole;
        int64_t count = to_hole(scope.sampled, stop, &is_hole);
        if (is_hole)
            lose(scope.sampled, count);
        else
            store(scope.sampled, count);
        scope.sampled += count;
    }
    int64_t leaks = (int64_t)scope.to_leak;
    if (leaks > 0 && leaks < scope.waits) {
        int64_t oldest = scope.waiting[0].first;
        forget_oldest(leaks);
        lose(oldest, leaks);
        scope.waiting[0].is_behind_loss = true;
        scope.to_leak -= leaks;
    }
}

static void start_sampling(int64_t at_ns)
{
    if (scope.zero_ns == 0)
        scope.zero_ns = at_ns;
    scope.sampled = index_at((double)(at_ns - scope.zero_ns)) + (at_ns > scope.zero_ns);
    scope.stretches = 0;
    scope.waits = 0;
    scope.has_loss_to_tell = false;
    scope.lost_up_to = -1;
    scope.to_leak = 0;
}
