package dev.mgit.cli.console;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitSettings;
import dev.mgit.lineage.git.GitSigner;
import dev.mgit.lineage.repository.User;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * What every command is handed: the terminal it runs at and the options that stand before any command. A command asks
 * for it by a constructor with this one parameter.
 */
public final class Context {
    /** What Java makes of bytes that are not UTF-8: a path with it would lead to another file. */
    private static final char REPLACEMENT = '\ufffd';

    private Terminal terminal;
    private Output output;
    private @Nullable Pager pager;
    private @Nullable GitSettings gitSettings;
    private boolean sign;

    @Option(names = "-C", paramLabel = "DIR", description = "Run as if started in DIR.")
    private Path directory = Path.of("");

    @Option(names = "--stacktrace", scope = ScopeType.INHERIT, description = "Print the stack trace of an error.")
    private boolean stackTraces;

    @Option(names = "--no-progress", scope = ScopeType.INHERIT, description = "Do not show progress.")
    private boolean noProgress;

    @Option(names = "--no-pager", scope = ScopeType.INHERIT, description = "Do not use a pager.")
    private boolean noPager;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help and exit.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean help;

    public Context(Terminal terminal) {
        this.terminal = terminal;
        this.output = new Output(terminal);
    }

    public Terminal terminal() {
        return terminal;
    }

    /** Who runs the command. */
    public User user() {
        return Users.of(terminal.environment(), sentence -> output.note(sentence));
    }

    /** The file with the user's own settings, if they have a place for one. */
    public Optional<Path> userConfig() {
        return Users.config(terminal.environment());
    }

    /** Where what can be made again is kept for the user, if there is a place for it. */
    public Optional<Path> userCache() {
        return Users.cache(terminal.environment());
    }

    /** The user's own Git configuration. */
    public GitSettings gitSettings() {
        GitSettings read = gitSettings;
        if (read == null) {
            read = GitSettings.ofUser(terminal.environment());
            gitSettings = read;
        }
        return read;
    }

    /** Whether versions that are made are signed. What Git is told to sign by itself is Git's affair. */
    boolean signsVersions() {
        return sign;
    }

    void signVersions(boolean wanted) {
        sign = wanted;
    }

    /** Signs as the user's Git does. */
    public GitSigner signer() {
        return new GitSigner(gitSettings(), terminal.environment());
    }

    /** Where results go. */
    public Output output() {
        return output;
    }

    /** Lets results go through the user's pager from now on, where they are shown to a person who has one. */
    public void startPager() {
        if (noPager) {
            return;
        }
        Pager.of(terminal).ifPresent(found -> {
            pager = found;
            terminal = found.terminal();
            output = new Output(terminal);
        });
    }

    public boolean hasPager() {
        return pager != null;
    }

    /**
     * Ends the results; waits for the pager where there is one, whose reader may have seen enough before that.
     *
     * @throws dev.mgit.delta.MgitException of kind FAILED if the pager could not be started
     */
    public void finish() {
        Pager running = pager;
        try {
            terminal.out().flush();
        } catch (TextWriter.Failed e) {
            if (running == null || !e.isClosedPipe()) {
                throw e;
            }
        }
        if (running != null) {
            running.close();
        }
    }

    /** The folder the command runs in, absolute; {@code -C} counts. */
    public Path directory() {
        return terminal.directory().resolve(directory).normalize();
    }

    /** A path the user typed, absolute. Options of type Path must pass through here before they are used. */
    public Path resolve(Path typed) {
        Path path = directory().resolve(typed).normalize();
        if (path.toString().indexOf(REPLACEMENT) >= 0) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "the path '" + path + "' is not UTF-8",
                    "rename what is not; if it is UTF-8, start mgit with LC_ALL=C.UTF-8");
        }
        return path;
    }

    public boolean stackTraces() {
        return stackTraces;
    }

    /** Whether anybody wants to be told how work goes on. */
    public boolean progressWanted() {
        return !noProgress;
    }

    /** Lines drawn in place on stderr; empty where that is no terminal that can, or nobody wants them. */
    public Optional<LiveLines> liveLines() {
        boolean can = terminal.errIsTerminal()
                && !"dumb".equals(terminal.environment().getOrDefault("TERM", ""));
        return can && !noProgress ? Optional.of(new LiveLines(terminal)) : Optional.empty();
    }

    /** Progress on stderr; silent where nobody is watching. */
    public ProgressLine progress(String what) {
        boolean covered = pager != null && pager.isRunning();
        return new ProgressLine(terminal, what, terminal.errIsTerminal() && !noProgress && !covered);
    }
}
