/* Clocks that are set or corrected while a program runs; see test_clock.py.

   CLOCK_SET_MS=N: every quarter of a second the time of day is so much ahead, then as much behind.
   CLOCK_SLEW_PPM=N: a time service lets the monotonic clock run that much faster; the raw one stays.
*/
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const long long second = 1000000000;

static long long number(const char *name)
{
    const char *text = getenv(name);
    return text ? atoll(text) : 0;
}

static long long real_ns(clockid_t clock)
{
    struct timespec now;
    syscall(SYS_clock_gettime, clock, &now);
    return now.tv_sec * second + now.tv_nsec;
}

static long long told_ns(clockid_t clock)
{
    long long now = real_ns(clock);
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) {
        long long quarter = real_ns(CLOCK_MONOTONIC) / (second / 4);
        now += (quarter % 2 ? -1 : 1) * number("CLOCK_SET_MS") * (second / 1000);
    } else if (clock == CLOCK_MONOTONIC || clock == CLOCK_BOOTTIME) {
        now += now / 1000000 * number("CLOCK_SLEW_PPM");
    }
    return now;
}

int clock_gettime(clockid_t clock, struct timespec *found)
{
    struct timespec probe;
    if (syscall(SYS_clock_gettime, clock, &probe))
        return -1;
    long long now = told_ns(clock);
    found->tv_sec = now / second;
    found->tv_nsec = now % second;
    return 0;
}

int gettimeofday(struct timeval *restrict found, void *restrict zone)
{
    (void)zone;
    long long now = told_ns(CLOCK_REALTIME);
    found->tv_sec = now / second;
    found->tv_usec = now % second / 1000;
    return 0;
}

time_t time(time_t *found)
{
    time_t now = told_ns(CLOCK_REALTIME) / second;
    if (found)
        *found = now;
    return now;
}
