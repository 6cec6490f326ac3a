/* What a driver of random_driver.c is like: every habit is drawn from the seed and its own name.

   RANDOM_DRIVER="seed=7 length_ms=3000 told=0" in the environment: the seed, how long the stream
   shall be, and habits that shall be otherwise than drawn; all others stay as they are.
*/
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- chance --- */

struct chance {
    uint64_t state;
};

static uint64_t scrambled(uint64_t word)
{
    word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9u;
    word = (word ^ word >> 27) * 0x94D049BB133111EBu;
    return word ^ word >> 31;
}

static struct chance chance_of(int64_t seed, const char *name)
{
    uint64_t word = scrambled((uint64_t)seed + 1);
    for (; *name; name++)
        word = scrambled(word + (uint8_t)*name);
    return (struct chance){word};
}

/* 0 to 1 */
static double drawn(struct chance *chance)
{
    chance->state += 0x9E3779B97F4A7C15u;
    return (scrambled(chance->state) >> 11) * 0x1p-53;
}

static double between(struct chance *chance, double least, double most)
{
    return least + (most - least) * drawn(chance);
}

/* every order of magnitude as often as the others */
static double magnitude(struct chance *chance, double least, double most)
{
    return least * pow(most / least, drawn(chance));
}

static double one_of(struct chance *chance, int count, const double *choices)
{
    return choices[(int)(drawn(chance) * count)];
}

#define COUNT(...) (sizeof((double[]){__VA_ARGS__}) / sizeof(double))
#define ONE_OF(...) one_of(chance, COUNT(__VA_ARGS__), (double[]){__VA_ARGS__})
#define BETWEEN(least, most) between(chance, least, most)
#define MAGNITUDE(least, most) magnitude(chance, least, most)
#define MOSTLY(share, usual, otherwise) (drawn(chance) < (share) ? (usual) : (otherwise))

/* --- the habits --- */

/* How a call says that there is nothing new, where that is no status: by a callback with count 0,
   or by none. */
enum { WITH_COUNT_0, NOT_AT_ALL };
enum { WRAPS_AT_NEXT_CALL, WRAPS_IN_ONE_CALL, WRAPS_EARLY };
enum { TOLD_BY_NOTHING, TOLD_BY_FLAG, TOLD_BY_STALL, TOLD_BY_BOTH };
enum { TOLD_AT_ONCE, TOLD_BEHIND_IT, TOLD_LATE };

/* What may happen once. */
enum {
    NO_MISHAP,
    HOLE,       /* samples vanish, for so long */
    PAUSE,      /* calls bring nothing, for so long; the scope's memory fills */
    HANG,       /* one call takes so long */
    FALSE_FLAG, /* a loss is told, and there is none */
    REWIND,     /* the buffer is written from its begin on, wherever it was */
    FAILS_20,   /* the stream ends with a status, and may be started anew */
    FAILS_28,
    FAILS_POWER,
    AUTO_STOP, /* nobody asked for it */
    UNPLUGGED,
    STANDS_STILL,
};

