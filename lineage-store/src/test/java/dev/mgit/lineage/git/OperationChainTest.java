package dev.mgit.lineage.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.CheckedJson;
import dev.mgit.delta.json.Json;
import dev.mgit.lineage.version.Operation;
import dev.mgit.lineage.version.Person;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether a record of the operation log can be changed, moved, or taken away unnoticed. */
class OperationChainTest {
    private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");

    @TempDir
    private Path folder;

    private Path file;
    private OperationLog log;

    @BeforeEach
    void fourOperations() throws IOException {
        file = folder.resolve("operations");
        log = new OperationLog(file);
        for (int i = 0; i < 4; i++) {
            add(i);
        }
        assertThat(log.damage()).isEmpty();
    }

    private void add(int number) throws IOException {
        Optional<String> before = number == 0 ? Optional.empty() : Optional.of(id(number - 1));
        var change = new Operation.RefChange("refs/heads/m", before, Optional.of(id(number)));
        log.intend(new Operation(
                "op" + number,
                "commit " + number,
                new Person("Ada", "ada@example.org"),
                START.plusSeconds(number),
                List.of(change),
                Optional.empty()));
        log.done("op" + number, "f" + number, false);
    }

    private static String id(int number) {
        return String.format("%040x", number + 1);
    }

    private List<String> lines() throws IOException {
        return new ArrayList<>(Files.readAllLines(file));
    }

    private void write(List<String> lines) throws IOException {
        Files.writeString(file, String.join("\n", lines) + "\n");
    }

    @Test
    void theHeadStandsForAll() throws IOException {
        String head = log.head().orElseThrow();
        assertThat(head).matches("[0-9a-f]{64}").isEqualTo(OperationChain.digest(lines().get(7)));
        add(4);
        assertThat(log.head().orElseThrow()).isNotEqualTo(head);
    }

    @Test
    void aRecordChangedWithItsChecksum() throws IOException {
        for (int i = 0; i < 8; i++) {
            List<String> lines = lines();
            Map<String, Object> members =
                    new LinkedHashMap<>(Json.parseObject(lines.get(i).getBytes(java.nio.charset.StandardCharsets.UTF_8))
                            .members());
            members.remove("sum");
            members.put("extra", "by Eve");
            List<String> changed = new ArrayList<>(lines);
            changed.set(i, CheckedJson.text(members));
            write(changed);
            assertThat(log.damage()).as("line %d", i + 1).isNotEmpty();
            write(lines);
            assertThat(log.damage()).isEmpty();
        }
    }

    @Test
    void aRecordTakenOutAtAnyPlace() throws IOException {
        List<String> lines = lines();
        for (int i = 0; i < 8; i++) {
            List<String> fewer = new ArrayList<>(lines);
            fewer.remove(i);
            write(fewer);
            assertThat(log.damage()).as("line %d", i + 1).isNotEmpty();
            write(lines.subList(0, i));
            assertThat(log.damage())
                    .as("cut at line %d", i + 1)
                    .singleElement()
                    .asString()
                    .contains("end is missing");
        }
        Files.delete(file);
        assertThat(log.damage()).singleElement().asString().contains("end is missing");
    }

    @Test
    void recordsInAnotherOrder() throws IOException {
        List<String> lines = lines();
        Collections.swap(lines, 2, 4);
        Collections.swap(lines, 3, 5);
        write(lines);
        assertThat(log.damage()).anySatisfy(why -> assertThat(why).contains("line 3 ('commit 2'", "does not follow"));
    }

    @Test
    void theNameOfTheLastRecordTakenAway() throws IOException {
        Files.delete(folder.resolve("operations.head"));
        assertThat(log.damage()).singleElement().asString().contains("operations.head");
    }

