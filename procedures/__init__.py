"""PyMeasure procedures; installed as ``picostream_pymeasure.procedures``.

To run, to derive from and to copy:

- :mod:`.capture`: record a stream for a time, a number of samples, or until it is stopped;
- :mod:`.live_monitor`: watch, in a file that stops growing;
- :mod:`.frequency_response`: gain and phase, with the scope's generator as the stimulus;
- :mod:`.source_sweep`: step another instrument meanwhile (:mod:`.simulated_source` by default);
- :mod:`.streaming`: the base of all these and of your own.

To run them without a window: :mod:`.scripted`, and :mod:`.recording_file` for the file names.
The other modules are what these are made of: parameters (``*_parameters``), the
plan (``planned_recording``, ``estimates``), and the work (``stream_keeper``,
``summary``, ``sine_fit``).
"""