#define HABITS(HABIT)                                                                              \
    HABIT(length_ms, 3000)                                                                         \
    HABIT(trigger_ms, MOSTLY(0.8, MAGNITUDE(1, 1500), -1)) /* when an edge comes; -1: never */     \
    /* time */                                                                                     \
    HABIT(slower_ppm, MOSTLY(0.5, ONE_OF(0, 20, -20), BETWEEN(-300, 300)))                         \
    HABIT(rounds, ONE_OF(0, 0, 1)) /* to the steps of its timebase */                              \
    HABIT(start_takes_ms, MOSTLY(0.6, 0, MAGNITUDE(1, 400)))                                       \
    HABIT(starts_within, ONE_OF(0, 0.5, 1)) /* so far into the call that starts it */              \
    /* calls */                                                                                    \
    HABIT(call_ms, MOSTLY(0.7, 0.02, MAGNITUDE(0.1, 30))) /* up to */                              \
    HABIT(packet_ms, MOSTLY(0.5, 0, ONE_OF(1, 5, 25)))                                             \
    HABIT(most_ms, MOSTLY(0.8, 0, MAGNITUDE(30 + 2 * habits.call_ms, 400))) /* a call; 0: all */   \
    HABIT(nothing_new, ONE_OF(WITH_COUNT_0, NOT_AT_ALL, 37, 39, 67))                               \
    HABIT(refused, MOSTLY(0.6, 0, MAGNITUDE(0.01, 0.4))) /* so many calls, whatever waits */       \
    HABIT(wrap, ONE_OF(WRAPS_AT_NEXT_CALL, WRAPS_IN_ONE_CALL, WRAPS_EARLY))                        \
    HABIT(goes_on, ONE_OF(0, 1)) /* in its buffer, when it is started anew */                      \
    HABIT(counts_all, MOSTLY(0.8, 0, 1)) /* for the trigger's place, from the start on */          \
    HABIT(power, MOSTLY(0.7, 0, ONE_OF(282, 286)))                                                 \
    /* losses */                                                                                   \
    HABIT(memory_ms, MAGNITUDE(20, 5000))                                                          \
    HABIT(drops_newest, ONE_OF(0, 1))                                                              \
    HABIT(splits, ONE_OF(0, 1)) /* a callback ends where something is lost */                      \
    HABIT(told, ONE_OF(TOLD_BY_NOTHING, TOLD_BY_FLAG, TOLD_BY_STALL, TOLD_BY_BOTH))                \
    HABIT(told_when, ONE_OF(TOLD_AT_ONCE, TOLD_BEHIND_IT, TOLD_LATE))                              \
    HABIT(told_again, ONE_OF(0, 0, 1)) /* and again while it goes on */                            \
    HABIT(late_ms, MAGNITUDE(1, 400))                                                              \
    HABIT(leak, MOSTLY(0.9, 0, MAGNITUDE(0.003, 0.6))) /* so much of all, at each call */          \
    HABIT(calm, BETWEEN(0, 1)) /* so likely it is that one of the mishaps does not happen */       \
    HABIT(mishap1, mishap(chance, habits.calm))                                                    \
    HABIT(takes_ms1, MAGNITUDE(1, 1000))                                                           \
    HABIT(at_ms1, begin(chance, habits.length_ms, 0))                                              \
    HABIT(mishap2, mishap(chance, habits.calm))                                                    \
    HABIT(takes_ms2, MAGNITUDE(1, 1000))                                                           \
    HABIT(at_ms2, begin(chance, habits.length_ms, habits.at_ms1 + habits.takes_ms1))               \
    HABIT(mishap3, mishap(chance, habits.calm))                                                    \
    HABIT(takes_ms3, MAGNITUDE(1, 1000))                                                           \
    HABIT(at_ms3, begin(chance, habits.length_ms, habits.at_ms2 + habits.takes_ms2))               \
    HABIT(mishap4, mishap(chance, habits.calm))                                                    \
    HABIT(takes_ms4, MAGNITUDE(1, 1000))                                                           \
    HABIT(at_ms4, begin(chance, habits.length_ms, habits.at_ms3 + habits.takes_ms3))

enum { MISHAPS = 4 };

struct habits {
    int64_t seed;
#define HABIT(name, draw) double name;
    HABITS(HABIT)
#undef HABIT
};

static double mishap(struct chance *chance, double calm)
{
    if (drawn(chance) < calm)
        return NO_MISHAP;
    return MOSTLY(0.85, ONE_OF(HOLE, HOLE, PAUSE, HANG),
                  ONE_OF(FALSE_FLAG, FALSE_FLAG, REWIND, FAILS_20, FAILS_28, FAILS_POWER, AUTO_STOP,
                         UNPLUGGED, STANDS_STILL));
}

/* When a mishap begins: at the start, near the end, right behind the one before, or anywhere. */
static double begin(struct chance *chance, double length_ms, double before_ms)
{
    double kind = drawn(chance);
    if (kind < 0.15)
        return BETWEEN(0, 400);
    if (kind < 0.4)
        return BETWEEN(length_ms - 600, length_ms + 50);
    if (kind < 0.6 && before_ms > 0)
        return before_ms + BETWEEN(0, 300);
    return BETWEEN(0, length_ms);
}

/* What the environment says of a habit, or else what was drawn. */
static double chosen(const char *name, double drawn_value)
{
    char text[4096], wanted[64];
    snprintf(text, sizeof text, " %s", getenv("RANDOM_DRIVER") ? getenv("RANDOM_DRIVER") : "");
    snprintf(wanted, sizeof wanted, " %s=", name);
    const char *found = strstr(text, wanted);
    return found ? atof(found + strlen(wanted)) : drawn_value;
}

static struct habits drawn_habits(void)
{
    struct habits habits = {.seed = (int64_t)chosen("seed", 0)};
    struct chance now, *chance = &now;
#define HABIT(name, draw)                                                                          \
    now = chance_of(habits.seed, #name);                                                           \
    habits.name = chosen(#name, draw);
    HABITS(HABIT)
#undef HABIT
    return habits;
}

static void tell_habits(const struct habits *habits, FILE *log)
{
    fprintf(log, "habit seed %lld\n", (long long)habits->seed);
#define HABIT(name, draw) fprintf(log, "habit " #name " %.9g\n", habits->name);
    HABITS(HABIT)
#undef HABIT
}
