package dev.mgit.cli.command.evidence;

import dev.mgit.cli.console.Context;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitSettings;
import dev.mgit.lineage.sign.Certificates;
import dev.mgit.lineage.sign.SigningKey;
import dev.mgit.lineage.sign.Trust;
import dev.mgit.lineage.version.SettingsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keys and certificates as files of the user's. Settings that name them count only in the user's own file: a repository
 * that came from elsewhere must not say whose signatures are believed, nor have anything signed.
 */
public final class KeyFiles {
    /** The private key that signs where no option names one. */
    public static final String KEY = "sign.key";
    /** Its certificates. */
    public static final String CERTIFICATE = "sign.certificate";
    /** The variable that holds its password. */
    public static final String PASSWORD = "sign.passwordEnv";
    /** Public keys and root certificates whose signatures count where no option names any. */
    public static final String TRUST = "sign.trust";

    /** No key or list of roots is larger. */
    private static final long LARGEST = 4L << 20;

    private final Context context;

    public KeyFiles(Context context) {
        this.context = context;
    }

    private Optional<SettingsFile> own() {
        return context.userConfig().filter(Files::exists).map(GitSettings::read);
    }

    private Optional<String> setting(String name) {
        return own().flatMap(settings -> settings.get(name));
    }

    /** The key that the settings name. */
    public Optional<SigningKey> configured() {
        return setting(KEY).map(file -> {
            List<Path> certificates = setting(CERTIFICATE).map(KeyFiles::paths).orElse(List.of());
            return key(Path.of(file), certificates, setting(PASSWORD));
        });
    }

    /** Several files in one setting are divided by commas. */
    private static List<Path> paths(String setting) {
        List<Path> paths = new ArrayList<>();
        for (String path : setting.split(",")) {
            if (!path.isBlank()) {
                paths.add(Path.of(path.strip()));
            }
        }
        return paths;
    }

    /** Reads a private key, and the certificates of which the first is its own. */
    public SigningKey key(Path file, List<Path> certificates, Optional<String> passwordVariable) {
        Optional<char[]> password = passwordVariable.map(
                name -> Optional.ofNullable(context.terminal().environment().get(name))
                        .orElseThrow(() -> MgitException.usage("the environment has no variable " + name))
                        .toCharArray());
        SigningKey key = SigningKey.parse(read(file), file.toString(), password);
        List<X509Certificate> chain = new ArrayList<>();
        for (Path certificate : certificates) {
            chain.addAll(Certificates.parse(read(certificate), certificate.toString()));
        }
        return key.with(chain);
    }

    /** The public keys and roots in these files. */
    public Trust trust(List<Path> files) {
        Trust all = Trust.none();
        for (Path file : files) {
            all = all.and(Trust.parse(read(file), file.toString()));
        }
        return all;
    }

    /** Whose signatures count by the settings: those named, and the user's own. */
    public Trust configuredTrust() {
        Trust named = setting(TRUST).map(files -> trust(paths(files))).orElse(Trust.none());
        boolean plain = setting(KEY).isPresent() && setting(PASSWORD).isEmpty();
        return plain ? named.and(configured().orElseThrow().trust()) : named;
    }

    /** @throws MgitException of kind USAGE if there is no such file, or it is too large to be a key */
    byte[] read(Path typed) {
        Path file = context.resolve(typed);
        try {
            if (Files.size(file) > LARGEST) {
                throw MgitException.usage(typed + " is too large for a key or certificate");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new MgitException(MgitException.Kind.USAGE, "cannot read " + typed, "check the path", e);
        }
    }
}
