package dev.mgit.cli.command.hooks;

import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.Executors;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --executor}, mixed into commands that start others. */
public final class ExecutorOption {
    @Option(
            names = "--executor",
            paramLabel = "NAME",
            completionCandidates = Names.class,
            description = "Where commands run: ${COMPLETION-CANDIDATES}. Default: the setting executor.name, else "
                    + Executors.DEFAULT + ".")
    private @Nullable String name;

    public Optional<String> named() {
        return Optional.ofNullable(name);
    }

    public Executor create(HookSession session) {
        return named().map(session::executor).orElseGet(session::executor);
    }

    /** What can be named, for the help and for shells that complete it. */
    private static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Executors.names().iterator();
        }
    }
}
