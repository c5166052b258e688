package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Trees;
import dev.mgit.lineage.megatron.MegatronCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/** Ranks of a Megatron checkpoint, one of them hostile: put together, or refused in one sentence. */
class MegatronFuzzTest {
    @TempDir
    private static Path saves;

    @TempDir
    private Path folder;

    private static byte[] second = {};

    /** The first rank of each save with one or two, behind a byte that says how many there are. */
    static Stream<byte[]> ranks() throws IOException {
        MegatronSaves.unpack(saves);
        second = Files.readAllBytes(saves.resolve("tp2/iter_0000100/mp_rank_01/model_optim_rng.pt"));
        List<byte[]> ranks = new ArrayList<>();
        for (String save : List.of("evil", "tp1", "tp2")) {
            byte[] rank = Files.readAllBytes(saves.resolve(save + "/iter_0000100/mp_rank_00/model_optim_rng.pt"));
            byte[] seed = new byte[rank.length + 1];
            seed[0] = (byte) (save.equals("tp2") ? 1 : 0);
            System.arraycopy(rank, 0, seed, 1, rank.length);
            ranks.add(seed);
        }
        return ranks.stream();
    }

    @MethodSource("ranks")
    @FuzzTest(maxDuration = "5m")
    void rank(byte[] bytes) throws IOException {
        if (bytes.length == 0) {
            return;
        }
        Path scratch = Files.createTempDirectory(folder, "ranks");
        write(scratch, "mp_rank_00", Arrays.copyOfRange(bytes, 1, bytes.length));
        if (bytes[0] % 2 != 0) {
            write(scratch, "mp_rank_01", second);
        }
        try {
            MegatronCheckpoint.write(scratch, Files.createDirectories(scratch.resolve("whole")));
        } catch (MgitException e) {
            assertThat(e.getMessage()).doesNotContain("\n");
        }
        Trees.delete(scratch);
    }

    private static void write(Path folder, String rank, byte[] bytes) throws IOException {
        Files.write(Files.createDirectories(folder.resolve(rank)).resolve("model_optim_rng.pt"), bytes);
    }
}
