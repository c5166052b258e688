package dev.mgit.delta.format.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Partitions by hand. */
class ZeroPartitionTest {
    private static final Map<String, List<Long>> SHAPES = shapes();

    private static Map<String, List<Long>> shapes() {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        shapes.put("a", List.of(2L, 3L));
        shapes.put("b", List.of(4L));
        return shapes;
    }

    private static List<String> names(List<ZeroPartition.Piece> pieces) {
        return pieces.stream()
                .map(piece -> piece.spec().name() + " at " + piece.offset())
                .toList();
    }

    @Test
    void aGroupIsCutAcrossItsParameters() {
        assertThat(names(ZeroPartition.ofGroup(SHAPES, 8, 0, 2))).containsExactly("a at 0", "b[flat 0:2] at 6");
        assertThat(names(ZeroPartition.ofGroup(SHAPES, 8, 1, 2))).containsExactly("b[flat 2:4] at 0");
        assertThat(names(ZeroPartition.ofGroup(SHAPES, 16, 0, 1))).containsExactly("a at 0", "b at 6");
    }

    /** As elastic checkpoints are saved. */
    @Test
    void aLastPartitionWithoutPaddingEndsWhereTheParametersDo() {
        assertThat(names(ZeroPartition.ofGroup(SHAPES, 2, 1, 2))).containsExactly("b[flat 2:4] at 0");
    }

    @Test
    void whatIsTooShortOrTooLongIsNoPartition() {
        assertThat(ZeroPartition.ofGroup(SHAPES, 3, 0, 2)).isEmpty();
        assertThat(ZeroPartition.ofParameters(SHAPES, List.of(4L), 0, 2)).isEmpty();
        assertThat(ZeroPartition.ofParameters(SHAPES, List.of(5L, 9L), 0, 2)).isEmpty();
    }

    @Test
    void inStage3EveryParameterIsCutByItself() {
        List<List<ZeroPartition.Piece>> pieces = ZeroPartition.ofParameters(SHAPES, List.of(2L, 1L), 2, 4);

        assertThat(names(pieces.get(0))).containsExactly("a[flat 4:6] at 0");
        assertThat(names(pieces.get(1))).containsExactly("b[flat 2:3] at 0");
        assertThat(ZeroPartition.ofParameters(SHAPES, List.of(3L), 3, 4))
                .containsExactly(List.of(new ZeroPartition.Piece(
                        2, new dev.mgit.delta.TensorSpec("b[flat 3:4]", dev.mgit.delta.Dtype.F32, List.of(1L)))));
    }
}
