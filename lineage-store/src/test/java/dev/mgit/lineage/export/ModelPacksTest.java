package dev.mgit.lineage.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.safetensors.SafetensorsHeader;
import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.Commits;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How far back a manifest's digest looks. */
class ModelPacksTest {
    @TempDir
    private Path folder;

    @Test
    void aLineageTooLongForDigestsIsNamedByIds() throws IOException {
        try (Repository repository = Repository.init(folder.resolve("repo"))) {
            List<VersionId> versions = versions(repository, 4);
            var packs = new ModelPacks(repository.lineage(), 2);
            assertThat(manifest(packs.of(versions.get(2)))).contains("\\\"digest\\\":", "base.digest");
            assertThat(manifest(new ModelPacks(repository.lineage(), 2).of(versions.get(3))))
                    .doesNotContain("\\\"digest\\\":", "base.digest")
                    .contains("\\\"version\\\":\\\"" + versions.get(2).hex());
        }
    }

    private static String manifest(ModelPack pack) {
        return new String(pack.manifest(), StandardCharsets.UTF_8);
    }

    private List<VersionId> versions(Repository repository, int count) throws IOException {
        List<VersionId> versions = new ArrayList<>();
        Path model = Files.createDirectories(folder.resolve("model"));
        var spec = new TensorSpec("w", Dtype.U8, List.of(0L));
        Files.write(
                model.resolve("model.safetensors"),
                SafetensorsHeader.of(List.of(spec), Map.of()).bytes());
        for (int i = 0; i < count; i++) {
            Files.writeString(model.resolve("config.json"), "{\"step\":" + i + "}");
            var request = new CommitRequest(
                    model,
                    Optional.of("m"),
                    Optional.empty(),
                    List.of(),
                    Map.of(),
                    new Person("Ada", "ada@example.org"),
                    Instant.EPOCH.plusSeconds(i),
                    Map.of());
            try (WriterLock lock = repository.lock("test", Duration.ofSeconds(60), notice -> {})) {
                versions.add(new Commits(repository, CopyProgress.none())
                        .commit(request, lock)
                        .version());
            }
        }
        return versions;
    }
}
