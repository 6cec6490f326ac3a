/* A driver of the PicoScope 5000A series whose habits are drawn by a seed; see random_habits.h.

   It follows what is documented of libps5000a, shares nothing with the simulated scope, and writes
   down what is true (RANDOM_DRIVER_LOG): each call, each portion that is handed over with its true
   indices, each loss, each time that it tells of one. One scope, and streams alone: what else the
   library has answers that it is not supported.
*/
#include "random_stream.h"

/* --- opening, and what it is --- */

static status refusal(int16_t handle)
{
    if (!unit.is_open || handle != HANDLE)
        return INVALID_HANDLE;
    return unit.is_gone ? NOT_RESPONDING : unit.unacknowledged;
}

#define REFUSE(handle)                                                                             \
    do {                                                                                           \
        status refused = refusal(handle);                                                          \
        if (refused != OK)                                                                         \
            return refused;                                                                        \
    } while (0)

/* For who goes by a clock of its own. */
void random_driver_clock(int64_t *ns)
{
    virtual_ns = ns;
}

status ps5000aOpenUnit(int16_t *handle, const char *wanted, int32_t resolution)
{
    *handle = 0;
    if (unit.is_open || (wanted && strcmp(wanted, serial) != 0))
        return NOT_FOUND;
    memset(&unit, 0, sizeof unit);
    memset(&scope, 0, sizeof scope);
    scope.habits = drawn_habits();
    scope.chance = chance_of(scope.habits.seed, "each call");
    const char *path = getenv("RANDOM_DRIVER_LOG");
    scope.log = path ? fopen(path, "w") : NULL;
    if (scope.log)
        tell_habits(&scope.habits, scope.log);
    unit.is_open = true;
    unit.resolution = resolution;
    unit.power = unit.unacknowledged = (status)scope.habits.power;
    *handle = HANDLE;
    note("open", 0, 0);
    return unit.power;
}

status ps5000aCloseUnit(int16_t handle)
{
    if (!unit.is_open || handle != HANDLE)
        return INVALID_HANDLE;
    note("close", unit.runs, 0);
    if (scope.log)
        fclose(scope.log);
    scope.log = NULL;
    unit.is_open = unit.runs = false;
    return OK;
}

status ps5000aEnumerateUnits(int16_t *count, char *serials, int16_t *length)
{
    *count = !unit.is_open;
    if (serials)
        snprintf(serials, *length, "%s", unit.is_open ? "" : serial);
    *length = unit.is_open ? 1 : sizeof serial;
    return unit.is_open ? NOT_FOUND : OK;
}

status ps5000aGetUnitInfo(int16_t handle, char *text, int16_t length, int16_t *needed,
                          uint32_t info)
{
    static const char *const known[] = {"PS5000A Linux Driver, 9.9.9.9", "3.0", "1", "5444DMSO",
                                        serial};
    if (handle != HANDLE)
        return INVALID_HANDLE;
    if (info >= sizeof known / sizeof *known)
        return INVALID_INFO;
    if (needed)
        *needed = (int16_t)strlen(known[info]) + 1;
    if (text)
        snprintf(text, length, "%s", known[info]);
    return OK;
}

status ps5000aPingUnit(int16_t handle)
{
    return refusal(handle);
}

status ps5000aCurrentPowerSource(int16_t handle)
{
    return handle == HANDLE ? unit.power : INVALID_HANDLE;
}

status ps5000aChangePowerSource(int16_t handle, status source)
{
    if (handle != HANDLE)
        return INVALID_HANDLE;
    if (unit.is_gone)
        return NOT_RESPONDING;
    note("power", source, 0);
    unit.power = source;
    unit.unacknowledged = OK;
    return OK;
}

/* --- settings --- */

static bool is_powered(int channel)
{
    return channel <= B || unit.power == OK || unit.power == SUPPLY_CONNECTED;
}

