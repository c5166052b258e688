package dev.mgit.cli;

import dev.mgit.cli.bench.Bench;
import dev.mgit.cli.command.AuditCommand;
import dev.mgit.cli.command.Blame;
import dev.mgit.cli.command.Branch;
import dev.mgit.cli.command.Checkout;
import dev.mgit.cli.command.Commit;
import dev.mgit.cli.command.Completion;
import dev.mgit.cli.command.Config;
import dev.mgit.cli.command.DiffCommand;
import dev.mgit.cli.command.Du;
import dev.mgit.cli.command.Edge;
import dev.mgit.cli.command.Find;
import dev.mgit.cli.command.Fsck;
import dev.mgit.cli.command.Gc;
import dev.mgit.cli.command.GraphCommand;
import dev.mgit.cli.command.Help;
import dev.mgit.cli.command.Impact;
import dev.mgit.cli.command.Import;
import dev.mgit.cli.command.Init;
import dev.mgit.cli.command.Log;
import dev.mgit.cli.command.Mv;
import dev.mgit.cli.command.Op;
import dev.mgit.cli.command.Rm;
import dev.mgit.cli.command.Show;
import dev.mgit.cli.command.Status;
import dev.mgit.cli.command.TagCommand;
import dev.mgit.cli.command.UndoCommand;
import dev.mgit.cli.command.hooks.BisectCommand;
import dev.mgit.cli.command.hooks.HooksCommand;
import dev.mgit.cli.command.hooks.MergeCommand;
import dev.mgit.cli.command.hooks.RecipeCommand;
import dev.mgit.cli.command.hooks.RerunCommand;
import dev.mgit.cli.command.hooks.RunCommand;
import dev.mgit.cli.command.hooks.TestCommand;
import dev.mgit.cli.command.hooks.UpdateCommand;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.demo.Demo;
import java.lang.reflect.Constructor;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** All commands, in the order help lists them; makes them, handing each the context its constructor asks for. */
final class Commands implements IFactory {
    private static final Map<String, Class<?>> ALL = new LinkedHashMap<>();

    static {
        ALL.put("init", Init.class);
        ALL.put("commit", Commit.class);
        ALL.put("import", Import.class);
        ALL.put("status", Status.class);
        ALL.put("log", Log.class);
        ALL.put("show", Show.class);
        ALL.put("diff", DiffCommand.class);
        ALL.put("checkout", Checkout.class);
        ALL.put("branch", Branch.class);
        ALL.put("tag", TagCommand.class);
        ALL.put("mv", Mv.class);
        ALL.put("rm", Rm.class);
        ALL.put("edge", Edge.class);
        ALL.put("test", TestCommand.class);
        ALL.put("run", RunCommand.class);
        ALL.put("update", UpdateCommand.class);
        ALL.put("recipe", RecipeCommand.class);
        ALL.put("rerun", RerunCommand.class);
        ALL.put("hooks", HooksCommand.class);
        ALL.put("blame", Blame.class);
        ALL.put("impact", Impact.class);
        ALL.put("find", Find.class);
        ALL.put("graph", GraphCommand.class);
        ALL.put("audit", AuditCommand.class);
        ALL.put("merge", MergeCommand.class);
        ALL.put("bisect", BisectCommand.class);
        ALL.put("du", Du.class);
        ALL.put("fsck", Fsck.class);
        ALL.put("gc", Gc.class);
        ALL.put("op", Op.class);
        ALL.put("undo", UndoCommand.class);
        ALL.put("config", Config.class);
        ALL.put("demo", Demo.class);
        ALL.put("bench", Bench.class);
        ALL.put("completion", Completion.class);
        ALL.put("help", Help.class);
    }

    private final Context context;

    Commands(Context context) {
        this.context = context;
    }

    /**
     * Adds the command the arguments name, or all of them where that is not plain to see. Reading the options of
     * every command takes longer than most commands do.
     */
    static void register(CommandLine line, String... args) {
        String named = named(args);
        Class<?> only = ALL.get(named);
        if (only != null && only != Help.class && only != Completion.class) {
            line.addSubcommand(named, only);
        } else {
            ALL.forEach(line::addSubcommand);
        }
    }

    /** The first argument that is neither an option nor the folder of {@code -C}; empty if there is none. */
    private static String named(String... args) {
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
