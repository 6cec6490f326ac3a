/* What a call of random_driver.c hands over of what the scope sampled, and how.

   One portion lies in one piece in the buffers; it may hold samples of both sides of a loss.
*/
#include "random_scope.h"

typedef uint32_t status;
typedef void (*ready)(int16_t handle, int32_t count, uint32_t start, int16_t overflow,
                      uint32_t trigger_at, int16_t triggered, int16_t auto_stop, void *parameter);

enum {
    OK = 0,
    NOT_FOUND = 3,
    NOT_RESPONDING = 7,
    INVALID_HANDLE = 12,
    INVALID_VOLTAGE_RANGE = 15,
    INVALID_CHANNEL = 16,
    STREAMING_FAILED = 20,
    NULL_PARAMETER = 22,
    BUFFER_STALL = 28,
    INVALID_INFO = 41,
    INVALID_SAMPLE_INTERVAL = 43,
    BUFFERS_NOT_SET = 70,
    INVALID_CALL = 60,
    NO_SUCH_FUNCTION = 287,
    SUPPLY_CONNECTED = 281,
    SUPPLY_NOT_CONNECTED = 282,
    DISABLED_BY_POWER = 290,
    HANDLE = 77,
    OVERRUN = -1,
};

static const char serial[] = "RANDOM/1";

/* Where an input goes to. */
struct target {
    void *most, *least; /* the second for pairs of minimum and maximum */
    int32_t samples;
    bool is_bytes;
};

static struct {
    bool is_open, runs, is_gone, flags_next;
    status power, unacknowledged, failed_with;
    int resolution;
    struct target targets[INPUTS];

    bool is_armed, has_triggered;
    double auto_trigger_ns;
    int64_t edge;

    int32_t size, write_at;
    int64_t handed_over, stop_after;
} unit;

/* --- samples into the buffers --- */

/* A sample as the resolution has it; never the lowest number, which no converter gives. */
static int16_t counts(int input, int64_t index)
{
    static const int bits[] = {8, 12, 14, 15, 16};
    int16_t value = (int16_t)sample(input, index);
    if (input >= PORT0)
        return value & 0xFF;
    int step = 1 << (16 - bits[unit.resolution]);
    int whole = value - (value & (step - 1));
    return (int16_t)(whole == -32768 ? (step == 1 ? -32767 : whole + step) : whole);
}

static void put(const struct target *target, void *buffer, int32_t at, int16_t value)
{
    if (target->is_bytes)
        ((int8_t *)buffer)[at] = (int8_t)(value >> 8);
    else
        ((int16_t *)buffer)[at] = value;
}

static void write_sample(int32_t at, int64_t index)
{
    for (int input = 0; input < INPUTS; input++) {
        const struct target *target = &unit.targets[input];
        if (target->samples == 0)
            continue;
        if (target->least == NULL) {
            put(target, target->most, at, counts(input, index));
            continue;
        }
        int16_t one = counts(input, 2 * index), other = counts(input, 2 * index + 1);
        put(target, target->most, at, one > other ? one : other);
        put(target, target->least, at, one > other ? other : one);
    }
}

/* --- portions --- */

/* Of what waits: what one callback may bring, in whole packets and to the end of the buffer. */
static int64_t portion(int64_t *left_of_call)
{
    int64_t most = scope.habits.splits && scope.stretches ? scope.waiting[0].count : scope.waits;
    int64_t packet = index_at(scope.habits.packet_ms * 1e6);
    if (packet > 1 && scope.waits < packet)
        return 0;
    most = most < *left_of_call ? most : *left_of_call;
    if (packet > 1 && most > packet)
        most -= most % packet;
    if (packet > 1 && scope.habits.wrap == WRAPS_EARLY && unit.size - unit.write_at < packet &&
        packet < unit.size / 4)
        unit.write_at = 0;
    int64_t room = unit.size - unit.write_at;
    most = most < room ? most : room;
    *left_of_call -= most;
    return most;
}

/* Whether the trigger lies in a portion, and where. */
static bool is_trigger_in(int64_t first, int64_t count, int64_t offset, uint32_t *at)
{
    if (!unit.is_armed || unit.has_triggered || first + count <= unit.edge)
        return false;
    int64_t within = offset + (unit.edge > first ? unit.edge - first : 0);
    unit.has_triggered = true;
    *at = (uint32_t)(within + (scope.habits.counts_all ? unit.handed_over : 0));
    note("trigger", unit.edge > first ? unit.edge : first, within);
    return true;
}

