package dev.mgit.lineage.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.VersionId;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MergeStateTest {
    private static final MergeState STATE = new MergeState(
            new VersionId("a".repeat(40)),
            new VersionId("b".repeat(40)),
            Optional.of(new VersionId("c".repeat(40))),
            "both",
            Optional.empty(),
            "Merge \"b\"\nand a",
            List.of("*.attention.*=slerp:t=0.3", "average"),
            true);

    @Test
    void readsBackAsWritten() {
        assertThat(MergeState.parse(STATE.toJson())).isEqualTo(STATE);
        assertThat(STATE.with(List.of("ours")).rules()).startsWith("ours").hasSize(3);
        assertThat(STATE.parsedRules())
                .extracting(rule -> rule.names().pattern())
                .containsExactly("*.attention.*", "*");
    }

    @Test
    void everyFlippedBitAndEveryTruncationIsNoticed() {
        byte[] sound = STATE.toJson();
        for (int at = 0; at < sound.length; at++) {
            byte[] damaged = sound.clone();
            damaged[at] ^= (byte) (1 << at % 8);
            assertRefused(damaged);
            assertRefused(Arrays.copyOf(sound, at));
        }
    }

    private static void assertRefused(byte[] bytes) {
        assertThatThrownBy(() -> MergeState.parse(bytes))
                .isInstanceOfSatisfying(
                        MgitException.class, e -> assertThat(e.hint()).contains("mgit merge --abort"));
    }

    @Test
    void rulesAreReadWithAndWithoutGlobs() {
        assertThat(MergeRule.parse("ties:density=0.5,rescale=true").names().pattern())
                .isEqualTo("*");
        assertThat(MergeRule.parse("onnx::MatMul_*=linear:0.7,0.3"))
                .satisfies(rule -> assertThat(rule.names().pattern()).isEqualTo("onnx::MatMul_*"))
                .satisfies(rule -> assertThat(rule.strategy().ours()).isEqualTo(0.7))
                .satisfies(rule -> assertThat(rule.strategy().theirs()).isEqualTo(0.3));
        assertThat(MergeRule.parse("slerp:0.25").strategy().t()).isEqualTo(0.25);
        assertThat(MergeRule.parse(MergeRule.parse("a=dare:density=0.2,seed=9").toString()))
                .isEqualTo(MergeRule.parse("a=dare:density=0.2,seed=9"));
        assertThatThrownBy(() -> MergeRule.parse("x=blend")).hasMessage("unknown strategy 'blend'");
    }
}
