package dev.mgit.hooks;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.VersionId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The contract every command sees, whatever starts it: environment variables, and placeholders in its arguments.
 *
 * <table>
 * <caption>Variables</caption>
 * <tr><td>{@code MGIT_HOOK}</td><td>{@code test}, {@code run}, {@code update}, {@code bisect} or a hook's event: mgit started
 * this</td></tr>
 * <tr><td>{@code MGIT_REPOSITORY}</td><td>folder of the repository; mgit started from here does not change that
 * one</td></tr>
 * <tr><td>{@code MGIT_PARENTS}</td><td>number of parents</td></tr>
 * <tr><td>{@code MGIT_PARENT_1}, …</td><td>folder with the files of each parent</td></tr>
 * <tr><td>{@code MGIT_PARENT_1_NAME}, {@code _VERSION}, {@code _KIND}</td><td>its model, version id (empty while it
 * waits in the same queue) and kind of derivation</td></tr>
 * </table>
 */
public final class CommandContract {
    private static final String REPOSITORY = "MGIT_REPOSITORY";
    private static final Pattern PLACEHOLDER =
            Pattern.compile("\\{(parent|output|input|seed|model)(\\d*)(?::([^{}]*))?}");

    /** A parent as a command finds it. */
    public record Parent(String model, Optional<VersionId> version, EdgeKind kind, Path folder) {
        public static Parent of(ProvenanceEdge edge, Path folder) {
            return new Parent(edge.model(), Optional.of(edge.parent()), edge.kind(), folder);
        }
    }

    private CommandContract() {}

    /**
     * Refuses to change a repository from within a command that it started itself: what a command makes gets in by its
     * output alone, and while it runs mgit may hold the lock it would wait for.
     *
     * @throws MgitException of kind USAGE
     */
    public static void requireOutside(Map<String, String> environment, Path root) {
        if (root.toAbsolutePath().toString().equals(environment.get(REPOSITORY))) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "a command run by mgit cannot change the repository it runs for",
                    "write the result to the folder MGIT_OUTPUT, or the metrics to MGIT_METRICS");
        }
    }

    /** What every command's environment begins with: the workspace's own, and the variables above. */
    public static Map<String, String> environment(Workspace workspace, String hook, List<Parent> parents) {
        Map<String, String> result = new LinkedHashMap<>(workspace.environment());
        result.put("MGIT_HOOK", hook);
        result.put(REPOSITORY, workspace.root().toAbsolutePath().toString());
        result.put("MGIT_PARENTS", String.valueOf(parents.size()));
        for (int i = 0; i < parents.size(); i++) {
            Parent parent = parents.get(i);
            String name = "MGIT_PARENT_" + (i + 1);
            result.put(name, parent.folder().toAbsolutePath().toString());
            result.put(name + "_NAME", parent.model());
            result.put(name + "_VERSION", parent.version().map(VersionId::hex).orElse(""));
            result.put(name + "_KIND", parent.kind().word());
        }
        return result;
    }

    /**
     * Replaces {@code {parent1}}, {@code {output}}, {@code {input:NAME}}, {@code {seed}}, {@code {output:MODEL}}.
     *
     * @param values what the placeholders, without braces, stand for
     * @throws MgitException of kind USAGE for one of these forms that stands for nothing here
     */
    public static List<String> fill(List<String> arguments, Map<String, String> values) {
        List<String> result = new ArrayList<>();
        for (String argument : arguments) {
            Matcher matcher = PLACEHOLDER.matcher(argument);
            result.add(matcher.replaceAll(match -> {
                String key = match.group().substring(1, match.group().length() - 1);
                String value = values.get(key);
                if (value == null) {
                    throw new MgitException(
                            MgitException.Kind.USAGE,
                            "'" + match.group() + "' is not a placeholder here",
                            "known placeholders: {" + String.join("}, {", values.keySet()) + "}");
                }
                return Matcher.quoteReplacement(value);
            }));
        }
        return result;
    }

    /** The words to execute: the words themselves, or one line given to a shell where that was asked for. */
    public static List<String> words(List<String> command, boolean shell) {
        return shell ? List.of("/bin/sh", "-c", String.join(" ", command)) : command;
    }
}
