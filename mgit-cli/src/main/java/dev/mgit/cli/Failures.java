package dev.mgit.cli;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.TextWriter;
import dev.mgit.delta.DiskRefusal;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.ResourceException;
import dev.mgit.hooks.CommandFailure;
import dev.mgit.lineage.text.VisibleText;
import dev.mgit.lineage.version.DidYouMean;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The one place where exceptions become {@code error:} and {@code hint:} lines and an exit code. */
final class Failures {
    private static final int INTERRUPTED = 130;
    private static final int CLOSED_PIPE = 141;
    private static final int LONGEST = 1000;
    private static final int MOST_LINES = 40;

    private final Context context;

    Failures(Context context) {
        this.context = context;
    }

    /** What unchecked input and output stands for, or a class that could not start for want of a file. */
    private static Throwable unwrapped(Throwable thrown) {
        if (!(thrown instanceof UncheckedIOException || thrown instanceof ExceptionInInitializerError)) {
            return thrown;
        }
        Throwable cause = thrown.getCause();
        while (cause != null && !(cause instanceof IOException)) {
            cause = cause.getCause();
        }
        return cause == null ? thrown : cause;
    }

    /** Says what went wrong while a command ran. */
    int report(Throwable thrown) {
        Throwable cause =
                ResourceException.behind(thrown).map(Throwable.class::cast).orElse(unwrapped(thrown));
        int exit;
        if (cause instanceof TextWriter.Failed e) {
            return e.isClosedPipe() ? enough() : say(1, "cannot write to standard output: " + e.reason(), null);
        } else if (cause instanceof MgitException e) {
            List<String> lines =
                    e instanceof CommandFailure ? e.getMessage().lines().toList() : List.of();
            exit = say(e.kind().exitCode(), lines.isEmpty() ? e.getMessage() : lines.get(0), e.hint(), lines);
        } else if (cause instanceof ParameterException e) {
            return usage(e);
        } else if (cause instanceof InvalidPathException e) {
            exit = say(
                    MgitException.Kind.USAGE.exitCode(),
                    "'" + e.getInput() + "' is not a valid path here: " + e.getReason(),
                    "non-ASCII paths need a UTF-8 locale: start mgit with its launcher, or set LC_ALL=C.UTF-8");
        } else if (cause instanceof IOException e) {
            exit = say(MgitException.Kind.FAILED.exitCode(), sentence(e), null);
        } else if (cause instanceof InterruptedException) {
            exit = say(INTERRUPTED, "interrupted", null);
        } else if (cause instanceof OutOfMemoryError) {
            exit = outOfMemory(String.valueOf(cause.getMessage()));
        } else if (cause instanceof LinkageError) {
            exit = say(
                    MgitException.Kind.FAILED.exitCode(),
                    "a part of mgit cannot be loaded: " + cause,
                    "if the disk works and files can be opened (ulimit -n), install mgit again");
        } else {
            exit = say(1, "internal error: " + cause + " (this is a bug; run with --stacktrace)", null);
        }
        if (context.stackTraces()) {
            var trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace));
            trace.toString().lines().forEach(line -> context.output().note(line.replace("\t", "    ")));
        }
        return exit;
    }

    private int outOfMemory(String what) {
        return what.contains("native thread")
                ? say(
                        1,
                        "cannot start another thread",
                        "raise the limit on processes (ulimit -u), or lower store.threads")
                : say(1, "not enough memory (" + what + ")", "set MGIT_HEAP, for example to 1g");
    }

    /** Says what is wrong with a command line. */
    int usage(ParameterException e) {
        CommandLine command = e.getCommandLine();
        if (e instanceof UnmatchedArgumentException unmatched && unmatched.isUnknownOption()) {
            String option = unmatched.getUnmatched().get(0);
            String message = "unknown option " + option;
            return Habits.option(withoutMgit(command), option)
                    .map(way -> say(MgitException.Kind.USAGE.exitCode(), message, way))
                    .orElseGet(() -> usage(command, message, unmatched.getSuggestions()));
        }
        if (e instanceof UnmatchedArgumentException unmatched) {
            String argument = unmatched.getUnmatched().get(0);
            return command.getSubcommands().isEmpty()
                    ? usage(command, "unexpected argument '" + argument + "'", List.of())
                    : unknownCommand(command, argument);
        }
        return usage(command, String.valueOf(e.getMessage()), List.of());
    }

    private int unknownCommand(CommandLine command, String typed) {
        boolean first = command.getParent() == null;
        if (first && CommandTable.OF_SOURCES.contains(typed)) {
            return say(
                    MgitException.Kind.USAGE.exitCode(),
                    "'mgit " + typed + "' needs mgit-bench.jar, which is built next to mgit.jar from the source tree",
                    "run './mgit " + typed + "' in a source checkout");
        }
        String name = command.getCommandSpec().qualifiedName();
        String message = "'" + typed + "' is not a command of " + name;
        Optional<String> way = first ? Habits.command(typed) : Optional.empty();
        if (way.isPresent()) {
            return say(MgitException.Kind.USAGE.exitCode(), message, way.get());
        }
        List<String> known = command.getSubcommands().entrySet().stream()
                .filter(sub -> !sub.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey)
                .toList();
        List<String> meant = Synonyms.of(typed, known).map(List::of).orElseGet(() -> DidYouMean.near(typed, known));
        return usage(
                command, message, meant.stream().map(word -> name + " " + word).toList());
    }

    private static String withoutMgit(CommandLine command) {
        return command.getCommandSpec().qualifiedName().replaceFirst("^mgit ", "");
    }

    private int usage(CommandLine command, String message, List<String> suggestions) {
        String help = "see '" + command.getCommandSpec().qualifiedName() + " --help'";
        String hint = suggestions.isEmpty() ? help : "did you mean '" + suggestions.get(0) + "'? Or " + help;
        return say(MgitException.Kind.USAGE.exitCode(), message, hint);
    }

    /** What the operating system said, as a sentence. */
    private static String sentence(IOException e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        String file = e instanceof FileSystemException fs && fs.getFile() != null ? fs.getFile() : "";
        Optional<DiskRefusal> refused = DiskRefusal.behind(e);
        if (refused.isPresent()) {
            return refused.get().sentence(file);
        } else if (e instanceof NoSuchFileException) {
            return file + " does not exist";
        } else if (e instanceof AccessDeniedException) {
            return "no permission for " + file;
        } else if (e instanceof NotDirectoryException) {
            return file + " is not a folder";
        } else if (e instanceof DirectoryNotEmptyException) {
            return file + " is not empty";
        } else if (e instanceof FileAlreadyExistsException) {
            return file + " already exists";
        }
        return message;
    }

    private int say(int exit, String message, @Nullable String hint) {
        return say(exit, message, hint, List.of());
    }

    /** @param lines what a command that mgit started said last, from the second line on */
    private int say(int exit, String message, @Nullable String hint, List<String> lines) {
        finishResults();
        PrintWriter err = context.terminal().err();
        err.println("error: " + oneLine(message));
        lines.stream().skip(1).limit(MOST_LINES).forEach(line -> err.println("  " + oneLine(line)));
        if (hint != null) {
            err.println("hint: " + oneLine(hint));
        }
        err.flush();
        return exit;
    }

    /** Whoever reads the results has seen enough: a pager's user on purpose, a pipe's reader as its command says. */
    private int enough() {
        if (!context.hasPager()) {
            return CLOSED_PIPE;
        }
        try {
            context.finish();
            return 0;
        } catch (MgitException e) {
            return report(e);
        }
    }

    /** What is said of a failure stands below the results, and is not covered by a pager. */
    private void finishResults() {
        try {
            context.finish();
        } catch (TextWriter.Failed | MgitException e) {
            // one failure is told, the first
        }
    }

    /** Names out of hostile files come along in messages: they shall neither steer the terminal nor flood it. */
    private static String oneLine(String text) {
        String line = VisibleText.of(text);
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }
}
