package dev.mgit.delta.xz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.delta.layout.FormatException;
import dev.mgit.fixtures.PythonEnv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Python's lzma compressed: made bytes of every kind that the coder treats in its own way. */
class XzStreamTest {
    private static final String COMPRESS = """
            import lzma, sys, random
            out = sys.argv[1]
            random.seed(7)
            words = [random.randrange(-40, 40) if random.random() < 0.3 else 0 for _ in range(60000)]
            kinds = {
                'empty': b'',
                'one': b'x',
                'noise': random.randbytes(200000),
                'zeros': bytes(3000000),
                'words': b''.join(w.to_bytes(8, 'little', signed=True) for w in words),
                'text': b''.join(b'%d bottles of %d\\n' % (i * i % 977, i) for i in range(30000)),
                'mixed': b''.join(random.randbytes(3000) + bytes(5000) for _ in range(60)),
                'far': (lambda part: part + bytes(1500000) + part)(random.randbytes(70000)),
            }
            for name, data in kinds.items():
                open(f'{out}/{name}', 'wb').write(data)
                open(f'{out}/{name}.xz', 'wb').write(lzma.compress(data))
            small = [{'id': lzma.FILTER_LZMA2, 'dict_size': 4096, 'lc': 1, 'lp': 2, 'pb': 0}]
            open(f'{out}/text.small.xz', 'wb').write(lzma.compress(kinds['text'], filters=small, check=lzma.CHECK_NONE))
            delta = [{'id': lzma.FILTER_DELTA, 'dist': 1}, {'id': lzma.FILTER_LZMA2}]
            open(f'{out}/filters.xz', 'wb').write(lzma.compress(kinds['text'], filters=delta))
            """;

    @TempDir
    private static Path shared;

    @BeforeEach
    void compress() {
        if (Files.notExists(shared.resolve("filters.xz"))) {
            Optional<PythonEnv> python = PythonEnv.withPackages("numpy");
            assumeTrue(python.isPresent(), "no Python");
            python.orElseThrow().run(COMPRESS, shared);
        }
    }

    private static byte[] decompressed(byte[] packed, int most) {
        var stream = new XzStream(packed, most);
        byte[] all = new byte[most + 1];
        byte[] some = new byte[65_521];
        int done = 0;
        int read = stream.read(some, Math.min(some.length, all.length - done));
        while (read > 0) {
            System.arraycopy(some, 0, all, done, read);
            done += read;
            read = stream.read(some, Math.min(some.length, all.length - done));
        }
        return Arrays.copyOf(all, done);
    }

    @Test
    void whatPythonCompressedComesBack() throws IOException {
        for (String name : new String[] {"one", "noise", "zeros", "words", "text", "mixed", "far", "text.small"}) {
            byte[] expected = Files.readAllBytes(shared.resolve(name.replace(".small", "")));

            byte[] found = decompressed(Files.readAllBytes(shared.resolve(name + ".xz")), expected.length);

            assertThat(Arrays.mismatch(found, expected)).as(name).isEqualTo(-1);
        }
    }

    @Test
    void whatIsNotReadIsSaid() throws IOException {
        byte[] filtered = Files.readAllBytes(shared.resolve("filters.xz"));
        byte[] text = Files.readAllBytes(shared.resolve("text.xz"));

        assertThatThrownBy(() -> new XzStream(filtered, 10)).hasMessageContaining("chain of filters");
        assertThatThrownBy(() -> new XzStream(new byte[100], 10)).hasMessage("it was not compressed by xz");
        assertThatThrownBy(() -> decompressed(Arrays.copyOf(text, text.length / 2), 1 << 20))
                .isInstanceOf(FormatException.class);
    }

    @Test
    void withstandsDamagedStreamsOfSeed5() throws IOException {
        var random = new Random(5);
        byte[] good = Files.readAllBytes(shared.resolve("words.xz"));
        for (int round = 0; round < 200; round++) {
            byte[] damaged = Arrays.copyOf(good, good.length - (random.nextInt(4) == 0 ? random.nextInt(200) : 0));
            for (int i = random.nextInt(3); i >= 0; i--) {
                damaged[random.nextInt(Math.min(damaged.length, 4000))] = (byte) random.nextInt();
            }
            try {
                assertThat(decompressed(damaged, 1 << 19)).hasSizeLessThanOrEqualTo((1 << 19) + 1);
            } catch (FormatException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }
}
