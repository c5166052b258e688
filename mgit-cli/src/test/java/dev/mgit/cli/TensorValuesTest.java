package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.fixtures.PythonEnv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tensor taken out is what the library that wrote it loads, however it lies in its file. */
class TensorValuesTest {
    private static final String NUMPY = """
            import sys, numpy as np
            root = sys.argv[1]
            rng = np.random.default_rng(3)
            arrays = {'c': rng.standard_normal((3, 5)).astype(np.float32), 'scalar': np.float64(2.5), 'empty': np.zeros((0, 4), np.int16),
                      'fortran': np.asfortranarray(rng.standard_normal((3, 5, 2))), 'big': np.arange(12, dtype='>f4').reshape(3, 4),
                      'bigfortran': np.asfortranarray(np.arange(12, dtype='>i8').reshape(3, 4)),
                      'complex': (rng.standard_normal(4) + 1j).astype('>c8'), 'flag': np.array([True, False])}
            np.savez(root + '/arrays.npz', **arrays)
            np.save(root + '/structured.npy', np.zeros(3, [('a', 'f4'), ('b', 'i2')]))
            np.save(root + '/complex128.npy', np.ones(3, np.complex128))
            """;

    private static final String NUMPY_CHECK = """
            import sys, json, struct, numpy as np
            due = np.load(sys.argv[1] + '/arrays.npz')
            raw = open(sys.argv[2], 'rb').read()
            n = struct.unpack('<Q', raw[:8])[0]; head = json.loads(raw[8:8 + n])
            kinds = {'F32': '<f4', 'F64': '<f8', 'I16': '<i2', 'I64': '<i8', 'C64': '<c8', 'BOOL': '?'}
            assert set(head) == set(due.files), head
            for k, v in head.items():
                a, b = v['data_offsets']
                got = np.frombuffer(raw[8 + n + a:8 + n + b], kinds[v['dtype']]).reshape(v['shape'])
                assert got.shape == due[k].shape and np.array_equal(got, due[k]), k
            """;

    private static final String ONNX = """
            import sys, os, numpy as np, onnx, ml_dtypes
            from onnx import TensorProto as T, helper as h
            w = np.random.default_rng(2).standard_normal((16, 16)).astype(np.float32)
            i8 = np.arange(256).astype(np.int8).reshape(16, 16)
            data = {'f32': (T.FLOAT, 'float_data', w, w), 'f64': (T.DOUBLE, 'double_data', w.astype(np.float64), w),
                    'f16': (T.FLOAT16, 'int32_data', w.astype(np.float16), w.astype(np.float16).view(np.uint16)),
                    'bf16': (T.BFLOAT16, 'int32_data', w.astype(ml_dtypes.bfloat16), w.astype(ml_dtypes.bfloat16).view(np.uint16)),
                    'f8': (T.FLOAT8E4M3FN, 'int32_data', w.astype(ml_dtypes.float8_e4m3fn), w.astype(ml_dtypes.float8_e4m3fn).view(np.uint8)),
                    'i8': (T.INT8, 'int32_data', i8, i8), 'u16': (T.UINT16, 'int32_data', i8.astype(np.uint16), i8.astype(np.uint16)),
                    'i32': (T.INT32, 'int32_data', i8.astype(np.int32), i8), 'i64': (T.INT64, 'int64_data', i8.astype(np.int64), i8),
                    'u64': (T.UINT64, 'uint64_data', i8.astype(np.uint64), i8.astype(np.uint64)),
                    'u32': (T.UINT32, 'uint64_data', i8.astype(np.uint32), i8.astype(np.uint32)),
                    'flag': (T.BOOL, 'int32_data', i8 > 3, (i8 > 3).astype(int))}
            for form in ('raw', 'typed'):
                init = []
                for name, (kind, field, a, values) in data.items():
                    t = T(); t.name = name; t.data_type = kind; t.dims.extend(a.shape)
                    if form == 'raw':
                        t.raw_data = a.tobytes()
                    else:
                        getattr(t, field).extend(values.ravel().tolist())
                    init.append(t)
                os.makedirs(sys.argv[1] + '/' + form)
                g = h.make_graph([h.make_node('Identity', ['x'], ['y'])], 'g', [h.make_tensor_value_info('x', T.FLOAT, [1])],
                                 [h.make_tensor_value_info('y', T.FLOAT, [1])], initializer=init)
                onnx.save(h.make_model(g), sys.argv[1] + '/' + form + '/m.onnx')
            """;

