package dev.mgit.cli.storm;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A command of a storm, as the process that ran it saw it.
 *
 * @param who names the attempt, and is the author of what it does
 * @param repository the folder it ran in
 * @param start nanoseconds by the machine's clock that never goes back, the same for all processes
 * @param outcome empty if the process was killed before it knew
 */
record Attempt(
        String who,
        String repository,
        Kind kind,
        List<String> words,
        long process,
        long start,
        Optional<Outcome> outcome) {
    /**
     * How it ended.
     *
     * @param version the id it named, if it did
     */
    record Outcome(long end, int exit, Optional<String> version, String said) {
        String line(String who) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("who", who);
            json.put("end", end);
            json.put("exit", exit);
            version.ifPresent(id -> json.put("version", id));
            json.put("said", said);
            return text(json);
        }

        private static Outcome of(JsonObject json) {
            return new Outcome(
                    json.number("end"), (int) json.number("exit"), json.optionalString("version"), json.string("said"));
        }
    }

    boolean done() {
        return outcome.filter(known -> known.exit() == 0).isPresent();
    }

    /** When it was over at the latest. */
    long end() {
        return outcome.map(Outcome::end).orElse(Long.MAX_VALUE);
    }

    String line() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("who", who);
        json.put("repository", repository);
        json.put("kind", kind.name());
        json.put("words", words);
        json.put("process", process);
        json.put("start", start);
        return text(json);
    }

    private static String text(Map<String, ?> json) {
        return new String(Json.bytes(json), StandardCharsets.UTF_8) + "\n";
    }

    /** Takes one more line of a journal in; what it says belongs to the attempt of that name. */
    static void read(String line, Map<String, Attempt> attempts) {
        JsonObject json = Json.parseObject(line.getBytes(StandardCharsets.UTF_8));
        String who = json.string("who");
        if (json.has("kind")) {
            attempts.put(
                    who,
                    new Attempt(
                            who,
                            json.string("repository"),
                            Kind.valueOf(json.string("kind")),
                            json.strings("words"),
                            json.number("process"),
                            json.number("start"),
                            Optional.empty()));
        } else {
            attempts.computeIfPresent(who, (name, begun) -> begun.with(Outcome.of(json)));
        }
    }

    private Attempt with(Outcome known) {
        return new Attempt(who, repository, kind, words, process, start, Optional.of(known));
    }

    @Override
    public String toString() {
        return who + " in " + repository + ": " + String.join(" ", words)
                + outcome.map(known -> " -> " + known.exit() + " " + known.said())
                        .orElse(" -> killed");
    }
}
