package dev.mgit.cli;

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
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.ParseResult;

/** All commands of the product, in the order help lists them; makes them, handing each the context its constructor asks for. */
final class CommandTable implements IFactory {
    private static final Pattern COUNT = Pattern.compile("-[0-9]+");
    private static final Set<String> PAGED =
            Set.of("audit", "blame", "config", "diff", "find", "help", "impact", "inspect", "log", "op", "show");
    private static final Set<String> VERSION = Set.of("-V", "--version", BuildVersion.VERBOSE);
    private static final Map<String, Class<?>> ALL = new LinkedHashMap<>();

    static {
        ALL.put("init", InitCommand.class);
        ALL.put("commit", CommitCommand.class);
        ALL.put("import", ImportCommand.class);
        ALL.put("watch", WatchCommand.class);
        ALL.put("status", StatusCommand.class);
        ALL.put("log", LogCommand.class);
        ALL.put("show", ShowCommand.class);
        ALL.put("diff", DiffCommand.class);
        ALL.put("inspect", InspectCommand.class);
        ALL.put("checkout", CheckoutCommand.class);
        ALL.put("export", ExportCommand.class);
        ALL.put("branch", BranchCommand.class);
        ALL.put("tag", TagCommand.class);
        ALL.put("mv", MvCommand.class);
        ALL.put("rm", RmCommand.class);
        ALL.put("edge", EdgeCommand.class);
        ALL.put("test", TestCommand.class);
        ALL.put("run", RunCommand.class);
        ALL.put("update", UpdateCommand.class);
        ALL.put("node", NodeCommand.class);
        ALL.put("recipe", RecipeCommand.class);
        ALL.put("rerun", RerunCommand.class);
        ALL.put("hooks", HooksCommand.class);
        ALL.put("blame", BlameCommand.class);
        ALL.put("impact", ImpactCommand.class);
        ALL.put("find", FindCommand.class);
        ALL.put("graph", GraphCommand.class);
        ALL.put("eval", EvalCommand.class);
        ALL.put("cost", CostCommand.class);
        ALL.put("audit", AuditCommand.class);
        ALL.put("sign", SignCommand.class);
        ALL.put("verify", VerifyCommand.class);
        ALL.put("bundle", BundleCommand.class);
        ALL.put("verify-bundle", VerifyBundleCommand.class);
        ALL.put("policy", PolicyCommand.class);
        ALL.put("plan-serving", PlanServingCommand.class);
        ALL.put("merge", MergeCommand.class);
        ALL.put("bisect", BisectCommand.class);
        ALL.put("clone", CloneCommand.class);
        ALL.put("remote", RemoteCommand.class);
        ALL.put("fetch", FetchCommand.class);
        ALL.put("pull", PullCommand.class);
        ALL.put("push", PushCommand.class);
        ALL.put("serve", ServeCommand.class);
        ALL.put("du", DuCommand.class);
        ALL.put("fsck", FsckCommand.class);
        ALL.put("gc", GcCommand.class);
        ALL.put("op", OpCommand.class);
        ALL.put("undo", UndoCommand.class);
        ALL.put("config", ConfigCommand.class);
        ALL.put("completion", CompletionCommand.class);
        ALL.put("__complete", CompleteCommand.class);
        ALL.put("help", HelpCommand.class);
    }

    private final Context context;

    CommandTable(Context context) {
        this.context = context;
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
        Class<?> only = ALL.get(named);
        if (only != null && only != HelpCommand.class && only != CompleteCommand.class) {
            line.addSubcommand(named, only);
        } else {
            ALL.forEach(line::addSubcommand);
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
            if (option && COUNT.matcher(argument).matches()) {
                words.add("-n");
                words.add(argument.substring(1));
            } else {
                words.add(argument);
            }
        }
        return words.toArray(String[]::new);
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
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (constructor.getParameterCount() == 1 && constructor.getParameterTypes()[0] == Context.class) {
                constructor.setAccessible(true);
                return type.cast(constructor.newInstance(context));
            }
        }
        return CommandLine.defaultFactory().create(type);
    }
}
