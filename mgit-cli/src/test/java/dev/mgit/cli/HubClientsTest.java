package dev.mgit.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.fixtures.PythonEnv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real clients of the Hub against a served repository. The weights are made. */
@Tag("slow")
class HubClientsTest {
    private static final String MAKE_NUMPY = """
            import os, sys, json, numpy as np
            from safetensors.numpy import save_file
            made = sys.argv[1]
            rng = np.random.default_rng(0)
            w = {f'layer.{i}.weight': rng.standard_normal((64, 4096)).astype(np.float32) for i in range(4)}
            def put(name, tensors, config={}, file='model.safetensors'):
                os.makedirs(f'{made}/{name}', exist_ok=True)
                save_file(tensors, f'{made}/{name}/{file}', {'format': 'pt'})
                json.dump(config, open(f'{made}/{name}/config.json', 'w'))
            put('first', w, {'first': True})
            w = {k: v + rng.standard_normal(v.shape).astype(np.float32) * 1e-4 for k, v in w.items()}
            put('base', w, {'first': False})
            w = {k: v + rng.standard_normal(v.shape).astype(np.float32) * 1e-4 for k, v in w.items()}
            put('tuned', w)
            os.makedirs(f'{made}/tuned/sub'); open(f'{made}/tuned/sub/notes.txt', 'w').write('notes')
            put('odd', w, {'odd': True})
            index = {}
            for i, (k, v) in enumerate(w.items()):
                file = f'model-{i + 1:05d}-of-{len(w):05d}.safetensors'
                put('sharded', {k: v}, file=file); index[k] = file
            json.dump({'metadata': {'total_size': sum(v.nbytes for v in w.values())}, 'weight_map': index},
                      open(f'{made}/sharded/model.safetensors.index.json', 'w'))
            """;

    private static final String HUB = """
            import os, sys, json, hashlib, subprocess
            endpoint, made, home = sys.argv[1:4]
            os.environ.update(HF_ENDPOINT=endpoint, HF_HOME=home, HF_HUB_DISABLE_TELEMETRY='1', HF_HUB_DISABLE_PROGRESS_BARS='1')
            os.environ.pop('HF_TOKEN', None)
            import huggingface_hub as hub
            from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError, RemoteEntryNotFoundError
            from safetensors.numpy import load_file
            api = hub.HfApi()
            same = lambda a, b: open(a, 'rb').read() == open(b, 'rb').read()

            def folder(path): return {os.path.relpath(os.path.join(d, f), path) for d, _, fs in os.walk(path) for f in fs}

            for repo, kept in (('base', 'base'), ('team/tuned', 'tuned'), ('team/sharded', 'sharded')):
                path = hub.snapshot_download(repo)
                assert folder(path) == folder(f'{made}/{kept}'), (folder(path), kept)
                assert all(same(f'{path}/{f}', f'{made}/{kept}/{f}') for f in folder(path)), repo
                for f in folder(path):
                    if f.endswith('.safetensors'): load_file(f'{path}/{f}')
            info = api.model_info('team/tuned', files_metadata=True)
            assert info.sha == api.list_repo_refs('team/tuned').branches[0].target_commit
            weights = next(s for s in info.siblings if s.rfilename == 'model.safetensors')
            assert weights.lfs.sha256 == hashlib.sha256(open(f'{made}/tuned/model.safetensors', 'rb').read()).hexdigest()
            assert [t.name for t in api.list_repo_refs('base').tags] == ['v1/first']
            first = api.list_repo_refs('base').tags[0].target_commit
            assert [c.commit_id for c in api.list_repo_commits('base')][-1] == first
            for revision in ('v1/first', first, first[:12], 'main~1', 'base~1'):
                assert api.model_info('base', revision=revision).sha == first, revision
                got = hub.hf_hub_download('base', 'config.json', revision=revision)
                assert json.load(open(got)) == {'first': True}, revision
            assert api.file_exists('base', 'config.json') and not api.file_exists('base', 'no.json')
            assert api.revision_exists('base', 'v1/first') and not api.revision_exists('base', 'no')
            assert api.repo_exists('base') and not api.repo_exists('nobody/nothing')
            for error, call in ((RepositoryNotFoundError, lambda: hub.hf_hub_download('nobody/nothing', 'config.json')),
                                (RevisionNotFoundError, lambda: hub.hf_hub_download('base', 'config.json', revision='no')),
                                (RemoteEntryNotFoundError, lambda: hub.hf_hub_download('base', 'no.json'))):
                try: call(); raise AssertionError(error)
                except error: pass
            meta = api.get_safetensors_metadata('team/tuned')
            assert not meta.sharded and meta.files_metadata['model.safetensors'].tensors
            sharded = api.get_safetensors_metadata('team/sharded')
            assert sharded.sharded and set(sharded.weight_map) == set(json.load(open(f'{made}/sharded/model.safetensors.index.json'))['weight_map'])
            quick = api.get_sharded_safetensors_metadata('team/sharded') if hasattr(api, 'get_sharded_safetensors_metadata') else None
            assert quick is None or set(quick.weight_map) == set(sharded.weight_map)
            assert {e.path for e in api.get_paths_info('team/tuned', ['config.json', 'sub', 'no'])} == {'config.json', 'sub'}
            assert {e.path for e in api.list_repo_tree('team/tuned', 'sub')} == {'sub/notes.txt'}
            assert set(api.list_repo_files('team/tuned')) == folder(f'{made}/tuned')
            fs = hub.HfFileSystem()
            whole = open(f'{made}/tuned/model.safetensors', 'rb').read()
            with fs.open('team/tuned/model.safetensors', block_size=1 << 16) as f:
                for at, n in ((0, 8), (8, 100), (len(whole) - 5, 5), (len(whole) // 2, 70000)):
                    f.seek(at); assert f.read(n) == whole[at:at + n], at
            assert fs.ls('team/tuned/sub', detail=False) == ['team/tuned/sub/notes.txt']
            odd = next(m.id for m in api.list_models() if m.id.startswith('odd'))
            assert same(hub.hf_hub_download(odd, 'config.json'), f'{made}/odd/config.json'), odd
            hf = os.path.join(os.path.dirname(sys.executable), 'hf')
            subprocess.run([hf, 'download', 'team/tuned', '--revision', 'main', '--local-dir', f'{home}/plain'], check=True, stdout=subprocess.DEVNULL)
            assert all(same(f'{home}/plain/{f}', f'{made}/tuned/{f}') for f in folder(f'{made}/tuned'))
            """;

