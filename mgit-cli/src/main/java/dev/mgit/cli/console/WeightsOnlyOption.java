package dev.mgit.cli.console;

import picocli.CommandLine.Option;

/** {@code --weights-only}, mixed into every command that stores what a trainer may have written. */
public final class WeightsOnlyOption {
    @Option(
            names = "--weights-only",
            description = "Leave out training state: optimizer, scheduler, random number generators. By default all "
                    + "files are stored. Setting: commit.weightsOnly.")
    private boolean weightsOnly;

    public boolean wanted() {
        return weightsOnly;
    }
}
