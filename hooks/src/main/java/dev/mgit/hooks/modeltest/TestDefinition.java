package dev.mgit.hooks.modeltest;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.CodeFiles;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.Registrations;
import dev.mgit.hooks.check.BuiltIn;
import dev.mgit.hooks.executor.Limits;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A registered test.
 *
 * @param metrics the metrics it judges by; the command may write more
 * @param inputs files and folders the result depends on, relative to the repository's folder
 * @param shell true if the command is a line for a shell rather than words
 * @param command program and arguments, run in the repository's folder
 */
public record TestDefinition(
        String name,
        Selector on,
        Event event,
        List<MetricRule> metrics,
        Limits limits,
        List<String> inputs,
        boolean shell,
        List<String> command) {
    public TestDefinition {
        metrics = List.copyOf(metrics);
        inputs = List.copyOf(inputs);
        command = List.copyOf(command);
        Registrations.require("test", name, command);
    }

    public Optional<MetricRule> rule(String metric) {
        return metrics.stream().filter(rule -> rule.name().equals(metric)).findFirst();
    }

    public JsonObject toJson() {
        return JsonMembers.of(
                "schema",
                Registrations.schema(BuiltIn.named(command)
                        || metrics.stream().anyMatch(rule -> rule.baseline().isPresent())),
                "name",
                name,
                "on",
                on.text(),
                "event",
                event.word(),
                "metrics",
                metrics.stream().map(MetricRule::toString).toList(),
                "limits",
                limits.toJson(),
                "inputs",
                inputs,
                "shell",
                shell,
                "command",
                command);
    }

    static TestDefinition fromJson(JsonObject json) {
        Registrations.requireReadable("test", json);
        return new TestDefinition(
                json.string("name"),
                new Selector(json.string("on")),
                Event.parse(json.string("event")),
                json.strings("metrics").stream().map(MetricRule::parse).toList(),
                json.optionalObject("limits").map(Limits::fromJson).orElse(Limits.NONE),
                json.strings("inputs"),
                json.flag("shell"),
                json.strings("command"));
    }

    /** Digest of what decides which values come out; limits and direction may change without a new run. */
    public String digest() {
        return FolderTools.digest(Json.bytes(JsonMembers.of("command", command, "shell", shell)));
    }

    /**
     * Whether a result was made by other code, or on other data, than this test would use now. Files older than the result
     * are not read.
     */
    public boolean outdates(TestResult result, Path root) {
        return outdating(root).test(result);
    }

    /** The same for many results, of which each file is looked at once. */
    Predicate<TestResult> outdating(Path root) {
        try {
            List<Path> files = new ArrayList<>(CodeFiles.of(root, command, shell));
            inputs.forEach(input -> files.add(root.resolve(input)));
            Instant modified = files.stream()
                    .map(FolderTools::modified)
                    .max(Comparator.naturalOrder())
                    .orElse(Instant.EPOCH);
            List<String> digest = new ArrayList<>();
            return result -> {
                if (!modified.isAfter(result.started())) {
                    return false;
                }
                if (digest.isEmpty()) {
                    digest.add(dataDigest(root));
                }
                return !digest.get(0).equals(result.data());
            };
        } catch (MgitException | UncheckedIOException e) {
            return result -> true; // something it reads is gone
        }
    }

    /**
     * Digest of what a result depends on: the named inputs, every word of the command that names a file, and the code
     * these import from their own folders.
     *
     * @throws MgitException if an input is not there
     */
    public String dataDigest(Path root) {
        var text = new StringBuilder();
        for (String input : inputs) {
            Path path = root.resolve(input);
            if (!Files.exists(path)) {
                throw new MgitException(
                        MgitException.Kind.FAILED,
                        "input '" + input + "' of test '" + name + "' does not exist",
                        "restore it, or register the test again");
            }
            text.append(FolderTools.digest(path)).append("  ").append(input).append('\n');
        }
        Set<Path> code = new LinkedHashSet<>(CodeFiles.of(root, command, shell));
        for (String word : command) {
            if (word.length() < 1000 && word.indexOf('\0') < 0 && Files.isRegularFile(root.resolve(word))) {
                text.append(FolderTools.digest(root.resolve(word)))
                        .append("  ")
                        .append(word)
                        .append('\n');
                code.remove(root.resolve(word).toAbsolutePath().normalize());
            }
        }
        for (Path file : code) {
            text.append(FolderTools.digest(file))
                    .append("  ")
                    .append(root.toAbsolutePath().normalize().relativize(file))
                    .append('\n');
        }
        return FolderTools.digest(text.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