static void call_back(ready callback, void *parameter, int64_t count, bool tells)
{
    int32_t start = unit.write_at;
    uint32_t trigger_at = 0;
    bool triggered = false, stops = false;
    for (int64_t done = 0; done < count;) {
        struct stretch next = scope.waiting[0];
        int64_t part = next.count < count - done ? next.count : count - done;
        if (next.is_behind_loss) {
            pass_loss(next.first);
            if (scope.habits.told_when == TOLD_BEHIND_IT && scope.habits.told != TOLD_BY_STALL)
                tells |= tells_loss();
        }
        for (int64_t number = 0; number < part; number++)
            write_sample(start + (int32_t)(done + number), next.first + number);
        triggered |= is_trigger_in(next.first, part, done, &trigger_at);
        note("portion", next.first, part);
        forget_oldest(part);
        done += part;
    }
    unit.write_at = (start + (int32_t)count) % unit.size;
    unit.handed_over += count;
    stops = unit.handed_over >= unit.stop_after;
    for (int number = 0; number < MISHAPS; number++)
        stops |= scope.mishaps[number].kind == AUTO_STOP && scope.mishaps[number].is_over;
    if (tells)
        note("told", OVERRUN, scope.tells_up_to);
    callback(HANDLE, (int32_t)count, (uint32_t)start, tells ? OVERRUN : 0, trigger_at, triggered,
             stops, parameter);
    unit.runs &= !stops;
}

static status nothing(ready callback, void *parameter, bool tells)
{
    int says = (int)scope.habits.nothing_new;
    if (says == WITH_COUNT_0 || tells)
        call_back(callback, parameter, 0, tells);
    return says == WITH_COUNT_0 || says == NOT_AT_ALL || tells ? OK : (status)says;
}

/* --- what happens once --- */

static void make_mishaps(void)
{
    const struct habits *is = &scope.habits;
    const struct mishap drawn[MISHAPS] = {
        {(int)is->mishap1, is->at_ms1 * 1e6, is->takes_ms1 * 1e6, false},
        {(int)is->mishap2, is->at_ms2 * 1e6, is->takes_ms2 * 1e6, false},
        {(int)is->mishap3, is->at_ms3 * 1e6, is->takes_ms3 * 1e6, false},
        {(int)is->mishap4, is->at_ms4 * 1e6, is->takes_ms4 * 1e6, false},
    };
    memcpy(scope.mishaps, drawn, sizeof drawn);
}

static status fail(status with)
{
    if (unit.failed_with == OK)
        note("fails", with, 0);
    unit.failed_with = with;
    if (with == NOT_RESPONDING)
        unit.is_gone = true;
    if (with == SUPPLY_CONNECTED || with == SUPPLY_NOT_CONNECTED)
        unit.power = unit.unacknowledged = with;
    unit.runs = with == BUFFER_STALL || with == STREAMING_FAILED;
    return with;
}

/* What happens at this call, if anything: OK where the call goes on, else what it answers, or
   nothing at all (is_quiet). */
static status meet_mishaps(bool *is_quiet)
{
    double since_ns = (double)(now_ns() - scope.zero_ns);
    for (int number = 0; number < MISHAPS; number++) {
        struct mishap *one = &scope.mishaps[number];
        bool is_on = since_ns >= one->at_ns && !one->is_over;
        if (one->kind == NO_MISHAP || one->kind == HOLE || !is_on)
            continue;
        if (one->kind == PAUSE || one->kind == STANDS_STILL) {
            one->is_over = one->kind == PAUSE && since_ns >= one->at_ns + one->takes_ns;
            *is_quiet |= !one->is_over;
            continue;
        }
        one->is_over = true;
        note("mishap", one->kind, number + 1);
        if (one->kind == HANG)
            take_time(one->takes_ns);
        if (one->kind == REWIND)
            unit.write_at = 0;
        if (one->kind == FALSE_FLAG) {
            scope.has_loss_to_tell = true;
            scope.tell_from_ns = 0;
        }
        if (one->kind == FAILS_20 || one->kind == FAILS_28)
            return fail(one->kind == FAILS_20 ? STREAMING_FAILED : BUFFER_STALL);
        if (one->kind == FAILS_POWER)
            return fail(unit.power == SUPPLY_NOT_CONNECTED ? SUPPLY_CONNECTED
                                                           : SUPPLY_NOT_CONNECTED);
        if (one->kind == UNPLUGGED)
            return fail(NOT_RESPONDING);
    }
    return OK;
}

