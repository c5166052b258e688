package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.GitServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What two people do with mgit alone is never called a forgery; made models. */
class HonestHistoryTest {
    @TempDir
    private Path folder;

    private static void assertHonest(TestRepository repository, String after) {
        for (String[] check : new String[][] {{"audit", "--all-heads"}, {"fsck"}, {"op", "log", "--verify"}}) {
            Cli.Ran ran = repository.run(check);
            assertThat(ran.exit()).as("%s after %s: %s", check[0], after, ran).isZero();
            assertThat(ran.out() + ran.err())
                    .as("%s after %s", check[0], after)
                    .doesNotContain("not verified", "outside mgit", "does not follow");
        }
    }

    private static void does(TestRepository repository, String... command) {
        repository.ok(command);
        assertHonest(repository, String.join(" ", command));
    }

    @Test
    void noCommandOfMgitsReadsAsAForgery() throws IOException {
        HookedRepository hooked = HookedRepository.init(folder).derive("tuned", "base");
        TestRepository ada = hooked.repository();
        GitServers.bare(folder.resolve("hub.git"));
        String store = Files.createDirectories(folder.resolve("store")).toUri().toString();
        ada.ok("remote", "add", "origin", folder.resolve("hub.git").toString(), "--store", store);
        hooked.derive("beside", "base");
        does(ada, "merge", "tuned", "beside", "--base", "base", "-s", "*=ours", "--model", "merged", "--no-test");
        does(ada, "push", "origin");
        assertThat(Cli.run(folder, "clone", "hub.git", "ben").exit()).isZero();
        TestRepository ben = new TestRepository(folder.resolve("ben"));
        assertHonest(ben, "clone");

        does(ben, "commit", hooked.lay("base", "base2").toString(), "--model", "base", "-m", "second");
        does(ben, "recipe", "set", "tuned", "--", "another", "command");
        does(ben, "tag", "v1", "base");
        does(ben, "push", "origin");
        does(ada, "fetch", "origin");
        does(ada, "pull", "origin");
        ada.ok("hooks", "trust", "--all");
        ada.ok("undo");
        assertHonest(ada, "undo of a pull");
        does(ada, "pull", "origin");
        does(ada, "recipe", "set", "tuned", "--shell", "--", HookedRepository.TRAIN);
        ada.run("update", "base", "--no-progress"); // 'merged' fails: its recipe needs mgit on the PATH
        assertHonest(ada, "update");
        TestRepository.weights(folder.resolve("found/model.safetensors"), 5, 64);
        does(ada, "import", folder.resolve("found").toString());
        does(ada, "mv", "found", "kept");
        does(ada, "edge", "add", "kept", "base", "distill");
        does(ada, "rm", "kept");
        does(ada, "gc");
        does(ada, "push", "origin");
        does(ben, "pull", "origin");
        does(ben, "gc");
    }
}