    private static final String TORCH = """
            import sys, zipfile, torch
            g = torch.Generator().manual_seed(1)
            r = lambda *s: torch.randn(*s, generator=g)
            w = torch.arange(30.).reshape(10, 3)
            z = torch.view_as_complex(r(4, 2))
            e = r(6, 4)
            state = {'t': r(5, 3).t(), 'permuted': r(2, 3, 4).permute(2, 0, 1), 'cl': r(2, 3, 4, 5).contiguous(memory_format=torch.channels_last),
                     'cl3': r(2, 3, 2, 4, 5).contiguous(memory_format=torch.channels_last_3d), 'rows': w[2:5], 'overlap': w[4:8],
                     'column': w[:, 1], 'empty': w[:0], 'expanded': torch.ones(1).expand(5), 'scalar': torch.tensor(2.5),
                     'windows': r(9).as_strided((4, 3), (2, 1)), 'conj': z.conj(), 'bool': r(4) > 0, 'bf16': r(3, 2).bfloat16().t(),
                     'neg': torch.view_as_complex(r(4, 2)).conj().imag, 'f8': r(4).to(torch.float8_e5m2), 'e8m0': torch.ones(3).to(torch.float8_e8m0fnu),
                     'fnuz': r(4).to(torch.float8_e4m3fnuz), 'u16': r(4, 6).view(torch.uint16).t(), 'sides': torch.empty(3, 0, 2), 'embed': e, 'head': e, 'p': torch.nn.Parameter(r(3, 2).t())}
            if sys.argv[1] == 'make':
                torch.save(state, sys.argv[2] + '/m.pt')
                old = {k: v for k, v in state.items() if v.dtype not in (torch.float8_e5m2, torch.float8_e8m0fnu, torch.float8_e4m3fnuz, torch.uint16)}
                torch.save(old, sys.argv[2] + '/old.pt', _use_new_zipfile_serialization=False)
                torch.save(state, sys.argv[2] + '/protocol4.pt', pickle_protocol=4)
                # the same written by a machine of the other byte order
                width = {v.untyped_storage()._cdata: v.element_size() // (2 if v.is_complex() else 1) for v in old.values()}
                torch.save(old, sys.argv[2] + '/little.pt')
                with zipfile.ZipFile(sys.argv[2] + '/little.pt') as little, zipfile.ZipFile(sys.argv[2] + '/big.pt', 'w') as big:
                    for i in little.infolist():
                        b = little.read(i)
                        if i.filename.endswith('byteorder'): b = b'big'
                        elif '/data/' in i.filename:
                            w = list(width.values())[int(i.filename.rsplit('/')[-1])]
                            b = b''.join(b[k:k + w][::-1] for k in range(0, len(b), w))
                        big.writestr(i.filename, b)
                torch.save({'embed': e, 'head': e.clone()}, sys.argv[2] + '/untied.pt')
                torch.save({'embed': e, 'head': e}, sys.argv[2] + '/tied.pt')
            else:
                import json, struct
                raw = open(sys.argv[2], 'rb').read()
                n = struct.unpack('<Q', raw[:8])[0]; head = json.loads(raw[8:8 + n])
                head.pop('__metadata__', None)
                state = torch.load(sys.argv[3], weights_only=False)
                assert set(head) == set(state), sorted(set(head) ^ set(state))
                for k, v in state.items():
                    due = v.detach().resolve_conj().resolve_neg().contiguous()
                    a, b = head[k]['data_offsets']
                    bytes_due = bytes(due.reshape(-1).view(torch.uint8).tolist()) if due.numel() else b''
                    assert head[k]['shape'] == list(v.shape) and raw[8 + n + a:8 + n + b] == bytes_due, k
            """;

