package dev.mgit.lineage.remote.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStoreTest extends RemoteStoreContract {
    @TempDir
    private Path parent;

    private Path folder;

    private FileStore store;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createDirectory(parent.resolve("store"));
        store = new FileStore(folder);
    }

    @Override
    RemoteStore store() {
        return store;
    }

    @Test
    void whatIsNotTheStoresIsPassedOver() throws IOException {
        Path secret = Files.writeString(folder.resolveSibling("secret"), "secret");
        Files.createDirectories(folder.resolve("packs"));
        Files.createSymbolicLink(folder.resolve("packs/link"), secret);
        Files.writeString(folder.resolve("packs/.new-1234"), "half");
        Files.writeString(folder.resolve("packs/a name"), "x");
        List<String> keys = new ArrayList<>();
        store.list("", entry -> keys.add(entry.key()));
        assertThat(keys).isEmpty();
        assertThat(store.get("packs/link", ByteRange.first(10))).isEmpty();
        assertThat(store.head("packs/link")).isEmpty();
    }

    @Test
    void aFolderThatIsGoneIsNotMadeAnew() throws IOException {
        Path mounted = Files.createDirectory(folder.resolve("mounted"));
        FileStore there = new FileStore(mounted);
        Files.delete(mounted);
        assertThatThrownBy(() -> there.put("a", Content.of(new byte[1])))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("the folder is gone");
        assertThatThrownBy(() -> there.list("", entry -> {})).isInstanceOf(StoreException.class);
        assertThat(mounted).doesNotExist();
    }

    @Test
    void urlsAndPathsLeadToTheFolder() {
        store.put("a", Content.of(new byte[] {1}));
        for (String url : List.of(folder.toString(), folder.toUri().toString(), "file:" + folder)) {
            assertThat(RemoteStores.open(url).get("a", ByteRange.first(1))).contains(new byte[] {1});
        }
    }

    @Test
    void urlsThatLeadNowhereAreRefused() {
        for (String url : List.of("file:relative", "file://elsewhere/folder", "gs://bucket", "https://host/x")) {
            assertThatThrownBy(() -> RemoteStores.open(url))
                    .isInstanceOfSatisfying(
                            MgitException.class, e -> assertThat(e.kind()).isEqualTo(MgitException.Kind.USAGE));
        }
        assertThatThrownBy(() -> RemoteStores.open(folder.resolve("none").toString()))
                .isInstanceOf(StoreException.class);
        assertThatThrownBy(
                        () -> RemoteStores.create(folder.resolve("none/below").toString()))
                .isInstanceOf(StoreException.class);
        assertThat(folder.resolve("none")).doesNotExist();
    }
}
