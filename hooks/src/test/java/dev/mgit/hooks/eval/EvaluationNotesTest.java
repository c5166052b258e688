package dev.mgit.hooks.eval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.Json;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.maintain.NoteFormats;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Notes of evaluations that two people wrote. */
class EvaluationNotesTest {
    private static Evaluation evaluation(String scenario, double value, long seconds) {
        return new Evaluation(
                "lm-eval",
                scenario,
                Map.of("limit", "8"),
                Map.of("acc", new Measured(value, 8, Optional.empty())),
                2,
                java.time.Instant.ofEpochSecond(seconds));
    }

    private static byte[] note(Evaluation... all) {
        return Json.bytes(JsonMembers.of(
                "schema",
                1,
                "evaluations",
                List.of(all).stream().map(Evaluation::toJson).toList()));
    }

    private static byte[] merged(String namespace, byte[] ours, byte[] theirs) {
        return NoteFormats.mergers()
                .getOrDefault(namespace, (base, left, right) -> Optional.empty())
                .merge(Optional.empty(), ours, theirs)
                .orElseThrow();
    }

    @Test
    void bothSidesAreKeptOnceAndInOrder() {
        Evaluation shared = evaluation("sums", 0.25, 1);
        Evaluation ours = evaluation("sums", 0.5, 3);
        Evaluation theirs = evaluation("words", 0.75, 2);

        byte[] union = merged(Evaluations.NAMESPACE, note(shared, ours), note(shared, theirs));

        assertThat(Evaluations.parse(union)).containsExactly(shared, theirs, ours);
        assertThat(union).isEqualTo(merged(Evaluations.NAMESPACE, note(shared, theirs), note(shared, ours)));
        assertThat(Json.parseObject(union).object("metrics").optionalReal("sums/acc"))
                .contains(0.5);
    }

    @Test
    void instancesOfBothSidesAreKept() {
        var instances = new Instances(Map.of("acc", Map.of("0", 1.0, "1", 0.0), "f1", Map.of("0", 0.5)));
        Map<String, Object> ours = new LinkedHashMap<>(Map.of("aa", instances.toJson()));
        Map<String, Object> theirs = new LinkedHashMap<>(Map.of("bb", instances.toJson()));

        byte[] union = merged(
                Evaluations.INSTANCES,
                Json.bytes(JsonMembers.of("schema", 1, "runs", ours)),
                Json.bytes(JsonMembers.of("schema", 1, "runs", theirs)));

        assertThat(Evaluations.parseInstances(union))
                .containsOnlyKeys("aa", "bb")
                .containsValue(instances);
    }
}