    private static final String TORCH_MERGE = """
            import sys, os, torch
            def state(seed):
                g = torch.Generator().manual_seed(seed); r = lambda *s: torch.randn(*s, generator=g)
                b = torch.Generator().manual_seed(0); kept = torch.randn(3, 3, generator=b).t()
                rows = r(6, 4); e = r(5, 4)
                return {'t': r(8, 3).t(), 'cl': r(2, 3, 4, 5).contiguous(memory_format=torch.channels_last), 'first': rows[:2], 'rest': rows[2:],
                        'embed': e, 'head': e, 'plain': r(7), 'kept': kept, 'none': r(0, 3)}
            sides = {'base': 1, 'ours': 2, 'theirs': 3}
            if sys.argv[1] == 'make':
                for name, seed in sides.items():
                    os.makedirs(f'{sys.argv[2]}/{name}'); torch.save(state(seed), f'{sys.argv[2]}/{name}/m.pt')
            else:
                got, a, b = torch.load(sys.argv[3]), state(2), state(3)
                assert list(got) == list(a)
                for k in a:
                    assert got[k].shape == a[k].shape and torch.allclose(got[k], (a[k] + b[k]) / 2, atol=1e-6), k
                assert got['embed'].data_ptr() == got['head'].data_ptr()
            """;

    private static final String TORCH_HIDDEN = """
            import sys, zipfile, torch
            root = sys.argv[1] + '/'; w, v = torch.randn(40, 40), torch.randn(30)
            torch.save({'w': w, 'v': v}, root + 'dense.pt')
            torch.save({'w': w.to_sparse(), 'v': v}, root + 'sparse.pt')
            torch.save({'w': torch.quantize_per_tensor(w, 0.1, 0, torch.qint8), 'v': v}, root + 'quantized.pt')
            with zipfile.ZipFile(root + 'dense.pt') as plain, zipfile.ZipFile(root + 'deflated.pt', 'w', zipfile.ZIP_DEFLATED) as packed:
                for i in plain.infolist(): packed.writestr(i.filename, plain.read(i))
            """;

    @TempDir
    private Path folder;

    private static PythonEnv torch() {
        Optional<PythonEnv> torch = PythonEnv.withTorch();
        assumeTrue(torch.isPresent(), "not compared with PyTorch: MGIT_TORCH_PYTHON names no Python");
        return torch.orElseThrow();
    }

    private static PythonEnv python(String... packages) {
        Optional<PythonEnv> python = PythonEnv.withPackages(packages);
        assumeTrue(python.isPresent(), "needs Python and its package index");
        return python.orElseThrow();
    }

    private TestRepository repository() throws IOException {
        return TestRepository.init(Files.createDirectory(folder.resolve("repository")));
    }

    private String takenOut(TestRepository repository, String model) {
        Path out = folder.resolve("out-" + model);
        repository.ok("checkout", model, out.toString(), "--tensors", "*");
        return out.resolve("tensors.safetensors").toString();
    }

    @Test
    void arraysOfEveryOrderAreWhatNumpyLoads() throws IOException {
        PythonEnv python = python("numpy");
        python.run(NUMPY, folder);
        TestRepository repository = repository();
        repository.ok("commit", folder.resolve("arrays.npz").toString(), "--model", "arrays");
        python.run(NUMPY_CHECK, folder, takenOut(repository, "arrays"));
        repository.ok("commit", folder.resolve("structured.npy").toString(), "--model", "structured");
        repository.refuses(1, "its dtype is structured", "checkout", "structured", "x", "--tensors", "*");
        repository.ok("commit", folder.resolve("complex128.npy").toString(), "--model", "complex");
        repository.refuses(1, "C128", "checkout", "complex", "x", "--tensors", "*");
    }

