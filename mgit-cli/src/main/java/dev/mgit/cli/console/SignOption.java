package dev.mgit.cli.console;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --sign}, mixed into every command that makes versions. */
public final class SignOption {
    @Option(
            names = {"-S", "--sign"},
            negatable = true,
            description = "Sign the version as Git does, with the key and program of your own Git configuration "
                    + "(gpg.format, user.signingKey). Default: commit.gpgSign there.")
    private @Nullable Boolean sign;

    /** Before the repository is opened. */
    public void on(Context context) {
        if (sign != null) {
            context.signVersions(sign);
        }
    }
}