    @Test
    void aLineTornByACrashIsNone() throws IOException {
        String next = lines().get(7);
        for (int length : List.of(1, 20, next.length() - 1)) {
            List<String> before = lines();
            Files.writeString(file, String.join("\n", before) + "\n" + next.substring(0, length));
            assertThat(log.damage()).isEmpty();
            add(before.size());
            assertThat(log.damage()).isEmpty();
        }
        assertThat(log.finished()).hasSize(7);
    }

    /** After a power failure, in the sector that was lost there are zeros. */
    @Test
    void aLineOfWhichTheEndAloneReachedTheDiskIsNone() throws IOException {
        List<String> lines = lines();
        String torn = "\0".repeat(40) + lines.get(7).substring(40);
        lines.set(7, torn);
        write(lines);
        Files.writeString(folder.resolve("operations.head"), OperationChain.digest(lines.get(6)) + "\n");
        assertThat(log.damage()).isEmpty();
        add(4);
        assertThat(log.damage()).isEmpty();
        log.forget(operation -> operation.id().equals("op0"));
        assertThat(log.damage()).isEmpty();
    }

    /** The file beside it names what that line was. */
    @Test
    void aLastRecordThatWasChangedStaysChanged() throws IOException {
        List<String> lines = lines();
        lines.set(7, lines.get(7).replace("op3", "op4"));
        write(lines);
        assertThat(log.damage()).isNotEmpty();
        add(4);
        assertThat(log.damage()).singleElement().asString().startsWith("line 8 cannot be parsed");
    }

    @Test
    void aWholeLineWithoutItsEndCounts() throws IOException {
        Files.writeString(file, String.join("\n", lines()));
        assertThat(log.damage()).isEmpty();
        add(4);
        assertThat(log.damage()).isEmpty();
        assertThat(log.finished()).hasSize(5);
    }

    @Test
    void aKillBeforeTheLastRecordIsNamed() throws IOException {
        Path head = folder.resolve("operations.head");
        String behind = Files.readString(head);
        add(4);
        Files.writeString(head, behind);
        assertThat(log.damage()).isEmpty();
        add(5);
        assertThat(log.damage()).isEmpty();
    }

    @Test
    void whatIsKeptWhenOldRecordsAreForgottenStaysAsItWas() throws IOException {
        List<String> lines = lines();
        log.forget(operation -> operation.when().isBefore(START.plusSeconds(2)));
        assertThat(log.damage()).isEmpty();
        assertThat(log.finished()).extracting(Operation::id).containsExactly("op3", "op2");
        assertThat(log.references()).containsOnlyKeys("refs/heads/m");
        assertThat(lines()).containsAll(lines.subList(4, 8));
        assertThat(log.fingerprint()).contains("f3");
        add(4);
        assertThat(log.damage()).isEmpty();
        assertThat(log.read().gaps()).isEmpty();

        log.forget(operation -> true);
        assertThat(log.damage()).isEmpty();
        assertThat(log.finished()).isEmpty();
        assertThat(log.read().references()).containsEntry("refs/heads/m", id(4));
        List<String> first = lines();
        first.set(0, first.get(0).replace(id(4), id(1)));
        write(first);
        assertThat(log.damage()).isNotEmpty();
    }

    @Test
    void aLogWithoutAChainBeginsOneAtItsFirstNewRecord() throws IOException {
        List<String> old = new ArrayList<>();
        for (String line : lines()) {
            Map<String, Object> members =
                    new LinkedHashMap<>(Json.parseObject(line.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                            .members());
            members.remove("sum");
            members.remove("prev");
            old.add(CheckedJson.text(members));
        }
        write(old);
        Files.delete(folder.resolve("operations.head"));
        assertThat(log.damage()).isEmpty();
        assertThat(log.isChained()).isFalse();
        assertThat(log.head()).isEmpty();
        log.beginChain(Map.of("refs/heads/m", id(3)));
        add(4);
        assertThat(log.damage()).isEmpty();
        assertThat(log.finished()).hasSize(5);
        List<String> fewer = lines();
        fewer.remove(9);
        write(fewer);
        assertThat(log.damage()).isNotEmpty();
    }
}