status ps5000aSetChannel(int16_t handle, int32_t channel, int16_t enabled, int32_t coupling,
                         int32_t range, float offset)
{
    (void)coupling, (void)offset;
    REFUSE(handle);
    if (channel < A || channel > D)
        return INVALID_CHANNEL;
    if (!is_powered(channel))
        return DISABLED_BY_POWER;
    return enabled && (range < 0 || range > 10) ? INVALID_VOLTAGE_RANGE : OK;
}

status ps5000aSetDigitalPort(int16_t handle, int32_t port, int16_t enabled, int16_t level)
{
    (void)enabled, (void)level;
    REFUSE(handle);
    return port == 0x80 || port == 0x81 ? OK : INVALID_CHANNEL;
}

status ps5000aSetBandwidthFilter(int16_t handle, int32_t channel, int32_t bandwidth)
{
    (void)channel, (void)bandwidth;
    return refusal(handle);
}

status ps5000aSetDeviceResolution(int16_t handle, int32_t resolution)
{
    REFUSE(handle);
    unit.resolution = resolution;
    return OK;
}

status ps5000aGetDeviceResolution(int16_t handle, int32_t *resolution)
{
    REFUSE(handle);
    *resolution = unit.resolution;
    return OK;
}

status ps5000aMaximumValue(int16_t handle, int16_t *value)
{
    REFUSE(handle);
    *value = unit.resolution == 0 ? 32512 : 32767;
    return OK;
}

status ps5000aGetAnalogueOffset(int16_t handle, int32_t range, int32_t coupling, float *most,
                                float *least)
{
    (void)coupling;
    REFUSE(handle);
    *most = range < 5 ? 0.25f : range < 8 ? 2.5f : 20.0f;
    *least = -*most;
    return OK;
}

/* An edge comes when the habits say so, whatever is watched. */
status ps5000aSetSimpleTrigger(int16_t handle, int16_t enable, int32_t source, int16_t level,
                               int32_t direction, uint32_t delay, int16_t auto_ms)
{
    (void)source, (void)level, (void)direction, (void)delay;
    REFUSE(handle);
    unit.is_armed = enable;
    unit.auto_trigger_ns = auto_ms * 1e6;
    return OK;
}

status ps5000aSetTriggerChannelConditionsV2(int16_t handle, const void *conditions, int16_t count,
                                            int32_t info)
{
    (void)conditions, (void)info;
    REFUSE(handle);
    unit.is_armed = count > 0;
    return OK;
}

status ps5000aSetAutoTriggerMicroSeconds(int16_t handle, uint64_t us)
{
    REFUSE(handle);
    unit.auto_trigger_ns = us * 1e3;
    return OK;
}

/* What may be set, and changes nothing here. */
#define ACCEPTED(name)                                                                             \
    status name(int16_t handle)                                                                    \
    {                                                                                              \
        return refusal(handle);                                                                    \
    }
ACCEPTED(ps5000aFlashLed) ACCEPTED(ps5000aSetPulseWidthDigitalPortProperties)
ACCEPTED(ps5000aSetPulseWidthQualifierConditions)
ACCEPTED(ps5000aSetPulseWidthQualifierDirections)
ACCEPTED(ps5000aSetPulseWidthQualifierProperties) ACCEPTED(ps5000aSetTriggerChannelDirectionsV2)
ACCEPTED(ps5000aSetTriggerChannelPropertiesV2) ACCEPTED(ps5000aSetTriggerDelay)
ACCEPTED(ps5000aSetTriggerDigitalPortProperties)

/* --- where samples go to --- */

static status set_target(int16_t handle, int32_t source, struct target target)
{
    int input = source < 0x80 ? source : source - 0x80 + PORT0;
    if (!unit.is_open || handle != HANDLE)
        return INVALID_HANDLE;
    if (source < A || (source > D && source < 0x80) || input >= INPUTS)
        return INVALID_CHANNEL;
    note(target.samples ? "buffer" : "buffer_back", input, target.samples);
    unit.targets[input] = target;
    return OK;
}

status ps5000aSetDataBuffer(int16_t handle, int32_t source, int16_t *buffer, int32_t samples,
                            uint32_t segment, int32_t mode)
{
    (void)segment, (void)mode;
    return set_target(handle, source, (struct target){buffer, NULL, samples, false});
}

