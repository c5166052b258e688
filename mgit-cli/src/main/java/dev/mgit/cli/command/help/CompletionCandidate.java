package dev.mgit.cli.command.help;

/** A word that may stand at a place of a command line, and what it means. */
record CompletionCandidate(String word, String meaning) {}
