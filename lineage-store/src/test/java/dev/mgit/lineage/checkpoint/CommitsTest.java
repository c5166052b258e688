package dev.mgit.lineage.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Element;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.Person;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a commit stores. The weights are made. */
class CommitsTest {
    private static final MadeModel MODEL = Families.base("base", 1, ModelShape.TINY);

    @TempDir
    private Path dir;

    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(dir.resolve("model"));
    }

    private CommitResult commit(Repository repository) throws IOException {
        var request = new CommitRequest(
                folder,
                Optional.of("model"),
                Optional.empty(),
                List.of(),
                Map.of(),
                new Person("A", "a@b"),
                Instant.EPOCH,
                Map.of());
        try (WriterLock lock = repository.lock("test", Duration.ofSeconds(10), notice -> {})) {
            return new Commits(repository, CopyProgress.none()).commit(request, lock);
        }
    }

    @Test
    void tensorsInASecondFormBesideTheFirstCostNearlyNothing() throws IOException {
        MODEL.writeWeightsTo(folder.resolve("model.safetensors"));
        Families.cast(MODEL, "half", Element.BF16).writeWeightsTo(folder.resolve("model.bf16.safetensors"));
        try (Repository repository = Repository.init(dir.resolve("both"))) {
            long both = commit(repository).storedBytes();
            Files.delete(folder.resolve("model.bf16.safetensors"));
            try (Repository alone = Repository.init(dir.resolve("alone"))) {
                long one = commit(alone).storedBytes();
                assertThat(both - one).isLessThan(one / 50);
            }
        }
    }

    @Test
    void theSameTensorsUnderOtherNamesAreNotPlanned() throws IOException {
        MODEL.writeWeightsTo(folder.resolve("model.safetensors"));
        try (Repository repository = Repository.init(dir.resolve("repository"))) {
            commit(repository);
            Files.delete(folder.resolve("model.safetensors"));
            Families.renamed(MODEL, "renamed", name -> name.replace("model.layers.", "transformer.h."))
                    .writeWeightsTo(folder.resolve("other.safetensors"));
            CommitResult renamed = commit(repository);
            assertThat(renamed.choosing()).isZero();
            assertThat(renamed.sampling()).isZero();
            assertThat(renamed.storedBytes()).isLessThan(10_000);
        }
    }
}