    @Test
    void typedFieldsOfOnnxAreTheSameWeightsAsRawData() throws IOException {
        python("numpy", "onnx", "ml_dtypes").run(ONNX, folder);
        TestRepository repository = repository();
        repository.ok("commit", folder.resolve("raw").toString());
        repository.ok("commit", folder.resolve("typed").toString());
        assertThat(repository.ok("diff", "raw", "typed"))
                .contains("the same weights")
                .doesNotContain("removed");
        assertThat(Files.readAllBytes(Path.of(takenOut(repository, "typed"))))
                .isEqualTo(Files.readAllBytes(Path.of(takenOut(repository, "raw"))));
    }

    @Test
    void mergedViewsAreWhatTheyWouldBeInMemory() throws IOException {
        PythonEnv python = torch();
        python.run(TORCH_MERGE, "make", folder);
        TestRepository repository = repository();
        Path out = folder.resolve("merged");
        repository.ok(
                "merge",
                folder.resolve("ours").toString(),
                folder.resolve("theirs").toString(),
                "--base",
                folder.resolve("base").toString(),
                "--strategy",
                "average",
                "--output",
                out.toString());
        python.run(TORCH_MERGE, "check", folder, out.resolve("m.pt"));
    }

    @Test
    void tensorsThatAreSparseOrQuantizedAreListedAndNeverCalledRemoved() throws IOException {
        torch().run(TORCH_HIDDEN, folder);
        TestRepository repository = repository();
        String dense = folder.resolve("dense.pt").toString();
        assertThat(repository.ok("diff", dense, folder.resolve("deflated.pt").toString()))
                .contains("the same weights in other files");
        for (String kind : List.of("sparse", "quantized")) {
            String other = folder.resolve(kind + ".pt").toString();
            for (String said : List.of(repository.ok("diff", dense, other), repository.ok("diff", other, dense))) {
                assertThat(said)
                        .contains("cannot be compared: one side cannot be read")
                        .doesNotContain("removed")
                        .doesNotContain("added")
                        .doesNotContain("dropped");
            }
        }
        repository.ok("commit", folder.resolve("sparse.pt").toString(), "--model", "sparse");
        assertThat(repository.ok("show", "sparse", "--tensors")).contains("w (it is sparse)");
        repository.refuses(1, "'w' (it is sparse)", "checkout", "sparse", "x", "--tensors", "*");
    }

    /** Data of one tensor under two names, and of one whose rows are columns. */
    @Test
    void blameAndFindKnowEveryNameOfATensor() throws IOException {
        torch().run(TORCH, "make", folder);
        TestRepository repository = repository();
        repository.ok("commit", folder.resolve("tied.pt").toString(), "--model", "m");
        repository.ok("commit", folder.resolve("m.pt").toString(), "--model", "views");
        assertThat(repository.ok("blame", "m")).contains("embed", "head");
        assertThat(repository.ok("find", "--tensor-name", "head", "--shape", "6x4"))
                .contains("(m)", "(views)");
        assertThat(repository.ok("find", "--tensor-name", "t", "--shape", "3x5"))
                .contains("(views)");
    }

    @Test
    void viewsAreWhatTorchLoads() throws IOException {
        PythonEnv python = torch();
        python.run(TORCH, "make", folder);
        TestRepository repository = repository();
        for (String form : List.of("m", "old", "protocol4", "big")) {
            Path file = folder.resolve(form + ".pt");
            repository.ok("commit", file.toString(), "--model", form);
            python.run(TORCH, "check", takenOut(repository, form), file);
            assertThat(repository.ok("show", form, "--tensors")).contains("head (tied to embed)");
        }
        assertThat(repository.ok("diff", "old", "big")).contains("the same weights");
        String tied = folder.resolve("tied.pt").toString();
        String untied = folder.resolve("untied.pt").toString();
        assertThat(repository.ok("diff", tied, untied))
                .contains("head untied from embed")
                .doesNotContain("added");
        assertThat(repository.ok("diff", untied, tied))
                .contains("head tied to embed")
                .doesNotContain("removed");
    }
}
