package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.Person;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Signs commits and tags as Git does: by {@code ssh-keygen} or {@code gpg}, with the key that the user's own Git
 * configuration names. A repository's configuration has no say in it: it may come from anybody.
 */
public final class GitSigner {
    private static final String FORMAT = "gpg.format";
    private static final String KEY = "user.signingKey";
    private static final String LITERAL = "key::";

    private final GitSettings settings;
    private final Map<String, String> environment;

    /** @param environment of the user, for the programs that are run */
    public GitSigner(GitSettings settings, Map<String, String> environment) {
        this.settings = settings;
        this.environment = environment;
    }

    /**
     * Signs.
     *
     * @param who whose key is meant where the configuration names none
     * @return the signature as armoured text
     * @throws MgitException of kind FAILED if there is no key, or the program does not sign
     */
    byte[] sign(byte[] payload, Person who) throws IOException {
        String format = settings.get(FORMAT).orElse("openpgp");
        return switch (format) {
            case "ssh" -> ssh(payload);
            case "openpgp" -> openPgp(payload, who);
            default ->
                throw new MgitException(
                        MgitException.Kind.FAILED,
                        "cannot sign: " + FORMAT + " is '" + format + "' in your Git configuration",
                        "mgit signs with ssh and openpgp");
        };
    }

    private byte[] openPgp(byte[] payload, Person who) throws IOException {
        String program = program("gpg.openpgp.program", "gpg.program", "gpg");
        String key = settings.get(KEY).orElse(who.name() + " <" + who.email() + ">");
        return run(payload, List.of(program, "--status-fd=2", "-bsau", key));
    }

    private byte[] ssh(byte[] payload) throws IOException {
        String key = settings.get(KEY)
                .or(this::defaultKey)
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.FAILED,
                        "cannot sign: your Git configuration has no " + KEY,
                        "git config --global " + KEY + " ~/.ssh/id_ed25519.pub"));
        boolean literal = key.startsWith(LITERAL) || key.startsWith("ssh-");
        if (!literal) {
            return ssh(payload, home(key), List.of());
        }
        Path file = Files.createTempFile("mgit-key", ".pub");
        try {
            Files.writeString(file, key.startsWith(LITERAL) ? key.substring(LITERAL.length()) : key);
            return ssh(payload, file.toString(), List.of("-U")); // the agent has the secret one
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private byte[] ssh(byte[] payload, String key, List<String> more) throws IOException {
        List<String> words = new ArrayList<>(List.of(program("gpg.ssh.program", "ssh-keygen")));
        words.addAll(List.of("-Y", "sign", "-n", "git", "-f", key));
        words.addAll(more);
        return run(payload, words);
    }

    /** The first line that the command of the user's configuration prints, as Git takes it. */
    private Optional<String> defaultKey() {
        return settings.get("gpg.ssh.defaultKeyCommand").flatMap(command -> {
            try {
                String printed = new String(run(new byte[0], List.of("sh", "-c", command)), StandardCharsets.UTF_8);
                return printed.lines().findFirst();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    /** The first of some settings that there is; the last of them is the program to run if there is none. */
    private String program(String... settingsThenProgram) {
        int last = settingsThenProgram.length - 1;
        for (int i = 0; i < last; i++) {
            Optional<String> named = settings.get(settingsThenProgram[i]);
            if (named.isPresent()) {
                return home(named.get());
            }
        }
        return settingsThenProgram[last];
    }

    private String home(String path) {
        return path.startsWith("~/") ? environment.getOrDefault("HOME", "") + path.substring(1) : path;
    }

    /** Runs a program that reads what is to be signed and prints the signature. It may ask the user for a passphrase. */
    private byte[] run(byte[] payload, List<String> words) throws IOException {
        var builder = new ProcessBuilder(words);
        builder.environment().putAll(environment);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw refused(words.get(0) + " cannot be run: " + e.getMessage(), e);
        }
        var complaints = new ByteArrayOutputStream();
        var reader = new Thread(() -> drain(process, complaints), "signing");
        reader.start();
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write(payload);
            } catch (IOException e) {
                // it ended without having read everything; its exit code and words say why
            }
            byte[] signature = process.getInputStream().readAllBytes();
            int exit = process.waitFor();
            reader.join();
            if (exit != 0 || signature.length == 0) {
                throw refused(words.get(0) + " " + said(exit, complaints.toString(StandardCharsets.UTF_8)), null);
            }
            return signature;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refused("it was interrupted", e);
        } finally {
            process.destroy();
        }
    }

    private static void drain(Process process, ByteArrayOutputStream complaints) {
        try {
            process.getErrorStream().transferTo(complaints);
        } catch (IOException e) {
            // what was read until then is enough
        }
    }

    /** The last line for people; lines for programs are left out. */
    private static String said(int exit, String complaints) {
        return complaints
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("[GNUPG:]"))
                .reduce((before, line) -> line)
                .map(line -> "says: " + line)
                .orElse("ended with " + exit + " and printed no signature");
    }

    private static MgitException refused(String why, @Nullable Throwable cause) {
        return new MgitException(
                MgitException.Kind.FAILED,
                "cannot sign: " + why,
                "see " + FORMAT + " and " + KEY + " in your Git configuration",
                cause);
    }
}
