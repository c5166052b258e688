package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.fixtures.PythonEnv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Tensors of files that the formats' own libraries wrote are taken out as these libraries load them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WrittenTensorsTest {
    private static final String MAKE = """
            import sys, os, struct, json, zipfile, numpy as np, onnx, gguf, ml_dtypes
            from onnx import TensorProto as T, helper as h, numpy_helper
            from gguf import quants, GGMLQuantizationType as Q, GGUFEndian
            from safetensors.numpy import save_file
            root = sys.argv[1]
            rng = np.random.default_rng(5)
            r = lambda *s: rng.standard_normal(s).astype(np.float32)
            def folder(name):
                os.makedirs(f'{root}/{name}'); return f'{root}/{name}/'
            def made(at, arrays):
                np.savez(at[:-1] + '.due.npz', **arrays)
            kinds = ['f2', 'f4', 'f8', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', '?']
            every = {k: (r(3, 5) * 20).astype(k) for k in kinds} | {'none': np.zeros((0, 3), 'f4'), 'sides': np.zeros((4, 0), 'i8'), 'one': np.array(2.5)}
            at = folder('safetensors'); save_file(every, at + 'm.safetensors'); made(at, every)
            # names that occur in both shards
            at = folder('shards'); a, b = {'w': r(4, 4), 'same': every['f4']}, {'w': r(4, 4), 'same': every['f4'], 'x': r(2)}
            save_file(a, at + 'model-00001-of-00002.safetensors'); save_file(b, at + 'model-00002-of-00002.safetensors')
            made(at, {'w': a['w'], 'model-00002-of-00002.safetensors:w': b['w'], 'same': a['same'], 'x': b['x']})
            plain = {'f32': r(4, 8), 'f16': r(3, 8).astype('f2'), 'f64': r(2, 4).astype('f8'), 'i8': np.arange(8, dtype='i1'), 'i32': np.arange(6, dtype='i4').reshape(2, 3)}
            for name, order in (('gguf', GGUFEndian.LITTLE), ('gguf-big', GGUFEndian.BIG)):
                at = folder(name); w = gguf.GGUFWriter(at + 'm.gguf', 'llama', endianess=order)
                for k, v in plain.items(): w.add_tensor(k, v.copy())
                w.write_header_to_file(); w.write_kv_data_to_file(); w.write_tensors_to_file(); w.close()
                made(at, plain)
            at = folder('quantized'); w = gguf.GGUFWriter(at + 'm.gguf', 'llama'); q = r(4, 256)
            w.add_tensor('plain', q); w.add_tensor('q8', quants.quantize(q, Q.Q8_0), raw_dtype=Q.Q8_0); w.add_tensor('q4k', np.zeros((4, 144), 'u1'), raw_dtype=Q.Q4_K)
            w.write_header_to_file(); w.write_kv_data_to_file(); w.write_tensors_to_file(); w.close()
            def model(at, inits, **how):
                nodes = [h.make_node('Constant', [], ['c'], value=inits[0])]
                onnx.save_model(h.make_model(h.make_graph(nodes, 'g', [], [], initializer=inits[1:])), at + 'm.onnx', **how)
            at = folder('external'); model(at, [numpy_helper.from_array(v, k) for k, v in every.items()][1:], save_as_external_data=True, size_threshold=0)
            made(at, {k: v for k, v in every.items() if k not in ('f2', 'f4')})
            long, c = np.arange(300), r(3) + 1j
            for name in ('packed-raw', 'packed-typed'):
                at = folder(name); typed = name == 'packed-typed'
                four = np.arange(15) % 8
                bytes4 = np.append(four, 0).astype('u1'); bytes4 = (bytes4[::2] | bytes4[1::2] << 4)
                inits = []
                for k, kind, dims, field, values, raw in (
                        ('long', T.INT64, [300], 'int64_data', long, long.astype('<i8')),
                        ('u4', T.UINT4, [3, 5], 'int32_data', bytes4, bytes4), ('f4', T.FLOAT4E2M1, [3, 5], 'int32_data', bytes4, bytes4),
                        ('i4', T.INT4, [3, 5], 'int32_data', bytes4, bytes4),
                        ('c64', T.COMPLEX64, [3], 'float_data', c.astype('c8').view('f4'), c.astype('c8')),
                        ('c128', T.COMPLEX128, [3], 'double_data', c.astype('c16').view('f8'), c.astype('c16')),
                        ('e', T.INT64, [0, 2], 'int64_data', np.zeros(0, 'i8'), np.zeros(0, 'i8')),
                        ('minus', T.INT32, [3], 'int32_data', np.array([-1, -5, 7]), np.array([-1, -5, 7], '<i4'))):
                    t = T(); t.name = k; t.data_type = kind; t.dims.extend(dims)
                    if typed: getattr(t, field).extend(values.tolist())
                    else: t.raw_data = raw.tobytes()
                    inits.append(t)
                model(at, inits)
            at = folder('text'); t = h.make_tensor('words', T.STRING, [2], [b'a', b'b']); model(at, [numpy_helper.from_array(r(20, 20), 'k'), t])
            at = folder('npz'); np.savez(at + 'm.npz', w=q, v=r(7)); at2 = folder('compressed')
            with zipfile.ZipFile(at + 'm.npz') as npz, zipfile.ZipFile(at2 + 'm.npz', 'w', zipfile.ZIP_BZIP2) as other:
                for name in npz.namelist(): other.writestr(name, npz.read(name))
            """;

    private static final String CHECK = """
            import sys, json, struct, numpy as np
            due = np.load(sys.argv[1]); raw = open(sys.argv[2], 'rb').read()
            n = struct.unpack('<Q', raw[:8])[0]; head = json.loads(raw[8:8 + n])
            names = {'F16': 'f2', 'F32': 'f4', 'F64': 'f8', 'BOOL': '?', **{k + str(8 * b): k.lower() + str(b) for k in 'IU' for b in (1, 2, 4, 8)}}
            assert set(head) == set(due.files), (sorted(head), sorted(due.files))
            for k, v in head.items():
                a, b = v['data_offsets']; want = due[k]
                assert np.dtype(names[v['dtype']]) == want.dtype and v['shape'] == list(want.shape), (k, v)
                assert raw[8 + n + a:8 + n + b] == want.tobytes(), k
            """;

    @TempDir
    private static Path folder;

    private TestRepository repository = new TestRepository(Path.of(""));
    private Optional<PythonEnv> python = Optional.empty();

    @BeforeAll
    void everyLibraryWrites() throws IOException {
        python = PythonEnv.withPackages("numpy", "safetensors", "onnx", "gguf", "ml_dtypes");
        assumeTrue(python.isPresent(), "needs Python and its package index");
        python.get().run(MAKE, folder);
        repository = TestRepository.init(Files.createDirectory(folder.resolve("repository")));
    }

    private void commit(String name) {
        repository.ok("commit", folder.resolve(name).toString());
    }

    private Path takenOut(String name) {
        Path out = folder.resolve("out-" + name);
        repository.ok("checkout", name, out.toString(), "--tensors", "*");
        return out.resolve("tensors.safetensors");
    }

    @Test
    void tensorsAreWhatTheirLibraryLoads() {
        for (String name : List.of("safetensors", "shards", "gguf", "gguf-big", "external")) {
            commit(name);
            python.orElseThrow().run(CHECK, folder.resolve(name + ".due.npz"), takenOut(name));
        }
        assertThat(repository.ok("diff", "gguf", "gguf-big")).contains("the same weights");
    }

    @Test
    void packedAndComplexValuesAreTheSameTypedOrRaw() throws IOException {
        commit("packed-raw");
        commit("packed-typed");
        String raw = repository.ok("show", "packed-raw", "--tensors");
        assertThat(raw).contains("long", "u4", "i4", "c128");
        assertThat(repository.ok("diff", "packed-raw", "packed-typed")).contains("the same weights");
        for (String name : List.of("long", "minus", "c64", "e")) {
            for (String form : List.of("packed-raw", "packed-typed")) {
                repository.ok("checkout", form, folder.resolve(form + name).toString(), "--tensors", name);
            }
            assertThat(folder.resolve("packed-raw" + name).resolve("tensors.safetensors"))
                    .hasSameBinaryContentAs(
                            folder.resolve("packed-typed" + name).resolve("tensors.safetensors"));
        }
        repository.refuses(1, "'c128' (of dtype C128, for which", "checkout", "packed-typed", "x", "--tensors", "c128");
        repository.refuses(1, "'u4' (of dtype U4, for which", "checkout", "packed-typed", "x", "--tensors", "u4");
        repository.refuses(
                1,
                "'f4' (its 15 elements of dtype F4 do not end with a byte)",
                "checkout",
                "packed-raw",
                "x",
                "--tensors",
                "f4");
    }

    @Test
    void whatSafetensorsCannotHoldIsRefusedByName() throws IOException {
        commit("quantized");
        repository.refuses(
                1,
                "a safetensors file cannot hold 'q8' (of dtype Q8_0, for which the format has no name), "
                        + "'q4k' (of dtype Q4_K, for which the format has no name)",
                "checkout",
                "quantized",
                folder.resolve("no").toString(),
                "--tensors",
                "*");
        assertThat(folder.resolve("no")).doesNotExist();
        repository.ok("checkout", "quantized", folder.resolve("yes").toString(), "--tensors", "plain");
        commit("text");
        repository.refuses(1, "'words' (its elements are texts)", "checkout", "text", "x", "--tensors", "words");
    }

    @Test
    void whatCannotBeReadIsNeverCalledRemoved() {
        commit("npz");
        commit("compressed");
        assertThat(repository.ok("show", "compressed", "--tensors"))
                .containsPattern("- +\\[\\] +w \\(it is compressed\\)");
        for (List<String> sides : List.of(List.of("npz", "compressed"), List.of("compressed", "npz"))) {
            assertThat(repository.ok("diff", sides.get(0), sides.get(1)))
                    .contains("2 tensors cannot be compared: one side cannot be read", "2 unreadable")
                    .doesNotContain("removed")
                    .doesNotContain("added")
                    .doesNotContain("quantized");
        }
    }

    @Test
    void ofTwoNamesTheNewOneIsTiedToTheOld() {
        python.orElseThrow().run("""
                        import sys, os, pickle, numpy as np
                        w = np.random.default_rng(1).standard_normal((40, 40)).astype('f4')
                        for name, state in (('one-name', {'w': w}), ('two-names', {'also': w, 'w': w})):
                            os.makedirs(f'{sys.argv[1]}/{name}')
                            pickle.dump(state, open(f'{sys.argv[1]}/{name}/m.pkl', 'wb'), protocol=4)
                        """, folder);
        commit("one-name");
        commit("two-names");
        assertThat(repository.ok("show", "two-names", "--tensors")).contains("w (tied to also)");
        assertThat(repository.ok("diff", "one-name", "two-names"))
                .contains("also tied to w", "1 tied, 1 same")
                .doesNotContain("w tied to");
    }
}
