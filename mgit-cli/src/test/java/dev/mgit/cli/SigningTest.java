package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.GitServers;
import dev.mgit.fixtures.NodeEnv;
import dev.mgit.fixtures.PythonEnv;
import dev.mgit.lineage.sign.SigningKey;
import dev.mgit.lineage.sign.SigstoreBundle;
import dev.mgit.lineage.sign.Statement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signatures over made models, by keys made for tests, and against the programs that others verify with. */
class SigningTest {
    private static final String SIGNER = SigningKeys.file("signer.pem");
    private static final String PUBLIC = SigningKeys.file("signer.pub");
    private static final String ROOT = SigningKeys.file("root.crt");

    @TempDir
    private Path folder;

    private TestRepository repository;
    private Path base;
    private Path signature;

    @BeforeEach
    void aModel() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        base = folder.resolve("base");
        TestRepository.weights(base.resolve("model.safetensors"), 1, 30_000);
        Files.writeString(base.resolve("a.txt"), "sorts after a/ by parts of the path\n");
        Files.createDirectories(base.resolve("a"));
        Files.writeString(base.resolve("a/b.txt"), "inner\n");
        Files.writeString(base.resolve(".gitattributes"), "*.bin filter=lfs\n");
        repository.ok("commit", base.toString(), "--model", "base", "-m", "base");
        signature = folder.resolve("base.sig");
    }

    private Cli.Ran sign(String revision, String... options) {
        List<String> words = new ArrayList<>(List.of("sign", revision, "--key", SIGNER));
        words.addAll(List.of(options));
        return repository.run(words.toArray(new String[0]));
    }

    private Path checkout(String revision) {
        Path to = folder.resolve("out-" + revision);
        repository.ok("checkout", revision, to.toString());
        return to;
    }

    private Cli.Ran verifyFolder(Path where, String... options) {
        List<String> words = new ArrayList<>(List.of("verify", "--folder", where.toString()));
        words.addAll(List.of("--signature", signature.toString()));
        words.addAll(List.of(options));
        return repository.run(words.toArray(new String[0]));
    }

    private static void refused(Cli.Ran ran, String sentence) {
        TestRepository.assertRefused(ran, 6, sentence);
    }

    @Test
    void aVersionIsSignedFromItsDigestsWithoutItsParameters() throws IOException {
        Files.move(repository.mgit().resolve("parameters"), folder.resolve("elsewhere"));
        assertThat(sign("base").out()).startsWith("Signed files of base@").contains(" as key ");
        assertThat(repository.ok("verify", "base", "--key", PUBLIC)).contains("files signed by key ", " verifies");
        JsonObject json = repository.json("verify", "base", "--key", PUBLIC, "--json");
        assertThat(json.flag("verified")).isTrue();
        assertThat(json.objects("signatures").get(0).string("of")).isEqualTo("files");
    }

    @Test
    void aNewKeyIsSecretAndReplacesNone() throws IOException {
        Path key = folder.resolve("mine.pem");
        repository.ok("sign", "--generate-key", key.toString());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        repository.refuses(2, "exists already", "sign", "--generate-key", key.toString());
        repository.ok("sign", "base", "--key", key.toString());
        repository.ok("verify", "base", "--key", key + ".pub");
        refused(repository.run("verify", "base", "--key", PUBLIC), "and by none whose signatures count here");
        repository.refuses(2, "is a private key", "verify", "base", "--key", key.toString());
    }

    @Test
    void unsignedIsSaidToBeUnsigned() {
        Cli.Ran ran = repository.run("verify", "base", "--key", PUBLIC);
        TestRepository.assertRefused(ran, 1, "is not signed");
    }

    @ParameterizedTest
    @CsvSource({
        "k1.pem, is a key on another curve than P-256",
        "p384.pem, is a key on another curve than P-256",
        "signer-sec1.pem, 'is a key in SEC 1, not in PKCS #8'",
        "signer-encrypted.pem, is encrypted",
        "signer.pub, holds no private key"
    })
    void keysThatCannotSignAreNamed(String key, String sentence) throws IOException {
        repository.refuses(2, sentence, "sign", "base", "--key", SigningKeys.file(key));
    }

    @Test
    void anEncryptedKeyTakesItsPasswordFromTheEnvironment() {
        String[] words = {
            "sign", "base", "--key", SigningKeys.file("signer-encrypted.pem"), "--password-env", "KEY_PASSWORD"
        };
        assertThat(Cli.run(repository.root(), Map.of("KEY_PASSWORD", "secret"), words)
                        .exit())
                .isZero();
        Cli.Ran wrong = Cli.run(repository.root(), Map.of("KEY_PASSWORD", "guess"), words);
        TestRepository.assertRefused(wrong, 2, "cannot be decrypted");
        repository.ok("verify", "base", "--key", PUBLIC);
    }

    @Test
    void aFolderIsVerifiedByItsSignatureAlone() throws IOException {
        sign("base", "--output", signature.toString());
        Path out = checkout("base");
        assertThat(verifyFolder(out, "--key", PUBLIC).exit()).isZero();
        Files.delete(out.resolve(".gitattributes")); // model signing leaves Git's own files out
        assertThat(verifyFolder(out, "--key", PUBLIC).exit()).isZero();

        Files.writeString(out.resolve("a.txt"), "tampered\n");
        refused(verifyFolder(out, "--key", PUBLIC), "'a.txt' was changed");
        Files.copy(base.resolve("a.txt"), out.resolve("a.txt"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(out.resolve("extra.py"), "import os\n");
        refused(verifyFolder(out, "--key", PUBLIC), "'extra.py' was added");
        Files.delete(out.resolve("extra.py"));
        Files.delete(out.resolve("a/b.txt"));
        refused(verifyFolder(out, "--key", PUBLIC), "'a/b.txt' is missing");
        Files.createSymbolicLink(out.resolve("a/b.txt"), base.resolve("a/b.txt"));
        TestRepository.assertRefused(verifyFolder(out, "--key", PUBLIC), 1, "is a link or a special file");
    }

    @Test
    void otherKeysAndOtherModelsAreRefusedByName() throws IOException {
        sign("base", "--output", signature.toString());
        refused(
                verifyFolder(checkout("base"), "--key", SigningKeys.file("other.pub")),
                "by none whose signatures count");
        Files.writeString(base.resolve("a.txt"), "second\n");
        repository.ok("commit", base.toString(), "--model", "base", "-m", "second");
        refused(
                repository.run("verify", "base", "--signature", signature.toString(), "--key", PUBLIC),
                "it is a signature over another version, 'base' at "
                        + repository.id("base~1").substring(0, 7));
    }

    /** Rewrites one member of a bundle or of what it signs, as somebody would who has no key. */
    private void forge(UnaryOperator<String> bundle, UnaryOperator<String> payload) throws IOException {
        String text = Files.readString(signature);
        JsonObject envelope =
                Json.parseObject(text.getBytes(StandardCharsets.UTF_8)).object("dsseEnvelope");
        String inner = envelope.string("payload");
        String changed = payload.apply(new String(Base64.getDecoder().decode(inner), StandardCharsets.UTF_8));
        String encoded = Base64.getEncoder().encodeToString(changed.getBytes(StandardCharsets.UTF_8));
        Files.writeString(signature, bundle.apply(text.replace(inner, encoded)));
    }

    @Test
    void whatWasChangedInABundleIsRefusedByName() throws IOException {
        sign("base", "--output", signature.toString());
        Path out = checkout("base");
        String good = Files.readString(signature);
        forge(text -> text, payload -> payload.replace("\"name\":\"base\"", "\"name\":\"evil\""));
        refused(verifyFolder(out, "--key", PUBLIC), "the signature is not one of key ");
        Files.writeString(signature, good.replace("application/vnd.in-toto+json", "application/json"));
        refused(verifyFolder(out, "--key", PUBLIC), "payload type is 'application/json'");
        Files.writeString(signature, good.replace("bundle.v0.3", "bundle.v0.9"));
        refused(
                verifyFolder(out, "--key", PUBLIC),
                "its media type is 'application/vnd.dev.sigstore.bundle.v0.9+json'");
        for (int length : new int[] {0, 1, 100, good.length() / 2, good.length() - 1}) {
            Files.writeString(signature, good.substring(0, length));
            refused(verifyFolder(out, "--key", PUBLIC), "is not a Sigstore bundle");
        }
        Files.writeString(signature, good.replaceAll("\"sig\":\"[^\"]+\"", "\"sig\":\"MEUC\""));
        refused(verifyFolder(out, "--key", PUBLIC), "the signature is not one of key ");
    }

    /** Signs the statement again, by the same key, with another list of files. */
    private void signAgain(String good, UnaryOperator<List<JsonObject>> files) throws IOException {
        Statement said = SigstoreBundle.parse(good.getBytes(StandardCharsets.UTF_8), "good")
                .statement();
        Map<String, Object> predicate = new LinkedHashMap<>(said.predicate().members());
        predicate.put("resources", files.apply(new ArrayList<>(said.predicate().objects("resources"))));
        var changed = new Statement(said.name(), said.digests(), said.predicateType(), new JsonObject(predicate));
        SigningKey key = SigningKey.parse(Files.readAllBytes(Path.of(SIGNER)), SIGNER, Optional.empty());
        Files.write(signature, key.sign(changed).bytes());
    }

    @Test
    void aSignedListThatIsNotItsSubjectsIsRefusedByName() throws IOException {
        sign("base", "--output", signature.toString());
        Path out = checkout("base");
        String good = Files.readString(signature);
        signAgain(good, files -> files);
        assertThat(verifyFolder(out, "--key", PUBLIC).exit()).isZero();
        signAgain(good, files -> {
            Collections.reverse(files);
            return files;
        });
        refused(verifyFolder(out, "--key", PUBLIC), "files were reordered, added or left out");
        signAgain(good, files -> files.subList(1, files.size()));
        refused(verifyFolder(out, "--key", PUBLIC), "files were reordered, added or left out");
        signAgain(good, files -> {
            files.add(1, files.get(0));
            return files;
        });
        refused(verifyFolder(out, "--key", PUBLIC), "' twice");
    }

    @Test
    void theEnvelopeOfAnotherModelIsRefusedByName() throws IOException {
        sign("base", "--output", signature.toString());
        Path out = checkout("base");
        Files.writeString(base.resolve("a.txt"), "another\n");
        repository.ok("commit", base.toString(), "--model", "another", "-m", "another");
        Path other = folder.resolve("other.sig");
        sign("another", "--output", other.toString());
        JsonObject mine = Json.parseObject(Files.readAllBytes(signature));
        Map<String, Object> swapped = new LinkedHashMap<>(mine.members());
        swapped.put("dsseEnvelope", Json.parseObject(Files.readAllBytes(other)).object("dsseEnvelope"));
        Files.write(signature, Json.bytes(new JsonObject(swapped)));
        refused(verifyFolder(out, "--key", PUBLIC), "a.txt");
        refused(
                repository.run("verify", "base", "--signature", signature.toString(), "--key", PUBLIC),
                "it is a signature over another version, 'another' at ");
    }

    @Test
    void certificatesLeadToTheRootGivenWhileTheyAreValid() throws IOException {
        String chain = SigningKeys.file("intermediate.crt");
        assertThat(sign("base", "--certificate", SigningKeys.file("signer.crt"), "--certificate", chain)
                        .out())
                .contains("as CN=Ada,O=Example");
        repository.ok("verify", "base", "--certificate-root", ROOT);
        refused(
                repository.run("verify", "base", "--certificate-root", SigningKeys.file("other-root.crt")),
                "does not lead to a trusted root");
        TestRepository.assertRefused(
                repository.run(
                        "sign",
                        "base",
                        "--key",
                        SigningKeys.file("other.pem"),
                        "--certificate",
                        SigningKeys.file("signer.crt")),
                2,
                "is not this key's");

        sign(
                "base",
                "--output",
                signature.toString(),
                "--certificate",
                SigningKeys.file("expired.crt"),
                "--certificate",
                chain);
        String[] verify = {"verify", "base", "--signature", signature.toString(), "--certificate-root", ROOT};
        refused(repository.run(verify), "the certificate of CN=Ada,O=Example expired on 2002-01-01");
        List<String> then = new ArrayList<>(List.of(verify));
        then.addAll(List.of("--at", "2001-06-01"));
        repository.ok(then.toArray(new String[0]));
    }

    @Test
    void statementsBindParentsTestsAndNotes() throws IOException {
        repository.ok(
                "test",
                "add",
                "size",
                "--on",
                "*",
                "--event",
                "manual",
                "--metric",
                "n:higher",
                "--shell",
                "--",
                "echo '{\"n\": 3}' > $MGIT_METRICS");
        repository.ok(
                "run",
                "--model",
                "child",
                "--from",
                "base",
                "--shell",
                "--no-progress",
                "--",
                "cp {parent1}/* {output}/ ; echo more > {output}/more.txt");
        repository.ok("test", "run", "child", "--no-progress");
        Path statement = folder.resolve("child.sig");
        sign("child", "--attest", "provenance,tests,notes", "--output", statement.toString());
        assertThat(repository.ok("verify", "child", "--key", PUBLIC))
                .contains("provenance signed by", "tests signed by", "notes signed by");

        repository.ok("edge", "rm", "child", "base");
        refused(repository.run("verify", "child", "--key", PUBLIC), "signature over provenance of child@");
        assertThat(sign("child", "--attest", "provenance,notes").exit()).isZero();
        repository.ok("verify", "child", "--key", PUBLIC); // what was stated before is superseded
    }

    @Test
    void aResultThatWasRaisedAfterItWasSignedIsNamed() throws IOException {
        repository.ok(
                "test",
                "add",
                "size",
                "--on",
                "*",
                "--event",
                "manual",
                "--metric",
                "n:higher",
                "--shell",
                "--",
                "echo '{\"n\": 3}' > $MGIT_METRICS");
        repository.ok("test", "run", "base", "--no-progress");
        sign("base", "--attest", "tests");
        Path git = repository.mgit().resolve("lineage.git");
        String note = GitServers.run(git, "git", "notes", "--ref", "mgit/tests", "show", repository.id("base"));
        Path raised = Files.writeString(folder.resolve("note"), note.replaceAll("\"n\": 3(\\.0)?", "\"n\": 0.9999"));
        GitServers.run(
                git,
                "git",
                "notes",
                "--ref",
                "mgit/tests",
                "add",
                "-f",
                "-F",
                raised.toString(),
                repository.id("base"));
        Cli.Ran ignored = repository.run("verify", "base", "--key", PUBLIC);
        assertThat(ignored.exit())
                .as("what mgit wrote is still known: %s", ignored)
                .isZero();
        assertThat(ignored.err()).contains("the note 'tests' on version", "was changed outside mgit");

        // Whoever takes the operation log away, too, is found by the signature alone.
        Files.delete(repository.mgit().resolve("operations"));
        Files.delete(repository.mgit().resolve("operations.head"));
        refused(repository.run("verify", "base", "--key", PUBLIC), "is recorded otherwise than it was signed");
    }

    @Test
    void signaturesTravelAndJoin() throws IOException {
        GitServers.bare(folder.resolve("hub.git"));
        repository.ok("remote", "add", "origin", folder.resolve("hub.git").toString());
        repository.ok("push", "--lineage-only");
        assertThat(Cli.run(folder, "clone", "hub.git", "ben", "--lineage-only").exit())
                .isZero();
        TestRepository ben = new TestRepository(folder.resolve("ben"));
        sign("base");
        ben.ok("sign", "base", "--key", SigningKeys.file("other.pem")); // has no parameters at all
        repository.ok("push", "--lineage-only");
        ben.ok("push", "--lineage-only");
        repository.ok("fetch");
        for (TestRepository one : List.of(repository, ben)) {
            one.ok("verify", "base", "--key", PUBLIC);
            one.ok("verify", "base", "--key", SigningKeys.file("other.pub"));
            assertThat(one.ok("fsck")).doesNotContain("signatures");
        }
    }

    @Test
    void anAuditNamesWhoSignedIfTheyCount() {
        sign("base");
        assertThat(repository.ok("audit", "base"))
                .contains("(files, not a signer that counts here), which does not hold");
        Path home = folder.resolve("home");
        Map<String, String> mine = Map.of("XDG_CONFIG_HOME", home.toString());
        assertThat(Cli.run(repository.root(), mine, "config", "--global", "sign.trust", PUBLIC)
                        .exit())
                .isZero();
        assertThat(Cli.run(repository.root(), mine, "audit", "base").out())
                .contains("(files)")
                .doesNotContain("does not hold");
    }

    @Test
    void aCheckpointNamesWhatWasRewrittenSince() throws IOException {
        repository.ok("commit", base.toString(), "--model", "other", "-m", "other");
        repository.ok("tag", "v1", "base");
        sign("base");
        repository.ok("sign", "--checkpoint", "release", "--key", SIGNER);
        repository.ok("sign", "--log", "--key", SIGNER);
        repository.refuses(5, "there is already a checkpoint", "sign", "--checkpoint", "release", "--key", SIGNER);
        String[] verify = {"verify", "--checkpoint", "release", "--key", PUBLIC};
        Files.writeString(base.resolve("a.txt"), "second\n");
        repository.ok("commit", base.toString(), "--model", "base", "-m", "second"); // history goes on
        assertThat(repository.ok(verify)).contains("none rewritten; the operation log has its record");
        repository.ok("verify", "--log", "--key", PUBLIC);
        refused(
                repository.run("verify", "--checkpoint", "release", "--key", SigningKeys.file("other.pub")),
                "another key");
        repository.refuses(2, "there is no checkpoint 'none'", "verify", "--checkpoint", "none", "--key", PUBLIC);

        Path git = repository.mgit().resolve("lineage.git");
        GitServers.run(git, "git", "update-ref", "refs/heads/base", repository.id("other"));
        GitServers.run(git, "git", "notes", "--ref", "mgit/signatures", "remove", repository.id("v1"));
        GitServers.run(git, "git", "update-ref", "-d", "refs/tags/v1");
        refused(repository.run(verify), "model 'base' was rewritten");
        assertThat(repository.run(verify).err())
                .contains("tag 'v1' is gone", "the note 'signatures' on version", "was removed");
        Files.delete(repository.mgit().resolve("operations"));
        refused(repository.run("verify", "--log", "--key", PUBLIC), "has no record of the head that was signed");
    }

    @Test
    void aRerunThatGivesTheSameIsNotedAndSignedIfAKeyIsSet() {
        repository.ok(
                "run",
                "--model",
                "child",
                "--from",
                "base",
                "--shell",
                "--no-progress",
                "--",
                "cp {parent1}/* {output}/ 2>/dev/null; echo more > {output}/more.txt");
        repository.ok("rerun", "child", "--check", "--no-progress");
        assertThat(repository.ok("audit", "child")).contains("nobody (reproduction");
        Map<String, String> mine =
                Map.of("XDG_CONFIG_HOME", folder.resolve("home").toString());
        Cli.run(repository.root(), mine, "config", "--global", "sign.key", SIGNER);
        String[] rerun = {"rerun", "child", "--check", "--no-progress"};
        assertThat(Cli.run(repository.root(), mine, rerun).exit()).isZero();
        sign("child");
        assertThat(repository.ok("verify", "child", "--key", PUBLIC)).contains("reproduction signed by key");
    }

    @Test
    void aTagThatGitSignedIsRecognized() throws IOException {
        assumeTrue(Files.exists(Path.of("/usr/bin/ssh-keygen")), "no ssh-keygen");
        Path key = folder.resolve("id");
        GitServers.run(folder, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString());
        Path git = repository.mgit().resolve("lineage.git");
        GitServers.run(
                git,
                "git",
                "-c",
                "gpg.format=ssh",
                "-c",
                "user.signingKey=" + key + ".pub",
                "-c",
                "user.name=Ada",
                "-c",
                "user.email=ada@example.org",
                "tag",
                "-s",
                "-m",
                "signed",
                "v1",
                "refs/heads/base");
        Cli.Ran ran = repository.run("verify", "base");
        assertThat(ran.exit()).isEqualTo(6);
        assertThat(ran.err()).contains("signed by an SSH key");
    }

    @Test
    void theReferenceProgramAndThisOneAcceptEachOther() throws IOException {
        Optional<PythonEnv> python = PythonEnv.withPackages("model_signing==1.1.1", "pyOpenSSL==26.4.0");
        assumeTrue(python.isPresent(), "no Python with model_signing");
        sign("base", "--output", signature.toString());
        Path out = checkout("base");
        Path chained = folder.resolve("chained.sig");
        sign(
                "base",
                "--output",
                chained.toString(),
                "--certificate",
                SigningKeys.file("signer.crt"),
                "--certificate",
                SigningKeys.file("intermediate.crt"));
        Path theirs = folder.resolve("theirs.sig");
        String printed = python.get().run("""
                import sys, pathlib
                import model_signing as ms
                model, key, public, mine, chained, root, theirs = sys.argv[1:]
                ms.verifying.Config().use_elliptic_key_verifier(public_key=pathlib.Path(public)).verify(model, mine)
                ms.verifying.Config().use_certificate_verifier(certificate_chain=[pathlib.Path(root)]).verify(model, chained)
                hashing = ms.hashing.Config().set_ignored_paths(paths=[pathlib.Path(model) / ".mgit"])
                ms.signing.Config().use_elliptic_key_signer(private_key=pathlib.Path(key)).set_hashing_config(hashing).sign(model, theirs)
                pathlib.Path(model, "a.txt").write_text("tampered")
                try:
                    ms.verifying.Config().use_elliptic_key_verifier(public_key=pathlib.Path(public)).verify(model, mine)
                except ValueError as e:
                    print(e)
                """, out, SIGNER, PUBLIC, signature, chained, ROOT, theirs);
        assertThat(printed).contains("a.txt");
        signature = theirs;
        refused(verifyFolder(out, "--key", PUBLIC), "'a.txt' was changed");
        repository.ok("checkout", "base", out.toString(), "--force");
        assertThat(verifyFolder(out, "--key", PUBLIC).exit()).isZero();
        repository.ok("verify", "base", "--signature", theirs.toString(), "--key", PUBLIC);
    }

    @Test
    void sigstoresOwnVerifierAcceptsIt() throws IOException {
        Optional<NodeEnv> node = NodeEnv.withPackage("@sigstore/verify@3.1.1");
        assumeTrue(node.isPresent(), "no Node.js with @sigstore/verify");
        sign("base", "--output", signature.toString());
        String script = """
                const { Verifier, toSignedEntity, toTrustMaterial } = require('@sigstore/verify');
                const { bundleFromJSON } = require('@sigstore/bundle');
                const fs = require('fs'), crypto = require('crypto');
                const [file, pub] = process.argv.slice(1);
                const bundle = bundleFromJSON(JSON.parse(fs.readFileSync(file)));
                const key = crypto.createPublicKey(fs.readFileSync(pub));
                const trust = toTrustMaterial({ mediaType: '', tlogs: [], ctlogs: [], timestampAuthorities: [],
                    certificateAuthorities: [] }, () => ({ publicKey: key, validFor: () => true }));
                new Verifier(trust, { ctlogThreshold: 0, tlogThreshold: 0, timestampThreshold: 0 }).verify(toSignedEntity(bundle));
                console.log('accepted');
                """;
        assertThat(node.get().run(script, signature, PUBLIC)).contains("accepted");
        assertThatThrownBy(() -> node.get().run(script, signature, SigningKeys.file("other.pub")))
                .hasMessageContaining("signature");
    }
}
