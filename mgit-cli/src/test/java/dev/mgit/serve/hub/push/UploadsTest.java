package dev.mgit.serve.hub.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.serve.http.HttpError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder in which uploads wait: its limit, its age, and what a killed server leaves. */
class UploadsTest {
    private static final PushLimits LIMITS = new PushLimits(1000, Duration.ofDays(1), 10, 100);

    @TempDir
    private Path dir;

    private Uploads open(Clock clock) throws IOException {
        return Uploads.open(dir.resolve("uploads"), LIMITS, clock);
    }

    private static Clock in(Duration time) {
        return Clock.fixed(Instant.now().plus(time), ZoneOffset.UTC);
    }

    private static void put(Uploads uploads, String name, int bytes) throws IOException {
        try (var file = new StagedFile(uploads, uploads.objects().resolve(name))) {
            file.write(new byte[bytes]);
            file.publish();
        }
    }

    @Test
    void oneServerHasIt() throws IOException {
        try (Uploads uploads = open(Clock.systemUTC())) {
            assertThat(uploads.used()).isZero();
            assertThatThrownBy(() -> open(Clock.systemUTC()))
                    .isInstanceOf(MgitException.class)
                    .hasMessageContaining("another server accepts pushes");
        }
        open(Clock.systemUTC()).close();
    }

    @Test
    void itIsNeverFullerThanItMayBe() throws IOException {
        try (Uploads uploads = open(Clock.systemUTC())) {
            put(uploads, "a", 600);
            assertThat(uploads.used()).isEqualTo(600);
            assertThatThrownBy(() -> put(uploads, "b", 401))
                    .isInstanceOfSatisfying(
                            HttpError.class, e -> assertThat(e.status()).isEqualTo(507))
                    .hasMessageContaining(PushLimits.UPLOADS);
            assertThat(uploads.objects()).isDirectoryContaining("glob:**/a").isDirectoryNotContaining("glob:**/b");
            put(uploads, "a", 300); // in the place of the other
            put(uploads, "c", 700);
            assertThat(uploads.used()).isEqualTo(1000);
            uploads.delete(uploads.objects().resolve("c"));
            assertThat(uploads.used()).isEqualTo(300);
        }
        try (Uploads uploads = open(Clock.systemUTC())) {
            assertThat(uploads.used()).isEqualTo(300);
        }
    }

    @Test
    void whatIsNotFinishedIsNotThere() throws IOException {
        try (Uploads uploads = open(Clock.systemUTC())) {
            try (var file = new StagedFile(uploads, uploads.objects().resolve("a"))) {
                file.write(new byte[10]);
            }
            assertThat(uploads.objects()).isEmptyDirectory();
            assertThat(uploads.used()).isZero();
        }
    }

    @Test
    void whatAKilledServerWasWritingGoesAtTheStart() throws IOException {
        Path push;
        try (Uploads uploads = open(Clock.systemUTC())) {
            put(uploads, "whole", 10);
            push = Files.createDirectories(uploads.newPush().resolve("files/sub"));
            Files.write(push.resolve("x"), new byte[5]);
            Files.write(uploads.objects().resolve("1234" + StagedFile.UNFINISHED), new byte[7]);
        }
        try (Uploads uploads = open(Clock.systemUTC())) {
            assertThat(push.getParent().getParent()).doesNotExist();
            assertThat(uploads.objects()).isDirectoryContaining("glob:**/whole");
            assertThat(uploads.objects()).isDirectoryNotContaining("glob:**/*" + StagedFile.UNFINISHED);
            assertThat(uploads.used()).isEqualTo(10);
        }
    }

    @Test
    void whatNobodyCommitsInTimeGoes() throws IOException {
        try (Uploads uploads = open(Clock.systemUTC())) {
            put(uploads, "old", 500);
            var xet = new XetFiles(uploads);
            xet.begin(uploads.xet().resolve("0".repeat(32)), "model");
        }
        try (Uploads uploads = open(in(Duration.ofHours(23)))) {
            assertThat(uploads.used()).isEqualTo(505);
        }
        try (Uploads uploads = open(in(Duration.ofHours(25)))) {
            assertThat(uploads.used()).isZero();
            assertThat(uploads.objects()).isEmptyDirectory();
            assertThat(uploads.xet()).isEmptyDirectory();
        }
    }

    @Test
    void aModelThatIsCreatedIsRememberedForAWhile() throws IOException {
        try (Uploads uploads = open(Clock.systemUTC())) {
            new CreatedModels(uploads.created(), uploads.clock()).add("team/bert");
        }
        try (Uploads uploads = open(in(Duration.ofDays(29)))) {
            var created = new CreatedModels(uploads.created(), uploads.clock());
            created.add("other");
            assertThat(created.contains("team/bert")).isTrue();
            assertThat(created.contains("team/none")).isFalse();
        }
        try (Uploads uploads = open(in(Duration.ofDays(31)))) {
            var created = new CreatedModels(uploads.created(), uploads.clock());
            created.add("third");
            assertThat(created.contains("team/bert")).isFalse();
        }
    }

    @Test
    void aSignatureIsForOneFileAndForAWhile() {
        var signature = new UploadSignature(Clock.systemUTC());
        String oid = "a".repeat(64);
        String good = signature.of(oid, 5);
        assertThat(signature.isGood(good, oid, 5)).isTrue();
        assertThat(signature.isGood(good, oid, 6)).isFalse();
        assertThat(signature.isGood(good, "b".repeat(64), 5)).isFalse();
        assertThat(signature.isGood("9" + good, oid, 5)).isFalse();
        assertThat(signature.isGood("", oid, 5)).isFalse();
        assertThat(signature.isGood("-", oid, 5)).isFalse();
        assertThat(new UploadSignature(Clock.systemUTC()).isGood(good, oid, 5)).isFalse();
        var now = new MovedClock();
        var past = new UploadSignature(now);
        String once = past.of(oid, 5);
        now.time = now.time.plus(Duration.ofHours(11));
        assertThat(past.isGood(once, oid, 5)).isTrue();
        now.time = now.time.plus(Duration.ofHours(2));
        assertThat(past.isGood(once, oid, 5)).isFalse();
    }

    private static final class MovedClock extends Clock {
        private Instant time = Instant.now();

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return time;
        }
    }
}
