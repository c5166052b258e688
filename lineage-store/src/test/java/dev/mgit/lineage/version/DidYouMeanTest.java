package dev.mgit.lineage.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DidYouMeanTest {
    private static final List<String> KNOWN = List.of("bert-base", "bert-large", "squad", "mnli");

    @Test
    void countsInsertsDeletesReplacementsAndSwaps() {
        assertThat(DidYouMean.distance("", "abc")).isEqualTo(3);
        assertThat(DidYouMean.distance("main", "mian")).isEqualTo(1);
        assertThat(DidYouMean.distance("kitten", "sitting")).isEqualTo(3);
    }

    @Test
    void namesTheNearestAndLeavesOutTheRest() {
        assertThat(DidYouMean.near("bert-bsae", KNOWN)).startsWith("bert-base").doesNotContain("squad");
        assertThat(DidYouMean.near("zzzz", KNOWN)).isEmpty();
        assertThat(DidYouMean.hint("squat", KNOWN, "see mgit branch")).isEqualTo("did you mean 'squad'?");
        assertThat(DidYouMean.hint("zzzz", KNOWN, "see mgit branch")).isEqualTo("see mgit branch");
    }
}
