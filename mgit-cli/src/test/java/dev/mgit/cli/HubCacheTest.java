package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.fixtures.PythonEnv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cache as huggingface_hub itself lays it out: it downloads made models from a server on this machine that speaks the
 * hub's protocol, and moves blobs into the store that its cache shares, as it does after transfers by Xet.
 */
class HubCacheTest {
    private static final String DOWNLOAD = """
            import hashlib, http.server, json, os, re, socketserver, sys, threading, time
            hub, cache, broken = sys.argv[1], sys.argv[2], set(sys.argv[3:])
            time.sleep = lambda seconds: None  # between tries
            os.environ.update(HF_HUB_DISABLE_XET='1', HF_HUB_DISABLE_TELEMETRY='1', HF_HUB_DISABLE_PROGRESS_BARS='1',
                              HF_HUB_DISABLE_IMPLICIT_TOKEN='1', HF_HUB_CACHE=cache)
            def files(repo):
                base = f'{hub}/{repo}'
                return {os.path.relpath(f'{d}/{f}', base): f'{d}/{f}' for d, _, fs in os.walk(base) for f in fs}
            def commit(repo): return hashlib.sha1(repo.encode()).hexdigest()
            def is_lfs(path): return path.endswith('.safetensors')
            def oid(path, data): return (hashlib.sha256 if is_lfs(path) else hashlib.sha1)(data).hexdigest()
            class Hub(http.server.BaseHTTPRequestHandler):
                protocol_version = 'HTTP/1.1'
                def log_message(self, *a): pass
                def answer(self, body, headers=(), code=200, cut=None):
                    self.send_response(code)
                    for k, v in headers: self.send_header(k, v)
                    self.send_header('Content-Length', str(len(body))); self.end_headers()
                    if self.command != 'HEAD': self.wfile.write(body[:cut])
                    if cut is not None: self.close_connection = True
                def do_HEAD(self): self.do_GET()
                def do_GET(self):
                    path = self.path.split('?')[0]
                    if m := re.fullmatch('/api/models/([^/]+/[^/]+)(/revision/[^/]+)?', path):
                        return self.answer(json.dumps({'id': m[1], 'sha': commit(m[1]),
                                           'siblings': [{'rfilename': f} for f in sorted(files(m[1]))]}).encode())
                    if m := re.fullmatch('/api/models/([^/]+/[^/]+)/tree/[^/]+/?', path):
                        tree = []
                        for f, p in sorted(files(m[1]).items()):
                            data = open(p, 'rb').read()
                            tree.append({'type': 'file', 'path': f, 'size': len(data), 'oid': hashlib.sha1(data).hexdigest()})
                            if is_lfs(f): tree[-1]['lfs'] = {'oid': oid(f, data), 'size': len(data), 'pointerSize': 9}
                        return self.answer(json.dumps(tree).encode())
                    if m := re.fullmatch('/([^/]+/[^/]+)/resolve/[^/]+/(.+)', path):
                        data = open(files(m[1])[m[2]], 'rb').read()
                        return self.answer(data, [('ETag', '"%s"' % oid(m[2], data)), ('X-Repo-Commit', commit(m[1]))],
                                           cut=len(data) // 2 if f'{m[1]}/{m[2]}' in broken else None)
                    self.answer(b'{}', code=404)
            server = socketserver.ThreadingTCPServer(('127.0.0.1', 0), Hub); server.daemon_threads = True
            threading.Thread(target=server.serve_forever, daemon=True).start()
            os.environ['HF_ENDPOINT'] = 'http://127.0.0.1:%d' % server.server_address[1]
            from huggingface_hub import snapshot_download
            from huggingface_hub.utils import _shared_blobs
            for repo in sorted(f'{o}/{n}' for o in os.listdir(hub) for n in os.listdir(f'{hub}/{o}')):
                try:
                    snapshot_download(repo, max_workers=1)
                except Exception as e:
                    print(repo, 'broke off:', type(e).__name__)
            for repo in os.listdir(cache):
                blobs = f'{cache}/{repo}/blobs'
                for blob in os.listdir(blobs) if repo.startswith('models--') else ():
                    if len(blob) == 64 and not os.path.islink(f'{blobs}/{blob}'):
                        assert _shared_blobs.publish_blob_to_shared_store(
                            blob_path=f'{blobs}/{blob}', xet_hash=blob, cache_dir=cache,
                            expected_size=os.path.getsize(f'{blobs}/{blob}'))
            """;

    private static final MadeModel BASE = Families.base("base", 1, ModelShape.TINY);
    private static final MadeModel TUNED = Families.fineTuned(BASE, "tuned", 2, 1e-3);

    @TempDir
    private Path folder;

    private PythonEnv python;
    private Path hub;
    private Path cache;
    private TestRepository repository;

    @BeforeEach
    void anEmptyHub() throws IOException {
        Optional<PythonEnv> found = PythonEnv.withPackages("huggingface_hub");
        assumeTrue(found.isPresent(), "needs Python and its package index");
        python = found.get();
        hub = Files.createDirectory(folder.resolve("hub"));
        cache = Files.createDirectory(folder.resolve("cache"));
        repository = TestRepository.init(Files.createDirectory(folder.resolve("repository")));
    }

    private Path published(String name) throws IOException {
        return Files.createDirectories(hub.resolve("acme").resolve(name));
    }

    private void download(String... broken) {
        Object[] arguments = new Object[broken.length + 2];
        arguments[0] = hub;
        arguments[1] = cache;
        System.arraycopy(broken, 0, arguments, 2, broken.length);
        python.run(DOWNLOAD, arguments);
    }

    private Path snapshot(String name) throws IOException {
        try (var snapshots = Files.list(cache.resolve("models--acme--" + name).resolve("snapshots"))) {
            return snapshots.findFirst().orElseThrow();
        }
    }

