package dev.mgit.lineage.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where new Git objects go. */
class HealingInserterTest {
    @TempDir
    private Path folder;

    @Test
    void aMultitudeIsOnePackAndEachReadsBack() throws IOException {
        Path lineage = folder.resolve("lineage.git");
        LineageFolder.create(lineage);
        List<ObjectId> ids = new ArrayList<>();
        try (var git = new FileRepository(lineage.toFile())) {
            try (var inserter = new HealingInserter(git.getObjectDatabase())) {
                for (int i = 0; i < 300; i++) {
                    ids.add(inserter.insert(Constants.OBJ_BLOB, content(i)));
                }
                inserter.flush();
                ids.add(inserter.insert(Constants.OBJ_BLOB, content(300)));
                inserter.flush();
            }
            assertThat(git.getObjectDatabase().getPacks()).hasSize(1);
            assertThat(GitFiles.looseObjects(git.getObjectsDirectory().toPath()))
                    .hasSize(101);
        }
        try (var git = new FileRepository(lineage.toFile())) {
            for (int i = 0; i < ids.size(); i++) {
                assertThat(git.open(ids.get(i)).getBytes()).isEqualTo(content(i));
            }
        }
    }

    @Test
    void aPackThatClaimsMoreObjectsThanMemoryHoldsIsRefusedBeforeItIsRead() throws IOException {
        Path lineage = folder.resolve("lineage.git");
        LineageFolder.create(lineage);
        byte[] header = {'P', 'A', 'C', 'K', 0, 0, 0, 2, 0x7f, -1, -1, -1};
        try (var git = new FileRepository(lineage.toFile());
                var inserter = new HealingInserter(git.getObjectDatabase())) {
            assertThatThrownBy(() -> inserter.newPackParser(new ByteArrayInputStream(header)))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("the pack claims to have 2,147,483,647 objects");
        }
    }

    private static byte[] content(int i) {
        return ("file " + i).getBytes(StandardCharsets.UTF_8);
    }
}
