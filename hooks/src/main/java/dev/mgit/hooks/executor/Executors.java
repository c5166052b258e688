package dev.mgit.hooks.executor;

import dev.mgit.delta.MgitException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * All executors behind one door, made as a repository's settings describe them. Another scheduler is one class and one
 * line here.
 */
public final class Executors {
    /** The executor of a repository whose settings name none. */
    public static final String DEFAULT = LocalExecutor.NAME;

    private static final Map<String, Function<ExecutorSettings, Executor>> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put(LocalExecutor.NAME, LocalExecutor::new);
        BY_NAME.put(SlurmExecutor.NAME, SlurmExecutor::new);
        BY_NAME.put(CommandExecutor.NAME, CommandExecutor::new);
        BY_NAME.put(KubernetesExecutor.NAME, KubernetesExecutor::new);
    }

    private Executors() {}

    /** What users can choose from, the default first. */
    public static List<String> names() {
        return List.copyOf(BY_NAME.keySet());
    }

    /** The executor to use where none is named: the setting {@code executor.name}. */
    public static String configured(Function<String, Optional<String>> setting) {
        return setting.apply("executor.name").orElse(DEFAULT);
    }

    /**
     * @param environment for the executor's own programs
     * @throws MgitException of kind USAGE if there is no such executor or a setting cannot be read
     */
    public static Executor create(
            String name, Function<String, Optional<String>> setting, Map<String, String> environment) {
        Function<ExecutorSettings, Executor> made = BY_NAME.get(name);
        if (made == null) {
            throw new MgitException(
                    MgitException.Kind.USAGE, "unknown executor '" + name + "'", "use " + String.join(" or ", names()));
        }
        Executor executor = made.apply(new ExecutorSettings(setting, environment));
        return executor.remote().isPresent()
                ? new NodeExecutor(executor, onThisMachine(setting, environment))
                : executor;
    }

    /** An executor for commands that belong on this machine, whatever the settings name: hooks, and searches. */
    public static Executor onThisMachine(Function<String, Optional<String>> setting, Map<String, String> environment) {
        return new LocalExecutor(new ExecutorSettings(setting, environment));
    }
}
