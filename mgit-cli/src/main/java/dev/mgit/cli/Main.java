package dev.mgit.cli;

import dev.mgit.cli.console.CommandRunner;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.QuietErrors;
import dev.mgit.cli.console.Terminal;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code mgit} command: parses options, runs one command, turns what it throws into a sentence and a code. */
@Command(
        name = "mgit",
        description =
                "Version control for models: lineage, delta-compressed storage and hooks for checkpoint " + "families.",
        versionProvider = BuildVersion.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nFrom a source checkout: mgit demo, mgit bench.%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed",
            "2:usage error",
            "3:differences or stale models (with --exit-code; mgit update)",
            "4:a gate failed",
            "5:conflict",
            "6:stored data is corrupt",
            "7:a remote failed"
        })
public final class Main implements Runnable, CommandRunner {
    private static final int MOST_COLUMNS = 120;
    private static final int MOST_THREADS = 32;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Print the version and exit.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean version;

    @Option(
            names = BuildVersion.VERBOSE,
            description = "With --version, also print Java, native libraries and format versions.")
    private boolean verbose;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs anything
    private CommandSpec spec;

    private final Context context;

    private Main(Context context) {
        this.context = context;
    }

    public static void main(String[] args) {
        searchNothing();
        EarlySetup.beginFor(args);
        Terminal terminal = Terminal.system();
        System.setErr(QuietErrors.of(System.err)); // what libraries print; mgit's own output is the terminal's
        int exit = run(terminal, args);
        if (exit != 0 || !isAlone()) {
            System.exit(exit);
        }
        // Or Java, from 21 on, would set up its loggers to log the call, for a tenth of a short command's time.
    }

    /** Whether Java ends by itself when this thread does. */
    private static boolean isAlone() {
        Thread[] found = new Thread[MOST_THREADS];
        int count = Thread.currentThread().getThreadGroup().enumerate(found);
        for (int i = 0; i < count; i++) {
            if (!found[i].isDaemon() && found[i] != Thread.currentThread()) {
                return false;
            }
        }
        return count < MOST_THREADS;
    }

    /** Tells libraries what they would look for at each start. */
    static void searchNothing() {
        System.setProperty("slf4j.provider", "org.slf4j.nop.NOPServiceProvider");
        System.setProperty("slf4j.internal.verbosity", "WARN"); // or it says that it was told
        // Types that no option has, of which picocli loads and prepares all.
        System.setProperty("picocli.converters.excludes", "java\\.(time|sql)\\..*");
    }

    /** Runs one command line, as a shell would, against the given terminal; returns its exit code. */
    public static int run(Terminal terminal, String... args) {
        return run(terminal, true, args);
    }

    private static int run(Terminal terminal, boolean paged, String... args) {
        Context context = new Context(terminal);
        Failures failures = new Failures(context);
        int exit;
        try {
            String[] words = CommandTable.inFull(args);
            CommandLine line = commandLine(context, failures, words);
            line.setExecutionStrategy(parsed -> carryOut(context, paged, parsed));
            exit = line.execute(words);
            context.finish();
        } catch (Throwable e) {
            // picocli hands exceptions to its handler but lets errors, such as a full heap, through
            exit = failures.report(e);
        }
        terminal.err().flush();
        return exit;
    }

    /** The whole command tree, for completion and the reference. */
    static CommandLine everything(Context context) {
        return commandLine(context, new Failures(context));
    }

    private static CommandLine commandLine(Context context, Failures failures, String... args) {
        CommandLine line = new CommandLine(new Main(context), new CommandTable(context)).addMixin("context", context);
        CommandTable.register(line, args);
        Terminal terminal = context.terminal();
        line.setOut(terminal.out());
        line.setErr(terminal.err());
        line.setColorScheme(CommandLine.Help.defaultColorScheme(terminal.colour() ? Ansi.ON : Ansi.OFF));
        line.setUsageHelpWidth(Math.max(80, Math.min(terminal.columns(), MOST_COLUMNS)));
        line.setExpandAtFiles(false); // words of commands, and revisions such as @{1}, may begin with an @
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((e, command, parsed) -> failures.report(e));
        line.setParameterExceptionHandler((e, arguments) -> failures.usage(e));
        return line;
    }

    /** Runs the last command named. A word in its place that is no command is an error even where help is asked for. */
    private static int carryOut(Context context, boolean paged, ParseResult parsed) {
        ParseResult last = parsed;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        CommandLine command = last.commandSpec().commandLine();
        if (!last.unmatched().isEmpty() && !command.getSubcommands().isEmpty()) {
            throw new UnmatchedArgumentException(command, last.unmatched());
        }
        if (parsed.hasMatchedOption(BuildVersion.VERBOSE) && parsed.hasSubcommand()) {
            throw new ParameterException(
                    parsed.commandSpec().commandLine(),
                    BuildVersion.VERBOSE + " belongs to --version, not to a command");
        }
        if (paged && CommandTable.isPaged(parsed)) {
            context.startPager();
            parsed.commandSpec().commandLine().setOut(context.terminal().out());
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    @Override
    public int run(Path folder, String... arguments) {
        return run(context.terminal().in(folder), false, arguments);
    }

    @Override
    public void run() {
        CommandLine line = spec.commandLine();
        if (verbose) {
            throw new ParameterException(line, BuildVersion.VERBOSE + " needs --version");
        }
        line.usage(line.getOut(), line.getColorScheme());
    }
}
