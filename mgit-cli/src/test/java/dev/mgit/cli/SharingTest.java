package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What recipes declare that models share, with made models of two tensors and real commands that change bytes. */
class SharingTest {
    private static final String HEADER = "{\"enc.0\":{\"dtype\":\"F32\",\"shape\":[16,16],\"data_offsets\":[0,1024]},"
            + "\"head\":{\"dtype\":\"F32\",\"shape\":[16,16],\"data_offsets\":[1024,2048]}}";
    private static final int DATA = 8 + HEADER.length();

    /** Copies the parent and sets a byte of the head. */
    private static final String HEAD = change(1500);
    /** The same of the encoder. */
    private static final String ENCODER = change(10);

    private static String change(int at) {
        return "cp {parent1}/* {output}/ && printf 7 | dd of={output}/model.safetensors bs=1 seek=" + (DATA + at)
                + " conv=notrunc 2>/dev/null";
    }

    @TempDir
    private Path folder;

    private TestRepository repository;

    @BeforeEach
    void aBase() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        repository.ok("commit", lay("base", 1, 2).toString(), "--model", "base", "-m", "base");
    }

    private Path lay(String name, int encoder, int head) throws IOException {
        byte[] data = new byte[2048];
        java.util.Arrays.fill(data, 0, 1024, (byte) encoder);
        java.util.Arrays.fill(data, 1024, 2048, (byte) head);
        Path model = Files.createDirectories(folder.resolve("by-hand").resolve(name));
        Files.write(model.resolve("model.safetensors"), TestRepository.safetensors(HEADER, data));
        return model;
    }

    private Cli.Ran train(String model, String line, String... options) {
        var words = new java.util.ArrayList<>(List.of("run", "--model", model, "--from", "base"));
        words.addAll(List.of(options));
        words.addAll(List.of("--shell", "--no-progress", "--", line));
        return repository.run(words.toArray(new String[0]));
    }

    @Test
    void aRunThatChangesWhatItPromisedToFreezeIsRefusedWithTheTensorsNames() throws IOException {
        assertThat(train("good", HEAD, "--freeze", "enc.*").exit()).isZero();
        Cli.Ran bad = train("bad", ENCODER, "--freeze", "enc.*");
        assertThat(bad.exit()).isEqualTo(4);
        assertThat(bad.err())
                .contains("'bad' promised to keep enc.* frozen, but enc.0 differs from base@")
                .contains("hint: change what the recipe declares with 'mgit recipe set'");
        repository.refuses(2, "unknown revision 'bad'", "show", "bad");
        assertThat(train("none", HEAD, "--freeze", "decoder.*").err())
                .contains("promised to keep decoder.* frozen, but base@")
                .contains("has no tensor decoder.*");

        repository.ok("config", "sharing.check", "warn");
        Cli.Ran warned = train("bad", ENCODER, "--freeze", "enc.*");
        assertThat(warned.exit()).isZero();
        assertThat(warned.err()).contains("enc.0 differs from base@");
        assertThat(repository.ok("show", "bad"))
                .contains("Promise:  to keep enc.* frozen", "but enc.0 differs from base@");
        assertThat(repository.ok("audit", "bad")).contains("promised to keep enc.* frozen, but enc.0 differs");
        JsonObject standing = repository
                .json("audit", "bad", "--json")
                .objects("sharing")
                .get(0)
                .object("standing");
        assertThat(standing.flag("kept")).isFalse();
        assertThat(standing.strings("tensors")).containsExactly("enc.0");
        repository.refuses(2, "sharing.check is 'maybe'", "config", "sharing.check", "maybe");
    }

    @Test
    void showSaysWhatIsPromisedAndThatItHolds() throws IOException {
        train("good", HEAD, "--freeze", "enc.*", "--entangle", "base:enc.*", "--init-from", "base:*");
        assertThat(repository.ok("show", "good"))
                .contains("Promise:  to keep enc.* frozen", "Promise:  to share enc.* with base")
                .contains("Promise:  to initialise * from base@");
        List<JsonObject> sharing =
                repository.json("show", "good", "--json").object("recipe").objects("sharing");
        assertThat(sharing).hasSize(3).allMatch(standing -> standing.flag("kept"));
        assertThat(repository.run("recipe", "show", "good", "--json").out()).contains("\"sharing\"", "\"freeze\"");
        assertThat(repository.ok("audit", "good")).contains("promised to keep enc.* frozen, and does (base@");
    }

    @Test
    void anUpdateHoldsTheNewVersionAgainstTheNewParent() throws IOException {
        train("good", HEAD, "--freeze", "enc.*");
        // Copies an encoder of its own over the parent's, which was the same until the base changed.
        repository.ok("config", "sharing.check", "off");
        Files.copy(lay("own", 1, 9).resolve("model.safetensors"), folder.resolve("repo/own.safetensors"));
        assertThat(train("stubborn", "cp own.safetensors {output}/model.safetensors", "--freeze", "enc.*")
                        .exit())
                .isZero();
        repository.ok("config", "--unset", "sharing.check");
        repository.ok("commit", lay("base", 3, 2).toString(), "--model", "base", "-m", "base 2");

        Cli.Ran update = repository.run("update", "base", "--no-progress");
        assertThat(update.exit()).isEqualTo(4);
        assertThat(update.out() + update.err())
                .contains("'stubborn' promised to keep enc.* frozen, but enc.0 differs from base@");
        assertThat(repository.ok("show", "good")).contains("update: rebuild from base");
        assertThat(repository.ok("show", "stubborn")).doesNotContain("update: rebuild");
    }

    @Test
    void aVersionCommittedByHandIsHeldAgainstWhatTheModelsRecipeDeclares() throws IOException {
        train("good", HEAD, "--freeze", "enc.*");
        Path worse = lay("hand", 9, 9);
        Cli.Ran refused = repository.run("commit", worse.toString(), "--model", "good", "-m", "by hand");
        assertThat(refused.exit()).isEqualTo(4);
        assertThat(refused.err()).contains("'good' promised to keep enc.* frozen, but enc.0 differs from ");
        assertThat(repository.ok("log", "--oneline", "good").lines().filter(line -> line.contains("by hand")))
                .isEmpty();

        repository.ok("commit", lay("hand", 1, 9).toString(), "--model", "good", "-m", "kept");
        repository.refuses(2, "version", "recipe", "set", "good", "--freeze", "x");
        repository.ok("recipe", "set", "good", "--like", "good~1", "--no-sharing");
        repository.ok("commit", lay("hand", 9, 9).toString(), "--model", "good", "-m", "free");
    }

    @Test
    void modelsMadeTogetherShareWithEachOther() throws IOException {
        String same = "for m in x y; do cp {parent1}/* {output}/$m/; "
                + "printf 7 | dd of={output}/$m/model.safetensors bs=1 seek=" + (DATA + 10)
                + " conv=notrunc 2>/dev/null; done";
        assertThat(train("x", same, "--model", "y", "--entangle", "x:enc.*").exit())
                .isZero();
        String other = same + "; printf 8 | dd of={output}/y/model.safetensors bs=1 seek=" + (DATA + 10)
                + " conv=notrunc 2>/dev/null";
        Cli.Ran torn = train("x", other, "--model", "y", "--entangle", "x:enc.*");
        assertThat(torn.exit()).isEqualTo(4);
        assertThat(torn.err()).contains("'y' promised to share enc.* with x, but enc.0 differs from x@");
        assertThat(train("z", HEAD, "--entangle", "nobody:enc.*").err())
                .contains("'z' promised to share enc.* with nobody, but there is no nobody");
    }

    @Test
    void whatWasInitialisedElsewhereHasItsNamesAndShapes() throws IOException {
        assertThat(train("tuned", ENCODER, "--init-from", "base:*").exit()).isZero();
        String renamed = "sed 's/enc.0/enc.1/' {parent1}/model.safetensors > {output}/model.safetensors";
        Cli.Ran other = train("other", renamed, "--init-from", "base:*");
        assertThat(other.exit()).isEqualTo(4);
        assertThat(other.err()).contains("but enc.0 is not there or has another shape than in base@");
    }

    @Test
    void aDeclarationIsChangedAloneAndReadStrictly() throws IOException {
        train("good", HEAD);
        repository.ok("recipe", "set", "good", "--freeze", "enc.*");
        assertThat(repository.ok("recipe", "show", "good")).contains("to keep enc.* frozen", "dd of=");
        repository.ok("recipe", "set", "good", "--no-sharing");
        assertThat(repository.ok("recipe", "show", "good")).doesNotContain("Promise");
        repository.refuses(2, "cannot read 'enc' as --entangle", "recipe", "set", "good", "--entangle", "enc");
        repository.refuses(2, "unknown revision 'v9'", "recipe", "set", "good", "--init-from", "v9:*");
        repository.refuses(2, "--no-sharing goes with none", "recipe", "set", "good", "--no-sharing", "--freeze", "x");
    }
}
