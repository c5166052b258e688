package dev.mgit.lineage.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStatTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    @TempDir
    private Path folder;

    private static FileStat changedAt(long nanos) {
        return new FileStat(1, 0, nanos, 1, 0100644);
    }

    @Test
    void aChangeIsSettledOnceTheClockHasTicked() {
        long changed = 1000 * SECOND + 5;
        assertThat(changedAt(changed).settled(changed)).isFalse();
        assertThat(changedAt(changed).settled(changed + 10 * MILLI)).isFalse();
        assertThat(changedAt(changed).settled(changed + 13 * MILLI)).isTrue();
        assertThat(changedAt(changed).settled(changed - SECOND))
                .as("a clock that was put back")
                .isFalse();
    }

    @Test
    void wholeSecondsAreTakenForAClockThatKnowsNoMore() {
        assertThat(changedAt(1000 * SECOND).settled(1001 * SECOND)).isFalse();
        assertThat(changedAt(1000 * SECOND).settled(1003 * SECOND)).isTrue();
    }

    @Test
    void whereTheSystemDoesNotSayNothingIsEverSettled() {
        assertThat(changedAt(-1).settled(Long.MAX_VALUE / 2)).isFalse();
    }

    @Test
    void puttingSizeAndTimeBackDoesNotHelp() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "one");
        FileTime time = Files.getLastModifiedTime(file);
        FileStat.awaitTick();
        FileStat before = FileStat.of(file);
        Files.writeString(file, "two");
        Files.setLastModifiedTime(file, time);
        FileStat after = FileStat.of(file);
        assertThat(after.size()).isEqualTo(before.size());
        assertThat(after.modified()).isEqualTo(before.modified());
        assertThat(after).isNotEqualTo(before);
    }

    @Test
    void aLinkIsNotWhatItNames() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        assertThat(FileStat.of(link).regular()).isFalse();
        assertThat(FileStat.following(link)).isEqualTo(FileStat.of(file));
        assertThat(FileStat.of(folder.resolve("nothing"))).isEqualTo(FileStat.ABSENT);
    }

    @Test
    void itsNumbersComeBack() throws IOException {
        FileStat look = FileStat.of(Files.writeString(folder.resolve("file"), "x"));
        assertThat(FileStat.of(look.numbers())).isEqualTo(look);
    }
}