status ps5000aSetDataBuffers(int16_t handle, int32_t source, int16_t *most, int16_t *least,
                             int32_t samples, uint32_t segment, int32_t mode)
{
    (void)segment, (void)mode;
    return set_target(handle, source, (struct target){most, least, samples, false});
}

status ps5000aSetUnscaledDataBuffers(int16_t handle, int32_t source, int8_t *most, int8_t *least,
                                     int32_t samples, uint32_t segment, int32_t mode)
{
    (void)segment, (void)mode;
    return set_target(handle, source, (struct target){most, least, samples, true});
}

/* --- streaming --- */

static double ns_of(int32_t unit_of_time)
{
    return pow(10, 3 * unit_of_time - 6);
}

/* The interval that is told, in the unit that was asked in. */
static uint32_t answer(uint32_t wanted, double unit_ns)
{
    double step_ns = unit.resolution == 1 || unit.resolution == 4 ? 16 : 8;
    double told_ns = wanted * unit_ns;
    if (scope.habits.rounds)
        told_ns = fmax(step_ns, round(told_ns / step_ns) * step_ns);
    return (uint32_t)round(told_ns / unit_ns);
}

/* How much all buffers have room for; 0 if there are none. */
static int32_t smallest_target(int32_t size)
{
    bool is_set = false;
    for (int input = 0; input < INPUTS; input++) {
        int32_t room = unit.targets[input].samples;
        is_set |= room > 0;
        size = room > 0 && room < size ? room : size;
    }
    return is_set ? size : 0;
}

status ps5000aRunStreaming(int16_t handle, uint32_t *interval, int32_t unit_of_time,
                           uint32_t before, uint32_t after, int16_t auto_stop, uint32_t ratio,
                           int32_t mode, uint32_t size)
{
    (void)before, (void)mode;
    REFUSE(handle);
    *interval = answer(*interval, ns_of(unit_of_time));
    if (*interval == 0)
        return INVALID_SAMPLE_INTERVAL;
    unit.size = smallest_target((int32_t)size);
    if (unit.size == 0)
        return BUFFERS_NOT_SET;
    double told_ns = *interval * ns_of(unit_of_time) * ratio;
    bool is_first = scope.zero_ns == 0;
    if (is_first) {
        scope.interval_ns = told_ns * (1 + scope.habits.slower_ppm * 1e-6);
        make_mishaps();
    }
    if (is_first || !scope.habits.goes_on)
        unit.write_at = 0;
    double takes_ns = is_first ? scope.habits.start_takes_ms * 1e6 : 0;
    note("asked", unit.size, (int64_t)(told_ns * 1000));
    take_time(takes_ns * scope.habits.starts_within);
    int64_t begins_ns = now_ns();
    take_time(takes_ns * (1 - scope.habits.starts_within));
    start_sampling(begins_ns);
    unit.edge = scope.habits.trigger_ms < 0 ? INT64_MAX : index_at(scope.habits.trigger_ms * 1e6);
    if (unit.auto_trigger_ns > 0 && index_at(unit.auto_trigger_ns) < unit.edge)
        unit.edge = index_at(unit.auto_trigger_ns);
    unit.stop_after = auto_stop ? after : INT64_MAX;
    unit.runs = true;
    unit.failed_with = OK;
    note("run", scope.sampled, (int64_t)(scope.interval_ns * 1000));
    return OK;
}

status ps5000aStop(int16_t handle)
{
    if (!unit.is_open || handle != HANDLE)
        return INVALID_HANDLE;
    note("stop", unit.runs, 0);
    unit.runs = false;
    return unit.is_gone ? NOT_RESPONDING : OK;
}

status ps5000aNoOfStreamingValues(int16_t handle, uint32_t *count)
{
    REFUSE(handle);
    *count = (uint32_t)unit.handed_over;
    return OK;
}

