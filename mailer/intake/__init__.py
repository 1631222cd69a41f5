"""A text from elsewhere (Word, a mail program, a web page), read in a child process and written as Markdown."""