    private static final String MAKE_TORCH = """
            import os, sys, torch
            made = sys.argv[1]
            os.environ['HF_HUB_OFFLINE'] = '1'
            from transformers import BertConfig, BertModel, BertTokenizerFast
            torch.manual_seed(0)
            config = BertConfig(vocab_size=8, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
            model = BertModel(config); model.save_pretrained(f'{made}/tiny-1')
            with torch.no_grad():
                for p in model.parameters(): p.add_(torch.randn_like(p) * 1e-3)
            model.save_pretrained(f'{made}/tiny'); model.save_pretrained(f'{made}/tiny-sharded', max_shard_size='20KB')
            open(f'{made}/vocab.txt', 'w').write('\\n'.join(['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'a', 'b', 'c']))
            tokenizer = BertTokenizerFast(f'{made}/vocab.txt')
            for d in ('tiny-1', 'tiny', 'tiny-sharded'): tokenizer.save_pretrained(f'{made}/{d}')
            try:
                from diffusers import UNet2DModel, DDPMPipeline, DDPMScheduler
                from peft import LoraConfig, get_peft_model
                unet = UNet2DModel(sample_size=8, in_channels=1, out_channels=1, layers_per_block=1, block_out_channels=(8, 8), norm_num_groups=4,
                                   down_block_types=('DownBlock2D', 'DownBlock2D'), up_block_types=('UpBlock2D', 'UpBlock2D'))
                unet.save_pretrained(f'{made}/unet'); DDPMPipeline(unet, DDPMScheduler()).save_pretrained(f'{made}/pipeline')
                get_peft_model(model, LoraConfig(r=2, target_modules=['query'])).save_pretrained(f'{made}/adapter')
            except ImportError:
                pass
            """;

