package dev.mgit.lineage.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Ref;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Listings of references that JGit cut short, as where the system would not list a folder. */
class RefListingTest {
    private static final String ID = "1".repeat(40);

    @TempDir
    private Path folder;

    @BeforeEach
    void threeReferences() throws IOException {
        GitLineage.create(folder);
        for (String name : List.of("refs/heads/team/base", "refs/tags/v1", "refs/notes/mgit/edges")) {
            Files.createDirectories(folder.resolve(name).getParent());
            Files.writeString(folder.resolve(name), ID + "\n");
        }
    }

    @Test
    void whatWasNotListedOnceIsListedAgain() throws IOException {
        assertThat(names(Constants.R_HEADS, 1)).containsExactly("refs/heads/team/base");
        assertThat(names("", 1)).contains("refs/heads/team/base", "refs/tags/v1", "refs/notes/mgit/edges");
    }

    @Test
    void whatIsNeverListedIsAnError() {
        assertThatThrownBy(() -> names("refs/notes/", Integer.MAX_VALUE))
                .isInstanceOf(MgitException.class)
                .hasMessageContaining("packed-refs hides refs/notes/mgit/edges, which is there");
    }

    @Test
    void whatACrashLeftAndWhatIsNotThereAreNoReferences() throws IOException {
        Files.createFile(folder.resolve("refs/tags/v1.lock"));
        Files.createFile(folder.resolve("refs/tags/empty"));
        assertThat(names(Constants.R_TAGS, 0)).containsExactly("refs/tags/v1");
        assertThat(names("refs/nowhere/", 0)).isEmpty();
    }

    /** Names that are listed where JGit lists nothing the first times. */
    private List<String> names(String prefix, int times) throws IOException {
        var left = new AtomicInteger(times);
        try (var git = new FileRepository(folder.toFile())) {
            RefListing.Lister lister = below -> left.getAndDecrement() > 0
                    ? List.of()
                    : git.getRefDatabase().getRefsByPrefix(below);
            return RefListing.below(git, prefix, lister).stream()
                    .map(Ref::getName)
                    .toList();
        }
    }
}
