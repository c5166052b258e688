package dev.mgit.lineage.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.ProvenanceEdge.Source;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The numbers and words of edges stand in files of users: a change here is a change of format. */
class EdgeCodeTest {
    @Test
    void codesOfKindsStayWhatTheyAre() {
        assertThat(Arrays.stream(EdgeKind.values()).collect(Collectors.toMap(EdgeKind::word, EdgeKind::code)))
                .isEqualTo(Map.ofEntries(
                        Map.entry("finetune", 1),
                        Map.entry("continue-pretrain", 2),
                        Map.entry("distill", 3),
                        Map.entry("prune", 4),
                        Map.entry("quantize", 5),
                        Map.entry("cast", 6),
                        Map.entry("convert", 7),
                        Map.entry("adapter", 8),
                        Map.entry("merge", 9),
                        Map.entry("search", 10),
                        Map.entry("rl", 11),
                        Map.entry("other", 12),
                        Map.entry("copy", 13)));
    }

    @Test
    void codesOfSourcesStayWhatTheyAre() {
        assertThat(Arrays.stream(Source.values()).collect(Collectors.toMap(Source::word, Source::code)))
                .isEqualTo(Map.of("declared", 0, "added", 1, "inferred", 2));
    }

    @Test
    void wordsLeadBack() {
        for (EdgeKind kind : EdgeKind.values()) {
            assertThat(EdgeKind.parse(kind.word())).isEqualTo(kind);
        }
        for (Source source : Source.values()) {
            assertThat(Source.parse(source.word())).isEqualTo(source);
        }
    }

    @Test
    void anEdgeIsOneByteThatNoOtherEdgeHas() {
        Set<Byte> seen = new HashSet<>(Set.of(EdgeCode.VERSION));
        for (EdgeKind kind : EdgeKind.values()) {
            for (Source source : Source.values()) {
                byte edge = EdgeCode.of(kind, source);
                assertThat(seen.add(edge)).isTrue();
                assertThat(EdgeCode.isValid(edge)).isTrue();
                assertThat(EdgeCode.kind(edge)).isEqualTo(kind);
                assertThat(EdgeCode.source(edge)).isEqualTo(source);
            }
        }
        for (int edge = Byte.MIN_VALUE; edge <= Byte.MAX_VALUE; edge++) {
            assertThat(EdgeCode.isValid((byte) edge)).isEqualTo(seen.contains((byte) edge));
        }
        assertThat(EdgeCode.of(EdgeKind.QUANTIZE, Source.INFERRED)).isEqualTo((byte) 0x45);
    }
}
