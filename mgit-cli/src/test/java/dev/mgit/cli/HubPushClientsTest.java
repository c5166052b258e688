package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.fixtures.PythonEnv;
import dev.mgit.serve.hub.push.PushLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real clients of the Hub push to a repository. The weights are made. */
@Tag("slow")
class HubPushClientsTest {
    private static final String PUSH = """
            import os, sys, json, subprocess
            endpoint, made, home, token, no_xet = sys.argv[1:6]
            os.environ.update(HF_ENDPOINT=endpoint, HF_HOME=home, HF_TOKEN=token, HF_HUB_DISABLE_XET=no_xet,
                              HF_HUB_DISABLE_TELEMETRY='1', HF_HUB_DISABLE_PROGRESS_BARS='1')
            import numpy as np, huggingface_hub as hub
            from huggingface_hub.utils._runtime import is_xet_available
            from safetensors.numpy import save_file
            assert is_xet_available() == (no_xet == '0')
            api = hub.HfApi()
            rng = np.random.default_rng(0)
            w = {f'layer.{i}.weight': rng.standard_normal((512, 4096)).astype(np.float32) for i in range(3)}
            def put(name, text):
                os.makedirs(os.path.dirname(f'{made}/{name}'), exist_ok=True); open(f'{made}/{name}', 'w').write(text)
            def files(path): return {os.path.relpath(os.path.join(d, f), path) for d, _, fs in os.walk(path) for f in fs}
            def same(repo, revision='main'):
                path = hub.snapshot_download(repo, revision=revision)
                assert files(path) == files(made), (files(path), files(made))
                for f in files(made): assert open(f'{path}/{f}', 'rb').read() == open(f'{made}/{f}', 'rb').read(), f
            repo = api.create_repo('team/tuned', exist_ok=True).repo_id
            assert repo == 'team/tuned' == api.create_repo('team/tuned', exist_ok=True).repo_id
            assert api.whoami()['name'] == 'ada' and api.repo_exists(repo)
            save_file(w, f'{made}/model.safetensors'); put('config.json', '{"a": 1}'); put('sub/notes.txt', 'notes')
            put('empty.txt', ''); open(f'{made}/zeros.bin', 'wb').write(bytes(3_000_000)); put('.gitattributes', '*.bin lfs')
            first = api.upload_folder(repo_id=repo, folder_path=made, commit_message='first', commit_description='of two').oid
            same(repo)
            w = {k: v + rng.standard_normal(v.shape).astype(np.float32) * 1e-4 for k, v in w.items()}
            save_file(w, f'{made}/model.safetensors')
            second = api.upload_folder(repo_id=repo, folder_path=made, commit_message='second', parent_commit=first).oid
            same(repo); assert second != first
            assert api.upload_folder(repo_id=repo, folder_path=made).oid == second
            put('README.md', '---\\nlicense: mit\\n---\\n# Tuned\\n')
            api.upload_file(repo_id=repo, path_or_fileobj=f'{made}/README.md', path_in_repo='README.md')
            same(repo); same(repo, 'main')
            try: api.upload_file(repo_id=repo, path_or_fileobj=b'late', path_in_repo='late.txt', parent_commit=first); raise AssertionError
            except hub.errors.HfHubHTTPError as e: assert e.response.status_code == 412 and 'has moved on' in str(e), e
            api.create_branch(repo, branch='exp/lr'); api.create_branch(repo, branch='exp/lr', exist_ok=True)
            api.create_tag(repo, tag='v1', revision=first)
            os.rename(f'{made}/sub', f'{made}/moved')
            hf = os.path.join(os.path.dirname(sys.executable), 'hf')
            subprocess.run([hf, 'upload', repo, made, '.', '--revision', 'exp/lr', '--delete', 'sub/*', '--commit-message', 'moved'],
                           check=True, stdout=subprocess.DEVNULL)
            same(repo, 'exp/lr')
            os.rename(f'{made}/moved', f'{made}/sub'); same(repo)
            refs = api.list_repo_refs(repo)
            assert [b.name for b in refs.branches] == ['main', 'exp/lr'] and refs.tags[0].target_commit == first
            api.delete_file('zeros.bin', repo); os.remove(f'{made}/zeros.bin'); same(repo)
            api.create_commit(repo, [hub.CommitOperationCopy('model.safetensors', 'copy.safetensors'),
                                     hub.CommitOperationCopy('config.json', 'copy.json')], commit_message='copies')
            assert {'copy.safetensors', 'copy.json'} <= set(api.list_repo_files(repo))
            assert [c.title for c in api.list_repo_commits(repo)][-2:] == ['second', 'first']
            for error, call in ((hub.errors.RepositoryNotFoundError, lambda: api.upload_file(repo_id='team/none', path_or_fileobj=b'', path_in_repo='a')),
                                (hub.errors.RevisionNotFoundError, lambda: api.upload_file(repo_id=repo, path_or_fileobj=b'', path_in_repo='a', revision='no')),
                                (hub.errors.BadRequestError, lambda: api.upload_file(repo_id=repo, path_or_fileobj=b'', path_in_repo='.mgitignore'))):
                try: call(); raise AssertionError(error)
                except error: pass
            """;

