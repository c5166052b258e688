package dev.mgit.cli.command.evidence;

import dev.mgit.cli.console.Context;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.sign.SigningKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which key signs. */
final class KeyOptions {
    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "Private key on P-256, PEM in PKCS #8. Default: the setting sign.key.")
    private @Nullable Path key;

    @Option(
            names = "--certificate",
            paramLabel = "FILE",
            description = "Certificate of the key, then those that lead to a root (repeatable).")
    private final List<Path> certificates = new ArrayList<>();

    @Option(
            names = "--password-env",
            paramLabel = "NAME",
            description = "Environment variable that holds the password of an encrypted key.")
    private @Nullable String password;

    /** @throws MgitException of kind USAGE if none is named, or it cannot sign */
    SigningKey key(Context context) {
        var files = new KeyFiles(context);
        if (key != null) {
            return files.key(key, certificates, Optional.ofNullable(password));
        }
        return files.configured()
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.USAGE,
                        "no key to sign with",
                        "name one with --key FILE or 'mgit config --global sign.key FILE'; 'mgit sign --generate-key"
                                + " FILE' makes one"));
    }
}
