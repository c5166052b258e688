package dev.mgit.cli.console;

import java.nio.file.Path;

/** The main program's own entry, for commands that run other commands: the demo and the benchmarks. */
public interface CommandRunner {
    /** Runs one command line at this one's terminal, in another folder; returns its exit code. */
    int run(Path folder, String... arguments);
}