status ps5000aGetStreamingLatestValues(int16_t handle, ready callback, void *parameter)
{
    REFUSE(handle);
    if (callback == NULL)
        return NULL_PARAMETER;
    if (!unit.runs)
        return INVALID_CALL;
    if (unit.failed_with != OK)
        return unit.failed_with;
    bool is_quiet = false;
    take_time(scope.habits.call_ms * 1e6 * drawn(&scope.chance));
    status failed = meet_mishaps(&is_quiet);
    if (failed != OK)
        return failed;
    sample_on();
    bool refuses = drawn(&scope.chance) < scope.habits.refused;
    if (is_quiet || refuses)
        return nothing(callback, parameter, false);
    bool tells = tells_loss();
    if (tells && scope.habits.told != TOLD_BY_FLAG) {
        note("told", BUFFER_STALL, scope.tells_up_to);
        unit.flags_next = scope.habits.told == TOLD_BY_BOTH;
        return BUFFER_STALL;
    }
    tells |= unit.flags_next;
    unit.flags_next = false;
    double most_ms = fmax(scope.habits.most_ms, scope.habits.packet_ms);
    int64_t left = scope.habits.most_ms > 0 ? index_at(most_ms * 1e6) + 1 : INT64_MAX;
    int64_t count = portion(&left);
    if (count <= 0)
        return nothing(callback, parameter, tells);
    call_back(callback, parameter, count, tells);
    if (scope.habits.wrap == WRAPS_IN_ONE_CALL && unit.write_at == 0 && unit.runs) {
        count = portion(&left);
        if (count > 0)
            call_back(callback, parameter, count, false);
    }
    return OK;
}

/* --- what is no part of a stream --- */

#define ABSENT(name)                                                                               \
    status name(void)                                                                              \
    {                                                                                              \
        return NO_SUCH_FUNCTION;                                                                   \
    }
ABSENT(ps5000aGetChannelInformation) ABSENT(ps5000aGetMaxDownSampleRatio)
ABSENT(ps5000aGetMaxSegments) ABSENT(ps5000aGetMinimumTimebaseStateless)
ABSENT(ps5000aGetNoOfCaptures) ABSENT(ps5000aGetNoOfProcessedCaptures) ABSENT(ps5000aGetTimebase)
ABSENT(ps5000aGetTimebase2) ABSENT(ps5000aGetTriggerInfoBulk)
ABSENT(ps5000aGetTriggerTimeOffset64) ABSENT(ps5000aGetValues) ABSENT(ps5000aGetValuesAsync)
ABSENT(ps5000aGetValuesBulk) ABSENT(ps5000aGetValuesOverlapped)
ABSENT(ps5000aGetValuesOverlappedBulk) ABSENT(ps5000aGetValuesTriggerTimeOffsetBulk64)
ABSENT(ps5000aIsLedFlashing) ABSENT(ps5000aIsReady)
ABSENT(ps5000aIsTriggerOrPulseWidthQualifierEnabled) ABSENT(ps5000aMemorySegments)
ABSENT(ps5000aMinimumValue)
ABSENT(ps5000aOpenUnitAsync) ABSENT(ps5000aOpenUnitProgress) ABSENT(ps5000aRunBlock)
ABSENT(ps5000aSetEts) ABSENT(ps5000aSetEtsTimeBuffer) ABSENT(ps5000aSetNoOfCaptures)
ABSENT(ps5000aSetPulseWidthQualifier) ABSENT(ps5000aSetSigGenArbitrary)
ABSENT(ps5000aSetSigGenBuiltInV2) ABSENT(ps5000aSetSigGenPropertiesArbitrary)
ABSENT(ps5000aSetSigGenPropertiesBuiltIn) ABSENT(ps5000aSetTriggerChannelConditions)
ABSENT(ps5000aSetTriggerChannelDirections) ABSENT(ps5000aSetTriggerChannelProperties)
ABSENT(ps5000aSigGenArbitraryMinMaxValues) ABSENT(ps5000aSigGenFrequencyToPhase)
ABSENT(ps5000aSigGenSoftwareControl) ABSENT(ps5000aTriggerWithinPreTriggerSamples)
