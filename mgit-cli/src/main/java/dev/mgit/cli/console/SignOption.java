package dev.mgit.cli.console;

import picocli.CommandLine.Option;

/** {@code --sign}, mixed into every command that makes versions. */
public final class SignOption {
    @Option(
            names = {"-S", "--sign"},
            description = "Sign the version as Git does, with the key and program of your own Git configuration "
                    + "(gpg.format, user.signingKey).")
    private boolean sign;

    /** Before the repository is opened. */
    public void on(Context context) {
        context.signVersions(sign);
    }
}
