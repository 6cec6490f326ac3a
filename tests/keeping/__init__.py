"""Tests of keeping the events of a stream."""
