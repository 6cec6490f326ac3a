"""What ``picostream`` exits with: all is there, a failure, wrong usage, samples are missing."""

COMPLETE, FAILED, WRONG_USAGE, SAMPLES_MISSING = range(4)
