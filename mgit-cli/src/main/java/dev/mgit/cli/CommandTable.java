package dev.mgit.cli;

import dev.mgit.cli.command.doctor.DoctorCommand;
import dev.mgit.cli.command.evaluate.CostCommand;
import dev.mgit.cli.command.evaluate.EvalCommand;
import dev.mgit.cli.command.evaluate.InspectCommand;
import dev.mgit.cli.command.evaluate.PlanServingCommand;
import dev.mgit.cli.command.evidence.BundleCommand;
import dev.mgit.cli.command.evidence.PolicyCommand;
import dev.mgit.cli.command.evidence.SignCommand;
import dev.mgit.cli.command.evidence.VerifyBundleCommand;
import dev.mgit.cli.command.evidence.VerifyCommand;
import dev.mgit.cli.command.help.CompleteCommand;
import dev.mgit.cli.command.help.CompletionCommand;
import dev.mgit.cli.command.help.HelpCommand;
import dev.mgit.cli.command.history.BranchCommand;
import dev.mgit.cli.command.history.CheckoutCommand;
import dev.mgit.cli.command.history.CommitCommand;
import dev.mgit.cli.command.history.DiffCommand;
import dev.mgit.cli.command.history.ExportCommand;
import dev.mgit.cli.command.history.LogCommand;
import dev.mgit.cli.command.history.MergeCommand;
import dev.mgit.cli.command.history.MvCommand;
import dev.mgit.cli.command.history.RmCommand;
import dev.mgit.cli.command.history.ShowCommand;
import dev.mgit.cli.command.history.StatusCommand;
import dev.mgit.cli.command.history.TagCommand;
import dev.mgit.cli.command.hooks.HooksCommand;
import dev.mgit.cli.command.hooks.TestCommand;
import dev.mgit.cli.command.lineage.AuditCommand;
import dev.mgit.cli.command.lineage.BisectCommand;
import dev.mgit.cli.command.lineage.BlameCommand;
import dev.mgit.cli.command.lineage.EdgeCommand;
import dev.mgit.cli.command.lineage.FindCommand;
import dev.mgit.cli.command.lineage.GraphCommand;
import dev.mgit.cli.command.lineage.ImpactCommand;
import dev.mgit.cli.command.lineage.ImportCommand;
import dev.mgit.cli.command.remote.CloneCommand;
import dev.mgit.cli.command.remote.FetchCommand;
import dev.mgit.cli.command.remote.PullCommand;
import dev.mgit.cli.command.remote.PushCommand;
import dev.mgit.cli.command.remote.RemoteCommand;
import dev.mgit.cli.command.serve.ServeCommand;
import dev.mgit.cli.command.store.ConfigCommand;
import dev.mgit.cli.command.store.DuCommand;
import dev.mgit.cli.command.store.FsckCommand;
import dev.mgit.cli.command.store.GcCommand;
import dev.mgit.cli.command.store.InitCommand;
import dev.mgit.cli.command.store.OpCommand;
import dev.mgit.cli.command.store.UndoCommand;
import dev.mgit.cli.command.update.NodeCommand;
import dev.mgit.cli.command.update.RecipeCommand;
import dev.mgit.cli.command.update.RerunCommand;
import dev.mgit.cli.command.update.RunCommand;
import dev.mgit.cli.command.update.UpdateCommand;
import dev.mgit.cli.command.watch.WatchCommand;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.ExtraCommands;
import dev.mgit.cli.declared.Declared;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.ParseResult;

/** All commands of the product, in the order help lists them; makes them, handing each the context its constructor asks for. */
final class CommandTable implements IFactory {
    private static final Set<String> PAGED =
            Set.of("audit", "blame", "config", "diff", "find", "help", "impact", "inspect", "log", "op", "show");
    private static final Set<String> VERSION = Set.of("-V", "--version", BuildVersion.VERBOSE);
    private static final List<String> ALL = List.of(
            "init",
            "commit",
            "import",
            "watch",
            "status",
            "log",
            "show",
            "diff",
            "inspect",
            "checkout",
            "export",
            "branch",
            "tag",
            "mv",
            "rm",
            "edge",
            "test",
            "run",
            "update",
            "node",
            "recipe",
            "rerun",
            "hooks",
            "blame",
            "impact",
            "find",
            "graph",
            "eval",
            "cost",
            "audit",
            "sign",
            "verify",
            "bundle",
            "verify-bundle",
            "policy",
            "plan-serving",
            "merge",
            "bisect",
            "clone",
            "remote",
            "fetch",
            "pull",
            "push",
            "serve",
            "du",
            "fsck",
            "doctor",
            "gc",
            "op",
            "undo",
            "config",
            "completion",
            "__complete",
            "help");

    private final Context context;

    CommandTable(Context context) {
        this.context = context;
    }

