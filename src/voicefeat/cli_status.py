"""Exit statuses of the command."""

#: All went well; some recordings failed; nothing was done; stopped by the keyboard.
DONE, SOME_FAILED, NOTHING_DONE, INTERRUPTED = 0, 1, 2, 130