    private static final String LOAD = """
            import os, sys
            endpoint, made, home = sys.argv[1:4]
            os.environ.update(HF_ENDPOINT=endpoint, HF_HOME=home, HF_HUB_DISABLE_TELEMETRY='1', HF_HUB_DISABLE_PROGRESS_BARS='1')
            import torch
            from transformers import AutoConfig, AutoModel, AutoTokenizer
            for repo, kept in (('tiny', 'tiny'), ('team/tiny-sharded', 'tiny-sharded')):
                assert AutoConfig.from_pretrained(repo).model_type == 'bert'
                got, due = AutoModel.from_pretrained(repo), AutoModel.from_pretrained(f'{made}/{kept}')
                for (n, a), (m, b) in zip(got.state_dict().items(), due.state_dict().items()):
                    assert n == m and torch.equal(a, b), n
            tokenizer = AutoTokenizer.from_pretrained('tiny')
            assert tokenizer('a b')['input_ids'] == AutoTokenizer.from_pretrained(f'{made}/tiny')('a b')['input_ids']
            before = AutoModel.from_pretrained('tiny', revision='v1')
            assert not torch.equal(before.pooler.dense.weight, AutoModel.from_pretrained('tiny').pooler.dense.weight)
            try:
                from diffusers import UNet2DModel
                from peft import PeftModel
            except ImportError:
                UNet2DModel = None
            if UNet2DModel:
                got, due = UNet2DModel.from_pretrained('unet'), UNet2DModel.from_pretrained(f'{made}/unet')
                assert all(torch.equal(a, b) for a, b in zip(got.parameters(), due.parameters()))
                from diffusers import DiffusionPipeline
                pipe = DiffusionPipeline.from_pretrained('pipeline')
                assert all(torch.equal(a, b) for a, b in zip(pipe.unet.parameters(), due.parameters()))
                adapted = PeftModel.from_pretrained(AutoModel.from_pretrained('tiny'), 'team/adapter')
                local = PeftModel.from_pretrained(AutoModel.from_pretrained(f'{made}/tiny'), f'{made}/adapter')
                a, b = adapted.state_dict(), local.state_dict()
                assert a.keys() == b.keys() and all(torch.equal(a[k], b[k]) for k in a)
            """;

    @TempDir
    private Path dir;

    private TestRepository repository;
    private Path made;

    @BeforeEach
    void create() throws IOException {
        repository = TestRepository.init(Files.createDirectory(dir.resolve("repository")));
        made = Files.createDirectory(dir.resolve("made"));
    }

    private void commit(String folder, String model) {
        repository.ok("commit", made.resolve(folder).toString(), "--model", model);
    }

    private void check(PythonEnv python, String script) throws IOException {
        try (var served = new ServedRepository(repository)) {
            python.run(script, served.url(), made, Files.createDirectory(dir.resolve("home")));
        }
    }

    /** Downloads, listings, revisions, metadata, ranges and errors, as huggingface_hub and {@code hf} see them. */
    @Test
    void theHubsOwnClientReadsWhatWasCommitted() throws IOException {
        Optional<PythonEnv> python = PythonEnv.withPackages("huggingface_hub", "safetensors", "numpy");
        assumeTrue(python.isPresent(), "needs Python and its package index");
        python.get().run(MAKE_NUMPY, made);
        commit("first", "base");
        repository.ok("tag", "v1/first", "base");
        commit("base", "base");
        repository.ok("commit", made.resolve("tuned").toString(), "--model", "team/tuned", "--from", "base");
        commit("sharded", "team/sharded");
        commit("odd", "odd/name/of+three--parts");
        check(python.get(), HUB);
    }

    /** transformers, whole and sharded, and, where they are installed, diffusers and peft. */
    @Test
    void modelsLoadByNameAndRevision() throws IOException {
        Optional<PythonEnv> torch = PythonEnv.withTorch();
        assumeTrue(torch.isPresent(), "not loaded with PyTorch: MGIT_TORCH_PYTHON names no Python");
        torch.get().run(MAKE_TORCH, made);
        commit("tiny-1", "tiny");
        repository.ok("tag", "v1", "tiny");
        commit("tiny", "tiny");
        commit("tiny-sharded", "team/tiny-sharded");
        if (Files.exists(made.resolve("unet"))) {
            commit("unet", "unet");
            commit("pipeline", "pipeline");
            commit("adapter", "team/adapter");
        }
        check(torch.get(), LOAD);
    }
}
