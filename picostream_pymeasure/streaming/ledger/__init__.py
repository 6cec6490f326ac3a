"""What is missing and where: a pure function of what the driver said and when.

:func:`note_poll` is told of every poll: when it began and returned, and, through the callback, what
came. Nothing depends on one habit of a driver: it may never say that nothing is left, never signal
a loss, hand over whole packets or all there is, lose a little at every call.

- What the driver signals is an *open* gap, told at once. Its length is what the lag grew by, read
  when the lag has stopped falling. Between two signals without such rest the scope's memory was
  full both times, so that the difference of the lag is the loss of the second.
- What it does not signal shows by a lag that stays above a floor. Where it rose at once, that is a
  hole; where it rose slowly, samples are lost steadily, or the interval is another than reported.
- An estimate that proves too long, because the lag falls below what it was, is taken back.

Samples can only be late, so that lags are compared by their lowest: of a moment without a loss the
one at the return of a call, which errs upwards, of a suspicion the one at its begin, which errs
downwards.
"""
