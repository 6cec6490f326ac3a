"""PyMeasure procedures; installed as ``picostream_pymeasure.procedures``.

To run, to derive from and to copy:

- :mod:`.capture`: record a stream for a time, a number of samples, or until it is stopped;
- :mod:`.live_monitor`: watch, in a file that stops growing;
- :mod:`.frequency_response`: gain and phase, with the scope's generator as the stimulus;
- :mod:`.source_sweep`: step another instrument meanwhile (:mod:`.simulated_source` by default);
- :mod:`.streaming`: the base of all these and of your own;
- :mod:`.triggered_capture`: pulses around their triggers at up to 1 GS/s, a row of the CSV each;
- :mod:`.capture_sweep`: the same at each value of another instrument.

To run them without a window: :mod:`.scripted`, and :mod:`.recording_file` for the file names.
The other modules are what these are made of: parameters (``*_parameters``, ``stepped_source``),
the plan (``planned_recording``, ``estimates``), and the work (``recording_procedure``,
``scope_keeper``, ``summary``, ``pulse_rows``, ``sine_fit``).
"""