    /** The class of a command; null if there is none of that name. A map would have Java load all of them at each start. */
    private static @Nullable Class<?> command(String name) {
        return switch (name) {
            case "init" -> InitCommand.class;
            case "commit" -> CommitCommand.class;
            case "import" -> ImportCommand.class;
            case "watch" -> WatchCommand.class;
            case "status" -> StatusCommand.class;
            case "log" -> LogCommand.class;
            case "show" -> ShowCommand.class;
            case "diff" -> DiffCommand.class;
            case "inspect" -> InspectCommand.class;
            case "checkout" -> CheckoutCommand.class;
            case "export" -> ExportCommand.class;
            case "branch" -> BranchCommand.class;
            case "tag" -> TagCommand.class;
            case "mv" -> MvCommand.class;
            case "rm" -> RmCommand.class;
            case "edge" -> EdgeCommand.class;
            case "test" -> TestCommand.class;
            case "run" -> RunCommand.class;
            case "update" -> UpdateCommand.class;
            case "node" -> NodeCommand.class;
            case "recipe" -> RecipeCommand.class;
            case "rerun" -> RerunCommand.class;
            case "hooks" -> HooksCommand.class;
            case "blame" -> BlameCommand.class;
            case "impact" -> ImpactCommand.class;
            case "find" -> FindCommand.class;
            case "graph" -> GraphCommand.class;
            case "eval" -> EvalCommand.class;
            case "cost" -> CostCommand.class;
            case "audit" -> AuditCommand.class;
            case "sign" -> SignCommand.class;
            case "verify" -> VerifyCommand.class;
            case "bundle" -> BundleCommand.class;
            case "verify-bundle" -> VerifyBundleCommand.class;
            case "policy" -> PolicyCommand.class;
            case "plan-serving" -> PlanServingCommand.class;
            case "merge" -> MergeCommand.class;
            case "bisect" -> BisectCommand.class;
            case "clone" -> CloneCommand.class;
            case "remote" -> RemoteCommand.class;
            case "fetch" -> FetchCommand.class;
            case "pull" -> PullCommand.class;
            case "push" -> PushCommand.class;
            case "serve" -> ServeCommand.class;
            case "du" -> DuCommand.class;
            case "fsck" -> FsckCommand.class;
            case "doctor" -> DoctorCommand.class;
            case "gc" -> GcCommand.class;
            case "op" -> OpCommand.class;
            case "undo" -> UndoCommand.class;
            case "config" -> ConfigCommand.class;
            case "completion" -> CompletionCommand.class;
            case "__complete" -> CompleteCommand.class;
            case "help" -> HelpCommand.class;
            default -> null;
        };
    }

    /** Commands that come in {@code mgit-bench.jar}, which a checkout of the sources builds beside {@code mgit.jar}. */
    static final List<String> OF_SOURCES = List.of("demo", "bench");

    /**
     * Adds the command the arguments name, none for the version alone, or all of them where that is not plain to see.
     * Reading the options of every command takes longer than most commands do.
     */
    static void register(CommandLine line, String... args) {
        if (args.length > 0 && VERSION.containsAll(List.of(args))) {
            return;
        }
        String named = named(args);
        Class<?> only = command(named);
        if (only != null && only != HelpCommand.class && only != CompleteCommand.class) {
            line.addSubcommand(named, only);
        } else {
            ALL.forEach(name -> line.addSubcommand(name, command(name)));
            extra().forEach(line::addSubcommand);
        }
    }

    /** Whether a command prints what people read rather than what it did. */
    static boolean isPaged(ParseResult parsed) {
        return parsed.hasSubcommand()
                && PAGED.contains(parsed.subcommand().commandSpec().name());
    }

    /** The arguments with Git's {@code log -3} as {@code log -n 3}, which no option can be named for. */
    static String[] inFull(String... args) {
        if (!named(args).equals("log")) {
            return args;
        }
        List<String> words = new ArrayList<>();
        for (String argument : args) {
            boolean option = !words.contains("--")
                    && (words.isEmpty() || !words.get(words.size() - 1).equals("-n"));
            if (option && isCount(argument)) {
                words.add("-n");
                words.add(argument.substring(1));
            } else {
                words.add(argument);
            }
        }
        return words.toArray(String[]::new);
    }

    private static boolean isCount(String argument) {
        int digits = 1;
        while (digits < argument.length() && argument.charAt(digits) >= '0' && argument.charAt(digits) <= '9') {
            digits++;
        }
        return argument.length() > 1 && argument.charAt(0) == '-' && digits == argument.length();
    }

    private static Map<String, Class<?>> extra() {
        Map<String, Class<?>> extra = new LinkedHashMap<>();
        ServiceLoader.load(ExtraCommands.class).forEach(more -> extra.putAll(more.commands()));
        return extra;
    }

    /** The first argument that is neither an option nor the folder of {@code -C}; empty if there is none. */
    static String named(String... args) {
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals("-C")) {
                i++;
            } else if (!args[i].startsWith("-")) {
                return args[i];
            }
        }
        return "";
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
        Object made = Declared.make(type, context);
        if (made != null) {
            return type.cast(made);
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (constructor.getParameterCount() == 1 && constructor.getParameterTypes()[0] == Context.class) {
                constructor.setAccessible(true);
                return type.cast(constructor.newInstance(context));
            }
        }
        return CommandLine.defaultFactory().create(type);
    }
}
