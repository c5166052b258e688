package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.fixtures.PythonEnv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Models of scikit-learn and arrays of NumPy that Python pickled by protocols of each kind, and by Python 2's first one: up
 * to protocol 2 the bytes of arrays are escaped as text.
 */
class PicklesOfEveryProtocolTest {
    private static final String MAKE = """
            import sys, os, pickle, numpy as np
            from sklearn.linear_model import LogisticRegression
            from sklearn.ensemble import RandomForestClassifier
            root = sys.argv[1]
            rng = np.random.default_rng(3)
            x = rng.standard_normal((200, 8)); y = (x[:, 0] + x[:, 1] * x[:, 2] > 0).astype(int)
            forest = RandomForestClassifier(3, random_state=1).fit(x, y)
            state = {
                'linear': LogisticRegression().fit(x, y), 'weight': rng.standard_normal((300, 200)).astype('f4'),
                'fortran': np.asfortranarray(rng.standard_normal((30, 50))), 'half': rng.standard_normal((70,)).astype('f2'),
                'every': np.arange(256, dtype='u1'), 'big': rng.standard_normal((5, 7)).astype('>f4'),
                'none': np.zeros((0, 3), 'f4'), 'number': np.array(2.5), 'mask': x > 0, 'whole': (9 * x[:5]).astype('i2'),
                'view': rng.standard_normal((6, 8)).astype('f4')[::2, 1:5], 'zero': np.zeros(3000, 'f4')}
            state['tied'] = state['weight']
            class Python2(pickle._Pickler):
                dispatch = dict(pickle._Pickler.dispatch)
                def string(self, text):
                    data = text if isinstance(text, bytes) else text.encode()
                    self.write(b'S' + repr(data)[1:].encode() + b'\\n'); self.memoize(text)
                dispatch[bytes] = dispatch[str] = string
            def write(folder):
                for protocol in range(6):
                    path = f'{root}/{folder}{protocol}'; os.makedirs(path)
                    pickle.dump([state, forest], open(f'{path}/model.pkl', 'wb'), protocol=protocol)
                os.makedirs(f'{root}/{folder}-python2')
                Python2(open(f'{root}/{folder}-python2/model.pkl', 'wb'), 0).dump([state, forest])
            write('first')
            state['tied'] = state['weight'] = (state['weight'] * (1 + 1e-6 * rng.standard_normal((300, 200)))).astype('f4')
            write('second')
            """;

    private static final String COMPARE = """
            import sys, pickle
            from safetensors.numpy import load_file
            root, protocols = sys.argv[1], sys.argv[2:]
            for protocol in protocols:
                state = pickle.load(open(f'{root}/second{protocol}/model.pkl', 'rb'), encoding='latin1')[0]
                out = load_file(f'{root}/repository/tensors{protocol}/tensors.safetensors')
                want = {'0.' + k: v for k, v in state.items() if k != 'linear'}
                want['0.linear.coef_'], want['0.linear.classes_'] = state['linear'].coef_, state['linear'].classes_
                for k, v in want.items():
                    v = v.astype(v.dtype.newbyteorder('='))
                    assert out[k].dtype == v.dtype and out[k].shape == v.shape and out[k].tobytes() == v.tobytes(), k
                print(len(want))
            """;

    private static final List<String> PROTOCOLS = List.of("0", "2", "-python2");

    @TempDir
    private Path folder;

    @Test
    void arraysAreTakenOutAsPythonLoadsThemAndFilesComeBack() throws IOException {
        Optional<PythonEnv> found = PythonEnv.withPackages("numpy", "safetensors", "scikit-learn");
        assumeTrue(found.isPresent(), "needs Python and its package index");
        PythonEnv python = found.get();
        python.run(MAKE, folder);
        TestRepository repository = TestRepository.init(Files.createDirectory(folder.resolve("repository")));
        for (String protocol : PROTOCOLS) {
            String model = "protocol" + protocol;
            repository.ok("commit", folder.resolve("first" + protocol).toString(), "--model", model);
            long update = repository
                    .json("commit", folder.resolve("second" + protocol).toString(), "--model", model, "--json")
                    .number("stored_bytes");

            assertThat(update).as("of 240 kB of weights that moved").isLessThan(140_000);
            assertThat(repository.ok("diff", model + "~1", model)).contains("2 changed");
            repository.ok("checkout", model, "tensors" + protocol, "--tensors", "0.*");
            comesBack(repository, model + "~1", "first" + protocol);
            comesBack(repository, model, "second" + protocol);
        }
        List<Object> arguments = new ArrayList<>(List.of(folder));
        arguments.addAll(PROTOCOLS);
        assertThat(python.run(COMPARE, arguments.toArray()).lines())
                .hasSameSizeAs(PROTOCOLS)
                .containsOnly("14");
        repository.ok("fsck");
    }

    private void comesBack(TestRepository repository, String revision, String name) {
        repository.ok("checkout", revision, name);
        assertThat(repository.root().resolve(name).resolve("model.pkl"))
                .hasSameBinaryContentAs(folder.resolve(name).resolve("model.pkl"));
    }
}
