package dev.mgit.cli.command.evidence;

import dev.mgit.cli.console.Context;
import dev.mgit.lineage.git.GitSettings;
import dev.mgit.lineage.git.GitSignature;
import dev.mgit.lineage.sign.Signatures.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Checks signatures of Git's own with the user's own programs, as Git does: {@code ssh-keygen} with the file that
 * {@code gpg.ssh.allowedSignersFile} of the user's Git settings names, and {@code gpg} with their keys.
 */
final class GitSignatureCheck {
    private static final String ALLOWED = "gpg.ssh.allowedSignersFile";
    private static final int LIMIT_SECONDS = 60;

    private final Context context;

    GitSignatureCheck(Context context) {
        this.context = context;
    }

    Result check(GitSignature signature) throws IOException {
        try (ScratchFolder scratch = ScratchFolder.create()) {
            Path payload = write(scratch.path().resolve("payload"), signature.payload());
            Path armour = write(scratch.path().resolve("signature"), signature.armour());
            return signature.isSsh() ? ssh(signature, payload, armour) : openPgp(signature, payload, armour);
        } catch (MissingProgram e) {
            return new Result(signature.what(), e.program + ", which is not installed", false, List.of());
        }
    }

    private Result ssh(GitSignature signature, Path payload, Path armour) throws IOException, MissingProgram {
        Optional<Path> allowed = GitSettings.ofUser(context.terminal().environment())
                .get(ALLOWED)
                .map(this::home)
                .filter(Files::isRegularFile);
        if (allowed.isEmpty()) {
            return new Result(signature.what(), "an SSH key (Git's " + ALLOWED + " is not set)", false, List.of());
        }
        String file = allowed.get().toString();
        Ran found = run(payload, "ssh-keygen", "-Y", "find-principals", "-f", file, "-s", armour.toString());
        Optional<String> principal = found.output().lines().findFirst().filter(line -> found.exit() == 0);
        if (principal.isEmpty()) {
            return new Result(signature.what(), "an SSH key that " + file + " does not list", false, List.of());
        }
        Ran ran = run(
                payload,
                "ssh-keygen",
                "-Y",
                "verify",
                "-f",
                file,
                "-I",
                principal.get(),
                "-n",
                "git",
                "-s",
                armour.toString());
        return result(signature, principal.get(), ran);
    }

    private Result openPgp(GitSignature signature, Path payload, Path armour) throws IOException, MissingProgram {
        Ran ran = run(payload, "gpg", "--batch", "--status-fd", "1", "--verify", armour.toString(), payload.toString());
        Optional<String> signer = ran.output()
                .lines()
                .filter(line -> line.startsWith("[GNUPG:] GOODSIG ") || line.startsWith("[GNUPG:] BADSIG "))
                .map(line -> line.split(" ", 4)[3])
                .findFirst();
        return signer.map(name -> result(signature, name, ran))
                .orElseGet(
                        () -> new Result(signature.what(), "an OpenPGP key that gpg does not have", false, List.of()));
    }

    private static Result result(GitSignature signature, String signer, Ran ran) {
        return new Result(
                signature.what(),
                signer,
                true,
                ran.exit() == 0 ? List.of() : List.of("it is not one over this " + signature.what()));
    }

    private static Path write(Path file, String bytes) throws IOException {
        return Files.writeString(file, bytes, StandardCharsets.ISO_8859_1);
    }

    private Path home(String path) {
        return path.startsWith("~/")
                ? Path.of(context.terminal().environment().getOrDefault("HOME", ""), path.substring(2))
                : Path.of(path);
    }

    private record Ran(int exit, String output) {}

    private static final class MissingProgram extends Exception {
        private static final long serialVersionUID = 1;
        private final String program;

        MissingProgram(String program, Throwable cause) {
            super(program, cause);
            this.program = program;
        }
    }

    private static Ran run(Path input, String... command) throws IOException, MissingProgram {
        Path output = Files.createTempFile(input.getParent(), "said", "");
        List<String> words = new ArrayList<>(List.of(command));
        Process process;
        try {
            process = new ProcessBuilder(words)
                    .redirectInput(input.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException e) {
            throw new MissingProgram(command[0], e);
        }
        try {
            boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            return new Ran(ended ? process.exitValue() : -1, Files.readString(output, StandardCharsets.ISO_8859_1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            return new Ran(-1, "");
        }
    }
}
