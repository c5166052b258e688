package dev.mgit.cli.console;

import picocli.CommandLine.Option;

/** {@code --json}, mixed into every command that reads. */
public final class JsonOption {
    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public boolean wanted() {
        return json;
    }
}
