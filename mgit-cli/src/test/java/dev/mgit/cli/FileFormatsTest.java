package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.fixtures.PythonEnv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One set of made weights in every format, written by the formats' own Python libraries (PyTorch's zip form by hand, as
 * torch.save lays it out): each is committed, shown, compared, and comes back to the byte, and what it shares with the
 * first is not stored again.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FileFormatsTest {
    private static final String MAKE = """
            import sys, os, io, json, pickle, types, zipfile, numpy as np, onnx, gguf
            from onnx import helper, numpy_helper
            from gguf import quants, GGMLQuantizationType as Q
            from safetensors.numpy import save_file
            root = sys.argv[1]
            rng = np.random.default_rng(7)
            weights = {f'encoder.layer.{i}.{part}.weight': (rng.standard_normal(shape) * 0.03).astype(np.float32)
                       for i in range(2)
                       for part, shape in (('query', (256, 256)), ('up', (512, 256)), ('down', (256, 512)))}
            weights['embeddings.word.weight'] = (rng.standard_normal((1000, 256)) * 0.03).astype(np.float32)
            weights['encoder.position_ids'] = np.arange(512, dtype=np.int64)
            def folder(name):
                os.makedirs(f'{root}/{name}'); return f'{root}/{name}/'
            save_file(weights, folder('base') + 'model.safetensors')
            np.savez(folder('npz') + 'model.npz', **weights)
            # a graph with its weights beside it, matrices transposed as exporters leave them
            inits = [numpy_helper.from_array(np.ascontiguousarray(w.T) if 'layer' in n else w, n) for n, w in weights.items()]
            graph = helper.make_graph([], 'g', [], [], initializer=inits)
            onnx.save_model(helper.make_model(graph), folder('onnx') + 'model.onnx', save_as_external_data=True,
                            all_tensors_to_one_file=True, location='model.onnx_data', size_threshold=1024)
            for name, q in (('gguf-f16', Q.F16), ('gguf-q8', Q.Q8_0), ('gguf-q4', Q.Q4_0)):
                w = gguf.GGUFWriter(folder(name) + 'model.gguf', 'bert')
                for n, t in weights.items():
                    if t.dtype == np.float32:
                        w.add_tensor(n, quants.quantize(t, q), raw_dtype=q)
                w.write_header_to_file(); w.write_kv_data_to_file(); w.write_tensors_to_file(); w.close()
            # torch.save without torch: the same globals, persistent ids and zip entries
            torch, utils = types.ModuleType('torch'), types.ModuleType('torch._utils')
            def rebuild(*a): pass
            rebuild.__module__, rebuild.__qualname__ = 'torch._utils', '_rebuild_tensor_v2'
            utils._rebuild_tensor_v2 = rebuild
            for s in ('FloatStorage', 'LongStorage'):
                setattr(torch, s, type(s, (), {'__module__': 'torch'}))
            sys.modules.update({'torch': torch, 'torch._utils': utils})
            class Tensor:
                def __init__(self, a, key): self.a, self.key = a, key
                def __reduce__(self):
                    strides = tuple(x // self.a.itemsize for x in self.a.strides)
                    return rebuild, (Storage(self), 0, self.a.shape, strides, False, {})
            class Storage:
                def __init__(self, t): self.t = t
            class Pickler(pickle.Pickler):
                def persistent_id(self, o):
                    if isinstance(o, Storage):
                        kind = torch.FloatStorage if o.t.a.dtype == np.float32 else torch.LongStorage
                        return ('storage', kind, o.t.key, 'cpu', o.t.a.size)
            def torch_save(path, tensors):
                out = io.BytesIO()
                Pickler(out, 2).dump({n: Tensor(a, str(i)) for i, (n, a) in enumerate(tensors.items())})
                with zipfile.ZipFile(path, 'w', zipfile.ZIP_STORED) as z:
                    z.writestr('archive/data.pkl', out.getvalue())
                    z.writestr('archive/byteorder', 'little')
                    for i, a in enumerate(tensors.values()):
                        z.writestr(f'archive/data/{i}', a.tobytes())
                    z.writestr('archive/version', '3\\n')
            at = folder('torch')
            names = list(weights)
            for shard, part in enumerate((names[:4], names[4:]), 1):
                torch_save(f'{at}pytorch_model-0000{shard}-of-00002.bin', {n: weights[n] for n in part})
            json.dump({'metadata': {}, 'weight_map': {n: f'pytorch_model-0000{1 + (names.index(n) >= 4)}-of-00002.bin'
                       for n in names}}, open(at + 'pytorch_model.bin.index.json', 'w'))
            # a pickle that would run a command
            class Evil:
                def __reduce__(self): return os.system, (f'touch {root}/ran',)
            at = folder('evil')
            pickle.dump({'w': Evil()}, open(at + 'weights.bin', 'wb'))
            with zipfile.ZipFile(at + 'zip.bin', 'w', zipfile.ZIP_STORED) as z:
                z.writestr('archive/data.pkl', pickle.dumps({'w': Evil()}, 2))
            save_file({'x': np.zeros(4, np.float32)}, at + 'model.safetensors')
            """;

    @TempDir
    private static Path folder;

    private TestRepository repository = new TestRepository(Path.of(""));

    @BeforeAll
    void everyFormatIsWritten() throws IOException {
        Optional<PythonEnv> python = PythonEnv.withPackages("numpy", "safetensors", "onnx", "gguf");
        assumeTrue(python.isPresent(), "needs Python and its package index");
        python.get().run(MAKE, folder);
        repository = TestRepository.init(Files.createDirectory(folder.resolve("repository")));
        repository.ok("commit", folder.resolve("base").toString());
    }

    /** Shares of the format's own size that storing it after the safetensors may cost. */
    @ParameterizedTest
    @CsvSource({
        "npz, convert, 0.01, encoder.layer.1.up.weight",
        "onnx, convert, 0.01, encoder.layer.1.up.weight",
        "torch, convert, 0.01, encoder.layer.1.up.weight",
        "gguf-f16, cast, 0.01, encoder.layer.1.up.weight",
        "gguf-q8, quantize, 0.02, encoder.layer.1.up.weight",
        "gguf-q4, quantize, 0.03, encoder.layer.1.up.weight",
    })
    void theSameWeightsInAnotherFormatCostNextToNothing(String name, String edge, double share, String tensor)
            throws IOException {
        Path files = folder.resolve(name);
        repository.ok("commit", files.toString(), "--from", "base=" + edge);
        long size = TestRepository.contents(files).keySet().stream()
                .mapToLong(file -> files.resolve(file).toFile().length())
                .sum();
        String du = repository.ok("du", name, "--json");
        long stored = Long.parseLong(du.replaceAll("(?s).*?\"stored_bytes\" : (\\d+).*", "$1"));
        assertThat((double) stored / size)
                .as("%s: %d of %d", name, stored, size)
                .isLessThan(share);

        Path out = folder.resolve("out-" + name);
        repository.ok("checkout", name, out.toString());
        assertThat(TestRepository.contents(out)).isEqualTo(TestRepository.contents(files));
        repository.ok("status", out.toString(), "--exit-code");
        assertThat(repository.ok("show", name, "--tensors")).contains(tensor);
        String diff = repository.ok("diff", "base", name, "--stat");
        assertThat(diff).isNotBlank();
        repository.ok("fsck");
    }

    /** Data that changed are told tensor by tensor, and data that were cut off are refused. */
    @Test
    void externalDataAreTensors() throws IOException {
        Path files = folder.resolve("onnx-work");
        Files.createDirectory(files);
        for (String file : new String[] {"model.onnx", "model.onnx_data"}) {
            Files.copy(folder.resolve("onnx").resolve(file), files.resolve(file));
        }
        repository.ok("commit", files.toString(), "--model", "work", "--from", "base=convert");
        Path out = folder.resolve("work-out");
        repository.ok("checkout", "work", out.toString());
        byte[] data = Files.readAllBytes(out.resolve("model.onnx_data"));
        data[data.length / 2] ^= 1;
        Files.write(out.resolve("model.onnx_data"), data);
        assertThat(repository.ok("status", out.toString())).contains("model.onnx_data (1 tensors changed: ");
        Files.write(out.resolve("model.onnx_data"), java.util.Arrays.copyOf(data, data.length / 2));
        repository.refuses(1, "model.onnx_data", "commit", out.toString());
    }

    @Test
    void picklesAreNeverRun() throws IOException {
        Path files = folder.resolve("evil");
        repository.ok("commit", files.toString());
        Path out = folder.resolve("out-evil");
        repository.ok("checkout", "evil", out.toString());
        repository.ok("diff", "evil", out.toString());
        assertThat(TestRepository.contents(out)).isEqualTo(TestRepository.contents(files));
        assertThat(folder.resolve("ran")).doesNotExist();
    }
}
