package dev.mgit.lineage.maintain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadSubsetTest {
    @TempDir
    private Path folder;

    private static ReadSubset parse(String text, long day) {
        return ReadSubset.parse(text, day, size -> {
            if (!size.matches("\\d+")) {
                throw MgitException.usage("no size");
            }
            return Long.parseLong(size);
        });
    }

    @Test
    void everyObjectIsInOnePart() {
        for (int number = 0; number < 200; number++) {
            var object = new ObjectId(
                    "%012x".formatted(number * 7_919_317L).repeat(6).substring(0, 64));
            int in = 0;
            for (int part = 1; part <= 7; part++) {
                in += parse(part + "/7", 0).contains(object) ? 1 : 0;
            }
            assertThat(in).isEqualTo(1);
        }
    }

    @Test
    void sharesTakeTurnsByDay() {
        Set<String> parts = new HashSet<>();
        for (long day = 20_000; day < 20_020; day++) {
            parts.add(parse("5%", day).of(1000).toString());
            assertThat(parse("5%", day).of(1000))
                    .hasToString(parse("5%", day + 20).of(7).toString());
        }
        assertThat(parts).hasSize(20).contains("1/20", "20/20");
        assertThat(parse("300", 20_000).of(1000).toString()).endsWith("/4");
        assertThat(parse("2000", 20_000).of(1000)).hasToString("1/1");
        assertThat(parse("100%", 3).isAll()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0%", "101%", "0/3", "4/3", "3/0", "1/2/3", "-5%", "much", "5 %"})
    void whatIsNoPartIsRefused(String text) {
        assertThatThrownBy(() -> parse(text, 0)).isInstanceOfSatisfying(MgitException.class, e -> {
            assertThat(e.kind()).isEqualTo(MgitException.Kind.USAGE);
            assertThat(e.hint()).contains("3/20");
        });
    }

    /** A damaged block is found by the part it is in, and by no other; all parts together read everything. */
    @Test
    void partsTogetherFindWhatTheWholeFinds() throws IOException {
        try (var made = new MadeRepository(folder)) {
            VersionId base = made.commit(Families.base("base", 1, ModelShape.TINY));
            ObjectId head = made.tensor(base, "lm_head.weight").object();
            long blocks = made.fsck().blocks();
            try (WriterLock lock = made.lock();
                    var store = made.repository().writableParameters(lock)) {
                StoredObject.Block block =
                        store.object(head).orElseThrow().blocks().get(0);
                byte[] frame = store.frame(block.id()).orElseThrow();
                frame[frame.length / 2] ^= 1;
                store.putBlock(block.id(), frame);
                store.flush();
            }
            int found = 0;
            long read = 0;
            for (int part = 1; part <= 3; part++) {
                FsckReport report = new Fsck(made.repository(), CopyProgress.none())
                        .reading(parse(part + "/3", 0))
                        .everything(false);
                found += report.damage().size();
                read += report.blocks();
                assertThat(report.damage().isEmpty())
                        .isEqualTo(!parse(part + "/3", 0).contains(head));
                assertThat(report.blocks()).isLessThan(blocks);
            }
            assertThat(found).isEqualTo(1);
            assertThat(read).isGreaterThanOrEqualTo(blocks - 1);
        }
    }
}
