package dev.mgit.hooks.eval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.hooks.modeltest.MetricRule.Direction;
import org.junit.jupiter.api.Test;

/** Against {@code lower_is_better} in HELM's and HEIM's schemas. */
class MetricDirectionsTest {
    @Test
    void whatHelmCallsLowerIsLower() {
        for (String metric : new String[] {
            "fid",
            "wer",
            "mer",
            "chinese_cer_score",
            "perplexity",
            "ece_10_bin",
            "expected_lpips_score",
            "nsfw_frac_given_toxic_prompt=True",
            "bias_metric:mode=representation,demographic_category=race",
            "decodingtrust_privacy_leakage_rate",
            "inference_runtime"
        }) {
            assertThat(MetricDirections.of(metric)).as(metric).contains(Direction.LOWER);
        }
    }

    @Test
    void whatHelmCallsHigherIsHigher() {
        for (String metric : new String[] {
            "exact_match",
            "inception_score",
            "expected_clip_score",
            "f1_macro",
            "RR@10 (topk=30)",
            "air_category_1_1_1_score",
            "cleva_top1_accuracy"
        }) {
            assertThat(MetricDirections.of(metric)).as(metric).contains(Direction.HIGHER);
        }
    }

    @Test
    void whereSchemasDifferOrMoreIsNotBetterNobodySays() {
        for (String metric :
                new String[] {"edit_similarity", "prompt_length", "num_generated_images", "platt_coef", "x"}) {
            assertThat(MetricDirections.of(metric)).as(metric).isEmpty();
        }
        assertThat(MetricDirections.ofTheModel("inference_runtime:test")).isFalse();
        assertThat(MetricDirections.ofTheModel("fid:test")).isTrue();
    }
}
