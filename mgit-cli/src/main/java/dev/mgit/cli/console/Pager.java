package dev.mgit.cli.console;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitSettings;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The program that shows long output page by page. It is started by the first byte printed, so that a command that
 * fails or prints nothing starts none, and waited for at the end.
 */
final class Pager implements AutoCloseable {
    private static final String DEFAULT = "less -FRX";
    private static final int NOT_STARTED = 126;

    private final Terminal terminal;
    private final String command;
    private final Thread atExit = new Thread(this::end);
    private @Nullable Process process;

    private Pager(Terminal terminal, String command) {
        this.terminal = terminal;
        this.command = command;
    }

    /** The user's pager; none where results are not shown to a person, or nobody wants one. */
    static Optional<Pager> of(Terminal terminal) {
        boolean person = terminal.outIsTerminal()
                && !"dumb".equals(terminal.environment().getOrDefault("TERM", ""));
        return person
                ? command(
                                terminal.environment(),
                                () -> GitSettings.ofUser(terminal.environment()).get("core.pager"))
                        .map(command -> new Pager(terminal, command))
                : Optional.empty();
    }

    /**
     * Which one: {@code MGIT_PAGER}, Git's {@code core.pager}, {@code PAGER}, else less where there is one.
     *
     * @param ofGit from the user's own configuration: a repository may come from anywhere and starts no program
     */
    static Optional<String> command(Map<String, String> environment, Supplier<Optional<String>> ofGit) {
        Optional<String> chosen = Optional.ofNullable(environment.get("MGIT_PAGER"))
                .or(ofGit)
                .or(() -> Optional.ofNullable(environment.get("PAGER")))
                .or(() -> hasLess(environment) ? Optional.of(DEFAULT) : Optional.empty());
        return chosen.map(String::strip).filter(command -> !command.isEmpty() && !command.equals("cat"));
    }

    private static boolean hasLess(Map<String, String> environment) {
        return Arrays.stream(environment.getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "less")));
    }

    /** The terminal with results going through the pager. */
    Terminal terminal() {
        return terminal.to(Terminal.writer(TextWriter.strict(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                started().getOutputStream().write(bytes, offset, length);
            }

            @Override
            public void flush() throws IOException {
                if (isRunning()) {
                    started().getOutputStream().flush();
                }
            }
        })));
    }

    synchronized boolean isRunning() {
        return process != null;
    }

    private synchronized Process started() throws IOException {
        Process started = process;
        if (started == null) {
            terminal.err().flush();
            ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", command)
                    .directory(terminal.directory().toFile())
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().clear();
            builder.environment().putAll(terminal.environment());
            builder.environment().putIfAbsent("LESS", "FRX");
            builder.environment().putIfAbsent("LV", "-c");
            started = builder.start();
            process = started;
            // an interrupted command leaves the terminal to its pager until that ends
            Runtime.getRuntime().addShutdownHook(atExit);
        }
        return started;
    }

    /** Ends its input and waits until the reader has seen enough; its exit code. */
    private int end() {
        Process running;
        synchronized (this) {
            running = process;
        }
        if (running == null) {
            return 0;
        }
        try {
            running.getOutputStream().close();
        } catch (IOException e) {
            // it ended before its input did
        }
        while (true) {
            try {
                return running.waitFor();
            } catch (InterruptedException e) {
                // the terminal is the pager's until it ends
            }
        }
    }

    /** @throws MgitException of kind FAILED if the shell could not start it */
    @Override
    public void close() {
        if (!isRunning()) {
            return;
        }
        int exit = end();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            return; // the program is ending, and waits for this very thread
        }
        if (exit == NOT_STARTED || exit == NOT_STARTED + 1) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "pager '" + command + "' cannot be started",
                    "set MGIT_PAGER to another one, or use --no-pager");
        }
    }
}
