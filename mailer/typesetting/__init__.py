"""Turn a print tree into PDF or PNG bytes. Imports nothing, so that the child process starts in a blink."""