    private static Map<String, JsonObject> byModel(JsonObject imported) {
        return imported.objects("checkpoints").stream()
                .collect(Collectors.toMap(one -> one.string("model"), Function.identity()));
    }

    private static Map<String, String> skipped(JsonObject imported) {
        return imported.objects("skipped").stream()
                .collect(Collectors.toMap(one -> one.string("path"), one -> one.string("reason")));
    }

    @Test
    void modelsWhoseBlobsAreSharedByTheWholeCacheAndPipelines() throws IOException {
        BASE.writeTo(published("base").getParent());
        TUNED.writeTo(published("tuned").getParent());
        Path pipeline = published("pipeline");
        Files.writeString(pipeline.resolve("model_index.json"), "{\"unet\":[\"d\",\"U\"],\"vae\":[\"d\",\"V\"]}");
        for (String part : List.of("unet", "vae")) {
            Path weights = Files.createDirectory(pipeline.resolve(part)).resolve("model.safetensors");
            Families.base(part, part.length(), ModelShape.TINY).writeWeightsTo(weights);
        }
        Files.createDirectories(cache.resolve("datasets--acme--words"));
        download();
        assertThat(snapshot("base").resolve("model.safetensors").toRealPath())
                .startsWith(cache.toRealPath().resolve("blobs"));

        JsonObject imported = repository.json("import", cache.toString(), "--json");
        assertThat(byModel(imported)).containsOnlyKeys("acme/base", "acme/tuned", "acme/pipeline");
        assertThat(byModel(imported).get("acme/tuned").strings("parents")).containsExactly("acme/base");
        assertThat(byModel(imported).values())
                .allSatisfy(one -> assertThat(one.strings("missing")).isEmpty());
        assertThat(skipped(imported))
                .containsOnlyKeys(cache.resolve("datasets--acme--words").toString());
        for (String name : List.of("base", "tuned", "pipeline")) {
            repository.ok("checkout", "acme/" + name, "out-" + name);
            assertThat(TestRepository.contents(repository.root().resolve("out-" + name)))
                    .isEqualTo(TestRepository.contents(hub.resolve("acme").resolve(name)));
        }
        assertThat(repository.ok("import", cache.toString())).contains("imported 0 versions (3 already here");
        repository.ok("import", snapshot("base").toString());
        repository.ok("commit", snapshot("pipeline").resolve("unet").toString(), "--model", "part");
        repository.ok("fsck");
    }

    @Test
    void downloadsThatBrokeOff() throws IOException {
        Path shards = published("cut");
        Files.writeString(
                shards.resolve("model.safetensors.index.json"),
                "{\"weight_map\":{\"a\":\"model-00001-of-00002.safetensors\",\"b\":\"model-00002-of-00002.safetensors\"}}");
        BASE.writeWeightsTo(shards.resolve("model-00001-of-00002.safetensors"));
        TUNED.writeWeightsTo(shards.resolve("model-00002-of-00002.safetensors"));
        Path words = published("words-only");
        Files.writeString(words.resolve("README.md"), "# Words");
        BASE.writeWeightsTo(words.resolve("model.safetensors"));
        Path whole = published("whole");
        Files.writeString(whole.resolve("README.md"), "# Whole");
        BASE.writeWeightsTo(whole.resolve("model.safetensors"));
        download("acme/cut/model-00002-of-00002.safetensors", "acme/words-only/model.safetensors");
        Files.delete(snapshot("whole").resolve("README.md").toRealPath());
        Path other = snapshot("whole").resolve("config.json");
        Files.createSymbolicLink(other, folder.resolve("elsewhere.json"));

        JsonObject plan = Cli.run(repository.root(), "import", cache.toString(), "--dry-run", "--json")
                .json();
        assertThat(byModel(plan)).containsOnlyKeys("acme/cut");
        assertThat(byModel(plan).get("acme/cut").strings("missing"))
                .anySatisfy(one -> assertThat(one).contains("model-00002-of-00002.safetensors"));
        assertThat(skipped(plan).get(snapshot("words-only").toString()))
                .contains("no weights were downloaded; the hub has model.safetensors");
        assertThat(skipped(plan).get(snapshot("whole").toString())).contains("the link 'config.json' is broken");

        Files.delete(other);
        JsonObject imported = repository.json("import", cache.toString(), "--json");
        assertThat(byModel(imported)).containsOnlyKeys("acme/cut", "acme/whole");
        assertThat(byModel(imported).get("acme/whole").strings("missing"))
                .containsExactly("README.md is a link to a blob missing from the cache");
        assertThat(repository.ok("show", "acme/cut")).contains("incomplete: ", "model-00002-of-00002.safetensors");
    }

    /** What a killed download leaves, and blobs of another cache. */
    @Test
    void partsAndLinksOutOfTheCache() throws IOException {
        BASE.writeTo(published("base").getParent());
        download();
        Path blobs = cache.resolve("models--acme--base/blobs");
        Path weights = snapshot("base").resolve("model.safetensors");
        String blob = Files.readSymbolicLink(weights).getFileName().toString();
        Path kept = folder.resolve("kept");
        Files.copy(weights, kept);
        Files.delete(weights);
        Files.writeString(blobs.resolve(blob + ".0a1b2c3d.incomplete"), "begun");
        Cli.Ran ran = repository.run("import", cache.toString());
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("no weights were downloaded", "the download of model.safetensors is unfinished");

        Files.createSymbolicLink(weights, kept);
        ran = repository.run("import", cache.toString());
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("the link 'model.safetensors' points outside the model's folder");
        assertThat(repository.ok("log", "--all", "--oneline")).isEmpty();
    }
}
