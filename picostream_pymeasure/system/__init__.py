"""What differs between Linux, Windows and macOS, and nothing else.

``native`` holds the clock, sleep and pointers of code that runs without Python; ``timer`` how fine
sleeps are; ``files`` the way data are forced to disk; ``file_lock`` who writes a file; ``sdk``
where the vendor's installers put their library; ``compiled_cache`` where compiled code is kept;
``compiling`` how a program ends that compiles; ``console_close`` how a console ends; ``memory`` how
much of it is left; ``thread_end`` how threads end before the program does; ``patience`` what to do
about files that a scanner has open for a moment.
Only the Linux forms can be run by the project's tests; the others follow the systems'
documentation and are kept this small so that they can be read.
"""
