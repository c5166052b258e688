package dev.mgit.hooks.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.cost.RuntimeFit.Measurement;
import dev.mgit.hooks.cost.RuntimeFit.Repeats;
import dev.mgit.hooks.cost.RuntimeProfile.Interpolation;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Idealized runtimes: two real entries of the profile that crfm-helm 0.5.16 ships, and planted measurements. */
class RuntimeProfileTest {
    private static final Offset<Double> EXACT = within(1e-12);

    @TempDir
    private Path folder;

    private static ProfileFile helm() throws IOException, URISyntaxException {
        return ProfileFile.read(Path.of(
                Objects.requireNonNull(RuntimeProfileTest.class.getResource("/cost/inference_idealized_runtimes.json"))
                        .toURI()));
    }

    @Test
    void helmsOwnRuleIsASaw() throws Exception {
        RuntimeProfile ada = helm().of("openai/ada", "");

        assertThat(ada.prompt(16, Interpolation.HELM)).isCloseTo(0.022, EXACT);
        assertThat(ada.prompt(17, Interpolation.HELM)).isCloseTo(0.021 * 17 / 32, EXACT);
        assertThat(ada.prompt(3840, Interpolation.HELM)).isCloseTo(0.041 * 2, EXACT);
        assertThat(ada.runtime(512, 64, Interpolation.HELM)).isCloseTo(0.025 + 0.019 * 63, EXACT);
    }

    @Test
    void byDefaultTheLineBetweenNeighboursIsRead() throws Exception {
        RuntimeProfile ada = helm().of("openai/ada", "");
        RuntimeProfile davinci = helm().of("openai/davinci", "");

        assertThat(ada.prompt(17, Interpolation.LINEAR)).isCloseTo(0.022 - 0.001 / 16, EXACT);
        assertThat(ada.prompt(512, Interpolation.LINEAR)).isCloseTo(0.025, EXACT);
        assertThat(davinci.prompt(1920, Interpolation.LINEAR)).isCloseTo(0.597, EXACT);
        assertThat(davinci.prompt(2048, Interpolation.LINEAR)).isCloseTo(0.597 + 0.038, EXACT);
        assertThat(davinci.runtime(1024, 1, Interpolation.LINEAR)).isCloseTo(0.323, EXACT);
        assertThat(davinci.runtime(1024, 0, Interpolation.LINEAR)).isCloseTo(0.323, EXACT);
        assertThat(davinci.runtime(1024, 101, Interpolation.LINEAR)).isCloseTo(0.323 + 8.1, EXACT);
        var one = new RuntimeProfile(0.1, new TreeMap<>(Map.of(100L, 2.0)), 0, Optional.empty());
        assertThat(one.prompt(10, Interpolation.LINEAR)).isEqualTo(2);
        assertThat(one.prompt(200, Interpolation.LINEAR)).isEqualTo(4);
    }

    @Test
    void aFitRecoversWhatWasPlanted() {
        List<Measurement> clean = planted(0, 1);
        RuntimeFit fit = RuntimeFit.of(clean, Repeats.MEAN, Optional.of(8L));

        assertThat(fit.profile().perOutputToken()).isCloseTo(0.013, EXACT);
        assertThat(fit.profile().prompts()).containsEntry(64L, 0.064 + 0.02).hasSize(3);
        assertThat(fit.profile().accelerators()).contains(8L);
        assertThat(fit.r2()).isCloseTo(1, EXACT);
        RuntimeFit noisy = RuntimeFit.of(planted(0.05, 20), Repeats.DENOISED, Optional.empty());
        assertThat(noisy.profile().perOutputToken()).isCloseTo(0.013, within(0.0005));
        assertThat(RuntimeFit.of(planted(0.05, 20), Repeats.MEAN, Optional.empty())
                        .profile()
                        .prompts()
                        .get(64L))
                .isGreaterThan(noisy.profile().prompts().get(64L) + 0.01);
    }

    /** T(p, o) = 0.02 + 0.001·p + 0.013·(o − 1), and contention that only ever adds. */
    private static List<Measurement> planted(double contention, int repeats) {
        var random = new Random(1);
        List<Measurement> all = new ArrayList<>();
        for (long prompt : new long[] {16, 64, 256}) {
            for (long output : new long[] {1, 2, 8, 32}) {
                for (int i = 0; i < repeats; i++) {
                    double seconds = 0.02 + 0.001 * prompt + 0.013 * (output - 1) + contention * random.nextDouble();
                    all.add(new Measurement(prompt, output, seconds));
                }
            }
        }
        return all;
    }

    @Test
    void aProfileIsReadAsItWasWritten() throws Exception {
        ProfileFile fitted = helm().with(
                        "mine",
                        RuntimeFit.of(planted(0, 1), Repeats.MEAN, Optional.of(4L))
                                .profile());
        Path file = Files.writeString(folder.resolve("profile.json"), fitted.text());

        assertThat(ProfileFile.read(file)).isEqualTo(fitted);
        assertThatThrownBy(() -> fitted.of(null, "other"))
                .isInstanceOf(MgitException.class)
                .hasMessage("the profile has no entry 'other'");
    }

    @Test
    void whatCannotBeMeasuredIsRefused() {
        refused("{}", "it has no profile");
        refused("[1]", "not an object");
        refused("{\"m\": {}}", "m: member 'runtime_for_prompt_tokens' is missing");
        refused(entry("NaN", "\"1\": 1"), "an output token takes NaN seconds");
        refused(entry("1", "\"1\": -1"), "a prompt of 1 takes -1 seconds");
        refused(entry("1", "\"0\": 1"), "'0' is no length of a prompt");
        refused(entry("1", ""), "it has no runtime of a prompt");
        refused(entry("1e300", "\"1\": 1"), "takes 1.0E300 seconds");
        assertThatThrownBy(() -> measurements("prompt,output,seconds\n1,1,0.5\n1,2\n"))
                .hasMessageContaining("line 3 has 2 cells");
        assertThatThrownBy(() -> measurements("prompt,output,seconds\n1,1,NaN\n"))
                .hasMessageContaining("line 2 has 'NaN' as seconds, which is no number");
        assertThatThrownBy(() -> measurements("p,o\n1,1\n")).hasMessageContaining("the heading is 'p,o'");
        assertThatThrownBy(() -> measurements("[{\"prompt\": 0, \"output\": 1, \"seconds\": 1}]"))
                .hasMessageContaining("measurement 1 says 0 tokens of prompt");
        assertThatThrownBy(() -> RuntimeFit.of(
                        List.of(new Measurement(1, 1, 1), new Measurement(1, 2, 2)), Repeats.MEAN, Optional.empty()))
                .hasMessage("these measurements do not determine a runtime");
        assertThatThrownBy(() -> RuntimeFit.of(
                        List.of(new Measurement(1, 1, 9), new Measurement(1, 2, 8), new Measurement(1, 3, 7)),
                        Repeats.MEAN,
                        Optional.empty()))
                .hasMessageContaining("more output takes less time");
    }

    private static String entry(String slope, String prompts) {
        return "{\"m\": {\"runtime_per_output_token\": " + slope + ", \"runtime_for_prompt_tokens\": {" + prompts
                + "}}}";
    }

    private void refused(String json, String why) {
        assertThatThrownBy(() -> ProfileFile.read(Files.writeString(folder.resolve("bad.json"), json)))
                .isInstanceOf(MgitException.class)
                .hasMessageContaining(why);
    }

    private List<Measurement> measurements(String text) throws IOException {
        return Measurements.read(Files.writeString(folder.resolve("measured"), text));
    }
}
