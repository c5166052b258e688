package dev.mgit.lineage.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both ways: what is a secret, and what only looks like one. Tokens are put together here, so that no file holds one. */
class SecretsTest {
    private static final String DIGITS = "0123456789abcdefghijABCDEFGHIJ456789";

    static List<String> secrets() {
        return List.of(
                "hf_" + DIGITS.substring(0, 34),
                "ghp_" + DIGITS,
                "gho_" + DIGITS,
                "github_pat_" + DIGITS.substring(0, 22) + "_" + DIGITS,
                "glpat-" + DIGITS.substring(0, 20),
                "npm_" + DIGITS,
                "sk-" + DIGITS,
                "sk-proj-" + DIGITS + "_" + DIGITS,
                "sk-ant-api03-" + DIGITS + "-" + DIGITS,
                "AKIA" + "IOSFODNN7EXAMPLE",
                "aws_secret_access_key = " + "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                "xoxb-" + "123456789012-" + DIGITS,
                "AIza" + DIGITS.substring(0, 35),
                "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
                "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----",
                "-----BEGIN OPENSSH " + "PRIVATE KEY-----\nb3BlbnNzaC1r",
                "Authorization: Bearer " + DIGITS,
                "https://ada:" + "open-sesame@models.example.org/x");
    }

    @ParameterizedTest
    @MethodSource("secrets")
    void isRefusedAndMasked(String secret) {
        for (String text : List.of(secret, "--token=" + secret, "a '" + secret + "' b", "{\"x\":\"" + secret + "\"}")) {
            assertThatThrownBy(() -> Secrets.refuse("word 3 of the command", text))
                    .isInstanceOf(MgitException.class)
                    .hasMessageStartingWith("word 3 of the command holds a")
                    .hasMessageNotContaining(DIGITS.substring(0, 16));
            assertThat(Secrets.mask(text)).contains("***").doesNotContain(DIGITS.substring(0, 16), "MIIE", "sesame");
        }
    }

    static List<String> ordinary() {
        return List.of(
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
                "AKIA/IOSFODNN7EXAMPLE/47DEQpj8HBSa",
                "x47DEQpAKIAIOSFODNN7EXAMPLEjG3hSuFU=",
                "123e4567-e89b-12d3-a456-426614174000",
                "/data/task-abcdefghijklmnopqrstuvwxyz0123456789/model.safetensors",
                "sk-learn-pipeline-random-forest-2026-classifier",
                "hf_hub_download_with_a_rather_long_name_of_a_function",
                "python train.py --tokenizer hf_tokenizer --max-tokens 4096 --key-file keys/id.pub",
                "ssh://git@models.example.org:2222/lineage.git",
                "http://localhost:8080/a@b",
                "https://example.org:443/x?y=z",
                "-----BEGIN PUBLIC KEY-----",
                "-----BEGIN CERTIFICATE-----",
                "curl -H \"Authorization: Bearer $HF_TOKEN\" https://user:$PASS@example.org",
                "eyJust a word, and eyJanother.one",
                "ghp_short hf_short sk-short xox-1");
    }

    @ParameterizedTest
    @MethodSource("ordinary")
    void isLeftAlone(String text) {
        assertThat(Secrets.kind(text)).isEmpty();
        assertThat(Secrets.mask(text)).isEqualTo(text);
    }

    @Test
    void variablesAreSecretByTheirNamesToo() {
        for (String name : List.of("HF_TOKEN", "WANDB_API_KEY", "DB_PASSWORD", "AWS_ACCESS_KEY_ID", "token")) {
            assertThatThrownBy(() -> Secrets.refuseVariable(name, "0123456789abcdef"))
                    .isInstanceOfSatisfying(
                            MgitException.class, e -> assertThat(e.hint()).contains("--secret-env " + name));
        }
        for (String name : List.of("TOKENIZERS_PARALLELISM", "MAX_TOKENS", "KEYBOARD", "PYTHONHASHSEED")) {
            assertThatCode(() -> Secrets.refuseVariable(name, "0123456789abcdef"))
                    .doesNotThrowAnyException();
        }
        assertThatCode(() -> Secrets.refuseVariable("PAD_TOKEN", "<|endoftext|>"))
                .doesNotThrowAnyException();
        assertThat(Secrets.mask("key 0123456789abcdef!", Map.of("WANDB_API_KEY", "0123456789abcdef", "X", "key")))
                .isEqualTo("key ***!");
    }
}
