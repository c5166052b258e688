package dev.mgit.cli.command.help;

import dev.mgit.cli.command.help.CompletionCommand.Shell;
import dev.mgit.cli.console.Context;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.repository.OutputFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Puts a completion script where its shell looks for those of the user. Replaces only what mgit wrote there. */
final class CompletionInstall {
    /** In the first lines of every script. */
    private static final String OURS = "# Completes mgit's commands";

    private static final long LONGEST = 1 << 20;

    private final Context context;
    private final Shell shell;

    CompletionInstall(Context context, Shell shell) {
        this.context = context;
        this.shell = shell;
    }

    /** @throws MgitException of kind CONFLICT if there is a file of somebody else's */
    void install(String script) throws IOException {
        Path file = place();
        boolean there = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
        if (there && !isOurs(file)) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    file + " is not mgit's and was left as it is",
                    "move it away, or write the script elsewhere: mgit completion " + word() + " > FILE");
        }
        if (there && Files.readString(file).equals(script)) {
            context.output().line(file + " is up to date");
        } else {
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            OutputFile.replace(file, out -> out.write(script.getBytes(StandardCharsets.UTF_8)));
            context.output().line((there ? "Replaced " : "Wrote ") + file);
        }
        if (shell == Shell.ZSH) {
            context.output()
                    .hint("zsh looks there if ~/.zshrc has, before compinit: fpath+=(" + file.getParent() + ")");
        } else {
            context.output().hint("new shells complete mgit" + (shell == Shell.BASH ? ", with bash-completion" : ""));
        }
    }

    private static boolean isOurs(Path file) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.size(file) < LONGEST
                && new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(OURS);
    }

    private Path place() {
        return switch (shell) {
            case BASH ->
                folder("BASH_COMPLETION_USER_DIR")
                        .orElseGet(() -> folder("XDG_DATA_HOME", ".local/share").resolve("bash-completion"))
                        .resolve("completions/mgit");
            case ZSH -> folder("XDG_DATA_HOME", ".local/share").resolve("zsh/site-functions/_mgit");
            case FISH -> folder("XDG_CONFIG_HOME", ".config").resolve("fish/completions/mgit.fish");
        };
    }

    private String word() {
        return shell.name().toLowerCase(Locale.ROOT);
    }

    private Path folder(String variable, String belowHome) {
        return folder(variable)
                .or(() -> folder("HOME").map(home -> home.resolve(belowHome)))
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.FAILED, "there is no home folder to install into", "set HOME"));
    }

    /** Relative paths do not count, says the specification of the base directories. */
    private Optional<Path> folder(String variable) {
        Map<String, String> environment = context.terminal().environment();
        return Optional.ofNullable(environment.get(variable)).map(Path::of).filter(Path::isAbsolute);
    }
}
