package dev.mgit.hooks.executor;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.FolderTools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs lines for a shell that are asked in JSON and answer in JSON. None is waited for longer than a limit, and what it
 * left running by then is killed. Files stand in for pipes: a process that lives on holds nobody up.
 */
final class CommandLines {
    private static final int MAX_ANSWER = 1 << 20;
    private static final int MAX_ERRORS = 2000;
    private static final int MAX_ID = 256;

    private final Map<String, String> environment;
    private final Duration limit;

    CommandLines(Map<String, String> environment, Duration limit) {
        this.environment = Map.copyOf(environment);
        this.limit = limit;
    }

    /**
     * What a line answered.
     *
     * @param object what it printed, if it exited with 0 and that is one JSON object
     * @param problem why there is no object, or none that says what was asked
     * @param errors the end of its standard error
     */
    record Answer(Optional<JsonObject> object, String problem, String errors) {
        /** The member {@code id}, text or a number, on one line. */
        Optional<String> id() {
            Object id = member("id");
            String text = id instanceof String || id instanceof Long ? String.valueOf(id) : "";
            boolean good =
                    !text.isBlank() && text.length() <= MAX_ID && text.chars().noneMatch(Character::isISOControl);
            return good ? Optional.of(text) : Optional.empty();
        }

        Optional<String> text(String name) {
            return member(name) instanceof String text ? Optional.of(text) : Optional.empty();
        }

        Optional<Integer> exitCode() {
            return member("exit") instanceof Long code && code >= 0 && code <= 255
                    ? Optional.of(code.intValue())
                    : Optional.empty();
        }

        boolean isEmptyObject() {
            return object.isPresent() && object.get().members().get("id") == null;
        }

        private @Nullable Object member(String name) {
            return object.isPresent() ? object.get().members().get(name) : null;
        }
    }

    /**
     * Runs one.
     *
     * @param what names its temporary folder: {@code submit}
     * @param more of its environment
     * @throws MgitException if a shell cannot be started
     */
    Answer ask(String what, String line, JsonObject request, Map<String, String> more) {
        try {
            Path folder = Files.createTempDirectory("mgit-" + what);
            try {
                return ask(folder, line, request, more);
            } finally {
                FolderTools.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Answer ask(Path folder, String line, JsonObject request, Map<String, String> more) throws IOException {
        Path in = Files.write(folder.resolve("request.json"), Json.bytes(request));
        Path out = folder.resolve("answer");
        Path errors = folder.resolve("errors");
        var builder = new ProcessBuilder(List.of("/bin/sh", "-c", line))
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(errors.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().putAll(more);
        builder.environment().putAll(variables(request));
        Process process = builder.start();
        boolean over = waitFor(process);
        if (!over) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        String said = FolderTools.tail(errors, MAX_ERRORS).strip();
        if (!over) {
            return new Answer(Optional.empty(), "no answer within " + limit.toSeconds() + " s", said);
        }
        if (process.exitValue() != 0) {
            return new Answer(Optional.empty(), "exit code " + process.exitValue(), said);
        }
        return parse(out, said);
    }

    private boolean waitFor(Process process) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw MgitException.failed("interrupted while a scheduler was asked");
        }
    }

    /** The request's plain members once more, for lines that would rather not read JSON: {@code MGIT_JOB_NAME}. */
    private static Map<String, String> variables(JsonObject request) {
        Map<String, String> variables = new java.util.HashMap<>();
        for (String name : List.of("name", "id", "title", "script", "folder", "directory")) {
            request.optionalString(name)
                    .ifPresent(value -> variables.put("MGIT_JOB_" + name.toUpperCase(java.util.Locale.ROOT), value));
        }
        request.optionalObject("limits")
                .ifPresent(limits -> limits.members()
                        .forEach((name, value) -> variables.put(
                                switch (name) {
                                    case "timeoutSeconds" -> "MGIT_JOB_SECONDS";
                                    default -> "MGIT_JOB_" + name.toUpperCase(java.util.Locale.ROOT);
                                },
                                String.valueOf(value))));
        List<String> after = request.strings("after");
        if (!after.isEmpty()) {
            variables.put("MGIT_JOB_AFTER", String.join(" ", after));
        }
        return variables;
    }

    /** All that was printed, or else its last line: schedulers like to warn before they answer. */
    private static Answer parse(Path out, String errors) throws IOException {
        if (Files.size(out) > MAX_ANSWER) {
            return new Answer(Optional.empty(), "it printed more than " + MAX_ANSWER + " bytes", errors);
        }
        String text = FolderTools.tail(out, MAX_ANSWER).strip();
        String last = text.substring(text.lastIndexOf('\n') + 1);
        for (String candidate : List.of(text, last)) {
            try {
                byte[] bytes = candidate.getBytes(java.nio.charset.StandardCharsets.UTF_8);
                return new Answer(Optional.of(Json.parseObject(bytes)), "it says nothing of that", errors);
            } catch (JsonException e) {
                // then the last line has it, or nothing
            }
        }
        return new Answer(Optional.empty(), "what it printed is no JSON object", errors);
    }
}
