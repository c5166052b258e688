package dev.mgit.lineage.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.EdgeNotes.Entry;
import dev.mgit.lineage.version.EdgeNotes.Op;
import dev.mgit.lineage.version.ProvenanceEdge.Source;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EdgeNotesTest {
    private static final VersionId A = new VersionId("a".repeat(40));
    private static final VersionId B = new VersionId("b".repeat(40));

    private static Entry entry(Op op, VersionId parent, EdgeKind kind, Source source) {
        var by = new Person("Ada \"L\" Ünlü", "ada@example.org");
        return new Entry(op, parent, "team/base\n", kind, source, by, Instant.parse("2026-01-31T12:00:00Z"));
    }

    @Test
    void formatAndParseAreInverse() {
        var notes = new EdgeNotes(List.of(
                entry(Op.ADD, A, EdgeKind.CONTINUE_PRETRAIN, Source.INFERRED),
                entry(Op.REMOVE, B, EdgeKind.MERGE, Source.ADDED)));
        assertThat(EdgeNotes.parse(notes.format())).isEqualTo(notes);
        assertThat(new String(notes.format(), StandardCharsets.UTF_8).lines()).hasSize(2);
    }

    @Test
    void linesApplyInOrderAndRepeatsChangeNothing() {
        var declared = new ProvenanceEdge(A, "base", EdgeKind.FINETUNE, Source.DECLARED);
        var add = entry(Op.ADD, B, EdgeKind.MERGE, Source.ADDED);
        var again = entry(Op.ADD, A, EdgeKind.FINETUNE, Source.ADDED);
        var notes = EdgeNotes.none().with(add).with(add).with(again);
        assertThat(notes.apply(List.of(declared))).containsExactly(declared, add.edge());

        var removed = notes.with(entry(Op.REMOVE, A, EdgeKind.FINETUNE, Source.ADDED));
        assertThat(removed.apply(List.of(declared))).containsExactly(add.edge());
        assertThat(removed.with(again).apply(List.of(declared))).containsExactly(add.edge(), again.edge());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{",
                "nonsense",
                "{\"op\":\"add\"}",
                "{\"op\":\"add\",\"parent\":\"zz\",\"model\":\"m\",\"kind\":\"merge\",\"source\":\"added\","
                        + "\"by\":\"a <b>\",\"when\":\"2026-01-31T12:00:00Z\"}",
                "{\"op\":\"add\",\"parent\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"model\":\"m\","
                        + "\"kind\":\"merge\",\"source\":\"added\",\"by\":\"a <b>\",\"when\":\"yesterday\"}"
            })
    void namesTheLineThatCannotBeUnderstood(String line) {
        byte[] note = ("\n" + line).getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> EdgeNotes.parse(note))
                .isInstanceOf(MgitException.class)
                .hasMessageStartingWith("line 2 of a note of edges");
    }
}