    private static final String TRAIN = """
            import os, sys
            endpoint, made, home, token, strategy = sys.argv[1:6]
            os.environ.update(HF_ENDPOINT=endpoint, HF_HOME=home, HF_TOKEN=token, HF_HUB_DISABLE_TELEMETRY='1', HF_HUB_DISABLE_PROGRESS_BARS='1')
            import torch
            from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments
            torch.manual_seed(0)
            config = BertConfig(vocab_size=8, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
            BertForSequenceClassification(config).push_to_hub('team/base')
            model = BertForSequenceClassification.from_pretrained('team/base')
            data = [{'input_ids': [i % 8, (i + 1) % 8], 'labels': i % 2} for i in range(16)]
            args = TrainingArguments(f'{made}/run', push_to_hub=True, hub_model_id='team/tuned', hub_strategy=strategy, hub_always_push=True,
                                     save_steps=2, max_steps=6, per_device_train_batch_size=4, report_to=[], use_cpu=True)
            trainer = Trainer(model=model, args=args, train_dataset=data)
            trainer.train(); trainer.push_to_hub()
            got = BertForSequenceClassification.from_pretrained('team/tuned')
            assert all(torch.equal(a, b) for a, b in zip(got.state_dict().values(), trainer.model.state_dict().values()))
            with torch.no_grad(): model.classifier.bias.add_(1)
            model.push_to_hub('team/tuned', revision='aside', commit_message='aside')
            BertForSequenceClassification.from_pretrained('team/tuned', revision='aside')
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

    private void run(PythonEnv python, String script, String last) throws IOException {
        var limits = new PushLimits(1 << 30, Duration.ofDays(1), 1000, 8 << 20);
        try (var served = ServedRepository.acceptingPushes(repository, limits)) {
            Path home = Files.createDirectory(dir.resolve("home"));
            python.run(script, served.url(), made, home, ServedRepository.WRITER, last);
            assertThat(served.warnings()).isEmpty();
        }
        repository.ok("fsck");
    }

    /** Folders, files, deletions, copies, branches and tags, by Xet and, where that is turned off, by Git LFS. */
    @ParameterizedTest
    @ValueSource(strings = {"0", "1"})
    void theHubsOwnClientPushes(String withoutXet) throws IOException {
        Optional<PythonEnv> python = PythonEnv.withPackages("huggingface_hub", "safetensors", "numpy");
        assumeTrue(python.isPresent(), "needs Python and its package index");
        run(python.get(), PUSH, withoutXet);
        List<String> log =
                repository.ok("log", "--oneline", "team/tuned").lines().toList();
        assertThat(log).hasSize(5);
        assertThat(log.get(4)).endsWith("first");
        String first = log.get(4).substring(0, 10);
        assertThat(repository.ok("log", "team/tuned"))
                .contains("Replaces: " + first, "of two", "Author:   ada <ada@localhost>", "hf_hub/2.4.0");
        assertThat(repository.ok("log", "-n", "1", "team/tuned@exp/lr")).contains("moved", "Replaces: ");
    }

    /** Each push of a training is a version, in order, on top of the model it started from. */
    @ParameterizedTest
    @ValueSource(strings = {"every_save", "checkpoint", "all_checkpoints", "end"})
    void aTrainerPushes(String strategy) throws IOException {
        Optional<PythonEnv> torch = PythonEnv.withTorch();
        assumeTrue(
                torch.isPresent(),
                "nothing pushed: MGIT_TORCH_PYTHON names no Python with transformers and accelerate");
        run(torch.get(), TRAIN, strategy);
        List<String> log =
                repository.ok("log", "--oneline", "team/tuned").lines().toList();
        assertThat(log.get(log.size() - 1)).contains("(team/base)");
        assertThat(log.get(0)).contains("(team/tuned)");
        String first = log.get(log.size() - 2).substring(0, 10);
        assertThat(repository.ok("show", first)).contains("finetune of team/base@");
        if (!strategy.equals("end")) {
            assertThat(log).anyMatch(line -> line.contains("step 2")).anyMatch(line -> line.contains("step 4"));
        }
        assertThat(repository.ok("log", "-n", "1", "team/tuned@aside")).contains("aside", "Replaces: ");
    }

    @Test
    void whoeverHasNoTokenIsToldSo() throws IOException {
        Optional<PythonEnv> python = PythonEnv.withPackages("huggingface_hub", "safetensors", "numpy");
        assumeTrue(python.isPresent(), "needs Python and its package index");
        String script = """
                import os, sys
                endpoint, made, home, token, _ = sys.argv[1:6]
                os.environ.update(HF_ENDPOINT=endpoint, HF_HOME=home, HF_TOKEN='hf_nobody_knows_this')
                import huggingface_hub as hub
                try: hub.HfApi().create_repo('team/tuned'); raise AssertionError
                except hub.errors.HfHubHTTPError as e: assert e.response.status_code == 401, e
                """;
        run(python.get(), script, "");
    }
}
